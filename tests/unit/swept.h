/*
 * swept.h - a whole run with the mock's kernels in a test's folder (place.h), its samples and its
 * journal, and what holds for every run.
 */
#ifndef PPT_TEST_SWEPT_H
#define PPT_TEST_SWEPT_H

#include <json-c/json.h>

#include "config.h"
#include "place.h"
#include "sweep.h"
#include "unit.h"

#define SWEPT_MOST_LINES 500

/* A judge that says "enough" when asked for the `patience`-th time. */
struct judge {
    size_t patience, asked;
    size_t samples[10]; /* how many there were when it was asked */
};

struct swept {
    struct ppt_configs configs;
    const struct ppt_config *config; /* the only one */
    struct judge judge;
    struct ppt_samples samples;
    struct ppt_error error;
    json_object *lines[SWEPT_MOST_LINES]; /* of the journal */
    size_t line_count;
};

/* cmocka's tear-down: the wish to stop is forgotten, and the place left. */
int swept_leave(void **state);

#define SWEPT(function) cmocka_unit_test_setup_teardown(function, place_enter, swept_leave)

/* The judge of `struct judge`. */
bool swept_enough(const struct ppt_samples *samples, void *context);

/* The test's own folder, for results and scratch. */
extern const struct ppt_folder swept_dot;
extern const struct ppt_dirs swept_here;

/* A folder of that name, which holds a journal. */
struct ppt_folder swept_folder(const char *name);

/* Runs the configuration, a JSON text, and reads its journal. */
enum ppt_status swept_run(struct swept *run, const char *config, size_t patience);

/* Frees the run. */
void swept_stop(struct swept *run);

/* A member of an object, which must be there. */
json_object *swept_member(json_object *object, const char *key);

/* A whole number among the members, which must be there. */
int64_t swept_number(json_object *object, const char *key);

/* Whether a line of the journal is of that type. */
bool swept_is_a(json_object *line, const char *type);

/* One does not begin before the other has ended. */
void swept_check_times(const struct swept *run, double wait_s);

/* The journal has the passes that are in the samples, in their order. */
void swept_check_journal(const struct swept *run);

/* All that holds for every run: the order of its passes, their times and the journal. */
void swept_check(const struct swept *run);

#endif
