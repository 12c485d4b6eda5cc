/*
 * The backends on any values. Mutated bytes rarely make a valid specification, so the input does not replace one: its
 * lines become the strings, names and numbers of a specification that uses every block the backends print.
 */
#include "harness.h"

static const uint8_t *next, *end;

/* The next line of the input as the inside of a string literal. */
static void add_string(struct strbuf *out)
{
    while (next < end && *next != '\n') {
        unsigned char c = *next++;

        if (c == '"' || c == '\\')
            strbuf_addf(out, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            strbuf_addf(out, "\\u{%x}", c == 0 ? 1U : (unsigned)c);
        else if (c > 0x7f) /* all over the Unicode planes, below the surrogates */
            strbuf_addf(out, "\\u{%x}", (unsigned)c * 197U);
        else
            strbuf_addf(out, "%c", c);
    }
    next += next < end;
}

/* The next byte as a small number. */
static unsigned number(void)
{
    return next < end ? *next++ : 7U;
}

/* Copies the template: `$` becomes a string, `#` a number from 1 to 200. */
static void fill(struct strbuf *out, const char *template)
{
    for (; *template; template ++) {
        if (*template == '$')
            add_string(out);
        else if (*template == '#')
            strbuf_addf(out, "%u", number() % 200 + 1);
        else
            strbuf_addf(out, "%c", *template);
    }
}

static const char template[] =
    "import \"std/aws\"\n"
    "import \"std/k8s\"\n"
    "import \"std/tiers\"\n"
    "/// $\n"
    "plan p { title = \"$\"  revision = \"$\"  audience = [\"$\", \"$\"]  owner = ops  approver = ann  review = #d  hotline = \"$\" }\n"
    "person ann { name = \"$\"  role = \"$\"  phone = \"+1 555 0101\"  email = \"ann@example.com\"  chat = \"$\" }\n"
    "person bob { name = \"$\"  phone = \"+1 555 0102\"  email = \"bob@example.com\" }\n"
    "team ops { title = \"$\"  members = [ann, bob]  lead = ann  deputy = bob  channel = chat }\n"
    "channel chat { title = \"$\"  type = slack  address = \"$\"  primary = true }\n"
    "severity P1 { title = \"$\"  involve = [ops]  channels = [chat] }\n"
    "notice told {\n"
    "  title = \"$\"  audience = internal  channel = chat  clock { initial = #m  update = #m  resolution = 0s }\n"
    "  subject = \"$ {{incident.title}}\"  body = \"$ {{incident.affected}} $\"\n"
    "}\n"
    "site east : aws.region { region = \"us-east-1\"  role = primary }\n"
    "site west : aws.region { region = \"us-west-2\"  role = recovery }\n"
    "store copies : aws.s3.bucket { site = west  bucket = \"some-copies\" }\n"
    "class c1 { title = \"$\"  examples = [\"$\", \"$\"]  severity = P1 }\n"
    "scenario s1 { title = \"$\"  class = c1  loses = [east]  detect = #s  declare = #s }\n"
    "scenario s2 { title = \"$\"  class = c1  corrupts = [db]  detect = #s  declare = #s  noticed_within = 24h }\n"
    "default : aws.rds.postgres { owner = ops }\n"
    "/// $\n"
    "asset db : aws.rds.postgres {\n"
    "  title = \"$\"  identifier = \"some-db\"  tier = low  site = east  size = #GiB  change_rate = #MiB/h\n"
    "  rto = 30d  rpo = 30d  mtd = 90d\n"
    "  tags = { purpose = \"$\" }\n"
    "  replica west { lag = #s }\n"
    "  backup full { kind = full  schedule = daily at 02:00  duration = #m  retain = 90d  to = copies }\n"
    "}\n"
    "asset web : k8s.deployment {\n"
    "  title = \"$\"  tier = low  site = east  needs = [db]  owner = ops  rto = 30d  mtd = 90d\n"
    "  standby west { capacity = 100% }\n"
    "}\n"
    "endpoint api {\n"
    "  name = \"api.example.com\"  zone = \"example.com\"  zone_id = \"Z0123456789EXAMPLE\"  routing = failover  mode = health  serves = [web]\n"
    "  target east { alias = \"a.us-east-1.elb.amazonaws.com\"  alias_zone = \"Z35SXDOTRQ7X7K\"\n"
    "                health { type = https  host = \"a.example.com\"  path = \"/$\"  interval = 30s  threshold = 2 } }\n"
    "  target west { alias = \"b.us-west-2.elb.amazonaws.com\"  alias_zone = \"Z1H1FL5HABSF5\" }\n"
    "  ttl = 60s\n"
    "}\n"
    "runbook failover {\n"
    "  title = \"$\"  for = [s1]  confirm = \"$GO\"  approve = [ann]\n"
    "  before { step look { title = \"$\"  run = [\"echo\", \"$\", \"$\"]  takes = 1s..2s..#s } }\n"
    "  after { step tell { title = \"$\"  manual = \"$\"  by = ops  takes = 1s..2s..#s  notify = [told] } }\n"
    "  failback { step back { title = \"$\"  manual = \"$\"  by = ops  takes = 1s..2s..#s } }\n"
    "  checklist pre { phase = pre  items = [\"$\", \"$\"] }\n"
    "}\n"
    "drill yearly { title = \"$\"  kind = functional  scenario = s1  cadence = 365d  duration = #m  participants = [ops]  criteria = [\"$\"] }\n"
    "budget money { title = \"$\"  normal = # USD/mo  active = # USD/mo  line one { normal = # USD/mo  active = # USD/mo  optimisation = \"$\" } }\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strbuf text = STRBUF_INIT;

    next = data;
    end = data + size;
    fill(&text, template);
    if (!fuzz_compile(strbuf_str(&text), text.len, true) && size == 0)
        abort(); /* the template is to stay a valid specification, or nothing is tested here */
    strbuf_release(&text);
    return 0;
}
