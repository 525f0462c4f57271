#include "gnuplot.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

const char *const ppt_chart_colours[PPT_CHART_COLOURS] = {
    "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#8C6D1F"};
const int ppt_chart_marks[PPT_CHART_COLOURS] = {7, 5, 9, 11, 13, 6, 4, 8};

void ppt_gnuplot_quote(struct ppt_text *out, const char *text)
{
    /* Besides letters and digits what means nothing to gnuplot between quotes. */
    static const char harmless[] = " !&()*+,-./:;<=>?[]^_{|}~";
    struct ppt_text shown = {0};

    ppt_text_add_shown(&shown, text, SIZE_MAX);
    ppt_text_add(out, "\"");
    for (const unsigned char *c = (const unsigned char *)shown.data; *c; c++) {
        const bool plain = isalnum(*c) || *c >= 0x80 || strchr(harmless, *c);

        ppt_text_addf(out, plain ? "%c" : "\\%03o", *c);
    }
    ppt_text_add(out, "\"");
    ppt_text_free(&shown);
}

static void add_head(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "# Draw with: gnuplot -d %s.gp   (makes %s.svg and %s.png; the data is in "
                  "%s.dat)\n"
                  "reset session\n"
                  "set encoding utf8\n"
                  "set border 3 lw 1\n"
                  "set tics nomirror out\n"
                  "set grid ytics lc rgb '#d9d9d9' lw 1\n"
                  "set key outside bottom center horizontal reverse Left samplen 3\n"
                  "set pointintervalbox 0\n"
                  "set termoption noenhanced\n",
                  chart->name, chart->name, chart->name, chart->name);
}

static void add_tail(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "set terminal push\n"
                  "set terminal pngcairo noenhanced size 1440,900 font 'DejaVu Sans,22' lw 2 "
                  "pointscale 2 background rgb 'white'\n"
                  "set output '%s.png'\n"
                  "replot\n"
                  "set output\n",
                  chart->name);
}

static enum ppt_status write_file(const struct ppt_folder *folder, const char *name,
                                  const char *ending, const struct ppt_text *text,
                                  struct ppt_error *error)
{
    char *file = ppt_text_format("%s.%s", name, ending);
    const enum ppt_status status = ppt_file_write_in(folder, file, text->data, text->length, error);

    free(file);
    return status;
}

enum ppt_status ppt_chart_write(struct ppt_chart *chart, const struct ppt_folder *folder,
                                struct ppt_error *error)
{
    struct ppt_text script = {0};
    enum ppt_status status;

    add_head(chart, &script);
    /* The name prefixes the ids inside, so that several charts can be put into one page. */
    ppt_text_addf(&script,
                  "set terminal svg noenhanced size 720,450 dynamic font 'DejaVu Sans,12' name "
                  "'%s' background rgb 'white'\n"
                  "set output '%s.svg'\n",
                  chart->name, chart->name);
    ppt_text_add(&script, chart->plot.data);
    add_tail(chart, &script);
    status = write_file(folder, chart->name, "dat", &chart->data, error);
    if (status == PPT_OK) {
        status = write_file(folder, chart->name, "gp", &script, error);
    }
    ppt_text_free(&script);
    ppt_text_free(&chart->data);
    ppt_text_free(&chart->plot);
    return status;
}
