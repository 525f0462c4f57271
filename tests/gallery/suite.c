/*
 * suite.c - SUITE RUN...: the page, tables and charts of several recorded runs together, into the
 * folder SUITE, as they are written at the end of a measurement of several.
 *
 * No command of the program does that to runs of before; the gallery needs pages that do not depend
 * on what was measured today.
 */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "loaded.h"
#include "memory.h"
#include "owned.h"
#include "report.h"

struct suite {
    struct ppt_folder folder;
    struct ppt_loaded *runs;
    size_t count;
    struct ppt_outcome *outcomes;
};

static void suite_free(struct suite *suite)
{
    for (size_t i = 0; i < suite->count; i++) {
        ppt_loaded_free(&suite->runs[i]);
    }
    free(suite->runs);
    free(suite->outcomes);
    ppt_folder_close(&suite->folder);
}

static enum ppt_status read_runs(struct suite *suite, char **paths, struct ppt_error *error)
{
    for (size_t i = 0; i < suite->count; i++) {
        PPT_TRY(ppt_loaded_open(paths[i], &suite->runs[i], error));
        PPT_TRY(ppt_loaded_check_single(&suite->runs[i], error));
        suite->outcomes[i] = suite->runs[i].outcomes[0];
        suite->outcomes[i].suite_folder = &suite->folder;
    }
    return PPT_OK;
}

static enum ppt_status write_suite(char **paths, size_t count, struct ppt_error *error)
{
    struct suite suite PPT_OWNED(suite_free) = {.count = count - 1};
    struct ppt_text notes PPT_OWNED(ppt_text_free) = {0};

    suite.runs = ppt_alloc(suite.count, sizeof(*suite.runs));
    suite.outcomes = ppt_alloc(suite.count, sizeof(*suite.outcomes));
    PPT_TRY(ppt_folder_open(paths[0], &suite.folder, error));
    PPT_TRY(read_runs(&suite, paths + 1, error));
    PPT_TRY(ppt_report_write_suite(suite.outcomes, suite.count, &notes, error));
    fputs(notes.length > 0 ? notes.data : "", stderr);
    return PPT_OK;
}

int main(int argc, char **argv)
{
    struct ppt_error error = {""};

    if (argc < 3) {
        fputs("usage: gallery-suite SUITE RUN...\n", stderr);
        return PPT_BAD_INPUT;
    }
    gsl_set_error_handler_off();
    const enum ppt_status status = write_suite(argv + 1, (size_t)argc - 1, &error);

    if (status != PPT_OK) {
        fprintf(stderr, "gallery-suite: %s\n", error.text);
    }
    return (int)status;
}
