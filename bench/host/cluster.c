#include "cluster.h"

#include <string.h>

#include "config.h"
#include "memory.h"

static bool same_host(const struct ppt_rank_place *a, const struct ppt_rank_place *b)
{
    return strcmp(a->host, b->host) == 0;
}

static bool same_cpus(const struct ppt_rank_place *a, const struct ppt_rank_place *b)
{
    return same_host(a, b) && strcmp(a->cpus, b->cpus) == 0;
}

/* Whether no rank before this one is alike. */
static bool is_first(const struct ppt_cluster *cluster, size_t rank,
                     bool (*alike)(const struct ppt_rank_place *, const struct ppt_rank_place *))
{
    for (size_t r = 0; r < rank; r++) {
        if (alike(&cluster->ranks[r], &cluster->ranks[rank])) {
            return false;
        }
    }
    return true;
}

unsigned ppt_cluster_cpus(const struct ppt_cluster *cluster, size_t ranks)
{
    unsigned sum = 0;

    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        sum += is_first(cluster, r, same_cpus) ? cluster->ranks[r].effective_cpus : 0;
    }
    return sum;
}

unsigned ppt_cluster_cores(const struct ppt_cluster *cluster, size_t ranks)
{
    unsigned sum = 0;

    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        const struct ppt_rank_place *place = &cluster->ranks[r];

        if (is_first(cluster, r, same_cpus)) {
            sum += place->cores < place->effective_cpus ? place->cores : place->effective_cpus;
        }
    }
    return sum;
}

unsigned ppt_cluster_hosts(const struct ppt_cluster *cluster, size_t ranks)
{
    unsigned sum = 0;

    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        sum += is_first(cluster, r, same_host);
    }
    return sum;
}

unsigned ppt_cluster_neighbours(const struct ppt_cluster *cluster, size_t ranks, size_t rank)
{
    unsigned sum = 0;

    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        sum += same_host(&cluster->ranks[r], &cluster->ranks[rank]);
    }
    return sum > 0 ? sum : 1;
}

struct ppt_peers ppt_cluster_peers(const struct ppt_cluster *cluster, size_t ranks, size_t rank)
{
    struct ppt_peers peers = {0};

    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        if (same_cpus(&cluster->ranks[r], &cluster->ranks[rank])) {
            peers.index += r < rank;
            peers.count++;
        }
    }
    return peers;
}

bool ppt_cluster_beyond(const struct ppt_cluster *cluster, struct ppt_point point)
{
    const unsigned threads = point.workers * point.inner_threads;

    for (size_t r = 0; r < point.ranks && r < cluster->count; r++) {
        if (ppt_cluster_peers(cluster, point.ranks, r).count * threads >
            cluster->ranks[r].effective_cpus) {
            return true;
        }
    }
    return false;
}

struct ppt_cluster ppt_cluster_copy(const struct ppt_cluster *cluster)
{
    struct ppt_cluster copy = {
        .ranks = ppt_alloc(cluster->count, sizeof(*copy.ranks)),
        .count = cluster->count,
    };

    for (size_t r = 0; r < cluster->count; r++) {
        const struct ppt_rank_place *place = &cluster->ranks[r];

        copy.ranks[r] = *place;
        copy.ranks[r].host = ppt_strdup(place->host);
        copy.ranks[r].cpus = ppt_strdup(place->cpus);
        copy.ranks[r].cpu_model = ppt_strdup(place->cpu_model);
        copy.ranks[r].scratch = ppt_strdup(place->scratch);
    }
    return copy;
}

void ppt_cluster_free(struct ppt_cluster *cluster)
{
    ppt_fields_free(ppt_cluster_fields, cluster);
    *cluster = (struct ppt_cluster){0};
}

#define PLACE(member) PPT_FIELD(struct ppt_rank_place, member, #member)

static const struct ppt_field place_fields[] = {
    {PLACE(host)},
    {PLACE(cpus)},
    {PLACE(cpu_model)},
    {PLACE(scratch)},
    {PLACE(cores), .smallest = 1, .largest = 1e6},
    {PLACE(effective_cpus), .smallest = 1, .largest = 1e6},
    {PLACE(startup_ns), .smallest = -1, .largest = 1e18},
    {0},
};

const struct ppt_field ppt_cluster_fields[] = {
    {PPT_FIELD_ROWS(struct ppt_cluster, ranks, count, "cluster", place_fields),
     .flags = PPT_FIELD_SPARSE, .most = PPT_MOST_RANKS, .noun = "ranks"},
    {0},
};

bool ppt_cluster_differs(const struct ppt_cluster *a, const struct ppt_cluster *b, size_t ranks)
{
    if (a->count < ranks || b->count < ranks) {
        return ranks > 0;
    }
    for (size_t r = 0; r < ranks; r++) {
        const struct ppt_peers of_a = ppt_cluster_peers(a, ranks, r);
        const struct ppt_peers of_b = ppt_cluster_peers(b, ranks, r);

        if (strcmp(a->ranks[r].cpu_model, b->ranks[r].cpu_model) != 0 ||
            a->ranks[r].effective_cpus != b->ranks[r].effective_cpus ||
            is_first(a, r, same_host) != is_first(b, r, same_host) || of_a.count != of_b.count ||
            of_a.index != of_b.index) {
            return true;
        }
    }
    return false;
}
