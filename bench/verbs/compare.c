/*
 * compare: did speed or scaling change between recorded runs?
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "comparable.h"
#include "compare_report.h"
#include "file.h"
#include "item.h"
#include "loaded.h"
#include "memory.h"
#include "owned.h"
#include "shared.h"
#include "verbs.h"
#include "workspace.h"

struct compare_options {
    size_t old_count; /* operands before "--"; 0: there is none */
    struct ppt_compare_rules rules;
    const char *html; /* the page to write, or NULL */
    bool different;   /* the sides may be two tasks */
    bool json;
};

struct comparing {
    struct ppt_loaded *loaded;    /* old ones first */
    struct ppt_outcome *outcomes; /* of them, side by side */
    size_t count, old_count;
    double percentile; /* that latencies are compared by; 0: pass times are compared */
};

static enum ppt_status read_sides(const struct ppt_line *line, struct comparing *sides,
                                  struct ppt_error *error)
{
    const struct compare_options *options = line->options;
    const struct ppt_compare_rules *rules = &options->rules;
    const size_t old_count = options->old_count;

    sides->count = line->operand_count;
    sides->old_count = old_count > 0 ? old_count : 1;
    if (old_count == 0 && line->operand_count != 2) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "compare needs the folders of two runs, or several of each side with "
                        "\"--\" between old and new ones");
    }
    if (rules->between_runs > 0 && sides->count > 2) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "--between-runs is for one run a side: several show by themselves how far "
                        "they are apart");
    }
    if (sides->count == sides->old_count) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare needs the folder of a run after \"--\"");
    }
    return PPT_OK;
}

/* A run counted twice, perhaps by way of the link "latest", would make its side look surer than it
 * is. On both sides it is harmless. */
static enum ppt_status check_distinct(const char *const *folders, const struct comparing *sides,
                                      struct ppt_error *error)
{
    struct stat a, b;

    for (size_t i = 0; i < sides->count; i++) {
        const size_t end = i < sides->old_count ? sides->old_count : sides->count;

        for (size_t j = i + 1; j < end; j++) {
            if (stat(folders[i], &a) == 0 && stat(folders[j], &b) == 0 && a.st_dev == b.st_dev &&
                a.st_ino == b.st_ino) {
                return ppt_fail(error, PPT_BAD_INPUT, "%s and %s are the same run, on one side",
                                folders[i], folders[j]);
            }
        }
    }
    return PPT_OK;
}

static bool has_sizes(const struct ppt_loaded *loaded)
{
    return loaded->variants.policies.count > 0;
}

static enum ppt_status load_sides(const char *const *folders, struct comparing *sides,
                                  struct ppt_error *error)
{
    sides->loaded = ppt_alloc(sides->count, sizeof(*sides->loaded));
    sides->outcomes = ppt_alloc(sides->count, sizeof(*sides->outcomes));
    for (size_t i = 0; i < sides->count; i++) {
        PPT_TRY(ppt_loaded_open(folders[i], &sides->loaded[i], error));
        if (has_sizes(&sides->loaded[0])) {
            continue; /* compared by their policies */
        }
        PPT_TRY(ppt_loaded_check_single(&sides->loaded[i], error));
        sides->outcomes[i] = sides->loaded[i].outcomes[0];
    }
    return PPT_OK;
}

static void comparing_free(struct comparing *sides)
{
    for (size_t i = 0; sides->loaded && i < sides->count; i++) {
        ppt_loaded_free(&sides->loaded[i]);
    }
    free(sides->loaded);
    free(sides->outcomes);
}

/* So much that nothing may rest on all points of a run. */
static bool compare_is_disturbed(const struct ppt_outcome *run)
{
    const struct ppt_disturbance *disturbance = &run->answer->disturbance;
    double most = 0;

    for (size_t p = 0; p < run->index->point_count; p++) {
        most = fmax(most, ppt_disturbance_at(run->index, p));
    }
    return ppt_disturbance_caps(disturbance, most) || disturbance->stopped + disturbance->moved > 0;
}

/* Which latencies of tasks that arrive are compared: those that the objective is about. */
static double percentile_of(const struct ppt_config *config)
{
    return !ppt_arrivals_exist(&config->arrivals)  ? 0
           : config->goal.kind == PPT_GOAL_LATENCY ? config->goal.percentile
                                                   : ppt_latency_known(config->task_count);
}

static void compare_runs(const struct ppt_compare_rules *given, const struct comparing *sides,
                         struct ppt_comparison *comparison)
{
    struct ppt_compared_run *runs PPT_FREED = ppt_alloc(sides->count, sizeof(*runs));
    struct ppt_grid *latencies PPT_FREED = ppt_alloc(sides->count, sizeof(*latencies));
    struct ppt_compare_rules rules = *given;

    rules.latencies = sides->percentile > 0;
    for (size_t i = 0; i < sides->count; i++) {
        const struct ppt_outcome *run = &sides->outcomes[i];

        if (rules.latencies) {
            ppt_latency_grid(run->index, sides->percentile, &latencies[i]);
        }
        runs[i] = (struct ppt_compared_run){
            .grid = rules.latencies ? &latencies[i] : &run->answer->grid,
            .disturbed = compare_is_disturbed(run),
        };
    }
    ppt_comparison_of(runs, sides->old_count, sides->count - sides->old_count, &rules, comparison);
    for (size_t i = 0; i < sides->count; i++) {
        ppt_grid_free(&latencies[i]);
    }
}

static void print(bool json, const struct ppt_comparison_outcome *outcome)
{
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

    if (json) {
        ppt_comparison_json(outcome, &out);
    } else {
        ppt_comparison_text(outcome, &out);
    }
    fputs(out.data, stdout);
}

/* The chart is drawn in a place of its own and goes into the page. */
static enum ppt_status write_page(const char *path, const struct ppt_comparison_outcome *outcome,
                                  struct ppt_error *error)
{
    struct ppt_workspace workspace PPT_OWNED(ppt_workspace_remove) = {0};
    struct ppt_text page PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text notes PPT_OWNED(ppt_text_free) = {0};

    PPT_TRY(ppt_workspace_create(&workspace, error));
    PPT_TRY(ppt_comparison_chart(outcome, &workspace.folder, &notes, error));
    ppt_comparison_html(outcome, &workspace.folder, &page);
    return ppt_file_write(path, page.data, page.length, error);
}

static void warn(const char *lines)
{
    while (lines && *lines) {
        const int length = (int)strcspn(lines, "\n");

        fprintf(stderr, "ppt-omp: %.*s\n", length, lines);
        lines += length + 1;
    }
}

static enum ppt_status status_of(const struct ppt_comparison *comparison)
{
    return comparison->change == PPT_CHANGE_SLOWER         ? PPT_REGRESSION
           : comparison->change == PPT_CHANGE_INCONCLUSIVE ? PPT_INCONCLUSIVE
                                                           : PPT_OK;
}

/* ---- several sizes ---- */

/* The sizes that the i-th policy of a run was made of; to be given to free(). */
static struct ppt_policy_input *inputs_of(const struct ppt_loaded *loaded, size_t which,
                                          size_t *count)
{
    const struct ppt_variants *variants = &loaded->variants;
    const struct ppt_policy *policy = &variants->policies.items[which];
    struct ppt_policy_input *inputs = ppt_alloc(variants->count, sizeof(*inputs));

    *count = 0;
    for (size_t i = 0; i < variants->count; i++) {
        const struct ppt_variant *variant = &variants->items[i];

        if (ppt_policy_covers(policy, variant->config.uses[0].label)) {
            inputs[(*count)++] = (struct ppt_policy_input){
                variant->config.uses[0].values[0], &variant->answer.grid, &variant->answer.verdict};
        }
    }
    return inputs;
}

/* What holds of rates is no policy that could be followed in another run. */
static enum ppt_status refuse_rates(const struct ppt_loaded *run, struct ppt_error *error)
{
    return run->content.configs.items[0].rates
               ? ppt_fail(
                     error, PPT_BAD_INPUT,
                     "cannot be compared: several rates of arrivals are in %s; compare runs of "
                     "one rate",
                     run->folder.path)
               : PPT_OK;
}

static enum ppt_status check_policies(const struct compare_options *options,
                                      const struct comparing *sides, struct ppt_error *error)
{
    const struct ppt_loaded *old = &sides->loaded[0], *new = &sides->loaded[1];
    const struct ppt_config *a = old->content.configs.items, *b = new->content.configs.items;

    PPT_TRY(refuse_rates(old, error));
    PPT_TRY(refuse_rates(new, error));
    if (sides->count != 2 || options->html) {
        return ppt_fail(error, PPT_BAD_INPUT, "runs of several sizes are compared %s",
                        options->html ? "without a page" : "one with one");
    }
    if (strcmp(a->task, b->task) != 0 || !has_sizes(new) ||
        strcmp(a->axes[0].name, b->axes[0].name) != 0) {
        return ppt_fail(
            error, PPT_BAD_INPUT, "cannot be compared: %s is of %s, %.200s; %s is of %s, %.200s",
            old->folder.path, a->task, a->details, new->folder.path, b->task, b->details);
    }
    return PPT_OK;
}

static void print_policies(const struct compare_options *options,
                           const struct ppt_policy_comparison *comparisons, size_t count)
{
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

    if (options->json) {
        ppt_policy_comparison_json(comparisons, count, &out);
    } else {
        ppt_policy_comparison_text(comparisons, count, &out);
    }
    fputs(out.data, stdout);
}

/* Whether what the old run said of each size holds in the new one. */
static enum ppt_status compare_policies(const struct ppt_line *line, const struct comparing *sides,
                                        struct ppt_error *error)
{
    const struct compare_options *options = line->options;
    size_t moved = 0, held = 0, count = 0;

    PPT_TRY(check_policies(options, sides, error));
    const struct ppt_policies *old = &sides->loaded[0].variants.policies;
    const struct ppt_policies *new = &sides->loaded[1].variants.policies;
    struct ppt_policy_comparison *comparisons PPT_FREED =
        ppt_alloc(new->count, sizeof(*comparisons));

    for (size_t i = 0; i < new->count; i++) {
        const struct ppt_policy *before = ppt_policies_find(old, new->items[i].where);
        size_t inputs_count;
        struct ppt_policy_input *inputs PPT_FREED = inputs_of(&sides->loaded[1], i, &inputs_count);

        if (before) {
            struct ppt_policy_comparison *comparison = &comparisons[count++];

            ppt_policy_compare(before, &new->items[i], inputs, inputs_count, comparison);
            moved += comparison->change == PPT_POLICY_MOVED;
            held += comparison->change == PPT_POLICY_HOLDS;
        }
    }
    print_policies(options, comparisons, count);
    for (size_t i = 0; i < count; i++) {
        ppt_policy_comparison_free(&comparisons[i]);
    }
    return moved > 0 ? PPT_REGRESSION : held == count && count > 0 ? PPT_OK : PPT_INCONCLUSIVE;
}

static enum ppt_status compare(const struct ppt_line *line, struct ppt_error *error)
{
    const struct compare_options *options = line->options;
    struct comparing sides PPT_OWNED(comparing_free) = {0};
    struct ppt_text warnings PPT_OWNED(ppt_text_free) = {0};
    struct ppt_comparison comparison PPT_OWNED(ppt_comparison_free) = {0};

    PPT_TRY(read_sides(line, &sides, error));
    PPT_TRY(check_distinct(line->operands, &sides, error));
    PPT_TRY(load_sides(line->operands, &sides, error));
    if (has_sizes(&sides.loaded[0])) {
        return compare_policies(line, &sides, error);
    }
    PPT_TRY(ppt_comparable_check(sides.outcomes, sides.old_count, sides.count, options->different,
                                 error));
    sides.percentile = percentile_of(sides.outcomes[0].config);
    compare_runs(&options->rules, &sides, &comparison);
    ppt_comparable_warn(sides.outcomes, sides.count, &warnings);
    const struct ppt_comparison_outcome outcome = {
        .comparison = &comparison,
        .old_runs = sides.outcomes,
        .new_runs = sides.outcomes + sides.old_count,
        .old_count = sides.old_count,
        .new_count = sides.count - sides.old_count,
        .warnings = warnings.data ? warnings.data : "",
        .percentile = sides.percentile,
        .different =
            !ppt_comparable_same_task(&sides.outcomes[0], &sides.outcomes[sides.old_count]),
    };

    warn(outcome.warnings);
    print(options->json, &outcome);
    if (options->html) {
        PPT_TRY(write_page(options->html, &outcome, error));
    }
    return status_of(&comparison);
}

/* "--" stands between old and new; options may follow on both sides of it. */
static enum ppt_status compare_separate(struct ppt_line *line, struct ppt_error *error)
{
    struct compare_options *options = line->options;

    if (options->old_count > 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare has two sides, and one \"--\" between them");
    }
    if (line->operand_count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare needs the folder of a run before \"--\"");
    }
    options->old_count = line->operand_count;
    line->rest = PPT_REST_ALL;
    return PPT_OK;
}

/* What audit found of runs: its file. */
static enum ppt_status read_audit(const char *path, double *sd, struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *object PPT_OWNED(ppt_json_put) = NULL;
    struct ppt_place place;
    struct ppt_item member;

    PPT_TRY(ppt_source_read(path, &source, error));
    PPT_TRY(ppt_json_parse(&source, &object, error));
    const struct ppt_item whole = {object, &source, NULL};

    PPT_TRY(ppt_item_member(&whole, "between_run_sd", &place, &member, error));
    return ppt_item_real(&member, 0, 1, sd, error);
}

/* A share, "0.022" or "2.2%", or a file. */
static enum ppt_status read_between_runs(const char *value, void *place, struct ppt_error *error)
{
    char *end = NULL;
    double *sd = place;

    *sd = strtod(value, &end);
    if (end == value || (*end != '\0' && strcmp(end, "%") != 0)) {
        return read_audit(value, sd, error);
    }
    *sd /= *end == '%' ? 100 : 1;
    return *sd > 0 && *sd <= 1
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT,
                          "--between-runs: \"%s\" is not a number above 0, up to 1 (or 100%%), nor "
                          "a file",
                          value);
}

static const struct ppt_option compare_rows[] = {
    {"--threshold", PPT_OPTION_SHARE, .offset = offsetof(struct compare_options, rules.threshold),
     .heading = "Options of compare:", .metavar = "X", .help = "the change that counts (0.03);"},
    {"--different", PPT_OPTION_FLAG, .offset = offsetof(struct compare_options, different),
     .joins = true, .help = ": two tasks"},
    {"--between-runs", PPT_OPTION_READ, .read = read_between_runs,
     .offset = offsetof(struct compare_options, rules.between_runs), .metavar = "X",
     .help = "how far runs are apart, see audit;"},
    {"--html", PPT_OPTION_TEXT, .offset = offsetof(struct compare_options, html), .noun = "file",
     .joins = true, .metavar = "FILE", .help = ": a page"},
    PPT_SHARED(JSON, struct compare_options, json),
};

const struct ppt_verb ppt_verb_compare = {
    .name = "compare",
    .forms = {{"compare OLD NEW", "did speed or scaling change?"},
              {"compare OLD... -- NEW...", "the same with several runs on a side"}},
    .most = SIZE_MAX,
    .needs = "the folders of two runs, as in: ppt-omp compare output/before output/after",
    .separate = compare_separate,
    PPT_OPTIONS(compare_rows, struct compare_options, .rules.threshold = 0.03),
    .run = compare,
};
