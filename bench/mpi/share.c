#include "share.h"

#include <sys/prctl.h>

#include "clock.h"
#include "interrupt.h"
#include "owned.h"
#include "packet.h"
#include "pass.h"
#include "queue.h"
#include "wire.h"

/* The longest naps: of a rank whose result is not needed yet, of one whose tasks are asked for, of
 * one whose workers wait for these, and of one that has all its tasks. */
#define NAP_IDLE_NS 5000000
#define NAP_ASKED_NS 500000
#define NAP_STARVING_NS 50000
#define NAP_BUSY_NS 20000000

/* After a question about its clock the next one comes at once. */
#define CLOCK_WAIT_NS 1000000

/* With fewer tasks left than so many for each worker of all ranks none is asked for ahead: a rank
 * that holds tasks while others have none is what the end of a pass would wait for. */
#define ROUNDS_AHEAD 2

/* Below this share of what it was given last a rank asks again. */
#define LOW_SHARE 4

struct share {
    const struct ppt_group *group;
    struct ppt_workload *workload;
    struct ppt_queue *queue;
    struct ppt_nap nap;
    unsigned workers, all_workers;
    bool begun, abandoned, gate_known, admitted, finished, fetched;
    bool asked;             /* tasks are on their way */
    bool gave_up;           /* and said so */
    uint64_t left;          /* that rank 0 had, as far as is known */
    uint64_t given;         /* tasks of the last answer */
    int64_t request_ns;     /* when it asked for tasks last */
    int64_t clock_asked_ns; /* when its clock was asked for last */
    int64_t mpi_before_ns;
    struct ppt_part part;
    enum ppt_status status; /* of speaking to rank 0 */
    struct ppt_error *error;
};

static void share_note(struct share *share, enum ppt_status status)
{
    if (status != PPT_OK && share->status == PPT_OK) {
        share->status = status;
        atomic_store(&share->workload->stop, true);
        ppt_queue_close(share->queue, true);
    }
}

static void tell(struct share *share, int tag, const void *data, size_t bytes)
{
    if (share->status == PPT_OK) {
        share_note(share, ppt_world_send(share->group, 0, tag, data, bytes, share->error));
    }
}

static void share_handle(struct share *share, int tag, const union ppt_wire_short *message)
{
    int64_t now;

    switch (tag) {
    case PPT_TAG_CLOCK:
        now = ppt_clock_ns();
        tell(share, PPT_TAG_CLOCK, &now, sizeof(now));
        share->clock_asked_ns = now;
        break;
    case PPT_TAG_BEGIN:
        share->begun = true;
        share->part.rank.begin_ns = ppt_clock_ns();
        share->mpi_before_ns = share->group->world->mpi_ns;
        break;
    case PPT_TAG_ABANDON:
        share->abandoned = true;
        break;
    case PPT_TAG_GATE:
        share->gate_known = true;
        share->admitted = message->yes;
        break;
    case PPT_TAG_TASKS:
        share->asked = false;
        share->part.rank.answer_ns += ppt_clock_ns() - share->request_ns;
        share->left = message->tasks.left;
        share->given = message->tasks.range.count;
        ppt_queue_add(share->queue, message->tasks.range);
        if (share->left == 0) {
            ppt_queue_close(share->queue, false);
        }
        break;
    case PPT_TAG_FETCH:
        share->fetched = true;
        break;
    case PPT_TAG_STOP:
        atomic_store(&share->workload->stop, true);
        ppt_queue_close(share->queue, true);
        break;
    default: /* ALIVE */
        break;
    }
}

/* Receives and handles all that has come. */
static void share_listen(struct share *share)
{
    struct ppt_incoming incoming;
    union ppt_wire_short message = {0};

    while (share->status == PPT_OK && ppt_world_peek(share->group, &incoming)) {
        ppt_nap_reset(&share->nap);
        share_note(share, ppt_world_receive(share->group, &incoming, &message, share->error));
        if (share->status == PPT_OK) {
            share_handle(share, incoming.tag, &message);
        }
    }
    if (ppt_world_beat(share->group->world)) {
        tell(share, PPT_TAG_ALIVE, NULL, 0);
    }
    if (share->status == PPT_OK) {
        share_note(share, ppt_world_check(share->group->world, 0, share->error));
    }
}

/* Until rank 0 says that the pass begins, or does not. */
static void await_begin(struct share *share)
{
    share->nap.most_ns = NAP_STARVING_NS;
    while (share->status == PPT_OK && !share->begun && !share->abandoned) {
        share_listen(share);
        if (ppt_clock_ns() - share->clock_asked_ns > CLOCK_WAIT_NS) {
            ppt_nap_take(&share->nap);
        }
    }
}

static void share_begin(void *context)
{
    (void)context; /* it has begun: see below */
}

static bool share_gate(void *context, unsigned workers)
{
    struct share *share = context;
    struct ppt_queue_state state = ppt_queue_look(share->queue);
    bool told = false;

    prctl(PR_SET_TIMERSLACK, 1UL); /* see deal.c */
    share->nap.most_ns = NAP_STARVING_NS;
    while (share->status == PPT_OK && !share->gate_known) {
        if (!told && state.arrived == workers) {
            const int32_t well = state.well;

            told = true;
            tell(share, PPT_TAG_ARRIVED, &well, sizeof(well));
        }
        share_listen(share);
        if (!share->gate_known) {
            ppt_queue_nap(share->queue, &state, 0, ppt_nap_next(&share->nap));
        }
        state = ppt_queue_look(share->queue);
    }
    return share->status == PPT_OK && share->admitted;
}

/* Below so many tasks at hand it is time to ask for more; 0: it is not, however few there are. */
static uint64_t low_of(const struct share *share)
{
    const uint64_t low = share->given / LOW_SHARE;

    if (share->asked || share->left <= (uint64_t)ROUNDS_AHEAD * share->all_workers) {
        return 0;
    }
    return low > share->workers ? low : share->workers;
}

static void ask(struct share *share, const struct ppt_queue_state *state)
{
    /* Workers that have not woken up yet still wait, although tasks have come. */
    const uint32_t workers = state->left < low_of(share) ? share->workers
                             : state->left == 0          ? state->waiting
                                                         : 0;

    if (!share->asked && share->left > 0 && workers > 0) {
        share->asked = true;
        share->request_ns = ppt_clock_ns();
        share->part.rank.requests++;
        ppt_nap_reset(&share->nap);
        tell(share, PPT_TAG_REQUEST, &workers, sizeof(workers));
    }
}

static void share_rest(void *context)
{
    struct share *share = context;
    struct ppt_queue_state state = ppt_queue_look(share->queue);

    ppt_nap_reset(&share->nap);
    share->nap.most_ns = NAP_ASKED_NS;
    while (state.there > 0) {
        share_listen(share);
        ppt_queue_nap(share->queue, &state, 0, ppt_nap_next(&share->nap));
        state = ppt_queue_look(share->queue);
    }
}

static void share_feed(void *context)
{
    struct share *share = context;
    struct ppt_queue_state state = ppt_queue_look(share->queue);

    ppt_nap_reset(&share->nap);
    while (state.working > 0) {
        if (!share->gave_up && share->status == PPT_OK &&
            (atomic_load_explicit(&share->workload->stop, memory_order_relaxed) ||
             ppt_interrupted)) {
            share->gave_up = true;
            ppt_queue_close(share->queue, true);
            tell(share, PPT_TAG_GIVE_UP, NULL, 0);
        }
        ask(share, &state);
        share_listen(share);
        share->nap.most_ns = !share->asked       ? NAP_BUSY_NS
                             : state.waiting > 0 ? NAP_STARVING_NS
                                                 : NAP_ASKED_NS;
        ppt_queue_nap(share->queue, &state, low_of(share), ppt_nap_next(&share->nap));
        state = ppt_queue_look(share->queue);
    }
}

static void share_finish(void *context)
{
    struct share *share = context;

    prctl(PR_SET_TIMERSLACK, 0UL);
    share->finished = true;
    share->part.rank.end_ns = ppt_clock_ns();
    share->part.rank.mpi_ns = share->group->world->mpi_ns - share->mpi_before_ns;
    tell(share, PPT_TAG_DONE, NULL, 0);
}

/* What the pass left out because it failed before it came to it: rank 0 waits for it. */
static void make_up(struct share *share)
{
    if (!share->finished) {
        for (unsigned i = 0; i < share->workers; i++) {
            ppt_queue_arrive(share->queue, false);
        }
        (void)share_gate(share, share->workers);
        share_finish(share);
    }
}

/* Once rank 0 asks for it: while other ranks still work it has something else to do. */
static void send_result(struct share *share, const struct ppt_stopwatches *watches)
{
    size_t bytes;
    void *packet PPT_FREED = ppt_packet_pack(&share->part, watches, &bytes);

    share->nap.most_ns = NAP_IDLE_NS;
    while (share->status == PPT_OK && !share->fetched) {
        ppt_nap_take(&share->nap);
        share_listen(share);
    }
    tell(share, PPT_TAG_RESULT, packet, bytes);
}

enum ppt_status ppt_share_run(struct ppt_world *world, struct ppt_workload *workload,
                              struct ppt_point point, struct ppt_stopwatches *watches,
                              struct ppt_error *error)
{
    const struct ppt_distribution distribution = workload->config->distribution;
    const uint64_t tasks = workload->tasks.count;
    struct share share = {
        .group = ppt_world_group(world, point.ranks),
        .workload = workload,
        .queue = ppt_queue_create(point.workers, distribution.chunk > 0 ? 0 : point.workers),
        .workers = point.workers,
        .all_workers = ppt_point_workers(point),
        .left = distribution.blocks ? 0 : tasks,
        .error = error,
    };
    const struct ppt_share how = {
        .context = &share,
        .queue = share.queue,
        .begin = share_begin,
        .gate = share_gate,
        .feed = share_feed,
        .rest = share_rest,
        .finish = share_finish,
        .peers = ppt_cluster_peers(&world->cluster, point.ranks, world->rank),
    };

    if (distribution.blocks) {
        ppt_queue_add(share.queue, ppt_queue_block(tasks, point.ranks, world->rank));
        ppt_queue_close(share.queue, false);
    }
    ppt_stopwatches_prepare(watches, point.workers, tasks);
    atomic_store(&workload->stop, false);
    await_begin(&share);
    if (share.begun && share.status == PPT_OK) {
        share.part.status = ppt_pass_run_share(workload, point, &how, watches, &share.part.sample,
                                               &share.part.error);
        make_up(&share);
        send_result(&share, watches);
    }
    ppt_sample_free(&share.part.sample);
    ppt_queue_destroy(share.queue);
    return share.status;
}
