/*
 * The whole unit-test framework. A test is a program that calls CHECK and its relatives and ends with
 * `return test_finish();`. Each check prints one line (`ok`, or `not ok` with the place and the values), so that a
 * reader needs no documentation and the runner needs no library.
 *
 *     #include "test.h"
 *
 *     int main(void)
 *     {
 *         TEST("addition");
 *         CHECK_INT(add(2, 2), 4);
 *         return test_finish();
 *     }
 */
#ifndef DRC_TEST_H
#define DRC_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int test_failures;
static int test_checks;
static const char *test_name = "(no name)";

/* Names what the following checks are about. */
#define TEST(name) (test_name = (name))

static inline bool test_result(bool passed, const char *file, int line, const char *what)
{
    test_checks++;
    if (passed) {
        printf("ok %d - %s: %s\n", test_checks, test_name, what);
    } else {
        test_failures++;
        printf("not ok %d - %s: %s\n# %s:%d\n", test_checks, test_name, what, file, line);
    }
    return passed;
}

static inline void test_int(long long got, long long want, const char *file, int line, const char *what)
{
    if (!test_result(got == want, file, line, what)) {
        printf("#   got  %lld\n#   want %lld\n", got, want);
    }
}

static inline void test_str(const char *got, const char *want, const char *file, int line, const char *what)
{
    bool same = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);
    if (!test_result(same, file, line, what)) {
        printf("#   got  %s\n#   want %s\n", got == NULL ? "(null)" : got, want == NULL ? "(null)" : want);
    }
}

static inline void test_mem(const void *got, size_t got_size, const void *want, size_t want_size, const char *file, int line, const char *what)
{
    bool same = got_size == want_size && (want_size == 0 || memcmp(got, want, want_size) == 0);
    if (!test_result(same, file, line, what)) {
        printf("#   got  %zu bytes: %.*s\n", got_size, (int)got_size, (const char *)got);
        printf("#   want %zu bytes: %.*s\n", want_size, (int)want_size, (const char *)want);
    }
}

#define CHECK(condition) ((void)test_result((condition), __FILE__, __LINE__, #condition))
#define CHECK_INT(got, want) test_int((long long)(got), (long long)(want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) test_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_MEM(got, size, want, want_size) test_mem((got), (size), (want), (want_size), __FILE__, __LINE__, #got)

/* Prints the plan (how many checks ran) and returns what main must return. */
static inline int test_finish(void)
{
    /* A program that checked nothing has not passed. */
    if (test_checks == 0) {
        test_result(false, __FILE__, __LINE__, "the program made no check");
    }
    printf("1..%d\n", test_checks);
    fflush(stdout);
    return test_failures == 0 ? 0 : 1;
}

/* Not every test program uses every kind of check. */
static inline void test_unused(void)
{
    (void)test_int;
    (void)test_str;
    (void)test_mem;
    (void)test_unused;
}

#endif
