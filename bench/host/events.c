#include "events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

/* Journals may hold as much, see sample_fields.c. */
#define LARGEST_COUNT 1e18

/* ---- the table ---- */

#define HARDWARE(which) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##which, NULL, NULL
#define FROM_FILES(device, name) 0, 0, device, name

/* Member, per package, words, unit and how many make one; then which event it is. */
#define EVENTS(ROW)                                                                                \
    ROW(instructions, false, "instructions", "", 1, HARDWARE(INSTRUCTIONS))                        \
    ROW(cycles, false, "cycles", "", 1, HARDWARE(CPU_CYCLES))                                      \
    ROW(cache_misses, false, "last-level cache misses", "", 1, HARDWARE(CACHE_MISSES))             \
    ROW(stalled_cycles, false, "stalled cycles", "", 1, HARDWARE(STALLED_CYCLES_BACKEND))          \
    ROW(energy_uj, true, "package energy", "J", 1e6, FROM_FILES("power", "energy-pkg"))

#define AS_EVENT(member, per_package, words, unit, in_unit, ...)                                   \
    {#member, words,      offsetof(struct ppt_event_counts, member), per_package, unit,            \
     in_unit, __VA_ARGS__},

const struct ppt_event ppt_events[PPT_EVENT_COUNT] = {EVENTS(AS_EVENT)};

#define COUNTED(member)                                                                            \
    {PPT_FIELD(struct ppt_event_counts, member, #member),                                          \
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE, .largest = LARGEST_COUNT},
#define AS_FIELD(member, ...) COUNTED(member)

const struct ppt_field ppt_event_fields[] = {
    EVENTS(AS_FIELD)
        COUNTED(counted_ns){PPT_FIELD(struct ppt_event_counts, user_only, "counted_user_only"),
                            .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE},
    {0},
};

static int64_t *member_of(struct ppt_event_counts *counts, const struct ppt_event *event)
{
    return (int64_t *)(void *)((char *)counts + event->offset);
}

void ppt_event_counts_add(struct ppt_event_counts *sum, const struct ppt_event_counts *one)
{
    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        int64_t *const all = member_of(sum, &ppt_events[e]);
        const int64_t more = ppt_event_count(one, &ppt_events[e]);

        *all = *all > 0 && more > 0 && !ppt_events[e].per_package ? *all + more : 0;
    }
    sum->counted_ns =
        sum->counted_ns > 0 && one->counted_ns > 0 ? sum->counted_ns + one->counted_ns : 0;
    sum->user_only |= one->user_only;
}

/* ---- the system ---- */

static int system_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
    const long fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : (int)fd;
}

static void system_control(int fd, unsigned long request)
{
    (void)ioctl(fd, request, 0);
}

static void system_close(int fd)
{
    (void)close(fd);
}

const struct ppt_event_calls ppt_event_system = {system_open, read, system_control, system_close,
                                                 ""};

/* ---- opening ---- */

#define DEVICES "/sys/bus/event_source/devices"

/* What the files of a unit say of an event: the scale is that of the unit there. */
static bool find_event(const char *root, const struct ppt_event *event,
                       struct perf_event_attr *attr, double *scale)
{
    char line[64];
    int64_t type;

    if (!ppt_probe_number(&type, "%s" DEVICES "/%s/type", root, event->device) ||
        !ppt_probe_line(line, sizeof(line), "%s" DEVICES "/%s/events/%s", root, event->device,
                        event->name) ||
        strncmp(line, "event=", 6) != 0) {
        return false;
    }
    attr->type = (uint32_t)type;
    attr->config = strtoull(line + 6, NULL, 0);
    if (!ppt_probe_line(line, sizeof(line), "%s" DEVICES "/%s/events/%s.unit", root, event->device,
                        event->name) ||
        strcmp(line, "Joules") != 0 ||
        !ppt_probe_line(line, sizeof(line), "%s" DEVICES "/%s/events/%s.scale", root, event->device,
                        event->name)) {
        return false;
    }
    *scale = 1e6 * strtod(line, NULL);
    return *scale > 0;
}

/* One CPU of each package: "0,28" or "0-1". */
static unsigned find_cpus(const char *root, const char *device, int cpus[PPT_MOST_PACKAGES])
{
    char line[256];
    unsigned count = 0;

    if (!ppt_probe_line(line, sizeof(line), "%s" DEVICES "/%s/cpumask", root, device)) {
        return 0;
    }
    for (char *at = line, *end = line; *at && count < PPT_MOST_PACKAGES; at = end) {
        const long first = strtol(at, &end, 10);
        const long last = *end == '-' ? strtol(end + 1, &end, 10) : first;

        if (end == at) {
            return 0;
        }
        for (long cpu = first; cpu <= last && count < PPT_MOST_PACKAGES; cpu++) {
            cpus[count++] = (int)cpu;
        }
        end += *end == ',';
    }
    return count;
}

/* What will be refused whenever it is asked for, not for a moment. */
static bool is_lasting(int problem)
{
    return problem != EMFILE && problem != ENFILE && problem != ENOMEM && problem != EINTR &&
           problem != EAGAIN && problem != EBUSY;
}

static bool is_forbidden(int problem)
{
    return problem == EACCES || problem == EPERM;
}

static int open_of_tasks(const struct ppt_event_calls *calls, struct perf_event_attr *attr,
                         struct ppt_event_access *access)
{
    int fd;

    attr->inherit = 1;
    attr->exclude_hv = 1;
    attr->exclude_kernel = access->user_only;
    fd = calls->open(attr, 0, -1);
    if (is_forbidden(-fd) && !access->user_only) {
        attr->exclude_kernel = 1;
        fd = calls->open(attr, 0, -1);
        access->user_only = fd >= 0;
    }
    return fd;
}

static void close_event(struct ppt_events *events, size_t e)
{
    while (events->fd_count[e] > 0) {
        events->calls->close(events->fds[e][--events->fd_count[e]]);
    }
}

/* 0, or why not. */
static int open_event(struct ppt_event_access *access, struct ppt_events *events, size_t e)
{
    const struct ppt_event *event = &ppt_events[e];
    struct perf_event_attr attr = {
        .type = event->type,
        .size = sizeof(attr),
        .config = event->config,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = 1,
    };
    int cpus[PPT_MOST_PACKAGES] = {-1};
    unsigned count = 1;

    events->scale[e] = 1;
    if (event->device) {
        if (!find_event(events->calls->root, event, &attr, &events->scale[e])) {
            return ENOENT;
        }
        count = event->per_package ? find_cpus(events->calls->root, event->device, cpus) : 1;
    }
    for (unsigned i = 0; i < count; i++) {
        const int fd = event->per_package ? events->calls->open(&attr, -1, cpus[i])
                                          : open_of_tasks(events->calls, &attr, access);

        if (fd < 0) {
            close_event(events, e);
            return -fd;
        }
        events->fds[e][events->fd_count[e]++] = fd;
    }
    return count > 0 ? 0 : ENOENT;
}

void ppt_events_open(const struct ppt_event_calls *calls, struct ppt_event_access *access,
                     struct ppt_events *events)
{
    memset(events, 0, sizeof(*events));
    events->calls = calls;
    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        if (access->refused[e] == 0) {
            const int problem = open_event(access, events, e);

            access->refused[e] = is_lasting(problem) ? problem : 0;
        }
    }
    events->user_only = access->user_only;
}

static void control(const struct ppt_events *events, unsigned long request)
{
    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        for (unsigned i = 0; i < events->fd_count[e]; i++) {
            events->calls->control(events->fds[e][i], request);
        }
    }
}

void ppt_events_start(const struct ppt_events *events)
{
    control(events, PERF_EVENT_IOC_ENABLE);
}

void ppt_events_stop(const struct ppt_events *events)
{
    control(events, PERF_EVENT_IOC_DISABLE);
}

/* ---- reading ---- */

/* As the system writes it for this read_format. */
struct reading {
    uint64_t value, enabled_ns, running_ns;
};

/* The count that there would be had it been counted all the time; 0: that is not known. */
static double scaled(const struct reading *reading, double scale)
{
    const double value = (double)reading->value * scale;

    if (reading->running_ns == 0 || reading->enabled_ns == 0) {
        return 0;
    }
    return reading->running_ns >= reading->enabled_ns
               ? value
               : value * ((double)reading->enabled_ns / (double)reading->running_ns);
}

/* Of all its packages, and the time it stands for; 0: one of them cannot be read. */
static double read_event(const struct ppt_events *events, size_t e, double *enabled_ns)
{
    double sum = 0;

    for (unsigned i = 0; i < events->fd_count[e]; i++) {
        struct reading reading;

        if (events->calls->read(events->fds[e][i], &reading, sizeof(reading)) !=
            (ssize_t)sizeof(reading)) {
            return 0;
        }
        const double count = scaled(&reading, events->scale[e]);

        if (count <= 0) {
            return 0;
        }
        sum += count;
        *enabled_ns = (double)reading.enabled_ns;
    }
    return sum;
}

void ppt_events_take(struct ppt_events *events, struct ppt_event_counts *counts)
{
    double longest_ns = 0;

    memset(counts, 0, sizeof(*counts));
    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        double enabled_ns = 0;
        const double count = read_event(events, e, &enabled_ns);
        const bool known = count >= 1 && count < LARGEST_COUNT && enabled_ns < LARGEST_COUNT;

        *member_of(counts, &ppt_events[e]) = known ? (int64_t)(count + 0.5) : 0;
        if (known && !ppt_events[e].per_package && enabled_ns > longest_ns) {
            longest_ns = enabled_ns;
        }
        close_event(events, e);
    }
    counts->counted_ns = (int64_t)longest_ns;
    counts->user_only = events->user_only && longest_ns > 0;
}
