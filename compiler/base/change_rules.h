/* What a change of a plan must not do: rules with names, that `drc diff` holds two plans against. Policies (`changes` in a plan) and waivers
 * (`accept`) name them. */
#ifndef DRC_BASE_CHANGE_RULES_H
#define DRC_BASE_CHANGE_RULES_H

/* ROW(NAME, level unless somebody says otherwise, what is against it); FIRST is used for the first one. */
#define CHANGE_RULES(FIRST, ROW)                                                                                                                     \
    FIRST(OBJECTIVE_NO_WEAKEN, ERROR, "an objective is longer than it was, or gone")                                                                 \
    ROW(RTO_NO_REGRESS, ERROR, "something is back later at the worst")                                                                               \
    ROW(RPO_NO_REGRESS, ERROR, "more is lost at the worst")                                                                                          \
    ROW(VERDICT_NO_REGRESS, ERROR, "what held is refuted or unknown, or what was refuted is not proved to be any more")                              \
    ROW(FATE_NO_WORSEN, ERROR, "a disaster takes what it did not take")                                                                              \
    ROW(SCENARIO_NO_DELETE, ERROR, "a disaster, or something it hits, is not examined any more")                                                     \
    ROW(ASSET_NO_DELETE, ERROR, "an asset, a name or a group is gone")                                                                               \
    ROW(SITE_NO_DELETE, ERROR, "a place is gone")                                                                                                    \
    ROW(COPY_NO_DELETE, ERROR, "data exists less often, or at fewer places")                                                                         \
    ROW(RETENTION_NO_SHORTEN, ERROR, "copies are kept, or locked, less long")                                                                        \
    ROW(PROTECTION_NO_WEAKEN, ERROR, "a standby, a check, a lock or the encryption of copies is gone or weaker, a place has more administrators")    \
    ROW(ORDER_NO_LOOSEN, ERROR, "a step does not wait any more for a step that it came after, or a restore for what it needs")                       \
    ROW(DRILL_NO_LOOSEN, ERROR, "a drill is gone, less real, held less often or by fewer")                                                           \
    ROW(WAIVER_NO_EXTEND, ERROR, "a waiver is new, reaches farther, or ends later")                                                                  \
    ROW(ASSUMPTION_NO_UNWATCH, ERROR, "something a verdict rests on has no check any more, or nobody would notice its end")                          \
    ROW(ASSUMPTION_NO_DEMAND, ERROR, "what a file or the platform made true is asked of people, or nobody does it")                                  \
    ROW(FIGURE_NO_ASSERT, ERROR, "a figure has a weaker source, or a longer worst end")                                                              \
    ROW(CONTACT_NO_DELETE, ERROR, "a person, a team, a channel, or a way to reach one is gone, or a severity calls fewer")                           \
    ROW(DEMAND_NO_LOOSEN, ERROR, "a tier or a ceiling asks less, or a rule is not judged any more")                                                  \
    ROW(ERROR_NO_ADD, ERROR, "the plan has an error that it had not")                                                                                \
    ROW(FINDING_NO_ADD, WARNING, "a rule of the plan is broken that was not")                                                                        \
    ROW(RESOURCE_NO_DESTROY, WARNING, "an emitted resource is destroyed")                                                                            \
    ROW(POLICY_NO_LOOSEN, ERROR, "one of these rules counts less")

#define CHANGE_RULE_FIRST_WORD(name, level, says) #name
#define CHANGE_RULE_NEXT_WORD(name, level, says) ", " #name
#define CHANGE_RULE_TYPE "enum(" CHANGE_RULES(CHANGE_RULE_FIRST_WORD, CHANGE_RULE_NEXT_WORD) ")" /* their type in the language */

enum change_level { CHANGE_OFF, CHANGE_WARNING, CHANGE_ERROR, CHANGE_LEVELS };

enum change_rule {
    CHANGE_NO_RULE,
#define CHANGE_RULE_MEMBER(name, level, says) CHANGE_##name,
    CHANGE_RULES(CHANGE_RULE_MEMBER, CHANGE_RULE_MEMBER)
#undef CHANGE_RULE_MEMBER
        CHANGE_RULE_COUNT
};

const char *change_rule_name(enum change_rule rule); /* "RPO_NO_REGRESS"; NULL for none */
const char *change_rule_says(enum change_rule rule);
enum change_level change_rule_level(enum change_rule rule);
enum change_rule change_rule_named(const char *name); /* CHANGE_NO_RULE where none is called so */

#endif
