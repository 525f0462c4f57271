/*
 * cli.h - the command line, read into one struct.
 */
#ifndef PPT_CLI_H
#define PPT_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "status.h"

enum ppt_command {
    PPT_COMMAND_RUN,
    PPT_COMMAND_LIST,
    PPT_COMMAND_ONCE,
    PPT_COMMAND_REPORT,
    PPT_COMMAND_RESUME,
    PPT_COMMAND_PREDICT,
    PPT_COMMAND_JUDGE,
    PPT_COMMAND_FIT,
    PPT_COMMAND_COMPARE,
    PPT_COMMAND_DOCTOR,
    PPT_COMMAND_HELP,
    PPT_COMMAND_VERSION
};

struct ppt_format;

struct ppt_cli {
    enum ppt_command command;
    const char **files; /* run: configurations */
    size_t file_count;
    const char **operands; /* other commands: what follows the command */
    size_t operand_count;
    size_t old_count; /* compare: operands before "--"; 0: there is none */
    double threshold; /* compare: the change that counts */
    bool strict;      /* compare: a suspect is not fine */
    const char *html; /* compare: the page to write, or NULL */
    struct ppt_overrides *overrides;
    const char *kernel;   /* the file of one that is not built in, or NULL */
    bool has_task;        /* --task or --kernel was given */
    const char **program; /* run, once: what follows "--", or NULL */
    size_t program_count;
    const char *timeout;        /* of that program, or NULL */
    const char *program_output; /* likewise: what becomes of it */
    const char *output;         /* the folder that results go below */
    const char *dump;           /* once: file, or NULL */
    uint64_t index;             /* once: which task */
    uint64_t seed;              /* once */
    uint64_t workers;           /* predict; 0: not given */
    uint64_t tasks;             /* judge: per pass; 0: unknown */
    uint64_t cpus;              /* judge, fit: that may be used; 0: unknown */
    double tolerance;           /* judge */
    bool json;
    bool force;                      /* resume: on another machine, too */
    bool quiet;                      /* run, report: the verdict alone */
    const struct ppt_format *format; /* run, report: printed instead of the table; or NULL */
    uint64_t given;                  /* options that were given, a bit each; see cli.c */
};

/* Fails with PPT_BAD_INPUT. Strings are borrowed from `arguments`. */
enum ppt_status ppt_cli_read(int count, char *const *arguments, struct ppt_cli *cli,
                             struct ppt_error *error);
void ppt_cli_free(struct ppt_cli *cli);

/* Makes the program behind "--" the task, with what the options for it say; nothing where there is
 * none. Fails with PPT_BAD_INPUT, also when there are options for one but no program. */
enum ppt_status ppt_cli_take_program(struct ppt_cli *cli, struct ppt_error *error);

/* Whether a text looks like a number, so that it is none of the options that begin with "-". */
bool ppt_cli_is_number(const char *text);

/* What --help prints: it fits a page. */
extern const char ppt_cli_help[];

#endif
