#include "histogram.h"

#include <assert.h>
#include <string.h>

void ppt_histogram_clear(struct ppt_histogram *histogram)
{
    memset(histogram->counts, 0, sizeof(histogram->counts));
    histogram->smallest_ns = INT64_MAX;
    histogram->largest_ns = 0;
}

void ppt_histogram_merge(struct ppt_histogram *histogram, const struct ppt_histogram *other)
{
    for (unsigned i = 0; i < PPT_HISTOGRAM_BUCKETS; i++) {
        histogram->counts[i] += other->counts[i];
    }
    const int64_t smallest = other->smallest_ns, largest = other->largest_ns;
    histogram->smallest_ns = smallest < histogram->smallest_ns ? smallest : histogram->smallest_ns;
    histogram->largest_ns = largest > histogram->largest_ns ? largest : histogram->largest_ns;
}

/* The inverse of ppt_histogram_bucket(). */
static int64_t middle(unsigned bucket)
{
    const unsigned half = 1U << PPT_HISTOGRAM_BITS;

    if (bucket < 2 * half) {
        return bucket;
    }
    const unsigned shift = (bucket >> PPT_HISTOGRAM_BITS) - 1;
    const int64_t start = (int64_t)(bucket - shift * half) << shift;
    return start + (INT64_C(1) << shift) / 2;
}

int64_t ppt_histogram_quantile(const struct ppt_histogram *histogram, unsigned percent)
{
    uint64_t total = 0, passed = 0;
    unsigned bucket = 0;

    for (unsigned i = 0; i < PPT_HISTOGRAM_BUCKETS; i++) {
        total += histogram->counts[i];
    }
    assert(total > 0 && percent > 0 && percent <= 100);
    const uint64_t rank = ppt_nearest_rank(total, percent);
    while ((passed += histogram->counts[bucket]) < rank) {
        bucket++;
    }
    const int64_t ns = middle(bucket);
    return ns < histogram->smallest_ns  ? histogram->smallest_ns
           : ns > histogram->largest_ns ? histogram->largest_ns
                                        : ns;
}
