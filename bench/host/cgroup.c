#include "cgroup.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* NOLINTBEGIN(cert-err34-c): numbers that the system writes, none of which is out of range. */

/* Reads the first line of a file in a group's folder. */
static bool read_line(const char *folder, const char *file, char *line, size_t size)
{
    char *path = ppt_text_format("%s/%s", folder, file);
    FILE *stream = fopen(path, "re");
    const bool got = stream && fgets(line, (int)size, stream);

    if (stream) {
        fclose(stream);
    }
    free(path);
    return got;
}

static bool read_bytes(const char *folder, const char *file, uint64_t *bytes)
{
    char line[64];

    /* "max" (version 2) fails to scan, as it should. */
    return read_line(folder, file, line, sizeof(line)) && sscanf(line, "%" SCNu64, bytes) == 1;
}

static void limit_cpus(struct ppt_cgroup *limits, double quota, double period)
{
    if (quota > 0 && period > 0 && (limits->cpus <= 0 || quota / period < limits->cpus)) {
        limits->cpus = quota / period;
    }
}

static void limit_memory(struct ppt_cgroup *limits, uint64_t limit, uint64_t used)
{
    const uint64_t left = limit > used ? limit - used : 0;

    if (left < limits->memory_bytes) {
        limits->memory_bytes = left;
    }
}

/* What is looked for on the way through the folders. */
struct reading {
    struct ppt_cgroup limits;
    int64_t throttled_ns;
};

/* Lines "throttled_usec N" (version 2) or "throttled_time N" in nanoseconds (version 1). */
static void read_throttling(const char *folder, struct reading *reading)
{
    char *path = ppt_text_format("%s/cpu.stat", folder);
    FILE *stream = fopen(path, "re");
    char line[128];
    int64_t value = 0;

    while (stream && fgets(line, sizeof(line), stream)) {
        int64_t ns = -1;

        if (sscanf(line, "throttled_usec %" SCNd64, &value) == 1) {
            ns = value * 1000;
        } else if (sscanf(line, "throttled_time %" SCNd64, &value) == 1) {
            ns = value;
        }
        reading->throttled_ns = ns > reading->throttled_ns ? ns : reading->throttled_ns;
    }
    if (stream) {
        fclose(stream);
    }
    free(path);
}

/* The files of both versions; a folder has those of one. */
static void read_folder(const char *folder, struct reading *reading)
{
    struct ppt_cgroup *limits = &reading->limits;
    char line[64];
    double quota = 0, period = 0;
    uint64_t bytes = 0, used = 0;

    if (read_line(folder, "cpu.max", line, sizeof(line)) &&
        sscanf(line, "%lf %lf", &quota, &period) == 2) {
        limit_cpus(limits, quota, period);
    }
    if (read_line(folder, "cpu.cfs_quota_us", line, sizeof(line)) &&
        sscanf(line, "%lf", &quota) == 1 &&
        read_line(folder, "cpu.cfs_period_us", line, sizeof(line)) &&
        sscanf(line, "%lf", &period) == 1) {
        limit_cpus(limits, quota, period);
    }
    if (read_bytes(folder, "memory.max", &bytes) && read_bytes(folder, "memory.current", &used)) {
        limit_memory(limits, bytes, used);
    }
    if (read_bytes(folder, "memory.limit_in_bytes", &bytes) &&
        read_bytes(folder, "memory.usage_in_bytes", &used)) {
        limit_memory(limits, bytes, used);
    }
    read_throttling(folder, reading);
}

/* From the group's own folder up to `base`. Inside a container the path may lead nowhere, since it
 * is the host's; the upper folders are read all the same. */
static void read_chain(const char *base, const char *group, struct reading *reading)
{
    char *folder = ppt_text_format("%s%s", base, group);

    while (strlen(folder) > strlen(base)) {
        read_folder(folder, reading);
        *strrchr(folder, '/') = '\0';
    }
    read_folder(base, reading);
    free(folder);
}

static bool lists(const char *controllers, const char *name)
{
    const size_t length = strlen(name);

    for (const char *at = controllers; (at = strstr(at, name)); at += length) {
        if ((at == controllers || at[-1] == ',') && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static struct reading read_all(const char *membership, const char *root)
{
    struct reading reading = {{0, UINT64_MAX}, -1};
    FILE *stream = fopen(membership, "re");
    char line[4096];

    while (stream && fgets(line, sizeof(line), stream)) {
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!group) {
            continue;
        }
        controllers++;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        if (strcmp(group, "/") == 0) {
            *group = '\0';
        }
        if (*controllers == '\0') {
            read_chain(root, group, &reading);
        }
        for (const char *const *name = (const char *const[]){"cpu", "memory", NULL}; *name;
             name++) {
            if (lists(controllers, *name)) {
                char *base = ppt_text_format("%s/%s", root, *name);

                read_chain(base, group, &reading);
                free(base);
            }
        }
    }
    if (stream) {
        fclose(stream);
    }
    return reading;
}

struct ppt_cgroup ppt_cgroup_read(const char *membership, const char *root)
{
    return read_all(membership, root).limits;
}

int64_t ppt_cgroup_throttled_ns(const char *membership, const char *root)
{
    return read_all(membership, root).throttled_ns;
}

/* NOLINTEND(cert-err34-c) */
