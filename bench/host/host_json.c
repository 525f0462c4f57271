/*
 * The machine as it is recorded, read back, and freed: what of it is a text the rows tell.
 */
#include <json-c/linkhash.h>

#include "host.h"

#define HOST(member, name) PPT_FIELD(struct ppt_host, member, name)

/* What journals of earlier versions lack is optional: it is not known. */
#define OLD_TEXT(member)                                                                           \
    {                                                                                              \
        HOST(member, #member), .flags = PPT_FIELD_OPTIONAL, .missing = "unknown"                   \
    }
#define COUNT(member, name)                                                                        \
    {                                                                                              \
        HOST(member, name), .smallest = 1, .largest = 1e6                                          \
    }
#define OLD_COUNT(member, name)                                                                    \
    {                                                                                              \
        HOST(member, name), .flags = PPT_FIELD_OPTIONAL, .largest = 1e6                            \
    }

static const struct ppt_field kind_fields[] = {
    {PPT_FIELD(struct ppt_cpu_kind, cores, "cores"), .largest = 1e6},
    {PPT_FIELD(struct ppt_cpu_kind, cpus, "cpus"), .largest = 1e6},
    {0},
};

static const struct ppt_field cache_fields[] = {
    {PPT_FIELD(struct ppt_cache, level, "level"), .smallest = 1, .largest = 1e6},
    {PPT_FIELD(struct ppt_cache, bytes, "bytes"), .largest = 9e18},
    {PPT_FIELD(struct ppt_cache, cpus, "cpus"), .smallest = 1, .largest = 1e6},
    {0},
};

/* The kinds have names beside what is known of them. */
static json_object *kinds_to_json(const void *record)
{
    const struct ppt_topology *topology = &((const struct ppt_host *)record)->topology;
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < topology->kind_count; i++) {
        json_object *object = json_object_new_object();

        json_object_object_add(object, "name", json_object_new_string(i == 0 ? "P" : "E"));
        ppt_fields_write(kind_fields, &topology->kinds[i], 0, object);
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *environment_to_json(const void *record)
{
    return json_object_get(((const struct ppt_host *)record)->environment);
}

/* Names with texts, nothing else. */
static enum ppt_status read_environment(const struct ppt_item *item, void *record,
                                        struct ppt_error *error)
{
    struct ppt_host *host = record;

    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object");
    }
    json_object_object_foreach(item->value, key, value)
    {
        if (!json_object_is_type(value, json_type_string)) {
            return ppt_item_reject(item, error, "\"%s\" must be a text", key);
        }
    }
    host->environment = json_object_get(item->value);
    return PPT_OK;
}

static const struct ppt_field host_fields[] = {
    {HOST(name, "name")},
    {HOST(system, "system")},
    {HOST(cpu_model, "cpu_model")},
    OLD_TEXT(virtual_machine),
    OLD_TEXT(container),
    OLD_TEXT(binary),
    OLD_TEXT(instruction_set),
    OLD_TEXT(task_clock),
    {HOST(blas, "blas")},
    OLD_TEXT(blas_core),
    {HOST(blas_own, "blas_own"), .flags = PPT_FIELD_OPTIONAL, .missing = ""},
    COUNT(online_cpus, "online_cpus"),
    COUNT(topology.cpus, "allowed_cpus"),
    COUNT(topology.cores, "allowed_cores"),
    COUNT(effective_cpus, "effective_cpus"),
    OLD_COUNT(cpuset_cpus, "cpuset_cpus"),
    OLD_COUNT(topology.threads_per_core, "threads_per_core"),
    OLD_COUNT(topology.packages, "packages"),
    OLD_COUNT(topology.numa_nodes, "numa_nodes"),
    {HOST(memory_bytes, "memory_bytes"), .largest = 9e18},
    {HOST(available_bytes, "available_bytes"), .largest = 9e18},
    {HOST(quota_cpus, "quota_cpus"), .largest = 1e6},
    {PPT_FIELD_ROWS(struct ppt_host, topology.kinds, topology.kind_count, "cpu_kinds", kind_fields),
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_IN_PLACE, .most = PPT_MOST_KINDS, .noun = "entries",
     .write = kinds_to_json},
    {PPT_FIELD_ROWS(struct ppt_host, topology.caches, topology.cache_count, "caches", cache_fields),
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_IN_PLACE, .most = PPT_MOST_CACHES, .noun = "entries"},
    {.key = "environment",
     .kind = PPT_FIELD_SPECIAL,
     .offset = offsetof(struct ppt_host, environment),
     .read = read_environment,
     .write = environment_to_json},
    {PPT_FIELD_INNER(struct ppt_host, cluster, NULL, ppt_cluster_fields)},
    {0},
};

json_object *ppt_host_to_json(const struct ppt_host *host)
{
    json_object *object = json_object_new_object();

    ppt_fields_write(host_fields, host, 0, object);
    return object;
}

enum ppt_status ppt_host_from_item(const struct ppt_item *item, struct ppt_host *host,
                                   struct ppt_error *error)
{
    *host = (struct ppt_host){0};
    return json_object_is_type(item->value, json_type_object)
               ? ppt_fields_read(host_fields, item, 0, host, error)
               : ppt_item_reject(item, error, "must be an object");
}

void ppt_host_free(struct ppt_host *host)
{
    ppt_fields_free(host_fields, host);
    json_object_put(host->environment);
    *host = (struct ppt_host){0};
}
