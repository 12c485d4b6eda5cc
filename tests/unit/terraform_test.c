/* The Terraform target on plans made by hand: references within and across roots, facts, merging, conflicts,
 * circles, isolation of recovery roots, and schedules of AWS against expressions from its documentation.
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
    struct model model;
    struct plan plan;
    struct diag_sink sink;
    struct fileset files;
    struct emission emissions[32];
    struct site_info sites[4];
};

static struct block_schema site_schema = {.name = "site", .id = BLOCK_SITE};
static struct block_schema asset_schema = {.name = "asset", .id = BLOCK_ASSET};
static struct block_schema kind_schema = {.name = "kind", .id = BLOCK_KIND};

static struct entity *new_entity(struct fake *f, struct block_schema *schema, const char *name,
                                 uint32_t index)
{
    struct entity *entity = ARENA_NEW(f->arena, struct entity);

    entity->schema = schema;
    entity->name = intern_str(f->model.names, name);
    entity->index = index;
    return entity;
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
    f->model.arena = arena;
    f->model.names = intern_new(arena);
    f->model.sources = &f->sources;
    f->plan.model = &f->model;
    f->plan.arena = arena;
    f->plan.document = ARENA_NEW(arena, struct plan_document);
    f->plan.name = "shop";
    f->plan.emissions = f->emissions;
    f->plan.sites = f->sites;
    f->plan.site_count = 3;
    for (uint32_t i = 0; i < 3; i++) {
        f->sites[i].entity = new_entity(f, &site_schema, names[i], i);
        f->sites[i].level = "region";
        f->sites[i].region = regions[i];
        f->sites[i].role = roles[i];
        f->sites[i].index = i;
    }
    diag_sink_init(&f->sink, arena, &f->sources);
    fileset_init(&f->files, arena);
    return f;
}

static struct emitted_block *block(struct fake *f, const char *type, const char *label, const char *label2)
{
    struct emitted_block *made = ARENA_NEW(f->arena, struct emitted_block);

    made->type = type;
    made->label_count = label2 ? 2 : label ? 1 : 0;
    made->labels = ARENA_ARRAY(f->arena, const char *, 2);
    made->labels[0] = label;
    made->labels[1] = label2;
    made->attrs = ARENA_ARRAY(f->arena, struct emitted_attr, 16);
    made->blocks = ARENA_ARRAY(f->arena, struct emitted_block *, 8);
    return made;
}

static struct emission *emit(struct fake *f, enum emit_root root, int site, const char *file,
                             struct entity *subject, struct emitted_block *made)
{
    struct emission *emission = &f->emissions[f->plan.emission_count++];

    emission->target = "terraform";
    emission->root = root;
    emission->site = site < 0 ? NULL : &f->sites[site];
    emission->file = file;
    emission->subject = subject;
    emission->block = made;
    return emission;
}

static void set(struct emitted_block *made, const char *name, struct value value)
{
    made->attrs[made->attr_count++] = (struct emitted_attr){name, value, {0, 0}};
}

static struct emitted_block *nest(struct fake *f, struct emitted_block *made, const char *type)
{
    return made->blocks[made->block_count++] = block(f, type, NULL, NULL);
}

static struct value ref(struct fake *f, const char *resource, const char *key, const char *attribute)
{
    struct value_ref *made = ARENA_NEW(f->arena, struct value_ref);

    made->resource = resource;
    made->key = key;
    made->attribute = attribute;
    return (struct value){.type = VALUE_REF, .u.ref = made};
}

static struct value fact(struct fake *f, struct entity *entity, const char *name, struct value value)
{
    struct value_fact *made = ARENA_NEW(f->arena, struct value_fact);

    made->entity = entity;
    made->name = name;
    made->value = value;
    return (struct value){.type = VALUE_FACT, .u.fact = made};
}

static struct value number(int64_t n)
{
    return value_int(VALUE_INT, n);
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
    struct backend_options options = {.version = "0"};

    drc_terraform.check(&f->plan, &f->sink);
    for (uint32_t i = 0; i < f->sink.diags.len && f->sink.errors; i++)
        printf("# %s\n", f->sink.diags.items[i]->message);
    if (f->sink.errors == 0)
        drc_terraform.emit(&f->plan, &options, &f->files);
}

static struct emitted_block *kms_key(struct fake *f, const char *label)
{
    struct emitted_block *made = block(f, "resource", "aws_kms_key", label);

    set(made, "description", value_string("copies of ${everything} %{here}"));
    set(made, "enable_key_rotation", value_int(VALUE_BOOL, 1));
    set(nest(f, made, "lifecycle"), "prevent_destroy", value_int(VALUE_BOOL, 1));
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
    struct entity *database = new_entity(f, &asset_schema, "orders-db", 0);
    struct emitted_block *made, *role, *nested;
    struct emission *first;

    TEST("roots, references and facts");
    role = block(f, "resource", "aws_iam_role", "backup");
    set(role, "name", value_string("shop-backup"));
    set(role, "assume_role_policy", value_string("{}"));
    emit(f, ROOT_GLOBAL, -1, "roles", database, role);

    first = emit(f, ROOT_RECOVERY, 1, "keys", f->sites[1].entity, kms_key(f, "west"));
    first->kind = new_entity(f, &kind_schema, "aws.region", 0);
    emit(f, ROOT_RECOVERY, 1, "keys", database, kms_key(f, "west")); /* says the same: merged */

    made = block(f, "resource", "aws_db_instance", "orders_db_west");
    set(made, "identifier", value_string("orders-db-west"));
    set(made, "replicate_source_db",
        fact(f, database, "arn", value_string("arn:aws:rds:us-east-1:1:db:orders")));
    set(made, "instance_class", fact(f, database, "instance_class", value_unknown()));
    set(made, "kms_key_id", ref(f, "aws_kms_key", "west", "arn"));
    set(made, "monitoring_role_arn", ref(f, "aws_iam_role", "backup", "arn"));
    set(made, "monitoring_interval", number(60));
    set(made, "skip_final_snapshot", value_int(VALUE_BOOL, 1));
    set(made, "availability_zone", (struct value){.type = VALUE_NULL});
    nested = nest(f, made, "lifecycle");
    set(nested, "prevent_destroy", value_int(VALUE_BOOL, 1));
    set(nested, "ignore_changes", (struct value){.type = VALUE_HCL, .u.string = "[replicate_source_db]"});
    emit(f, ROOT_RECOVERY, 1, "database", database, made);

    made = block(f, "data", "aws_caller_identity", "unused");
    emit(f, ROOT_RECOVERY, 1, "database", database, made);

    run(f);
    CHECK_INT(f->sink.errors, 0);
    if (folder)
        write_files(f, folder);
    CHECK(holds(f, "terraform/recovery-west/database.tf", "  replicate_source_db = var.orders_db_arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf", "  kms_key_id          = aws_kms_key.west.arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf",
                "  monitoring_role_arn = var.global_iam_role_backup_arn\n"));
    CHECK(holds(f, "terraform/recovery-west/database.tf", "    ignore_changes  = [replicate_source_db]\n"));
    CHECK(holds(f, "terraform/recovery-west/variables.tf",
                "  default     = \"arn:aws:rds:us-east-1:1:db:orders\"\n"));
    CHECK(holds(f, "terraform/global/outputs.tf", "output \"iam_role_backup_arn\""));
    CHECK(holds(f, "terraform/recovery-west/keys.tf", "copies of $${everything} %%{here}"));
    CHECK(
        holds(f, "terraform/recovery-west/keys.tf", "# site `west`, kind aws.region\n# asset `orders-db`\n"));
    CHECK(holds(f, "terraform/wire.sh", "global_iam_role_backup_arn iam_role_backup_arn"));
    CHECK(holds(f, "terraform/recovery-west/README.md", "**to fill in**"));
    CHECK(!strstr(content(f, "terraform/recovery-west/database.tf"), "availability_zone"));
    CHECK(!fileset_find(&f->files, "terraform/recovery-west/data.tf"));
    CHECK(!strstr(content(f, "terraform/recovery-west/variables.tf"), "us-west-2"));
    arena_delete(f->arena);
}

static void test_mistakes(void)
{
    struct fake *f = fake_new();
    struct emitted_block *made;

    TEST("mistakes of kinds");
    emit(f, ROOT_RECOVERY, 1, "keys", f->sites[1].entity, kms_key(f, "west"));
    made = kms_key(f, "west");
    set(made, "multi_region", value_int(VALUE_BOOL, 1));
    emit(f, ROOT_RECOVERY, 1, "keys", f->sites[1].entity, made);
    made = block(f, "resource", "aws_iam_role", "backup");
    set(made, "name", value_string("x"));
    emit(f, ROOT_RECOVERY, 1, "keys", f->sites[1].entity, made);
    made = block(f, "resource", "aws_kms_alias", "a");
    set(made, "name", value_int(VALUE_DURATION, 5));
    set(made, "target_key_id", ref(f, "aws_kms_key", "elsewhere", "key_id"));
    set(made, "description", value_unknown());
    set(made, "x", (struct value){.type = VALUE_HCL, .u.string = "1\n}"});
    emit(f, ROOT_RECOVERY, 1, "outputs", f->sites[1].entity, made);
    emit(f, ROOT_RECOVERY, 1, "keys", f->sites[1].entity, block(f, "provider", "aws", NULL));
    run(f);
    CHECK(reported(f, DIAG_E0701));
    CHECK(reported(f, DIAG_E0703));
    CHECK(reported(f, DIAG_E0706));
    CHECK(reported(f, DIAG_E0700));
    CHECK(reported(f, DIAG_E0707));
    CHECK(reported(f, DIAG_E0704));
    CHECK(reported(f, DIAG_E0714));
    CHECK_INT(f->files.files.len, 0);
    arena_delete(f->arena);
}

static void test_circle(void)
{
    struct fake *f = fake_new();
    struct emitted_block *made;

    TEST("roots that need each other");
    made = block(f, "resource", "aws_sns_topic", "a");
    set(made, "name", ref(f, "aws_sns_topic", "b", "name"));
    emit(f, ROOT_GLOBAL, -1, "x", f->sites[0].entity, made);
    made = block(f, "resource", "aws_sns_topic", "b");
    set(made, "name", ref(f, "aws_sns_topic", "a", "name"));
    emit(f, ROOT_PRIMARY, 0, "x", f->sites[0].entity, made);
    run(f);
    CHECK(reported(f, DIAG_E0702));
    arena_delete(f->arena);
}

static const char *scheduled(struct arena *arena, struct schedule schedule)
{
    const char *why, *text = tf_schedule(arena, &schedule, &why);

    return text ? text : why;
}

static void test_schedules(void)
{
    struct arena *arena = arena_new();

    TEST("schedules of AWS");
    CHECK_STR(scheduled(arena, (struct schedule){.kind = SCHEDULE_EVERY, .every = MS_HOUR}),
              "cron(0 * * * ? *)");
    CHECK_STR(scheduled(arena, (struct schedule){.kind = SCHEDULE_EVERY, .every = 6 * MS_HOUR}),
              "cron(0 0/6 * * ? *)");
    CHECK_STR(
        scheduled(arena, (struct schedule){.kind = SCHEDULE_DAILY, .times = {120, 14 * 60}, .time_count = 2}),
        "cron(0 2,14 * * ? *)");
    CHECK_STR(
        scheduled(arena,
                  (struct schedule){.kind = SCHEDULE_WEEKLY, .weekdays = 1, .times = {180}, .time_count = 1}),
        "cron(0 3 ? * SUN *)");
    CHECK_STR(scheduled(arena, (struct schedule){.kind = SCHEDULE_CRON, .cron = "*/15 2 * * 1-5"}),
              "cron(0/15 2 ? * 2-6 *)");
    CHECK_STR(scheduled(arena, (struct schedule){.kind = SCHEDULE_CRON, .cron = "0 2 1 * *"}),
              "cron(0 2 1 * ? *)");
    CHECK(strncmp(scheduled(arena, (struct schedule){.kind = SCHEDULE_CRON, .cron = "0 2 1 * 1"}), "cron",
                  4) != 0);
    CHECK(strncmp(scheduled(arena, (struct schedule){.kind = SCHEDULE_EVERY, .every = 7 * MS_HOUR}), "cron",
                  4) != 0);
    /* Examples of the EventBridge documentation. */
    CHECK(!tf_schedule_error("cron(0 10 * * ? *)", false));
    CHECK(!tf_schedule_error("cron(15 12 * * ? *)", false));
    CHECK(!tf_schedule_error("cron(0 18 ? * MON-FRI *)", false));
    CHECK(!tf_schedule_error("cron(0 8 1 * ? *)", false));
    CHECK(!tf_schedule_error("cron(0/10 * ? * MON-FRI *)", false));
    CHECK(!tf_schedule_error("cron(0/5 8-17 ? * MON-FRI *)", false));
    CHECK(!tf_schedule_error("cron(0 9 ? * 2#1 *)", false));
    CHECK(!tf_schedule_error("cron(0 5 L * ? *)", false));
    CHECK(!tf_schedule_error("rate(5 minutes)", true));
    CHECK(!tf_schedule_error("rate(1 hour)", true));
    CHECK(tf_schedule_error("rate(1 hours)", true) != NULL);
    CHECK(tf_schedule_error("rate(5 minute)", true) != NULL);
    CHECK(tf_schedule_error("rate(5 minutes)", false) != NULL);
    CHECK(tf_schedule_error("cron(0 2 * * *)", false) != NULL);
    CHECK(tf_schedule_error("cron(0 2 * * * *)", false) != NULL);
    CHECK(tf_schedule_error("cron(0 2 ? * ? *)", false) != NULL);
    CHECK(tf_schedule_error("cron(60 2 * * ? *)", false) != NULL);
    CHECK(tf_schedule_error("cron(0 2 ? * 0 *)", false) != NULL);
    CHECK(tf_schedule_error("", false) != NULL);
    CHECK(tf_schedule_error("cron(", false) != NULL);
    arena_delete(arena);
}

int main(int argc, char **argv)
{
    test_roots(argc > 1 ? argv[1] : NULL);
    test_mistakes();
    test_circle();
    test_schedules();
    return test_finish();
}
