#include "noise.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "owned.h"
#include "probe.h"
#include "queued.h"

#define COUNTED(member, more)                                                                      \
    {                                                                                              \
        PPT_FIELD(struct ppt_noise, member, #member), .flags = PPT_FIELD_SHOWN | (more),           \
                                                      .smallest = -1, .largest = 1e18              \
    }

const struct ppt_field ppt_noise_fields[] = {
    COUNTED(steal_ns, PPT_FIELD_BELOW_0),
    COUNTED(pressure_ns, PPT_FIELD_BELOW_0),
    COUNTED(throttled_ns, PPT_FIELD_BELOW_0),
    COUNTED(io_stalled_ns, PPT_FIELD_OPTIONAL | PPT_FIELD_BELOW_0),
    COUNTED(stopped, PPT_FIELD_OPTIONAL),
    COUNTED(cpus, PPT_FIELD_OPTIONAL | PPT_FIELD_BELOW_0 | PPT_FIELD_NOT_0),
    COUNTED(busy_ns, PPT_FIELD_OPTIONAL | PPT_FIELD_BELOW_0),
    COUNTED(queued_ns, PPT_FIELD_OPTIONAL | PPT_FIELD_BELOW_0),
    {0},
};

/* NOLINTBEGIN(cert-err34-c): numbers that the system writes, none of which is out of range. */

#define WORD_BITS (8 * sizeof(unsigned long))

void ppt_cpu_set_read(struct ppt_cpu_set *set)
{
    const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(set->words), set->words);

    set->bits = bytes > 0 ? 8 * (size_t)bytes : 0;
}

static bool has_cpu(const struct ppt_cpu_set *set, size_t cpu)
{
    return cpu < set->bits && (set->words[cpu / WORD_BITS] >> cpu % WORD_BITS & 1);
}

static int64_t count_cpus(const struct ppt_cpu_set *set)
{
    int64_t count = 0;

    for (size_t i = 0; i < set->bits / WORD_BITS; i++) {
        count += __builtin_popcountl(set->words[i]);
    }
    return count;
}

/* Room for the lines of some thousand CPUs; of more than fit nothing is known. */
#define STAT_BYTES ((size_t)256 * 1024)

static int64_t ticks_ns(int64_t ticks)
{
    return ticks * (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
}

/* cpuN user nice system idle iowait irq softirq steal ..., in clock ticks; those that may be used.
 */
static int64_t busy_ns_of(const char *text, const struct ppt_cpu_set *set)
{
    int64_t ticks = 0, missing = count_cpus(set);

    for (const char *line = strstr(text, "\ncpu"); line; line = strstr(line + 1, "\ncpu")) {
        int64_t user, nice, system, irq, softirq, steal;
        size_t cpu;

        if (sscanf(line,
                   "\ncpu%zu %" SCNd64 " %" SCNd64 " %" SCNd64 " %*d %*d %" SCNd64 " %" SCNd64
                   " %" SCNd64,
                   &cpu, &user, &nice, &system, &irq, &softirq, &steal) == 7 &&
            has_cpu(set, cpu)) {
            ticks += user + nice + system + irq + softirq + steal;
            missing--;
        }
    }
    return missing == 0 && set->bits > 0 ? ticks_ns(ticks) : -1;
}

static void read_stat(const struct ppt_cpu_set *set, struct ppt_noise *noise)
{
    /* Too large for the stack where that is limited. The thread that runs passes alone comes here.
     */
    static char text[STAT_BYTES];
    int64_t steal;

    if (ppt_probe_text(text, sizeof(text), "/proc/stat")) {
        noise->busy_ns = busy_ns_of(text, set);
        if (sscanf(text, "cpu %*d %*d %*d %*d %*d %*d %*d %" SCNd64, &steal) == 1) {
            noise->steal_ns = ticks_ns(steal);
        }
    }
}

/* some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS */
static int64_t read_pressure_ns(const char *path)
{
    char text[512];
    int64_t us = 0;
    const char *total;

    if (!ppt_probe_text(text, sizeof(text), "%s", path)) {
        return -1;
    }
    total = strstr(text, "total=");
    return total && sscanf(total, "total=%" SCNd64, &us) == 1 ? us * 1000 : -1;
}

/* NOLINTEND(cert-err34-c) */

void ppt_noise_read(const struct ppt_cpu_set *set, struct ppt_noise *noise)
{
    *noise = (struct ppt_noise){
        .steal_ns = -1,
        .busy_ns = -1,
        .pressure_ns = read_pressure_ns("/proc/pressure/cpu"),
        .io_stalled_ns = read_pressure_ns("/proc/pressure/io"),
        .throttled_ns = ppt_cgroup_throttled_ns(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP),
    };
    read_stat(set, noise);
}

struct ppt_noise ppt_noise_between(const struct ppt_noise *before, const struct ppt_noise *after)
{
    struct ppt_noise between = *after;

    ppt_fields_add(ppt_noise_fields, &between, before, -1);
    return between;
}

static void close_folder(DIR **folder)
{
    if (*folder) {
        closedir(*folder);
    }
}

int64_t ppt_noise_cpus(void)
{
    struct ppt_cpu_set set;

    ppt_cpu_set_read(&set);
    return count_cpus(&set);
}

int64_t ppt_noise_queued_ns(void)
{
    DIR *threads PPT_OWNED(close_folder) = opendir("/proc/self/task");
    int64_t sum = threads ? 0 : -1;

    for (const struct dirent *entry = threads ? readdir(threads) : NULL; entry;
         entry = readdir(threads)) {
        if (entry->d_name[0] != '.') {
            sum = ppt_queued_sum_ns(sum, ppt_queued_of_ns(strtoll(entry->d_name, NULL, 10)));
        }
    }
    return sum;
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
