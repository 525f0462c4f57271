#include "measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flags.h"
#include "json_value.h"
#include "keys.h"
#include "owned.h"
#include "range.h"
#include "sentence.h"
#include "size.h"
#include "sweep.h"
#include "variants.h"

/* Of its time; after that a new size would not be measured often enough. */
#define MOST_BEFORE_MORE 0.85

void ppt_measure_now(char out[PPT_STARTED_SIZE])
{
    const time_t now = time(NULL);
    struct tm local;

    localtime_r(&now, &local);
    strftime(out, PPT_STARTED_SIZE, "%Y-%m-%dT%H:%M:%S%z", &local);
}

struct judge_context {
    const struct ppt_config *config;
    const struct ppt_host *host;
};

/* Whether an adaptive run may stop: asks the analysis on behalf of the sweep. */
static bool enough(const struct ppt_samples *samples, void *context)
{
    const struct judge_context *judge = context;
    const struct ppt_config *config = judge->config;
    const struct ppt_answer_context about = ppt_answer_context_of(config, judge->host);

    const struct ppt_objective_context asked = ppt_answer_objective(&about);

    if (config->pressed.point_count > 0) {
        return ppt_sensitivity_settled(samples, config->tolerance);
    }
    return config->variant_count > 0 ? ppt_variants_settle(config, judge->host, samples)
                                     : ppt_objective_settles(samples, &asked, config->relative_ci);
}

void ppt_measure_warn(const struct ppt_config *config)
{
    if (config->warning) {
        ppt_text_print(stderr, "ppt-omp: %s", config->warning);
    }
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

    PPT_TRY(ppt_measure_check_ranks(config, engine, error));
    PPT_TRY(ppt_sweep_check(config, scratch, ppt_cluster_neighbours(&host->cluster, ranks, 0),
                            ppt_host_memory(host), error));
    return ranks > 0 ? engine->prepare(engine->context, config, true, error) : PPT_OK;
}

enum ppt_status ppt_measure_set_up(const struct ppt_config *config, struct ppt_hooks **hooks,
                                   struct ppt_error *error)
{
    PPT_TRY(ppt_hooks_create(config, hooks, error));
    return ppt_hooks_run(*hooks, PPT_HOOK_SETUP, error);
}

enum ppt_status ppt_measure_clean_up(struct ppt_hooks **hooks, enum ppt_status status,
                                     struct ppt_error *error)
{
    struct ppt_error problem;
    const enum ppt_status cleaned = ppt_hooks_run(*hooks, PPT_HOOK_CLEANUP, &problem);

    ppt_hooks_destroy(*hooks);
    *hooks = NULL;
    if (cleaned == PPT_OK) {
        return status;
    }
    if (status == PPT_OK) {
        *error = problem;
        return cleaned;
    }
    ppt_text_print(stderr, "ppt-omp: %s", problem.text);
    return status;
}

/* For who would rather have every pass once, and know that others took part. */
static bool measures_again(void)
{
    const char *wish = getenv("PPT_MEASURE_AGAIN");

    return !wish || strcmp(wish, "0") != 0;
}

/* How long it has been measured. */
static double measured_s(const struct ppt_samples *samples)
{
    const struct ppt_sample *last = &samples->items[samples->count - 1];

    return samples->count > 0 ? (double)(last->started_ns + ppt_sample_wall_ns(last)) * 1e-9 : 0;
}

static void tell_sizes(const struct ppt_config *config, const struct ppt_more_sizes *more)
{
    struct ppt_text list PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < more->count; i++) {
        char number[PPT_RANGE_NUMBER_SIZE];

        ppt_text_addf(&list, "%s%s", i > 0 ? ", " : "", ppt_range_number(more->values[i], number));
    }
    ppt_text_print(stderr, "%s: next, where the choice changes: %s %s", ppt_config_title(config),
                   config->axes[0].name, list.data);
}

/* Whether the run goes on with sizes between those that it has: where it has time, and its policy
 * is not known well enough there. */
static enum ppt_status add_sizes(const struct ppt_print *print, struct ppt_config *config,
                                 const struct ppt_host *host, struct ppt_journal *journal,
                                 const struct ppt_samples *samples, bool *more,
                                 struct ppt_error *error)
{
    struct ppt_more_sizes sizes PPT_OWNED(ppt_more_sizes_free) = {0};

    *more = config->adaptive && config->axis_count == 1 &&
            measured_s(samples) < config->max_seconds * MOST_BEFORE_MORE &&
            ppt_variants_more(config, host, samples, &sizes);
    if (!*more) {
        return PPT_OK;
    }
    if (!print->quiet) {
        tell_sizes(config, &sizes);
    }
    PPT_TRY(ppt_config_add_sizes(config, &sizes, error));
    return ppt_journal_sizes(journal, &sizes, error);
}

static void tell_why(const struct ppt_config *config, const struct ppt_why *why)
{
    struct ppt_text counts PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < why->count; i++) {
        ppt_text_addf(&counts, "%s%u", i > 0 ? " and " : "", why->workers[i]);
    }
    ppt_text_print(stderr,
                   "%s: next, what slows a task: %llu of them per pass at %s worker%s, alone "
                   "and beside pressure on one resource at a time",
                   ppt_config_title(config), (unsigned long long)why->task_count, counts.data,
                   why->count == 1 && why->workers[0] == 1 ? "" : "s");
}

/* Whether causes are to be searched for, now that the verdict is known. */
static enum ppt_status add_why(const struct ppt_print *print, struct ppt_config *config,
                               const struct ppt_host *host, struct ppt_journal *journal,
                               const struct ppt_samples *samples, bool *more,
                               struct ppt_error *error)
{
    const struct ppt_answer_context context = ppt_answer_context_of(config, host);
    struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_why why;

    *more = false;
    if (!config->why || config->pressed.point_count > 0) {
        return PPT_OK;
    }
    ppt_index_create(samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    if (!ppt_sensitivity_plan(config, &index, &answer, &why)) {
        return PPT_OK; /* nothing has run */
    }
    if (!print->quiet) {
        tell_why(config, &why);
    }
    *more = true;
    PPT_TRY(ppt_config_add_why(config, &why, error));
    return ppt_journal_why(journal, &why, error);
}

/* What is measured behind what is known now, as a round of its own: sizes, or causes. */
static enum ppt_status add_round(const struct ppt_print *print, struct ppt_config *config,
                                 const struct ppt_host *host, struct ppt_journal *journal,
                                 const struct ppt_samples *samples, bool *more,
                                 struct ppt_error *error)
{
    return config->why ? add_why(print, config, host, journal, samples, more, error)
                       : add_sizes(print, config, host, journal, samples, more, error);
}

enum ppt_status ppt_measure_go(const struct ppt_print *print, struct ppt_config *config,
                               const struct ppt_host *host, const struct ppt_dirs *dirs,
                               const struct ppt_engine *engine, struct ppt_journal *journal,
                               struct ppt_samples *samples, struct ppt_error *error)
{
    struct judge_context context = {config, host};
    struct ppt_sweep_judge judge = {
        .enough = enough,
        .context = &context,
        .again = measures_again() ? ppt_flags_again : NULL,
        .progress = print->quiet ? NULL : stderr,
        .engine = engine,
        .memory_bytes = ppt_host_memory_limit(host, config),
    };
    struct ppt_error ignored;
    enum ppt_status status;
    bool more = false;

    do {
        judge.max_seconds =
            config->max_seconds * (config->round_count == 0 ? ppt_size_first_share(config) : 1);
        status = ppt_sweep_run(config, dirs, journal, &judge, samples, error);
        if (status == PPT_OK) {
            status = add_round(print, config, host, journal, samples, &more, error);
        }
    } while (status == PPT_OK && more);
    if (status == PPT_OK) {
        status = ppt_journal_check(journal, error);
    }
    /* That the last line is missing loses no measurement, and must not hide why it ended. */
    (void)ppt_journal_end(journal, status, &ignored);
    return status;
}

void ppt_measure_print_notes(struct ppt_text *notes)
{
    char *rest = notes->data, *line;

    /* They hold names of folders. */
    while ((line = strsep(&rest, "\n")) && (*line || rest)) {
        ppt_text_print(stderr, "%s", line);
    }
    ppt_text_free(notes);
}

void ppt_measure_print(const struct ppt_print *print, const struct ppt_loaded *loaded)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < loaded->outcome_count; i++) {
        if (loaded->variants.policies.count > 0) {
            break; /* sizes are rows of one table */
        }
        if (print->quiet) {
            ppt_text_verdict(&loaded->outcomes[i], &terminal, &text);
            ppt_text_why_sentence(&loaded->outcomes[i], &terminal, &text);
        } else {
            ppt_text_table(&loaded->outcomes[i], &terminal, &text);
            ppt_text_add(&text, loaded->variants.count > 0 ? "\n" : "");
        }
    }
    if (loaded->variants.policies.count > 0) {
        ppt_text_policies(loaded->outcomes, loaded->outcome_count, print->quiet, &terminal, &text);
    } else if (loaded->variants.count > 0 && print->quiet) {
        ppt_text_ranking_sentence(&loaded->variants.ranking, &terminal, &text);
    } else if (loaded->variants.count > 0) {
        ppt_text_ranking(loaded->outcomes, loaded->outcome_count, &terminal, &text);
    }
    fputs(text.data, stdout);
}

void ppt_measure_print_format(const struct ppt_print *print, const struct ppt_outcome *outcomes,
                              size_t count)
{
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};

    if (print->format && count > 0) {
        print->format->write(outcomes, count, &text);
        fputs(text.data, stdout);
    }
}

void ppt_measure_print_causes(const struct ppt_outcome *outcomes, size_t count)
{
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};
    json_object *runs;

    if (count == 0) {
        return; /* what failed is told */
    }
    runs = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        json_object_array_add(runs, ppt_json_why(outcomes[i].answer));
    }
    if (count == 1) {
        print_document(json_object_get(json_object_array_get_idx(runs, 0)), &text);
        json_object_put(runs);
    } else {
        json_object *all = json_object_new_object();

        add(all, ppt_key_name(PPT_KEY_RUNS), runs);
        print_document(all, &text);
    }
    fputs(text.data, stdout);
}

/* The answer that needs the most to be sure; NULL: nobody can say, or all are. */
static const struct ppt_answer *least_settled(const struct ppt_loaded *loaded)
{
    const struct ppt_answer *least = NULL;

    for (size_t i = 0; i < loaded->outcome_count; i++) {
        const struct ppt_answer *answer = loaded->outcomes[i].answer;

        if (answer->verdict.exists &&
            answer->verdict.blocks_needed > (least ? least->verdict.blocks_needed : 0)) {
            least = answer;
        }
    }
    return least;
}

/* What would settle a choice that is not, as options: where the sentence that says it is not
 * printed, or several say it. */
static void tell_what_is_needed(const struct ppt_print *print, const struct ppt_loaded *loaded)
{
    const struct ppt_answer *answer = least_settled(loaded);
    struct ppt_text needed PPT_OWNED(ppt_text_free) = {0};

    /* One that ended early is better gone on with. */
    if (!loaded->content.ended || loaded->content.status != PPT_OK || !answer ||
        (!print->format && !print->causes && loaded->outcome_count == 1)) {
        return;
    }
    ppt_sentence_needed(answer, &needed);
    fprintf(stderr, "not settled; 3 times in 4 it would be with %s\n", needed.data);
}

/* Writes the files, if there is a pass for them, and prints. */
static enum ppt_status report(const struct ppt_print *print, const struct ppt_loaded *loaded,
                              struct ppt_error *error)
{
    struct ppt_text notes = {0};
    enum ppt_status status = PPT_OK;

    if (loaded->summary.count > 0) {
        status = ppt_loaded_report(loaded, &notes, error);
    }
    if (!print->format && !print->causes) {
        ppt_measure_print(print, loaded);
        fputs(print->quiet ? "" : "\n", stdout);
        fflush(stdout);
    }
    ppt_measure_print_notes(&notes);
    if (!print->quiet) {
        tell_what_is_needed(print, loaded);
        ppt_text_print(stderr, "results: %s/%s", loaded->folder.path, ppt_report_page());
        fputs("\n", stderr);
    }
    return status;
}

static enum ppt_status load_and_report(const struct ppt_print *print, struct ppt_folder *folder,
                                       struct ppt_loaded *loaded, struct ppt_error *error)
{
    loaded->chart_mm = print->chart_mm;
    PPT_TRY(ppt_loaded_read(folder, loaded, error));
    if (loaded->summary.count == 0 && loaded->content.samples.failure_count > 0) {
        return PPT_OK; /* what failed is told in the end, and there is nothing else */
    }
    PPT_TRY(report(print, loaded, error));
    loaded->reported = loaded->summary.count > 0;
    return PPT_OK;
}

enum ppt_status ppt_measure_end(const struct ppt_print *print, const struct ppt_engine *engine,
                                enum ppt_status status, struct ppt_folder *folder,
                                struct ppt_loaded *loaded, struct ppt_error *error)
{
    struct ppt_error problem = {""};

    if (status != PPT_OK && status != PPT_INTERRUPTED &&
        !(engine && engine->broken(engine->context))) {
        return status;
    }
    enum ppt_status reported = load_and_report(print, folder, loaded, &problem);
    if (reported != PPT_OK && status != PPT_FAILED) {
        *error = problem;
        return reported;
    }
    if (status == PPT_INTERRUPTED) {
        return ppt_fail(error, status, "interrupted; to go on: ppt-omp resume %s",
                        loaded->folder.path);
    }
    return status == PPT_OK ? ppt_loaded_failures(loaded, error) : status;
}
