#include "measure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sweep.h"

void ppt_measure_now(char out[PPT_STARTED_SIZE])
{
    const time_t now = time(NULL);
    struct tm local;

    localtime_r(&now, &local);
    strftime(out, PPT_STARTED_SIZE, "%Y-%m-%dT%H:%M:%S%z", &local);
}

struct judge_context {
    struct ppt_answer_context about;
    double relative_ci;
};

/* Whether an adaptive run may stop: asks the analysis on behalf of the sweep. */
static bool enough(const struct ppt_samples *samples, void *context)
{
    const struct judge_context *judge = context;

    return ppt_verdict_settles(samples, judge->about.tolerance, judge->about.confidence,
                               judge->relative_ci);
}

void ppt_measure_host(const struct ppt_engine *engine, struct ppt_host *host)
{
    ppt_host_read(host);
    if (engine) {
        host->cluster = ppt_cluster_copy(engine->cluster);
    }
}

enum ppt_status ppt_measure_check_ranks(const struct ppt_config *config,
                                        const struct ppt_engine *engine, struct ppt_error *error)
{
    const unsigned ranks = ppt_config_ranks(config);

    if (ranks > 0 && !engine) {
        return ppt_fail(error, PPT_UNSUPPORTED,
                        "%s: \"ranks\": this program measures one process; start the one for MPI "
                        "with mpirun -n %u ppt-omp-mpi",
                        config->origin, ranks);
    }
    if (ranks > 0 && ranks > engine->cluster->count) {
        return ppt_fail(
            error, PPT_BAD_INPUT,
            "%s: \"ranks\" asks for %u, but the job has %zu: start it with mpirun -n %u "
            "(or more)",
            config->origin, ranks, engine->cluster->count, ranks);
    }
    return PPT_OK;
}

enum ppt_status ppt_measure_check(const struct ppt_config *config, const struct ppt_host *host,
                                  const struct ppt_workspace *scratch,
                                  const struct ppt_engine *engine, struct ppt_error *error)
{
    const unsigned ranks = ppt_config_ranks(config);
    enum ppt_status status = ppt_measure_check_ranks(config, engine, error);

    if (status != PPT_OK) {
        return status;
    }
    status = ppt_sweep_check(config, scratch, ppt_cluster_neighbours(&host->cluster, ranks, 0),
                             ppt_host_memory(host), error);
    return status == PPT_OK && ranks > 0 ? engine->prepare(engine->context, config, true, error)
                                         : status;
}

enum ppt_status ppt_measure_go(const struct ppt_print *print, const struct ppt_config *config,
                               const struct ppt_host *host, const struct ppt_dirs *dirs,
                               const struct ppt_engine *engine, struct ppt_journal *journal,
                               struct ppt_samples *samples, struct ppt_error *error)
{
    struct judge_context context = {ppt_answer_context_of(config, host), config->relative_ci};
    const struct ppt_sweep_judge judge = {enough, &context, print->quiet ? NULL : stderr, engine};
    struct ppt_error ignored;
    enum ppt_status status = ppt_sweep_run(config, dirs, journal, &judge, samples, error);

    if (status == PPT_OK) {
        status = ppt_journal_check(journal, error);
    }
    /* That the last line is missing loses no measurement, and must not hide why it ended. */
    (void)ppt_journal_end(journal, status, &ignored);
    return status;
}

bool ppt_measure_reports(enum ppt_status status, const struct ppt_engine *engine)
{
    return status == PPT_OK || status == PPT_INTERRUPTED ||
           (engine && engine->broken(engine->context));
}

void ppt_measure_print_notes(struct ppt_text *notes)
{
    char *line = notes->data;

    /* They hold names of folders. */
    while (line && *line) {
        char *end = strchr(line, '\n');

        if (end) {
            *end = '\0';
        }
        ppt_text_print(stderr, "%s", line);
        line = end ? end + 1 : NULL;
    }
    ppt_text_free(notes);
}

enum ppt_status ppt_measure_report(const struct ppt_print *print, const struct ppt_outcome *outcome,
                                   struct ppt_error *error)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text table = {0}, notes = {0};
    enum ppt_status status = PPT_OK;

    if (outcome->summary->count > 0) {
        status = ppt_report_write(outcome, &notes, error);
    }
    if (!print->format && print->quiet) {
        ppt_text_verdict(outcome, &terminal, &table);
    } else if (!print->format) {
        ppt_text_table(outcome, &terminal, &table);
        ppt_text_add(&table, "\n");
    }
    if (table.length > 0) {
        fputs(table.data, stdout);
        fflush(stdout);
    }
    ppt_measure_print_notes(&notes);
    if (!print->quiet) {
        ppt_text_print(stderr, "results: %s", outcome->folder->path);
        fputs("\n", stderr);
    }
    ppt_text_free(&table);
    return status;
}
