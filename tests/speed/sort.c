/*
 * sort: how much faster the kernel is than the C library's qsort on the same numbers, and how near
 * its sort comes to three bare passes over the array. Such a pass reads every number and
 * writes it to one of 1024 places; sorting a million of them so takes at least three, the leading
 * 23 bits and no more.
 */
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "isa.h"
#include "known.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "solo.h"
#include "sorting.h"
#include "subjects.h"

#define SIZE 1000000
#define BYTES (SIZE * sizeof(double))
#define OTHER_BYTES ((size_t)128 << 20)
#define PASSES 3
#define DIGIT_BITS 10
#define DIGIT_VALUES (1 << DIGIT_BITS)

extern const struct ppt_kernel ppt_kernel_sort;

/* The bits of a double in memory; this type may look at any object. */
typedef uint64_t bits __attribute__((may_alias));

struct arrays {
    double *values, *spare; /* SIZE each */
};

/* As the task makes its numbers, which leaves them in the same caches: a copy of this size may go
 * past them. */
static void prepare(void *state)
{
    struct arrays *arrays = state;
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, arrays->values, SIZE, 0.0, 1.0);
}

static enum ppt_status run_sort_alone(void *state, struct ppt_error *error)
{
    struct arrays *arrays = state;

    (void)error;
    ppt_sort(arrays->values, arrays->spare, SIZE);
    return PPT_OK;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum ppt_status run_qsort(void *state, struct ppt_error *error)
{
    struct arrays *arrays = state;

    (void)error;
    qsort(arrays->values, SIZE, sizeof(double), compare);
    return PPT_OK;
}

static void scatter(const bits *from, bits *to, uint32_t *offsets, int shift)
{
    for (size_t i = 0; i < SIZE; i++) {
        to[offsets[from[i] >> shift & (DIGIT_VALUES - 1)]++] = from[i];
    }
}

/* Digits of the leading bits of the mantissa, for the sake of their spread. The numbers are not
 * sorted by it. */
static enum ppt_status run_passes(void *state, struct ppt_error *error)
{
    static const int shifts[PASSES] = {22, 32, 42};
    struct arrays *arrays = state;
    bits *values = (bits *)arrays->values;
    bits *spare = (bits *)arrays->spare;
    uint32_t offsets[PASSES][DIGIT_VALUES] = {{0}};

    (void)error;
    for (size_t i = 0; i < SIZE; i++) {
        for (int pass = 0; pass < PASSES; pass++) {
            offsets[pass][values[i] >> shifts[pass] & (DIGIT_VALUES - 1)]++;
        }
    }
    for (int pass = 0; pass < PASSES; pass++) {
        bits *const swap = values;
        uint32_t total = 0;

        for (size_t i = 0; i < DIGIT_VALUES; i++) {
            const uint32_t here = offsets[pass][i];

            offsets[pass][i] = total;
            total += here;
        }
        scatter(values, spare, offsets[pass], shifts[pass]);
        values = spare;
        spare = swap;
    }
    SPEED_KEEP(values);
    return PPT_OK;
}

/* That a sort gives what qsort does. */
static enum ppt_status check_sort(struct arrays *arrays,
                                  enum ppt_status (*sort)(void *state, struct ppt_error *error),
                                  struct ppt_error *error)
{
    double *sorted = ppt_scratch_alloc(BYTES, "sort", error);
    enum ppt_status status = PPT_OK;

    if (!sorted) {
        return PPT_FAILED;
    }
    prepare(arrays);
    sort(arrays, error);
    memcpy(sorted, arrays->values, BYTES);
    prepare(arrays);
    run_qsort(arrays, error);
    if (memcmp((bits *)sorted, (bits *)arrays->values, BYTES) != 0) {
        status = ppt_fail(error, PPT_DIFFERS, "sort: two ways to sort differ");
    }
    free(sorted);
    return status;
}

/* The task, and what is copied before it so that none of its memory is in a cache. */
struct chilled {
    struct solo *solo;
    char *other; /* OTHER_BYTES */
};

static void chill(void *state)
{
    struct chilled *chilled = state;

    memcpy(chilled->other, chilled->other + OTHER_BYTES / 2, OTHER_BYTES / 2);
    SPEED_KEEP(chilled->other);
}

static enum ppt_status run_chilled(void *state, struct ppt_error *error)
{
    return solo_run(((struct chilled *)state)->solo, error);
}

/* ns per element that the task may take. */
static const struct sort_bar {
    const char *isa;
    double hot, cold;
} sort_bars[] = {{"baseline", 11, 14}, {"avx2", 11, 12}, {"avx512", 8, 9}};

static const struct sort_bar *sort_bar(void)
{
    size_t i = 0;

    while (i + 1 < sizeof(sort_bars) / sizeof(sort_bars[0]) &&
           strcmp(sort_bars[i].isa, ppt_isa()->name) != 0) {
        i++;
    }
    return &sort_bars[i];
}

static enum ppt_status hold_chilled(const struct venue *venue, struct solo *solo,
                                    struct ppt_error *error)
{
    struct chilled chilled = {solo, ppt_scratch_alloc(OTHER_BYTES, "sort", error)};
    const struct contest contest = {
        .measured = {"1000000 numbers, the task after a copy of 64 MiB", run_chilled, chill,
                     .state = &chilled, .units = SIZE},
        .reference = {"the task at once again", run_chilled, .state = &chilled, .units = SIZE},
        .unit = "ns per element",
        .unit_ns = 1,
        .ratio = CONTEST_TIME,
        .bar = CONTEST_VALUE,
        .limit = sort_bar()->cold,
    };

    if (!chilled.other) {
        return PPT_FAILED;
    }
    memset(chilled.other, 1, OTHER_BYTES);
    const enum ppt_status status = contest_hold(venue, &contest, error);
    free(chilled.other);
    return status;
}

static enum ppt_status sort_hold_all(const struct venue *venue, struct solo *solo,
                                     struct arrays *arrays, struct ppt_error *error)
{
    struct contest contest = {
        .measured = {"1000000 numbers, the task", solo_run, .state = solo, .units = SIZE},
        .reference = {"qsort of the same numbers", run_qsort, prepare, .state = arrays,
                      .units = SIZE},
        .unit = "ns per element",
        .unit_ns = 1,
        .ratio = CONTEST_SPEED,
        .bar = CONTEST_VALUE,
        .limit = sort_bar()->hot,
    };
    enum ppt_status status = contest_hold(venue, &contest, error);

    if (status == PPT_OK) {
        status = hold_chilled(venue, solo, error);
    }
    if (status == PPT_OK) {
        contest.measured = (struct contestant){"1000000 numbers, the sort alone", run_sort_alone,
                                               prepare, .state = arrays, .units = SIZE};
        contest.reference = (struct contestant){"three bare passes of 10 bits", run_passes, prepare,
                                                .state = arrays, .units = SIZE};
        contest.ratio = CONTEST_TIME;
        contest.bar = CONTEST_NO_BAR;
        status = contest_hold(venue, &contest, error);
    }
    return status;
}

/* ---- against the ceiling ---- */

static enum ppt_status run_known(void *state, struct ppt_error *error)
{
    const struct known_sort *sort = known_sort();
    struct arrays *arrays = state;
    max_align_t sorter[16]; /* a pointer, and room for what it may become */

    (void)error;
    sort->_ZN3hwy6SorterC1Ev(sorter);
    sort->_ZNK3hwy6SorterclEPdmNS_13SortAscendingE(sorter, arrays->values, SIZE);
    sort->_ZN3hwy6Sorter6DeleteEv(sorter);
    return PPT_OK;
}

/* Every number is read once and written once, if it is in no better place before. */
static enum ppt_status sort_hold_ceiling(const struct venue *venue, struct solo *solo,
                                         struct arrays *arrays, struct ppt_error *error)
{
    struct bound_copy copy;
    struct bound bound = {
        .measured = {"sort: 1000000 numbers", solo_run, .state = solo, .units = SIZE},
        .known = {KNOWN_NO_SORT},
        .unit = "ns per element",
        .unit_ns = 1,
        .rate = "GB/s",
        .work = sizeof(double),
    };
    enum ppt_status status = bound_copy_start(&copy, BYTES, error);

    bound.ceiling = bound_copying(&copy, sizeof(double));
    if (status == PPT_OK && known_sort()) {
        status = check_sort(arrays, run_known, error);
        bound.known = (struct contestant){"VQSort alone, of Highway", run_known, prepare,
                                          .state = arrays, .units = SIZE};
    }
    if (status == PPT_OK) {
        status = bound_hold(venue, &bound, error);
    }
    bound_copy_stop(&copy);
    return status;
}

static enum ppt_status
sort_measure(const struct venue *venue,
             enum ppt_status (*hold)(const struct venue *venue, struct solo *solo,
                                     struct arrays *arrays, struct ppt_error *error),
             struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = SIZE}};
    struct arrays arrays = {0};
    struct solo solo;
    enum ppt_status status = solo_start(&solo, &ppt_kernel_sort, args, venue->scratch, error);

    if (status != PPT_OK) {
        goto out;
    }
    status = PPT_FAILED;
    arrays.values = ppt_scratch_alloc(BYTES, "sort", error);
    arrays.spare = ppt_scratch_alloc(BYTES, "sort", error);
    if (!arrays.values || !arrays.spare) {
        goto out;
    }
    status = check_sort(&arrays, run_sort_alone, error);
    if (status == PPT_OK) {
        status = hold(venue, &solo, &arrays, error);
    }
out:
    free(arrays.values);
    free(arrays.spare);
    solo_stop(&solo);
    return status;
}

enum ppt_status speed_sort(const struct venue *venue, struct ppt_error *error)
{
    return sort_measure(venue, sort_hold_all, error);
}

enum ppt_status bound_sort(const struct venue *venue, struct ppt_error *error)
{
    return sort_measure(venue, sort_hold_ceiling, error);
}
