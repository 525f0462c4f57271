#include "shared.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"

static enum ppt_status read_format(const char *value, void *place, struct ppt_error *error)
{
    return ppt_format_find(value, place, error);
}

/* In mm; the least that text is read on, and the most that printers know. */
#define NARROWEST_CHART 30
#define WIDEST_CHART 1200

static enum ppt_status read_chart_size(const char *value, void *place, struct ppt_error *error)
{
    static const struct {
        const char *name;
        double mm;
    } units[] = {{"mm", 1}, {"cm", 10}, {"in", 25.4}};
    char *unit;
    const double number = strtod(value, &unit);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        const double mm = number * units[i].mm;

        if (unit != value && strcmp(unit, units[i].name) == 0 && mm >= NARROWEST_CHART &&
            mm <= WIDEST_CHART) {
            *(double *)place = mm;
            return PPT_OK;
        }
    }
    return ppt_fail(
        error, PPT_BAD_INPUT,
        "--chart-size: \"%s\" is no width: a number with mm, cm or in is one, from %dmm to "
        "%dmm",
        value, NARROWEST_CHART, WIDEST_CHART);
}

static const struct ppt_preset quick[] = {
    {PPT_KEY_ITERATIONS, "3"},
    {PPT_KEY_WAIT_AFTER_PASS, "0"},
    {PPT_KEY_WAIT_AFTER_BLOCK, "0"},
    {PPT_KEY_COUNT, NULL},
};

const struct ppt_option ppt_shared_options[] = {
    [PPT_SHARED_CONFIG] =
        {"--config", PPT_OPTION_OPERAND,
         .heading = "Options of a measurement, over what a file says, with their defaults:",
         .metavar = "FILE", .help = "a configuration, as a plain argument is"},
    [PPT_SHARED_QUICK] = {"--quick", PPT_OPTION_PRESET, .presets = quick, .joins = true,
                          .help = "3 iterations and no waits"},
    [PPT_SHARED_OUTPUT] = {"--output", PPT_OPTION_TEXT, .noun = "folder", .metavar = "DIR",
                           .help = "where results go (default: output)"},
    [PPT_SHARED_FORMAT] = {"--format", PPT_OPTION_READ, .read = read_format, .metavar = "NAME",
                           .elsewhere = "--export-json --export-csv --export-markdown",
                           .help = "prints that instead of the table: csv, json, html, gbench,\n"
                                   "bmf, ghab, hyperfine, markdown, gnuplot (also of report)"},
    [PPT_SHARED_QUIET] = {"--quiet", PPT_OPTION_FLAG, .help = "the verdict alone;"},
    [PPT_SHARED_CHART_SIZE] = {"--chart-size", PPT_OPTION_READ, .read = read_chart_size,
                               .joins = true, .metavar = "W", .help = "of PDFs: 85mm, 3in (16cm)"},
    [PPT_SHARED_TIMEOUT] = {"--timeout", PPT_OPTION_TEXT,
                            .heading = "Options of a program behind \"--\":", .joins = true,
                            .metavar = "S", .help = "ends it after so long (3600);"},
    [PPT_SHARED_PROGRAM_OUTPUT] = {"--program-output", PPT_OPTION_TEXT, .metavar = "W",
                                   .help =
                                       "discard, null (/dev/null), keep, show, check (discard)"},
    [PPT_SHARED_SHOW_OUTPUT] = {"--show-output", PPT_OPTION_FLAG, .help = "the same as show;"},
    [PPT_SHARED_IGNORE_FAILURE] = {"--ignore-failure", PPT_OPTION_FLAG, .elsewhere = "-i",
                                   .joins = true, .help = "exit codes are fine"},
    [PPT_SHARED_INPUTS] = {"--inputs", PPT_OPTION_TEXT, .elsewhere = "-a --arg-file",
                           .noun = "file", .metavar = "FILE",
                           .help = "a task per line, {} (-: standard input);"},
    [PPT_SHARED_NULL] = {"--null", PPT_OPTION_FLAG, .also = "-0", .joins = true,
                         .help = ": by NUL"},
    [PPT_SHARED_CPUS] = {"--cpus", PPT_OPTION_COUNT, .joins = true, .metavar = "N",
                         .help = "to use (unknown)"},
    [PPT_SHARED_JSON] = {"--json", PPT_OPTION_FLAG, .general = true,
                         .heading = "General:", .joins = true,
                         .help = "an answer for programs (not of runs, report, resume)"},
};
