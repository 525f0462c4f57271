#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "blas.h"
#include "cgroup.h"
#include "counter.h"
#include "file_digest.h"
#include "isa.h"
#include "memory.h"
#include "owned.h"
#include "probe.h"
#include "start.h"
#include "surroundings.h"
#include "text.h"

static uint64_t memory_field(const char *key)
{
    const int64_t kib = ppt_probe_count(key, 0, "/proc/meminfo");

    return kib > 0 ? (uint64_t)kib * 1024 : 0;
}

void ppt_host_read_system(struct ppt_host *host)
{
    struct utsname names;

    if (uname(&names) == 0) {
        host->name = ppt_strdup(names.nodename);
        host->system = ppt_text_format("%s %s %s", names.sysname, names.release, names.machine);
    } else {
        host->name = ppt_strdup("unknown");
        host->system = ppt_strdup("unknown");
    }
    host->cpu_model = ppt_probe_field("model name", "/proc/cpuinfo");
    if (!host->cpu_model) {
        host->cpu_model = ppt_strdup("unknown");
    }
}

extern char **environ;

/* How this program is started, which changes nothing that is measured. */
static bool is_of_the_launch(const char *name)
{
    static const char *const names[] = {"PPT_OMP_EXIT_FILE", "PPT_OMP_RANK_TIMEOUT",
                                        "PPT_OMP_MPIRUN", PPT_STATE_VARIABLE, NULL};

    return names[ppt_names_find(names, name)] != NULL;
}

char *ppt_host_variable(const char *variable)
{
    static const char *const prefixes[] = {"OMP_", "GOMP_", "OPENBLAS_", "PPT_OMP_", "HWLOC_"};
    const char *equals = strchr(variable, '=');

    for (size_t i = 0; equals && i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0) {
            char *name = ppt_text_format("%.*s", (int)(equals - variable), variable);

            if (!is_of_the_launch(name)) {
                return name;
            }
            free(name);
        }
    }
    return NULL;
}

/* What was in force when the libraries were loaded. */
static json_object *runtime_variables(void)
{
    json_object *object = json_object_new_object();

    for (char **variable = environ; *variable; variable++) {
        char *name PPT_FREED = ppt_host_variable(*variable);

        if (name && !ppt_start_withheld(*variable)) {
            json_object_object_add(object, name,
                                   json_object_new_string(*variable + strlen(name) + 1));
        }
    }
    if (ppt_start_passive()) {
        json_object_object_add(object, "OMP_WAIT_POLICY", json_object_new_string("passive"));
    }
    return object;
}

unsigned ppt_host_effective_cpus(unsigned allowed, unsigned cpuset, double quota)
{
    unsigned cpus = allowed;

    if (cpuset > 0 && cpuset < cpus) {
        cpus = cpuset;
    }
    if (quota > 0 && ceil(quota) < cpus) {
        cpus = (unsigned)ceil(quota);
    }
    return cpus;
}

bool ppt_host_quota_binds(const struct ppt_host *host)
{
    return host->quota_cpus > 0 &&
           host->quota_cpus < ppt_host_effective_cpus(host->topology.cpus, host->cpuset_cpus, 0);
}

bool ppt_host_beyond(const struct ppt_host *host, struct ppt_point point)
{
    return point.ranks > 0 ? ppt_cluster_beyond(&host->cluster, point)
                           : ppt_point_threads(point) > host->effective_cpus;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

unsigned ppt_host_all_cpus(const struct ppt_host *host, const struct ppt_config *config)
{
    return larger(host->effective_cpus, ppt_cluster_cpus(&host->cluster, ppt_config_ranks(config)));
}

size_t ppt_host_landmarks(const struct ppt_host *host, unsigned landmarks[PPT_MOST_KINDS])
{
    const struct ppt_topology *topology = &host->topology;
    size_t count = 0;

    for (size_t i = 0; i + 1 < topology->kind_count; i++) {
        landmarks[i] = (i > 0 ? landmarks[i - 1] : 0) + topology->kinds[i].cores;
        count++;
    }
    landmarks[count++] = topology->cores;
    return count;
}

static void read_cpus(struct ppt_host *host, const struct ppt_cgroup *limits)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    host->online_cpus = online > 0 ? (unsigned)online : 1;
    ppt_topology_read(&host->topology);
    if (!host->topology.made_up) {
        host->cpuset_cpus = limits->cpuset_cpus;
        host->quota_cpus = limits->quota_cpus;
        host->quota_unknown = limits->unknown;
    }
    host->effective_cpus =
        ppt_host_effective_cpus(host->topology.cpus, host->cpuset_cpus, host->quota_cpus);
}

void ppt_host_read_memory(struct ppt_host *host, uint64_t limit)
{
    struct sysinfo about;

    host->memory_bytes = memory_field("MemTotal");
    if (host->memory_bytes == 0 && sysinfo(&about) == 0) {
        host->memory_bytes = (uint64_t)about.totalram * about.mem_unit;
    }
    host->available_bytes = memory_field("MemAvailable");
    if (limit != UINT64_MAX && (host->available_bytes == 0 || limit < host->available_bytes)) {
        /* A group that is full is not unknown. */
        host->available_bytes = limit > 0 ? limit : 1;
    }
}

uint64_t ppt_host_memory(const struct ppt_host *host)
{
    return host->available_bytes > 0 ? host->available_bytes
           : host->memory_bytes > 0  ? host->memory_bytes
                                     : UINT64_MAX;
}

uint64_t ppt_host_memory_limit(const struct ppt_host *host, const struct ppt_config *config)
{
    const uint64_t there = ppt_host_memory(host);

    return config->memory_limit > 0 && config->memory_limit < there ? config->memory_limit : there;
}

void ppt_host_read_blas(struct ppt_host *host)
{
    const struct ppt_blas_choice *choice = ppt_blas_choice();

    free(host->blas);
    free(host->blas_core);
    free(host->blas_own);
    host->blas = ppt_strdup(ppt_blas_config());
    for (size_t end = strlen(host->blas); end > 0 && host->blas[end - 1] == ' '; end--) {
        host->blas[end - 1] = '\0';
    }
    host->blas_core = ppt_strdup(ppt_blas_core());
    host->blas_own = ppt_strdup(choice->core && choice->used ? choice->own : "");
}

void ppt_host_read(struct ppt_host *host)
{
    char digest[PPT_FILE_DIGEST_SIZE];
    const struct ppt_cgroup limits = ppt_cgroup_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP);
    char signature[PPT_SIGNATURE_SIZE];

    *host = (struct ppt_host){0};
    ppt_host_read_system(host);
    ppt_surroundings_signature(signature);
    host->virtual_machine = ppt_surroundings_machine("", signature);
    host->container = ppt_surroundings_container("");
    read_cpus(host, &limits);
    ppt_host_read_memory(host, limits.memory_bytes);
    host->environment = runtime_variables();
    host->instruction_set = ppt_strdup(ppt_isa()->name);
    host->task_clock = ppt_strdup(ppt_counter_name());
    /* Of what runs, whatever lies under its name by now. */
    host->binary = ppt_strdup(ppt_file_digest("/proc/self/exe", digest));
    ppt_host_read_blas(host);
}

static double binding_quota(const struct ppt_host *host)
{
    return ppt_host_quota_binds(host) ? host->quota_cpus : 0;
}

const char *ppt_host_difference(const struct ppt_host *a, const struct ppt_host *b, size_t ranks)
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

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(texts[i].a, texts[i].b) != 0) {
            return texts[i].key;
        }
    }
    return a->topology.cpus != b->topology.cpus     ? "allowed_cpus"
           : a->topology.cores != b->topology.cores ? "allowed_cores"
           : a->effective_cpus != b->effective_cpus ? "effective_cpus"
           : binding_quota(a) < binding_quota(b) || binding_quota(a) > binding_quota(b)
               ? "quota_cpus"
           : ppt_cluster_differs(&a->cluster, &b->cluster, ranks) ? "cluster"
           : !json_object_equal(a->environment, b->environment)   ? "environment"
                                                                  : NULL;
}
