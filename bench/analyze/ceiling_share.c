#include "ceiling_share.h"

#include "memory.h"
#include "owned.h"
#include "stat.h"

const struct ppt_bound_row ppt_bound_rows[PPT_BOUND_COUNT] = {
    [PPT_BOUND_MULTIPLY_ADDS] = {"multiply_adds", "GFLOP/s"},
    [PPT_BOUND_COPIES] = {"copies", "GB/s"},
    [PPT_BOUND_ADDITIONS] = {"additions", "G/s"},
    [PPT_BOUND_PRODUCTS] = {"multiplications", "G/s"},
    [PPT_BOUND_FILES] = {"files", "GB/s"},
};

/* ---- what there is to do, and what can be done ---- */

static double work_for(const struct ppt_work *work, enum ppt_bound bound)
{
    const double works[] = {
        [PPT_BOUND_MULTIPLY_ADDS] = work->flops, [PPT_BOUND_COPIES] = work->moved_bytes,
        [PPT_BOUND_ADDITIONS] = work->additions, [PPT_BOUND_PRODUCTS] = work->products,
        [PPT_BOUND_FILES] = work->written_bytes,
    };

    return works[bound];
}

/* Of a chain nothing but its own links is waited for, however many run beside it. */
static struct ppt_by_workers chains(double link_ns, unsigned workers)
{
    return link_ns > 0 ? (struct ppt_by_workers){1 / link_ns, workers / link_ns}
                       : (struct ppt_by_workers){0, 0};
}

unsigned ppt_bound_level(const struct ppt_bound_context *context, struct ppt_point point)
{
    const unsigned workers = ppt_point_workers(point) > 0 ? ppt_point_workers(point) : 1;

    for (size_t i = 0; i < context->topology->cache_count; i++) {
        const struct ppt_cache *cache = &context->topology->caches[i];
        const unsigned sharers = cache->cpus < workers ? cache->cpus : workers;

        if (context->work.set_bytes * sharers <= (double)cache->bytes) {
            return cache->level;
        }
    }
    return 0;
}

/* What is in a cache of which nothing was measured is held against the next one that was; where
 * caches are not known nobody can tell what is in one. */
static struct ppt_by_workers copies(const struct ppt_bound_context *context, struct ppt_point point)
{
    const struct ppt_by_workers *rates = context->ceilings->best.copy_gbs;
    unsigned level = ppt_bound_level(context, point);

    if (context->topology->cache_count == 0) {
        return (struct ppt_by_workers){0, 0};
    }
    while (level > 0 && level < PPT_CEILING_LEVELS && rates[level].one <= 0) {
        level++;
    }
    return rates[level < PPT_CEILING_LEVELS ? level : 0];
}

static struct ppt_by_workers ceiling_for(const struct ppt_bound_context *context,
                                         enum ppt_bound bound, struct ppt_point point)
{
    const struct ppt_ceilings *ceilings = context->ceilings;

    switch (bound) {
    case PPT_BOUND_MULTIPLY_ADDS:
        return ceilings->best.fma_gflops;
    case PPT_BOUND_COPIES:
        return copies(context, point);
    case PPT_BOUND_ADDITIONS:
        return chains(ceilings->best.cycle_ns, ceilings->workers);
    case PPT_BOUND_PRODUCTS:
        return chains(ceilings->best.multiply_ns, ceilings->workers);
    case PPT_BOUND_FILES:
        return ceilings->best.file_write_gbs;
    case PPT_BOUND_COUNT:
        break;
    }
    return (struct ppt_by_workers){0, 0};
}

double ppt_bound_ceiling(const struct ppt_bound_context *context, enum ppt_bound bound,
                         struct ppt_point point)
{
    const struct ppt_by_workers rates = ceiling_for(context, bound, point);

    return ppt_ceiling_of(&rates, ppt_point_threads(point));
}

/* ---- what was done ---- */

static struct ppt_ratio rate_of(double work, struct ppt_passes passes)
{
    double *rates PPT_FREED = ppt_alloc(passes.count, sizeof(*rates));
    size_t count = 0;

    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *pass = passes.items[i];

        if (pass->work_ns > 0) {
            rates[count++] = work * (double)pass->task_count / (double)pass->work_ns;
        }
    }
    const struct ppt_stat stat = ppt_stat_of(rates, count);

    return (struct ppt_ratio){stat.median, stat.interval};
}

static struct ppt_ratio as_share(struct ppt_ratio rate, double ceiling)
{
    return (struct ppt_ratio){
        rate.value / ceiling,
        {rate.interval.exists, rate.interval.low / ceiling, rate.interval.high / ceiling}};
}

void ppt_ceiling_shares(const struct ppt_bound_context *context, struct ppt_point point,
                        struct ppt_passes passes, struct ppt_ceiling_share shares[PPT_BOUND_COUNT])
{
    for (enum ppt_bound bound = 0; bound < PPT_BOUND_COUNT; bound++) {
        const double work = work_for(&context->work, bound);
        const double ceiling = work > 0 && context->ceilings && point.ranks == 0
                                   ? ppt_bound_ceiling(context, bound, point)
                                   : 0;

        shares[bound] = (struct ppt_ceiling_share){.ceiling = 0};
        if (ceiling > 0 && passes.count > 0) {
            shares[bound].rate = rate_of(work, passes);
            shares[bound].ceiling = ceiling;
            shares[bound].share = as_share(shares[bound].rate, ceiling);
        }
    }
}

enum ppt_bound ppt_bound_nearest(const struct ppt_ceiling_share shares[PPT_BOUND_COUNT])
{
    enum ppt_bound nearest = PPT_BOUND_COUNT;

    for (enum ppt_bound bound = 0; bound < PPT_BOUND_COUNT; bound++) {
        if (shares[bound].share.value > 0 &&
            (nearest == PPT_BOUND_COUNT ||
             shares[bound].share.value > shares[nearest].share.value)) {
            nearest = bound;
        }
    }
    return nearest;
}
