/*
 * verb.h - what the program can do: each verb is one file in bench/verbs that ends in one constant
 * descriptor, and one line in the table of verbs.h.
 */
#ifndef PPT_CLI_VERB_H
#define PPT_CLI_VERB_H

#include "option.h"

struct ppt_engine;
struct ppt_verb;

/* What may follow what has been read. */
enum ppt_rest {
    PPT_REST_ALL,      /* options and operands */
    PPT_REST_OPERANDS, /* those alone, whatever they begin with */
    PPT_REST_PROGRAM   /* a program of the user's with its arguments */
};

/* A command line as it was read. Strings are borrowed from it. */
struct ppt_line {
    const struct ppt_verb *verb;
    void *options;         /* of the verb's own kind */
    const char **operands; /* what follows the verb */
    size_t operand_count;
    const char **program; /* what follows "--", if `rest` says so */
    size_t program_count;
    struct ppt_overrides *overrides; /* settings of the configuration */
    const struct ppt_option **given; /* the verb's options, in the order given */
    size_t given_count;
    const struct ppt_option *foreign; /* the first that is not the verb's, or NULL */
    const struct ppt_option *asked;   /* the last that asks for help or the version, or NULL */
    enum ppt_rest rest;
    const struct ppt_engine *engine; /* left to the caller: who runs passes over ranks, or NULL */
};

/* A line of --help: "ppt-omp WORDS  SUMMARY". */
struct ppt_form {
    const char *words, *summary;
};

#define PPT_FORMS 3

struct ppt_verb {
    const char *name;                 /* the default verb's is for messages alone */
    struct ppt_form forms[PPT_FORMS]; /* none: the verb is hidden, for this program's own makers */

    /* Operands. */
    size_t most;       /* how many it takes */
    const char *needs; /* what the first one is, for messages; NULL: there may be none */
    bool (*accepts)(const char *operand); /* NULL: every one */

    /* Called at "--", with line->rest as PPT_REST_OPERANDS, which it may change; NULL: it stays. */
    enum ppt_status (*separate)(struct ppt_line *line, struct ppt_error *error);

    bool measures; /* it runs tasks in its own process: see ppt_start_prepare() */

    const struct ppt_option *options;
    size_t option_count;
    const void *defaults; /* of its options */
    size_t size;          /* of the same, in bytes */

    /* What is wrong with the line, once all of it is read; NULL: nothing more. */
    enum ppt_status (*check)(struct ppt_line *line, struct ppt_error *error);

    /* Does it, and prints the answer to standard output. A failure without a message has been
     * told. */
    enum ppt_status (*run)(const struct ppt_line *line, struct ppt_error *error);
};

/* For descriptors: a table of options, the struct that they are read into, and what that holds
 * before. */
#define PPT_OPTIONS(table, type, ...)                                                              \
    .options = (table), .option_count = sizeof(table) / sizeof((table)[0]),                        \
    .defaults = &(const type){__VA_ARGS__}, .size = sizeof(type)

/* The verb's options, from 0 on, with all settings where its table has room for them; behind the
 * last comes NULL. */
const struct ppt_option *ppt_verb_option(const struct ppt_verb *verb, size_t place);

/* Whether a row of the verb's own table, or the option of a key, was given. */
bool ppt_line_has(const struct ppt_line *line, const struct ppt_option *option);

#endif
