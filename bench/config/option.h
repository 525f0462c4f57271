/*
 * option.h - options of the command line as rows of tables: what each is called, what its value may
 * be and where that goes. Reading them, their messages and their lines of --help follow from the
 * row. The row of a setting stands in that of its key, see keys.h.
 */
#ifndef PPT_CONFIG_OPTION_H
#define PPT_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "status.h"

enum ppt_option_kind {
    PPT_OPTION_FLAG,    /* takes no value; its place, a bool, becomes true */
    PPT_OPTION_TEXT,    /* a const char *, borrowed */
    PPT_OPTION_COUNT,   /* a uint64_t from 0 to 2^53 */
    PPT_OPTION_SHARE,   /* a double from `least` to 1 */
    PPT_OPTION_READ,    /* what `read` makes of it */
    PPT_OPTION_OPERAND, /* the same as a plain argument */
    PPT_OPTION_HELP,    /* takes no value: asks for that, and no more */
    PPT_OPTION_VERSION, /* likewise */
    /* Settings of the configuration: the value becomes JSON for the keys that have this option. */
    PPT_OPTION_SET_NUMBER, /* as it is, if it looks like one */
    PPT_OPTION_SET_TEXT,   /* in quotes */
    PPT_OPTION_SET_COUNTS, /* a list in brackets, or a text that counts.h reads */
    PPT_OPTION_SET_JSON,   /* as it is */
    PPT_OPTION_SET_MEMBER, /* "name=value", an object of that one member; several add up */
    PPT_OPTION_PRESET,     /* takes no value: `presets`, under all other settings */
    PPT_OPTION_SETTINGS    /* none itself: all settings stand in its place */
};

struct ppt_preset {
    enum ppt_key_id key;
    const char *json;
};

struct ppt_option {
    const char *name; /* "--workers" */
    enum ppt_option_kind kind;
    const char *also; /* other names that people know it by, with blanks between: "-j -w"; NULL:
                         there is none */
    const char *elsewhere; /* what other tools call the like of it, which is no name of it here but
                              leads to it, as in `also`; NULL: nothing is known */
    /* A row of another table that says all but `offset`; then nothing else is given here. */
    const struct ppt_option *shared;
    size_t offset;                    /* of its place, in the options of the verb */
    const char *noun;                 /* that an empty text does not name; NULL: it may be empty */
    double least;                     /* of a share */
    const char *bare;                 /* its value where none stands behind "="; NULL: it needs one,
                                         which may be the next argument, too */
    const struct ppt_preset *presets; /* one without JSON ends them */
    enum ppt_status (*read)(const char *value, void *place, struct ppt_error *error);

    /* For --help. Those without `help` are not in it. */
    const char *heading; /* above it; NULL: there is none */
    const char *metavar; /* its value; NULL: there is none */
    const char *help;    /* every newline in it goes on below its beginning */
    bool joins;          /* stands on the line of what is before it */
    bool general;        /* comes after those of all verbs */
};

#endif
