#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

const struct ppt_format ppt_formats[] = {
    {"csv", "results.csv", ppt_csv_write},
    {"json", "results.json", ppt_json_write},
    {"gbench", NULL, ppt_gbench_write},
    {"bmf", NULL, ppt_bmf_write},
    {"ghab", NULL, ppt_ghab_write},
    {"hyperfine", NULL, ppt_hyperfine_write},
    {"markdown", NULL, ppt_markdown_write},
    {"gnuplot", NULL, ppt_gnuplot_script_write},
    {NULL, NULL, NULL},
};

enum ppt_status ppt_format_find(const char *name, const struct ppt_format **format,
                                struct ppt_error *error)
{
    struct ppt_text known = {0};

    for (size_t i = 0; ppt_formats[i].name; i++) {
        if (strcmp(ppt_formats[i].name, name) == 0) {
            *format = &ppt_formats[i];
            ppt_text_free(&known);
            return PPT_OK;
        }
        ppt_text_addf(&known, "%s%s", i ? ", " : "", ppt_formats[i].name);
    }
    ppt_fail(error, PPT_BAD_INPUT, "--format: no format \"%s\"; there are: %s", name, known.data);
    ppt_text_free(&known);
    return PPT_BAD_INPUT;
}

static enum ppt_status write_file(const struct ppt_format *format,
                                  const struct ppt_outcome *outcomes, size_t count,
                                  const char *folder, struct ppt_error *error)
{
    char *path = ppt_text_format("%s/%s", folder, format->file);
    struct ppt_text text = {0};
    enum ppt_status status;

    format->write(outcomes, count, &text);
    status = ppt_file_write(path, text.data, text.length, error);
    ppt_text_free(&text);
    free(path);
    return status;
}

static enum ppt_status write_files(const struct ppt_outcome *outcomes, size_t count,
                                   const char *folder, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; ppt_formats[i].name && status == PPT_OK; i++) {
        if (ppt_formats[i].file) {
            status = write_file(&ppt_formats[i], outcomes, count, folder, error);
        }
    }
    return status;
}

/* Charts come first, because the page has them in it. */
enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    const enum ppt_status status = ppt_charts_write(outcome, notes, error);

    return status == PPT_OK ? write_files(outcome, 1, outcome->folder, error) : status;
}

enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       const char *folder, struct ppt_text *notes,
                                       struct ppt_error *error)
{
    const enum ppt_status status = ppt_charts_write_overview(outcomes, count, folder, notes, error);

    return status == PPT_OK ? write_files(outcomes, count, folder, error) : status;
}
