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

#define ROW(name, source, ...) {#name, __VA_ARGS__, ppt_##name##_write, false},
#define SIZE_ROW(name, source, ...) {#name, __VA_ARGS__, ppt_##name##_write, true},
const struct ppt_format ppt_formats[] = {
    PPT_FORMATS(ROW) PPT_SIZE_FORMATS(SIZE_ROW){NULL, NULL, NULL, false, NULL, false}};
#undef ROW
#undef SIZE_ROW

enum ppt_status ppt_format_find(const char *name, const struct ppt_format **format,
                                struct ppt_error *error)
{
    struct ppt_text known PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; ppt_formats[i].name && !ppt_formats[i].of_sizes; i++) {
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

/* Those of a run, or of a suite. There may be many sizes, and to draw the charts of each would take
 * longer than to measure it. */
enum scope { OF_RUN, OF_SIZE, OF_VARIANTS, OF_SUITE };

static const char *file_of(const struct ppt_format *format, enum scope scope)
{
    return scope == OF_SUITE ? format->suite : format->file;
}

/* Files in the table's order, those that show charts or those that do not. One that cannot be
 * written does not keep others from it; the first failure counts. */
static void write_files(const struct ppt_folder *folder, enum scope scope, bool shows_charts,
                        const struct ppt_outcome *outcomes, size_t count, enum ppt_status *status,
                        struct ppt_error *error)
{
    for (const struct ppt_format *f = ppt_formats; f->name; f++) {
        struct ppt_error problem;
        enum ppt_status one = PPT_OK;

        if (file_of(f, scope) && f->shows_charts == shows_charts &&
            (!f->of_sizes || (scope == OF_VARIANTS && outcomes[0].policies))) {
            one = write_file(folder, file_of(f, scope), f->write, outcomes, count, &problem);
        }
        if (one != PPT_OK && *status == PPT_OK) {
            *status = one;
            *error = problem;
        }
    }
}

/* Results first: pictures must not take the room that they need. */
static enum ppt_status write_all(const struct ppt_folder *folder, enum scope scope,
                                 const struct ppt_outcome *outcomes, size_t count,
                                 struct ppt_text *notes, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK, drawn;
    struct ppt_error problem;

    ppt_change_clear(folder->fd);
    write_files(folder, scope, false, outcomes, count, &status, error);
    drawn = scope == OF_SUITE  ? ppt_charts_write_overview(outcomes, count, folder, notes, &problem)
            : scope == OF_SIZE ? PPT_OK
            : scope == OF_VARIANTS && outcomes[0].policies
                ? ppt_charts_write_sizes(outcomes, count, folder, notes, &problem)
            : scope == OF_VARIANTS
                ? ppt_charts_write_programs(outcomes, count, folder, notes, &problem)
                : ppt_charts_write(outcomes, notes, &problem);
    if (drawn != PPT_OK && status == PPT_OK) {
        status = drawn;
        *error = problem;
    }
    write_files(folder, scope, true, outcomes, count, &status, error);
    return status;
}

enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    return write_all(outcome->folder, OF_RUN, outcome, 1, notes, error);
}

enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       struct ppt_text *notes, struct ppt_error *error)
{
    return write_all(outcomes[0].suite_folder, OF_SUITE, outcomes, count, notes, error);
}

/* As the report of a run that had no other variant, in a folder of its own. */
static enum ppt_status write_variant(const struct ppt_outcome *outcome, struct ppt_folder *folder,
                                     struct ppt_text *notes, struct ppt_error *error)
{
    struct ppt_outcome alone = *outcome;
    char name[PPT_VARIANT_FOLDER_SIZE];

    PPT_TRY(
        ppt_folder_enter(outcome->folder, ppt_variant_folder(outcome, name), true, folder, error));
    alone.folder = folder;
    alone.ranking = NULL;
    alone.policies = NULL;
    return write_all(folder, outcome->policies ? OF_SIZE : OF_RUN, &alone, 1, notes, error);
}

enum ppt_status ppt_report_write_variants(const struct ppt_outcome *outcomes, size_t count,
                                          struct ppt_text *notes, struct ppt_error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
        struct ppt_text told PPT_OWNED(ppt_text_free) = {0};

        /* What keeps one from being drawn keeps all: it is told once, of the last. */
        PPT_TRY(write_variant(&outcomes[i], &folder, &told, error));
    }
    return write_all(outcomes[0].folder, OF_VARIANTS, outcomes, count, notes, error);
}

const char *ppt_variant_folder(const struct ppt_outcome *outcome, char out[PPT_VARIANT_FOLDER_SIZE])
{
    if (!outcome->policies) {
        snprintf(out, PPT_VARIANT_FOLDER_SIZE, "program-%u", outcome->number);
        return out;
    }
    snprintf(out, PPT_VARIANT_FOLDER_SIZE, "%s", outcome->config->uses[0].label);
    for (char *c = out; *c; c++) {
        *c = *c == '=' ? '-' : *c;
    }
    return out;
}
