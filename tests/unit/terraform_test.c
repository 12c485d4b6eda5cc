/* The Terraform target on plans made by hand: references within and across roots, facts, merging, conflicts,
 * circles, isolation of recovery roots.
 *
 * With a folder as argument the files of the first plan are written there, for `terraform validate`. */
#include "test.h"

#include "backends/registry.h"
#include "backends/terraform/terraform.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fake {
    struct arena *arena;
    struct sources sources;
    struct plan_document plan;
    struct diag_sink sink;
    struct fileset files;
    struct plan_emission emissions[32];
    struct plan_site sites[4];
    struct plan_thing things[8];
};

static struct plan_thing *new_thing(struct fake *f, const char *block, const char *name)
{
    struct plan_thing *thing = &f->things[f->plan.declared_count++];

    thing->id = arena_printf(f->arena, "%s.%s", block, name);
    thing->block = block;
    thing->name = name;
    return thing;
}

static void set_text(struct fake *f, struct plan_thing *thing, const char *name, const char *text)
{
    if (!thing->attributes.pairs)
        thing->attributes.pairs = ARENA_ARRAY(f->arena, struct plan_pair, 8);
    thing->attributes.pairs[thing->attributes.count++] = (struct plan_pair){name, {.shape = PLAN_SHAPE_STRING, .text = text}};
}

/* As the library declares it. */
static void add_aws(struct fake *f)
{
    static struct plan_value elsewhere[] = {{.shape = PLAN_SHAPE_STRING, .text = "aws_iam_"}, {.shape = PLAN_SHAPE_STRING, .text = "aws_route53_"}};
    struct plan_thing *aws = new_thing(f, "terraform_provider", "aws");

    set_text(f, aws, "source", "hashicorp/aws");
    set_text(f, aws, "version", ">= 5.80.0, < 7.0.0");
    set_text(f, aws, "region", "region");
    set_text(f, aws, "home", "us-east-1");
    set_text(f, aws, "accounts", "allowed_account_ids");
    set_text(f, aws, "tags", "default_tags");
    aws->attributes.pairs[aws->attributes.count++] =
        (struct plan_pair){"control_planes", {.shape = PLAN_SHAPE_ITEMS, .count = 2, .items = elsewhere}};
}

static struct fake *fake_new(void)
{
    static const char *const names[] = {"east", "west", "vault-eu"};
    static const char *const regions[] = {"us-east-1", "us-west-2", "eu-west-1"};
    static const char *const roles[] = {"primary", "recovery", "vault"};
    struct arena *arena = arena_new();
    struct fake *f = ARENA_NEW(arena, struct fake);

    f->arena = arena;
    sources_init(&f->sources, arena);
    f->plan.name = "shop";
    f->plan.emissions = f->emissions;
    f->plan.declared = f->things;
    f->plan.sites = f->sites;
    f->plan.sites_count = 3;
    for (uint32_t i = 0; i < 3; i++) {
        f->sites[i].name = names[i];
        f->sites[i].thing = new_thing(f, "site", names[i]);
        f->sites[i].level = "region";
        f->sites[i].region = regions[i];
        f->sites[i].role = roles[i];
    }
    add_aws(f);
    diag_sink_init(&f->sink, arena, &f->sources);
    fileset_init(&f->files, arena);
    return f;
}

static struct plan_emitted_block *block(struct fake *f, const char *type, const char *label, const char *label2)
{
    struct plan_emitted_block *made = ARENA_NEW(f->arena, struct plan_emitted_block);

    made->type = type;
    made->labels_count = label2 ? 2 : label ? 1 : 0;
    made->labels = ARENA_ARRAY(f->arena, const char *, 2);
    made->labels[0] = label;
    made->labels[1] = label2;
    made->attributes = ARENA_ARRAY(f->arena, struct plan_emitted_attribute, 16);
    made->blocks = ARENA_ARRAY(f->arena, struct plan_emitted_block, 8);
    return made;
}

static struct plan_emission *emit(struct fake *f, enum plan_choice_ROOT root, int site, const char *file, struct plan_thing *subject,
                                  struct plan_emitted_block *made)
{
    struct plan_emission *emission = &f->emissions[f->plan.emissions_count++];

    emission->target = "terraform";
    emission->root = (uint8_t)root;
    emission->site = site < 0 ? NULL : &f->sites[site];
    emission->file = file;
    emission->subject = subject;
    emission->block = made;
    return emission;
}

static void set(struct fake *f, struct plan_emitted_block *made, const char *name, struct plan_value value)
{
    struct plan_value *kept = ARENA_NEW(f->arena, struct plan_value);

    *kept = value;
    made->attributes[made->attributes_count++] = (struct plan_emitted_attribute){.name = name, .value = kept};
}

static struct plan_emitted_block *nest(struct fake *f, struct plan_emitted_block *made, const char *type)
{
    made->blocks[made->blocks_count] = *block(f, type, NULL, NULL);
    return &made->blocks[made->blocks_count++];
}

static struct plan_value words(enum plan_tag tag, const char *text)
{
    return (struct plan_value){.tag = (uint8_t)tag, .shape = PLAN_SHAPE_STRING, .text = text};
}

static struct plan_value string(const char *text)
{
    return words(PLAN_TAG_NONE, text);
}

static struct plan_value pairs(struct fake *f, enum plan_tag tag, const struct plan_pair *from)
{
    struct plan_value made = {.tag = (uint8_t)tag, .shape = PLAN_SHAPE_PAIRS, .count = 3};

    made.pairs = ARENA_ARRAY(f->arena, struct plan_pair, 3);
    memcpy(made.pairs, from, 3 * sizeof *from);
    return made;
}

static struct plan_value ref(struct fake *f, const char *resource, const char *key, const char *attribute)
{
    return pairs(f, PLAN_TAG_REFERENCE, (struct plan_pair[]){{"resource", string(resource)}, {"key", string(key)}, {"attribute", string(attribute)}});
}

static struct plan_value fact(struct fake *f, const struct plan_thing *of, const char *name, struct plan_value value)
{
    return pairs(f, PLAN_TAG_FACT, (struct plan_pair[]){{"of", words(PLAN_TAG_REF, of->id)}, {"name", string(name)}, {"value", value}});
}

static struct plan_value number(int64_t n)
{
    return (struct plan_value){.shape = PLAN_SHAPE_NUMBER, .number = n};
}

static struct plan_value yes(void)
{
    return (struct plan_value){.shape = PLAN_SHAPE_BOOL, .truth = true};
}

static const char *content(struct fake *f, const char *path)
{
    struct output_file *file = fileset_find(&f->files, path);

    return file ? file->data : "";
}

static bool holds(struct fake *f, const char *path, const char *text)
{
    bool found = strstr(content(f, path), text) != NULL;

    if (!found)
        printf("# %s lacks:\n%s\n# it is:\n%s\n", path, text, content(f, path));
    return found;
}

static bool reported(struct fake *f, enum diag_code code)
{
    for (uint32_t i = 0; i < f->sink.diags.len; i++) {
        if (f->sink.diags.items[i]->code == code)
            return true;
    }
    return false;
}

static void run(struct fake *f)
{

    drc_terraform.check(&(struct plan_checked){.document = &f->plan}, &f->sink);
    for (uint32_t i = 0; i < f->sink.diags.len && f->sink.errors; i++)
        printf("# %s\n", f->sink.diags.items[i]->message);
    if (f->sink.errors == 0)
        drc_terraform.emit(&f->plan, &f->files);
}

static struct plan_emitted_block *kms_key(struct fake *f, const char *label)
{
    struct plan_emitted_block *made = block(f, "resource", "aws_kms_key", label);

    set(f, made, "description", string("copies of ${everything} %{here}"));
    set(f, made, "enable_key_rotation", yes());
    set(f, nest(f, made, "lifecycle"), "prevent_destroy", yes());
    return made;
}

/* ---- tests ---- */

static void write_files(struct fake *f, const char *folder)
{
    char path[512];

    for (uint32_t i = 0; i < f->files.files.len; i++) {
        struct output_file *file = f->files.files.items[i];
        FILE *out;

        snprintf(path, sizeof path, "%s/%s", folder, file->path);
        for (char *p = path + strlen(folder) + 1; *p; p++) {
            if (*p == '/') {
                *p = '\0';
                mkdir(path, 0755);
                *p = '/';
            }
        }
        out = fopen(path, "w");
        if (!out)
            continue;
        fwrite(file->data, 1, file->size, out);
        fclose(out);
        chmod(path, file->executable ? 0755 : 0644);
    }
}

static void test_roots(const char *folder)
{
    struct fake *f = fake_new();
    struct plan_thing *database = new_thing(f, "asset", "orders-db");
    struct plan_emitted_block *made, *role, *nested;
    struct plan_emission *first;

    TEST("roots, references and facts");
    role = block(f, "resource", "aws_iam_role", "backup");
    set(f, role, "name", string("shop-backup"));
    set(f, role, "assume_role_policy", string("{}"));
    emit(f, PLAN_ROOT_global, -1, "roles", database, role);

    first = emit(f, PLAN_ROOT_recovery, 1, "keys", f->sites[1].thing, kms_key(f, "west"));
    first->kind = "aws.region";
    emit(f, PLAN_ROOT_recovery, 1, "keys", database, kms_key(f, "west")); /* says the same: merged */

    made = block(f, "resource", "aws_db_instance", "orders_db_west");
    set(f, made, "identifier", string("orders-db-west"));
    set(f, made, "replicate_source_db", fact(f, database, "arn", string("arn:aws:rds:us-east-1:1:db:orders")));
    set(f, made, "instance_class", fact(f, database, "instance_class", words(PLAN_TAG_NOTHING, "unknown")));
    set(f, made, "kms_key_id", ref(f, "aws_kms_key", "west", "arn"));
    set(f, made, "monitoring_role_arn", ref(f, "aws_iam_role", "backup", "arn"));
    set(f, made, "monitoring_interval", number(60));
    set(f, made, "skip_final_snapshot", yes());
    set(f, made, "availability_zone", (struct plan_value){0});
    nested = nest(f, made, "lifecycle");
    set(f, nested, "prevent_destroy", yes());
    set(f, nested, "ignore_changes", words(PLAN_TAG_EXPRESSION, "[replicate_source_db]"));
    emit(f, PLAN_ROOT_recovery, 1, "database", database, made);

    made = block(f, "data", "aws_caller_identity", "unused");
    emit(f, PLAN_ROOT_recovery, 1, "database", database, made);

    run(f);
    CHECK_INT(f->sink.errors, 0);
    if (folder)
        write_files(f, folder);
    CHECK(holds(f, "terraform/recovery-west/database.tf", "  replicate_source_db = var.orders_db_arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf", "  kms_key_id          = aws_kms_key.west.arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf", "  monitoring_role_arn = var.global_iam_role_backup_arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf", "    ignore_changes  = [replicate_source_db]\n"));
    CHECK(holds(f, "terraform/recovery-west/variables.tf", "  default     = \"arn:aws:rds:us-east-1:1:db:orders\"\n"));
    CHECK(holds(f, "terraform/global/outputs.tf", "output \"iam_role_backup_arn\""));
    CHECK(holds(f, "terraform/recovery-west/keys.tf", "copies of $${everything} %%{here}"));
    CHECK(holds(f, "terraform/recovery-west/keys.tf", "# site `west`, kind aws.region\n# asset `orders-db`\n"));
    CHECK(holds(f, "terraform/wire.sh", "global_iam_role_backup_arn iam_role_backup_arn"));
    CHECK(holds(f, "terraform/recovery-west/README.md", "**to fill in**"));
    CHECK(!strstr(content(f, "terraform/recovery-west/database.tf"), "availability_zone"));
    CHECK(!fileset_find(&f->files, "terraform/recovery-west/data.tf"));
    CHECK(!strstr(content(f, "terraform/recovery-west/variables.tf"), "us-west-2"));
    fileset_release(&f->files);
    arena_delete(f->arena);
}

static void test_mistakes(void)
{
    struct fake *f = fake_new();
    struct plan_emitted_block *made;

    TEST("mistakes of kinds");
    emit(f, PLAN_ROOT_recovery, 1, "keys", f->sites[1].thing, kms_key(f, "west"));
    made = kms_key(f, "west");
    set(f, made, "multi_region", yes());
    emit(f, PLAN_ROOT_recovery, 1, "keys", f->sites[1].thing, made);
    made = block(f, "resource", "aws_iam_role", "backup");
    set(f, made, "name", string("x"));
    emit(f, PLAN_ROOT_recovery, 1, "keys", f->sites[1].thing, made);
    made = block(f, "resource", "aws_kms_alias", "a");
    set(f, made, "name", (struct plan_value){.tag = PLAN_TAG_DURATION, .shape = PLAN_SHAPE_NUMBER, .number = 5});
    set(f, made, "target_key_id", ref(f, "aws_kms_key", "elsewhere", "key_id"));
    set(f, made, "description", words(PLAN_TAG_NOTHING, "unknown"));
    set(f, made, "x", words(PLAN_TAG_EXPRESSION, "1\n}"));
    emit(f, PLAN_ROOT_recovery, 1, "outputs", f->sites[1].thing, made);
    emit(f, PLAN_ROOT_recovery, 1, "keys", f->sites[1].thing, block(f, "provider", "aws", NULL));
    run(f);
    CHECK(reported(f, DIAG_E0701));
    CHECK(reported(f, DIAG_E0703));
    CHECK(reported(f, DIAG_E0706));
    CHECK(reported(f, DIAG_E0700));
    CHECK(reported(f, DIAG_E0707));
    CHECK(reported(f, DIAG_E0704));
    CHECK(reported(f, DIAG_E0714));
    CHECK_INT(f->files.files.len, 0);
    fileset_release(&f->files);
    arena_delete(f->arena);
}

static void test_circle(void)
{
    struct fake *f = fake_new();
    struct plan_emitted_block *made;

    TEST("roots that need each other");
    made = block(f, "resource", "aws_sns_topic", "a");
    set(f, made, "name", ref(f, "aws_sns_topic", "b", "name"));
    emit(f, PLAN_ROOT_global, -1, "x", f->sites[0].thing, made);
    made = block(f, "resource", "aws_sns_topic", "b");
    set(f, made, "name", ref(f, "aws_sns_topic", "a", "name"));
    emit(f, PLAN_ROOT_primary, 0, "x", f->sites[0].thing, made);
    run(f);
    CHECK(reported(f, DIAG_E0702));
    fileset_release(&f->files);
    arena_delete(f->arena);
}

int main(int argc, char **argv)
{
    test_roots(argc > 1 ? argv[1] : NULL);
    test_mistakes();
    test_circle();
    return test_finish();
}
