/*
 * The axis upwards, with round numbers that people can read: gnuplot's own logarithmic ones of
 * 2 are 65536 and 1.04858e+06.
 */
#include <math.h>

#include "chart.h"
#include "owned.h"

const char *ppt_chart_unit(double largest_s, double *unit)
{
    *unit = largest_s >= 1 ? 1 : largest_s >= 1e-3 ? 1e-3 : largest_s >= 1e-6 ? 1e-6 : 1e-9;
    return largest_s >= 1      ? "seconds"
           : largest_s >= 1e-3 ? "milliseconds"
           : largest_s >= 1e-6 ? "microseconds"
                               : "nanoseconds";
}

void ppt_chart_reach(struct ppt_chart_range *range, double value)
{
    if (value > 0 && isfinite(value)) {
        range->low = range->low > 0 ? fmin(range->low, value) : value;
        range->high = fmax(range->high, value);
    }
}

/* "20 k", "1/8", "0.5". */
static void add_number(struct ppt_text *out, double value, bool parts)
{
    static const char *const thousands[] = {"", " k", " M", " G", " T"};
    size_t i = 0;

    while (value >= 9999.5 && i + 1 < sizeof(thousands) / sizeof(thousands[0])) {
        value /= 1000;
        i++;
    }
    if (parts && value < 0.3) {
        ppt_text_addf(out, "1/%.6g", 1 / value);
    } else {
        ppt_text_addf(out, "%.6g%s", value, thousands[i]);
    }
}

static void add_tick(struct ppt_text *out, double value, bool parts)
{
    ppt_text_add(out, out->length > 0 ? ", '" : "'");
    add_number(out, value, parts);
    ppt_text_addf(out, "' %.9g", value);
}

/* So many labels at most. */
#define MOST_TICKS 8

/* The next larger of 1, 2 and 5 times a power of ten. */
static double round_step(double at_least)
{
    const double power = pow(10, floor(log10(at_least)));

    return at_least <= power       ? power
           : at_least <= 2 * power ? 2 * power
           : at_least <= 5 * power ? 5 * power
                                   : 10 * power;
}

/* From 0 in equal steps; the axis ends at one. */
static void add_linear(struct ppt_chart *chart, double high)
{
    const double step = round_step(fmax(high, 1e-300) / 6), end = ceil(1.02 * high / step);
    struct ppt_text ticks PPT_OWNED(ppt_text_free) = {0};

    for (double i = 0; i <= end; i++) {
        add_tick(&ticks, i * step, false);
    }
    ppt_chart_set(chart, "set yrange [0:%.9g]\nset ytics (%s)", fmax(1, end) * step, ticks.data);
}

/* The power of 2, or 1, 2 or 5 times one of 10, that is next to a value, above or below. */
static double round_below(double value, bool of_2)
{
    if (of_2) {
        return exp2(floor(log2(value) + 1e-9));
    }
    const double power = pow(10, floor(log10(value) + 1e-9));

    return value >= 5 * power ? 5 * power : value >= 2 * power ? 2 * power : power;
}

static double round_above(double value, bool of_2)
{
    return of_2 ? exp2(ceil(log2(value) - 1e-9)) : round_step(value * (1 - 1e-9));
}

/* Whether an axis from one to the other can have all round numbers on it, not powers alone. */
static bool is_short(double low, double high)
{
    return high / low <= 300;
}

/* Powers, so many apart that they are few. */
static void add_powers(struct ppt_text *ticks, double low, double high, double base)
{
    const double first = ceil(log(low) / log(base) - 1e-9),
                 last = floor(log(high) / log(base) + 1e-9);
    const double apart = 1 + floor((last - first) / MOST_TICKS);

    for (double e = ceil(first / apart) * apart; e <= last; e += apart) {
        add_tick(ticks, pow(base, e), base < 10);
    }
}

static void add_logarithmic(struct ppt_chart *chart, struct ppt_chart_range range, bool of_2)
{
    const double low = round_below(range.low / 1.05, of_2),
                 high = round_above(range.high * 1.05, of_2);
    struct ppt_text ticks PPT_OWNED(ppt_text_free) = {0};

    if (of_2 || !is_short(low, high)) {
        add_powers(&ticks, low, high, of_2 ? 2 : 10);
    } else {
        for (double value = low; value <= high * (1 + 1e-9);
             value = round_above(value * 1.5, false)) {
            add_tick(&ticks, value, false);
        }
    }
    ppt_chart_set(chart, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics (%s)", low, high,
                  ticks.data);
}

static void value_axis_add(struct ppt_chart *chart, struct ppt_chart_range range, bool logarithmic,
                           bool of_2)
{
    if (logarithmic && range.low > 0) {
        add_logarithmic(chart, range, of_2);
    } else {
        add_linear(chart, range.high > 0 ? range.high : 1);
    }
}

void ppt_chart_value_axis(struct ppt_chart *chart, const char *label, struct ppt_chart_range range,
                          bool logarithmic)
{
    ppt_chart_set(chart, "set ylabel '%s'", label);
    value_axis_add(chart, range, logarithmic, false);
}

void ppt_chart_speedup_axis(struct ppt_chart *chart, unsigned base, struct ppt_chart_range range,
                            bool logarithmic)
{
    if (base == 0) {
        ppt_chart_set(chart, "set ylabel 'times as fast as sequential calls'");
    } else {
        ppt_chart_set(chart, "set ylabel 'times as fast as %u worker%s'", base, PPT_S(base));
    }
    value_axis_add(chart, range, logarithmic, true);
}
