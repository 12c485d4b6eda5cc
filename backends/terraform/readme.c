/* What a person needs beside the configuration: the order in which roots are applied, what has to be filled
 * in, and what the overlay asks of the owners of what exists. wire.sh carries outputs of one root into the
 * variables of the next. */
#include "backends/terraform/terraform.h"

#include "backends/common/demands.h"
#include "base/shell.h"
#include "emit/md.h"
#include "emit/sh.h"

#include <string.h>

static bool is_live(const struct tf_root *root)
{
    return root->blocks.len > 0;
}

/* Roots by rank: what others need comes first. */
static struct tf_root **ranked(struct tf *tf, uint32_t *count)
{
    struct tf_root **order = ARENA_ARRAY(tf->arena, struct tf_root *, tf->roots.len);

    *count = 0;
    for (uint32_t rank = 0; rank < tf->roots.len; rank++) {
        for (uint32_t i = 0; i < tf->roots.len; i++) {
            if (tf->roots.items[i]->rank == rank && tf->roots.items[i]->mark == 2 && is_live(tf->roots.items[i]))
                order[(*count)++] = tf->roots.items[i];
        }
    }
    return order;
}

static const char *purpose(const struct tf_root *root)
{
    switch (root->kind) {
    case PLAN_ROOT_global: return "Health checks, records and roles: what is changed through one control plane for all Regions.";
    case PLAN_ROOT_primary:
        return "What must live beside the primary: it cannot be planned or applied while that Region is "
               "lost, and need not be.";
    default:
        return "The recovery side. It needs no other Region: it can be planned and applied while the primary "
               "is lost.";
    }
}

static bool has_unfilled(const struct tf_root *root)
{
    for (uint32_t i = 0; i < root->variables.len; i++) {
        if (!root->variables.items[i]->value && !root->variables.items[i]->from)
            return true;
    }
    return false;
}

static void variables_table(struct tf *tf, struct md *w, const struct tf_root *root)
{
    struct arena *arena = tf->arena;

    if (root->variables.len == 0)
        return;
    md_heading(w, 2, MD("Variables"));
    if (has_unfilled(root))
        md_paragraph(w, MD("Those marked **to fill in** are not in the specification; put them into "
                           "`terraform.tfvars`."));
    MD_TABLE(w, NULL, MD("Variable"), MD("What it is"), MD("Value comes from"));
    for (uint32_t i = 0; i < root->variables.len; i++) {
        const struct tf_variable *variable = root->variables.items[i];
        struct md_inline from = variable->from    ? md_cat(arena, MD("output of "), md_code(arena, variable->from->folder), MD(", by wire.sh"))
                                : variable->value ? MD("the specification")
                                                  : MD("**to fill in**");

        MD_ROW(w, md_code(arena, variable->name), md_text(arena, variable->description), from);
    }
    md_table_end(w);
}

/* What tells a declared thing apart from all others. */
static atom named(struct tf *tf, const char *sort, const char *name)
{
    return intern_str(tf->names, arena_printf(tf->arena, "%s %s", sort, name));
}

static atom identity(struct tf *tf, const struct plan_thing *subject)
{
    return named(tf, subject->block, subject->name ? subject->name : "");
}

/* Whose resources are in a root. */
struct subjects {
    struct tf *tf;
    const struct tf_root *root; /* NULL: everybody's */
    struct map names;
};

/* What kinds ask for in words of their own is among the demands they emit, whether or not a verdict rests on it. */
static bool is_of_root(const struct plan_assumption *demand, void *context)
{
    struct subjects *subjects = context;

    return !demand->by->of_kind && (!subjects->root || map_get(&subjects->names, named(subjects->tf, demand->subject_kind, demand->subject)));
}

/* The owners of assets. */
static void read_owners(struct tf *tf)
{
    for (uint32_t i = 0; i < tf->plan->assets_count; i++) {
        const struct plan_asset *asset = &tf->plan->assets[i];

        if (asset->owner)
            map_set(&tf->owners, tf->arena, intern_str(tf->names, asset->thing->id), asset->owner);
    }
}

static const char *asked_of(const struct tf *tf, const struct plan_thing *subject)
{
    const struct plan_thing *owner = subject ? map_get(&tf->owners, intern_str(tf->names, subject->id)) : NULL;

    return owner ? plan_title(owner) : NULL;
}

/* Demands of what the root's resources were emitted for; all of them on the top page. */
static void demands(struct tf *tf, struct md *w, const struct tf_root *root)
{
    struct subjects subjects = {tf, root, {0}};
    struct strbuf text = STRBUF_INIT;
    bool any = false;
    struct md more;

    for (uint32_t b = 0; root && b < root->blocks.len; b++) {
        const struct tf_block *block = root->blocks.items[b];

        for (uint32_t s = 0; s < block->sources.len; s++) {
            if (block->sources.items[s]->subject)
                map_set(&subjects.names, tf->arena, identity(tf, block->sources.items[s]->subject), tf);
        }
    }
    for (uint32_t i = 0; i < tf->demands.len; i++) {
        const struct tf_demand *demand = &tf->demands.items[i];

        if (root && !(demand->subject && map_get(&subjects.names, identity(tf, demand->subject))))
            continue;
        if (!any)
            md_heading(w, 2, MD("What the owners of what exists have to see to"));
        any = true;
        demand_task(w, demand->subject ? demand->subject->name : demand->name, demand->text, asked_of(tf, demand->subject),
                    demand->check ? md_code(tf->arena, demand->check) : MD(""));
    }
    md_init(&more, tf->arena, &text); /* a heading only where something follows */
    if (demand_tasks(&more, tf->plan, "terraform", is_of_root, &subjects) && !any)
        md_heading(w, 2, MD("What the owners of what exists have to see to"));
    demand_tasks(w, tf->plan, "terraform", is_of_root, &subjects);
    strbuf_release(&text);
}

/* The words of a check as somebody would type them. */
static const char *check_line(struct tf *tf, const struct plan_value *value)
{
    struct strbuf line = STRBUF_INIT;
    const char *text;

    for (uint32_t i = 0; value->shape == PLAN_SHAPE_ITEMS && value->tag == PLAN_TAG_NONE && i < value->count; i++) {
        if (value->items[i].shape == PLAN_SHAPE_NULL)
            continue;
        strbuf_addstr(&line, line.len ? " " : "");
        shell_word_print(plan_value_words(tf->arena, &value->items[i]), &line);
    }
    text = line.len ? strbuf_dup(&line, tf->arena) : NULL;
    strbuf_release(&line);
    return text;
}

static void read_demands(struct tf *tf)
{
    for (uint32_t i = 0; i < tf->plan->emissions_count; i++) {
        const struct plan_emission *emission = &tf->plan->emissions[i];
        struct tf_demand demand = {"", "", NULL, emission->subject};

        if (strcmp(emission->target, "demands") != 0 || !emission->block)
            continue;
        if (emission->block->labels_count > 0)
            demand.name = emission->block->labels[0];
        for (uint32_t a = 0; a < emission->block->attributes_count; a++) {
            const struct plan_emitted_attribute *attribute = &emission->block->attributes[a];

            if (strcmp(attribute->name, "text") == 0 && attribute->value->shape == PLAN_SHAPE_STRING && attribute->value->tag == PLAN_TAG_NONE)
                demand.text = attribute->value->text;
            else if (strcmp(attribute->name, "check") == 0)
                demand.check = check_line(tf, attribute->value);
        }
        if (*demand.text)
            vec_push(tf->arena, &tf->demands, demand);
    }
}

static void root_readme(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct arena *arena = tf->arena;
    struct strbuf text = STRBUF_INIT, commands = STRBUF_INIT;
    struct md w;

    md_init(&w, arena, &text);
    md_heading(&w, 1, md_textf(arena, "Terraform root %s", root->folder));
    md_paragraph(&w, md_text(arena, purpose(root)));
    md_paragraph(&w, md_cat(arena, md_textf(arena, "Plan %s", tf->plan->name), root->region ? md_textf(arena, ", Region %s", root->region) : MD(""),
                            root->account ? md_textf(arena, ", account %s.", root->account) : MD("."),
                            MD(" Generated by drc: change the specification, not these files.")));
    md_heading(&w, 2, MD("Apply"));
    strbuf_addstr(&commands, "cp backend.hcl.example backend.hcl   # once: fill in the bucket of the state\n"
                             "terraform init -backend-config=backend.hcl\n");
    if (root->need_count > 0)
        strbuf_addf(&commands, "../wire.sh %s\n", root->folder);
    strbuf_addstr(&commands, "terraform plan -out=plan.tfplan\nterraform apply plan.tfplan\n");
    md_code_block(&w, "sh", strbuf_str(&commands));
    strbuf_release(&commands);
    if (root->need_count > 0) {
        md_paragraph(&w, MD("Applied before, because this root takes values from them:"));
        for (uint32_t i = 0; i < root->need_count; i++)
            md_bullet(&w, 0, md_code(arena, root->needs[i].root->folder));
    }
    variables_table(tf, &w, root);
    demands(tf, &w, root);
    tf_add(tf, files, root, "README.md", &text);
    strbuf_release(&text);
}

static void top_readme(struct tf *tf, struct fileset *files, struct tf_root **order, uint32_t count, bool wired)
{
    struct arena *arena = tf->arena;
    struct strbuf text = STRBUF_INIT;
    struct md w;

    md_init(&w, arena, &text);
    md_heading(&w, 1, md_textf(arena, "Terraform for plan %s", tf->plan->name));
    md_paragraph(&w, MD("The configuration lies over what exists and owns only what it creates. It is split "
                        "by blast radius: each root has its own "
                        "state, kept in the recovery Region, and the loss of one Region leaves the roots of "
                        "the others usable."));
    md_heading(&w, 2, MD("Order"));
    for (uint32_t i = 0; i < count; i++)
        md_number(&w, 0, i + 1,
                  md_cat(arena, md_link(arena, md_text(arena, order[i]->folder), arena_printf(arena, "%s/README.md", order[i]->folder)),
                         MD(" \xE2\x80\x93 "), md_text(arena, purpose(order[i]))));
    if (wired)
        md_paragraph(&w, MD("`wire.sh ROOT` writes the outputs of other roots that ROOT needs into "
                            "`wired.auto.tfvars.json` of that root. It needs jq."));
    md_paragraph(&w, MD("Failover and failback are done by the scripts under `restore`, not by Terraform: "
                        "attributes that they change are ignored here, so "
                        "that an apply afterwards does not undo them."));
    md_heading(&w, 2, MD("State"));
    md_paragraph(&w, MD("Every root has a `backend.hcl.example`. The bucket it names is created beforehand, "
                        "by hand, in the recovery Region, with "
                        "versioning and encryption. Configurations were checked against the provider "
                        "versions in `versions.tf`."));
    demands(tf, &w, NULL);
    tf_add(tf, files, NULL, "README.md", &text);
    strbuf_release(&text);
}

/* ---- wire.sh ---- */

/* For each root: `terraform output -json` of every root it needs, reduced to the variables it declares. */
static void wire_arm(struct tf *tf, struct sh *w, const struct tf_root *root)
{
    struct arena *arena = tf->arena;
    struct sh_word folder = sh_lit(arena, root->folder);

    sh_arm(w, &folder, 1);
    for (uint32_t n = 0; n < root->need_count; n++) {
        const struct tf_root *from = root->needs[n].root;
        struct sh_cmd take = SH_CMD(arena, sh_lit(arena, "take"), sh_lit(arena, from->folder));

        for (uint32_t i = 0; i < root->variables.len; i++) {
            if (root->variables.items[i]->from == from) {
                sh_cmd_add_lit(&take, root->variables.items[i]->name);
                sh_cmd_add_lit(&take, root->variables.items[i]->output);
            }
        }
        sh_run(w, &take);
    }
    sh_arm_end(w);
}

static bool wire_script(struct tf *tf, struct fileset *files, struct tf_root **order, uint32_t count)
{
    struct strbuf text = STRBUF_INIT;
    struct output_file *file;
    struct sh w;
    bool any = false;

    for (uint32_t i = 0; i < count; i++)
        any = any || order[i]->need_count > 0;
    if (!any)
        return false;
    sh_init(&w, tf->arena, &text);
    sh_header(&w, "wire.sh ROOT: carries outputs of other Terraform roots into the variables of ROOT.\n"
                  "The roots it takes them from have been applied before. Needs terraform and jq.");
    sh_fixed(&w, "cd \"$(dirname \"$0\")\"\n"
                 "root=\"${1:?usage: wire.sh ROOT}\"\n"
                 "wired='{}'\n"
                 "\n"
                 "# take FROM (VARIABLE OUTPUT)...\n"
                 "take() {\n"
                 "    local from=\"$1\" outputs\n"
                 "    shift\n"
                 "    outputs=\"$(terraform -chdir=\"${from}\" output -json)\"\n"
                 "    while (($# > 0)); do\n"
                 "        wired=\"$(jq --arg variable \"$1\" --arg output \"$2\" --argjson outputs \"${outputs}\" \\\n"
                 "            'if $outputs | has($output) then .[$variable] = $outputs[$output].value\n"
                 "             else error(\"output \" + $output + \" is missing: apply that root first\") end' "
                 "<<<\"${wired}\")\"\n"
                 "        shift 2\n"
                 "    done\n"
                 "}");
    sh_blank(&w);
    sh_case(&w, sh_var(tf->arena, "root"));
    for (uint32_t i = 0; i < count; i++) {
        if (order[i]->need_count > 0)
            wire_arm(tf, &w, order[i]);
    }
    sh_arm_default(&w);
    sh_fixed(&w, "printf 'wire.sh: root %s takes nothing from others\\n' \"${root}\" >&2\nexit 0");
    sh_arm_end(&w);
    sh_esac(&w);
    sh_blank(&w);
    sh_fixed(&w, "jq . <<<\"${wired}\" >\"${root}/wired.auto.tfvars.json.new\"\n"
                 "mv \"${root}/wired.auto.tfvars.json.new\" \"${root}/wired.auto.tfvars.json\"");
    file = fileset_add(files, "terraform", "terraform/wire.sh", text.data, text.len, NULL);
    if (file)
        file->executable = true;
    strbuf_release(&text);
    return true;
}

void tf_readmes(struct tf *tf, struct fileset *files)
{
    uint32_t count;
    struct tf_root **order = ranked(tf, &count);
    bool wired;

    if (count == 0)
        return;
    read_owners(tf);
    read_demands(tf);
    wired = wire_script(tf, files, order, count);
    for (uint32_t i = 0; i < count; i++)
        root_readme(tf, files, order[i]);
    top_readme(tf, files, order, count, wired);
}
