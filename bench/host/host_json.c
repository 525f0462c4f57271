/*
 * The machine as it is recorded, and read back.
 */
#include <json-c/linkhash.h>
#include <stdlib.h>

#include "host.h"
#include "memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The members by kind. What recordings of earlier versions lack is optional: it is not known. */
struct text_field {
    const char *key;
    char **value;
    bool optional;
};

struct count_field {
    const char *key;
    unsigned *value;
    bool optional;
};

struct bytes_field {
    const char *key;
    uint64_t *value;
};

#define TEXT_FIELDS(host)                                                                          \
    {                                                                                              \
        {"name", &(host)->name, false}, {"system", &(host)->system, false},                        \
            {"cpu_model", &(host)->cpu_model, false},                                              \
            {"virtual_machine", &(host)->virtual_machine, true},                                   \
            {"container", &(host)->container, true}, {"binary", &(host)->binary, true},            \
            {"instruction_set", &(host)->instruction_set, true}, {"blas", &(host)->blas, false},   \
    }
#define COUNT_FIELDS(host)                                                                         \
    {                                                                                              \
        {"online_cpus", &(host)->online_cpus, false},                                              \
            {"allowed_cpus", &(host)->topology.cpus, false},                                       \
            {"allowed_cores", &(host)->topology.cores, false},                                     \
            {"effective_cpus", &(host)->effective_cpus, false},                                    \
            {"cpuset_cpus", &(host)->cpuset_cpus, true},                                           \
            {"threads_per_core", &(host)->topology.threads_per_core, true},                        \
            {"packages", &(host)->topology.packages, true},                                        \
            {"numa_nodes", &(host)->topology.numa_nodes, true},                                    \
    }
#define BYTES_FIELDS(host)                                                                         \
    {                                                                                              \
        {"memory_bytes", &(host)->memory_bytes}, {"available_bytes", &(host)->available_bytes},    \
    }

/* ---- to JSON ---- */

static void add_integer(json_object *object, const char *key, uint64_t value)
{
    json_object_object_add(object, key, json_object_new_int64((int64_t)value));
}

static json_object *kinds_to_json(const struct ppt_topology *topology)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < topology->kind_count; i++) {
        json_object *object = json_object_new_object();

        json_object_object_add(object, "name", json_object_new_string(i == 0 ? "P" : "E"));
        add_integer(object, "cores", topology->kinds[i].cores);
        add_integer(object, "cpus", topology->kinds[i].cpus);
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *caches_to_json(const struct ppt_topology *topology)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < topology->cache_count; i++) {
        json_object *object = json_object_new_object();

        add_integer(object, "level", topology->caches[i].level);
        add_integer(object, "bytes", topology->caches[i].bytes);
        add_integer(object, "cpus", topology->caches[i].cpus);
        json_object_array_add(list, object);
    }
    return list;
}

json_object *ppt_host_to_json(const struct ppt_host *host)
{
    struct ppt_host copy = *host;
    const struct text_field texts[] = TEXT_FIELDS(&copy);
    const struct count_field counts[] = COUNT_FIELDS(&copy);
    const struct bytes_field bytes[] = BYTES_FIELDS(&copy);
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < COUNT(texts); i++) {
        json_object_object_add(object, texts[i].key, json_object_new_string(*texts[i].value));
    }
    for (size_t i = 0; i < COUNT(counts); i++) {
        add_integer(object, counts[i].key, *counts[i].value);
    }
    for (size_t i = 0; i < COUNT(bytes); i++) {
        add_integer(object, bytes[i].key, *bytes[i].value);
    }
    json_object_object_add(object, "quota_cpus", ppt_json_number(host->quota_cpus));
    json_object_object_add(object, "cpu_kinds", kinds_to_json(&host->topology));
    json_object_object_add(object, "caches", caches_to_json(&host->topology));
    json_object_object_add(object, "environment", json_object_get(host->environment));
    if (host->cluster.count > 0) {
        json_object_object_add(object, "cluster", ppt_cluster_to_json(&host->cluster));
    }
    return object;
}

/* ---- and back ---- */

static enum ppt_status read_count(const struct ppt_item *object, const char *key, double smallest,
                                  unsigned *out, struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    int64_t value = 0;
    enum ppt_status status = ppt_item_member(object, key, &place, &item, error);

    if (status == PPT_OK) {
        status = ppt_item_integer(&item, smallest, 1e6, &value, error);
    }
    *out = (unsigned)value;
    return status;
}

static enum ppt_status read_bytes(const struct ppt_item *object, const char *key, uint64_t *out,
                                  struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    int64_t value = 0;
    enum ppt_status status = ppt_item_member(object, key, &place, &item, error);

    if (status == PPT_OK) {
        status = ppt_item_integer(&item, 0, 9e18, &value, error);
    }
    *out = (uint64_t)value;
    return status;
}

static enum ppt_status read_text(const struct ppt_item *object, const struct text_field *field,
                                 struct ppt_error *error)
{
    const char *text = "unknown";
    struct ppt_place place;
    struct ppt_item item;
    enum ppt_status status = PPT_OK;

    if (!field->optional || json_object_object_get_ex(object->value, field->key, NULL)) {
        status = ppt_item_member(object, field->key, &place, &item, error);
        if (status == PPT_OK) {
            status = ppt_item_text(&item, &text, error);
        }
    }
    *field->value = status == PPT_OK ? ppt_strdup(text) : NULL;
    return status;
}

/* Reads each entry of a list that may be missing, of `most` at most. */
static enum ppt_status read_list(const struct ppt_item *object, const char *key, size_t most,
                                 size_t *count, struct ppt_topology *topology,
                                 enum ppt_status (*read)(const struct ppt_item *,
                                                         struct ppt_topology *, size_t,
                                                         struct ppt_error *),
                                 struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;
    enum ppt_status status = PPT_OK;

    if (!json_object_object_get_ex(object->value, key, NULL)) {
        return PPT_OK;
    }
    status = ppt_item_member(object, key, &place, &list, error);
    if (status == PPT_OK && (!json_object_is_type(list.value, json_type_array) ||
                             json_object_array_length(list.value) > most)) {
        status = ppt_item_reject(&list, error, "must be a list of at most %zu entries", most);
    }
    while (status == PPT_OK && *count < json_object_array_length(list.value)) {
        const struct ppt_place inner = {.outer = list.place, .index = *count};
        const struct ppt_item item = {json_object_array_get_idx(list.value, *count), list.source,
                                      &inner};

        status = read(&item, topology, (*count)++, error);
    }
    return status;
}

static enum ppt_status read_kind(const struct ppt_item *item, struct ppt_topology *topology,
                                 size_t i, struct ppt_error *error)
{
    const enum ppt_status status = read_count(item, "cores", 0, &topology->kinds[i].cores, error);

    return status == PPT_OK ? read_count(item, "cpus", 0, &topology->kinds[i].cpus, error) : status;
}

static enum ppt_status read_cache(const struct ppt_item *item, struct ppt_topology *topology,
                                  size_t i, struct ppt_error *error)
{
    struct ppt_cache *cache = &topology->caches[i];
    enum ppt_status status = read_count(item, "level", 1, &cache->level, error);

    if (status == PPT_OK) {
        status = read_bytes(item, "bytes", &cache->bytes, error);
    }
    return status == PPT_OK ? read_count(item, "cpus", 1, &cache->cpus, error) : status;
}

/* What is no number or text by itself. */
/* Names with texts, nothing else. */
static enum ppt_status check_environment(const struct ppt_item *item, struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object");
    }
    json_object_object_foreach(item->value, key, value)
    {
        if (!json_object_is_type(value, json_type_string)) {
            return ppt_item_reject(item, error, "\"%s\" must be a text", key);
        }
    }
    return PPT_OK;
}

static enum ppt_status read_rest(const struct ppt_item *item, struct ppt_host *host,
                                 struct ppt_error *error)
{
    struct ppt_topology *topology = &host->topology;
    struct ppt_place place;
    struct ppt_item inner;
    enum ppt_status status = ppt_item_member(item, "quota_cpus", &place, &inner, error);

    if (status == PPT_OK) {
        status = ppt_item_real(&inner, 0, 1e6, &host->quota_cpus, error);
    }
    if (status == PPT_OK) {
        status = read_list(item, "cpu_kinds", PPT_MOST_KINDS, &topology->kind_count, topology,
                           read_kind, error);
    }
    if (status == PPT_OK) {
        status = read_list(item, "caches", PPT_MOST_CACHES, &topology->cache_count, topology,
                           read_cache, error);
    }
    if (status == PPT_OK) {
        status = ppt_item_member(item, "environment", &place, &inner, error);
        host->environment = json_object_get(inner.value);
    }
    if (status == PPT_OK) {
        status = check_environment(&inner, error);
    }
    if (status == PPT_OK && json_object_object_get_ex(item->value, "cluster", NULL)) {
        status = ppt_item_member(item, "cluster", &place, &inner, error);
        if (status == PPT_OK) {
            status = ppt_cluster_from_item(&inner, &host->cluster, error);
        }
    }
    return status;
}

enum ppt_status ppt_host_from_item(const struct ppt_item *item, struct ppt_host *host,
                                   struct ppt_error *error)
{
    const struct text_field texts[] = TEXT_FIELDS(host);
    const struct count_field counts[] = COUNT_FIELDS(host);
    const struct bytes_field bytes[] = BYTES_FIELDS(host);
    enum ppt_status status = PPT_OK;

    *host = (struct ppt_host){0};
    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object");
    }
    for (size_t i = 0; i < COUNT(texts) && status == PPT_OK; i++) {
        status = read_text(item, &texts[i], error);
    }
    for (size_t i = 0; i < COUNT(counts) && status == PPT_OK; i++) {
        if (!counts[i].optional || json_object_object_get_ex(item->value, counts[i].key, NULL)) {
            status =
                read_count(item, counts[i].key, counts[i].optional ? 0 : 1, counts[i].value, error);
        }
    }
    for (size_t i = 0; i < COUNT(bytes) && status == PPT_OK; i++) {
        status = read_bytes(item, bytes[i].key, bytes[i].value, error);
    }
    return status == PPT_OK ? read_rest(item, host, error) : status;
}
