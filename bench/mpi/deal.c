#include "deal.h"

#include <stdlib.h>
#include <sys/prctl.h>

#include "calls.h"
#include "clock.h"
#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "packet.h"
#include "pass.h"
#include "price.h"
#include "queue.h"
#include "wire.h"

/* Exchanges that two clocks are compared by; the fastest counts. At least so many, and where others
 * take the CPUs meanwhile as many as it takes to get one that is undisturbed. */
#define CLOCK_EXCHANGES 8
#define MOST_CLOCK_EXCHANGES 64
#define FINE_CLOCK_ERROR_NS 10000

/* An automatic chunk is this share of what is left, for each worker: large ones at first, which
 * cost few requests, and small ones at the end, so that all finish together (factoring; Hummel,
 * Schonberg and Flynn, CACM 35, 1992). */
#define CHUNK_SHARE 4

/* The longest naps: while other ranks may ask for tasks, when few are left, and afterwards. */
#define NAP_NS 1000000
#define NAP_FEW_NS 50000
#define NAP_NONE_NS 5000000
#define NAP_END_NS 200000

/* One pass. */
struct deal {
    const struct ppt_group *group;
    struct ppt_workload *workload;
    struct ppt_queue *queue;
    struct ppt_distribution distribution;
    unsigned all_workers;
    struct ppt_nap nap;
    struct ppt_part *parts; /* by rank */
    bool *well_open;        /* by rank: its kernels are */
    bool *done;             /* by rank: its team is gone */
    unsigned arrived, done_count;
    bool well;
    bool begun, stopped;
    int64_t mpi_before_ns;
    enum ppt_status status; /* of speaking to others */
    struct ppt_error *error;
};

static void deal_note(struct deal *deal, enum ppt_status status)
{
    if (status != PPT_OK && deal->status == PPT_OK) {
        deal->status = status;
        /* Nobody can be told any more. */
        atomic_store(&deal->workload->stop, true);
        ppt_queue_close(deal->queue, true);
    }
}

static void tell_all(struct deal *deal, int tag, const void *data, size_t bytes)
{
    if (deal->status == PPT_OK) {
        deal_note(deal, ppt_call(deal->group, tag, data, bytes, deal->error));
    }
}

/* ---- before a pass ---- */

/* Receives that message from that rank, the next that it sends. */
static enum ppt_status await(const struct ppt_group *group, unsigned rank, int tag,
                             union ppt_wire_short *message, struct ppt_error *error)
{
    struct ppt_incoming incoming = {0};

    ppt_world_expect(group->world, rank);
    while (incoming.tag != tag || incoming.rank != rank) {
        incoming.tag = 0;
        PPT_TRY(ppt_world_peek(group, &incoming)
                    ? ppt_world_receive(group, &incoming, message, error)
                    : ppt_world_check(group->world, rank, error));
    }
    return PPT_OK;
}

/* How far that rank's clock is ahead of this one. */
static enum ppt_status compare_clock(struct deal *deal, unsigned r)
{
    struct ppt_rank_sample *rank = &deal->parts[r].rank;

    rank->offset_error_ns = INT64_MAX;
    for (int i = 0; i < CLOCK_EXCHANGES ||
                    (i < MOST_CLOCK_EXCHANGES && rank->offset_error_ns > FINE_CLOCK_ERROR_NS);
         i++) {
        union ppt_wire_short message = {0};
        const int64_t before = ppt_clock_ns();

        PPT_TRY(ppt_world_send(deal->group, r, PPT_TAG_CLOCK, &message.clock, sizeof(message.clock),
                               deal->error));
        PPT_TRY(await(deal->group, r, PPT_TAG_CLOCK, &message, deal->error));
        const int64_t after = ppt_clock_ns(), error = (after - before + 1) / 2;
        if (error < rank->offset_error_ns) {
            rank->offset_error_ns = error;
            rank->offset_ns = message.clock - (before + (after - before) / 2);
        }
    }
    return PPT_OK;
}

/* Nothing is assumed of calendar time, nor that hosts were started together; over a pass clocks are
 * taken to run alike. */
static enum ppt_status compare_clocks(struct deal *deal)
{
    for (unsigned r = 1; r < deal->group->ranks; r++) {
        PPT_TRY(ppt_call_alive(deal->group, deal->error));
        PPT_TRY(compare_clock(deal, r));
    }
    return PPT_OK;
}

/* ---- during a pass ---- */

/* `since`: when it was begun to look for it. */
static void answer_request(struct deal *deal, unsigned rank, unsigned workers, int64_t since)
{
    const uint64_t left = ppt_queue_look(deal->queue).left;
    const uint64_t share = left / ((uint64_t)CHUNK_SHARE * deal->all_workers);
    const uint64_t chunk = deal->distribution.chunk > 0 ? deal->distribution.chunk
                           : share > 1                  ? share
                                                        : 1;
    struct ppt_wire_tasks tasks = {.range = ppt_queue_cut(deal->queue, chunk * workers)};

    tasks.left = ppt_queue_look(deal->queue).left;
    deal->parts[0].rank.requests++;
    deal_note(deal,
              ppt_world_send(deal->group, rank, PPT_TAG_TASKS, &tasks, sizeof(tasks), deal->error));
    deal->parts[0].rank.answer_ns += ppt_clock_ns() - since;
}

/* Nobody takes further tasks. */
static void stop(struct deal *deal)
{
    if (!deal->stopped) {
        deal->stopped = true;
        atomic_store(&deal->workload->stop, true);
        ppt_queue_close(deal->queue, true);
        tell_all(deal, PPT_TAG_STOP, NULL, 0);
    }
}

static void deal_handle(struct deal *deal, const struct ppt_incoming *incoming,
                        const union ppt_wire_short *message, int64_t since)
{
    switch (incoming->tag) {
    case PPT_TAG_ARRIVED:
        deal->arrived++;
        deal->well = deal->well && message->yes;
        break;
    case PPT_TAG_REQUEST:
        answer_request(deal, incoming->rank, message->workers, since);
        break;
    case PPT_TAG_GIVE_UP:
        stop(deal);
        break;
    case PPT_TAG_DONE:
        deal->done[incoming->rank] = true;
        deal->done_count++;
        break;
    default: /* ALIVE */
        break;
    }
}

/* Receives and handles all that has come. */
static void deal_listen(struct deal *deal)
{
    int64_t since = ppt_clock_ns();
    struct ppt_incoming incoming;
    union ppt_wire_short message;

    while (deal->status == PPT_OK && ppt_world_peek(deal->group, &incoming)) {
        ppt_nap_reset(&deal->nap);
        deal_note(deal, ppt_world_receive(deal->group, &incoming, &message, deal->error));
        if (deal->status == PPT_OK) {
            deal_handle(deal, &incoming, &message, since);
            since = ppt_clock_ns();
        }
    }
    if (ppt_world_beat(deal->group->world)) {
        tell_all(deal, PPT_TAG_ALIVE, NULL, 0);
    }
    for (unsigned r = 1; r < deal->group->ranks && deal->status == PPT_OK; r++) {
        if (!deal->done[r]) {
            deal_note(deal, ppt_world_check(deal->group->world, r, deal->error));
        }
    }
    if (atomic_load_explicit(&deal->workload->stop, memory_order_relaxed) || ppt_interrupted) {
        stop(deal);
    }
}

static void deal_begin(void *context)
{
    struct deal *deal = context;

    deal->begun = true;
    deal->parts[0].rank.begin_ns = ppt_clock_ns();
    tell_all(deal, PPT_TAG_BEGIN, NULL, 0);
}

static bool deal_gate(void *context, unsigned workers)
{
    struct deal *deal = context;
    struct ppt_queue_state state = ppt_queue_look(deal->queue);

    /* Threads that are created later would sleep as exactly, and tasks that sleep would be other
     * ones than without ranks. */
    prctl(PR_SET_TIMERSLACK, 1UL);
    deal->nap.most_ns = NAP_FEW_NS;
    while (deal->status == PPT_OK &&
           (state.arrived < workers || deal->arrived + 1 < deal->group->ranks)) {
        deal_listen(deal);
        ppt_queue_nap(deal->queue, &state, 0, ppt_nap_next(&deal->nap));
        state = ppt_queue_look(deal->queue);
    }
    const int32_t yes = deal->status == PPT_OK && deal->well && state.well && !deal->stopped;
    tell_all(deal, PPT_TAG_GATE, &yes, sizeof(yes));
    return yes && deal->status == PPT_OK;
}

static void deal_rest(void *context)
{
    struct deal *deal = context;
    struct ppt_queue_state state = ppt_queue_look(deal->queue);

    ppt_nap_reset(&deal->nap);
    deal->nap.most_ns = NAP_END_NS;
    while (state.there > 0) {
        deal_listen(deal);
        ppt_queue_nap(deal->queue, &state, 0, ppt_nap_next(&deal->nap));
        state = ppt_queue_look(deal->queue);
    }
}

static void deal_feed(void *context)
{
    struct deal *deal = context;
    struct ppt_queue_state state = ppt_queue_look(deal->queue);

    ppt_nap_reset(&deal->nap);
    while (state.working > 0) {
        deal_listen(deal);
        deal->nap.most_ns = state.left == 0 || deal->distribution.blocks              ? NAP_NONE_NS
                            : state.left <= (uint64_t)CHUNK_SHARE * deal->all_workers ? NAP_FEW_NS
                                                                                      : NAP_NS;
        ppt_queue_nap(deal->queue, &state, 0, ppt_nap_next(&deal->nap));
        state = ppt_queue_look(deal->queue);
    }
}

static void deal_finish(void *context)
{
    struct deal *deal = context;

    ppt_nap_reset(&deal->nap);
    deal->nap.most_ns = NAP_END_NS;
    deal_listen(deal);
    while (deal->status == PPT_OK && deal->done_count + 1 < deal->group->ranks) {
        ppt_nap_take(&deal->nap);
        deal_listen(deal);
    }
    prctl(PR_SET_TIMERSLACK, 0UL);
    deal->parts[0].rank.end_ns = ppt_clock_ns();
    deal->parts[0].rank.mpi_ns = deal->group->world->mpi_ns - deal->mpi_before_ns;
}

/* ---- after a pass ---- */

/* Waits for the result of a rank; what others still have to say is nothing new. */
static enum ppt_status fetch(struct deal *deal, unsigned rank, struct ppt_incoming *incoming)
{
    struct ppt_nap nap = {.most_ns = NAP_END_NS};
    union ppt_wire_short message;

    PPT_TRY(ppt_world_send(deal->group, rank, PPT_TAG_FETCH, NULL, 0, deal->error));
    ppt_world_expect(deal->group->world, rank);
    for (;;) {
        if (!ppt_world_peek(deal->group, incoming)) {
            ppt_nap_take(&nap);
            PPT_TRY(ppt_world_check(deal->group->world, rank, deal->error));
        } else if (incoming->tag == PPT_TAG_RESULT) {
            return PPT_OK;
        } else {
            PPT_TRY(ppt_world_receive(deal->group, incoming, &message, deal->error));
        }
    }
}

static enum ppt_status receive_result(struct deal *deal, const struct ppt_incoming *incoming,
                                      struct ppt_stopwatches *watches, unsigned own_workers)
{
    struct ppt_part *part = &deal->parts[incoming->rank];
    const struct ppt_rank_sample clock = part->rank;
    void *bytes PPT_FREED = ppt_alloc(incoming->bytes, 1);
    char name[PPT_RANK_NAME_SIZE];

    PPT_TRY(ppt_world_receive(deal->group, incoming, bytes, deal->error));
    if (!ppt_packet_unpack(bytes, incoming->bytes, part, watches,
                           own_workers + incoming->rank - 1)) {
        return ppt_fail(deal->error, PPT_FAILED, "%s sent a result that is none",
                        ppt_world_name(deal->group->world, incoming->rank, name));
    }
    part->rank.offset_ns = clock.offset_ns;
    part->rank.offset_error_ns = clock.offset_error_ns;
    return PPT_OK;
}

static enum ppt_status gather_results(struct deal *deal, struct ppt_stopwatches *watches,
                                      unsigned own_workers)
{
    PPT_TRY(deal->status);
    for (unsigned r = 1; r < deal->group->ranks; r++) {
        struct ppt_incoming incoming;

        PPT_TRY(fetch(deal, r, &incoming));
        PPT_TRY(receive_result(deal, &incoming, watches, own_workers));
    }
    return PPT_OK;
}

/* The first that failed by itself; that others then gave up is no cause. */
static enum ppt_status deal_judge(const struct deal *deal, struct ppt_error *error)
{
    unsigned failed = 0;

    for (unsigned r = 0; r < deal->group->ranks; r++) {
        const enum ppt_status status = deal->parts[r].status, so_far = deal->parts[failed].status;

        if (status != PPT_OK &&
            (so_far == PPT_OK || (so_far == PPT_INTERRUPTED && status != PPT_INTERRUPTED))) {
            failed = r;
        }
    }
    const struct ppt_part *part = &deal->parts[failed];
    if (part->status == PPT_OK) {
        return PPT_OK;
    }
    if (deal->group->ranks == 1 || part->status == PPT_INTERRUPTED) {
        *error = part->error;
        return part->status;
    }
    char name[PPT_RANK_NAME_SIZE];
    return ppt_fail(error, part->status, "%s: %s", ppt_world_name(deal->group->world, failed, name),
                    part->error.text);
}

/* Tells those whose kernels are open that there is no pass; the others do not wait for one. */
static void abandon(struct deal *deal)
{
    struct ppt_error ignored;

    for (unsigned r = 1; r < deal->group->ranks && !deal->group->world->broken; r++) {
        if (deal->well_open[r]) {
            (void)ppt_world_send(deal->group, r, PPT_TAG_ABANDON, NULL, 0, &ignored);
        }
    }
}

/* From the ranks' kernels being open to their results. */
static enum ppt_status run_deal(struct deal *deal, struct ppt_point point,
                                struct ppt_stopwatches *watches, struct ppt_error *error)
{
    struct ppt_part *own = &deal->parts[0];
    struct ppt_share share = {
        .context = deal,
        .queue = deal->queue,
        .begin = deal_begin,
        .gate = deal_gate,
        .feed = deal_feed,
        .rest = deal_rest,
        .finish = deal_finish,
        .peers = ppt_cluster_peers(&deal->group->world->cluster, point.ranks, 0),
    };

    for (unsigned r = 1; r < point.ranks; r++) {
        ppt_world_expect(deal->group->world, r);
    }
    own->status =
        ppt_pass_run_share(deal->workload, point, &share, watches, &own->sample, &own->error);
    if (!deal->begun) {
        abandon(deal);
        *error = own->error;
        return own->status;
    }
    PPT_TRY(gather_results(deal, watches, point.workers));
    return deal_judge(deal, error);
}

static enum ppt_status open_pass(struct deal *deal, unsigned block, struct ppt_point point)
{
    const struct ppt_wire_pass message = {point, block};
    /* They still listen to what is said to all ranks of the job. */
    const struct ppt_group called = {deal->group->world, deal->group->world->all.comm, point.ranks};

    PPT_TRY(ppt_call(&called, PPT_TAG_PASS, &message, sizeof(message), deal->error));
    const enum ppt_status status = ppt_call_answers(deal->group, deal->well_open, deal->error);
    if (status != PPT_OK) {
        abandon(deal);
        return status;
    }
    return compare_clocks(deal);
}

static void close_deal(struct deal *deal)
{
    for (unsigned r = 0; r < deal->group->ranks; r++) {
        ppt_sample_free(&deal->parts[r].sample);
    }
    free(deal->parts);
    free(deal->well_open);
    free(deal->done);
    ppt_queue_destroy(deal->queue);
}

enum ppt_status ppt_deal_run(struct ppt_world *world, struct ppt_workload *workload, unsigned block,
                             struct ppt_point point, struct ppt_stopwatches *watches,
                             struct ppt_sample *sample, struct ppt_error *error)
{
    const struct ppt_distribution distribution = workload->config->distribution;
    const uint64_t tasks = workload->tasks.count;
    struct deal deal PPT_OWNED(close_deal) = {
        .group = ppt_world_group(world, point.ranks),
        .workload = workload,
        .queue = ppt_queue_create(point.workers, distribution.chunk > 0 ? 0
                                                 : distribution.blocks  ? point.workers
                                                                        : ppt_point_workers(point)),
        .distribution = distribution,
        .all_workers = ppt_point_workers(point),
        .parts = ppt_alloc(point.ranks, sizeof(*deal.parts)),
        .well_open = ppt_alloc(point.ranks, sizeof(*deal.well_open)),
        .done = ppt_alloc(point.ranks, sizeof(*deal.done)),
        .well = true,
        .error = error,
    };

    *sample = (struct ppt_sample){0};
    ppt_queue_add(deal.queue, distribution.blocks ? ppt_queue_block(tasks, point.ranks, 0)
                                                  : (struct ppt_range){0, tasks});
    ppt_queue_close(deal.queue, false);
    ppt_stopwatches_prepare(watches, point.workers + point.ranks - 1, tasks);
    atomic_store(&workload->stop, false);
    PPT_TRY(open_pass(&deal, block, point));
    deal.mpi_before_ns = world->mpi_ns;
    PPT_TRY(run_deal(&deal, point, watches, error));
    ppt_parts_combine(deal.parts, point.ranks, &world->cluster,
                      ppt_price_of(workload, point.inner_threads));
    *sample = deal.parts[0].sample;
    deal.parts[0].sample = (struct ppt_sample){0};
    ppt_stopwatches_summarise(watches, sample);
    return PPT_OK;
}
