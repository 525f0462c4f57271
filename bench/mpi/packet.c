#include "packet.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "usage.h"

struct head {
    int32_t status;
    struct ppt_error error;
    struct ppt_rank_sample rank;
    struct ppt_sample sample; /* with what it points to behind it */
};

/* A worker, with the text that its `bound` points to; longer lists of CPUs are cut. */
struct worker {
    struct ppt_worker_sample sample;
    char bound[256];
};

void *ppt_packet_pack(const struct ppt_part *part, const struct ppt_stopwatches *watches,
                      size_t *bytes)
{
    const struct ppt_sample *sample = &part->sample;
    const struct head head = {
        .status = part->status,
        .error = part->error,
        .rank = part->rank,
        .sample = *sample,
    };
    size_t times = 0;
    void *laps PPT_FREED = part->status == PPT_OK ? ppt_stopwatches_pack(watches, &times) : NULL;
    char *packed, *end;

    *bytes = sizeof(head) + sample->worker_count * sizeof(struct worker) + times;
    end = packed = ppt_alloc(*bytes, 1);
    memcpy(end, &head, sizeof(head));
    end += sizeof(head);
    for (size_t i = 0; i < sample->worker_count; i++) {
        struct worker worker = {.sample = sample->workers[i]};

        if (worker.sample.bound) {
            snprintf(worker.bound, sizeof(worker.bound), "%s", worker.sample.bound);
            worker.sample.bound = NULL;
        }
        memcpy(end, &worker, sizeof(worker));
        end += sizeof(worker);
    }
    if (laps) {
        memcpy(end, laps, times);
    }
    return packed;
}

bool ppt_packet_unpack(const void *bytes, size_t length, struct ppt_part *part,
                       struct ppt_stopwatches *watches, unsigned worker)
{
    const char *rest = bytes;
    struct head head;

    *part = (struct ppt_part){.status = PPT_FAILED};
    if (length < sizeof(head)) {
        return false;
    }
    memcpy(&head, rest, sizeof(head));
    rest += sizeof(head);
    length -= sizeof(head);
    if (length / sizeof(struct worker) < head.sample.worker_count) {
        return false;
    }
    part->status = (enum ppt_status)head.status;
    part->error = head.error;
    part->rank = head.rank;
    part->sample = head.sample;
    part->sample.workers = ppt_alloc(head.sample.worker_count, sizeof(*part->sample.workers));
    part->sample.ranks = NULL;
    part->sample.task_ns = NULL;
    for (size_t i = 0; i < head.sample.worker_count; i++) {
        struct worker one;

        memcpy(&one, rest, sizeof(one));
        one.bound[sizeof(one.bound) - 1] = '\0';
        part->sample.workers[i] = one.sample;
        part->sample.workers[i].bound = one.bound[0] ? ppt_strdup(one.bound) : NULL;
        rest += sizeof(one);
        length -= sizeof(one);
    }
    return part->status != PPT_OK || ppt_stopwatches_unpack(watches, worker, rest, length);
}

/* ---- the whole pass ---- */

/* What was not known of one rank is not known of all. */
static int64_t sum_known(int64_t a, int64_t b)
{
    return a < 0 || b < 0 ? -1 : a + b;
}

/* Clocks are compared with a small error, which must not put anything outside of the pass. */
static int64_t within(int64_t ns, int64_t wall_ns)
{
    return ns < 0 ? 0 : ns > wall_ns ? wall_ns : ns;
}

static void combine_sums(struct ppt_part *parts, unsigned ranks, const struct ppt_cluster *cluster)
{
    struct ppt_sample *whole = &parts[0].sample;

    for (unsigned r = 1; r < ranks; r++) {
        const struct ppt_sample *one = &parts[r].sample;

        whole->digest += one->digest;
        whole->failed_tasks += one->failed_tasks;
        ppt_usage_add(&whole->usage, one->usage, 1);
        ppt_event_counts_add(&whole->counts, &one->counts);
        whole->io_blocks = sum_known(whole->io_blocks, one->io_blocks);
        whole->peak_bytes = sum_known(whole->peak_bytes, one->peak_bytes);
        /* Noise is a host's, not a rank's: it counts with the first one there. */
        ppt_fields_add(ppt_noise_fields, &whole->noise,
                       ppt_cluster_hosts(cluster, r + 1) > ppt_cluster_hosts(cluster, r)
                           ? &one->noise
                           : &(struct ppt_noise){.stopped = one->noise.stopped,
                                                 .cpus = one->noise.cpus,
                                                 .queued_ns = one->noise.queued_ns},
                       1);
        /* Ranks of a host may use the same CPUs or others: nobody has looked at all of these. */
        whole->noise.busy_ns = -1;
    }
}

static void combine_workers(struct ppt_part *parts, unsigned ranks, int64_t wall_ns)
{
    struct ppt_sample *whole = &parts[0].sample;
    struct ppt_worker_sample *workers;
    size_t count = 0;

    for (unsigned r = 0; r < ranks; r++) {
        count += parts[r].sample.worker_count;
    }
    workers = ppt_alloc(count, sizeof(*workers));
    count = 0;
    for (unsigned r = 0; r < ranks; r++) {
        struct ppt_sample *one = &parts[r].sample;
        const int64_t shift = one->started_ns - parts[r].rank.offset_ns - whole->started_ns;

        for (size_t i = 0; i < one->worker_count; i++) {
            struct ppt_worker_sample *worker = &workers[count++];

            *worker = one->workers[i];
            worker->start_ns = within(worker->start_ns + shift, wall_ns);
            worker->end_ns = within(worker->end_ns + shift, wall_ns);
        }
        /* Their texts went along. */
        free(one->workers);
        one->workers = NULL;
        one->worker_count = 0;
    }
    whole->workers = workers;
    whole->worker_count = count;
}

void ppt_parts_combine(struct ppt_part *parts, unsigned ranks, const struct ppt_cluster *cluster,
                       struct ppt_price price)
{
    struct ppt_sample *whole = &parts[0].sample;
    const int64_t wall_ns = ppt_sample_wall_ns(whole);

    combine_sums(parts, ranks, cluster);
    combine_workers(parts, ranks, wall_ns);
    ppt_sample_divide(whole, wall_ns, price);
    whole->ranks = ppt_alloc(ranks, sizeof(*whole->ranks));
    whole->rank_count = ranks;
    for (unsigned r = 0; r < ranks; r++) {
        struct ppt_rank_sample rank = parts[r].rank;

        rank.begin_ns = within(rank.begin_ns - rank.offset_ns - whole->started_ns, wall_ns);
        rank.end_ns = within(rank.end_ns - rank.offset_ns - whole->started_ns, wall_ns);
        whole->ranks[r] = rank;
    }
}
