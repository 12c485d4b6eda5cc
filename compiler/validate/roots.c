/* What stands beside the resources of Terraform and the manifests of Kubernetes: where a state lies, what carries outputs of one root into another,
 * and what brings scripts into a cluster. What a root takes from others is seen from the variables and outputs of the roots themselves. */
#include "base/file_name.h"
#include "validate/hcl.h"

#include <string.h>

struct named {
    VEC(const char *) items;
};

struct one_root {
    const char *folder;
    struct named variables, outputs;
    bool *wired; /* by variable */
    bool in_arm; /* wire.sh has one for it */
};

struct all_roots {
    struct reading *r;
    struct arena *arena;
    VEC(struct one_root *) items;
};

/* ---- the roots --------------------------------------------------------------------------------- */

static struct one_root *root_in(struct all_roots *roots, const char *folder)
{
    for (uint32_t i = 0; i < roots->items.len; i++) {
        if (strcmp(roots->items.items[i]->folder, folder) == 0)
            return roots->items.items[i];
    }
    return NULL;
}

static void read_names(struct all_roots *roots, const char *folder, const char *file, const char *type, bool without_default, struct named *out)
{
    struct artifact artifact;
    struct hcl_part *whole;

    if (!artifact_open(roots->r, roots->arena, arena_printf(roots->arena, "terraform/%s/%s", folder, file), &artifact))
        return;
    whole = read_hcl(&artifact, roots->arena);
    for (uint32_t i = 0; whole && i < whole->blocks.len; i++) {
        struct hcl_part *block = whole->blocks.items[i];

        if (strcmp(block->type, type) == 0 && block->label_count == 1 && !(without_default && hcl_attribute(block, "default")))
            vec_push(roots->arena, &out->items, block->labels[0]);
    }
}

static bool has_name(const struct named *names, const char *name)
{
    for (uint32_t i = 0; i < names->items.len; i++) {
        if (strcmp(names->items.items[i], name) == 0)
            return true;
    }
    return false;
}

static void find_roots(struct all_roots *roots)
{
    const char *path;
    uint32_t next = 0;

    while (artifact_next(roots->r, "terraform/", &next, &path)) {
        const char *folder = path + strlen("terraform/"), *slash = strchr(folder, '/');
        struct one_root *root;

        folder = slash ? arena_strndup(roots->arena, folder, (size_t)(slash - folder)) : NULL;
        if (!folder || root_in(roots, folder))
            continue;
        root = ARENA_NEW(roots->arena, struct one_root);
        root->folder = folder;
        read_names(roots, folder, "variables.tf", "variable", true, &root->variables);
        read_names(roots, folder, "outputs.tf", "output", false, &root->outputs);
        root->wired = ARENA_ARRAY(roots->arena, bool, root->variables.items.len + 1);
        vec_push(roots->arena, &roots->items, root);
    }
}

/* `west_vault_arn` is the output `vault_arn` of `recovery-west`. */
static bool is_output_of(const char *variable, const struct one_root *from, const char *output)
{
    size_t len = strlen(variable), tail = strlen(output), whole = strlen(from->folder), head;
    const char *folder;

    if (len < tail + 2 || strcmp(variable + len - tail, output) != 0 || variable[len - tail - 1] != '_')
        return false;
    head = len - tail - 1;
    if (head > whole)
        return false;
    folder = from->folder + whole - head;
    for (size_t i = 0; i < head; i++) {
        if (folder[i] != variable[i] && !(folder[i] == '-' && variable[i] == '_'))
            return false;
    }
    return head == whole || folder[-1] == '-';
}

static bool comes_from_another(const struct all_roots *roots, const struct one_root *root, const char *variable)
{
    for (uint32_t i = 0; i < roots->items.len; i++) {
        const struct one_root *from = roots->items.items[i];

        for (uint32_t o = 0; from != root && o < from->outputs.items.len; o++) {
            if (is_output_of(variable, from, from->outputs.items.items[o]))
                return true;
        }
    }
    return false;
}

/* ---- what each root has ------------------------------------------------------------------------ */

static void needs_file(struct reading *r, const char *path)
{
    r->report->facts++;
    if (!artifact_exists(r, path))
        wrong_file(r, path, "it is missing, and each build has it");
}

/* Whether a provider of a root works in a Region; another reader compares providers with the plan. Where none says one, whoever fills it in does. */
static bool works_in(const struct all_roots *roots, const char *folder, const char *want)
{
    struct artifact artifact;
    struct hcl_part *file;
    bool said = false;

    if (!artifact_open(roots->r, roots->arena, arena_printf(roots->arena, "terraform/%s/providers.tf", folder), &artifact))
        return true;
    file = read_hcl(&artifact, roots->arena);
    for (uint32_t i = 0; file && i < file->blocks.len; i++) {
        const struct hcl_attr *region = hcl_attribute(file->blocks.items[i], "region");
        const char *at = region ? region->value : NULL, *text = at ? hcl_text(roots->arena, &at) : NULL;

        said |= text != NULL;
        if (text && strcmp(text, want) == 0)
            return true;
    }
    return !said;
}

/* The state of what recovers lies where that is, all others where one recovers: in what is lost nobody could read it. */
static const char *region_of_state(const struct all_roots *roots, const char *folder)
{
    const struct plan_document *plan = roots->r->plan;

    for (uint32_t i = 0; i < plan->sites_count; i++) {
        const struct plan_site *site = &plan->sites[i];

        if (site->region && site->region[0] && strcmp(folder, arena_printf(roots->arena, "recovery-%s", output_name(roots->arena, site->name))) == 0)
            return site->region;
    }
    for (uint32_t i = 0; i < plan->sites_count; i++) {
        if (plan->sites[i].role && strcmp(plan->sites[i].role, "recovery") == 0 && plan->sites[i].region && plan->sites[i].region[0])
            return plan->sites[i].region;
    }
    return NULL;
}

static void same_setting(const struct all_roots *roots, const struct artifact *artifact, struct hcl_part *file, const char *name, const char *want)
{
    const struct hcl_attr *attribute = hcl_attribute(file, name);
    const char *at = attribute ? attribute->value : NULL, *got = at ? hcl_text(roots->arena, &at) : NULL;

    if (attribute && !got)
        got = hcl_name(roots->arena, &at);
    if (want || !got || !got[0])
        same_text(artifact, attribute ? attribute->at : NULL, name, got, want ? want : "a name");
}

static void read_backend(const struct all_roots *roots, const struct one_root *root)
{
    static const char *const names[] = {"bucket", "key", "region", "encrypt", "use_lockfile"};
    struct artifact artifact;
    struct hcl_part *file;
    const struct hcl_attr *setting;
    const char *region;

    if (!artifact_open(roots->r, roots->arena, arena_printf(roots->arena, "terraform/%s/backend.hcl.example", root->folder), &artifact))
        return;
    file = read_hcl(&artifact, roots->arena);
    if (!file)
        return;
    same_setting(roots, &artifact, file, "bucket", "NAME-OF-THE-STATE-BUCKET");
    same_setting(roots, &artifact, file, "key", arena_printf(roots->arena, "drc/%s/%s.tfstate", roots->r->plan->name, root->folder));
    region = region_of_state(roots, root->folder);
    same_setting(roots, &artifact, file, "region", region);
    if (!region && (setting = hcl_attribute(file, "region")) != NULL) {
        const char *at = setting->value, *got = hcl_text(roots->arena, &at);

        holds(&artifact, setting->at, got && works_in(roots, root->folder, got), "no provider of this root works in `%s`", got ? got : "");
    }
    same_setting(roots, &artifact, file, "encrypt", "true");
    same_setting(roots, &artifact, file, "use_lockfile", "true");
    same_number(&artifact, NULL, "the number of settings", file->attributes.len, sizeof names / sizeof *names);
    holds(&artifact, NULL, file->blocks.len == 0, "a block stands in it");
}

/* ---- scripts that are nearly the same in every build ------------------------------------------- */

/* The next line that is no comment and not empty, with those that it goes on in, without blanks at its ends; NULL: there is none. */
static const char *next_code(struct lines *lines)
{
    struct strbuf whole = STRBUF_INIT;
    const char *code = NULL;
    char *line;

    while (!code && next_line(lines, &line)) {
        size_t len;

        line += strspn(line, " ");
        len = strlen(line);
        if (!whole.len && (len == 0 || line[0] == '#'))
            continue;
        if (len && line[len - 1] == '\\') {
            strbuf_add(&whole, line, len - 1);
            continue;
        }
        strbuf_addstr(&whole, line);
        code = strbuf_dup(&whole, lines->arena);
    }
    strbuf_release(&whole);
    return code;
}

static bool same_code(const struct artifact *artifact, struct lines *lines, const char *want)
{
    const char *got = next_code(lines);

    return same_text(artifact, lines->at, "the next line", got, want);
}

static const char *const before_wires[] = {
    "set -euo pipefail",
    "cd \"$(dirname \"$0\")\"",
    "root=\"${1:?usage: wire.sh ROOT}\"",
    "wired='{}'",
    "take() {",
    "local from=\"$1\" outputs",
    "shift",
    "outputs=\"$(terraform -chdir=\"${from}\" output -json)\"",
    "while (($# > 0)); do",
    "wired=\"$(jq --arg variable \"$1\" --arg output \"$2\" --argjson outputs \"${outputs}\" 'if $outputs | has($output) then .[$variable] = "
    "$outputs[$output].value",
    "else error(\"output \" + $output + \" is missing: apply that root first\") end' <<<\"${wired}\")\"",
    "shift 2",
    "done",
    "}",
    "case \"${root}\" in",
};
static const char *const behind_wires[] = {
    "printf 'wire.sh: root %s takes nothing from others\\n' \"${root}\" >&2",
    "exit 0",
    ";;",
    "esac",
    "jq . <<<\"${wired}\" >\"${root}/wired.auto.tfvars.json.new\"",
    "mv \"${root}/wired.auto.tfvars.json.new\" \"${root}/wired.auto.tfvars.json\"",
};

static bool same_lines(const struct artifact *artifact, struct lines *lines, const char *const *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!same_code(artifact, lines, want[i]))
            return false;
    }
    return true;
}

/* `take FROM (VARIABLE OUTPUT)...` */
static void read_take(struct all_roots *roots, const struct artifact *artifact, const struct lines *lines, struct one_root *root, const char *line)
{
    const char *words[3] = {NULL, NULL, NULL};
    uint32_t word = 0;
    const struct one_root *from = NULL;

    line += strlen("take ");
    while (*line) {
        size_t len = strcspn(line, " ");

        words[word++] = arena_strndup(roots->arena, line, len);
        line += len + strspn(line + len, " ");
        if (word == 1 && !from) {
            from = root_in(roots, words[0]);
            if (!holds(artifact, lines->at, from && from != root, "there is no other root `%s`", words[0]))
                return;
            word = 0;
        } else if (word == 2) {
            bool found = false;

            for (uint32_t i = 0; i < root->variables.items.len && !found; i++) {
                found = strcmp(root->variables.items.items[i], words[0]) == 0;
                if (found)
                    holds(artifact, lines->at, !root->wired[i], "`%s` is taken twice", words[0]);
                root->wired[i] |= found;
            }
            holds(artifact, lines->at, found, "`%s` has no variable `%s` that is to be given", root->folder, words[0]);
            holds(artifact, lines->at, has_name(&from->outputs, words[1]) && is_output_of(words[0], from, words[1]),
                  "`%s` is not what the output `%s` of `%s` is called there", words[0], words[1], from->folder);
            word = 0;
        }
    }
    holds(artifact, lines->at, from && word == 0, "a variable has no output");
}

static void read_wires(struct all_roots *roots)
{
    struct artifact artifact;
    struct lines lines;
    struct one_root *root = NULL;
    const char *code;
    bool asked = false;

    for (uint32_t i = 0; i < roots->items.len; i++) {
        const struct one_root *one = roots->items.items[i];

        for (uint32_t v = 0; v < one->variables.items.len && !asked; v++)
            asked = comes_from_another(roots, one, one->variables.items.items[v]);
    }
    if (!artifact_open(roots->r, roots->arena, "terraform/wire.sh", &artifact)) {
        if (asked)
            wrong_file(roots->r, "terraform/wire.sh", "it is missing, and roots take outputs of others");
        return;
    }
    lines = (struct lines){artifact.text, artifact.text, roots->arena};
    if (!same_lines(&artifact, &lines, before_wires, sizeof before_wires / sizeof *before_wires))
        return;
    while ((code = next_code(&lines)) && strcmp(code, "*)") != 0) {
        size_t len = strlen(code);

        if (strncmp(code, "take ", 5) == 0 && root) {
            read_take(roots, &artifact, &lines, root, code);
        } else if (strcmp(code, ";;") == 0) {
            holds(&artifact, lines.at, root != NULL, "an arm ends that did not begin");
            root = NULL;
        } else {
            bool fresh = !root && code[len - 1] == ')';

            root = fresh ? root_in(roots, arena_strndup(roots->arena, code, len - 1)) : NULL;
            if (!holds(&artifact, lines.at, root && !root->in_arm, "`%s` is no root that takes something", code))
                return;
            root->in_arm = true;
        }
    }
    holds(&artifact, lines.at, code && !root, "an arm does not end");
    if (same_lines(&artifact, &lines, behind_wires, sizeof behind_wires / sizeof *behind_wires))
        same_code(&artifact, &lines, NULL);
    for (uint32_t i = 0; i < roots->items.len; i++) {
        const struct one_root *one = roots->items.items[i];

        for (uint32_t v = 0; v < one->variables.items.len; v++)
            holds(&artifact, NULL, one->wired[v] || !comes_from_another(roots, one, one->variables.items.items[v]),
                  "`%s` does not get its variable `%s`", one->folder, one->variables.items.items[v]);
    }
}

static void read_config_maps(struct all_roots *roots)
{
    static const char *const folders[] = {"jobs", "lib"};
    static const char *const before[] = {
        "set -euo pipefail",
        "namespace=\"${1:?usage: scripts.sh NAMESPACE [options of kubectl]}\"",
        "shift",
        "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"",
    };
    struct artifact artifact;
    struct lines lines;

    if (!artifact_open(roots->r, roots->arena, "cron/kubernetes/scripts.sh", &artifact)) {
        if (artifact_exists(roots->r, "cron/kubernetes/kustomization.yaml"))
            needs_file(roots->r, "cron/kubernetes/scripts.sh");
        return;
    }
    lines = (struct lines){artifact.text, artifact.text, roots->arena};
    if (!same_lines(&artifact, &lines, before, sizeof before / sizeof *before))
        return;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!same_code(&artifact, &lines,
                       arena_printf(roots->arena,
                                    "kubectl create configmap drc-%s-%s --namespace \"${namespace}\" --from-file \"${here}/../%s\" --dry-run=client "
                                    "--output=yaml | kubectl apply --filename - \"$@\"",
                                    roots->r->slug, folders[i], folders[i])))
            return;
    }
    same_code(&artifact, &lines, NULL);
}

void read_roots(struct reading *r)
{
    static const char *const of_roots[] = {"README.md", "versions.tf", "backend.hcl.example"};
    struct all_roots roots = {.r = r, .arena = arena_new()};

    find_roots(&roots);
    for (uint32_t i = 0; i < roots.items.len; i++) {
        for (size_t k = 0; k < sizeof of_roots / sizeof *of_roots; k++)
            needs_file(r, arena_printf(roots.arena, "terraform/%s/%s", roots.items.items[i]->folder, of_roots[k]));
        read_backend(&roots, roots.items.items[i]);
    }
    if (roots.items.len)
        needs_file(r, "terraform/README.md");
    read_wires(&roots);
    read_config_maps(&roots);
    arena_delete(roots.arena);
}
