/*
 * How much each planted cause minds each pressure: the slowdowns from which the rules of `ppt-omp
 * why` are made, and the working sets of the pressures were chosen. One worker; alone and beside
 * each pressure in random order, in so many rounds (1st argument, default 7) of so many
 * milliseconds each (2nd argument, default 100); the median of the ratios of a round.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "kernel.h"
#include "order.h"
#include "press.h"
#include "rng.h"
#include "scratch.h"
#include "services.h"
#include "topology.h"
#include "workspace.h"

extern const struct ppt_kernel ppt_kernel;

#define MOST_ROUNDS 101

struct bench {
    struct ppt_workspace workspace;
    struct ppt_binding binding;
    union ppt_value args[1];
    const union ppt_value *sets[1];
    struct ppt_setup setup;
    struct ppt_scratch scratch;
    void *shared, *local;
    uint64_t index;
    int64_t pass_ns;
};

static void demand(enum ppt_status status, const struct ppt_error *error)
{
    if (status != PPT_OK) {
        fprintf(stderr, "matrix: %s\n", error->text);
        exit(status);
    }
}

static void set_up(struct bench *bench, int cause)
{
    struct ppt_error error = {""};
    struct ppt_needs needs = {0};

    bench->args[0].choice = cause;
    bench->sets[0] = bench->args;
    bench->setup = (struct ppt_setup){.seed = 1,
                                      .scratch_dir = bench->workspace.folder.path,
                                      .scratch_fd = bench->workspace.folder.fd,
                                      .sets = bench->sets,
                                      .set_count = 1,
                                      .workers = 1,
                                      .inner_threads = 1,
                                      .services = &ppt_services};
    demand(ppt_kernel.open(&bench->setup, &bench->shared, &error), &error);
    ppt_kernel.needs(bench->args, 1, &needs);
    bench->scratch.bytes = needs.worker_bytes;
    bench->scratch.memory = ppt_scratch_alloc(bench->scratch.bytes, "matrix", &error);
    demand(bench->scratch.memory ? PPT_OK : PPT_FAILED, &error);
    demand(
        ppt_kernel.attach(&bench->setup, bench->shared, 0, &bench->scratch, &bench->local, &error),
        &error);
}

static void tear_down(struct bench *bench)
{
    ppt_kernel.detach(bench->local);
    free(bench->scratch.memory);
    bench->scratch = (struct ppt_scratch){0};
    ppt_kernel.close(bench->shared);
}

/* Seconds for a task, the first of which does not count. */
static double run_pass(struct bench *bench, struct ppt_pressure *pressure)
{
    struct ppt_task task = {.seed = 1, .args = bench->args};
    struct ppt_error error = {""};
    int64_t start = ppt_clock_ns(), now = start;
    uint64_t digest, count = 0;

    if (pressure) {
        ppt_pressure_mark(pressure);
    }
    for (bool first = true; first || now - start < bench->pass_ns; first = false) {
        task.index = bench->index++;
        demand(ppt_kernel.run(bench->local, &task, &digest, &error), &error);
        now = ppt_clock_ns();
        start = first ? now : start;
        count += !first;
    }
    return (double)(now - start) * 1e-9 / (double)count;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(*values), ppt_order_double);
    return count == 0 ? (double)NAN : values[count / 2];
}

/* The pressures of a round in random order, 0 for none. */
static void shuffle(int order[PPT_RESOURCE_COUNT], int round)
{
    struct ppt_rng rng;

    ppt_rng_seed(&rng, (uint64_t)ppt_clock_ns(), (uint64_t)round, PPT_STREAM_DATA);
    for (int i = 0; i < PPT_RESOURCE_COUNT; i++) {
        const int other = (int)ppt_rng_below(&rng, (uint64_t)i + 1);

        order[i] = order[other];
        order[other] = i;
    }
}

struct cell {
    double times[MOST_ROUNDS], kept[MOST_ROUNDS];
    int count;
};

static void measure(struct bench *bench, int resource, struct cell *cell)
{
    const struct ppt_pressing pressing = {.resource = (enum ppt_resource)resource,
                                          .task = &bench->binding,
                                          .scratch = &bench->workspace.folder};
    struct ppt_pressure *pressure = NULL;
    struct ppt_pressed pressed;
    struct ppt_error error = {""};

    if (resource != PPT_RESOURCE_NONE) {
        const enum ppt_status status = ppt_pressure_start(&pressing, &pressure, &error);

        if (status == PPT_UNSUPPORTED) {
            return;
        }
        demand(status, &error);
    }
    cell->times[cell->count] = run_pass(bench, pressure);
    demand(ppt_pressure_stop(pressure, &pressed, &error), &error);
    cell->kept[cell->count++] = pressed.beside / pressed.alone;
}

static void measure_cause(struct bench *bench, int cause, int rounds)
{
    static struct cell cells[PPT_RESOURCE_COUNT];
    int order[PPT_RESOURCE_COUNT];

    memset(cells, 0, sizeof(cells));
    set_up(bench, cause);
    run_pass(bench, NULL);
    for (int r = 0; r < rounds; r++) {
        shuffle(order, r);
        for (int i = 0; i < PPT_RESOURCE_COUNT; i++) {
            measure(bench, order[i], &cells[order[i]]);
        }
    }
    tear_down(bench);
    printf("%-11s", ppt_kernel.params[0].choices[cause]);
    for (int i = PPT_RESOURCE_NONE + 1; i < PPT_RESOURCE_COUNT; i++) {
        double ratios[MOST_ROUNDS];

        for (int r = 0; r < cells[i].count; r++) {
            ratios[r] = cells[i].times[r] / cells[0].times[r];
        }
        const double slowdown = median(ratios, cells[i].count);
        const double low = cells[i].count > 2 ? ratios[1] : (double)NAN;
        const double high = cells[i].count > 2 ? ratios[cells[i].count - 2] : (double)NAN;
        printf(" %5.2f[%.2f %.2f]%3.0f%%", slowdown, low, high,
               100 * median(cells[i].kept, cells[i].count));
    }
    printf("  %.2f ms\n", 1e3 * median(cells[0].times, cells[0].count));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? atoi(argv[1]) : 7;
    static struct bench bench;
    struct ppt_error error = {""};

    if (rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "matrix: 1 to %d rounds\n", MOST_ROUNDS);
        return PPT_BAD_INPUT;
    }
    bench.pass_ns = (argc > 2 ? atoi(argv[2]) : 100) * INT64_C(1000000);
    demand(ppt_workspace_create(&bench.workspace, &error), &error);
    demand(ppt_binding_create(PPT_PLACEMENT_CLOSE,
                              (struct ppt_point){.workers = 1, .inner_threads = 1},
                              (struct ppt_peers){0, 1}, &bench.binding, &error),
           &error);
    ppt_binding_apply(&bench.binding, 0);
    printf("%-11s", "");
    for (int i = PPT_RESOURCE_NONE + 1; i < PPT_RESOURCE_COUNT; i++) {
        printf(" %-21s", ppt_resources[i].name);
    }
    printf("\n");
    for (int cause = 0; ppt_kernel.params[0].choices[cause]; cause++) {
        if (argc < 4 || strcmp(argv[3], ppt_kernel.params[0].choices[cause]) == 0) {
            measure_cause(&bench, cause, rounds);
        }
    }
    ppt_binding_free(&bench.binding);
    ppt_workspace_remove(&bench.workspace);
    return 0;
}
