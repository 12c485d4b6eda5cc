/* Encryption at rest: what is told of a backup or replica is done by its tool, its store or its kind, or it is refused. Nothing is claimed
 * because somebody wished it. */
#include "analysis/recovery/recovery.h"

#include <string.h>

static bool is_no(struct value value)
{
    return value.type == VALUE_BOOL && !value.u.integer;
}

static void check_store(struct analysis *a, struct entity *backup, struct value told, struct entity *store)
{
    struct value done = copy_encrypted(a->eval, backup, store);
    struct diag *diag;

    if (done.type != VALUE_UNKNOWN && !is_no(done) && !(is_word(told, "kms") && is_word(done, "aes256")))
        return;
    if (done.type == VALUE_WORD)
        diag = diag_report(a->sink, DIAG_E0574, entity_value_span(backup, BACKUP_encrypt),
                           "`%s` is to be encrypted with a key of its own, and `%s` encrypts with none", backup->name, store->name);
    else
        diag = diag_report(a->sink, DIAG_E0574, entity_value_span(backup, BACKUP_encrypt), "`%s` is to be encrypted, and %s `%s` does", backup->name,
                           is_no(done) ? "neither its tool nor" : "nobody knows whether its tool or", store->name);
    diag_label(diag, store->span, "of kind `%s`", store->kind ? store->kind->entity->name : "store");
    if (done.type == VALUE_WORD)
        diag_help(diag, "give the store a `key`, or write `encrypt = aes256`");
    else
        diag_help(
            diag,
            "write it to a store that encrypts, such as a restic repository; say of the store what it does (`drc explain %s`: `sse`, `encrypted`, or "
            "`encrypts` of a kind of your own); or leave `encrypt` out, and no page says that it is",
            store->kind ? store->kind->entity->name : "store");
}

static void check_backup(struct analysis *a, struct entity *backup)
{
    struct value told = entity_slot(backup, BACKUP_encrypt), to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);

    if (is_no(told) || (told.type != VALUE_BOOL && told.type != VALUE_WORD))
        return;
    if (to.type == VALUE_ENTITY)
        check_store(a, backup, told, to.u.entity);
    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        if (copies.u.list->items[i].type == VALUE_ENTITY)
            check_store(a, backup, told, copies.u.list->items[i].u.entity);
    }
}

static void check_replica(struct analysis *a, struct entity *asset, struct entity *replica)
{
    struct value told = entity_slot(replica, REPLICA_encrypt), done;

    if (told.type != VALUE_BOOL || is_no(told))
        return;
    done = kind_encrypts(a->eval, asset);
    if (done.type != VALUE_UNKNOWN && !is_no(done))
        return;
    diag_help(diag_report(a->sink, DIAG_E0574, entity_value_span(replica, REPLICA_encrypt),
                          "the replica of `%s` at `%s` is to be encrypted, and kind `%s` does not say that it is", asset->name, replica->name,
                          asset->kind ? asset->kind->entity->name : "data"),
              "encrypt the disk it lies on and leave `encrypt` out; `encrypts` of a kind says that its replicas are");
}

void check_encryption(struct analysis *a)
{
    static const enum block_id owners[] = {BLOCK_ASSET, BLOCK_GROUP};
    struct entity *child;

    for (size_t o = 0; o < sizeof owners / sizeof *owners; o++) {
        for (uint32_t i = 0; i < a->model->declared[owners[o]].list.len; i++) {
            struct entity *owner = a->model->declared[owners[o]].list.items[i];

            for (uint32_t c = 0; (child = entity_child(owner, BLOCK_BACKUP, &c));)
                check_backup(a, child);
            for (uint32_t c = 0; owners[o] == BLOCK_ASSET && (child = entity_child(owner, BLOCK_REPLICA, &c));)
                check_replica(a, owner, child);
        }
    }
}

const char *encryption_text(struct analysis *a, const struct backup_job *job)
{
    const char *text = NULL;

    for (uint32_t i = 0; i <= job->copy_count; i++) {
        struct entity *store = i == 0 ? job->to : job->copies[i - 1];
        struct value done = store ? copy_encrypted(a->eval, job->backup, store) : value_unknown();

        if (!store)
            continue;
        if (done.type == VALUE_UNKNOWN)
            text = common_text(a, "%s%snot known in %s", text ? text : "", text ? ", " : "", store->name);
        else if (is_no(done))
            text = common_text(a, "%s%snone in %s", text ? text : "", text ? ", " : "", store->name);
        else
            text = common_text(a, "%s%s%s in %s", text ? text : "", text ? ", " : "", done.type == VALUE_WORD ? done.u.word : "yes", store->name);
    }
    return text ? text : "–";
}
