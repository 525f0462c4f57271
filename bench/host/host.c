#include "host.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cgroup.h"
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
    host->blas = ppt_strdup(openblas_get_config());
    for (size_t end = strlen(host->blas); end > 0 && host->blas[end - 1] == ' '; end--) {
        host->blas[end - 1] = '\0';
    }
}

extern char **environ;

static json_object *runtime_variables(void)
{
    static const char *const prefixes[] = {"OMP_", "GOMP_", "OPENBLAS_"};
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

json_object *ppt_host_to_json(const struct ppt_host *host)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "name", json_object_new_string(host->name));
    json_object_object_add(object, "system", json_object_new_string(host->system));
    json_object_object_add(object, "cpu_model", json_object_new_string(host->cpu_model));
    json_object_object_add(object, "online_cpus", json_object_new_int64(host->online_cpus));
    json_object_object_add(object, "allowed_cpus", json_object_new_int64(host->allowed_cpus));
    json_object_object_add(object, "allowed_cores", json_object_new_int64(host->allowed_cores));
    json_object_object_add(object, "quota_cpus", json_object_new_double(host->quota_cpus));
    json_object_object_add(object, "effective_cpus", json_object_new_int64(host->effective_cpus));
    json_object_object_add(object, "memory_bytes",
                           json_object_new_int64((int64_t)host->memory_bytes));
    json_object_object_add(object, "available_bytes",
                           json_object_new_int64((int64_t)host->available_bytes));
    json_object_object_add(object, "blas", json_object_new_string(host->blas));
    json_object_object_add(object, "environment", runtime_variables());
    return object;
}

void ppt_host_free(struct ppt_host *host)
{
    free(host->name);
    free(host->system);
    free(host->cpu_model);
    free(host->blas);
    *host = (struct ppt_host){0};
}
