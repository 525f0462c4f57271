#include "charts.h"

#include <string.h>

#include "chart.h"
#include "owned.h"

#define DECLARE(name, source) extern const struct ppt_chart_kind ppt_chart_##name;
PPT_CHARTS(DECLARE)
#undef DECLARE

#define ROW(name, source) &ppt_chart_##name,
static const struct ppt_chart_kind *const kinds[] = {PPT_CHARTS(ROW)};
#undef ROW

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool applies(const struct ppt_chart_kind *kind, const struct ppt_outcome *outcome)
{
    return !(kind->of_passes && outcome->answer->context.arriving) &&
           (!kind->applies || kind->applies(outcome));
}

bool ppt_charts_have(const struct ppt_outcome *outcome, const char *name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return applies(kinds[i], outcome);
        }
    }
    return false;
}

enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    struct ppt_chart charts[KINDS + 1] = {0};
    size_t count = 0;

    for (size_t i = 0; i < KINDS; i++) {
        if (applies(kinds[i], outcome)) {
            charts[count].name = kinds[i]->name;
            kinds[i]->write(outcome, &charts[count++]);
        }
    }
    return ppt_charts_finish(outcome->folder, outcome->chart_mm, charts, notes, error);
}

static enum ppt_status write_charts(const struct ppt_folder *folder, double paper_mm,
                                    struct ppt_chart *charts, struct ppt_error *error)
{
    for (struct ppt_chart *chart = charts; chart->name; chart++) {
        PPT_TRY(ppt_chart_write(chart, paper_mm, folder, error));
    }
    return PPT_OK;
}

enum ppt_status ppt_charts_finish(const struct ppt_folder *folder, double paper_mm,
                                  struct ppt_chart *charts, struct ppt_text *notes,
                                  struct ppt_error *error)
{
    struct ppt_folder place PPT_OWNED(ppt_folder_close) = {0};
    enum ppt_status status = ppt_folder_enter(folder, "charts", true, &place, error);

    status = status == PPT_OK ? write_charts(&place, paper_mm, charts, error) : status;
    for (struct ppt_chart *chart = charts; chart->name; chart++) {
        ppt_chart_free(chart);
    }
    PPT_TRY(status);
    return ppt_gnuplot_draw(&place, charts, notes, error);
}
