/* The phases of a recovery, in their order: what the language, the proof, the plan, scripts and pages call them comes from here.
 * (`model/schema.def`, which programs read as text, repeats the words; a unit test compares them.) */
#ifndef DRC_BASE_PHASES_H
#define DRC_BASE_PHASES_H

/* ROW(ID, word, title for people); FIRST is used for the first one. */
#define PHASES(FIRST, ROW)                                                                                                                           \
    FIRST(PREPARE, prepare, "prepare")                                                                                                               \
    ROW(FENCE, fence, "fence")                                                                                                                       \
    ROW(RECOVER, recover, "recover")                                                                                                                 \
    ROW(VERIFY, verify, "verify")                                                                                                                    \
    ROW(TRAFFIC, traffic, "traffic")                                                                                                                 \
    ROW(REPROTECT, reprotect, "re-protect")

#define PHASE_FIRST_WORD(ID, word, title) #word
#define PHASE_NEXT_WORD(ID, word, title) ", " #word
#define PHASE_TYPE "enum(" PHASES(PHASE_FIRST_WORD, PHASE_NEXT_WORD) ")" /* their type in the language */

#define PHASE_MEMBER(ID, word, title) PHASE_##ID,
enum step_phase { PHASES(PHASE_MEMBER, PHASE_MEMBER) PHASE_COUNT };
#undef PHASE_MEMBER

extern const char *const phase_words[PHASE_COUNT];
extern const char *const phase_titles[PHASE_COUNT];

#endif
