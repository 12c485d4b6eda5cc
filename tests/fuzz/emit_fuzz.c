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
    for (; *template; template++) {
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
    "import \"std/tiers\"\n"
    "/// $\n"
    "plan p { title = \"$\"  revision = \"$\"  owner = ops  review = #d  hotline = \"$\" }\n"
    "person ann { name = \"$\"  phone = \"$\"  email = \"$\" }\n"
    "person bob { name = \"$\"  phone = \"$\"  email = \"$\" }\n"
    "team ops { title = \"$\"  members = [ann, bob]  lead = ann  deputy = bob }\n"
    "site east : aws.region { region = \"us-east-1\"  role = primary }\n"
    "site west : aws.region { region = \"us-west-2\"  role = recovery }\n"
    "store copies : aws.s3.bucket { site = west  bucket = \"$\" }\n"
    "class c1 { title = \"$\"  examples = [\"$\", \"$\"] }\n"
    "scenario s1 { title = \"$\"  class = c1  loses = [east]  detect = #m  declare = #m }\n"
    "scenario s2 { title = \"$\"  class = c1  corrupts = [db]  detect = #m  declare = #m  noticed_within = #h }\n"
    "asset db : aws.rds.postgres {\n"
    "  title = \"$\"  identifier = \"$\"  tier = low  site = east  size = #GiB  change_rate = #MiB/h  owner = ops\n"
    "  rto = 90d  rpo = 90d\n"
    "  tags = { purpose = \"$\" }\n"
    "  replica west { lag = #s }\n"
    "  backup full { kind = full  schedule = daily at 02:00  duration = #m  retain = 30d  to = copies }\n"
    "}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strbuf text = STRBUF_INIT;

    next = data;
    end = data + size;
    fill(&text, template);
    fuzz_compile(strbuf_str(&text), text.len, true);
    strbuf_release(&text);
    return 0;
}
