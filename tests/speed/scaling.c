/*
 * scaling: passes of two workers against passes of one, as long as a pass that is worth sharing
 * out. Time is that of the whole pass, starting and ending the team included.
 */
#include <sched.h>
#include <stdlib.h>

#include "crew.h"
#include "subjects.h"

#define PASS_NS 130e6 /* of one worker, so that two take more than 50 ms */
#define FEWEST_TASKS 4

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi, ppt_kernel_io, ppt_kernel_zip,
    ppt_kernel_tensor, ppt_kernel_sort, ppt_kernel_matrix, ppt_kernel_img, ppt_kernel_password;

static const char *const paths[] = {PPT_DATA "/landscape.png"};

static const struct subject {
    const struct ppt_kernel *kernel;
    union ppt_value args[10];
    const char *name;
    double limit;
} subjects[] = {
    {&ppt_kernel_sum, {{.integer = 1000000}}, "sum (1000000)", 1.8},
    {&ppt_kernel_multi, {{.integer = 200000}}, "multi (200000)", 1.8},
    {&ppt_kernel_tensor, {{.integer = 256}, {.integer = 50}}, "tensor (256, 50)", 1.8},
    {&ppt_kernel_img, {{.paths = {paths, 1}}}, "img (1024 × 660)", 1.8},
    {&ppt_kernel_password,
     {{.integer = 100},
      {.integer = 1000},
      {.span = {20, 20}},
      {.real = 0.8},
      {.choice = 0},
      {.integer = 2},
      {.integer = 19456},
      {.integer = 1}},
     "password (100, 1000, [20, 20], 0.8)",
     1.8},
    {&ppt_kernel_sort, {{.integer = 1000000}}, "sort (1000000)", 1.5},
    {&ppt_kernel_io, {{.integer = 50}}, "io (50)", 1.5},
    {&ppt_kernel_zip, {{.integer = 4}, {.integer = 9}, {.choice = 0}}, "zip (4)", 1.5},
    {&ppt_kernel_matrix, {{.integer = 1000}}, "matrix (1000)", 1.5},
};

/* An even number of tasks that takes one worker about PASS_NS. */
static enum ppt_status choose_count(const struct subject *subject, const struct ppt_folder *scratch,
                                    uint64_t *count, struct ppt_error *error)
{
    struct crew crew;
    struct shift shift = {.crew = &crew, .workers = 1};
    enum ppt_status status =
        crew_start(&crew, subject->kernel, subject->args, FEWEST_TASKS, scratch, error);

    if (status == PPT_OK) {
        status = shift_run(&shift, error);
    }
    if (status == PPT_OK) {
        status = shift_run(&shift, error);
    }
    if (status == PPT_OK) {
        const double each = (double)shift.work_ns / FEWEST_TASKS;
        const uint64_t pairs = (uint64_t)(PASS_NS / 2 / each) + 1;

        *count = pairs * 2 > FEWEST_TASKS ? pairs * 2 : FEWEST_TASKS;
    }
    crew_stop(&crew);
    return status;
}

static enum ppt_status measure(const struct venue *venue, const struct subject *subject,
                               struct ppt_error *error)
{
    uint64_t count = FEWEST_TASKS;
    struct crew crew = {0};
    struct shift one = {.crew = &crew, .workers = 1}, two = {.crew = &crew, .workers = 2};
    struct contest contest = {
        .measured = {subject->name, shift_run, NULL, shift_total_ns, &two, 1},
        .reference = {"1 worker", shift_run, NULL, shift_total_ns, &one, 1},
        .unit = "ms",
        .unit_ns = 1e6,
        .ratio = CONTEST_SPEED,
        .bar = CONTEST_RATIO,
        .limit = subject->limit,
    };
    enum ppt_status status = choose_count(subject, venue->scratch, &count, error);
    char name[128];

    if (status == PPT_OK) {
        status = crew_start(&crew, subject->kernel, subject->args, count, venue->scratch, error);
    }
    if (status == PPT_OK) {
        snprintf(name, sizeof(name), "2 workers, %llu tasks of %s", (unsigned long long)count,
                 subject->name);
        contest.measured.name = name;
        status = contest_hold(venue, &contest, error);
    }
    crew_stop(&crew);
    return status;
}

enum ppt_status speed_scaling(const struct venue *venue, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    cpu_set_t cpus;

    if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) < 2) {
        fputs("ppt-omp-speed: scaling: only one CPU may be used here, two workers share it\n",
              stderr);
    }
    for (size_t i = 0; status == PPT_OK && i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        status = measure(venue, &subjects[i], error);
    }
    return status;
}
