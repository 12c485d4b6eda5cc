/* What the phases of a recovery are called. */
#include "base/phases.h"

#define WORD(ID, word, title) #word,
#define TITLE(ID, word, title) title,

const char *const phase_words[PHASE_COUNT] = {PHASES(WORD, WORD)};
const char *const phase_titles[PHASE_COUNT] = {PHASES(TITLE, TITLE)};
