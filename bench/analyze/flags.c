#include "flags.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

/* So many blocks in a row whose second measurements were all flagged are enough. */
#define MOST_IN_VAIN 3

struct ppt_meanwhile ppt_sample_meanwhile(const struct ppt_sample *sample)
{
    const unsigned threads = ppt_point_threads(sample->point);

    return (struct ppt_meanwhile){
        .wall_ns = ppt_sample_wall_ns(sample),
        .own_ns = sample->usage.user_ns + sample->usage.system_ns,
        .busy_ns = sample->noise.busy_ns,
        .queued_ns = sample->noise.queued_ns,
        .throttled_ns = sample->noise.throttled_ns,
        /* Ranks may share CPUs or not, so that those of all say nothing. */
        .cpus = sample->point.ranks > 1 ? 0 : sample->noise.cpus,
        .threads = threads > 0 ? threads : 1,
    };
}

/* ---- others' share of what is short ---- */

struct sums {
    int64_t busy_ns, own_ns, offered_ns;
};

static void add_sums(struct sums *sums, const struct ppt_sample *sample)
{
    const struct ppt_meanwhile meanwhile = ppt_sample_meanwhile(sample);

    if (meanwhile.busy_ns >= 0) {
        sums->busy_ns += meanwhile.busy_ns;
        sums->own_ns += meanwhile.own_ns;
        sums->offered_ns += ppt_meanwhile_offered_ns(&meanwhile);
    }
}

static double share_of(const struct sums *sums)
{
    return ppt_lost_to_others(sums->busy_ns, sums->own_ns, sums->offered_ns);
}

/* ---- other CPUs ---- */

/* Those of the first pass of so many ranks that said them, the warm-up included. */
struct first_cpus {
    struct {
        unsigned ranks;
        int64_t cpus;
    } * items;
    size_t count;
};

static bool has_moved(struct first_cpus *first, const struct ppt_sample *sample)
{
    size_t i = 0;

    if (sample->noise.cpus <= 0) {
        return false;
    }
    while (i < first->count && first->items[i].ranks != sample->point.ranks) {
        i++;
    }
    if (i == first->count) {
        first->items = ppt_realloc(first->items, i + 1, sizeof(*first->items));
        first->items[i].ranks = sample->point.ranks;
        first->items[i].cpus = sample->noise.cpus;
        first->count++;
    }
    return first->items[i].cpus != sample->noise.cpus;
}

/* ---- flags ---- */

/* Gives the share of all to those from `from` to before `to` that have none of their own. */
static void give(struct ppt_flags *flags, const struct ppt_samples *samples, size_t from, size_t to,
                 const struct sums *sums)
{
    const double share = share_of(sums);

    for (size_t i = from; i < to; i++) {
        const struct ppt_meanwhile meanwhile = ppt_sample_meanwhile(&samples->items[i]);

        if (isnan(flags[i].lost.others) && meanwhile.busy_ns >= 0 &&
            ppt_meanwhile_offered_ns(&meanwhile) > 0) {
            flags[i].lost.others = share;
        }
    }
}

/* Those that follow one another in a block, and those of it that were measured again: what is known
 * of the first ones does not change by these. */
static bool together(const struct ppt_sample *a, const struct ppt_sample *b)
{
    return a->block == b->block && a->again == b->again;
}

/* Few second measurements may be too short by themselves: then they have that of all the block. */
static void give_by_block(struct ppt_flags *flags, const struct ppt_samples *samples)
{
    struct sums before = {0};

    for (size_t from = 0, to; from < samples->count; from = to) {
        struct sums sums = {0};

        for (to = from; to < samples->count && together(&samples->items[to], &samples->items[from]);
             to++) {
            add_sums(&sums, &samples->items[to]);
        }
        if (samples->items[from].again && sums.offered_ns < PPT_LOST_SHORT_NS) {
            sums.busy_ns += before.busy_ns;
            sums.own_ns += before.own_ns;
            sums.offered_ns += before.offered_ns;
        }
        give(flags, samples, from, to, &sums);
        before = sums;
    }
}

static void give_by_run(struct ppt_flags *flags, const struct ppt_samples *samples)
{
    struct sums sums = {0};

    for (size_t i = 0; i < samples->count; i++) {
        add_sums(&sums, &samples->items[i]);
    }
    give(flags, samples, 0, samples->count, &sums);
}

/* Without what only the whole run tells. */
static struct ppt_flags *flags_so_far(const struct ppt_samples *samples)
{
    struct ppt_flags *flags = ppt_alloc(samples->count, sizeof(*flags));
    struct first_cpus first = {0};

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];
        const struct ppt_meanwhile meanwhile = ppt_sample_meanwhile(sample);

        flags[i] = (struct ppt_flags){
            .lost = ppt_lost_of(&meanwhile),
            .stopped = sample->noise.stopped > 0,
            .moved = has_moved(&first, sample),
        };
    }
    free(first.items);
    give_by_block(flags, samples);
    return flags;
}

static void weigh(struct ppt_flags *flags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        flags[i].much = ppt_lost_much(&flags[i].lost);
    }
}

struct ppt_flags *ppt_flags_of(const struct ppt_samples *samples)
{
    struct ppt_flags *flags = flags_so_far(samples);

    give_by_run(flags, samples);
    weigh(flags, samples->count);
    return flags;
}

/* ---- measuring again ---- */

/* Short passes may not tell whether they were disturbed. */
static bool is_calm(const struct ppt_flags *flags)
{
    return !ppt_flagged(flags) && (!isnan(flags->lost.queued) || !isnan(flags->lost.others));
}

/* Goes through the blocks as they ran. */
struct tries {
    unsigned block;
    size_t again, calm; /* in this block; of the calm it is known */
    unsigned vain;      /* blocks in a row, up to the one before */
};

static void end_block(struct tries *tries)
{
    const bool vain = tries->again > 0 && tries->calm == 0;

    /* Once there were enough, blocks without any second measurement follow. */
    if (tries->vain < MOST_IN_VAIN) {
        tries->vain = vain ? tries->vain + 1 : 0;
    }
    tries->again = tries->calm = 0;
}

/* Whether others are there all the time, as the blocks before this one say. */
static bool others_stay(const struct ppt_samples *samples, const struct ppt_flags *flags,
                        unsigned block)
{
    struct tries tries = {0};

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        /* A run that goes on warms up again, maybe within a block. */
        if (sample->block > 0 && sample->block != tries.block) {
            end_block(&tries);
            tries.block = sample->block;
        }
        if (sample->block > 0 && sample->block < block) {
            tries.again += sample->again;
            tries.calm += sample->again && is_calm(&flags[i]);
        }
    }
    return tries.vain == MOST_IN_VAIN;
}

static bool was_again(const struct ppt_samples *samples, const struct ppt_sample *first)
{
    for (size_t i = samples->count; i > 0; i--) {
        const struct ppt_sample *sample = &samples->items[i - 1];

        if (sample->again && sample->block == first->block &&
            ppt_point_same(sample->point, first->point)) {
            return true;
        }
    }
    return false;
}

/* Ranks other than this one would have to be asked for their part: such passes stay as they are. */
static bool may_be_again(const struct ppt_samples *samples, const struct ppt_sample *first)
{
    return first->point.ranks == 0 && !ppt_samples_failed(samples, first->point) &&
           !was_again(samples, first);
}

size_t ppt_flags_again(const struct ppt_samples *samples, unsigned block)
{
    struct ppt_flags *flags PPT_FREED = flags_so_far(samples);
    size_t chosen = 0;

    weigh(flags, samples->count);
    if (block == 0 || others_stay(samples, flags, block)) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < samples->count && chosen < PPT_MOST_AGAIN; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->block == block && !sample->again && ppt_flagged(&flags[i])) {
            if (may_be_again(samples, sample)) {
                return i;
            }
            chosen++;
        }
    }
    return SIZE_MAX;
}
