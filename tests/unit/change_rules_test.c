/* Rules about changes: the language knows each, under the name that `drc diff` prints. */
#include "base/change_rules.h"

#include "model/entity.h"

#include "test.h"

static const char *type_of(const char *block, const char *attribute)
{
    static const struct {
        const char *block, *attribute, *type;
    } rows[] = {
#define BLOCK(id, name, plural, label, kind, flags, children, doc)
#define ATTR(id, attr, type, fallback, flags, doc) {#id, #attr, type},
#define BLOCK_END(id)
#include "model/schema.def"
#undef BLOCK
#undef ATTR
#undef BLOCK_END
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].block, block) == 0 && strcmp(rows[i].attribute, attribute) == 0)
            return rows[i].type;
    }
    return "";
}

int main(void)
{
    static const char *const attributes[] = {"refused", "warned", "ignored"};

    TEST("rules about changes");
    for (int rule = CHANGE_NO_RULE + 1; rule < CHANGE_RULE_COUNT; rule++)
        CHECK_INT(change_rule_named(change_rule_name((enum change_rule)rule)), rule);
    CHECK_INT(change_rule_named("NO_SUCH_RULE"), CHANGE_NO_RULE);
    TEST("their names in the language");
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        CHECK_STR(type_of("CHANGES", attributes[i]), "list(" CHANGE_RULE_TYPE ")");
    return test_finish();
}
