/*
 * A kernel from outside, built once for each of the mistakes that its author can make: MISTAKE is
 * one of the names below. It tells when it is loaded, since some commands must not do that.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel.h"
#include "rng.h"
#include "scratch.h"

#define NONE 0
#define VERSION 1
#define SIZE 2
#define NAME 3
#define TAKEN 4
#define RUN 5
#define PARAM 6
#define BOUNDS 7
#define DEFAULT 8
#define SYMBOL 9
#define UNRESOLVED 10
#define MISSING 11
#define CHANGED 12
#define WIDE 13
#define OLDER 14 /* none: it was built when kernels did not state their work */

__attribute__((constructor)) static void tell(void)
{
    fputs("plugin loaded\n", stderr);
}

#if MISTAKE == UNRESOLVED
extern int nobody_has_this(void);
#endif

enum { WORDS, FACTOR, KIND, RANGE, TEXTS };

static const char *const kinds[] = {"plain", "fancy", NULL};

static const struct ppt_param params[] = {
    [WORDS] = {.name = "words",
               .kind = PPT_PARAM_INTEGER,
               .value = MISTAKE == DEFAULT ? "0" : "100",
               .smallest = MISTAKE == BOUNDS ? 2000 : 1,
               .largest = MISTAKE == WIDE ? 9e18 : 1000,
               .unit = "",
               .help = "numbers of 64 bits"},
    [FACTOR] = {.name = MISTAKE == PARAM ? "words" : "factor",
                .kind = PPT_PARAM_REAL,
                .value = "0.5",
                .optional = true,
                .smallest = 0,
                .largest = 1,
                .unit = "",
                .help = "nothing"},
    [KIND] = {.name = "kind",
              .kind = PPT_PARAM_CHOICE,
              .value = "\"plain\"",
              .optional = true,
              .choices = kinds,
              .unit = "",
              .help = "nothing"},
    [RANGE] = {.name = "range",
               .kind = PPT_PARAM_SPAN,
               .value = "[1, 2]",
               .optional = true,
               .smallest = 0,
               .largest = 10,
               .unit = "",
               .help = "nothing"},
    [TEXTS] = {.name = "texts",
               .kind = PPT_PARAM_WORDS,
               .value = "[\"a b\"]",
               .optional = true,
               .unit = "",
               .help = "nothing"},
};

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    (void)shared;
    (void)worker;
    if (scratch->memory) {
        return ppt_fail(error, PPT_FAILED, "mine: it asked for no scratch");
    }
    *local = (void *)(uintptr_t)setup->services;
    return PPT_OK;
}

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const struct ppt_services *services = local;
    double numbers[1000];
    unsigned char bytes[8];

    (void)error;
    services->fill_doubles(task, PPT_STREAM_DATA, numbers, (size_t)task->args[WORDS].integer, 0, 1);
    services->fill_bytes(task, PPT_STREAM_SIDE, bytes, sizeof(bytes));
    *digest = services->digest(0, numbers, (size_t)task->args[WORDS].integer * sizeof(double));
    *digest = services->digest(*digest, bytes, sizeof(bytes));
#if MISTAKE == UNRESOLVED
    *digest += (uint64_t)nobody_has_this();
#endif
    return PPT_OK;
}

static void work(const union ppt_value *args, struct ppt_work *out)
{
    out->additions = 1000.0 * (double)args[WORDS].integer;
}

#if MISTAKE == SYMBOL
#define SYMBOL_NAME another_name
#else
#define SYMBOL_NAME ppt_kernel
#endif

extern const struct ppt_kernel SYMBOL_NAME;

const struct ppt_kernel SYMBOL_NAME = {
    .version = MISTAKE == VERSION ? 2 : PPT_KERNEL_VERSION,
    .struct_size = MISTAKE == OLDER ? PPT_KERNEL_LEAST_SIZE
                                    : sizeof(struct ppt_kernel) + 8 * (MISTAKE == SIZE),
    .name = MISTAKE == NAME    ? "../escape"
            : MISTAKE == TAKEN ? "sort"
                               : "mine",
    .category = "test",
    .summary = MISTAKE == CHANGED ? "a kernel that has changed" : "a kernel of my own",
    .missing = MISTAKE == MISSING ? "it was built without what it needs" : NULL,
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .attach = attach,
    .run = MISTAKE == RUN ? NULL : run,
    .work = work,
};
