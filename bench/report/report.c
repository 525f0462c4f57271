#include "report.h"

#include <string.h>

#include "change.h"
#include "charts.h"
#include "file.h"
#include "owned.h"

unsigned ppt_outcome_cpus(const struct ppt_outcome *outcome)
{
    return ppt_host_all_cpus(outcome->host, outcome->config);
}

#define ROW(name, source, ...) {#name, __VA_ARGS__, ppt_##name##_write},
const struct ppt_format ppt_formats[] = {PPT_FORMATS(ROW){NULL, NULL, NULL, false, NULL}};
#undef ROW

enum ppt_status ppt_format_find(const char *name, const struct ppt_format **format,
                                struct ppt_error *error)
{
    struct ppt_text known PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; ppt_formats[i].name; i++) {
        if (strcmp(ppt_formats[i].name, name) == 0) {
            *format = &ppt_formats[i];
            return PPT_OK;
        }
        ppt_text_addf(&known, "%s%s", i ? ", " : "", ppt_formats[i].name);
    }
    return ppt_fail(error, PPT_BAD_INPUT, "--format: no format \"%s\"; there are: %s", name,
                    known.data);
}

static enum ppt_status write_file(const struct ppt_folder *folder, const char *name,
                                  ppt_format_write *write, const struct ppt_outcome *outcomes,
                                  size_t count, struct ppt_error *error)
{
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};

    write(outcomes, count, &text);
    return ppt_file_write_in(folder, name, text.data, text.length, error);
}

const char *ppt_report_page(void)
{
    const struct ppt_format *format = ppt_formats;

    while (!format->shows_charts) {
        format++;
    }
    return format->file;
}

/* Those of a run, or of a suite. */
static const char *file_of(const struct ppt_format *format, bool suite)
{
    return suite ? format->suite : format->file;
}

/* Files in the table's order, those that show charts or those that do not. One that cannot be
 * written does not keep others from it; the first failure counts. */
static void write_files(const struct ppt_folder *folder, bool suite, bool shows_charts,
                        const struct ppt_outcome *outcomes, size_t count, enum ppt_status *status,
                        struct ppt_error *error)
{
    for (const struct ppt_format *f = ppt_formats; f->name; f++) {
        struct ppt_error problem;
        enum ppt_status one = PPT_OK;

        if (file_of(f, suite) && f->shows_charts == shows_charts) {
            one = write_file(folder, file_of(f, suite), f->write, outcomes, count, &problem);
        }
        if (one != PPT_OK && *status == PPT_OK) {
            *status = one;
            *error = problem;
        }
    }
}

/* Results first: pictures must not take the room that they need. */
static enum ppt_status write_all(const struct ppt_folder *folder, bool suite,
                                 const struct ppt_outcome *outcomes, size_t count,
                                 struct ppt_text *notes, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK, drawn;
    struct ppt_error problem;

    ppt_change_clear(folder->fd);
    write_files(folder, suite, false, outcomes, count, &status, error);
    drawn = suite ? ppt_charts_write_overview(outcomes, count, folder, notes, &problem)
                  : ppt_charts_write(outcomes, notes, &problem);
    if (drawn != PPT_OK && status == PPT_OK) {
        status = drawn;
        *error = problem;
    }
    write_files(folder, suite, true, outcomes, count, &status, error);
    return status;
}

enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    return write_all(outcome->folder, false, outcome, 1, notes, error);
}

enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       struct ppt_text *notes, struct ppt_error *error)
{
    return write_all(outcomes[0].suite_folder, true, outcomes, count, notes, error);
}
