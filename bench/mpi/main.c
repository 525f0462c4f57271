/*
 * The program over the ranks of MPI. Rank 0 is the program without MPI, with an engine for points
 * over ranks; the other ranks serve it.
 */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "guard.h"
#include "interrupt.h"
#include "isa.h"
#include "master.h"
#include "member.h"
#include "program.h"
#include "runtime.h"
#include "start.h"

/* With these a program that a task starts would take itself for a rank of this job. Not all that
 * begin with OMPI_: others are the user's settings. */
static const char *const launcher_variables[] = {"OMPI_COMM_WORLD_",
                                                 "OMPI_UNIVERSE_SIZE",
                                                 "OMPI_APP_CTX",
                                                 "OMPI_FIRST_RANKS",
                                                 "OMPI_NUM_APP_CTX",
                                                 "OMPI_ARGV",
                                                 "OMPI_COMMAND",
                                                 "OMPI_FILE_LOCATION",
                                                 "OMPI_MCA_ess",
                                                 "OMPI_MCA_pmix",
                                                 "OMPI_MCA_orte_",
                                                 "OMPI_MCA_initial_wdir",
                                                 "OMPI_MCA_shmem_",
                                                 "ORTE_",
                                                 "PMIX_",
                                                 "PMI_",
                                                 NULL};

/* For scripts/mpirun.sh: mpirun's own exit code says little once a rank was lost. Returns the code
 * that is left to tell mpirun: by any but 0 it would take the job for one that has to be ended by
 * force, which it does slowly. */
static int tell_exit_code(int code)
{
    const char *path = getenv("PPT_OMP_EXIT_FILE");
    struct ppt_error error;
    char text[16];

    if (!path || !*path) {
        return code;
    }
    snprintf(text, sizeof(text), "%d\n", code);
    if (ppt_file_write(path, text, strlen(text), &error) != PPT_OK) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
        return code;
    }
    return 0;
}

static int serve(struct ppt_world *world, const struct ppt_host *host)
{
    struct ppt_error error = {""};

    ppt_guard_begin();
    enum ppt_status status = ppt_isa_check(&error);
    status = status == PPT_OK ? ppt_member_serve(world, host, &error) : status;
    if (status != PPT_OK) {
        char name[PPT_RANK_NAME_SIZE];

        fprintf(stderr, "ppt-omp: %s: %s\n", ppt_world_name(world, world->rank, name), error.text);
    }
    ppt_guard_end();
    return status;
}

static int command(struct ppt_world *world, int count, char *const *arguments)
{
    struct ppt_master master = {world};
    const struct ppt_engine engine = ppt_master_engine(&master);
    const int code = tell_exit_code(ppt_program(count, arguments, &engine));

    ppt_master_dismiss(&master);
    return code;
}

int main(int count, char **arguments)
{
    struct ppt_error error = {""};
    struct ppt_world world;
    struct ppt_host host;

    ppt_start_prepare(arguments, true);
    ppt_interrupt_gather();
    ppt_interrupt_spare_writes();
    /* GSL's own handler ends the program; failures come back as codes instead. */
    gsl_set_error_handler_off();
    ppt_host_read(&host);
    int code = ppt_world_start(&count, &arguments, &host, &world, &error);
    /* MPI sets some, too. */
    ppt_runtime_keep(launcher_variables);
    if (code != PPT_OK && world.rank == 0) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
        code = tell_exit_code(code);
    } else if (code == PPT_OK) {
        code = world.rank == 0 ? command(&world, count, arguments) : serve(&world, &host);
    }
    ppt_host_free(&host);
    ppt_world_end(&world, code);
    return code;
}
