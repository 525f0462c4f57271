/*
 * compare: did speed or scaling change between recorded runs?
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "comparable.h"
#include "compare_report.h"
#include "file.h"
#include "memory.h"
#include "recorded.h"
#include "shared.h"
#include "verbs.h"
#include "workspace.h"

struct compare_options {
    size_t old_count; /* operands before "--"; 0: there is none */
    double threshold; /* the change that counts */
    bool strict;      /* a suspect is not fine */
    const char *html; /* the page to write, or NULL */
    bool json;
};

struct comparing {
    struct ppt_recorded *recorded; /* old ones first */
    struct ppt_outcome *outcomes;  /* of them, side by side */
    size_t count, old_count;
};

static enum ppt_status read_sides(const struct ppt_line *line, struct comparing *session,
                                  struct ppt_error *error)
{
    const size_t old_count = ((const struct compare_options *)line->options)->old_count;

    session->count = line->operand_count;
    session->old_count = old_count > 0 ? old_count : 1;
    if (old_count == 0 && line->operand_count != 2) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "compare needs the folders of two runs, or several of each side with "
                        "\"--\" between old and new ones");
    }
    if (session->count == session->old_count) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare needs the folder of a run after \"--\"");
    }
    return PPT_OK;
}

/* A run counted twice, perhaps by way of the link "latest", would make its side look surer than it
 * is. On both sides it is harmless. */
static enum ppt_status check_distinct(const char *const *folders, const struct comparing *session,
                                      struct ppt_error *error)
{
    struct stat a, b;

    for (size_t i = 0; i < session->count; i++) {
        const size_t end = i < session->old_count ? session->old_count : session->count;

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

static enum ppt_status load(const char *const *folders, struct comparing *session,
                            struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    session->recorded = ppt_alloc(session->count, sizeof(*session->recorded));
    session->outcomes = ppt_alloc(session->count, sizeof(*session->outcomes));
    for (size_t i = 0; i < session->count && status == PPT_OK; i++) {
        status = ppt_recorded_load(folders[i], &session->recorded[i], error);
        session->outcomes[i] = session->recorded[i].outcome;
    }
    return status;
}

static void session_free(struct comparing *session)
{
    for (size_t i = 0; session->recorded && i < session->count; i++) {
        ppt_recorded_free(&session->recorded[i]);
    }
    free(session->recorded);
    free(session->outcomes);
}

static void compare_grids(double threshold, const struct comparing *session,
                          struct ppt_comparison *comparison)
{
    struct ppt_grid *grids = ppt_alloc(session->count, sizeof(*grids));

    for (size_t i = 0; i < session->count; i++) {
        grids[i] = session->outcomes[i].answer->grid;
    }
    ppt_comparison_of(grids, session->old_count, grids + session->old_count,
                      session->count - session->old_count, threshold, comparison);
    free(grids);
}

static void print(bool json, const struct ppt_comparison_outcome *outcome)
{
    struct ppt_text out = {0};

    if (json) {
        ppt_comparison_json(outcome, &out);
    } else {
        ppt_comparison_text(outcome, &out);
    }
    fputs(out.data, stdout);
    ppt_text_free(&out);
}

/* The chart is drawn in a place of its own and goes into the page. */
static enum ppt_status write_page(const char *path, const struct ppt_comparison_outcome *outcome,
                                  struct ppt_error *error)
{
    struct ppt_workspace workspace;
    struct ppt_text page = {0}, notes = {0};
    enum ppt_status status = ppt_workspace_create(&workspace, error);

    if (status == PPT_OK) {
        status = ppt_comparison_chart(outcome, &workspace.folder, &notes, error);
    }
    if (status == PPT_OK) {
        ppt_comparison_html(outcome, &workspace.folder, &page);
        status = ppt_file_write(path, page.data, page.length, error);
    }
    ppt_workspace_remove(&workspace);
    ppt_text_free(&notes);
    ppt_text_free(&page);
    return status;
}

static void warn(const char *lines)
{
    while (lines && *lines) {
        const int length = (int)strcspn(lines, "\n");

        fprintf(stderr, "ppt-omp: %.*s\n", length, lines);
        lines += length + 1;
    }
}

static enum ppt_status status_of(const struct ppt_comparison *comparison, bool strict)
{
    switch (comparison->change) {
    case PPT_CHANGE_REGRESSION:
        return PPT_REGRESSION;
    case PPT_CHANGE_SUSPECT:
        return strict ? PPT_INCONCLUSIVE : PPT_OK;
    case PPT_CHANGE_INCONCLUSIVE:
        return PPT_INCONCLUSIVE;
    default:
        return PPT_OK;
    }
}

static enum ppt_status compare(const struct ppt_line *line, struct ppt_error *error)
{
    const struct compare_options *options = line->options;
    struct comparing session = {0};
    struct ppt_text warnings = {0};
    enum ppt_status status = read_sides(line, &session, error);

    if (status == PPT_OK) {
        status = check_distinct(line->operands, &session, error);
    }
    if (status == PPT_OK) {
        status = load(line->operands, &session, error);
    }
    if (status == PPT_OK) {
        status = ppt_comparable_check(session.outcomes, session.count, error);
    }
    if (status == PPT_OK) {
        struct ppt_comparison comparison;

        compare_grids(options->threshold, &session, &comparison);
        ppt_comparable_warn(session.outcomes, session.count, &warnings);
        const struct ppt_comparison_outcome outcome = {
            .comparison = &comparison,
            .old_runs = session.outcomes,
            .new_runs = session.outcomes + session.old_count,
            .warnings = warnings.data ? warnings.data : "",
        };
        warn(outcome.warnings);
        print(options->json, &outcome);
        if (options->html) {
            status = write_page(options->html, &outcome, error);
        }
        status = status == PPT_OK ? status_of(&comparison, options->strict) : status;
        ppt_comparison_free(&comparison);
    }
    ppt_text_free(&warnings);
    session_free(&session);
    return status;
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

static const struct ppt_option compare_rows[] = {
    {"--threshold", PPT_OPTION_SHARE, .offset = offsetof(struct compare_options, threshold),
     .heading = "Options of compare:", .metavar = "X",
     .help = "the change that counts (default: 0.03)"},
    {"--strict", PPT_OPTION_FLAG, .offset = offsetof(struct compare_options, strict),
     .help = "a merely suspected one is not fine;"},
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
    PPT_OPTIONS(compare_rows, struct compare_options, .threshold = 0.03),
    .run = compare,
};
