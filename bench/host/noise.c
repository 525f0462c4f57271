#include "noise.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "probe.h"

#define COUNTED(member, more)                                                                      \
    {                                                                                              \
        PPT_FIELD(struct ppt_noise, member, #member), .flags = PPT_FIELD_SHOWN | (more),           \
                                                      .smallest = -1, .largest = 1e18              \
    }

const struct ppt_field ppt_noise_fields[] = {
    COUNTED(steal_ns, PPT_FIELD_BELOW_0),
    COUNTED(pressure_ns, PPT_FIELD_BELOW_0),
    COUNTED(throttled_ns, PPT_FIELD_BELOW_0),
    COUNTED(stopped, PPT_FIELD_OPTIONAL),
    COUNTED(cpus, PPT_FIELD_OPTIONAL | PPT_FIELD_BELOW_0 | PPT_FIELD_NOT_0),
    {0},
};

/* NOLINTBEGIN(cert-err34-c): numbers that the system writes, none of which is out of range. */

/* cpu  user nice system idle iowait irq softirq steal ... in clock ticks */
static int64_t read_steal_ns(void)
{
    char text[512];
    int64_t ticks = 0;

    if (!ppt_probe_text(text, sizeof(text), "/proc/stat") ||
        sscanf(text, "cpu %*d %*d %*d %*d %*d %*d %*d %" SCNd64, &ticks) != 1) {
        return -1;
    }
    return ticks * (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
}

/* some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS */
static int64_t read_pressure_ns(void)
{
    char text[512];
    int64_t us = 0;
    const char *total;

    if (!ppt_probe_text(text, sizeof(text), "/proc/pressure/cpu")) {
        return -1;
    }
    total = strstr(text, "total=");
    return total && sscanf(total, "total=%" SCNd64, &us) == 1 ? us * 1000 : -1;
}

/* NOLINTEND(cert-err34-c) */

void ppt_noise_read(struct ppt_noise *noise)
{
    *noise = (struct ppt_noise){
        .steal_ns = read_steal_ns(),
        .pressure_ns = read_pressure_ns(),
        .throttled_ns = ppt_cgroup_throttled_ns(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP),
    };
}

struct ppt_noise ppt_noise_between(const struct ppt_noise *before, const struct ppt_noise *after)
{
    struct ppt_noise between = *after;

    ppt_fields_add(ppt_noise_fields, &between, before, -1);
    return between;
}

int64_t ppt_noise_cpus(void)
{
    unsigned long sets[1024]; /* the kernel wants room for all CPUs that it could have */
    const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(sets), sets);
    int64_t count = 0;

    for (long i = 0; i < bytes / (long)sizeof(sets[0]); i++) {
        count += __builtin_popcountl(sets[i]);
    }
    return count;
}

int64_t ppt_noise_suspended_ns(void)
{
    struct timespec with, without;

    clock_gettime(CLOCK_MONOTONIC, &without);
    clock_gettime(CLOCK_BOOTTIME, &with);
    return (int64_t)(with.tv_sec - without.tv_sec) * 1000000000 + with.tv_nsec - without.tv_nsec;
}

void ppt_noise_reset_peak(void)
{
    const int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        /* 5 resets the peak alone (proc(5)); where that is not allowed the peak of the whole run
         * so far is read, which is an upper bound. */
        (void)!write(fd, "5", 1);
        close(fd);
    }
}

int64_t ppt_noise_peak_bytes(void)
{
    const int64_t kib = ppt_probe_count("VmHWM", -1, "/proc/self/status");

    return kib < 0 ? -1 : kib * 1024;
}

int64_t ppt_noise_clock_khz(int cpu)
{
    int64_t khz = -1;

    return ppt_probe_number(&khz, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu)
               ? khz
               : -1;
}
