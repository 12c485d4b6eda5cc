/* What `terraform validate` accepts and AWS refuses, or worse, takes without a word: schedules, windows,
 * locks, bucket names, half-configured replication. One row of the table for each type of resource; a rule
 * looks at values that are literal, since references and variables are known only when the configuration is
 * applied. Sources: AWS API references of each service, and trials with provider 5.100. */
#include "backends/terraform/terraform.h"

#include <string.h>

struct look {
    struct tf *tf;
    struct tf_block *block;
};

static const struct plan_emitted_attribute *attr_of(const struct plan_emitted_block *block, const char *name)
{
    for (uint32_t i = 0; i < block->attributes_count; i++) {
        if (strcmp(block->attributes[i].name, name) == 0 && block->attributes[i].value->shape != PLAN_SHAPE_NULL)
            return &block->attributes[i];
    }
    return NULL;
}

static const struct plan_emitted_block *nested(const struct plan_emitted_block *block, const char *type,
                                          uint32_t *cursor)
{
    while (block && *cursor < block->blocks_count) {
        const struct plan_emitted_block *child = &block->blocks[(*cursor)++];

        if (strcmp(child->type, type) == 0)
            return child;
    }
    return NULL;
}

static const struct plan_emitted_block *one(const struct plan_emitted_block *block, const char *type)
{
    uint32_t cursor = 0;

    return nested(block, type, &cursor);
}

static bool is_text(const struct plan_value *value)
{
    return value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING;
}

static bool number_of(const struct plan_emitted_block *block, const char *name, int64_t *number)
{
    const struct plan_emitted_attribute *attr = block ? attr_of(block, name) : NULL;

    if (!attr || attr->value->shape != PLAN_SHAPE_NUMBER || attr->value->tag != PLAN_TAG_NONE)
        return false;
    *number = attr->value->number;
    return true;
}

static struct diag *complain(const struct look *look, enum diag_code code, struct plan_place place, const char *text)
{
    struct diag *diag = diag_report(look->tf->sink, code, tf_span(place), "%s", text);

    tf_blame(diag, look->block->sources.items[0]);
    return diag;
}

/* ---- schedules ---- */

static void check_schedule(const struct look *look, const struct plan_emitted_block *block, const char *name,
                           bool rates)
{
    const struct plan_emitted_attribute *attr = attr_of(block, name);
    const char *why;
    struct diag *diag;

    if (!attr || !is_text(attr->value))
        return;
    why = tf_schedule_error(attr->value->text, rates);
    if (!why)
        return;
    diag = diag_report(look->tf->sink, DIAG_E0708, tf_span(attr->place), "`%s` is no schedule of AWS: %s",
                       attr->value->text, why);
    tf_blame(diag, look->block->sources.items[0]);
    diag_help(
        diag,
        "write it as `cron(0 2 * * ? *)`, or give a schedule of the language, such as `daily at 02:00`");
}

/* AWS Backup runs a rule at most once an hour. */
static void check_hourly(const struct look *look, const struct plan_emitted_block *block, const char *name)
{
    const struct plan_emitted_attribute *attr = attr_of(block, name);
    const char *text = NULL;
    struct diag *diag;

    if (!attr)
        return;
    if (is_text(attr->value))
        text = attr->value->text;
    else if (attr->value->tag == PLAN_TAG_SCHEDULE)
        text = tf_schedule(look->tf, attr->value);
    if (!text || strncmp(text, "cron(", 5) != 0 || text[5 + strspn(text + 5, "0123456789")] == ' ')
        return;
    diag = diag_report(look->tf->sink, DIAG_E0708, tf_span(attr->place),
                       "AWS Backup runs at most once an hour, and `%s` fires more often", text);
    tf_blame(diag, look->block->sources.items[0]);
    diag_help(diag, "use `every 1h` or longer, or continuous backups for point-in-time recovery");
}

/* ---- AWS Backup ---- */

static void check_lifecycle(const struct look *look, const struct plan_emitted_block *lifecycle)
{
    int64_t cold, last;
    struct diag *diag;

    if (!number_of(lifecycle, "cold_storage_after", &cold) || !number_of(lifecycle, "delete_after", &last) ||
        cold + 90 <= last)
        return;
    diag = diag_report(
        look->tf->sink, DIAG_E0709, tf_span(attr_of(lifecycle, "delete_after")->place),
        "a copy moved to cold storage after %lld days must be kept for at least %lld days, not %lld",
        (long long)cold, (long long)cold + 90, (long long)last);
    tf_blame(diag, look->block->sources.items[0]);
    diag_note(diag, "cold storage keeps at least 90 days");
    diag_help(diag, "keep copies longer, or leave out `cold_storage_after`");
}

static void check_backup_plan(const struct look *look, const struct plan_emitted_block *block)
{
    const struct plan_emitted_block *rule, *copy;
    int64_t start, end;

    for (uint32_t i = 0; (rule = nested(block, "rule", &i));) {
        check_schedule(look, rule, "schedule", false);
        check_hourly(look, rule, "schedule");
        if (number_of(rule, "start_window", &start) && start < 60)
            diag_help(complain(look, DIAG_E0709, attr_of(rule, "start_window")->place,
                               "the start window of AWS Backup is at least 60 minutes"),
                      "write `start_window = 60` or more");
        if (number_of(rule, "start_window", &start) && number_of(rule, "completion_window", &end) &&
            end <= start)
            diag_help(complain(look, DIAG_E0709, attr_of(rule, "completion_window")->place,
                               "the completion window ends before the start window does"),
                      "both count in minutes from the scheduled start: give the completion window more than "
                      "the start window");
        check_lifecycle(look, one(rule, "lifecycle"));
        for (uint32_t c = 0; (copy = nested(rule, "copy_action", &c));)
            check_lifecycle(look, one(copy, "lifecycle"));
    }
}

static void check_vault_lock(const struct look *look, const struct plan_emitted_block *block)
{
    int64_t low, high, days;

    if (number_of(block, "min_retention_days", &low) && number_of(block, "max_retention_days", &high) &&
        low > high)
        diag_help(complain(look, DIAG_E0710, attr_of(block, "min_retention_days")->place,
                           "the lock's shortest retention is longer than its longest"),
                  "every backup into the vault would fail: exchange the two, or leave out the longest");
    if (number_of(block, "changeable_for_days", &days) && days < 3)
        diag_help(complain(look, DIAG_E0710, attr_of(block, "changeable_for_days")->place,
                           "a compliance lock can be changed for at least 3 days"),
                  "write `changeable_for_days = 3` or more, or leave it out for a governance lock");
}

static void check_restore_testing(const struct look *look, const struct plan_emitted_block *block)
{
    check_schedule(look, block, "schedule_expression", true);
}

static void check_lifecycle_manager(const struct look *look, const struct plan_emitted_block *block)
{
    const struct plan_emitted_block *details = one(block, "policy_details"), *schedule;

    for (uint32_t i = 0; details && (schedule = nested(details, "schedule", &i));) {
        const struct plan_emitted_block *rule = one(schedule, "create_rule");

        if (rule)
            check_schedule(look, rule, "cron_expression", false);
    }
}

/* ---- S3 ---- */

static const char *bucket_error(const char *name)
{
    size_t len = strlen(name);
    bool address = true;

    if (len < 3 || len > 63)
        return "it has to be 3 to 63 characters long";
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (c >= 'A' && c <= 'Z')
            return "it has an upper-case letter";
        if (!alnum && c != '.' && c != '-')
            return "only lower-case letters, digits, `.` and `-` are allowed";
        if (!alnum && (i == 0 || i + 1 == len))
            return "it has to begin and end with a letter or digit";
        if (c == '.' && name[i + 1] == '.')
            return "two dots stand side by side";
        if ((c < '0' || c > '9') && c != '.')
            address = false;
    }
    if (address && strchr(name, '.'))
        return "it looks like an IP address";
    if (strncmp(name, "xn--", 4) == 0 || strncmp(name, "sthree-", 7) == 0)
        return "its beginning is reserved";
    if (len > 8 && strcmp(name + len - 8, "-s3alias") == 0)
        return "its end is reserved";
    return NULL;
}

static void check_bucket(const struct look *look, const struct plan_emitted_block *block)
{
    const struct plan_emitted_attribute *attr = attr_of(block, "bucket");
    const char *why;
    struct diag *diag;

    if (!attr || !is_text(attr->value) || !(why = bucket_error(attr->value->text)))
        return;
    diag = diag_report(look->tf->sink, DIAG_E0712, tf_span(attr->place), "`%s` is no name of a bucket: %s",
                       attr->value->text, why);
    tf_blame(diag, look->block->sources.items[0]);
    diag_help(diag, "choose a name of 3 to 63 lower-case letters, digits and `-`");
}

static void check_replication(const struct look *look, const struct plan_emitted_block *block)
{
    const struct plan_emitted_block *rule, *destination;

    for (uint32_t i = 0; (rule = nested(block, "rule", &i));) {
        destination = one(rule, "destination");
        if (destination && one(destination, "replication_time") && !one(destination, "metrics"))
            diag_help(complain(look, DIAG_E0713, one(destination, "replication_time")->place,
                               "replication time control needs metrics"),
                      "add `metrics { status = \"Enabled\"  event_threshold { minutes = 15 } }` beside "
                      "`replication_time`");
        if (one(rule, "filter") && !one(rule, "delete_marker_replication"))
            diag_help(complain(look, DIAG_E0713, rule->place,
                               "a replication rule with a filter says whether delete markers are replicated"),
                      "add `delete_marker_replication { status = \"Enabled\" }`, or \"Disabled\"");
    }
}

/* ---- RDS ---- */

static void check_db_instance(const struct look *look, const struct plan_emitted_block *block)
{
    static const char *const inherited[] = {"engine",  "username",          "password",
                                            "db_name", "allocated_storage", "manage_master_user_password"};

    if (!attr_of(block, "replicate_source_db"))
        return;
    for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++) {
        const struct plan_emitted_attribute *attr = attr_of(block, inherited[i]);
        struct diag *diag;

        if (!attr)
            continue;
        diag = diag_report(look->tf->sink, DIAG_E0718, tf_span(attr->place), "a replica takes `%s` from its source",
                           inherited[i]);
        tf_blame(diag, look->block->sources.items[0]);
        diag_help(diag, "leave it out");
    }
}

/* ---- Route 53 ---- */

static void check_health_check(const struct look *look, const struct plan_emitted_block *block)
{
    const struct plan_emitted_attribute *type = attr_of(block, "type");

    if (!type || !is_text(type->value) ||
        (strncmp(type->value->text, "HTTP", 4) != 0 && strcmp(type->value->text, "TCP") != 0))
        return;
    if (!attr_of(block, "fqdn") && !attr_of(block, "ip_address"))
        diag_help(complain(look, DIAG_E0711, block->place,
                           "a health check without a host or an address checks nothing"),
                  "give the target an `alias` or a `value`, or the check a `host`");
}

static void check_event_schedule(const struct look *look, const struct plan_emitted_block *block)
{
    check_schedule(look, block, "schedule_expression", true);
}

static const struct {
    const char *type;
    void (*check)(const struct look *look, const struct plan_emitted_block *block);
} rules[] = {
    {"aws_backup_plan", check_backup_plan},
    {"aws_backup_restore_testing_plan", check_restore_testing},
    {"aws_backup_vault_lock_configuration", check_vault_lock},
    {"aws_cloudwatch_event_rule", check_event_schedule},
    {"aws_db_instance", check_db_instance},
    {"aws_dlm_lifecycle_policy", check_lifecycle_manager},
    {"aws_route53_health_check", check_health_check},
    {"aws_s3_bucket", check_bucket},
    {"aws_s3_bucket_replication_configuration", check_replication},
    {"aws_scheduler_schedule", check_event_schedule},
};

void tf_check_block(struct tf *tf, struct tf_block *block)
{
    struct look look = {tf, block};

    if (strcmp(block->type, "resource") != 0)
        return;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(block->emitted->labels[0], rules[i].type) == 0)
            rules[i].check(&look, block->emitted);
    }
}
