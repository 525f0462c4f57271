/*
 * Hardware counters by a system that is made up here: what is asked of it, how counts are scaled
 * where it takes turns, what is refused and how often it is asked again; and what is made of
 * counts.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <string.h>

#include "counted.h"
#include "events.h"
#include "memory.h"
#include "place.h"
#include "unit.h"

/* ---- the made-up system ---- */

#define MOST_OPEN 64

static struct {
    struct {
        struct perf_event_attr attr;
        pid_t pid;
        int cpu;
        bool open, enabled;
    } events[MOST_OPEN];
    int opened, asked;
    int refuse;           /* everything of tasks, */
    bool refuse_kernel;   /* or the system's part */
    bool refuse_packages; /* or what is not of tasks */
    uint64_t missing;     /* this event: its config, */
    int missing_why;      /* 0: none is */
    uint64_t value, enabled_ns, running_ns;
    ssize_t short_by;
} fake;

static int fake_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
    fake.asked++;
    assert_int_equal(attr->size, sizeof(*attr));
    assert_int_equal(attr->disabled, 1);
    assert_true(fake.opened < MOST_OPEN);
    if (pid == 0 && fake.refuse) {
        return -fake.refuse;
    }
    if (pid == 0 && fake.refuse_kernel && !attr->exclude_kernel) {
        return -EACCES;
    }
    if (pid == -1 && fake.refuse_packages) {
        return -EACCES;
    }
    if (pid == 0 && fake.missing_why && attr->config == fake.missing) {
        return -fake.missing_why;
    }
    fake.events[fake.opened].attr = *attr;
    fake.events[fake.opened].pid = pid;
    fake.events[fake.opened].cpu = cpu;
    fake.events[fake.opened].open = true;
    return 100 + fake.opened++;
}

static ssize_t fake_read(int fd, void *out, size_t size)
{
    const uint64_t words[] = {fake.value * (uint64_t)(fd - 99), fake.enabled_ns, fake.running_ns};

    assert_int_equal(size, sizeof(words));
    assert_true(fake.events[fd - 100].open && !fake.events[fd - 100].enabled);
    memcpy(out, words, sizeof(words));
    return (ssize_t)size - fake.short_by;
}

static void fake_control(int fd, unsigned long request)
{
    assert_true(fake.events[fd - 100].open);
    fake.events[fd - 100].enabled = request == PERF_EVENT_IOC_ENABLE;
}

static void fake_close(int fd)
{
    assert_true(fake.events[fd - 100].open);
    fake.events[fd - 100].open = false;
}

static const struct ppt_event_calls calls = {fake_open, fake_read, fake_control, fake_close, "."};

static void begin_fake(void)
{
    memset(&fake, 0, sizeof(fake));
    fake.value = 1000;
    fake.enabled_ns = fake.running_ns = 5000;
}

/* A whole pass; all that was opened is closed. */
static struct ppt_event_counts count(struct ppt_event_access *access)
{
    struct ppt_events events;
    struct ppt_event_counts counts;

    ppt_events_open(&calls, access, &events);
    for (int i = 0; i < fake.opened; i++) {
        assert_false(fake.events[i].enabled);
    }
    ppt_events_start(&events);
    for (int i = 0; i < fake.opened; i++) {
        assert_int_equal(fake.events[i].enabled, fake.events[i].open);
    }
    ppt_events_stop(&events);
    ppt_events_take(&events, &counts);
    for (int i = 0; i < fake.opened; i++) {
        assert_false(fake.events[i].open);
    }
    return counts;
}

#define POWER "sys/bus/event_source/devices/power/"

/* Files of a unit that measures energy. */
static void put_packages(const char *unit, const char *cpus)
{
    place_put(POWER "type", "23\n");
    place_put(POWER "cpumask", cpus);
    place_put(POWER "events/energy-pkg", "event=0x02\n");
    place_put(POWER "events/energy-pkg.unit", unit);
    place_put(POWER "events/energy-pkg.scale", "0.25\n");
}

/* ---- opening and reading ---- */

static void all_of_them(void **state)
{
    struct ppt_event_access access = {0};

    (void)state;
    begin_fake();
    put_packages("Joules\n", "0,28\n");
    const struct ppt_event_counts counts = count(&access);

    assert_int_equal(fake.opened, 6);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(fake.events[i].pid, 0);
        assert_int_equal(fake.events[i].cpu, -1);
        assert_int_equal(fake.events[i].attr.inherit, 1);
        assert_int_equal(fake.events[i].attr.exclude_kernel, 0);
        assert_int_equal(fake.events[i].attr.type, PERF_TYPE_HARDWARE);
    }
    assert_int_equal(fake.events[1].attr.config, PERF_COUNT_HW_CPU_CYCLES);
    for (int i = 4; i < 6; i++) {
        assert_int_equal(fake.events[i].pid, -1);
        assert_int_equal(fake.events[i].attr.type, 23);
        assert_int_equal(fake.events[i].attr.config, 2);
        assert_int_equal(fake.events[i].attr.inherit, 0);
    }
    assert_int_equal(fake.events[4].cpu, 0);
    assert_int_equal(fake.events[5].cpu, 28);
    assert_int_equal(counts.instructions, 1000);
    assert_int_equal(counts.cycles, 2000);
    assert_int_equal(counts.cache_misses, 3000);
    assert_int_equal(counts.stalled_cycles, 4000);
    assert_int_equal(counts.energy_uj, (5000 + 6000) * 250000LL);
    assert_int_equal(counts.counted_ns, 5000);
    assert_false(counts.user_only);
}

static void packages_of_another_kind(void **state)
{
    struct ppt_event_access access = {0};

    (void)state;
    begin_fake();
    put_packages("Calories\n", "0\n");
    assert_int_equal(count(&access).energy_uj, 0);
    assert_int_equal(access.refused[4], ENOENT);
    access = (struct ppt_event_access){0};
    put_packages("Joules\n", "none\n");
    assert_int_equal(count(&access).energy_uj, 0);
    access = (struct ppt_event_access){0};
    put_packages("Joules\n", "0-1\n");
    begin_fake();
    assert_int_equal(count(&access).energy_uj, (5000 + 6000) * 250000LL);
    fake.refuse_packages = true;
    access = (struct ppt_event_access){0};
    assert_int_equal(count(&access).energy_uj, 0);
    assert_int_equal(access.refused[4], EACCES);
    assert_int_equal(access.refused[0], 0);
}

static void turns(void **state)
{
    struct ppt_event_access access = {0};

    (void)state;
    begin_fake();
    fake.running_ns = 1250;
    assert_int_equal(count(&access).instructions, 4000);

    /* It never had its turn. */
    begin_fake();
    fake.running_ns = 0;
    const struct ppt_event_counts none = count(&access);
    assert_int_equal(none.instructions, 0);
    assert_int_equal(none.counted_ns, 0);

    /* More than a journal may hold. */
    begin_fake();
    fake.value = UINT64_MAX / 8;
    fake.running_ns = 1;
    assert_int_equal(count(&access).instructions, 0);

    begin_fake();
    fake.short_by = 8;
    assert_int_equal(count(&access).instructions, 0);
}

static void refusals(void **state)
{
    static const int lasting[] = {EACCES, EPERM, ENOENT, ENOSYS, ENODEV, EOPNOTSUPP};

    (void)state;
    for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
        struct ppt_event_access access = {0};

        begin_fake();
        fake.refuse = lasting[i];
        fake.refuse_packages = true;
        const struct ppt_event_counts counts = count(&access);

        assert_int_equal(counts.instructions + counts.cycles + counts.energy_uj, 0);
        assert_int_equal(access.refused[0], lasting[i]);
        assert_false(access.user_only);
        const int asked = fake.asked;
        count(&access);
        assert_int_equal(fake.asked, asked);
    }

    /* Descriptors may be free again in the next pass. */
    struct ppt_event_access access = {0};
    begin_fake();
    fake.refuse = EMFILE;
    assert_int_equal(count(&access).cycles, 0);
    fake.refuse = 0;
    assert_true(count(&access).cycles > 0);
}

static void one_is_missing(void **state)
{
    struct ppt_event_access access = {0};

    (void)state;
    begin_fake();
    fake.missing = PERF_COUNT_HW_STALLED_CYCLES_BACKEND;
    fake.missing_why = ENOENT;
    const struct ppt_event_counts counts = count(&access);
    assert_true(counts.cache_misses > 0);
    assert_int_equal(counts.stalled_cycles, 0);
    assert_int_equal(access.refused[3], ENOENT);
    assert_false(access.user_only);
}

static void programs_alone(void **state)
{
    struct ppt_event_access access = {0};

    (void)state;
    begin_fake();
    fake.refuse_kernel = true;
    const struct ppt_event_counts counts = count(&access);
    assert_true(access.user_only && counts.user_only);
    assert_true(counts.instructions > 0 && counts.cycles > 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(fake.events[i].attr.exclude_kernel, 1);
    }
    const int asked = fake.asked;
    count(&access);
    assert_true(fake.asked - asked < asked);
}

static void sums(void **state)
{
    struct ppt_event_counts sum = {10, 20, 30, 0, 50, 60, false};
    const struct ppt_event_counts one = {1, 2, 0, 4, 5, 6, true};

    (void)state;
    ppt_event_counts_add(&sum, &one);
    assert_int_equal(sum.instructions, 11);
    assert_int_equal(sum.cycles, 22);
    assert_int_equal(sum.cache_misses, 0);
    assert_int_equal(sum.stalled_cycles, 0);
    assert_int_equal(sum.energy_uj, 0);
    assert_int_equal(sum.counted_ns, 66);
    assert_true(sum.user_only);
}

/* ---- what is made of them ---- */

#define BLOCKS 8

/* Per task: what it takes, in instructions, cycles for each, and nanoseconds for each of these. */
struct cost {
    double instructions, per_instruction, cycle_ns;
};

static void add_pass(struct ppt_samples *samples, unsigned block, unsigned workers,
                     const struct cost *cost)
{
    /* A spread that medians do not follow. */
    const double apart = 1 + 0.002 * (double)((block * 7 + workers * 3) % 5);
    struct ppt_sample sample = {
        .block = block,
        .point = {.workers = workers, .inner_threads = 1},
        .task_count = 100,
        .init_ns = 0,
        .work_ns = 1000000,
        .total_ns = 1000000,
        .workers = ppt_alloc(workers > 0 ? workers : 1, sizeof(*sample.workers)),
        .worker_count = workers > 0 ? workers : 1,
    };
    const double instructions = 100 * cost->instructions * apart;
    const double cycles = instructions * cost->per_instruction / (apart * apart);

    sample.counts.instructions = (int64_t)instructions;
    sample.counts.cycles = (int64_t)cycles;
    sample.counts.counted_ns = (int64_t)(cycles * cost->cycle_ns * (1 + (double)(block % 3) / 500));
    ppt_samples_add(samples, &sample);
}

static struct ppt_counted counted_of(const struct cost *alone, const struct cost *beside)
{
    struct ppt_samples samples = {0};
    struct ppt_index index;

    for (unsigned block = 1; block <= BLOCKS; block++) {
        add_pass(&samples, block, 0, alone);
        add_pass(&samples, block, 4, beside);
    }
    ppt_index_create(&samples, &index);
    const struct ppt_counted counted = ppt_counted_of(&index, 0, 1);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
    return counted;
}

static void check_about(double value, double expected)
{
    if (fabs(value / expected - 1) > 0.02) {
        fail_msg("%g instead of %g", value, expected);
    }
}

static void factors_multiply(void **state)
{
    const struct cost alone = {1e6, 0.5, 0.25}, beside = {1.1e6, 0.7, 0.3};
    const struct ppt_counted counted = counted_of(&alone, &beside);
    double product = 1;

    (void)state;
    assert_true(counted.exists && !counted.user_only);
    check_about(counted.per_task[0].median, 1.1e6);
    check_about(counted.ipc.median, 1 / 0.7);
    check_about(counted.ghz.median, 1 / 0.3);
    assert_int_equal(counted.per_task[2].n, 0);
    check_about(counted.factor[PPT_COUNTED_INSTRUCTIONS].value, 1.1);
    check_about(counted.factor[PPT_COUNTED_PER_INSTRUCTION].value, 1.4);
    check_about(counted.factor[PPT_COUNTED_CLOCK].value, 1.2);
    for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
        product *= counted.factor[f].value;
        assert_true(counted.factor[f].interval.exists);
        assert_true(counted.factor[f].interval.low > 1);
    }
    assert_true(fabs(product / counted.inflation.value - 1) < 1e-12);
}

static void nothing_counted(void **state)
{
    const struct cost none = {0, 0, 0}, some = {1e6, 0.5, 0.25};

    (void)state;
    assert_false(counted_of(&none, &none).exists);
    const struct ppt_counted half = counted_of(&none, &some);
    assert_true(half.exists);
    assert_true(half.inflation.value == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(all_of_them),
        PLACED(packages_of_another_kind),
        PLACED(turns),
        PLACED(refusals),
        PLACED(one_is_missing),
        PLACED(programs_alone),
        cmocka_unit_test(sums),
        cmocka_unit_test(factors_multiply),
        cmocka_unit_test(nothing_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
