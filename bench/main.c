#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "runtime.h"

static enum ppt_status dispatch(const struct ppt_cli *cli, struct ppt_error *error)
{
    switch (cli->command) {
    case PPT_COMMAND_RUN:
        return ppt_command_run(cli, error);
    case PPT_COMMAND_LIST:
        return ppt_command_list(cli, error);
    case PPT_COMMAND_ONCE:
        return ppt_command_once(cli, error);
    case PPT_COMMAND_HELP:
        fputs(ppt_cli_help, stdout);
        break;
    case PPT_COMMAND_VERSION:
        puts("ppt-omp " PPT_VERSION);
        break;
    }
    return PPT_OK;
}

int main(int count, char **arguments)
{
    struct ppt_error error = {""};
    struct ppt_cli cli;
    enum ppt_status status;

    ppt_runtime_prepare(arguments);
    status = ppt_cli_read(count, arguments, &cli, &error);

    if (status == PPT_OK) {
        status = dispatch(&cli, &error);
    }
    if (status == PPT_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        status =
            ppt_fail(&error, PPT_FAILED, "standard output cannot be written: %s", strerror(errno));
    }
    if (status != PPT_OK && error.text[0]) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
    }
    ppt_cli_free(&cli);
    return (int)status;
}
