/*
 * The machine as it is recorded, read back, and freed: what of it is a text the rows tell.
 */
#include <json-c/linkhash.h>

#include <stdlib.h>

#include "host.h"
#include "memory.h"

#define HOST(member, name) PPT_FIELD(struct ppt_host, member, name)

/* What journals of earlier versions lack is optional: it is not known. */
#define OLD_TEXT(member) HOST(member, #member), .flags = PPT_FIELD_OPTIONAL, .missing = "unknown"
#define COUNT(member, name) HOST(member, name), .smallest = 1, .largest = 1e6
#define OLD_COUNT(member, name) HOST(member, name), .flags = PPT_FIELD_OPTIONAL, .largest = 1e6

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

static const char *kind_name(size_t kind)
{
    return kind == 0 ? "P" : "E";
}

/* The kinds have names beside what is known of them. */
static json_object *kinds_to_json(const void *record)
{
    const struct ppt_topology *topology = &((const struct ppt_host *)record)->topology;
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < topology->kind_count; i++) {
        json_object *object = json_object_new_object();

        json_object_object_add(object, "name", json_object_new_string(kind_name(i)));
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

static json_object *ceilings_to_json(const void *record)
{
    json_object *object = json_object_new_object();

    ppt_fields_write(ppt_ceiling_fields, ((const struct ppt_host *)record)->ceilings, 0, object);
    return object;
}

static enum ppt_status read_ceilings(const struct ppt_item *item, void *record,
                                     struct ppt_error *error)
{
    struct ppt_ceilings **ceilings = &((struct ppt_host *)record)->ceilings;

    *ceilings = ppt_alloc(1, sizeof(**ceilings));
    return ppt_ceilings_read(item, *ceilings, error);
}

/* ---- in words ---- */

static void tell_memory(const void *record, struct ppt_text *words)
{
    const struct ppt_host *host = record;
    char text[PPT_UNITS_SIZE];

    if (host->memory_bytes > 0) {
        ppt_text_add(words, ppt_text_bytes(host->memory_bytes, text));
    }
}

static void tell_available(const void *record, struct ppt_text *words)
{
    const struct ppt_host *host = record;
    char text[PPT_UNITS_SIZE];

    if (host->available_bytes > 0) {
        ppt_text_add(words, ppt_text_bytes(host->available_bytes, text));
    }
}

static void tell_cpuset(const void *record, struct ppt_text *words)
{
    const unsigned cpus = ((const struct ppt_host *)record)->cpuset_cpus;

    if (cpus > 0) {
        ppt_text_addf(words, "%u CPU%s", cpus, PPT_S(cpus));
    } else {
        ppt_text_add(words, "no limit");
    }
}

static void tell_quota(const void *record, struct ppt_text *words)
{
    const struct ppt_host *host = record;

    if (host->quota_cpus > 0) {
        ppt_text_addf(words, "the time of %g CPU%s", host->quota_cpus, PPT_S(host->quota_cpus));
    } else {
        ppt_text_add(words, host->quota_unknown ? "unknown" : "no limit");
    }
}

/* "4 P cores (8 CPUs), 8 E cores (8 CPUs)". */
static void tell_kinds(const void *record, struct ppt_text *words)
{
    const struct ppt_topology *topology = &((const struct ppt_host *)record)->topology;

    for (size_t i = 0; i < topology->kind_count; i++) {
        const struct ppt_cpu_kind *kind = &topology->kinds[i];

        ppt_text_addf(words, "%s%u %s core%s (%u CPU%s)", i > 0 ? ", " : "", kind->cores,
                      kind_name(i), PPT_S(kind->cores), kind->cpus, PPT_S(kind->cpus));
    }
}

/* "L2 1.0 MiB for each CPU, L3 32.0 MiB for 2 CPUs". */
static void tell_caches(const void *record, struct ppt_text *words)
{
    const struct ppt_topology *topology = &((const struct ppt_host *)record)->topology;
    char text[PPT_UNITS_SIZE];

    for (size_t i = 0; i < topology->cache_count; i++) {
        const struct ppt_cache *cache = &topology->caches[i];

        ppt_text_addf(words, "%sL%u %s ", i > 0 ? ", " : "", cache->level,
                      ppt_text_bytes(cache->bytes, text));
        if (cache->cpus == 1) {
            ppt_text_add(words, "for each CPU");
        } else {
            ppt_text_addf(words, "for %u CPUs", cache->cpus);
        }
    }
}

static void tell_environment(const void *record, struct ppt_text *words)
{
    const char *between = "";

    json_object_object_foreach(((const struct ppt_host *)record)->environment, name, value)
    {
        ppt_text_addf(words, "%s%s=%s", between, name, json_object_get_string(value));
        between = ", ";
    }
    if (words->length == 0) {
        ppt_text_add(words, "none of these is set");
    }
}

static void tell_ceilings(const void *record, struct ppt_text *words)
{
    const struct ppt_host *host = record;

    if (host->ceilings) {
        ppt_ceilings_tell(host->ceilings, words);
    }
}

/* ---- the rows ---- */

static const struct ppt_field host_fields[] = {
    {HOST(name, "name"), .label = "Name"},
    {HOST(system, "system"), .label = "System"},
    {HOST(cpu_model, "cpu_model"), .label = "CPU"},
    {OLD_TEXT(virtual_machine), .label = "Virtual machine"},
    {OLD_TEXT(container), .label = "Container"},
    {OLD_TEXT(binary), .label = "Digest of the program's file"},
    {OLD_TEXT(instruction_set), .label = "Instruction set of its own loops"},
    {OLD_TEXT(task_clock), .label = "Clock that times tasks"},
    {HOST(blas, "blas"), .label = "BLAS library"},
    {OLD_TEXT(blas_core), .label = "Type of CPU that it computes as"},
    {HOST(blas_own, "blas_own"), .flags = PPT_FIELD_OPTIONAL, .missing = "",
     .label = "Type that it takes by itself"},
    {COUNT(online_cpus, "online_cpus"), .label = "CPUs of the machine"},
    {COUNT(topology.cpus, "allowed_cpus"), .label = "CPUs that this process may run on"},
    {COUNT(topology.cores, "allowed_cores"), .label = "Physical cores of these"},
    {COUNT(effective_cpus, "effective_cpus"), .label = "CPUs that it may really use"},
    {OLD_COUNT(cpuset_cpus, "cpuset_cpus"), .label = "Limit of the control group",
     .tell = tell_cpuset},
    {OLD_COUNT(topology.threads_per_core, "threads_per_core"), .label = "Threads of a core"},
    {OLD_COUNT(topology.packages, "packages"), .label = "Processor packages"},
    {OLD_COUNT(topology.numa_nodes, "numa_nodes"), .label = "Memory nodes (NUMA)"},
    {HOST(memory_bytes, "memory_bytes"), .largest = 9e18, .label = "Memory", .tell = tell_memory},
    {HOST(available_bytes, "available_bytes"), .largest = 9e18,
     .label = "Memory that was free at the start", .tell = tell_available},
    {HOST(quota_cpus, "quota_cpus"), .largest = 1e6, .label = "Quota of CPU time",
     .tell = tell_quota},
    {PPT_FIELD_ROWS(struct ppt_host, topology.kinds, topology.kind_count, "cpu_kinds", kind_fields),
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_IN_PLACE, .most = PPT_MOST_KINDS, .noun = "entries",
     .write = kinds_to_json, .label = "Kinds of cores", .tell = tell_kinds},
    {PPT_FIELD_ROWS(struct ppt_host, topology.caches, topology.cache_count, "caches", cache_fields),
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_IN_PLACE, .most = PPT_MOST_CACHES, .noun = "entries",
     .label = "Caches for data", .tell = tell_caches},
    {.key = "environment",
     .kind = PPT_FIELD_SPECIAL,
     .offset = offsetof(struct ppt_host, environment),
     .read = read_environment,
     .write = environment_to_json,
     .label = "Variables that change what is measured",
     .tell = tell_environment},
    {.key = "ceilings",
     .kind = PPT_FIELD_SPECIAL,
     .flags = PPT_FIELD_SPARSE,
     .offset = offsetof(struct ppt_host, ceilings),
     .read = read_ceilings,
     .write = ceilings_to_json,
     .label = "What it can do at most",
     .tell = tell_ceilings},
    {PPT_FIELD_INNER(struct ppt_host, cluster, NULL, ppt_cluster_fields)},
    {0},
};

void ppt_host_tell(const struct ppt_host *host, ppt_field_told *told, void *context)
{
    ppt_fields_tell(host_fields, host, told, context);
}

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
    if (host->ceilings) {
        ppt_ceilings_free(host->ceilings);
        free(host->ceilings);
    }
    *host = (struct ppt_host){0};
}
