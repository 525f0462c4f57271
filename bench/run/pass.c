/*
 * One pass, and what makes its figures honest:
 *
 *  - The team is created inside the timed span and really released at its end: libgomp would keep
 *    its threads and the second pass would start for free, which no user's first call does.
 *  - No worker takes a task before all are ready. Otherwise the first ones would work while the
 *    last are still attaching, and init and work could not be told apart.
 *  - A worker writes only to its own watch, on cache lines of its own. A shared array of results
 *    costs more than a short task.
 *  - The threads that a task may start are set in each worker. A team of one counts as inactive in
 *    OpenMP, so without it a BLAS called by "1 worker" would use every CPU.
 *  - A failing worker never leaves the parallel region early; it notes its error and the others
 *    stop taking tasks.
 *  - A part of a pass that other processes share is run by the same workers in the same way. The
 *    team then has one thread more, which speaks to the others: asking for tasks only between two
 *    of its own would let the other workers wait.
 */
#include "pass.h"

#include <malloc.h>
#include <omp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arrivals.h"
#include "clock.h"
#include "counter.h"
#include "events.h"
#include "gauges.h"
#include "guard.h"
#include "interrupt.h"
#include "lost.h"
#include "memory.h"
#include "noise.h"
#include "owned.h"
#include "pressing.h"
#include "price.h"
#include "queued.h"
#include "rng.h"
#include "topology.h"
#include "usage.h"

struct worker {
    _Alignas(PPT_CACHE_LINE) struct ppt_stopwatch *watch;
    uint64_t digest;
    struct ppt_attached *kernels; /* one per group of tasks */
    bool attached;
    enum ppt_status status;
    int64_t start_ns, end_ns, cpu_ns, waited_ns;
    struct ppt_usage usage;
    int64_t queued_ns; /* of its thread, unless that outlives the pass */
    struct ppt_outside outside;
    int cpu;
    struct ppt_error error;
};

struct pass {
    struct ppt_workload *workload;
    struct ppt_point point;
    const struct ppt_share *share; /* NULL: all tasks are for this process */
    bool admitted;                 /* those who share the pass are all ready */
    struct ppt_open_loop *loop;    /* NULL: all tasks are there */
    struct ppt_binding binding;
    struct ppt_pressure *pressure; /* beside it; NULL: none */
    struct ppt_pressed pressed;
    struct ppt_price price; /* of scratch */
    struct ppt_counter clock;
    bool fresh;
    uint64_t task_count;
    struct worker *workers;
    unsigned worker_count; /* of this process; at least 1 */
    unsigned team;         /* workers that OpenMP really gave threads */
    int64_t start_ns, end_ns;
    int64_t queued_ns; /* of all threads, where tasks have some of their own */
};

/* ---- what workers do ---- */

static void fail_worker(const struct pass *pass, struct worker *worker, enum ppt_status status)
{
    worker->status = status;
    atomic_store_explicit(&pass->workload->stop, true, memory_order_relaxed);
}

static void attach(struct pass *pass, unsigned id)
{
    struct worker *worker = &pass->workers[id];
    const int problem = ppt_binding_apply(&pass->binding, id);

    if (problem != 0) {
        fail_worker(pass, worker,
                    ppt_fail(&worker->error, PPT_FAILED, "placement: worker %u cannot be bound: %s",
                             id, strerror(problem)));
        return;
    }
    if (!pass->fresh) {
        const enum ppt_status status =
            ppt_workload_attach(pass->workload, id, worker->kernels, &worker->error);

        worker->attached = status == PPT_OK;
        if (status != PPT_OK) {
            fail_worker(pass, worker, status);
        }
    }
}

static void detach(const struct pass *pass, struct worker *worker)
{
    if (worker->attached) {
        ppt_workload_detach(pass->workload, worker->kernels);
    }
}

static inline bool given_up(const struct pass *pass)
{
    return atomic_load_explicit(&pass->workload->stop, memory_order_relaxed) || ppt_interrupted;
}

static inline void run_task(struct pass *pass, struct worker *worker, unsigned id, uint64_t index)
{
    uint64_t digest = 0;
    enum ppt_status status;

    if (given_up(pass)) {
        return;
    }
    const int64_t start = ppt_counter_ns(&pass->clock);
    if (pass->fresh) {
        status = ppt_workload_run_fresh(pass->workload, id, index, &digest, &worker->outside,
                                        &worker->error);
    } else {
        status = ppt_workload_run(pass->workload, worker->kernels, index, &digest, &worker->error);
    }
    const int64_t ns = ppt_counter_ns(&pass->clock) - start;

    /* Of a counter that was set back, which is found behind the pass. */
    ppt_stopwatch_add(worker->watch, index, ns > 0 ? ns : 0);
    /* Addition makes the digest of the pass independent of who ran what when; mixing the index in
     * notices results that changed places. */
    worker->digest += ppt_mix64(digest ^ ppt_mix64(index + 1));
    if (status != PPT_OK) {
        fail_worker(pass, worker, status);
    }
}

static bool is_given_up(const void *pass)
{
    return given_up(pass);
}

/* Of tasks that arrive those that come to this worker. */
static void run_arriving(struct pass *pass, struct worker *worker, unsigned id)
{
    uint64_t index;

    while (!given_up(pass) &&
           ppt_open_loop_take(pass->loop, &pass->clock, is_given_up, pass, &index)) {
        run_task(pass, worker, id, index);
        ppt_open_loop_done(pass->loop, &pass->clock, index);
    }
}

static void start_work(const struct pass *pass, struct worker *worker)
{
    if (pass->pressure && worker == pass->workers) {
        ppt_pressure_mark(pass->pressure);
    }
    ppt_usage_add(&worker->usage, ppt_usage_of_thread(), -1);
    worker->start_ns = ppt_counter_ns(&pass->clock);
    worker->cpu_ns = -ppt_clock_thread_cpu_ns();
}

/* Asking how long a new thread was queued takes it 5 µs, and 20 µs when it ends: a share of a short
 * pass that is not worth it. */
#define WORTH_ASKING_NS (PPT_LOST_QUEUED_SHORT_NS / 2)

static bool has_inner_threads(const struct pass *pass)
{
    return pass->point.inner_threads > 1;
}

/* Whether the worker's thread is the one that runs the pass: that can be asked when all is over. */
static bool outlives_pass(const struct pass *pass, const struct worker *worker)
{
    return worker == pass->workers && !pass->share;
}

/* Whether a worker has worked for long enough: more of them than CPUs ask one after the other. */
static bool is_worth_asking(const struct pass *pass, const struct worker *worker)
{
    const int64_t cpus = omp_get_num_procs(), workers = pass->worker_count;

    return worker->end_ns - worker->start_ns >=
           WORTH_ASKING_NS * (workers > cpus ? workers : cpus) / cpus;
}

/* Behind everybody's work, which it would hold up, by all of them at a time, and once: threads of a
 * team are as old as it is. */
static void ask_queued(const struct pass *pass, struct worker *worker)
{
    if (!has_inner_threads(pass) && !outlives_pass(pass, worker) && is_worth_asking(pass, worker)) {
        worker->queued_ns = ppt_queued_ns(PPT_QUEUED_THREAD);
    }
}

static void end_work(const struct pass *pass, struct worker *worker)
{
    worker->end_ns = ppt_counter_ns(&pass->clock);
    worker->cpu_ns += ppt_clock_thread_cpu_ns();
    ppt_usage_add(&worker->usage, ppt_usage_of_thread(), 1);
    if (worker->attached) {
        ppt_workload_outside(pass->workload, worker->kernels, &worker->outside);
    }
    worker->cpu_ns += worker->outside.cpu_ns;
    worker->cpu = sched_getcpu();
}

/* Those that tasks have started are known as long as the runtime keeps them. */
static void end_team(struct pass *pass)
{
    if (has_inner_threads(pass)) {
        pass->queued_ns = ppt_counter_ns(&pass->clock) - pass->start_ns < WORTH_ASKING_NS
                              ? -1
                              : ppt_noise_queued_ns();
    }
    omp_pause_resource_all(omp_pause_hard);
}

/* From now on tasks arrive. */
static void start_arrivals(struct pass *pass)
{
    if (pass->loop) {
        pass->loop->start_ns = ppt_counter_ns(&pass->clock);
    }
}

/* Plain calls: what a program without OpenMP would do. */
static void run_sequential(struct pass *pass)
{
    struct worker *worker = &pass->workers[0];
    const int threads_before = omp_get_max_threads();

    pass->team = 1;
    omp_set_num_threads((int)pass->point.inner_threads);
    attach(pass, 0);
    start_arrivals(pass);
    start_work(pass, worker);
    if (pass->loop) {
        run_arriving(pass, worker, 0);
    } else {
        for (uint64_t i = 0; i < pass->task_count; i++) {
            run_task(pass, worker, 0, i);
        }
    }
    end_work(pass, worker);
    detach(pass, worker);
    omp_set_num_threads(threads_before);
    if (has_inner_threads(pass)) {
        /* Threads that tasks started are the runtime's too. */
        end_team(pass);
    }
}

static void run_team(struct pass *pass)
{
#pragma omp parallel num_threads((int)pass->worker_count) default(none) shared(pass)
    {
        const unsigned id = (unsigned)omp_get_thread_num();
        struct worker *worker = &pass->workers[id];

        if (id == 0) {
            pass->team = (unsigned)omp_get_num_threads();
        }
        ppt_guard_worker(pass->workload->foreign);
        omp_set_num_threads((int)pass->point.inner_threads);
        attach(pass, id);
#pragma omp barrier
        if (pass->loop) {
#pragma omp single
            start_arrivals(pass);
        }
        start_work(pass, worker);
        if (pass->loop) {
            run_arriving(pass, worker, id);
        } else {
#pragma omp for schedule(runtime) nowait
            for (uint64_t i = 0; i < pass->task_count; i++) {
                run_task(pass, worker, id, i);
            }
        }
        end_work(pass, worker);
        ppt_binding_ask(&pass->binding, id);
#pragma omp barrier
        ask_queued(pass, worker);
        detach(pass, worker);
    }
    end_team(pass);
}

static void run_share(struct pass *pass, struct worker *worker, unsigned id)
{
    const struct ppt_share *share = pass->share;
    uint64_t index;

    start_work(pass, worker);
    while (pass->admitted && !given_up(pass) &&
           ppt_queue_take(share->queue, id, &index, &worker->waited_ns)) {
        run_task(pass, worker, id, index);
    }
    end_work(pass, worker);
    ppt_queue_leave(share->queue);
    ppt_binding_ask(&pass->binding, id);
}

/* The first thread speaks to the other processes, the others are the workers. */
static void run_shared_team(struct pass *pass)
{
    const struct ppt_share *share = pass->share;

    share->begin(share->context);
#pragma omp parallel num_threads((int)pass->worker_count + 1) default(none) shared(pass, share)
    {
        const unsigned thread = (unsigned)omp_get_thread_num(), id = thread - 1;

        if (thread == 0) {
            pass->team = (unsigned)omp_get_num_threads() - 1;
            /* Those that OpenMP gave no thread are not well. */
            for (unsigned i = pass->team; i < pass->worker_count; i++) {
                ppt_queue_arrive(share->queue, false);
                ppt_queue_leave(share->queue);
                ppt_queue_part(share->queue);
            }
            pass->admitted = share->gate(share->context, pass->worker_count);
        } else {
            ppt_guard_worker(pass->workload->foreign);
            omp_set_num_threads((int)pass->point.inner_threads);
            attach(pass, id);
            ppt_queue_arrive(share->queue, pass->workers[id].status == PPT_OK);
        }
#pragma omp barrier
        if (thread == 0) {
            share->feed(share->context);
        } else {
            run_share(pass, &pass->workers[id], id);
        }
#pragma omp barrier
        if (thread == 0) {
            share->rest(share->context);
        } else {
            ask_queued(pass, &pass->workers[id]);
            detach(pass, &pass->workers[id]);
            ppt_queue_part(share->queue);
        }
    }
    end_team(pass);
    share->finish(share->context);
}

static void set_up_runtime(const struct ppt_config *config)
{
    static const omp_sched_t kinds[] = {
        [PPT_SCHEDULE_STATIC] = omp_sched_static,
        [PPT_SCHEDULE_DYNAMIC] = omp_sched_dynamic,
        [PPT_SCHEDULE_GUIDED] = omp_sched_guided,
    };

    omp_set_dynamic(0);
    omp_set_max_active_levels(2); /* the workers, and threads inside their tasks */
    omp_set_schedule(kinds[config->schedule.kind], (int)config->schedule.chunk);
}

/* ---- what is made of it ---- */

/* How long what outlives a pass has been queued so far: all threads that there are, where those of
 * tasks count, or the first worker's, which else speaks to other processes. */
static int64_t queued_so_far(const struct pass *pass)
{
    return has_inner_threads(pass) ? ppt_noise_queued_ns()
           : pass->share           ? 0
                                   : ppt_queued_ns(PPT_QUEUED_THREAD);
}

/* By the workers, by threads of their tasks, and by processes that these started. Of a short pass
 * those of a team are not asked. */
static int64_t queued_since(const struct pass *pass, int64_t before, int64_t after, int64_t wall_ns)
{
    int64_t sum = has_inner_threads(pass) ? pass->queued_ns : after;

    for (unsigned i = 0; i < pass->worker_count; i++) {
        sum = ppt_queued_sum_ns(sum, pass->workers[i].queued_ns);
        sum = ppt_queued_sum_ns(sum, pass->workers[i].outside.queued_ns);
    }
    if ((wall_ns < PPT_LOST_QUEUED_SHORT_NS && (pass->worker_count > 1 || pass->share)) ||
        pass->worker_count > (size_t)omp_get_num_procs()) {
        return -1; /* not all were asked */
    }
    return sum < 0 || before < 0 ? -1 : sum > before ? sum - before : 0;
}

/* By each of the workers, and by programs that they started; -1: nobody asked, or the system does
 * not tell. `first`: by the one whose thread outlives the pass. */
static void set_queued(const struct pass *pass, int64_t first, struct ppt_sample *sample)
{
    for (unsigned i = 0; i < pass->worker_count; i++) {
        const struct worker *worker = &pass->workers[i];
        const bool outlives = outlives_pass(pass, worker);
        const bool asked = outlives || is_worth_asking(pass, worker);

        sample->workers[i].queued_ns = has_inner_threads(pass) || !asked
                                           ? -1
                                           : ppt_queued_sum_ns(outlives ? first : worker->queued_ns,
                                                               worker->outside.queued_ns);
    }
}

/* Of this process, and of what its workers' tasks had at a time elsewhere, at most. */
static int64_t peak_bytes(const struct pass *pass)
{
    int64_t sum = ppt_noise_peak_bytes();

    for (unsigned i = 0; sum >= 0 && i < pass->worker_count; i++) {
        sum += pass->workers[i].outside.peak_bytes;
    }
    return sum;
}

static void fill_sample(const struct pass *pass, struct ppt_sample *sample)
{
    *sample = (struct ppt_sample){
        .point = pass->point,
        .task_count = pass->task_count,
        .started_ns = pass->start_ns,
        .pressed = pass->pressed,
    };
    sample->workers = ppt_alloc(pass->worker_count, sizeof(*sample->workers));
    sample->worker_count = pass->worker_count;
    for (unsigned i = 0; i < pass->worker_count; i++) {
        const struct worker *worker = &pass->workers[i];

        sample->digest += worker->digest;
        sample->workers[i] = (struct ppt_worker_sample){
            .tasks = worker->watch->count,
            .busy_ns = worker->watch->sum_ns,
            .cpu_ns = worker->cpu_ns,
            .start_ns = worker->start_ns - pass->start_ns,
            .end_ns = worker->end_ns - pass->start_ns,
            .faults = worker->usage.minor_faults + worker->usage.major_faults,
            .voluntary =
                worker->usage.voluntary_switches + worker->outside.usage.voluntary_switches,
            .involuntary =
                worker->usage.involuntary_switches + worker->outside.usage.involuntary_switches,
            .waited_ns = worker->waited_ns,
            .cpu = worker->cpu,
            .bound = ppt_binding_list(&pass->binding, i),
        };
    }
    ppt_sample_divide(sample, pass->end_ns - pass->start_ns, pass->price);
    pass->workload->task_ns =
        (double)sample->work_ns * (double)pass->worker_count / (double)pass->task_count;
}

/* The first error among the workers, or what else kept the pass from being one. That others then
 * gave up is no cause. */
static enum ppt_status judge(const struct pass *pass, struct ppt_error *error)
{
    const struct worker *failed = NULL;

    for (unsigned i = 0; i < pass->team; i++) {
        const enum ppt_status status = pass->workers[i].status;

        if (status != PPT_OK && (!failed || failed->status == PPT_INTERRUPTED)) {
            failed = &pass->workers[i];
        }
    }
    if (failed) {
        *error = failed->error;
        return failed->status;
    }
    if (ppt_interrupted || (pass->share && pass->team == pass->worker_count &&
                            (!pass->admitted || atomic_load(&pass->workload->stop)))) {
        return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (pass->team != pass->worker_count) {
        return ppt_fail(error, PPT_FAILED,
                        "%u workers were asked for, but OpenMP started %u; OMP_THREAD_LIMIT or a "
                        "limit of the system may be lower",
                        pass->worker_count, pass->team);
    }
    return PPT_OK;
}

static void create_workers(struct pass *pass, struct ppt_stopwatches *watches)
{
    pass->workers = ppt_alloc_aligned(PPT_CACHE_LINE, pass->worker_count * sizeof(*pass->workers));
    for (unsigned i = 0; i < pass->worker_count; i++) {
        pass->workers[i].watch = ppt_stopwatches_of(watches, i);
        pass->workers[i].kernels =
            ppt_alloc(pass->workload->tasks.group_count, sizeof(*pass->workers[i].kernels));
    }
}

static void release(struct pass *pass)
{
    for (unsigned i = 0; pass->workers && i < pass->worker_count; i++) {
        free(pass->workers[i].kernels);
    }
    free(pass->workers);
    ppt_open_loop_destroy(pass->loop);
    ppt_binding_free(&pass->binding);
}

/* What presses needs to know which CPUs are those of the task, of plain calls too; and what is
 * compared with it is to differ in the pressure alone. Where that cannot be, it is no fault of the
 * task. */
static enum ppt_status bind(const struct ppt_config *config, struct ppt_point point,
                            struct ppt_peers peers, struct ppt_binding *binding,
                            struct ppt_error *error)
{
    if (point.pressure == 0) {
        return ppt_binding_create(config->placement, point, peers, binding, error);
    }
    point.workers = point.workers > 0 ? point.workers : 1;
    return ppt_binding_create(PPT_PLACEMENT_CLOSE, point, peers, binding, error) == PPT_OK
               ? PPT_OK
               : PPT_UNSUPPORTED;
}

/* Whether a pass may be made once more where its clock turns out to be wrong: not where something
 * has made it ready before, and used up by now. Programs take so long that it does not matter. (Nor
 * with others who share it: their clocks are compared with CLOCK_MONOTONIC.) */
static bool can_be_repeated(const struct ppt_config *config)
{
    return !ppt_config_has_commands(config) && config->sandbox == PPT_SANDBOX_OF_NONE;
}

/* Threads that are counted take some µs more to start, and their CPUs to switch between them: a
 * share of a short pass that is not worth it. How long it will take is known from the last one. */
static void open_events(const struct pass *pass, struct ppt_events *events)
{
    struct ppt_workload *workload = pass->workload;
    const double expected =
        workload->task_ns * (double)pass->task_count / (double)pass->worker_count;

    if (expected >= WORTH_ASKING_NS) {
        ppt_events_open(workload->event_calls ? workload->event_calls : &ppt_event_system,
                        &workload->event_access, events);
    }
}

/* What runs beside the tasks, and what they are to find when they begin. */
static enum ppt_status set_up(struct pass *pass, struct ppt_stopwatches *watches,
                              struct ppt_error *error)
{
    struct ppt_workload *workload = pass->workload;
    const struct ppt_peers peers = pass->share ? pass->share->peers : (struct ppt_peers){0, 1};
    const struct ppt_arrivals arrivals = ppt_config_arrivals(workload->config, pass->point);

    PPT_TRY(bind(workload->config, pass->point, peers, &pass->binding, error));
    create_workers(pass, watches);
    if (ppt_arrivals_exist(&arrivals)) {
        pass->loop = ppt_open_loop_create(&arrivals, workload->config->seed, workload->block,
                                          pass->task_count);
    }
    ppt_workload_move(workload, pass->point);
    set_up_runtime(workload->config);
    if (pass->point.workers > 0) {
        pass->price = ppt_price_of(workload, pass->point.inner_threads);
    }
    if (!pass->share && can_be_repeated(workload->config)) {
        pass->clock = ppt_counter_start();
    }
    return ppt_pressing_start(workload, pass->point, &pass->binding, &pass->pressure, error);
}

/* Without what earlier passes gave back, of which malloc keeps some: a pass is to find what a
 * program would that has just begun. And whether free() gives memory back to the system at once
 * depends on what lies above it. */
static void run_tasks(struct pass *pass)
{
    pass->start_ns = ppt_counter_ns(&pass->clock);
    if (pass->share) {
        run_shared_team(pass);
    } else if (pass->point.workers == 0) {
        run_sequential(pass);
    } else {
        run_team(pass);
    }
    malloc_trim(0);
    pass->end_ns = ppt_counter_ns(&pass->clock);
}

struct readings {
    struct ppt_gauges first, last;
    int64_t queued_first, queued_last;
    struct ppt_event_counts counts;
};

static void measure(struct pass *pass, struct readings *readings)
{
    struct ppt_events events = {0};
    struct ppt_cpu_set cpus;

    malloc_trim(0);
    ppt_noise_reset_peak();
    ppt_cpu_set_read(&cpus);
    open_events(pass, &events); /* what was started before is not counted */
    ppt_gauges_read_first(&cpus, &readings->first);
    readings->queued_first = queued_so_far(pass);
    ppt_events_start(&events);
    run_tasks(pass);
    ppt_events_stop(&events);
    readings->queued_last = queued_so_far(pass);
    ppt_gauges_read_last(&cpus, &readings->last);
    ppt_events_take(&events, &readings->counts);
}

/* Of a pass that is one. */
static void conclude(struct pass *pass, const struct readings *readings,
                     struct ppt_stopwatches *watches, struct ppt_sample *sample)
{
    const int64_t first = readings->queued_first, last = readings->queued_last;

    if (pass->loop) {
        pass->task_count = ppt_open_loop_run(pass->loop);
        ppt_stopwatches_end(watches, pass->task_count);
    }
    fill_sample(pass, sample);
    ppt_gauges_between(&readings->first, &readings->last, &pass->pressed.used, sample);
    /* Processes that this one has not waited for itself. */
    for (unsigned i = 0; i < pass->worker_count; i++) {
        ppt_usage_add(&sample->usage, pass->workers[i].outside.usage, 1);
        sample->io_blocks += pass->workers[i].outside.io_blocks;
        sample->failed_tasks += pass->workers[i].outside.failed;
    }
    sample->noise.queued_ns = queued_since(pass, first, last, pass->end_ns - pass->start_ns);
    set_queued(pass, first < 0 || last < 0 ? -1 : last - first, sample);
    sample->peak_bytes = peak_bytes(pass);
    if (pass->loop) {
        ppt_open_loop_tell(pass->loop, sample);
    }
    sample->counts = readings->counts;
    sample->clock_khz = ppt_noise_clock_khz(pass->workers[0].cpu);
}

/* The watches are prepared. *believed: the clock was right all the time. */
static enum ppt_status run(struct ppt_workload *workload, struct ppt_point point,
                           const struct ppt_share *share, struct ppt_stopwatches *watches,
                           struct ppt_sample *sample, bool *believed, struct ppt_error *error)
{
    struct pass pass PPT_OWNED(release) = {
        .workload = workload,
        .point = point,
        .share = share,
        .fresh = workload->config->memory == PPT_MEMORY_FRESH,
        .task_count = ppt_workload_tasks(workload, point),
        .worker_count = point.workers > 0 ? point.workers : 1,
    };
    struct readings readings;
    struct ppt_error unheard;

    *sample = (struct ppt_sample){0};
    *believed = true;
    ppt_guard_enter(workload->foreign);
    enum ppt_status status = set_up(&pass, watches, error);
    if (status == PPT_OK) {
        measure(&pass, &readings);
        *believed = ppt_counter_held(&pass.clock);
    }
    ppt_guard_leave(workload->foreign);
    if (status != PPT_OK) {
        return status;
    }
    status = judge(&pass, error);
    const enum ppt_status stopped =
        ppt_pressing_stop(pass.pressure, &pass.pressed, status == PPT_OK ? error : &unheard);
    ppt_binding_restore(&pass.binding);
    status = status == PPT_OK ? stopped : status;
    if (status == PPT_OK) {
        conclude(&pass, &readings, watches, sample);
    }
    return status;
}

enum ppt_status ppt_pass_run(struct ppt_workload *workload, struct ppt_point point,
                             struct ppt_stopwatches *watches, struct ppt_sample *sample,
                             struct ppt_error *error)
{
    bool believed;

    for (;;) {
        ppt_stopwatches_prepare(watches, ppt_point_running(point),
                                ppt_workload_tasks(workload, point));
        atomic_store(&workload->stop, false);
        PPT_TRY(run(workload, point, NULL, watches, sample, &believed, error));
        if (believed) {
            break;
        }
        /* By a clock that is refused from now on: once more, by the other one. */
        ppt_sample_free(sample);
    }
    ppt_stopwatches_summarise(watches, sample);
    return PPT_OK;
}

enum ppt_status ppt_pass_run_share(struct ppt_workload *workload, struct ppt_point point,
                                   const struct ppt_share *share, struct ppt_stopwatches *watches,
                                   struct ppt_sample *sample, struct ppt_error *error)
{
    bool believed;

    return run(workload, point, share, watches, sample, &believed, error);
}
