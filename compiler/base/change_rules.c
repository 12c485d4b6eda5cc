/* What rules about changes are called, and what they say. */
#include "base/change_rules.h"

#include <stddef.h>
#include <string.h>

#define ROW(name, level, says) {#name, says, CHANGE_##level},

static const struct {
    const char *name, *says;
    enum change_level level;
} rules[CHANGE_RULE_COUNT] = {{NULL, NULL, CHANGE_ERROR}, CHANGE_RULES(ROW, ROW)};

const char *change_rule_name(enum change_rule rule)
{
    return rules[rule].name;
}

const char *change_rule_says(enum change_rule rule)
{
    return rules[rule].says;
}

enum change_level change_rule_level(enum change_rule rule)
{
    return rules[rule].level;
}

enum change_rule change_rule_named(const char *name)
{
    for (int rule = CHANGE_NO_RULE + 1; rule < CHANGE_RULE_COUNT; rule++) {
        if (strcmp(rules[rule].name, name) == 0)
            return (enum change_rule)rule;
    }
    return CHANGE_NO_RULE;
}
