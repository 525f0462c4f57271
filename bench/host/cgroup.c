#include "cgroup.h"

#include <hwloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "memory.h"
#include "owned.h"
#include "probe.h"
#include "text.h"

/* What is looked for on the way through the folders. */
struct reading {
    struct ppt_cgroup limits;
    int64_t throttled_ns;
};

/* ---- the files of a group, by controller; a folder has those of one version ---- */

static void limit_cpus(struct reading *reading, double quota, double period)
{
    const double cpus = quota > 0 && period > 0 ? quota / period : 0;

    if (cpus > 0 && (reading->limits.quota_cpus <= 0 || cpus < reading->limits.quota_cpus)) {
        reading->limits.quota_cpus = cpus;
    }
}

static void read_quota(const char *folder, struct reading *reading)
{
    int64_t quota = 0, period = 0;
    char line[64];

    if (ppt_probe_line(line, sizeof(line), "%s/cpu.max", folder)) {
        char *end = line;
        const double v2_quota = strtod(line, &end); /* "max" is no number: 0 */

        limit_cpus(reading, v2_quota, strtod(end, NULL));
    }
    if (ppt_probe_number(&quota, "%s/cpu.cfs_quota_us", folder) &&
        ppt_probe_number(&period, "%s/cpu.cfs_period_us", folder)) {
        limit_cpus(reading, (double)quota, (double)period);
    }
}

static void read_throttling(const char *folder, struct reading *reading)
{
    const int64_t us = ppt_probe_count("throttled_usec", -1, "%s/cpu.stat", folder);
    const int64_t ns = us >= 0 ? us * 1000 /* version 2 */
                               : ppt_probe_count("throttled_time", -1, "%s/cpu.stat", folder);

    reading->throttled_ns = ns > reading->throttled_ns ? ns : reading->throttled_ns;
}

static void read_cpuset(const char *folder, struct reading *reading)
{
    char list[4096];
    hwloc_bitmap_t set = hwloc_bitmap_alloc();

    /* Where a group has no set of its own, the effective one is that of the group above. */
    if ((ppt_probe_line(list, sizeof(list), "%s/cpuset.cpus.effective", folder) ||
         ppt_probe_line(list, sizeof(list), "%s/cpuset.effective_cpus", folder) ||
         ppt_probe_line(list, sizeof(list), "%s/cpuset.cpus", folder)) &&
        hwloc_bitmap_list_sscanf(set, list) == 0) {
        const int count = hwloc_bitmap_weight(set);
        unsigned *cpus = &reading->limits.cpuset_cpus;

        if (count > 0 && (*cpus == 0 || (unsigned)count < *cpus)) {
            *cpus = (unsigned)count;
        }
    }
    hwloc_bitmap_free(set);
}

/* What was read from and written to files stays in memory, and is given up when that is needed. */
static int64_t cached_bytes(const char *folder, const char *inactive, const char *active)
{
    return ppt_probe_count(inactive, 0, "%s/memory.stat", folder) +
           ppt_probe_count(active, 0, "%s/memory.stat", folder);
}

/* Version 1 has a number near 2^63 where there is no limit. */
#define NO_LIMIT (INT64_C(1) << 60)

static void note_limit(int64_t limit, struct reading *reading)
{
    uint64_t *least = &reading->limits.memory_limit;

    if (limit > 0 && limit < NO_LIMIT && (*least == 0 || (uint64_t)limit < *least)) {
        *least = (uint64_t)limit;
    }
}

static void limit_memory(const char *folder, const char *limit_file, const char *used_file,
                         int64_t cached, struct reading *reading)
{
    int64_t limit = 0, used = 0;

    /* "max" is no number. */
    if (ppt_probe_number(&limit, "%s/%s", folder, limit_file) &&
        ppt_probe_number(&used, "%s/%s", folder, used_file)) {
        const int64_t taken = used > cached ? used - cached : 0;
        const uint64_t left = limit > taken ? (uint64_t)(limit - taken) : 0;

        if (left < reading->limits.memory_bytes) {
            reading->limits.memory_bytes = left;
        }
        note_limit(limit, reading);
    }
}

static void read_memory(const char *folder, struct reading *reading)
{
    limit_memory(folder, "memory.max", "memory.current",
                 cached_bytes(folder, "inactive_file", "active_file"), reading);
    limit_memory(folder, "memory.limit_in_bytes", "memory.usage_in_bytes",
                 cached_bytes(folder, "total_inactive_file", "total_active_file"), reading);
}

/* ---- where they are ---- */

/* A mounted hierarchy. */
struct mount {
    char *root;        /* the group that is its top folder, "" for the first of all */
    char *point;       /* its top folder */
    char *controllers; /* among other options; "": version 2, which has them all */
};

struct mounts {
    struct mount *items;
    size_t count;
};

/* Blanks in paths are \040, and so on; decodes in place. */
static void decode(char *path)
{
    char *to = path;

    for (const char *from = path; *from; from++) {
        if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
            *to++ = (char)(((from[1] & 3) << 6) | ((from[2] & 7) << 3) | (from[3] & 7));
            from += 3;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE SOURCE SUPER-OPTIONS */
static bool parse_mount(char *line, struct mount *mount)
{
    char *fields[5], *end = NULL, *behind = strstr(line, " - ");
    const char *type, *options;

    if (!behind) {
        return false;
    }
    *behind = '\0';
    type = strtok_r(behind + 3, " ", &end);
    options = strtok_r(NULL, " ", &end) ? strtok_r(NULL, " \n", &end) : NULL;
    if (!type || !options || (strcmp(type, "cgroup") != 0 && strcmp(type, "cgroup2") != 0)) {
        return false;
    }
    for (size_t i = 0; i < 5; i++) {
        fields[i] = strtok_r(i == 0 ? line : NULL, " ", &end);
        if (!fields[i]) {
            return false;
        }
    }
    decode(fields[3]);
    decode(fields[4]);
    *mount = (struct mount){
        .root = ppt_strdup(strcmp(fields[3], "/") == 0 ? "" : fields[3]),
        .point = ppt_strdup(fields[4]),
        .controllers = ppt_strdup(strcmp(type, "cgroup2") == 0 ? "" : options),
    };
    return true;
}

static void read_mounts(const char *path, struct mounts *mounts)
{
    FILE *stream PPT_OWNED(ppt_file_close_stream) = fopen(path, "re");
    char *line PPT_FREED = NULL;
    size_t room = 0;

    *mounts = (struct mounts){0};
    while (stream && getline(&line, &room, stream) > 0) {
        struct mount mount;

        if (parse_mount(line, &mount)) {
            mounts->items = ppt_realloc(mounts->items, mounts->count + 1, sizeof(*mounts->items));
            mounts->items[mounts->count++] = mount;
        }
    }
}

static void free_mounts(struct mounts *mounts)
{
    for (size_t i = 0; i < mounts->count; i++) {
        free(mounts->items[i].root);
        free(mounts->items[i].point);
        free(mounts->items[i].controllers);
    }
    free(mounts->items);
}

static bool lists(const char *names, const char *name)
{
    const size_t length = strlen(name);

    for (const char *at = names; (at = strstr(at, name)); at += length) {
        if ((at == names || at[-1] == ',') && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* The part of a group's path that lies below a mount's top folder; NULL: it is not among what the
 * mount shows. */
static const char *below(const struct mount *mount, const char *group)
{
    const size_t length = strlen(mount->root);

    return strncmp(group, mount->root, length) == 0 &&
                   (group[length] == '\0' || group[length] == '/')
               ? group + length
               : NULL;
}

/* Of several mounts of the hierarchy that which shows the most groups above. When none shows the
 * group (its path is that of another namespace), the top folder is as near as one gets. */
static const struct mount *find_mount(const struct mounts *mounts, const char *controller,
                                      bool version_2, const char *group)
{
    const struct mount *best = NULL;

    for (size_t i = 0; i < mounts->count; i++) {
        const struct mount *mount = &mounts->items[i];

        if (version_2 ? *mount->controllers != '\0' : !lists(mount->controllers, controller)) {
            continue;
        }
        if (!best || (below(mount, group) &&
                      (!below(best, group) || strlen(mount->root) < strlen(best->root)))) {
            best = mount;
        }
    }
    return best;
}

/* ---- all of it ---- */

struct reader {
    const char *controller;
    void (*read)(const char *folder, struct reading *reading);
};

/* From the group's own folder up to the mount's. The path may lead nowhere; the upper folders are
 * read all the same. */
static void read_chain(const struct reader *reader, const struct mount *mount, const char *group,
                       struct reading *reading)
{
    const char *rest = below(mount, group);
    char *folder PPT_FREED = ppt_text_format("%s%s", mount->point, rest ? rest : "");
    const size_t top = strlen(mount->point);

    while (strlen(folder) > top) {
        reader->read(folder, reading);
        *strrchr(folder + top, '/') = '\0';
    }
    reader->read(mount->point, reading);
}

/* ID:CONTROLLERS:PATH; takes the line apart. */
static bool parse_membership(char *line, const char **controllers, char **group)
{
    char *colon = strchr(line, ':');

    *controllers = colon ? colon + 1 : NULL;
    *group = colon ? strchr(colon + 1, ':') : NULL;
    if (!*group) {
        return false;
    }
    *(*group)++ = '\0';
    (*group)[strcspn(*group, "\n")] = '\0';
    if (strcmp(*group, "/") == 0) {
        **group = '\0';
    }
    return **group == '\0' || **group == '/';
}

static void read_all(const char *mounts_path, const char *membership, const struct reader *readers,
                     struct reading *reading)
{
    FILE *stream PPT_OWNED(ppt_file_close_stream) = fopen(membership, "re");
    struct mounts mounts PPT_OWNED(free_mounts) = {0};
    char *line PPT_FREED = NULL;
    size_t room = 0;

    *reading = (struct reading){{.memory_bytes = UINT64_MAX}, -1};
    read_mounts(mounts_path, &mounts);
    while (stream && getline(&line, &room, stream) > 0) {
        const char *controllers;
        char *group;

        if (!parse_membership(line, &controllers, &group)) {
            continue;
        }
        for (const struct reader *reader = readers; reader->controller; reader++) {
            const bool version_2 = *controllers == '\0';
            const struct mount *mount =
                version_2 || lists(controllers, reader->controller)
                    ? find_mount(&mounts, reader->controller, version_2, group)
                    : NULL;

            if (mount) {
                read_chain(reader, mount, group, reading);
            }
        }
    }
    reading->limits.unknown = !stream;
}

struct ppt_cgroup ppt_cgroup_read(const char *mounts, const char *membership)
{
    static const struct reader readers[] = {
        {"cpu", read_quota}, {"cpuset", read_cpuset}, {"memory", read_memory}, {NULL, NULL}};
    struct reading reading;

    read_all(mounts, membership, readers, &reading);
    return reading.limits;
}

int64_t ppt_cgroup_throttled_ns(const char *mounts, const char *membership)
{
    static const struct reader readers[] = {{"cpu", read_throttling}, {NULL, NULL}};
    struct reading reading;

    read_all(mounts, membership, readers, &reading);
    return reading.throttled_ns;
}
