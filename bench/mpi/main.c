/*
 * The program over the ranks of MPI. Rank 0 is the program without MPI, with an engine for points
 * over ranks; the other ranks serve it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "interrupt.h"
#include "master.h"
#include "member.h"
#include "program.h"
#include "runtime.h"

/* With these a program that a task starts would take itself for a rank of this job. */
static const char *const launcher_variables[] = {"OMPI_", "ORTE_",  "PMIX_", "PMI_",
                                                 "MPIR_", "HYDRA_", NULL};

/* For scripts/mpirun.sh: mpirun's own exit code says little once a rank was lost. */
static void tell_exit_code(int code)
{
    const char *path = getenv("PPT_OMP_EXIT_FILE");
    struct ppt_error error;
    char text[16];

    if (path && *path) {
        snprintf(text, sizeof(text), "%d\n", code);
        if (ppt_file_write(path, text, strlen(text), &error) != PPT_OK) {
            fprintf(stderr, "ppt-omp: %s\n", error.text);
        }
    }
}

static int serve(struct ppt_world *world, const struct ppt_host *host)
{
    struct ppt_error error = {""};
    const enum ppt_status status = ppt_member_serve(world, host, &error);

    if (status != PPT_OK) {
        char name[PPT_RANK_NAME_SIZE];

        fprintf(stderr, "ppt-omp: %s: %s\n", ppt_world_name(world, world->rank, name), error.text);
    }
    return status;
}

static int command(struct ppt_world *world, int count, char *const *arguments)
{
    struct ppt_master master = {world};
    const struct ppt_engine engine = ppt_master_engine(&master);
    const int code = ppt_program(count, arguments, &engine);

    tell_exit_code(code);
    ppt_master_dismiss(&master);
    return code;
}

int main(int count, char **arguments)
{
    struct ppt_error error = {""};
    struct ppt_world world;
    struct ppt_host host;
    int code;

    ppt_runtime_prepare(arguments);
    ppt_runtime_keep(launcher_variables);
    ppt_host_read(&host);
    code = ppt_world_start(&count, &arguments, &host, &world, &error);
    if (code != PPT_OK && world.rank == 0) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
        tell_exit_code(code);
    } else if (code == PPT_OK) {
        code = world.rank == 0 ? command(&world, count, arguments) : serve(&world, &host);
    }
    ppt_host_free(&host);
    ppt_world_end(&world, code);
    return code;
}
