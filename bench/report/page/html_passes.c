#include "html_passes.h"

#include "html_page.h"
#include "html_table.h"
#include "kinds.h"
#include "memory.h"
#include "owned.h"

void ppt_html_kinds(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    struct ppt_kinds kinds PPT_OWNED(ppt_kinds_free) = {0};
    const char **heads PPT_FREED = ppt_alloc(config->point_count + 3, sizeof(*heads));
    char(*labels)[PPT_POINT_SIZE + 1] PPT_FREED = ppt_alloc(config->point_count, sizeof(*labels));

    ppt_kinds_of(config, outcome->index, &kinds);
    if (kinds.count == 0) {
        return;
    }
    heads[0] = "task";
    heads[1] = "per iteration";
    for (size_t p = 0; p < config->point_count; p++) {
        const bool beyond = ppt_host_beyond(outcome->host, config->points[p]);

        labels[p][0] = '*';
        ppt_point_label(config->points[p], ppt_config_several(config), labels[p] + 1);
        heads[p + 2] = labels[p] + !beyond;
    }
    ppt_html_table_begin(out, "Kinds of the mix: mean task time by number of workers.", heads);
    for (size_t k = 0; k < kinds.count; k++) {
        ppt_html_put(out, "<tr><th scope=\"row\">", kinds.items[k].kernel->name, "</th>");
        ppt_html_number(out, true, kinds.items[k].tasks_per_block, 1, "");
        for (size_t p = 0; p < config->point_count; p++) {
            if (kinds.items[k].task_s[p] > 0) {
                ppt_html_duration(out, kinds.items[k].task_s[p]);
            } else {
                ppt_html_cell(out, "–");
            }
        }
        ppt_text_add(out, "</tr>\n");
    }
    ppt_html_table_end(out);
}

/* What others and a quota took of all passes together. */
static void add_disturbance(struct ppt_text *out, const struct ppt_disturbance *all)
{
    char text[PPT_UNITS_SIZE];

    ppt_text_addf(out, "<p>%zu of %zu passes were disturbed.", all->disturbed, all->passes);
    if (all->others >= 0) {
        ppt_text_addf(out, " Others used %.1f %% of the CPUs.", 100 * all->others);
    }
    if (all->queued >= 0) {
        ppt_text_addf(out, " Threads waited for a CPU %.1f %% of their time.", 100 * all->queued);
    }
    if (all->again > 0) {
        ppt_text_addf(out, " %zu were measured again at the end of their iteration.", all->again);
    }
    if (all->steal_s > 0) {
        ppt_text_addf(out, " Others took %s of CPU time (steal).",
                      ppt_text_duration(all->steal_s, text));
    }
    if (all->throttled_s > 0) {
        ppt_text_addf(out, " A quota stopped it for %s, added up over CPUs.",
                      ppt_text_duration(all->throttled_s, text));
    }
    ppt_text_add(out, "</p>\n");
}

static const char *mark_of(const struct ppt_index *index, const struct ppt_sample *s)
{
    const bool disturbed = ppt_pass_disturbed(index, s);

    if (s->block > 0 && !ppt_index_counts(index, s)) {
        return "disturbed: measured again";
    }
    return s->again && disturbed ? "again, disturbed"
           : s->again            ? "again"
           : disturbed           ? "disturbed"
           : s->block == 0       ? "warm-up"
                                 : "";
}

/* One pass; shares of others and of a quota have columns where there are any in the run. */
static void add_pass(struct ppt_text *out, const struct ppt_index *index,
                     const struct ppt_sample *s, const struct ppt_disturbance *all)
{
    const bool disturbed = ppt_pass_disturbed(index, s);
    const double percent = 100 / (double)ppt_sample_wall_ns(s);
    char label[PPT_POINT_SIZE];

    ppt_text_addf(out, "<tr%s><td>%.2f s</td><td>%u</td><td>%s</td><td>%u</td>",
                  disturbed ? " class=\"flagged\"" : "", (double)s->started_ns * 1e-9, s->block,
                  ppt_point_label(s->point, 0, label), s->point.inner_threads);
    ppt_html_duration(out, (double)s->init_ns * 1e-9);
    ppt_html_duration(out, (double)s->work_ns * 1e-9);
    ppt_html_duration(out, (double)s->cleanup_ns * 1e-9);
    ppt_html_duration(out, (double)s->total_ns * 1e-9);
    ppt_html_duration(out, (double)s->scratch_ns * 1e-9);
    if (all->steal_s > 0) {
        ppt_html_number(out, s->noise.steal_ns >= 0, percent * (double)s->noise.steal_ns, 1, " %");
    }
    if (all->throttled_s > 0) {
        ppt_html_number(out, s->noise.throttled_ns >= 0, percent * (double)s->noise.throttled_ns, 1,
                        " %");
    }
    ppt_html_cell(out, mark_of(index, s));
    ppt_text_add(out, "</tr>\n");
}

void ppt_html_passes(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const char *heads[13] = {"started", "iteration", "workers", "inner threads", "init",
                             "work",    "cleanup",   "total",   "scratch"};
    const struct ppt_answer *answer = outcome->answer;
    const struct ppt_disturbance *all = &answer->disturbance;
    size_t columns = 9;

    ppt_text_add(out, "<h2>All passes in time</h2>\n");
    ppt_html_chart(out, outcome->folder, "passes",
                   "Chart: every pass against the time it started, relative to its point's median",
                   "Passes should scatter around 1. A slope is a machine that changed (heat, other "
                   "users); crosses are passes that others or a quota disturbed. Those that were "
                   "measured again do not count; no other is left out: medians carry them.");
    if (answer->drift.flagged) {
        ppt_text_addf(out,
                      "<p>The machine drifted: the last third of the iterations took %+.1f %% "
                      "against the first (p = %.2g).</p>\n",
                      100 * answer->drift.change, answer->drift.p);
    }
    add_disturbance(out, all);
    ppt_text_add(out, "<details>\n<summary>The passes as a table</summary>\n");
    if (all->steal_s > 0) {
        heads[columns++] = "steal";
    }
    if (all->throttled_s > 0) {
        heads[columns++] = "throttled";
    }
    heads[columns] = "mark";
    ppt_html_table_begin(
        out, "In the order they ran; iteration 0 is the warm-up, which counts for nothing.", heads);
    for (size_t i = 0; i < outcome->index->ran.count; i++) {
        add_pass(out, outcome->index, outcome->index->ran.items[i], all);
    }
    ppt_html_table_end(out);
    ppt_text_add(out, "</details>\n");
}
