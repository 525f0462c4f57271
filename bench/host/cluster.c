#include "cluster.h"

#include <stdlib.h>
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

unsigned ppt_cluster_peers(const struct ppt_cluster *cluster, size_t ranks, size_t rank,
                           unsigned *index)
{
    unsigned peers = 0;

    *index = 0;
    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        if (same_cpus(&cluster->ranks[r], &cluster->ranks[rank])) {
            *index += r < rank;
            peers++;
        }
    }
    return peers;
}

bool ppt_cluster_beyond(const struct ppt_cluster *cluster, struct ppt_point point)
{
    const unsigned threads = point.workers * point.inner_threads;

    for (size_t r = 0; r < point.ranks && r < cluster->count; r++) {
        unsigned index;

        if (ppt_cluster_peers(cluster, point.ranks, r, &index) * threads >
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
    for (size_t r = 0; r < cluster->count; r++) {
        free(cluster->ranks[r].host);
        free(cluster->ranks[r].cpus);
        free(cluster->ranks[r].cpu_model);
        free(cluster->ranks[r].scratch);
    }
    free(cluster->ranks);
    *cluster = (struct ppt_cluster){0};
}

/* ---- JSON ---- */

json_object *ppt_cluster_to_json(const struct ppt_cluster *cluster)
{
    json_object *list = json_object_new_array();

    for (size_t r = 0; r < cluster->count; r++) {
        const struct ppt_rank_place *place = &cluster->ranks[r];
        json_object *object = json_object_new_object();

        json_object_object_add(object, "host", json_object_new_string(place->host));
        json_object_object_add(object, "cpus", json_object_new_string(place->cpus));
        json_object_object_add(object, "cpu_model", json_object_new_string(place->cpu_model));
        json_object_object_add(object, "scratch", json_object_new_string(place->scratch));
        json_object_object_add(object, "cores", json_object_new_int64(place->cores));
        json_object_object_add(object, "effective_cpus",
                               json_object_new_int64(place->effective_cpus));
        json_object_object_add(object, "startup_ns", json_object_new_int64(place->startup_ns));
        json_object_array_add(list, object);
    }
    return list;
}

static enum ppt_status read_place(const struct ppt_item *item, struct ppt_rank_place *place,
                                  struct ppt_error *error)
{
    const struct {
        const char *key;
        char **text;
    } texts[] = {{"host", &place->host},
                 {"cpus", &place->cpus},
                 {"cpu_model", &place->cpu_model},
                 {"scratch", &place->scratch}};
    int64_t cores = 0, cpus = 0;
    const struct {
        const char *key;
        double smallest, largest;
        int64_t *number;
    } numbers[] = {{"cores", 1, 1e6, &cores},
                   {"effective_cpus", 1, 1e6, &cpus},
                   {"startup_ns", -1, 1e18, &place->startup_ns}};
    enum ppt_status status = PPT_OK;
    struct ppt_place where;
    struct ppt_item inner;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && status == PPT_OK; i++) {
        const char *text = "";

        status = ppt_item_member(item, texts[i].key, &where, &inner, error);
        if (status == PPT_OK) {
            status = ppt_item_text(&inner, &text, error);
        }
        *texts[i].text = ppt_strdup(text);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && status == PPT_OK; i++) {
        status = ppt_item_member(item, numbers[i].key, &where, &inner, error);
        if (status == PPT_OK) {
            status = ppt_item_integer(&inner, numbers[i].smallest, numbers[i].largest,
                                      numbers[i].number, error);
        }
    }
    place->cores = (unsigned)cores;
    place->effective_cpus = (unsigned)cpus;
    return status;
}

enum ppt_status ppt_cluster_from_item(const struct ppt_item *item, struct ppt_cluster *cluster,
                                      struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    *cluster = (struct ppt_cluster){0};
    if (!json_object_is_type(item->value, json_type_array) ||
        json_object_array_length(item->value) > PPT_MOST_RANKS) {
        return ppt_item_reject(item, error, "must be a list of at most %d ranks", PPT_MOST_RANKS);
    }
    cluster->ranks = ppt_alloc(json_object_array_length(item->value), sizeof(*cluster->ranks));
    while (cluster->count < json_object_array_length(item->value) && status == PPT_OK) {
        const struct ppt_place place = {.outer = item->place, .index = cluster->count};
        const struct ppt_item one = {json_object_array_get_idx(item->value, cluster->count),
                                     item->source, &place};

        status = read_place(&one, &cluster->ranks[cluster->count++], error);
    }
    if (status != PPT_OK) {
        ppt_cluster_free(cluster);
    }
    return status;
}

bool ppt_cluster_differs(const struct ppt_cluster *a, const struct ppt_cluster *b, size_t ranks)
{
    if (a->count < ranks || b->count < ranks) {
        return ranks > 0;
    }
    for (size_t r = 0; r < ranks; r++) {
        unsigned index_a, index_b;

        if (strcmp(a->ranks[r].cpu_model, b->ranks[r].cpu_model) != 0 ||
            a->ranks[r].effective_cpus != b->ranks[r].effective_cpus ||
            is_first(a, r, same_host) != is_first(b, r, same_host) ||
            ppt_cluster_peers(a, ranks, r, &index_a) != ppt_cluster_peers(b, ranks, r, &index_b) ||
            index_a != index_b) {
            return true;
        }
    }
    return false;
}
