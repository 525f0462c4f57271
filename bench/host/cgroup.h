/*
 * cgroup.h - the limits that control groups (of a container, a service, a batch job) set on this
 * process.
 *
 * Where a group's files are follows from two files: /proc/self/cgroup says which group of each
 * hierarchy the process is in, /proc/self/mountinfo where a hierarchy is mounted, and from which of
 * its groups on: inside a container often only from its own. Version 1, version 2, and both side by
 * side. The limits of all groups above hold, too, as far as they can be seen.
 */
#ifndef PPT_HOST_CGROUP_H
#define PPT_HOST_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

/* What `mounts` and `membership` normally are; tests give their own. */
#define PPT_CGROUP_MOUNTS "/proc/self/mountinfo"
#define PPT_CGROUP_MEMBERSHIP "/proc/self/cgroup"

struct ppt_cgroup {
    double quota_cpus;     /* CPU time per wall time that may be used; 0: no limit */
    unsigned cpuset_cpus;  /* CPUs that may be used; 0: no limit */
    uint64_t memory_bytes; /* memory that may still be taken; UINT64_MAX: no limit */
    uint64_t memory_limit; /* memory that its processes may have in all; 0: no limit */
    bool unknown;          /* of which groups the process is in, there is no telling */
};

/* What cannot be read is no limit. */
struct ppt_cgroup ppt_cgroup_read(const char *mounts, const char *membership);

/* Nanoseconds for which the group, or one above it, was stopped by its CPU quota, added up over
 * CPUs; -1: no such counter can be read. */
int64_t ppt_cgroup_throttled_ns(const char *mounts, const char *membership);

#endif
