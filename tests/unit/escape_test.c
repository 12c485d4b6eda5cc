/* Text of other people in XML, workflow commands, URIs and CSV: the expectations are those of their standards. */
#include "base/escape.h"

#include "test.h"

static const char *after(struct strbuf *out, void (*escape)(struct strbuf *, const char *), const char *text)
{
    strbuf_clear(out);
    escape(out, text);
    return strbuf_str(out);
}

static void property(struct strbuf *out, const char *text)
{
    escape_command(out, text, true);
}

static void message(struct strbuf *out, const char *text)
{
    escape_command(out, text, false);
}

int main(void)
{
    struct strbuf out = STRBUF_INIT;

    TEST("XML");
    CHECK_STR(after(&out, escape_xml, "<a b=\"c\">&]]>"), "&lt;a b=&quot;c&quot;&gt;&amp;]]&gt;");
    CHECK_STR(after(&out, escape_xml, "a\n\tb\rc\001"), "a&#10;&#9;b\xEF\xBF\xBD"
                                                        "c\xEF\xBF\xBD");
    CHECK_STR(after(&out, escape_xml, "\xFF\xC3\xA9\xE2\x80\xAE"), "\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
    TEST("workflow commands");
    CHECK_STR(after(&out, message, "100%\r\n::error::a,b"), "100%25%0D%0A::error::a,b");
    CHECK_STR(after(&out, property, "a:b,c%0A\n"), "a%3Ab%2Cc%250A%0A");
    CHECK_STR(after(&out, message, "\x1B[0m"), "\xEF\xBF\xBD[0m");
    TEST("URIs");
    CHECK_STR(after(&out, escape_uri, "a b/c#d?e%f:g.dr"), "a%20b/c%23d%3Fe%25f%3Ag.dr");
    CHECK_STR(after(&out, escape_uri, "//host/x"), "/.//host/x");
    CHECK_STR(after(&out, escape_uri, "\xFF\xC3\xA9"), "%FF%C3%A9");
    TEST("CSV");
    CHECK_STR(after(&out, escape_csv, "plain"), "plain");
    CHECK_STR(after(&out, escape_csv, ""), "");
    CHECK_STR(after(&out, escape_csv, "a,b"), "\"a,b\"");
    CHECK_STR(after(&out, escape_csv, "say \"hi\"\nthere"), "\"say \"\"hi\"\"\nthere\"");
    CHECK_STR(after(&out, escape_csv, "=1+2"), "\"'=1+2\"");
    CHECK_STR(after(&out, escape_csv, "@x"), "\"'@x\"");
    CHECK_STR(after(&out, escape_csv, "-1"), "\"'-1\"");
    CHECK_STR(after(&out, escape_csv, "+49"), "\"'+49\"");
    CHECK_STR(after(&out, escape_csv, "\t=x"), "\"'\xEF\xBF\xBD=x\"");
    CHECK_STR(after(&out, escape_csv, "a\xFF"), "a\xEF\xBF\xBD");
    strbuf_release(&out);
    return test_finish();
}
