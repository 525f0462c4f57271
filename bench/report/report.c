#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

const struct ppt_format ppt_formats[] = {
    {"csv", "results.csv", "results.csv", ppt_csv_write},
    {"json", "results.json", "results.json", ppt_json_write},
    {"html", "report.html", "index.html", ppt_html_write},
    {"gbench", NULL, NULL, ppt_gbench_write},
    {"bmf", NULL, NULL, ppt_bmf_write},
    {"ghab", NULL, NULL, ppt_ghab_write},
    {"hyperfine", NULL, NULL, ppt_hyperfine_write},
    {"markdown", NULL, NULL, ppt_markdown_write},
    {"gnuplot", NULL, NULL, ppt_gnuplot_script_write},
    {NULL, NULL, NULL, NULL},
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

static enum ppt_status write_file(const char *folder, const char *name, ppt_format_write *write,
                                  const struct ppt_outcome *outcomes, size_t count,
                                  struct ppt_error *error)
{
    char *path = ppt_text_format("%s/%s", folder, name);
    struct ppt_text text = {0};
    enum ppt_status status;

    write(outcomes, count, &text);
    status = ppt_file_write(path, text.data, text.length, error);
    ppt_text_free(&text);
    free(path);
    return status;
}

enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    /* Charts come first, because the page has them in it. */
    enum ppt_status status = ppt_charts_write(outcome, notes, error);

    for (const struct ppt_format *f = ppt_formats; f->name && status == PPT_OK; f++) {
        if (f->file) {
            status = write_file(outcome->folder, f->file, f->write, outcome, 1, error);
        }
    }
    return status;
}

enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       struct ppt_text *notes, struct ppt_error *error)
{
    const char *folder = outcomes[0].suite_folder;
    enum ppt_status status = ppt_charts_write_overview(outcomes, count, folder, notes, error);

    for (const struct ppt_format *f = ppt_formats; f->name && status == PPT_OK; f++) {
        if (f->suite) {
            status = write_file(folder, f->suite, f->write, outcomes, count, error);
        }
    }
    return status;
}
