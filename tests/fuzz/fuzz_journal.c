/*
 * Journals: what is read from one must also be fit for analysis and reports.
 */
#include <gsl/gsl_errno.h>
#include <string.h>

#include "input.h"
#include "loaded.h"
#include "memory.h"

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

static void report(struct ppt_loaded *loaded)
{
    const struct ppt_terminal terminal = {.present = true, .width = 60};
    struct ppt_text text = {0};

    ppt_loaded_analyse(loaded);
    /* Like the program, no report without a complete pass. */
    if (loaded->summary.count > 0) {
        check_json(loaded->outcomes);
        ppt_csv_write(loaded->outcomes, 1, &text);
        text.length = 0;
        ppt_html_write(loaded->outcomes, 1, &text);
        /* A page has no script of its own, and must not get one from a journal. */
        MUST(!strcasestr(text.data, "<script"));
        text.length = 0;
        ppt_text_table(loaded->outcomes, &terminal, &text);
        for (const char *c = text.data; *c; c++) {
            MUST((unsigned char)*c >= ' ' || *c == '\n');
        }
    }
    ppt_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* There are no charts. */
    struct ppt_loaded loaded = {.folder = {-1, ppt_strdup("/nowhere")}};
    struct ppt_error error = {""};

    gsl_set_error_handler_off();
    if (ppt_journal_content_of("journal", (const char *)data, size, &loaded.content, &error) ==
        PPT_OK) {
        report(&loaded);
    } else {
        MUST(error.text[0] != '\0');
    }
    ppt_loaded_free(&loaded);
    return 0;
}
