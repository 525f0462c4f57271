/*
 * place.h - a temporary folder that is a test's working folder while it runs.
 */
#ifndef PPT_TEST_PLACE_H
#define PPT_TEST_PLACE_H

struct place {
    char folder[64]; /* absolute */
    char before[4096];
};

/* cmocka's set-up and tear-down: *state is the place. The folder goes with all that is in it, and
 * leaving fails when it does not. */
int place_enter(void **state);
int place_leave(void **state);

#define PLACED(function) cmocka_unit_test_setup_teardown(function, place_enter, place_leave)

/* Writes a file, with the folders it is in. */
void place_put(const char *path, const char *text);

#endif
