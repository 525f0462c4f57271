/*
 * Tables of what tasks waited for, and of what hardware counters say of them.
 */
#include "html_causes.h"

#include "html_parts.h"

/* Waiting below this share of the tasks' time, at every point, is not worth a table. */
#define LEAST_WAITING 0.02

static void add_share(struct ppt_table *table, const struct ppt_stat *stat)
{
    ppt_html_share(table, stat->n > 0, stat->median);
}

static bool is_waiting(const struct ppt_outcome *outcome)
{
    bool any = false;

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = ppt_html_point_answer(outcome, i);

        any |= p && p->waiting.exists && p->waiting.off.median >= LEAST_WAITING;
    }
    return any;
}

static void add_waiting(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    char head[PPT_POINT_WORDS_SIZE];
    const char *const heads[] = {ppt_html_point_head(outcome, head),
                                 "off the CPU",
                                 "for a CPU",
                                 "for a device",
                                 "for anything else",
                                 "waits per task",
                                 NULL};
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_CARDS, "What tasks wait for",
                             "What tasks wait for, as shares of their time: a CPU, a device, or "
                             "anything else, such as locks and sleep.",
                             heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = ppt_html_point_answer(outcome, i);

        if (p && p->waiting.exists) {
            ppt_html_point_row(&table, outcome, i);
            add_share(&table, &p->waiting.off);
            add_share(&table, &p->waiting.cpu);
            add_share(&table, &p->waiting.device);
            add_share(&table, &p->waiting.other);
            ppt_html_number(&table, true, p->waiting.switches.median, 2, "");
            ppt_html_row_end(&table);
        }
    }
    ppt_html_table_end(&table);
}

/* ---- counters ---- */

static bool is_counted(const struct ppt_outcome *outcome)
{
    bool any = false;

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = ppt_html_point_answer(outcome, i);

        any |= p && p->counted.exists;
    }
    return any;
}

static void add_count(struct ppt_table *table, const struct ppt_stat *stat,
                      const struct ppt_event *event)
{
    char text[PPT_UNITS_SIZE];

    ppt_html_cell(table, stat->n > 0 ? ppt_text_rate(stat->median / event->in_unit, text) : "–");
}

static void add_counted(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    char head[PPT_POINT_WORDS_SIZE];
    const char *heads[PPT_EVENT_COUNT + PPT_COUNTED_FACTORS + 4] = {
        ppt_html_point_head(outcome, head)};
    struct ppt_text units[PPT_EVENT_COUNT] = {0};
    size_t count = 1;

    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        ppt_text_addf(&units[e], "%s%s%s%s", ppt_events[e].words, *ppt_events[e].unit ? " (" : "",
                      ppt_events[e].unit, *ppt_events[e].unit ? ")" : "");
        heads[count++] = units[e].data;
    }
    heads[count++] = "instructions per cycle";
    heads[count++] = "GHz";
    heads[count++] = "× instructions";
    heads[count++] = "× cycles for each";
    heads[count] = "× time of a cycle";
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_SCROLLS, "Hardware counters",
        "Hardware counters, per task; the last three columns multiply to how many times as much "
        "CPU time a task takes as with the fewest workers.",
        heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = ppt_html_point_answer(outcome, i);

        if (p && p->counted.exists) {
            ppt_html_point_row(&table, outcome, i);
            for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
                add_count(&table, &p->counted.per_task[e], &ppt_events[e]);
            }
            ppt_html_number(&table, p->counted.ipc.n > 0, p->counted.ipc.median, 2, "");
            ppt_html_number(&table, p->counted.ghz.n > 0, p->counted.ghz.median, 2, "");
            for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
                const double times = p->counted.factor[f].value;

                ppt_html_number(&table, times > 0, times, 3, "");
            }
            ppt_html_row_end(&table);
        }
    }
    ppt_html_table_end(&table);
    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        ppt_text_free(&units[e]);
    }
}

void ppt_html_causes(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    if (is_waiting(outcome)) {
        add_waiting(out, outcome);
    }
    if (is_counted(outcome)) {
        add_counted(out, outcome);
    }
}
