/*
 * Journals: what is read from one must also be fit for analysis and reports.
 */
#include <gsl/gsl_errno.h>
#include <string.h>

#include "input.h"
#include "memory.h"
#include "recorded.h"

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

static void report(struct ppt_recorded *recorded)
{
    const struct ppt_terminal terminal = {.present = true, .width = 60};
    struct ppt_text text = {0};

    ppt_recorded_analyse(recorded);
    /* Like the program, no report without a complete pass. */
    if (recorded->summary.count > 0) {
        check_json(&recorded->outcome);
        ppt_csv_write(&recorded->outcome, 1, &text);
        text.length = 0;
        ppt_html_write(&recorded->outcome, 1, &text);
        /* A page has no script of its own, and must not get one from a journal. */
        MUST(!strcasestr(text.data, "<script"));
        text.length = 0;
        ppt_text_table(&recorded->outcome, &terminal, &text);
        for (const char *c = text.data; *c; c++) {
            MUST((unsigned char)*c >= ' ' || *c == '\n');
        }
    }
    ppt_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* There are no charts. */
    struct ppt_recorded recorded = {.folder = {-1, ppt_strdup("/nowhere")}};
    struct ppt_error error = {""};

    gsl_set_error_handler_off();
    if (ppt_recording_of("journal", (const char *)data, size, &recorded.recording, &error) ==
        PPT_OK) {
        report(&recorded);
    } else {
        MUST(error.text[0] != '\0');
    }
    ppt_recorded_free(&recorded);
    return 0;
}
