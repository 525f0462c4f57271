#include "host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cgroup.h"
#include "file.h"
#include "isa.h"
#include "memory.h"
#include "text.h"
#include "topology.h"

/* OpenBLAS's own header cannot be included beside GSL's. */
extern char *openblas_get_config(void);

/* The value behind "key : value" in a file of such lines, or NULL; to be given to free(). */
static char *find_field(const char *path, const char *key)
{
    FILE *stream = fopen(path, "re");
    char line[1024];
    char *value = NULL;

    while (stream && !value && fgets(line, sizeof(line), stream)) {
        char *colon = strchr(line, ':');

        if (colon && strncmp(line, key, strlen(key)) == 0) {
            colon += 1 + strspn(colon + 1, " \t");
            colon[strcspn(colon, "\n")] = '\0';
            value = ppt_strdup(colon);
        }
    }
    if (stream) {
        fclose(stream);
    }
    return value;
}

static uint64_t memory_field(const char *key)
{
    char *value = find_field("/proc/meminfo", key);
    const uint64_t kib = value ? strtoull(value, NULL, 10) : 0;

    free(value);
    return kib * 1024;
}

static void read_system(struct ppt_host *host)
{
    struct utsname names;

    if (uname(&names) == 0) {
        host->name = ppt_strdup(names.nodename);
        host->system = ppt_text_format("%s %s %s", names.sysname, names.release, names.machine);
    } else {
        host->name = ppt_strdup("unknown");
        host->system = ppt_strdup("unknown");
    }
    host->cpu_model = find_field("/proc/cpuinfo", "model name");
    if (!host->cpu_model) {
        host->cpu_model = ppt_strdup("unknown");
    }
}

extern char **environ;

static json_object *runtime_variables(void)
{
    static const char *const prefixes[] = {"OMP_", "GOMP_", "OPENBLAS_", "PPT_OMP_"};
    json_object *object = json_object_new_object();

    for (char **variable = environ; *variable; variable++) {
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
            const char *equals = strchr(*variable, '=');

            if (equals && strncmp(*variable, prefixes[i], strlen(prefixes[i])) == 0) {
                char *name = ppt_text_format("%.*s", (int)(equals - *variable), *variable);

                json_object_object_add(object, name, json_object_new_string(equals + 1));
                free(name);
            }
        }
    }
    return object;
}

void ppt_host_read(struct ppt_host *host)
{
    const struct ppt_cgroup limits = ppt_cgroup_read("/proc/self/cgroup", "/sys/fs/cgroup");
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    *host = (struct ppt_host){0};
    read_system(host);
    host->online_cpus = online > 0 ? (unsigned)online : 1;
    ppt_topology_count(&host->allowed_cpus, &host->allowed_cores);
    host->quota_cpus = limits.cpus;
    host->effective_cpus = host->allowed_cpus;
    if (limits.cpus > 0 && ceil(limits.cpus) < host->effective_cpus) {
        host->effective_cpus = (unsigned)ceil(limits.cpus);
    }
    host->memory_bytes = memory_field("MemTotal");
    host->available_bytes = memory_field("MemAvailable");
    if (limits.memory_bytes < host->available_bytes) {
        host->available_bytes = limits.memory_bytes;
    }
    host->environment = runtime_variables();
    host->instruction_set = ppt_strdup(ppt_isa()->name);
    /* Of what runs, whatever lies under its name by now. */
    host->binary = ppt_file_digest("/proc/self/exe");
    host->blas = ppt_strdup(openblas_get_config());
    for (size_t end = strlen(host->blas); end > 0 && host->blas[end - 1] == ' '; end--) {
        host->blas[end - 1] = '\0';
    }
}

/* The members that are recorded, by kind. */
struct text_field {
    const char *key;
    char **value;
    bool optional; /* in a recording */
};

struct count_field {
    const char *key;
    unsigned *value;
};

struct bytes_field {
    const char *key;
    uint64_t *value;
};

#define TEXT_FIELDS(host)                                                                          \
    {                                                                                              \
        {"name", &(host)->name, false}, {"system", &(host)->system, false},                        \
            {"cpu_model", &(host)->cpu_model, false}, {"binary", &(host)->binary, true},           \
            {"instruction_set", &(host)->instruction_set, true}, {"blas", &(host)->blas, false},   \
    }
#define COUNT_FIELDS(host)                                                                         \
    {                                                                                              \
        {"online_cpus", &(host)->online_cpus}, {"allowed_cpus", &(host)->allowed_cpus},            \
            {"allowed_cores", &(host)->allowed_cores},                                             \
            {"effective_cpus", &(host)->effective_cpus},                                           \
    }
#define BYTES_FIELDS(host)                                                                         \
    {                                                                                              \
        {"memory_bytes", &(host)->memory_bytes}, {"available_bytes", &(host)->available_bytes},    \
    }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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
        json_object_object_add(object, counts[i].key, json_object_new_int64(*counts[i].value));
    }
    for (size_t i = 0; i < COUNT(bytes); i++) {
        json_object_object_add(object, bytes[i].key,
                               json_object_new_int64((int64_t)*bytes[i].value));
    }
    json_object_object_add(object, "quota_cpus", ppt_json_number(host->quota_cpus));
    json_object_object_add(object, "environment", json_object_get(host->environment));
    return object;
}

enum ppt_status ppt_host_from_item(const struct ppt_item *item, struct ppt_host *host,
                                   struct ppt_error *error)
{
    const struct text_field texts[] = TEXT_FIELDS(host);
    const struct count_field counts[] = COUNT_FIELDS(host);
    const struct bytes_field bytes[] = BYTES_FIELDS(host);
    struct ppt_place place;
    struct ppt_item inner;
    enum ppt_status status = PPT_OK;

    *host = (struct ppt_host){0};
    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object");
    }
    for (size_t i = 0; i < COUNT(texts) && status == PPT_OK; i++) {
        const char *text = "unknown";

        /* What recordings of earlier versions lack is not known. */
        if (!json_object_object_get_ex(item->value, texts[i].key, NULL) && texts[i].optional) {
            *texts[i].value = ppt_strdup(text);
            continue;
        }
        status = ppt_item_member(item, texts[i].key, &place, &inner, error);
        if (status == PPT_OK) {
            status = ppt_item_text(&inner, &text, error);
        }
        *texts[i].value = text ? ppt_strdup(text) : NULL;
    }
    for (size_t i = 0; i < COUNT(counts) && status == PPT_OK; i++) {
        int64_t value = 0;

        status = ppt_item_member(item, counts[i].key, &place, &inner, error);
        if (status == PPT_OK) {
            status = ppt_item_integer(&inner, 1, 1e6, &value, error);
        }
        *counts[i].value = (unsigned)value;
    }
    for (size_t i = 0; i < COUNT(bytes) && status == PPT_OK; i++) {
        int64_t value = 0;

        status = ppt_item_member(item, bytes[i].key, &place, &inner, error);
        if (status == PPT_OK) {
            status = ppt_item_integer(&inner, 0, 9e18, &value, error);
        }
        *bytes[i].value = (uint64_t)value;
    }
    if (status == PPT_OK) {
        status = ppt_item_member(item, "quota_cpus", &place, &inner, error);
    }
    if (status == PPT_OK) {
        status = ppt_item_real(&inner, 0, 1e6, &host->quota_cpus, error);
    }
    if (status == PPT_OK) {
        status = ppt_item_member(item, "environment", &place, &inner, error);
        host->environment = json_object_get(inner.value);
    }
    return status;
}

const char *ppt_host_difference(const struct ppt_host *a, const struct ppt_host *b)
{
    /* Not what may change on one machine without a pass taking any other time. */
    const struct {
        const char *key, *a, *b;
    } texts[] = {
        {"cpu_model", a->cpu_model, b->cpu_model},
        {"system", a->system, b->system},
        {"binary", a->binary, b->binary},
        {"instruction_set", a->instruction_set, b->instruction_set},
        {"blas", a->blas, b->blas},
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        if (strcmp(texts[i].a, texts[i].b) != 0) {
            return texts[i].key;
        }
    }
    return a->allowed_cpus != b->allowed_cpus                   ? "allowed_cpus"
           : a->allowed_cores != b->allowed_cores               ? "allowed_cores"
           : a->effective_cpus != b->effective_cpus             ? "effective_cpus"
           : !json_object_equal(a->environment, b->environment) ? "environment"
                                                                : NULL;
}

void ppt_host_free(struct ppt_host *host)
{
    free(host->name);
    free(host->system);
    free(host->cpu_model);
    free(host->binary);
    free(host->instruction_set);
    free(host->blas);
    json_object_put(host->environment);
    *host = (struct ppt_host){0};
}
