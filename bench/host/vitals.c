#include "vitals.h"

#include <linux/magic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "blas.h"
#include "clock.h"
#include "counter.h"
#include "memory.h"
#include "owned.h"
#include "probe.h"

/* More than any machine has; a gap in the numbers is a CPU that is not online. */
#define MOST_CPUS 8192
#define LONGEST_GAP 64

#define PRODUCTS 10

static void read_governors(const char *root, struct ppt_vitals *vitals)
{
    char governor[sizeof(vitals->governor)];

    for (unsigned cpu = 0, gap = 0; cpu < MOST_CPUS && gap < LONGEST_GAP; cpu++, gap++) {
        if (!ppt_probe_line(governor, sizeof(governor),
                            "%s/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor", root,
                            cpu)) {
            continue;
        }
        gap = 0;
        if (*vitals->governor == '\0') {
            memcpy(vitals->governor, governor, sizeof(governor));
        }
        vitals->governors_differ |= strcmp(vitals->governor, governor) != 0;
    }
}

static int read_boost(const char *root)
{
    int64_t value = 0;

    if (ppt_probe_number(&value, "%s/sys/devices/system/cpu/intel_pstate/no_turbo", root)) {
        return value == 0;
    }
    return ppt_probe_number(&value, "%s/sys/devices/system/cpu/cpufreq/boost", root) ? value != 0
                                                                                     : -1;
}

/* The word in brackets: "always [madvise] never". */
static void read_choice(char *out, size_t size, const char *root, const char *name)
{
    char line[128];
    char *open = NULL;

    if (ppt_probe_line(line, sizeof(line), "%s/sys/kernel/mm/transparent_hugepage/%s", root,
                       name)) {
        open = strchr(line, '[');
    }
    if (open) {
        open[strcspn(open, "]")] = '\0';
        snprintf(out, size, "%s", open + 1);
    }
}

/* Of two counts there; -1: one of them is not told. */
static int64_t read_sum(const char *root, const char *file, const char *key, const char *other,
                        int sign)
{
    const int64_t a = ppt_probe_count(key, -1, "%s/proc/%s", root, file);
    const int64_t b = ppt_probe_count(other, -1, "%s/proc/%s", root, file);

    return a < 0 || b < 0 ? -1 : a + sign * b;
}

void ppt_vitals_read(const char *root, struct ppt_vitals *vitals)
{
    const int64_t swap_kib = read_sum(root, "meminfo", "SwapTotal", "SwapFree", -1);
    char load[64];

    *vitals = (struct ppt_vitals){
        .load = -1,
        .clock_cost_s = -1,
        .clock_step_s = -1,
        .folder = "",
        .folder_kind = "",
        .folder_free_bytes = -1,
        .boost = read_boost(root),
        .swap_used_bytes = swap_kib < 0 ? -1 : swap_kib * 1024,
        .swapped_pages = read_sum(root, "vmstat", "pswpin", "pswpout", 1),
    };
    vitals->perf_paranoid = PPT_PARANOID_UNKNOWN;
    ppt_probe_number(&vitals->perf_paranoid, "%s/proc/sys/kernel/perf_event_paranoid", root);
    if (ppt_probe_line(load, sizeof(load), "%s/proc/loadavg", root)) {
        vitals->load = strtod(load, NULL);
    }
    read_governors(root, vitals);
    ppt_probe_line(vitals->smt, sizeof(vitals->smt), "%s/sys/devices/system/cpu/smt/control", root);
    read_choice(vitals->huge_pages, sizeof(vitals->huge_pages), root, "enabled");
    read_choice(vitals->huge_pages_effort, sizeof(vitals->huge_pages_effort), root, "defrag");
    ppt_probe_line(vitals->clock_source, sizeof(vitals->clock_source),
                   "%s/sys/devices/system/clocksource/clocksource0/current_clocksource", root);
}

/* ---- what is tried out ---- */

void ppt_vitals_try_events(struct ppt_vitals *vitals)
{
    struct ppt_events events;
    struct ppt_event_counts ignored;

    ppt_events_open(&ppt_event_system, &vitals->events, &events);
    ppt_events_take(&events, &ignored);
}

#define READINGS 1000
#define SERIES 20
#define MOST_READINGS 10000000 /* until a coarse clock makes a step: a quarter of a second */

void ppt_vitals_time_clock(struct ppt_vitals *vitals)
{
    const struct ppt_counter counter = ppt_counter_start();
    int64_t step = INT64_MAX, best = INT64_MAX;

    /* The fastest of some series: nobody came between. */
    for (int series = 0; series < SERIES; series++) {
        const int64_t start = ppt_counter_ns(&counter);
        int64_t before = start, now = start;

        for (int i = 0; i < READINGS; i++) {
            now = ppt_counter_ns(&counter);
            if (now > before && now - before < step) {
                step = now - before;
            }
            before = now;
        }
        best = now - start < best ? now - start : best;
    }
    const int64_t before = ppt_counter_ns(&counter);
    for (int i = 0; i < MOST_READINGS && step == INT64_MAX; i++) {
        const int64_t now = ppt_counter_ns(&counter);

        step = now > before ? now - before : step;
    }
    vitals->clock_cost_s = (double)best / READINGS * 1e-9;
    vitals->clock_step_s = step == INT64_MAX ? -1 : (double)step * 1e-9;
}

/* The fastest of some products. */
static int64_t time_product(const double *a, const double *b, double *c)
{
    int64_t best = INT64_MAX;

    for (int i = 0; i < PRODUCTS; i++) {
        const int64_t start = ppt_clock_ns();

        ppt_blas_multiply(a, b, c);
        const int64_t ns = ppt_clock_ns() - start;
        best = ns < best ? ns : best;
    }
    return best;
}

void ppt_vitals_try_blas(struct ppt_vitals *vitals)
{
    const size_t count = (size_t)PPT_BLAS_ORDER * PPT_BLAS_ORDER;
    double *all PPT_FREED = ppt_alloc(3 * count, sizeof(*all));
    const struct ppt_blas_choice *choice = ppt_blas_choice();

    snprintf(vitals->blas_core, sizeof(vitals->blas_core), "%s", ppt_blas_core());
    snprintf(vitals->blas_own, sizeof(vitals->blas_own), "%s", choice->own);
    vitals->blas_asked = getenv(PPT_BLAS_VARIABLE);
    vitals->blas_advice = choice->core ? choice->core->advice : "";
    if (choice->core) {
        for (size_t i = 0; i < 2 * count; i++) {
            all[i] = 1 + (double)(i % 7);
        }
        const int64_t chosen = time_product(all, all + count, all + 2 * count);

        ppt_blas_withdraw();
        vitals->blas_loss =
            (double)time_product(all, all + count, all + 2 * count) / (double)chosen;
    }
}

void ppt_vitals_visit_folder(const char *folder, struct ppt_vitals *vitals)
{
    static const struct {
        long type;
        const char *name;
        bool memory, network;
    } kinds[] = {
        {TMPFS_MAGIC, "tmpfs", true, false},
        {RAMFS_MAGIC, "ramfs", true, false},
        {HUGETLBFS_MAGIC, "hugetlbfs", true, false},
        {NFS_SUPER_MAGIC, "nfs", false, true},
        {SMB2_SUPER_MAGIC, "smb", false, true},
        {CIFS_SUPER_MAGIC, "cifs", false, true},
        {CEPH_SUPER_MAGIC, "ceph", false, true},
        {V9FS_MAGIC, "9p", false, true},
        {OVERLAYFS_SUPER_MAGIC, "overlay", false, false},
        {EXT4_SUPER_MAGIC, "ext4", false, false},
        {XFS_SUPER_MAGIC, "xfs", false, false},
        {BTRFS_SUPER_MAGIC, "btrfs", false, false},
        {F2FS_SUPER_MAGIC, "f2fs", false, false},
        {FUSE_SUPER_MAGIC, "fuse", false, false},
    };
    struct statfs about;

    vitals->folder = folder;
    if (statfs(folder, &about) != 0 || access(folder, W_OK | X_OK) != 0) {
        return;
    }
    vitals->folder_free_bytes = (int64_t)about.f_bavail * (int64_t)about.f_bsize;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].type == (long)about.f_type) {
            vitals->folder_kind = kinds[i].name;
            vitals->folder_in_memory = kinds[i].memory;
            vitals->folder_on_network = kinds[i].network;
        }
    }
}
