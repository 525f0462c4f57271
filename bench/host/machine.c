#include "machine.h"

#include <json-c/json.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "host.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

#define MACHINE(member) PPT_FIELD(struct ppt_machine, member, #member)

const struct ppt_field ppt_machine_fields[] = {
    {MACHINE(system)},
    {MACHINE(cpu_model)},
    {MACHINE(cpus)},
    {MACHINE(online_cpus), .largest = 1e6},
    {MACHINE(cpuset_cpus), .largest = 1e6},
    {MACHINE(quota_cpus), .largest = 1e6},
    {MACHINE(memory_bytes), .largest = 9e18},
    {MACHINE(memory_limit_bytes), .largest = 9e18},
    {MACHINE(environment)},
    {0},
};

/* ---- CPUs ---- */

/* As many as the kernel could have: it wants room for all of them. */
#define SETS 64

static char *list_cpus(void)
{
    cpu_set_t *sets PPT_FREED = ppt_alloc(SETS, sizeof(*sets));
    struct ppt_text list = {0};
    const int most = SETS * CPU_SETSIZE;

    ppt_text_add(&list, "");
    if (sched_getaffinity(0, SETS * sizeof(*sets), sets) != 0) {
        ppt_text_add(&list, "unknown");
        return list.data;
    }
    for (int cpu = 0, last; cpu < most; cpu = last + 1) {
        last = cpu;
        if (!CPU_ISSET_S((size_t)cpu, SETS * sizeof(*sets), sets)) {
            continue;
        }
        while (last + 1 < most && CPU_ISSET_S((size_t)last + 1, SETS * sizeof(*sets), sets)) {
            last++;
        }
        ppt_text_addf(&list, "%s%d", list.length > 0 ? "," : "", cpu);
        if (last > cpu) {
            ppt_text_addf(&list, "-%d", last);
        }
    }
    return list.data;
}

/* ---- variables ---- */

extern char **environ;

static int compare_variables(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *list_variables(void)
{
    struct ppt_text lines = {0};
    size_t count = 0, kept = 0;

    while (environ[count]) {
        count++;
    }
    const char **variables PPT_FREED = ppt_alloc(count + 1, sizeof(*variables));
    for (size_t i = 0; i < count; i++) {
        char *name PPT_FREED = ppt_host_variable(environ[i]);

        if (name && strcmp(name, "OMP_NUM_THREADS") != 0) {
            variables[kept++] = environ[i];
        }
    }
    qsort(variables, kept, sizeof(*variables), compare_variables);
    ppt_text_add(&lines, "");
    for (size_t i = 0; i < kept; i++) {
        ppt_text_addf(&lines, "%s%s", i > 0 ? "\n" : "", variables[i]);
    }
    return lines.data;
}

/* ---- all of it ---- */

void ppt_machine_read(const char *mounts, const char *membership, struct ppt_machine *machine)
{
    const struct ppt_cgroup limits = ppt_cgroup_read(mounts, membership);
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    struct ppt_host host = {0};

    ppt_host_read_system(&host);
    ppt_host_read_memory(&host, limits.memory_bytes);
    *machine = (struct ppt_machine){
        .system = ppt_given(&host.system),
        .cpu_model = ppt_given(&host.cpu_model),
        .cpus = list_cpus(),
        .online_cpus = online > 0 ? (unsigned)online : 1,
        .cpuset_cpus = limits.cpuset_cpus,
        .quota_cpus = limits.quota_cpus,
        .memory_bytes = host.memory_bytes,
        .memory_limit_bytes = limits.memory_limit,
        .environment = list_variables(),
    };
    ppt_host_free(&host);
}

void ppt_machine_free(struct ppt_machine *machine)
{
    ppt_fields_free(ppt_machine_fields, machine);
    *machine = (struct ppt_machine){0};
}

char *ppt_machine_difference(const struct ppt_machine *before, const struct ppt_machine *now)
{
    for (const struct ppt_field *field = ppt_machine_fields; field->key; field++) {
        json_object *was PPT_OWNED(ppt_json_put) = ppt_field_value(field, before);
        json_object *is PPT_OWNED(ppt_json_put) = ppt_field_value(field, now);

        if (!json_object_equal(was, is)) {
            return ppt_text_format(
                "%s was %.200s and is %.200s", field->key,
                json_object_to_json_string_ext(was, JSON_C_TO_STRING_NOSLASHESCAPE),
                json_object_to_json_string_ext(is, JSON_C_TO_STRING_NOSLASHESCAPE));
        }
    }
    return NULL;
}
