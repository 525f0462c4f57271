#include "program.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "guard.h"
#include "interrupt.h"
#include "isa.h"

static enum ppt_status dispatch(const struct ppt_cli *cli, const struct ppt_engine *engine,
                                struct ppt_error *error)
{
    switch (cli->command) {
    case PPT_COMMAND_RUN:
        return ppt_command_run(cli, engine, error);
    case PPT_COMMAND_LIST:
        return ppt_command_list(cli, error);
    case PPT_COMMAND_ONCE:
        return ppt_command_once(cli, error);
    case PPT_COMMAND_REPORT:
        return ppt_command_report(cli, error);
    case PPT_COMMAND_RESUME:
        return ppt_command_resume(cli, engine, error);
    case PPT_COMMAND_PREDICT:
        return ppt_command_predict(cli, error);
    case PPT_COMMAND_JUDGE:
        return ppt_command_judge(cli, error);
    case PPT_COMMAND_FIT:
        return ppt_command_fit(cli, error);
    case PPT_COMMAND_DOCTOR:
        return ppt_command_doctor(cli, error);
    case PPT_COMMAND_COMPARE:
        return ppt_command_compare(cli, error);
    case PPT_COMMAND_HELP:
        fputs(ppt_cli_help, stdout);
        break;
    case PPT_COMMAND_VERSION:
        puts("ppt-omp " PPT_VERSION);
        break;
    }
    return PPT_OK;
}

int ppt_program(int count, char *const *arguments, const struct ppt_engine *engine)
{
    struct ppt_error error = {""};
    struct ppt_cli cli;
    enum ppt_status status;

    ppt_guard_begin();
    ppt_interrupt_spare_writes();
    /* GSL's own handler ends the program; failures come back as codes instead. */
    gsl_set_error_handler_off();
    status = ppt_cli_read(count, arguments, &cli, &error);
    /* Help comes whatever else is wrong. */
    if (status == PPT_OK && cli.command != PPT_COMMAND_HELP && cli.command != PPT_COMMAND_VERSION) {
        status = ppt_isa_check(&error);
    }
    if (status == PPT_OK) {
        status = dispatch(&cli, engine, &error);
    }
    if (status == PPT_OK && fflush(stdout) != 0) {
        status =
            ppt_fail(&error, PPT_FAILED, "standard output cannot be written: %s", strerror(errno));
    } else if (status == PPT_OK && ferror(stdout)) {
        /* An earlier write failed, and what it left in errno is long overwritten. */
        status = ppt_fail(&error, PPT_FAILED, "standard output cannot be written");
    }
    if (status != PPT_OK && error.text[0]) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
    }
    ppt_cli_free(&cli);
    ppt_guard_end();
    return (int)status;
}
