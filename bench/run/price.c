#include "price.h"

#include <malloc.h>

#include "clock.h"
#include "memory.h"
#include "owned.h"

/* Interruptions only ever add, so the least of so many is nearest to the truth. */
#define TRIES 3

/* The memory is new every time, as in a program that has just begun, and given back to the system
 * in the end, as by a pass. */
static bool take_and_give_back(struct ppt_workload *workload, struct ppt_attached *attached,
                               struct ppt_price *price)
{
    struct ppt_error ignored = {""};

    malloc_trim(0);
    const int64_t start = ppt_clock_ns();
    if (ppt_workload_attach(workload, 0, attached, &ignored) != PPT_OK) {
        return false;
    }
    const int64_t taken = ppt_clock_ns();
    ppt_workload_detach(workload, attached);
    malloc_trim(0);
    const int64_t attach = taken - start, detach = ppt_clock_ns() - taken;

    price->attach_ns = attach < price->attach_ns ? attach : price->attach_ns;
    price->detach_ns = detach < price->detach_ns ? detach : price->detach_ns;
    return true;
}

static struct ppt_price measure(struct ppt_workload *workload)
{
    struct ppt_attached *attached PPT_FREED =
        ppt_alloc(workload->tasks.group_count, sizeof(*attached));
    struct ppt_price price = {INT64_MAX, INT64_MAX};
    bool done = true;

    for (int i = 0; i < TRIES && done; i++) {
        done = take_and_give_back(workload, attached, &price);
    }
    return done ? price : (struct ppt_price){0, 0};
}

struct ppt_price ppt_price_of(struct ppt_workload *workload, unsigned inner_threads)
{
    if (workload->config->memory == PPT_MEMORY_FRESH) {
        return (struct ppt_price){0, 0};
    }
    for (size_t i = 0; i < workload->price_count; i++) {
        if (workload->prices[i].inner_threads == inner_threads &&
            workload->prices[i].set == workload->set) {
            return workload->prices[i].price;
        }
    }
    workload->prices =
        ppt_realloc(workload->prices, workload->price_count + 1, sizeof(*workload->prices));
    workload->prices[workload->price_count] =
        (struct ppt_known_price){inner_threads, workload->set, measure(workload)};
    return workload->prices[workload->price_count++].price;
}
