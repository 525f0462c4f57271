/*
 * Journals: what is read from one must also be fit for analysis and reports.
 */
#include <gsl/gsl_errno.h>
#include <string.h>

#include "input.h"
#include "recording.h"
#include "report.h"

static void check_json(const struct ppt_outcome *outcome)
{
    struct ppt_text text = {0};
    struct ppt_source source = {0};
    struct ppt_error error = {""};
    json_object *value = NULL;

    ppt_json_write(outcome, 1, &text);
    ppt_source_from_text(&source, "results.json", text.data);
    if (ppt_json_parse(&source, &value, &error) != PPT_OK) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    json_object_put(value);
    ppt_source_free(&source);
    ppt_text_free(&text);
}

static void report(const struct ppt_recording *recording)
{
    const struct ppt_answer_context context =
        ppt_answer_context_of(&recording->configs.items[0], &recording->host);
    struct ppt_samples counted = ppt_samples_counted(&recording->samples);
    const struct ppt_terminal terminal = {.present = true, .width = 60};
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
    struct ppt_text text = {0};

    ppt_index_create(&counted, &index);
    ppt_summary_create(&index, &summary);
    ppt_answer_from_index(&index, &context, &answer);
    const struct ppt_folder nowhere = {-1, (char[]){"/nowhere"}};
    const struct ppt_outcome outcome = {
        .config = &recording->configs.items[0],
        .host = &recording->host,
        .samples = &counted,
        .index = &index,
        .summary = &summary,
        .answer = &answer,
        .started = recording->started,
        .program = recording->program,
        .folder = &nowhere, /* there are no charts */
    };
    /* Like the program, no report without a complete pass. */
    if (summary.count > 0) {
        check_json(&outcome);
        ppt_csv_write(&outcome, 1, &text);
        text.length = 0;
        ppt_html_write(&outcome, 1, &text);
        /* A page has no script of its own, and must not get one from a journal. */
        MUST(!strcasestr(text.data, "<script"));
        text.length = 0;
        ppt_text_table(&outcome, &terminal, &text);
        for (const char *c = text.data; *c; c++) {
            MUST((unsigned char)*c >= ' ' || *c == '\n');
        }
    }
    ppt_text_free(&text);
    ppt_answer_free(&answer);
    ppt_summary_free(&summary);
    ppt_index_free(&index);
    free(counted.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ppt_recording recording;
    struct ppt_error error = {""};

    gsl_set_error_handler_off();
    if (ppt_recording_of("journal", (const char *)data, size, &recording, &error) == PPT_OK) {
        report(&recording);
        ppt_recording_free(&recording);
    } else {
        MUST(error.text[0] != '\0');
    }
    return 0;
}
