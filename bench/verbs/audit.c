/*
 * audit: how often, on this machine, what runs state of themselves holds. Makes the same run again
 * and again, each in a process of its own, and holds each against all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "interrupt.h"
#include "json_value.h"
#include "loaded.h"
#include "memory.h"
#include "owned.h"
#include "run_folder.h"
#include "sentence.h"
#include "shared.h"
#include "start.h"
#include "terminal.h"
#include "verbs.h"

#define MOST_RUNS 1000

struct audit_options {
    uint64_t runs;
    const char *output;
    bool json;
};

/* Its own process, with what it prints sent to standard error: the answer of an audit is another.
 * Fails with the status that it ended with. */
static enum ppt_status run_once(const struct ppt_line *line, const char *folder,
                                struct ppt_error *error)
{
    const char **words PPT_FREED = ppt_alloc(line->operand_count + 5, sizeof(*words));
    posix_spawn_file_actions_t actions;
    size_t count = 0;
    int status = 0;
    pid_t child;

    /* What stands behind "--" may be a program with words of its own. */
    words[count++] = "ppt-omp";
    words[count++] = ppt_shared_options[PPT_SHARED_OUTPUT].name;
    words[count++] = folder;
    words[count++] = ppt_shared_options[PPT_SHARED_QUIET].name;
    for (size_t i = 0; i < line->operand_count; i++) {
        words[count++] = line->operands[i];
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    const int problem = ppt_start_another(words, &actions, NULL, &child);

    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) {
        return ppt_fail(error, PPT_FAILED, "cannot start a run: %s", strerror(problem));
    }
    if (TEMP_FAILURE_RETRY(waitpid(child, &status, 0)) < 0 || !WIFEXITED(status)) {
        return ppt_fail(error, PPT_FAILED, "a run was ended by a signal");
    }
    const int code = WEXITSTATUS(status);
    return code == 0 ? PPT_OK
                     : ppt_fail(error, (enum ppt_status)code,
                                "a run ended with exit code %d; its "
                                "message stands above",
                                code);
}

/* ---- what came of them ---- */

/* Prints a sentence, and takes it. */
static void print_sentence(char *sentence)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

    ppt_text_wrap(&out, sentence, terminal.width, 2);
    puts(out.data);
    free(sentence);
}

static char *choices_of(const struct ppt_audit *audit, const struct ppt_answer *answer)
{
    struct ppt_text out = {0};
    size_t kinds = 0;

    ppt_text_add(&out, "Recommended:");
    for (size_t p = 0; p < audit->point_count; p++) {
        if (audit->recommended[p] > 0) {
            char label[PPT_POINT_SIZE];

            ppt_text_addf(
                &out, "%s %s in %zu", kinds++ > 0 ? "," : "",
                ppt_point_label(answer->grid.points[p], ppt_grid_several(&answer->grid), label),
                audit->recommended[p]);
        }
    }
    ppt_text_add(&out, "; confidence: ");
    for (size_t c = PPT_CONFIDENCE_HIGH + 1; c-- > 0;) {
        ppt_text_addf(&out, "%s %zu%s", ppt_confidence_names[c], audit->confidences[c],
                      c > 0 ? ", " : ".");
    }
    return out.data;
}

static void audit_print(const struct ppt_audit *audit, const struct ppt_answer *answer)
{
    const double sd = 100 * audit->between_run_sd;

    print_sentence(
        ppt_text_format("%zu runs. Speedups: %zu of %zu intervals hold the median of "
                        "all runs (%.0f %%; stated 95 %%).",
                        audit->runs, audit->intervals_held, audit->intervals,
                        100.0 * (double)audit->intervals_held / (double)audit->intervals));
    print_sentence(ppt_text_format(
        "Bounds: \"at most so much slower\" held in %zu of %zu runs (stated 95 %%).",
        audit->bounds_held, audit->runs));
    print_sentence(choices_of(audit, answer));
    print_sentence(ppt_text_format("Runs differ by %.*f %% (standard deviation of their medians): "
                                   "a change below about %.*f %% cannot be told from one run a "
                                   "side.",
                                   sd < 9.95 ? 1 : 0, sd, 3 * sd < 9.95 ? 1 : 0, 3 * sd));
}

static void audit_print_json(const struct ppt_audit *audit, const struct ppt_answer *answer)
{
    json_object *object = json_object_new_object(), *recommended = json_object_new_object();
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

    for (size_t p = 0; p < audit->point_count; p++) {
        char label[PPT_POINT_SIZE];

        if (audit->recommended[p] > 0) {
            add(recommended,
                ppt_point_label(answer->grid.points[p], ppt_grid_several(&answer->grid), label),
                integer(audit->recommended[p]));
        }
    }
    add(object, "runs", integer(audit->runs));
    add(object, "stated", number(0.95));
    add(object, "intervals", integer(audit->intervals));
    add(object, "speedup_held", number((double)audit->intervals_held / (double)audit->intervals));
    add(object, "bound_held", number((double)audit->bounds_held / (double)audit->runs));
    add(object, "recommended", recommended);
    add(object, "between_run_sd", number(audit->between_run_sd));
    print_document(object, &out);
    fputs(out.data, stdout);
}

/* ---- the runs ---- */

struct audited {
    struct ppt_loaded *items;
    size_t count;
};

static void free_audited(struct audited *audited)
{
    for (size_t i = 0; i < audited->count; i++) {
        ppt_loaded_free(&audited->items[i]);
    }
    free(audited->items);
}

static enum ppt_status run_all(const struct ppt_line *line, const struct ppt_folder *all,
                               struct audited *audited, struct ppt_error *error)
{
    const uint64_t runs = ((const struct audit_options *)line->options)->runs;

    audited->items = ppt_alloc(runs, sizeof(*audited->items));
    for (uint64_t i = 0; i < runs && !ppt_interrupted; i++) {
        char *folder PPT_FREED = ppt_text_format("%s/%03u", all->path, (unsigned)(i + 1));
        char *latest PPT_FREED = ppt_text_format("%s/latest", folder);

        fprintf(stderr, "ppt-omp: run %u of %u\n", (unsigned)(i + 1), (unsigned)runs);
        const enum ppt_status status = run_once(line, folder, error);
        if (status != PPT_OK && ppt_interrupted) {
            break;
        }
        PPT_TRY(status);
        audited->count++;
        PPT_TRY(ppt_loaded_open(latest, &audited->items[i], error));
        PPT_TRY(ppt_loaded_check_single(&audited->items[i], error));
    }
    return PPT_OK;
}

static enum ppt_status audit(const struct ppt_line *line, struct ppt_error *error)
{
    const struct audit_options *options = line->options;
    struct ppt_folder output PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_run_folder folder PPT_OWNED(ppt_run_folder_close) = {0};
    struct audited audited PPT_OWNED(free_audited) = {0};
    struct ppt_audit result PPT_OWNED(ppt_audit_free) = {0};

    if (options->runs < PPT_AUDIT_FEWEST || options->runs > MOST_RUNS) {
        return ppt_fail(error, PPT_BAD_INPUT, "--runs: from %d to %d", PPT_AUDIT_FEWEST, MOST_RUNS);
    }
    ppt_interrupt_watch();
    PPT_TRY(ppt_run_folder_open_all(options->output, &output, error));
    PPT_TRY(ppt_run_folder_create(&output, "audit", time(NULL), &folder, error));
    PPT_TRY(run_all(line, &folder.folder, &audited, error));

    const struct ppt_answer **answers PPT_FREED =
        ppt_alloc(audited.count + 1, sizeof(struct ppt_answer *));
    size_t count = 0;

    for (size_t i = 0; i < audited.count; i++) {
        if (audited.items[i].answer.verdict.exists) {
            answers[count++] = &audited.items[i].answer;
        }
    }
    PPT_TRY(ppt_audit_of(answers, count, &result, error));
    if (options->json) {
        audit_print_json(&result, answers[0]);
    } else {
        audit_print(&result, answers[0]);
    }
    return ppt_interrupted
               ? ppt_fail(error, PPT_INTERRUPTED, "interrupted after %zu runs", audited.count)
               : PPT_OK;
}

static const struct ppt_option audit_rows[] = {
    {"--runs", PPT_OPTION_COUNT, .offset = offsetof(struct audit_options, runs),
     .heading = "Option of audit:", .joins = true, .metavar = "N",
     .help = ": how often (20); options of the runs behind \"--\""},
    PPT_SHARED(OUTPUT, struct audit_options, output),
    PPT_SHARED(JSON, struct audit_options, json),
};

const struct ppt_verb ppt_verb_audit = {
    .name = "audit",
    .forms = {{"audit CONFIG.json", "how often stated bounds hold here"}},
    .most = SIZE_MAX,
    .needs = "a configuration, as in: ppt-omp audit config/sort.json --runs 20",
    PPT_OPTIONS(audit_rows, struct audit_options, .runs = 20, .output = "output"),
    .run = audit,
};
