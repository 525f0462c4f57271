/*
 * How a chart is put together: what stands above it, its legend, and where the plot begins below
 * both. All of it is laid out here, in two widths, since gnuplot lets a long title run out of the
 * picture and a legend into what is beside it.
 */
#include "chart.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

/* ---- what is said of it ---- */

void ppt_chart_about(struct ppt_chart *chart, const struct ppt_outcome *outcome, const char *what)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    char inner[PPT_POINT_WORDS_SIZE];

    ppt_text_addf(&chart->headline, "%s: %s", ppt_config_title(config), what);
    ppt_config_describe(config, &chart->given);
    ppt_chart_note(chart, "%llu task%s%s, %zu iteration%s%s.", tasks, PPT_S(tasks),
                   ppt_config_each(config), outcome->summary->blocks,
                   PPT_S(outcome->summary->blocks), ppt_config_inner_text(config, inner));
    if (config->per_worker) {
        ppt_chart_note(chart, "Weak scaling: the work grows with the workers, and faster is more "
                              "tasks per second.");
    }
}

void ppt_chart_free(struct ppt_chart *chart)
{
    ppt_text_free(&chart->data);
    ppt_text_free(&chart->headline);
    ppt_text_free(&chart->given);
    ppt_text_free(&chart->notes);
    ppt_text_free(&chart->plots);
    ppt_text_free(&chart->settings);
    ppt_text_free(&chart->elements);
}

void ppt_chart_note(struct ppt_chart *chart, const char *format, ...)
{
    va_list values;

    ppt_text_add(&chart->notes, chart->notes.length > 0 ? " " : "");
    va_start(values, format);
    ppt_text_addv(&chart->notes, format, values);
    va_end(values);
}

void ppt_chart_bars(struct ppt_chart *chart, const struct ppt_outcome *outcome, const char *what)
{
    ppt_chart_note(chart, "%s",
                   outcome->summary->blocks > 1 ? what : "A single iteration has no intervals.");
}

/* ---- what is plotted ---- */

void ppt_chart_set(struct ppt_chart *chart, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    ppt_text_addv(&chart->settings, format, values);
    va_end(values);
    ppt_text_add(&chart->settings, "\n");
}

static void add_entry(struct ppt_chart *chart, const char *title)
{
    const size_t columns = ppt_text_columns(title);

    chart->entries++;
    chart->longest = columns > chart->longest ? columns : chart->longest;
    ppt_text_add(&chart->elements, " title ");
    ppt_gnuplot_quote(&chart->elements, title);
}

void ppt_chart_plot(struct ppt_chart *chart, const char *title, const char *format, ...)
{
    va_list values;

    ppt_text_add(&chart->elements, chart->elements.length > 0 ? ", \\\n  " : "plot ");
    va_start(values, format);
    ppt_text_addv(&chart->elements, format, values);
    va_end(values);
    if (title) {
        add_entry(chart, title);
    } else {
        ppt_text_add(&chart->elements, " notitle");
    }
}

void ppt_chart_key(struct ppt_chart *chart, const char *style, const char *title)
{
    ppt_chart_plot(chart, title, "keyentry with %s", style);
}

void ppt_chart_next(struct ppt_chart *chart)
{
    struct ppt_text *parts[] = {&chart->settings, &chart->elements};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i]->length > 0) {
            ppt_text_addf(&chart->plots, "%s%s", parts[i]->data, i > 0 ? "\n" : "");
        }
        ppt_text_free(parts[i]);
        *parts[i] = (struct ppt_text){0};
    }
}

/* ---- where it all is ---- */

/* In units: what a character takes in the legend, where gnuplot reckons so; a line of text, and one
 * of the headline; what the legend has in front of each text, and behind it; and what is beside the
 * plot, which the legend gets no wider than. */
#define CHARACTER 7.2
#define LINE 17
#define HEADLINE 20
#define SAMPLE 50
#define BESIDE 90

const struct ppt_chart_layout ppt_chart_layouts[PPT_CHART_LAYOUTS] = {
    [PPT_CHART_WIDE] = {.width = 720, .headline = 70, .notes = 96, .given = 80, .plot = 345},
    [PPT_CHART_NARROW] = {.width = 390, .headline = 38, .notes = 54, .given = 43, .plot = 315},
};

/* The text above a chart as lines, and how many. */
struct lines {
    struct ppt_text text;
    size_t count;
};

static void free_lines(struct lines *lines)
{
    ppt_text_free(&lines->text);
}

static void wrap(const char *words, size_t columns, struct lines *lines)
{
    ppt_text_wrap(&lines->text, words, columns, 0);
    ppt_text_add(&lines->text, ""); /* there is a text, at any rate */
    lines->count = lines->text.length > 0;
    for (const char *c = lines->text.data; *c; c++) {
        lines->count += *c == '\n';
    }
}

/* A program's name may be one long word. */
static void wrap_headline(const struct ppt_chart *chart, size_t columns, struct lines *lines)
{
    char *short_enough PPT_FREED = ppt_text_shortened(chart->headline.data, 2 * columns - 10);

    wrap(short_enough, columns, lines);
}

/* A command is one line at most; the page has the whole of it. */
static void wrap_notes(const struct ppt_chart *chart, const struct ppt_chart_layout *layout,
                       struct lines *lines)
{
    char *given PPT_FREED =
        chart->given.length > 0 ? ppt_text_shortened(chart->given.data, layout->given) : NULL;
    char *words PPT_FREED = ppt_text_format("%s%s%s", given ? given : "", given ? "; " : "",
                                            chart->notes.length > 0 ? chart->notes.data : "");

    wrap(words, layout->notes, lines);
}

/* gnuplot's own newline joins lines, which single quotes cannot hold and a quoted text hides. */
static void quote_lines(const struct lines *lines, struct ppt_text *out)
{
    char *copy PPT_FREED = ppt_strdup(lines->text.data);
    char *rest = copy, *line;

    while ((line = strsep(&rest, "\n"))) {
        ppt_gnuplot_quote(out, line);
        ppt_text_add(out, rest ? ".\"\\n\"." : "");
    }
}

/* Above the plot: headline, notes, legend. */
struct head {
    struct lines headline, notes;
    size_t legend_columns;
    double notes_at, legend_at, height;
};

static void free_head(struct head *head)
{
    free_lines(&head->headline);
    free_lines(&head->notes);
}

static void lay_out(const struct ppt_chart *chart, const struct ppt_chart_layout *layout,
                    struct head *head)
{
    const double entry = (double)chart->longest * CHARACTER + SAMPLE;
    const size_t fitting = (size_t)((layout->width - BESIDE) / entry);

    wrap_headline(chart, layout->headline, &head->headline);
    wrap_notes(chart, layout, &head->notes);
    head->legend_columns = fitting > chart->entries ? chart->entries : fitting;
    head->legend_columns += head->legend_columns == 0;
    head->notes_at = 8 + HEADLINE * (double)head->headline.count;
    head->legend_at = head->notes_at + LINE * (double)head->notes.count + 5;
    const size_t rows = (chart->entries + head->legend_columns - 1) / head->legend_columns;
    head->height = head->legend_at + 18 * (double)rows + 9;
}

/* One of two values or texts, by the layout. */
static void choose(struct ppt_text *out, const char *before, double narrow, double wide,
                   const char *after)
{
    ppt_text_addf(out, "%s", before);
    if (narrow == wide) {
        ppt_text_addf(out, "%.6g%s", wide, after);
    } else {
        ppt_text_addf(out, "(narrow ? %.6g : %.6g)%s", narrow, wide, after);
    }
}

static void choose_lines(struct ppt_text *out, const struct lines *narrow, const struct lines *wide)
{
    ppt_text_add(out, "(narrow ? ");
    quote_lines(narrow, out);
    ppt_text_add(out, " : ");
    quote_lines(wide, out);
    ppt_text_add(out, ")");
}

void ppt_chart_compose(const struct ppt_chart *chart, struct ppt_chart_composition *composition)
{
    struct head wide PPT_OWNED(free_head) = {0}, narrow PPT_OWNED(free_head) = {0};
    struct ppt_text *out = &composition->commands;
    const double panels = chart->panel_height;

    lay_out(chart, &ppt_chart_layouts[PPT_CHART_WIDE], &wide);
    lay_out(chart, &ppt_chart_layouts[PPT_CHART_NARROW], &narrow);
    ppt_text_add(out, "set label 101 ");
    choose_lines(out, &narrow.headline, &wide.headline);
    ppt_text_add(out, " at screen 8/width, screen 1 - 17/height left font font.',14'\n"
                      "set label 102 ");
    choose_lines(out, &narrow.notes, &wide.notes);
    choose(out, " at screen 8/width, screen 1 - ", narrow.notes_at + 8, wide.notes_at + 8,
           "/height left tc rgb soft\n");
    choose(out, "set key at screen 0, screen 1 - ", narrow.legend_at, wide.legend_at,
           "/height left top horizontal reverse Left samplen 2 maxcols ");
    choose(out, "", (double)narrow.legend_columns, (double)wide.legend_columns, "\n");
    choose(out, "head = ", narrow.height, wide.height, "\nset tmargin at screen 1 - head/height\n");
    for (size_t i = 0; i < PPT_CHART_LAYOUTS; i++) {
        const struct ppt_chart_layout *layout = &ppt_chart_layouts[i];

        composition->height[i] = ceil(
            (i == PPT_CHART_WIDE ? wide.height : narrow.height) +
            (panels > 0 ? (double)chart->panel_rows[i] * panels : layout->plot) + chart->foot[i]);
    }
}
