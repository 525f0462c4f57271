/*
 * shared.h - the options that several verbs have.
 */
#ifndef PPT_VERBS_SHARED_H
#define PPT_VERBS_SHARED_H

#include "keys.h"

enum {
    PPT_SHARED_CONFIG,         /* none */
    PPT_SHARED_QUICK,          /* none */
    PPT_SHARED_OUTPUT,         /* const char * */
    PPT_SHARED_FORMAT,         /* const struct ppt_format * */
    PPT_SHARED_QUIET,          /* bool */
    PPT_SHARED_CHART_SIZE,     /* double, in mm */
    PPT_SHARED_TIMEOUT,        /* const char * */
    PPT_SHARED_PROGRAM_OUTPUT, /* const char * */
    PPT_SHARED_INPUTS,         /* const char * */
    PPT_SHARED_NULL,           /* bool */
    PPT_SHARED_SHOW_OUTPUT,    /* bool */
    PPT_SHARED_IGNORE_FAILURE, /* bool */
    PPT_SHARED_CPUS,           /* uint64_t */
    PPT_SHARED_JSON            /* bool */
};

extern const struct ppt_option ppt_shared_options[];

/* A row for one of them, whose place is a member of the verb's options. */
#define PPT_SHARED(name, type, member)                                                             \
    {                                                                                              \
        .shared = &ppt_shared_options[PPT_SHARED_##name], .offset = offsetof(type, member)         \
    }

#endif
