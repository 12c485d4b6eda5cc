/* HCL as a reader of Terraform sees it: blocks, attributes, and expressions where they stand in the text. Private to the reader of Terraform. */
#ifndef DRC_VALIDATE_HCL_H
#define DRC_VALIDATE_HCL_H

#include "base/vec.h"
#include "validate/reading.h"

struct hcl_attr {
    const char *name;
    const char *at, *value; /* of the name, of the expression */
    bool read;
};

struct hcl_part {
    const char *type;
    const char *labels[2];
    uint32_t label_count;
    const char *at;
    VEC(struct hcl_attr) attributes;
    VEC(struct hcl_part *) blocks;
    bool read;
};

/* The file as one block without a name; NULL, with a finding, where it cannot be read. */
struct hcl_part *read_hcl(const struct artifact *artifact, struct arena *arena);
struct hcl_attr *hcl_attribute(struct hcl_part *block, const char *name); /* NULL; it is marked as read */
/* Past blanks, line ends and comments. */
const char *hcl_space(const char *at);
/* One unit of a quoted text: 1: *out has its bytes; 0: the end, *at is behind it; -1: an interpolation begins, *at is behind `${`; -2: no text. */
int hcl_text_unit(const char **at, char out[8]);
/* A quoted text without interpolations at *at; NULL: there is none. */
const char *hcl_text(struct arena *arena, const char **at);
/* Letters, digits, `.`, `_`, `-`, `[0]`, `[*]`: a name or what one is in; NULL: there is none. */
const char *hcl_name(struct arena *arena, const char **at);

#endif
