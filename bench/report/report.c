#include "report.h"

#include <stdlib.h>

#include "file.h"

static enum ppt_status write_csv(const struct ppt_outcome *outcomes, size_t count,
                                 const char *folder, struct ppt_error *error)
{
    char *path = ppt_text_format("%s/results.csv", folder);
    struct ppt_text text = {0};
    enum ppt_status status;

    ppt_csv_table(outcomes, count, &text);
    status = ppt_file_write(path, text.data, text.length, error);
    ppt_text_free(&text);
    free(path);
    return status;
}

static enum ppt_status write_json(const struct ppt_outcome *outcome, struct ppt_error *error)
{
    char *path = ppt_text_format("%s/results.json", outcome->folder);
    struct ppt_text text = {0};
    enum ppt_status status;

    ppt_json_results(outcome, &text);
    status = ppt_file_write(path, text.data, text.length, error);
    ppt_text_free(&text);
    free(path);
    return status;
}

enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    enum ppt_status status = write_csv(outcome, 1, outcome->folder, error);

    if (status == PPT_OK) {
        status = write_json(outcome, error);
    }
    return status == PPT_OK ? ppt_charts_write(outcome, notes, error) : status;
}

enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       const char *folder, struct ppt_text *notes,
                                       struct ppt_error *error)
{
    const enum ppt_status status = write_csv(outcomes, count, folder, error);

    return status == PPT_OK ? ppt_charts_write_overview(outcomes, count, folder, notes, error)
                            : status;
}
