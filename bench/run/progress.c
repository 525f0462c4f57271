#include "progress.h"

#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "terminal.h"
#include "text.h"

/* Between lines of a log, unless PPT_PROGRESS_SECONDS says otherwise. */
#define INTERVAL_S 10

/* Between two of a terminal during a pass. */
#define TICK_NS 1000000000

struct ppt_progress {
    FILE *stream;
    bool terminal;
    const struct ppt_config *config;
    int64_t started_ns;
    int64_t last_ns; /* when the last line of a log was written, at first the start */
    int64_t interval_ns;
    unsigned block; /* of the pass that runs, its point, */
    size_t point;
    int64_t begun_ns; /* and when that began; 0: none runs */
    int64_t drawn_ns; /* when the line of a terminal was */
    uint64_t done;
    struct point_time {
        uint64_t passes;
        double seconds;
    } * points;
};

struct ppt_progress *ppt_progress_create(FILE *stream, const struct ppt_config *config,
                                         uint64_t recorded)
{
    const double interval_s = ppt_clock_setting_s("PPT_PROGRESS_SECONDS", 0, INTERVAL_S);
    struct ppt_progress *progress = ppt_alloc(1, sizeof(*progress));

    progress->stream = stream;
    progress->terminal = stream && ppt_terminal_of(stream).present;
    progress->config = config;
    progress->started_ns = ppt_clock_ns();
    progress->last_ns = progress->started_ns;
    progress->interval_ns = (int64_t)(fmin(interval_s, 1e9) * 1e9);
    progress->done = recorded;
    progress->points = ppt_alloc(ppt_plan_room(config), sizeof(*progress->points));
    return progress;
}

void ppt_progress_began(struct ppt_progress *progress, int64_t started_ns)
{
    progress->started_ns = started_ns;
}

static void draw(const struct ppt_progress *progress, const char *line)
{
    if (progress->terminal) {
        fprintf(progress->stream, "\r\033[K%s", line);
        fflush(progress->stream);
    }
}

void ppt_progress_destroy(struct ppt_progress *progress)
{
    if (progress) {
        draw(progress, "");
        free(progress->points);
        free(progress);
    }
}

/* So long the pass has been running. */
static double running_s(const struct ppt_progress *progress)
{
    return progress->begun_ns > 0 ? (double)(ppt_clock_ns() - progress->begun_ns) * 1e-9 : 0;
}

/* Of what such a pass takes, as far as that is known, or else a pass in the mean. */
static double gone_s(const struct ppt_progress *progress, double mean_s)
{
    const struct point_time *time = &progress->points[progress->point];

    return fmin(running_s(progress),
                time->passes > 0 ? time->seconds / (double)time->passes : mean_s);
}

/* Seconds until the end, waits included: the mean time of each point so far for each pass to come;
 * below 0 while nothing is known. */
static double left_s_of(const struct ppt_progress *progress)
{
    const struct ppt_config *config = progress->config;
    const uint64_t left = ppt_plan_passes(config) - progress->done;
    double known_s = 0, left_s = 0;
    size_t known = 0;

    for (size_t i = 0; i < ppt_plan_room(config); i++) {
        if (progress->points[i].passes > 0) {
            known_s += progress->points[i].seconds / (double)progress->points[i].passes;
            known++;
        }
    }
    if (config->adaptive) {
        return config->max_seconds - (double)(ppt_clock_ns() - progress->started_ns) * 1e-9;
    }
    if (known == 0) {
        return -1;
    }
    /* What is left is whole blocks, nearly; within one all points count alike. */
    const uint64_t blocks = left / config->point_count;
    left_s = (double)left * (known_s / (double)known + config->wait_after_pass_s);
    left_s += config->wait_after_block_s * (double)blocks;
    return left_s - gone_s(progress, known_s / (double)known);
}

/* "3 s", "2 min 05 s", "1 h 12 min". */
static void add_time(struct ppt_text *line, double seconds)
{
    const long s = (long)(seconds + 0.5);

    if (s < 60) {
        ppt_text_addf(line, "%ld s", s);
    } else if (s < 3600) {
        ppt_text_addf(line, "%ld min %02ld s", s / 60, s % 60);
    } else {
        ppt_text_addf(line, "%ld h %02ld min", s / 3600, s % 3600 / 60);
    }
}

static double percent_of(const struct ppt_progress *progress)
{
    return 100.0 * (double)progress->done / (double)ppt_plan_passes(progress->config);
}

/* "block 3 of 10, 4 workers". */
static void add_place(struct ppt_text *line, const struct ppt_config *config, unsigned block,
                      size_t point)
{
    const struct ppt_point at = config->points[point];
    const unsigned all = ppt_point_shown(ppt_point_of_variant(at), ppt_config_several(config));
    const unsigned first = PPT_ONLY(PPT_WORKERS);
    const struct ppt_plan_round round = ppt_plan_round(config, block);
    char words[PPT_POINT_WORDS_SIZE];

    if (block == 0) {
        ppt_text_add(line, "warm-up");
    } else if (round.pressed) {
        ppt_text_addf(line, "why, iteration %u of %s%u", block - round.first_block + 1,
                      config->adaptive ? "at most " : "", round.blocks);
    } else if (config->adaptive) {
        ppt_text_addf(line, "iteration %u, until settled", block);
    } else {
        ppt_text_addf(line, "iteration %u of %u", block, config->blocks);
    }
    if (ppt_point_variant(at) > 0) {
        ppt_text_addf(line, ", %s", ppt_config_label(config, at));
    }
    ppt_text_add(line, ppt_point_words(at, first, ", ", "", words));
    ppt_text_add(line, ppt_point_words(at, all & ~first, " x ", " x ", words));
    if (at.pressure > 0 && at.pressure != PPT_PRESSURE_ALONE) {
        ppt_text_addf(line, ", beside pressure on %s", ppt_resources[at.pressure].words);
    }
}

/* "about 2 min 05 s left", if anything is known of it. */
static void add_left(struct ppt_text *line, const struct ppt_progress *progress,
                     const char *separator)
{
    const bool adaptive = progress->config->adaptive;
    const double left_s = left_s_of(progress);

    if (left_s >= 0) {
        ppt_text_addf(line, "%s%s ", separator, adaptive ? "at most" : "about");
        add_time(line, left_s);
        ppt_text_add(line, " left");
    }
}

/* Where nothing is known of what is left, that it goes on is told by how long it has. */
static void add_left_or_gone(struct ppt_text *line, const struct ppt_progress *progress)
{
    const size_t before = line->length;
    const double seconds = running_s(progress);

    add_left(line, progress, "  ");
    if (line->length == before && seconds >= 1) {
        ppt_text_add(line, "  for ");
        add_time(line, seconds);
    }
}

static void draw_pass(struct ppt_progress *progress)
{
    const struct ppt_config *config = progress->config;
    struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

    if (config->variant_count == 0) {
        /* Of several programs the place names one, and there is no room for all. */
        ppt_text_addf(&line, "%s  ", ppt_config_title(config));
    }
    if (!config->adaptive) {
        ppt_text_addf(&line, "%3.0f %%  ", percent_of(progress));
    }
    add_place(&line, config, progress->block, progress->point);
    add_left_or_gone(&line, progress);
    /* A name may have letters of several bytes, which take fewer columns: none of them is cut. */
    size_t width = ppt_terminal_of(progress->stream).width - 1;
    if (line.length > width) {
        while (width > 0 && ((unsigned char)line.data[width] & 0xc0) == 0x80) {
            width--;
        }
        line.data[width] = '\0';
    }
    draw(progress, line.data);
    progress->drawn_ns = ppt_clock_ns();
}

void ppt_progress_before(struct ppt_progress *progress, unsigned block, size_t point)
{
    progress->block = block;
    progress->point = point;
    progress->begun_ns = ppt_clock_ns();
    if (progress->terminal) {
        draw_pass(progress);
    }
}

void ppt_progress_during(struct ppt_progress *progress)
{
    if (progress && progress->terminal && progress->begun_ns > 0 &&
        ppt_progress_due(progress->drawn_ns, ppt_clock_ns(), TICK_NS)) {
        draw_pass(progress);
    }
}

bool ppt_progress_due(int64_t last_ns, int64_t now_ns, int64_t interval_ns)
{
    return now_ns - last_ns >= interval_ns;
}

/* A line of a log: "sort: block 3 of 10, 4 workers done, 27 %, about 2 min 05 s left". */
static void write_line(const struct ppt_progress *progress, unsigned block, size_t point)
{
    const struct ppt_config *config = progress->config;
    struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

    add_place(&line, config, block, point);
    ppt_text_add(&line, " done");
    if (!config->adaptive) {
        ppt_text_addf(&line, ", %.0f %%", percent_of(progress));
    }
    if (progress->done < ppt_plan_passes(config)) {
        add_left(&line, progress, ", ");
    }
    ppt_text_print(progress->stream, "%s: %s", ppt_config_title(config), line.data);
    fflush(progress->stream);
}

void ppt_progress_idle(struct ppt_progress *progress)
{
    if (progress) {
        progress->begun_ns = 0;
    }
}

void ppt_progress_after(struct ppt_progress *progress, unsigned block, size_t point,
                        int64_t wall_ns)
{
    const int64_t now_ns = ppt_clock_ns();

    progress->done++;
    progress->points[point].passes++;
    progress->points[point].seconds += (double)wall_ns * 1e-9;
    if (progress->stream && !progress->terminal &&
        ppt_progress_due(progress->last_ns, now_ns, progress->interval_ns)) {
        write_line(progress, block, point);
        progress->last_ns = now_ns;
    }
}
