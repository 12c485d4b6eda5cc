/* Copies of the data of an asset: which there are, and how often it exists: 3-2-1-1-0, that is three copies on two media, one off site, one
 * under lock or off line, and no errors when a restore is tried. The original counts; replicas count; each store that holds a full backup or a
 * snapshot counts once. */
#include "sema/eval_internal.h"

#include <string.h>

enum { WITHIN_MAX = 64, MEDIA_MAX = 8 };

static struct value word(struct evaluator *eval, const char *text)
{
    return (struct value){.type = VALUE_WORD, .u.word = intern_str(eval->names, text)};
}

/* What the original lies on. */
static struct value asset_medium(struct evaluator *eval, struct entity *asset)
{
    struct value medium = kind_property(eval, asset, KIND_media);

    return medium.type == VALUE_WORD ? medium : word(eval, "block");
}

struct tally {
    struct evaluator *eval;
    struct entity *original; /* site of the original; NULL */
    struct copy_counts counts;
    atom media[MEDIA_MAX];
    VEC(const struct entity *) stores;
};

/* The outermost place that is one building or one region: what burns or floods together. NULL when none is declared. */
static struct entity *locality(struct evaluator *eval, struct entity *site)
{
    struct entity *found = NULL;

    for (int depth = 0; site && depth < WITHIN_MAX; depth++) {
        struct value level = kind_property(eval, site, KIND_level), within = eval_slot(eval, site, SITE_within);

        if (level.type == VALUE_WORD &&
            (strcmp(level.u.word, "datacenter") == 0 || strcmp(level.u.word, "zone") == 0 || strcmp(level.u.word, "region") == 0))
            found = site;
        site = within.type == VALUE_ENTITY ? within.u.entity : NULL;
    }
    return found;
}

static struct entity *outermost(struct evaluator *eval, struct entity *site)
{
    for (int depth = 0; depth < WITHIN_MAX; depth++) {
        struct value within = eval_slot(eval, site, SITE_within);

        if (within.type != VALUE_ENTITY)
            break;
        site = within.u.entity;
    }
    return site;
}

/* Whether two places do not go down together. Hosts of one provider whose building nobody declared may stand in one rack. */
static bool is_offsite(struct evaluator *eval, struct entity *original, struct entity *site)
{
    struct entity *here, *there;
    struct value a, b;

    if (!original || !site || site == original)
        return false;
    here = locality(eval, original);
    there = locality(eval, site);
    if (!here && !there)
        return outermost(eval, original) != outermost(eval, site);
    if (here == there || place_is_in(eval, site, original) || place_is_in(eval, original, site))
        return false;
    a = site_region(eval, original);
    b = site_region(eval, site);
    return a.type != VALUE_STRING || b.type != VALUE_STRING || strcmp(a.u.string, b.u.string) != 0;
}

static void count_one(struct tally *tally, struct entity *site, struct value medium, bool safe)
{
    tally->counts.total++;
    tally->counts.offsite += is_offsite(tally->eval, tally->original, site);
    tally->counts.immutable += safe;
    for (uint32_t i = 0; i < MEDIA_MAX && medium.type == VALUE_WORD; i++) {
        if (tally->media[i] == medium.u.word)
            break;
        if (!tally->media[i]) {
            tally->media[i] = medium.u.word;
            tally->counts.media++;
            break;
        }
    }
}

static bool holds(struct value flag)
{
    return flag.type == VALUE_BOOL && flag.u.integer;
}

/* Each store counts once, however many runs write into it. */
static void count_store(struct tally *tally, struct value store)
{
    struct evaluator *eval = tally->eval;
    struct value site;

    if (store.type != VALUE_ENTITY || store.u.entity->schema->id != BLOCK_STORE)
        return;
    for (uint32_t i = 0; i < tally->stores.len; i++) {
        if (tally->stores.items[i] == store.u.entity)
            return;
    }
    vec_push(eval->arena, &tally->stores, store.u.entity);
    site = eval_slot(eval, store.u.entity, STORE_site);
    count_one(tally, site.type == VALUE_ENTITY ? site.u.entity : NULL, eval_slot(eval, store.u.entity, STORE_media),
              holds(store_immutable(eval, store.u.entity)) || holds(eval_slot(eval, store.u.entity, STORE_offline)));
}

static void keep_shortest(struct copy_counts *counts, struct value every)
{
    if (every.type == VALUE_DURATION && (counts->verified < 0 || every.u.integer < counts->verified))
        counts->verified = every.u.integer;
}

/* What stands by itself is a copy; incremental backups and logs are none without what they build on. */
static void count_backups(struct tally *tally, const struct entity *owner)
{
    struct evaluator *eval = tally->eval;
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value kind = eval_slot(eval, backup, BACKUP_kind), copies = eval_slot(eval, backup, BACKUP_copies);

        keep_shortest(&tally->counts, eval_slot(eval, backup, BACKUP_verify));
        if (kind.type != VALUE_WORD || (strcmp(kind.u.word, "full") != 0 && strcmp(kind.u.word, "snapshot") != 0))
            continue;
        count_store(tally, eval_slot(eval, backup, BACKUP_to));
        for (uint32_t j = 0; copies.type == VALUE_LIST && j < copies.u.list->count; j++)
            count_store(tally, copies.u.list->items[j]);
    }
}

/* A drill that really restores it checks the copies as well. */
static void count_drills(struct tally *tally, struct entity *asset)
{
    struct value drills = referrers_of(tally->eval, asset, BLOCK_DRILL, DRILL_of);

    for (uint32_t i = 0; drills.type == VALUE_LIST && i < drills.u.list->count; i++) {
        struct entity *drill = drills.u.list->items[i].u.entity;
        struct value kind = eval_slot(tally->eval, drill, DRILL_kind);

        if (kind.type == VALUE_WORD && strcmp(kind.u.word, "tabletop") != 0)
            keep_shortest(&tally->counts, eval_slot(tally->eval, drill, DRILL_cadence));
    }
}

struct copy_counts eval_copy_counts(struct evaluator *eval, struct entity *asset)
{
    struct tally tally = {.eval = eval, .counts = {.verified = -1}};
    struct value sites = asset_sites(eval, asset), groups = referrers_of(eval, asset, BLOCK_GROUP, GROUP_members), site;
    struct value medium = asset_medium(eval, asset);
    struct entity *replica;

    for (uint32_t i = 0; sites.type == VALUE_LIST && i < sites.u.list->count; i++) {
        struct entity *at = sites.u.list->items[i].type == VALUE_ENTITY ? sites.u.list->items[i].u.entity : NULL;

        if (!tally.original)
            tally.original = at;
        count_one(&tally, at, medium, false);
    }
    if (!tally.counts.total)
        count_one(&tally, NULL, medium, false); /* the original is somewhere */
    for (uint32_t i = 0; (replica = entity_child(asset, BLOCK_REPLICA, &i));) {
        site = place_of(eval, replica);
        count_one(&tally, site.type == VALUE_ENTITY ? site.u.entity : NULL, medium, false);
    }
    count_backups(&tally, asset);
    for (uint32_t i = 0; groups.type == VALUE_LIST && i < groups.u.list->count; i++)
        count_backups(&tally, groups.u.list->items[i].u.entity);
    count_drills(&tally, asset);
    return tally.counts;
}

struct value copy_counts_value(struct evaluator *eval, struct entity *asset, struct span span)
{
    static const char *const names[] = {"total", "media", "offsite", "immutable", "verified"};
    struct copy_counts counts = eval_copy_counts(eval, asset);
    struct value values[] = {value_int(VALUE_INT, counts.total), value_int(VALUE_INT, counts.media), value_int(VALUE_INT, counts.offsite),
                             value_int(VALUE_INT, counts.immutable),
                             counts.verified < 0 ? value_unknown() : value_int(VALUE_DURATION, counts.verified)};
    struct value_object *object = ARENA_NEW(eval->arena, struct value_object);

    if (!eval_charge(eval, counts.total + 8, span))
        return value_error();
    object->count = sizeof values / sizeof *values;
    object->pairs = ARENA_ARRAY(eval->arena, struct value_pair, object->count);
    for (uint32_t i = 0; i < object->count; i++) {
        object->pairs[i].key = intern_str(eval->names, names[i]);
        object->pairs[i].value = values[i];
    }
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

/* ---- which there are */

struct copies {
    struct evaluator *eval;
    VEC(struct value) list;
};

static void add_copy(struct copies *copies, struct value site, struct value store, struct value kind, struct value backup, struct value immutable,
                     struct value offline, struct value encrypted, struct value media)
{
    static const char *const keys[] = {"site", "store", "kind", "backup", "immutable", "offline", "encrypted", "media"};
    struct value values[] = {site, store, kind, backup, immutable, offline, encrypted, media};
    struct value_object *object = ARENA_NEW(copies->eval->arena, struct value_object);

    object->count = sizeof keys / sizeof *keys;
    object->pairs = ARENA_ARRAY(copies->eval->arena, struct value_pair, object->count);
    for (uint32_t i = 0; i < object->count; i++) {
        object->pairs[i].key = intern_str(copies->eval->names, keys[i]);
        object->pairs[i].value = values[i];
    }
    vec_push(copies->eval->arena, &copies->list, ((struct value){.type = VALUE_OBJECT, .u.object = object}));
}

/* Whether nobody can delete what lies in a store before its time. Whoever administers a place lifts a governance lock; append-only binds those
 * who write. */
struct value store_immutable(struct evaluator *eval, struct entity *store)
{
    struct value value = kind_property(eval, store, KIND_immutable), mode, min;
    uint32_t cursor = 0;
    struct entity *lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);

    if (!lock)
        return value_int(VALUE_BOOL, value.type == VALUE_BOOL && value.u.integer);
    mode = eval_slot(eval, lock, STORE_LOCK_mode);
    min = eval_slot(eval, lock, STORE_LOCK_min);
    return value_int(VALUE_BOOL,
                     mode.type == VALUE_WORD && strcmp(mode.u.word, "compliance") == 0 && min.type == VALUE_DURATION && min.u.integer > 0);
}

struct value kind_encrypts(struct evaluator *eval, struct entity *thing)
{
    return kind_property(eval, thing, KIND_encrypts);
}

/* `kms` says how, and so that. */
static struct value whether(struct value encrypted)
{
    return encrypted.type == VALUE_WORD ? value_int(VALUE_BOOL, true) : encrypted;
}

struct value copy_encrypted(struct evaluator *eval, struct entity *backup, struct entity *store)
{
    const uint32_t slots[] = {BACKUP_method, BACKUP_kind};
    struct value told = eval_slot(eval, backup, BACKUP_encrypt);

    if (told.type == VALUE_BOOL && !told.u.integer)
        return told;
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        struct value name = eval_slot(eval, backup, slots[i]);
        struct entity *procedure =
            backup->parent && (name.type == VALUE_STRING || name.type == VALUE_WORD) ? kind_procedure(backup->parent->kind, name.u.string) : NULL;
        const struct scope *scope = procedure ? scope_add(eval, NULL, "self", value_entity(backup->parent)) : NULL;
        struct value does = procedure ? eval_deferred(eval, procedure, PROCEDURE_encrypts, scope) : value_unknown();

        scope_drop(eval, scope, NULL);
        if (does.type == VALUE_BOOL && does.u.integer)
            return does;
    }
    return kind_encrypts(eval, store);
}

static void add_backup_copy(struct copies *copies, struct entity *backup, struct value store)
{
    struct evaluator *eval = copies->eval;

    if (store.type != VALUE_ENTITY || store.u.entity->schema->id != BLOCK_STORE)
        return;
    add_copy(copies, eval_slot(eval, store.u.entity, STORE_site), store, eval_slot(eval, backup, BACKUP_kind), value_entity(backup),
             store_immutable(eval, store.u.entity), eval_slot(eval, store.u.entity, STORE_offline),
             whether(copy_encrypted(eval, backup, store.u.entity)), eval_slot(eval, store.u.entity, STORE_media));
}

static void add_backups(struct copies *copies, const struct entity *owner)
{
    struct evaluator *eval = copies->eval;
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value stores = eval_slot(eval, backup, BACKUP_copies);

        add_backup_copy(copies, backup, eval_slot(eval, backup, BACKUP_to));
        for (uint32_t j = 0; stores.type == VALUE_LIST && j < stores.u.list->count; j++)
            add_backup_copy(copies, backup, stores.u.list->items[j]);
    }
}

struct value asset_sites(struct evaluator *eval, struct entity *asset)
{
    struct value value = eval_slot(eval, asset, ASSET_sites);

    if (value.type == VALUE_LIST || value.type == VALUE_ERROR)
        return value;
    value = kind_property(eval, asset, KIND_serves_from);
    if (value.type == VALUE_LIST || value.type == VALUE_ERROR)
        return value;
    value = eval_slot(eval, asset, ASSET_site);
    return value.type == VALUE_ENTITY ? eval_list_of(eval, &value, 1) : value;
}

static struct value replica_encrypted(struct evaluator *eval, struct entity *asset, struct entity *replica)
{
    struct value told = eval_slot(eval, replica, REPLICA_encrypt), does = whether(kind_encrypts(eval, asset));

    return told.type == VALUE_BOOL && !told.u.integer ? told : does.type == VALUE_BOOL ? does : VALUE_OF(VALUE_NA);
}

struct value asset_copies(struct evaluator *eval, struct entity *asset, struct span span)
{
    struct copies copies = {.eval = eval};
    struct value na = VALUE_OF(VALUE_NA), no = value_int(VALUE_BOOL, false), medium = asset_medium(eval, asset);
    struct value sites = asset_sites(eval, asset), groups = referrers_of(eval, asset, BLOCK_GROUP, GROUP_members);
    struct entity *replica;

    /* How the original and its replicas are encrypted is the kind's business: not applicable, so that a rule over copies is not about it. */
    for (uint32_t i = 0; sites.type == VALUE_LIST && i < sites.u.list->count; i++)
        add_copy(&copies, sites.u.list->items[i], VALUE_OF(VALUE_NULL), word(eval, "primary"), VALUE_OF(VALUE_NULL), no, no, na, medium);
    for (uint32_t i = 0; (replica = entity_child(asset, BLOCK_REPLICA, &i));)
        add_copy(&copies, place_of(eval, replica), VALUE_OF(VALUE_NULL), word(eval, "replica"), VALUE_OF(VALUE_NULL), no, no,
                 replica_encrypted(eval, asset, replica), medium);
    add_backups(&copies, asset);
    for (uint32_t i = 0; i < groups.u.list->count; i++)
        add_backups(&copies, groups.u.list->items[i].u.entity);
    if (!eval_charge(eval, copies.list.len * 8, span))
        return value_error();
    return eval_list_of(eval, copies.list.items, copies.list.len);
}
