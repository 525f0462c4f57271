#include "progress.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "memory.h"
#include "plan.h"
#include "terminal.h"
#include "text.h"

struct ppt_progress {
    FILE *stream;
    bool terminal;
    const struct ppt_config *config;
    int64_t started_ns;
    uint64_t done;
    struct point_time {
        uint64_t passes;
        double seconds;
    } * points;
};

struct ppt_progress *ppt_progress_create(FILE *stream, const struct ppt_config *config)
{
    struct ppt_progress *progress = ppt_alloc(1, sizeof(*progress));

    progress->stream = stream;
    progress->terminal = stream && ppt_terminal_of(stream).present;
    progress->config = config;
    progress->started_ns = ppt_clock_ns();
    progress->points = ppt_alloc(config->point_count, sizeof(*progress->points));
    return progress;
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

/* Seconds until the end, waits included: the mean time of each point so far for each pass to come;
 * below 0 while nothing is known. */
static double left_s_of(const struct ppt_progress *progress)
{
    const struct ppt_config *config = progress->config;
    const uint64_t left = ppt_plan_passes(config) - progress->done;
    double known_s = 0, left_s = 0;
    size_t known = 0;

    for (size_t i = 0; i < config->point_count; i++) {
        if (progress->points[i].passes > 0) {
            known_s += progress->points[i].seconds / (double)progress->points[i].passes;
            known++;
        }
    }
    if (known == 0) {
        return -1;
    }
    if (config->adaptive) {
        return config->max_seconds - (double)(ppt_clock_ns() - progress->started_ns) * 1e-9;
    }
    /* What is left is whole blocks, nearly; within one all points count alike. */
    const uint64_t blocks = left / config->point_count;
    left_s = (double)left * (known_s / (double)known + config->wait_after_pass_s);
    return left_s + config->wait_after_block_s * (double)blocks;
}

/* "3 s", "2 min 05 s", "1 h 12 min". */
static void add_time_left(struct ppt_text *line, double seconds)
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

void ppt_progress_before(struct ppt_progress *progress, unsigned block, size_t point)
{
    const struct ppt_config *config = progress->config;
    const uint64_t all = ppt_plan_passes(config);
    const double left_s = left_s_of(progress);
    struct ppt_text line = {0};

    if (!progress->terminal) {
        return;
    }
    ppt_text_addf(&line, "%s  ", config->task);
    if (!config->adaptive) {
        ppt_text_addf(&line, "%3.0f %%  ", 100.0 * (double)progress->done / (double)all);
    }
    if (block == 0) {
        ppt_text_add(&line, "warm-up");
    } else if (config->adaptive) {
        ppt_text_addf(&line, "block %u, until settled", block);
    } else {
        ppt_text_addf(&line, "block %u of %u", block, config->blocks);
    }
    const unsigned workers = config->points[point].workers, ranks = config->points[point].ranks;
    ppt_text_addf(&line,
                  workers == 0   ? ", sequential"
                  : workers == 1 ? ", 1 worker"
                                 : ", %u workers",
                  workers);
    if (ranks > 0) {
        ppt_text_addf(&line, " x %u rank%s", ranks, ranks == 1 ? "" : "s");
    }
    if (config->inner_count > 1) {
        ppt_text_addf(&line, " x %u inner threads", config->points[point].inner_threads);
    }
    if (left_s >= 0) {
        ppt_text_add(&line, config->adaptive ? "  at most " : "  about ");
        add_time_left(&line, left_s);
        ppt_text_add(&line, " left");
    }
    /* All characters of the line are ASCII, so bytes are columns. */
    const size_t width = ppt_terminal_of(progress->stream).width - 1;
    if (line.length > width) {
        line.data[width] = '\0';
    }
    draw(progress, line.data);
    ppt_text_free(&line);
}

void ppt_progress_after(struct ppt_progress *progress, size_t point, int64_t total_ns)
{
    progress->done++;
    progress->points[point].passes++;
    progress->points[point].seconds += (double)total_ns * 1e-9;
}
