/*
 * The last section of a run's page: where it ran, and how to do it again.
 */
#include <json-c/json.h>

#include "html_parts.h"
#include "owned.h"

/* Where the ranks ran, and what no pass includes. */
static void add_ranks(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"rank", "host", "CPUs it may use", "CPU", "temporary files",
                                        NULL};
    const struct ppt_cluster *cluster = &outcome->host->cluster;
    const unsigned ranks = ppt_config_ranks(outcome->config);
    struct ppt_text *out = &page->body;
    char text[PPT_UNITS_SIZE];

    if (ranks == 0 || cluster->count == 0) {
        return;
    }
    ppt_html_section(page, "ranks", "Ranks");
    if (cluster->ranks[0].startup_ns >= 0) {
        ppt_text_addf(out, "<p class=\"says\">Starting them took %s, once and in no pass.</p>\n",
                      ppt_text_duration((double)cluster->ranks[0].startup_ns * 1e-9, text));
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_TEXT, "Ranks", "The processes of MPI that shared the tasks.", heads);
    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        const struct ppt_rank_place *place = &cluster->ranks[r];
        char *number PPT_FREED = ppt_text_format("%zu", r);

        ppt_html_row(&table, "");
        ppt_html_row_head(&table, number);
        ppt_html_cell(&table, place->host);
        ppt_html_cell(&table, place->cpus);
        ppt_html_cell(&table, place->cpu_model);
        ppt_html_cell(&table, place->scratch);
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
}

static void add_fact(void *context, const char *label, const char *value)
{
    struct ppt_text *out = context;

    ppt_html_put(out, "<div><dt>", label, "</dt>");
    ppt_html_put(out, "<dd>", value, "</dd></div>\n");
}

static void add_machine(struct ppt_text *out, const struct ppt_host *host)
{
    ppt_text_add(out, "<h3>The machine as this program could use it</h3>\n<dl class=\"facts\">\n");
    ppt_host_tell(host, add_fact, out);
    ppt_text_add(out, "</dl>\n");
}

/* The configuration, to be run again. */
static void add_config(struct ppt_text *out, const struct ppt_config *config)
{
    json_object *object PPT_OWNED(ppt_json_put) = ppt_config_to_json(config);

    ppt_text_add(out, "<h3>The same again</h3>\n<p>This configuration repeats the run: save it as "
                      "<code>again.json</code> and call <code>");
    if (ppt_config_ranks(config) > 0) {
        ppt_text_addf(out, "mpirun -n %u ppt-omp-mpi", ppt_config_ranks(config));
    } else {
        ppt_text_add(out, "ppt-omp");
    }
    ppt_html_put(out, " again.json</code>.</p>\n<pre>",
                 json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                            JSON_C_TO_STRING_SPACED |
                                                            JSON_C_TO_STRING_NOSLASHESCAPE),
                 "</pre>\n");
}

/* What measured it, and where all figures are. */
static void add_origin(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    ppt_html_put(out, "<p class=\"soft\">", outcome->program, ", started ");
    ppt_html_add(out, outcome->started);
    if (outcome->resumed > 0) {
        ppt_text_addf(out, ", interrupted and resumed %u time%s", outcome->resumed,
                      PPT_S(outcome->resumed));
    }
    ppt_text_addf(out,
                  ". Times are wall time; intervals are those of the median at 95 %%, by order "
                  "statistics. All figures are in results.json, all passes in samples.jsonl "
                  "%s.</p>\n",
                  outcome->label ? "of the folder that this one is in" : "beside this page");
}

void ppt_html_making(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    const struct ppt_host *host = outcome->host;
    const unsigned cpus = host->effective_cpus;
    struct ppt_text *out = &page->body;

    add_ranks(page, outcome);
    ppt_html_section(page, "making", "Machine and settings");
    ppt_html_put(out, "<p class=\"says\">", host->cpu_model, ", ");
    ppt_text_addf(out, "%u CPU%s that may be used.</p>\n<div class=\"pair\">\n<div>\n", cpus,
                  PPT_S(cpus));
    add_machine(out, host);
    ppt_text_add(out, "</div>\n<div>\n");
    add_config(out, outcome->config);
    add_origin(out, outcome);
    ppt_text_add(out, "</div>\n</div>\n");
}
