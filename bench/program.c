#include "program.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "counter.h"
#include "guard.h"
#include "interrupt.h"
#include "isa.h"
#include "owned.h"
#include "verbs.h"

#define VERB(name) &ppt_verb_##name,
static const struct ppt_verb *const verbs[] = {PPT_VERBS(VERB) NULL};
#undef VERB

/* It fits a page. */
static void print_help(void)
{
    struct ppt_text help PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&help, "ppt-omp - how many workers should this task use on this machine?\n\n");
    ppt_cli_help(verbs, &help);
    ppt_text_add(&help,
                 "\n"
                 "Exit codes: 0 fine, 1 the run failed, 2 usage or configuration is wrong,\n"
                 "3 results differ between worker counts, 4 slower than before, 5 inconclusive or\n"
                 "(doctor) unfit, 6 no answer that holds here, 77 not built, 130 interrupted.\n");
    fputs(help.data, stdout);
}

static enum ppt_status program_obey(const struct ppt_line *line, struct ppt_error *error)
{
    /* Help comes whatever else is wrong. */
    if (!line->asked) {
        PPT_TRY(ppt_isa_check(error));
        PPT_TRY(line->verb->run(line, error));
    } else if (line->asked->kind == PPT_OPTION_VERSION) {
        puts("ppt-omp " PPT_VERSION);
    } else {
        print_help();
    }
    if (fflush(stdout) != 0) {
        return ppt_fail(error, PPT_FAILED, "standard output cannot be written: %s",
                        strerror(errno));
    }
    /* An earlier write failed, and what it left in errno is long overwritten. */
    return ferror(stdout) ? ppt_fail(error, PPT_FAILED, "standard output cannot be written")
                          : PPT_OK;
}

bool ppt_program_measures(int count, char *const *arguments)
{
    const struct ppt_verb *verb;

    return !ppt_cli_asks(verbs, count, arguments, &verb) && verb->measures;
}

int ppt_program(int count, char *const *arguments, const struct ppt_engine *engine)
{
    struct ppt_error error = {""};
    struct ppt_line line;

    ppt_counter_begin();
    ppt_guard_begin();
    ppt_interrupt_spare_writes();
    /* GSL's own handler ends the program; failures come back as codes instead. */
    gsl_set_error_handler_off();
    enum ppt_status status = ppt_cli_read(verbs, count, arguments, &line, &error);
    line.engine = engine;
    status = status == PPT_OK ? program_obey(&line, &error) : status;
    if (status != PPT_OK && error.text[0]) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
    }
    ppt_cli_free(&line);
    ppt_guard_end();
    return (int)status;
}
