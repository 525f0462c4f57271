/*
 * results.csv (RFC 4180): one row per point. The first eight columns are those of the tool that
 * this one succeeds, means in seconds; the others follow them.
 */
#include "report.h"

#include <string.h>

static const char header[] = "Name,Workers,Job details,Job count,Time: init,Time: work,"
                             "Time: task avg,Time: total,Tasks per second,Speedup (vs sequential),"
                             "Task,Inner threads,Blocks,Time: cleanup (s),Time: total median (s),"
                             "Time: total min (s),Time: total max (s),Speedup min,Speedup max,"
                             "Task p95 (s),Task longest (s),CPU time (s),Page faults\r\n";

/* Quotes a field when it must be; quotes inside are doubled. */
static void add_field(struct ppt_text *out, const char *field)
{
    if (!field[strcspn(field, ",\"\r\n")]) {
        ppt_text_add(out, field);
        return;
    }
    ppt_text_add(out, "\"");
    for (const char *c = field; *c; c++) {
        ppt_text_addf(out, *c == '"' ? "\"\"" : "%c", *c);
    }
    ppt_text_add(out, "\"");
}

static void add_row(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                    struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const bool sequential = outcome->summary->baseline_workers == 0;

    if (p->point.workers == 0) {
        ppt_text_add(out, "sequential,0,");
    } else {
        ppt_text_addf(out, "parallel_%u,%u,", p->point.workers, p->point.workers);
    }
    add_field(out, config->details);
    ppt_text_addf(out, ",%llu,%.9g,%.9g,%.9g,%.9g,%.9g,", (unsigned long long)config->task_count,
                  p->init_s.mean, p->work_s.mean, p->task_s.mean, p->total_s.mean,
                  (double)config->task_count / p->total_s.mean);
    if (sequential) {
        ppt_text_addf(out, "%.6g", p->speedup.median);
    }
    ppt_text_add(out, ",");
    add_field(out, config->task);
    ppt_text_addf(out, ",%u,%zu,%.9g,%.9g,%.9g,%.9g,", p->point.inner_threads, p->total_s.n,
                  p->cleanup_s.mean, p->total_s.median, p->total_s.smallest, p->total_s.largest);
    if (sequential) {
        ppt_text_addf(out, "%.6g,%.6g", p->speedup.smallest, p->speedup.largest);
    } else {
        ppt_text_add(out, ",");
    }
    ppt_text_addf(out, ",%.9g,%.9g,%.9g,%.9g\r\n", p->task_p95_s.median, p->task_longest_s.median,
                  p->cpu_s.mean, p->faults.mean);
}

void ppt_csv_table(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    ppt_text_add(out, header);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < outcomes[i].summary->count; p++) {
            add_row(&outcomes[i], &outcomes[i].summary->points[p], out);
        }
    }
}
