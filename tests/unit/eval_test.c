/* The evaluator against a small specification: an expression and what it is worth in the language's own notation, or the codes
 * it is refused with. Expected figures were worked out by hand or with Python's fractions. */
#include "plan/seen.h"
#include "sema/sema.h"
#include "test.h"

static struct arena *arena;
static struct sources sources;
static struct intern *names;
static struct diag_sink sink;
static struct model model;
static struct evaluator evaluator;
static struct parse_context parser;

static const struct expr *parse_default(void *context, const char *text)
{
    (void)context;
    return parse_expression(&parser, sources_add(&sources, "default", text, strlen(text)));
}

static const char specification[] =
    "kind place { of = site  level = region  attribute region { type = string } }\n"
    "kind room { of = site  level = zone }\n"
    "kind account { of = site  level = account  is_account = true  attribute id { type = string } }\n"
    "kind box { of = store  immutable = len(self.locks) > 0 }\n"
    "kind data { of = asset  stateful = true\n"
    "  attribute port { type = int  default = 5432 }\n"
    "  attribute host { type = string  default = \"\\(self.name).\\(self.site.region).example\" }\n"
    "  attribute rate { type = range(rate) }\n"
    "  attribute flavour { type = enum(sweet, sour)  default = sweet }\n"
    "  replica { attribute address { type = string  default = \"\\(self.host)-\\(replica.site.name)\" } } }\n"
    "kind data.sql : data { }\n"
    "kind compute { of = asset }\n"
    "plan p { title = \"Plan\" }\n"
    "param size { type = size  default = 5GiB }\n"
    "site acct : account { id = \"1\" }\n"
    "site east : place { region = \"us-east-1\"  within = acct  role = primary }\n"
    "site west : place { region = \"us-west-2\"  role = recovery }\n"
    "site east-a : room { within = east }\n"
    "store near : box { site = east }\n"
    "store far  : box { site = west  lock { mode = compliance  min = 30d } }\n"
    "tier critical { level = 0 }\n"
    "tier low { level = 3 }\n"
    "class L1 { title = \"All\" }\n"
    "scenario loss { class = L1  loses = [east]  detect = 1m..2m..5m }\n"
    "scenario zone { class = L1  loses = [east-a] }\n"
    "asset network : compute { site = east  tier = critical }\n"
    "asset db : data.sql { site = east  tier = critical  size = 500GiB  needs = [network]  rate = 400MiB/s..200MiB/s..100MiB/s\n"
    "  replica west { lag = 10s..30s }\n"
    "  backup full { kind = full  schedule = daily at 02:00  retain = 30d  to = near  copies = [far] }\n"
    "  backup log  { kind = log  of = full  schedule = continuous  retain = forever  to = near  encrypt = false } }\n"
    "asset app : compute { site = east-a  tier = low  needs = [db] }\n"
    "asset cache : data { site = west  tier = low  flavour = sour }\n"
    "group pair { members = [db, cache] }\n"
    "endpoint www { name = \"www.example.com\"  serves = [app]  target east { value = \"192.0.2.1\" }  target west { value = \"192.0.2.2\" } }\n"
    "secret password { kept_by = [\"safe\"]  env = \"DB_PASSWORD\" }\n";

static void setup(void)
{
    static struct file_tree *trees[1];
    struct sema_input input = {.files = trees, .file_count = 1};

    arena = arena_new();
    sources_init(&sources, arena);
    names = intern_new(arena);
    diag_sink_init(&sink, arena, &sources);
    parser = (struct parse_context){.arena = arena, .names = names, .sink = &sink};
    model_init(&model, arena, names, &sources, parse_default, NULL);
    evaluator_init(&evaluator, &model, &sink);
    trees[0] = parse_file(&parser, sources_add(&sources, "spec.dr", specification, strlen(specification)));
    sema_run(&model, &evaluator, &parser, &input);
    for (uint32_t i = 0; i < sink.diags.len; i++)
        printf("# %s %s\n", diag_info(sink.diags.items[i]->code)->code, sink.diags.items[i]->message);
    TEST("the specification is understood");
    CHECK_INT(sink.errors, 0);
}

/* Everything reported from a given diagnostic on: "E0302 message", joined by "; ". */
static const char *reports(uint32_t from)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    for (uint32_t i = from; i < sink.diags.len; i++)
        strbuf_addf(&out, "%s%s %s", i > from ? "; " : "", diag_info(sink.diags.items[i]->code)->code, sink.diags.items[i]->message);
    text = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return text;
}

static struct value last;

static const char *evaluate(const char *text, const char *type)
{
    uint32_t before = sink.diags.len;
    struct expr *expr = parse_expression(&parser, sources_add(&sources, "test", text, strlen(text)));
    struct strbuf out = STRBUF_INIT;
    const struct scope *scope;
    const char *result;

    scope = scope_add(&evaluator, NULL, "self", value_entity(model_find(&model, BLOCK_ASSET, intern_str(names, "db"))));
    scope = scope_add(&evaluator, scope, "job", (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(names, "job")});
    last = expr ? eval(&evaluator, expr, scope, type ? type_read(&model, type, NULL) : NULL) : value_error();
    if (sink.diags.len > before)
        return reports(before);
    value_print(last, &out);
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

struct row {
    const char *text, *want;
};

static void table(const char *name, const struct row *rows, size_t count)
{
    TEST(name);
    for (size_t i = 0; i < count; i++)
        test_str(evaluate(rows[i].text, NULL), rows[i].want, __FILE__, __LINE__, rows[i].text);
}

#define TABLE(name, ...)                                                                                                                             \
    do {                                                                                                                                             \
        static const struct row rows_[] = {__VA_ARGS__};                                                                                             \
        table(name, rows_, sizeof rows_ / sizeof *rows_);                                                                                            \
    } while (0)

static void typed(const char *text, const char *type, const char *want)
{
    test_str(evaluate(text, type), want, __FILE__, __LINE__, text);
}

/* The first help of the last diagnostic, and what it would put in. */
static const char *help(const char *text, const char *type)
{
    struct diag *diag;

    evaluate(text, type);
    if (!sink.diags.len)
        return NULL;
    diag = sink.diags.items[sink.diags.len - 1];
    return diag->helps.len ? diag->helps.items[0].text : NULL;
}

static const char *fix(void)
{
    struct diag *diag = sink.diags.items[sink.diags.len - 1];

    return diag->helps.len ? diag->helps.items[0].replacement : NULL;
}

static void arithmetic(void)
{
    TABLE("durations", {"15m + 30s", "15m30s"}, {"1h - 15m", "45m"}, {"1m - 1h", "-59m"}, {"90m / 1h", "1.5"}, {"1h / 3", "20m"}, {"1s / 3", "334ms"},
          {"30% * 10m", "3m"}, {"10m * 30%", "3m"}, {"2 * 10m", "20m"}, {"10m * 0.5", "5m"}, {"1ms * 0.1", "1ms"}, {"90m % 1h", "30m"},
          {"-(90s)", "-1m30s"}, {"10m / 50%", "20m"});
    TABLE("sizes and rates", {"500GiB / 200MiB/s", "42m40s"}, {"1B / 1GiB/s", "1ms"}, {"200MiB/s * 1m", "12000MiB"}, {"1m * 200MiB/s", "12000MiB"},
          {"600MiB / 1m == 10MiB/s", "true"}, {"1GiB + 24MiB", "1048MiB"}, {"3GiB / 1GiB", "3"}, {"10MiB/s / 2MiB/s", "5"},
          {"2 * 3MiB/s == 6MiB/s", "true"}, {"1B/s + 1KiB/s == 1025B/s", "true"}, {"0B / 1MiB/s", "0s"}, {"1GiB % 1000MiB", "24MiB"});
    TABLE("numbers", {"1 + 2 * 3", "7"}, {"7 / 2", "3.5"}, {"6 / 2", "3"}, {"7 % 3", "1"}, {"-7 % 3", "2"}, {"1 / 3", "0.333333333"},
          {"2 / 3", "0.666666667"}, {"0.1 + 0.2 == 0.3", "true"}, {"1 == 1.0", "true"}, {"1.5 * 2", "3"}, {"10 * 30%", "3"}, {"50% + 25%", "75%"},
          {"50% * 50%", "25%"}, {"50% / 25%", "2"}, {"100% - 0.01%", "99.99%"});
    TABLE("money and dates", {"2 * 600 USD/mo", "1200 USD/mo"}, {"1 USD + 2 USD", "3 USD"}, {"10 USD / 4 USD", "2.5"},
          {"2026-11-21 + 10d", "2026-12-01"}, {"2026-11-21 - 2026-11-20", "1d"}, {"2026-03-01 - 1d", "2026-02-28"});
    TABLE("refused", {"15m + 500GiB", "E0302 `+` has no meaning for a duration and a size"}, {"15m + 5", "E0301 the number `5` has no unit"},
          {"5 > 15m", "E0301 the number `5` has no unit"}, {"200MiB/s / 500GiB", "E0302 `/` has no meaning for a rate and a size"},
          {"15m * 15m", "E0302 `*` has no meaning for a duration and a duration"}, {"5 / 15m", "E0302 `/` has no meaning for an int and a duration"},
          {"true + 1", "E0302 `+` has no meaning for a bool and an int"}, {"\"a\" + \"b\"", "E0302 `+` has no meaning for a string and a string"},
          {"[1] + [2]", "E0302 `+` has no meaning for a list and a list"},
          {"1 USD + 1 EUR", "E0302 `+` has no meaning for a money in USD and a money in EUR"},
          {"1 USD/mo < 1 USD", "E0303 cannot compare a money in USD per mo with a money in USD"},
          {"02:00 + 1h", "E0302 `+` has no meaning for a time and a duration"}, {"1m / 0", "E0305 division by zero: `1m / 0`"},
          {"1 % 0", "E0305 division by zero: `1 % 0`"}, {"1GiB / 0B/s", "E0305 division by zero: `1GiB / 0B/s`"},
          {"9223372036854775807 + 1", "E0304 the result of `9223372036854775807 + 1` is too large"},
          {"8000PiB * 2000", "E0304 the result of `8000PiB * 2000` is too large"}, {"-\"a\"", "E0302 `-` has no meaning for a string"},
          {"9223372036854775807 * 9223372036854775807", "E0304 the result of `9223372036854775807 * 9223372036854775807` is too large"});
    TEST("help in arithmetic");
    CHECK_STR(help("15m + 20", NULL), "write `20s`, `20m`, `20h` or `20d`");
    CHECK_STR(fix(), "20s");
    CHECK_STR(help("\"a\" + \"b\"", NULL), "texts are put together by interpolation: `\"\\(\"a\")\\(\"b\")\"`");
    CHECK_STR(help("self.needs + self.uses", NULL), "lists are put together by `concat(self.needs, self.uses)`");
}

static void fractions(void)
{
    static const struct row rows[] = {
#include "tests/oracles/arithmetic.inc"
    };

    table("exact fractions", rows, sizeof rows / sizeof *rows);
}

static void ranges(void)
{
    TABLE("ranges", {"1m..2m..5m", "1m..2m..5m"}, {"1m..5m", "1m..5m..5m"}, {"1m..2m..5m + 1m", "1m..2m..6m"}, {"(1m..2m..5m) + 1m", "2m..3m..6m"},
          {"(1m..2m..5m) + (1s..2s..3s)", "1m1s..2m2s..5m3s"}, {"(1m..2m..5m) - (1s..2s..3s)", "57s..1m58s..4m59s"},
          {"2 * (1m..2m..5m)", "2m..4m..10m"}, {"(1m..2m..5m) / 2", "30s..1m..2m30s"},
          {"400GiB / (400MiB/s..200MiB/s..100MiB/s)", "17m4s..34m8s..1h8m16s"}, {"(400MiB/s..200MiB/s..100MiB/s) * 1s", "100MiB..200MiB..400MiB"},
          {"(1m..2m..5m).worst", "5m"}, {"(1m..2m..5m).best", "1m"}, {"(400MiB/s..100MiB/s).worst == 100MiB/s", "true"},
          {"(1m..2m..5m) <= 5m", "true"}, {"(1m..2m..5m) < 5m", "false"}, {"(400MiB/s..100MiB/s) >= 200MiB/s", "false"},
          {"min(1m..2m..5m, 2m..2m..3m)", "1m..2m..3m"}, {"max(1m..2m..5m, 2m)", "2m..2m..5m"});
    TABLE("ranges refused", {"5m..2m..1m", "E0316 the ends of the range `5m..2m..1m` are not in the order best, typical, worst"},
          {"100MiB/s..400MiB/s", "E0316 the ends of the range `100MiB/s..400MiB/s` are not in the order best, typical, worst"},
          {"1m..5GiB", "E0316 the ends of a range are the duration `1m` and the size `5GiB`"},
          {"1..5m", "E0316 the ends of a range are the number `1` and the duration `5m`"},
          {"1GiB / (1MiB/s..0B/s)", "E0305 division by zero: `1GiB / 1MiB/s..0B/s..0B/s`"},
          {"\"a\"..\"b\"", "E0316 the string `\"a\"` cannot be an end of a range"}, {"-(1m..2m)", "E0302 `-` has no meaning for a range(duration)"});
    TEST("order of ranges");
    CHECK_STR(help("100MiB/s..400MiB/s", NULL), "write the best end first");
    CHECK_STR(fix(), "400MiB/s..100MiB/s");
}

static void logic(void)
{
    TABLE("Kleene's logic", {"unknown && false", "false"}, {"false && unknown", "false"}, {"unknown && true", "unknown"}, {"unknown || true", "true"},
          {"true || unknown", "true"}, {"unknown || false", "unknown"}, {"!unknown", "unknown"}, {"unknown ? 1 : 2", "unknown"},
          {"true ? 1 : 2", "1"}, {"unknown + 1", "unknown"}, {"known(unknown)", "false"}, {"is(self, asset)", "true"}, {"is(self, team)", "false"},
          {"is(unknown, team)", "unknown"}, {"is(5, team)", "false"}, {"known(self.mtd)", "false"}, {"known(self.size)", "true"},
          {"self.mtd < 5m", "unknown"}, {"coalesce(self.mtd, 5m)", "5m"}, {"\"a \\(self.mtd)\"", "unknown"});
    TABLE("quantifiers", {"any(x in [1, 2, 3]: x > 2)", "true"}, {"all(x in [1, 2, 3]: x > 2)", "false"}, {"count(x in [1, 2, 3]: x >= 2)", "2"},
          {"any(x in [1, unknown]: x == 1)", "true"}, {"any(x in [2, unknown]: x == 1)", "unknown"}, {"all(x in [2, unknown]: x == 1)", "false"},
          {"all(x in [1, unknown]: x == 1)", "unknown"}, {"count(x in [1, unknown]: x == 1)", "unknown"}, {"any(x in []: x)", "false"},
          {"all(x in []: x)", "true"}, {"[for x in [1, 2, 3] if x != 2: x * 10]", "[10, 30]"}, {"[for x in [1, unknown] if x > 0: x]", "unknown"},
          {"any(x in unknown: x)", "unknown"});
    TABLE("conditions refused", {"1 && true", "E0325 expected true or false, found the number `1`"},
          {"!\"a\"", "E0325 expected true or false, found the string `\"a\"`"},
          {"self.backups ? 1 : 2", "E0325 expected true or false, found a list"},
          {"any(x in self.tier: true)", "E0321 expected a list to loop over, found the tier `critical`"},
          {"self.size == unknown", "E0323 a comparison with `unknown` is always unknown"},
          {"job.output == \"a\"", "E0319 the run-time value `job.output` cannot be compared"},
          {"job.output ? 1 : 2", "E0319 a condition cannot depend on the run-time value `job.output`"});
}

static void names_and_fields(void)
{
    TABLE("names", {"db.size", "500GiB"}, {"asset.db.size", "500GiB"}, {"param.size", "5GiB"}, {"plan.title", "\"Plan\""}, {"len(assets)", "4"},
          {"assets.first", "network"}, {"[for t in tiers: t.name]", "[\"critical\", \"low\"]"}, {"tier(\"low\").level", "3"},
          {"assets.of(data)", "[db, cache]"}, {"assets.of(data.sql)", "[db]"}, {"self.is(data)", "true"}, {"self.is(compute)", "false"});
    TABLE("names refused", {"databse", "E0306 nothing is called `databse`"}, {"asset.databas", "E0306 there is no asset `databas`"},
          {"self.sise", "E0308 the asset `db` of kind `data.sql` has no field `sise`"}, {"tier", "E0306 `tier` alone is not a value"},
          {"nope(1)", "E0309 there is no function `nope`"}, {"len(1, 2)", "E0310 `len` takes 1 argument, found 2"},
          {"asset(\"d\")", "E0306 there is no asset `d`"}, {"[1].size", "E0308 a list has no field `size`"},
          {"self.size.x", "E0308 the size `500GiB` has no field `x`"});
    TABLE("comparisons of barewords", {"self.tier == critical", "true"}, {"critical == self.tier", "true"}, {"self.tier != low", "true"},
          {"self.flavour == sweet", "true"}, {"self.flavour == \"sweet\"", "true"}, {"self.kind == data.sql", "true"},
          {"self.kind == \"data.sql\"", "true"}, {"self.replicas.first.mode == async", "true"}, {"any(b in self.backups: b.kind == log)", "true"},
          {"self.site == east", "true"}, {"any(b in self.backups: b.retain == forever)", "true"},
          {"[for b in self.backups: b.retain >= 31d]", "[false, true]"}, {"contains(self.needs, network)", "true"},
          {"contains(scenario.loss.loses, east)", "true"}, {"contains([for b in self.backups: b.kind], log)", "true"},
          {"self.size == null", "false"});
    TABLE("comparisons refused", {"self.flavour == swet", "E0312 `swet` is not one of the words allowed here"},
          {"self.flavour == \"swet\"", "E0312 `swet` is not one of the words of the other side"},
          {"self.tier == crtical", "E0306 there is no tier `crtical`"}, {"self.tier <= 2", "E0303 cannot compare a tier with an int"},
          {"self.tier < low", "E0303 cannot compare a tier with a tier"}, {"self.site == self.tier", "E0303 cannot compare a site with a tier"},
          {"self.size == 15m", "E0303 cannot compare a size with a duration"}, {"self.size > 5", "E0301 the number `5` has no unit"});
    TEST("did you mean");
    CHECK_STR(help("self.sizee", NULL), "did you mean `size`?");
    CHECK_STR(help("asset.dbb", NULL), "did you mean `db`?");
    CHECK_STR(help("app.port", NULL), "things of kind `data` have it; to loop over those alone, write `x in assets : data`");
    CHECK_STR(help("self.flavour == swet", NULL), "did you mean `sweet`?");
    CHECK_STR(fix(), "sweet");
    CHECK_STR(help("db-cache", NULL), "a name may hold `-`; for a subtraction write `db - cache`");
    CHECK_STR(help("self.tier <= 2", NULL), "compare one of its attributes, for example `self.tier.level`");
    TABLE("fields", {"self.name", "\"db\""}, {"self.host", "\"db.us-east-1.example\""}, {"self.port", "5432"}, {"self.replicas.first.site", "west"},
          {"self.replicas.first.address", "\"db.us-east-1.example-west\""}, {"self.replicas.first.asset", "db"},
          {"self.replicas.first.lag.worst", "30s"}, {"len(self.backups)", "2"}, {"self.site.region", "\"us-east-1\""},
          {"app.site.region", "\"us-east-1\""}, {"app.site.ancestors", "[east, acct]"}, {"app.site.account", "acct"}, {"west.account", "null"},
          {"west.account == east.account", "false"}, {"west.account == west.account", "true"}, {"west.account.id", "unknown"},
          {"east.account.id", "\"1\""}, {"east-a.level", "zone"}, {"east-a.is_in(east)", "true"}, {"west.is_in(east)", "false"},
          {"store.far.lock.min", "30d"}, {"store.near.lock.min", "unknown"}, {"far.immutable", "true"}, {"near.immutable", "false"},
          {"plan.vaults", "[far]"}, {"www.sites", "[east, west]"}, {"www.primary.value", "\"192.0.2.1\""},
          {"self.size / self.rate", "21m20s..42m40s..1h25m20s"});
    TABLE("computed", {"self.stateful", "true"}, {"app.stateful", "false"}, {"app.all_needs", "[db, network]"}, {"network.dependents", "[db]"},
          {"network.all_dependents", "[db, app]"}, {"db.groups", "[pair]"}, {"app.endpoints", "[www]"},
          {"[for c in self.copies: c.site]", "[east, west, east, west, east]"},
          {"[for c in self.copies: c.kind]", "[primary, replica, full, full, log]"}, {"any(c in self.copies: c.immutable)", "true"},
          {"all(c in self.copies: c.encrypted)", "false"}, {"[for c in self.copies if known(c.store): c.store]", "[near, far, near]"},
          {"critical.members", "[network, db]"}, {"loss.loses(self)", "true"}, {"loss.loses(app)", "true"}, {"loss.loses(cache)", "false"},
          {"zone.loses(self)", "false"}, {"zone.loses(app)", "true"}, {"loss.loses(self.replicas.first)", "false"}, {"loss.loses(near)", "true"},
          {"loss.detect", "1m..2m..5m"});
}

static void functions(void)
{
    TABLE("functions", {"concat([1], [2, 3])", "[1, 2, 3]"}, {"flatten([[1], [2], []])", "[1, 2]"}, {"distinct([1, 2, 1, 1.0])", "[1, 2]"},
          {"min(3, 1, 2)", "1"}, {"max([1m, 2m])", "2m"}, {"sum([1m, 2m])", "3m"}, {"sum([], 0s)", "0s"}, {"len(\"h\\u{e9}\")", "2"},
          {"contains(\"abc\", \"b\")", "true"}, {"contains([1, unknown], 2)", "unknown"}, {"keys({ b = 1  a = 2 })", "[\"b\", \"a\"]"},
          {"get({ a = 1 }, \"a\", 2)", "1"}, {"get({ a = 1 }, \"b\", 2)", "2"}, {"get({ a = 1 }, \"b\")", "unknown"},
          {"join([\"a\", 1, db], \"-\")", "\"a-1-db\""}, {"split(\"a,b,\", \",\")", "[\"a\", \"b\", \"\"]"},
          {"replace(\"aXbX\", \"X\", \"-\")", "\"a-b-\""}, {"lower(\"ABC\")", "\"abc\""}, {"upper(\"abc\")", "\"ABC\""},
          {"starts_with(\"abc\", \"ab\")", "true"}, {"ends_with(\"abc\", \"ab\")", "false"}, {"ident(db, \"us-west-2\")", "\"db_us_west_2\""},
          {"ident(\"9a\")", "\"_9a\""}, {"slug(\"Primary DB!\", \"x\")", "\"primary-db-x\""}, {"string(15m)", "\"15m\""}, {"int(\"12\")", "12"},
          {"int(2.0)", "2"}, {"duration(\"1h30m\")", "1h30m"}, {"size(\"5GiB\")", "5GiB"}, {"rate(\"2MiB/s\") == 2MiB/s", "true"},
          {"percent(\"99.95%\")", "99.95%"}, {"duration(5m)", "5m"}, {"seconds(2m)", "120"}, {"minutes_up(90s)", "2"}, {"gib(5GiB)", "5"},
          {"mib_up(1B)", "1"}, {"days(2w)", "14"}, {"trim(\" a \")", "\"a\""}, {"[1, 2].last", "2"}, {"[].first", "unknown"}, {"[1, 2].count", "2"},
          {"json({ a = [1, true, null]  b = \"x\\\"y\" })", "\"{\\\"a\\\":[1,true,null],\\\"b\\\":\\\"x\\\\\\\"y\\\"}\""});
    TABLE("functions refused", {"minutes(90s)", "E0311 `1m30s` is not a whole number of minutes"},
          {"int(\"a\")", "E0311 \"a\" is not a whole number"}, {"size(\"5\")", "E0311 \"5\" is not a size"},
          {"percent(\"5\")", "E0311 \"5\" is not a percent"}, {"min(1, 1m)", "E0303 `min` cannot compare the number `1` with the duration `1m`"},
          {"lower(1)", "E0311 `lower` needs a string, not the number `1`"},
          {"lower(job.output)", "E0319 `lower` needs a string, not the run-time value `job.output`"},
          {"replace(\"a\", \"\", \"b\")", "E0311 `replace` cannot look for an empty string"},
          {"shell(self.host)", "E0318 the text of `shell` must be written down literally"},
          {"hcl(\"a\\(1)\")", "E0318 the text of `hcl` must be written down literally"}, {"\"x \\(self.needs)\"", "E0320 a list has no single text"},
          {"{ a = 1  a = 2 }", "E0324 the object has the key `a` twice"});
    TABLE("values of what is emitted", {"job.output", "job.output"}, {"\"to \\(job.output)!\"", "\"to \\(job.output)!\""},
          {"\"\\(\"a\\(job.output)\")b\"", "\"a\\(job.output)b\""},
          {"shell(\"tar \\(self.host) > \\(job.output)\")", "shell(\"tar db.us-east-1.example > \\(job.output)\")"},
          {"hcl(\"var.x\")", "hcl(\"var.x\")"}, {"ref(aws_kms_key, west, arn)", "aws_kms_key.west.arn"},
          {"fact(self, \"host\")", "fact(db, \"host\")"}, {"secret(\"TOKEN\")", "env.TOKEN"}, {"secret(\"password\")", "env.DB_PASSWORD"},
          {"jsonencode({ a = ref(x, west, arn) })", "jsonencode({ a = x.west.arn })"});
    TEST("parts of shell text");
    evaluate("shell(\"rm \\(self.host)\")", NULL);
    CHECK_INT(last.type, VALUE_SHELL);
    CHECK_INT(last.u.text->count, 2);
    CHECK(last.u.text->parts[0].literal);
    CHECK(!last.u.text->parts[1].literal);
    evaluate("fact(self, \"host\")", NULL);
    CHECK_STR(last.u.fact->value.u.string, "db.us-east-1.example");
    evaluate("fact(self, \"nothing\")", NULL);
    CHECK_INT(last.u.fact->value.type, VALUE_UNKNOWN);
}

static void conversions(void)
{
    TEST("conversions");
    typed("20", "duration", "E0301 the number `20` has no unit");
    typed("20", "range(duration)", "E0301 the number `20` has no unit");
    typed("20", "duration | enum(forever)", "E0301 the number `20` has no unit");
    typed("20m", "range(duration)", "20m");
    typed("min([1GiB, 2GiB])", "size", "1GiB");
    typed("max(1, 2)", "decimal", "2");
    typed("1m..2m", "duration", "E0300 expected `duration`, found the duration range `1m..2m..2m`");
    typed("3", "decimal", "3");
    typed("3.0", "int", "3");
    typed("3.5", "int", "E0300 expected `int`, found the number `3.5`");
    typed("1m - 5m", "duration", "E0317 `-4m` is negative");
    typed("critical", "ref(tier)", "critical");
    typed("db", "ref(asset)", "db");
    typed("db", "ref(tier)", "E0300 expected `ref(tier)`, found the asset `db`");
    typed("crit", "ref(tier)", "E0306 there is no tier `crit`");
    typed("db", "list(ref(asset))", "E0300 expected `list(ref(asset))`, found the asset `db`");
    typed("[db, near]", "list(ref(asset, store))", "[db, near]");
    typed("\"db\"", "ref(asset)", "E0300 expected `ref(asset)`, found the string `\"db\"`");
    typed("sync", "enum(sync, async)", "sync");
    typed("\"sync\"", "enum(sync, async)", "E0300 expected a word, found the string \"sync\"");
    typed("synch", "enum(sync, async)", "E0312 `synch` is not one of the words allowed here");
    typed("full", "label", "\"full\"");
    typed("full", "string", "E0306 nothing is called `full`");
    typed("every 180d", "duration", "E0300 expected `duration`, found the schedule `every 180d`");
    typed("6h", "schedule", "E0300 expected `schedule`, found the duration `6h`");
    typed("[\"a\", 1, job.output, true ? \"b\" : null, false ? \"c\" : null]", "command", "[\"a\", \"1\", job.output, \"b\"]");
    typed("[\"a\", 5m]", "command", "E0300 the duration `5m` cannot be an argument of a command");
    typed("\"ls\"", "command", "E0300 expected `command`, found the string `\"ls\"`");
    typed("{ a = \"b\" }", "map(string)", "{ a = \"b\" }");
    typed("{ a = 1 }", "map(string)", "E0300 expected `string`, found the number `1`");
    typed("list(duration)", "type", "list(duration)");
    typed("enum(a, b)", "type", "enum(a, b)");
    typed("\"duration | enum(forever)\"", "type", "duration | enum(forever)");
    typed("durration", "type", "E0322 `durration` is not understood as a type");
    typed("null", "duration", "unknown");
    typed("[db, true ? null : app, network]", "list(ref(asset))", "[db, network]");
    typed("[null, 1]", "list", "[null, 1]");
    typed("[1, 2]", "list(decimal)", "[1, 2]");
    typed("hcl(\"x\")", "string", "E0300 expected `string`, found an HCL expression");
    CHECK_STR(help("20", "duration"), "write `20s`, `20m`, `20h` or `20d`");
    CHECK_STR(help("30", "percent"), "write `30%`");
    CHECK_STR(help("0.3", "percent"), "write `30%`");
    CHECK_STR(help("db", "list(ref(asset))"), "for a list of one element, write `[db]`");
    CHECK_STR(fix(), "[db]");
    CHECK_STR(help("\"db\"", "ref(asset)"), "declared things are named without quotes: `db`");
    CHECK_STR(help("every 180d", "duration"), "this is the longest time between two, a duration: `180d`");
    CHECK_STR(fix(), "180d");
    CHECK_STR(help("6h", "schedule"), "a schedule says `every 6h`");
}

/* The reference lists every function and computed field with what the program itself says of them. */
static void reference(void)
{
    FILE *file = fopen("grammar/README.md", "r");
    struct strbuf text = STRBUF_INIT;
    char line[4096];

    TEST("the language reference");
    if (!file) {
        printf("# skipped: grammar/README.md is not here\n");
        return;
    }
    /* In a table a `|` is written with a backslash before it. */
    while (fgets(line, sizeof line, file)) {
        for (const char *c = line; *c; c++) {
            if (!(c[0] == '\\' && c[1] == '|'))
                strbuf_addch(&text, *c);
        }
    }
    fclose(file);
    for (uint32_t i = 0; i < builtin_count(); i++) {
        struct builtin_info info = builtin_info(i);
        const char *row = arena_printf(arena, "| `%s` | %s |", info.signature, info.doc);

        test_result(strstr(strbuf_str(&text), row) != NULL, __FILE__, __LINE__, row);
    }
    for (uint32_t i = 0; i < computed_count(); i++) {
        struct computed_info info = computed_info(i);
        const char *row = arena_printf(arena, ".%s%s` | `%s` | %s |", info.name, info.args ? info.args : "", info.type, info.doc);

        test_result(strstr(strbuf_str(&text), row) != NULL, __FILE__, __LINE__, row);
    }
    strbuf_release(&text);
}

/* Each row that rules see has a type of the language, its own or the one its type in the plan stands for. */
static void seen_rows(void)
{
    TEST("what rules see of the results");
    for (int in = 0; in < PLAN_STRUCT_COUNT; in++) {
        unsigned count;
        const struct plan_seen *rows = plan_seen((enum plan_struct_id)in, &count);

        for (unsigned i = 0; i < count; i++)
            test_result(type_read(&model, rows[i].type, NULL) != NULL, __FILE__, __LINE__, rows[i].name);
    }
}

int main(void)
{
    setup();
    arithmetic();
    fractions();
    ranges();
    logic();
    names_and_fields();
    functions();
    conversions();
    reference();
    seen_rows();
    arena_delete(arena);
    return test_finish();
}
