#include "html_figure.h"

#include <assert.h>
#include <string.h>

#include "charts.h"
#include "file.h"
#include "html_data.h"
#include "html_page.h"
#include "memory.h"
#include "owned.h"

#define LARGEST_CHART ((size_t)16 << 20)

/* ---- what is said of each ---- */

struct figure {
    const char *name;   /* of the chart, or of what else is explained */
    const char *title;  /* what it is about */
    const char *shows;  /* for those who do not see it; NULL: it is no chart */
    const char *reads;  /* one sentence below it, or two */
    const char *method; /* how to read it, and what it is made of */
};

static const struct figure figures[] = {
    {"verdict", "the verdict", NULL, NULL,
     "The sentence names the fewest workers that are nearly as fast as the best count that was "
     "tried, and promises how much slower they are at most: in 95 of 100 such runs no count that "
     "was tried beats them by more. Behind that stand the speedup and, in brackets, the interval "
     "that holds it in 95 of 100 such runs. Confidence HIGH: with 99 % confidence they are within "
     "the tolerance of the best. MEDIUM: with 95 % confidence within twice the tolerance; or it "
     "would be HIGH, but passes were stopped or disturbed, or the clock is too coarse. LOW: "
     "neither. The word before it says what to do with it: settled, rely on it; unsure, measure "
     "more; disturbed, measure again when the machine is quiet, or take it as true beside what "
     "disturbed it."},
    {"table", "the table", NULL, NULL,
     "A row is a number of workers; the marked one is recommended. Init is what creating the "
     "workers costs, and their scratch memory beyond what one worker needs; work is the tasks; "
     "cleanup gives everything back. They are moved a little, so that they add up to the total. "
     "Compare the mean task time down the column: where it grows, tasks get into each other's "
     "way. A speedup is the median of ratios, each of two passes of the same iteration: what slows "
     "a whole iteration cancels, and so it need not be the quotient of two totals."},
    {"sure", "this section", NULL, NULL,
     "The promise holds for the machine as it was while the passes ran. Of each pass two shares "
     "are kept: of the CPUs, how much others used; and of the time that its own threads could have "
     "had, for how long they waited for a CPU. Where too many passes lost much in that way, or "
     "were "
     "stopped, the confidence is lowered, for others who are there all the time make no interval "
     "wider. What all iterations share stays unseen: the hour, the machine, its neighbours. Repeat "
     "the run before a decision rests on a difference of some percent."},
    {"change", "the verdict", NULL, NULL,
     "A change counts where it is surely more than the threshold. Slower: at some number of "
     "workers it takes surely longer. Unchanged: at all of them it is surely within the threshold. "
     "Inconclusive: the passes do not tell, which is no sign that nothing changed. The word before "
     "it says the same for every page: regression, improvement, settled (unchanged, or at least "
     "not slower), unsure, or disturbed, where others took much of a run."},
    {"speedup", "speedup",
     "speedup against the number of workers, with intervals and the ideal line",
     "How many times as fast as the baseline. Bars are 95 % intervals of the median; where they "
     "overlap, the difference may be chance.",
     "A mark is the median over the iterations: in each, every number of workers was measured "
     "once, and the speedup is taken within the iteration, so that what slows a whole iteration "
     "cancels. On the ideal line twice the workers are twice as fast. Where the curve leaves it, "
     "something is lost (see Why); where it is flat, more workers only cost."},
    {"heat", "all points", "tasks per second by workers and inner threads, or ranks",
     "The stronger the colour, the faster; the framed field is the recommended one.",
     "A column is a number of workers, a row a number of threads inside each task, or of ranks. "
     "Each field is the median of whole passes. Go along a row to see what workers bring, along a "
     "column to see what the other number does. A * says that there are more threads than CPUs."},
    {"cost", "time and cost",
     "time of a pass against what 1000 tasks cost, for every number of workers",
     "Every mark is a number of workers, by how long all tasks take and what 1000 of them cost. "
     "On the dashed line no other is both quicker and cheaper.",
     "The cost of a pass is its time, multiplied by what an hour costs there: the machine, and "
     "each "
     "worker. Marks that are not on the line are beaten by another one in both."},
    {"latency", "latency",
     "how long tasks take from their arrival to their end, for every number of workers",
     "Tasks arrive whether workers are free or not; their latency counts from then on.",
     "p95 is what 95 of a hundred tasks of a pass take no longer than. A percentile is drawn where "
     "passes have ten tasks or more beyond it. The dashed line is the limit that was asked for. "
     "The bound of the verdict is wider than the bars: tasks wait in bursts, of which a pass has "
     "few."},
    {"model", "what the laws say",
     "tasks per second against workers, as measured, with the laws that may hold",
     "Marks are measured; each line is the best curve of a law that the passes do not exclude. "
     "Where the lines part, nobody knows yet.",
     "The laws are tried on the same passes, and each that fits is drawn on, to twice the largest "
     "number of workers at most. Amdahl's law: a part of the work runs one at a time. A roof: "
     "workers add up until something is used up, a device or a quota. The USL (Universal "
     "Scalability Law): they queue for something shared, and keeping each other in step costs "
     "more the more there are. What saturates: the same as a roof, reached slowly, as bandwidth "
     "is. The queue for a lock: one holds it, others wait. A second slope: from some number on "
     "each more adds less, as second threads of a core do. Figures in brackets are the range of "
     "all "
     "curves of a law that the passes allow. Nothing is said across the number of CPUs, unless "
     "tasks mostly wait, or from fewer than three numbers of workers."},
    {"efficiency", "efficiency factors", "efficiency factors at every number of workers",
     "Number of workers times all these factors is exactly the speedup over sequential calls. 1 "
     "means nothing is lost; the lowest mark is where to look first.",
     "Load balance: workers finish with unequal loads. Communication: tasks are waited for that "
     "another rank has. Scheduling: tasks are handed out and waited for. Startup: the team is "
     "made and released. Work: tasks take longer side by side, on a CPU (caches, memory, clock) "
     "or off it (waiting). Reference: what sequential calls spend outside of tasks. Of the other "
     "columns of the table, three say how many times as long a task takes for each reason, and "
     "multiply to about 1 / work: on CPU, it computes for longer; no CPU, it is ready and has to "
     "wait for one; off CPU, it waits for something else (a lock, a device), or for a CPU as well "
     "where there is no column for that. The serial fraction is the share of the work that behaves "
     "as if one worker alone could do it; and pays from is the number of tasks from which these "
     "workers are faster than sequential calls. All of it is against sequential calls whose tasks "
     "have as many inner threads as the row's."},
    {"why", "what slows a task", "how much longer a task takes beside pressure on each resource",
     "Beside a resource stands how many times as long a task takes while it is pressed on. At the "
     "line a task does not mind; what stands highest, its own CPU apart, is what it needs most.",
     "Threads press on one resource at a time, on CPUs that the task does not use (on its own CPU "
     "where that is what is pressed on), and passes alone and beside each pressure come in the "
     "same iterations, in random order. Marks are trimmed means of ratios within iterations; all "
     "bars of a number of workers hold together in 95 of 100 such runs. Every task that computes "
     "minds sharing its CPU; one that minds another resource surely by more than the tolerance is "
     "held up by that. What could not be pressed on has no mark."},
    {"time", "where the time goes", "init, work and cleanup of a pass at every number of workers",
     "Bars are medians, whiskers 95 % intervals of the total.",
     "Init is creating the team, and its scratch memory beyond what one worker takes; work is the "
     "tasks; cleanup gives everything back. What one worker's scratch takes plain calls pay as "
     "well: it is in none of these, but in the list of passes."},
    {"tasks_per_second", "throughput", "tasks per second at every number of workers",
     "Throughput of whole passes, starting and ending the workers included; whiskers are 95 % "
     "intervals.",
     "The number of tasks of a pass divided by its whole time: what somebody gets who has so many "
     "tasks and nothing else to do. With more tasks a pass, starting weighs less."},
    {"task_times", "times of single tasks",
     "median, 95 %, 99 % and longest task time at every number of workers",
     "How long tasks take from their own point of view. Far apart marks mean uneven tasks, or "
     "tasks that have to wait for a CPU.",
     "Each figure is that of a pass, and the median of these over the iterations: half of the "
     "tasks, 95 % and 99 % of them took less, and one the longest. Of few tasks the last figures "
     "are those of the same task."},
    {"distribution", "how task times are spread",
     "share of the tasks that took at most so long, a curve for each number of workers",
     "The further left and the steeper a curve, the shorter and the more even the tasks. Of many "
     "numbers of workers some are drawn, the recommended one among them.",
     "Go from a share on the left to the curve, and down to the time that this share of the tasks "
     "took at most. Steps are kinds of tasks; a long foot to the right are a few that had to "
     "wait. Marked are the shares of 50, 95 and 99 %, where there are tasks enough to know them."},
    {"balance", "how busy workers are", "how busy each worker was at every number of workers",
     "The share of the time in which a worker ran tasks. Marks far apart mean that some workers "
     "had nothing left to do while others were still at it.",
     "Workers of different passes have nothing to do with each other, so they are ordered within "
     "their pass: the least busy one, the next, and so on; each mark is a median over the "
     "iterations. More tasks, or smaller ones, bring the marks together."},
    {"passes", "all passes in time",
     "every pass against the time it started, relative to its point's median",
     "Passes should scatter around 1. A slope is a machine that changed (heat, other users); "
     "crosses are passes that others or a quota disturbed.",
     "Every mark is a pass: its time, divided by the median of all with as many workers. Passes "
     "that were measured again do not count; no other is left out: medians carry them. Crosses now "
     "and then make the verdict's interval wider, not wrong; what slows all passes alike does not "
     "show here (see How sure)."},
    {"overview", "speedups of all tasks", "speedup of every task against workers",
     "Medians with 95 % intervals; the dashed line is the ideal.",
     "For every task: the number of workers along the axis, and how many times as fast as its own "
     "baseline it became. What is lost, and to what, is on the page of the task."},
    {"programs", "all programs", "tasks per second of every program at every number of workers",
     "Whole passes, medians; bars are 95 % intervals.",
     "All programs were measured in the same iterations, in random order. Where the bars of two "
     "programs do not meet, the faster one surely is; where they do, the table says it, for it "
     "compares pass by pass of the same iteration."},
    {"sizes", "all sizes", "how many times as fast every count is at every size",
     "Above the grey line a count is faster than the fewest threads. Green: from which size on the "
     "policy says what, and the interval of that.",
     "Each mark is the median over iterations of the ratio of two passes of the same iteration; "
     "bars are 95 % intervals. The green band ends at sizes that were measured: at one the gain is "
     "surely below half of the tolerance, at the other surely above. The green line between them "
     "is an estimate."},
    {"compare", "old and new",
     "tasks per second of the old and the new runs at every number of workers",
     "Higher is faster. Where the intervals of both sides overlap widely, nothing can be told; "
     "the table says it point by point.",
     "Each mark is the median of whole passes of all runs of a side. What changed is not read off "
     "the marks but computed from the logarithms of pass times: differences of trimmed means, "
     "with intervals that hold for all points together."},
};

static const struct figure *find_figure(const char *name)
{
    size_t i = 0;

    while (strcmp(figures[i].name, name) != 0) {
        i++;
        assert(i < sizeof(figures) / sizeof(figures[0]));
    }
    return &figures[i];
}

static void add_method(struct ppt_text *out, const struct figure *figure)
{
    ppt_text_addf(out,
                  "<details class=\"help\" id=\"read-%s\">\n<summary>How to read %s</summary>\n",
                  figure->name, figure->shows ? "this chart" : figure->title);
    ppt_html_put(out, "<p>", figure->method, "</p>\n</details>\n");
}

void ppt_html_reading(struct ppt_text *out, const char *name)
{
    add_method(out, find_figure(name));
}

/* ---- pictures ---- */

/* In base64, whose letters mean nothing in a page, and nothing in an address. */
static void add_base64(struct ppt_text *out, const char *data, size_t length)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *encoded PPT_FREED = ppt_alloc(length / 3 * 4 + 5, 1), *at = encoded;

    for (size_t i = 0; i < length; i += 3) {
        const size_t bytes = length - i < 3 ? length - i : 3;
        unsigned group = 0;

        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < bytes ? (unsigned char)data[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            *at++ = '=';
            if (k <= bytes) {
                at[-1] = letters[group >> (18 - 6 * k) & 63];
            }
        }
    }
    ppt_text_add(out, encoded);
}

/* As an image a picture runs no script, whatever it holds, and loads nothing. */
static void add_address(struct ppt_text *out, const struct ppt_text *svg)
{
    ppt_text_add(out, "data:image/svg+xml;base64,");
    add_base64(out, svg->data, svg->length);
}

/* The picture of that name; empty if there is none, or no whole one. */
static struct ppt_text read_picture(const struct ppt_folder *charts, const char *name,
                                    const char *ending)
{
    char *file PPT_FREED = ppt_text_format("%s%s.svg", name, ending);
    struct ppt_text svg = {0};
    struct ppt_error ignored;

    if (ppt_file_read_in(charts, file, LARGEST_CHART, &svg.data, &svg.length, &ignored) != PPT_OK ||
        !ppt_svg_is_whole(svg.data, svg.length)) {
        ppt_text_free(&svg);
        svg = (struct ppt_text){0};
    }
    return svg;
}

static void add_picture(struct ppt_text *out, const struct ppt_folder *charts,
                        const struct figure *figure)
{
    struct ppt_text wide PPT_OWNED(ppt_text_free) = read_picture(charts, figure->name, "");
    struct ppt_text narrow PPT_OWNED(ppt_text_free) = read_picture(charts, figure->name, "_narrow");

    if (wide.length == 0) {
        ppt_html_put(out, "<p class=\"soft\">(The chart ", figure->name, " was not drawn.)</p>\n");
        return;
    }
    ppt_text_add(out, "<picture>");
    if (narrow.length > 0) {
        ppt_text_add(out, "<source media=\"(max-width: 40rem)\" srcset=\"");
        add_address(out, &narrow);
        ppt_text_add(out, "\">");
    }
    ppt_html_put(out, "<img alt=\"Chart: ", figure->shows, "\" src=\"");
    add_address(out, &wide);
    ppt_text_add(out, "\"></picture>\n");
}

/* Where there is no such folder no charts were meant to be: those of one of many sizes. */
#define CHARTS "charts"

/* `reads` is said below it, or what the table has. */
static void add_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                       const char *class, const char *reads)
{
    const struct figure *figure = find_figure(name);
    struct ppt_folder charts PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_error ignored;

    if (ppt_folder_enter(folder, CHARTS, false, &charts, &ignored) != PPT_OK) {
        return;
    }
    ppt_text_addf(out, "<figure id=\"figure-%s\"%s>\n", name, class);
    add_picture(out, &charts, figure);
    ppt_html_put(out, "<figcaption>\n<p>", reads ? reads : figure->reads, "</p>\n");
    add_method(out, figure);
    ppt_text_add(out, "</figcaption>\n");
    ppt_html_data(out, &charts, name, figure->title);
    ppt_text_add(out, "</figure>\n");
}

void ppt_html_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                     const char *reads)
{
    add_figure(out, folder, name, "", reads);
}

#define WIDE " class=\"wide\""

void ppt_html_wide_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name)
{
    add_figure(out, folder, name, WIDE, NULL);
}

void ppt_html_wide_figure_saying(struct ppt_text *out, const struct ppt_folder *folder,
                                 const char *name, const char *reads)
{
    add_figure(out, folder, name, WIDE, reads);
}

void ppt_html_folded_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name)
{
    struct ppt_folder charts PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_error ignored;

    if (ppt_folder_enter(folder, CHARTS, false, &charts, &ignored) != PPT_OK) {
        return;
    }
    ppt_html_put(out, "<details class=\"chart\">\n<summary>Chart: ", find_figure(name)->title,
                 "</summary>\n");
    ppt_html_wide_figure(out, folder, name);
    ppt_text_add(out, "</details>\n");
}
