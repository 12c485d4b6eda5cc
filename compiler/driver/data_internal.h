/* Shared by the readers of data files: data.c, data_yaml.c, data_json.c. */
#ifndef DRC_DRIVER_DATA_INTERNAL_H
#define DRC_DRIVER_DATA_INTERNAL_H

#include "driver/driver.h"

/* Nesting, and how many values a file may stand for once its aliases are followed. */
enum { DATA_DEPTH = 64, DATA_VALUES = 10 * 1000 * 1000 };

#define DATA_TOO_DEEP "it is nested deeper than 64 lists and mappings"

struct data_reader {
    struct session *session;
    struct source_file *file;
    struct span span; /* where the file is named */
    const char *name;
    bool failed; /* which was reported */
};

/* Reports what makes the file unreadable; the first reason only. `at`: an offset of the file. */
void data_fail(struct data_reader *reader, uint32_t at, const char *message);

/* What a plain scalar means; null is unknown. */
struct value data_scalar(struct arena *arena, const char *text, size_t len);

/* The value of the whole file, VALUE_ERROR after data_fail(). */
struct value data_read_yaml(struct data_reader *reader);
struct value data_read_json(struct data_reader *reader);

#endif
