/*
 * cgroup.h - the limits that a control group (a container, a service) sets on this process.
 */
#ifndef PPT_HOST_CGROUP_H
#define PPT_HOST_CGROUP_H

#include <stdint.h>

struct ppt_cgroup {
    double cpus;           /* CPU time per wall time that may be used; 0: no limit */
    uint64_t memory_bytes; /* memory that may still be taken; UINT64_MAX: no limit */
};

/* Reads the limits of the group and all groups above it, version 1 and 2. `membership` is
 * normally "/proc/self/cgroup", `root` "/sys/fs/cgroup"; tests give their own. What cannot be read
 * is no limit. */
struct ppt_cgroup ppt_cgroup_read(const char *membership, const char *root);

/* Nanoseconds for which the group, or one above it, was stopped by its CPU quota; -1: no quota
 * counter can be read. */
int64_t ppt_cgroup_throttled_ns(const char *membership, const char *root);

#endif
