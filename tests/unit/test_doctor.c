/*
 * What the doctor says of machines made for it: a bad laptop, a good server, and each check at its
 * limits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <math.h>

#include "doctor.h"
#include "file.h"
#include "place.h"
#include "unit.h"

#define GIB ((uint64_t)1 << 30)

/* ---- machines ---- */

static void put(const char *path, const char *text)
{
    char below[512];

    snprintf(below, sizeof(below), "root/%s", path);
    place_put(below, text);
}

#define CPU "sys/devices/system/cpu/"
#define THP "sys/kernel/mm/transparent_hugepage/"
#define CLOCK "sys/devices/system/clocksource/clocksource0/current_clocksource"

struct machine {
    struct ppt_host host;
    struct ppt_vitals vitals;
    struct ppt_spins spins;
    int64_t swapped_pages;
    struct ppt_diagnosis diagnosis;
};

static char none[] = "none", kvm[] = "KVM";

static void put_laptop(void)
{
    put("proc/loadavg", "3.02 2.51 1.80 4/812 4711\n");
    put("proc/meminfo",
        "MemTotal: 8000000 kB\nSwapTotal:       2000000 kB\nSwapFree: 1000000 kB\n");
    put("proc/vmstat", "pgpgin 5\npswpin 7\npswpout 30\n");
    put(CPU "cpu0/cpufreq/scaling_governor", "powersave\n");
    put(CPU "cpu1/cpufreq/scaling_governor", "powersave\n");
    put(CPU "intel_pstate/no_turbo", "0\n");
    put(CPU "smt/control", "on\n");
    put(THP "enabled", "[always] madvise never\n");
    put(THP "defrag", "[always] defer defer+madvise madvise never\n");
    put(CLOCK, "hpet\n");
}

static void put_server(void)
{
    put("proc/loadavg", "0.08 0.03 0.01 1/512 4711\n");
    put("proc/meminfo", "MemTotal: 8000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    put("proc/vmstat", "pswpin 0\npswpout 0\n");
    put(CPU "cpu0/cpufreq/scaling_governor", "performance\n");
    put(CPU "cpu3/cpufreq/scaling_governor", "performance\n");
    put(CPU "cpufreq/boost", "0\n");
    put(CPU "smt/control", "off\n");
    put(THP "enabled", "always [madvise] never\n");
    put(THP "defrag", "always defer defer+madvise [madvise] never\n");
    put(CLOCK, "tsc\n");
}

static struct machine quiet_machine(void (*put_files)(void))
{
    struct machine machine = {
        .host = {.online_cpus = 4,
                 .effective_cpus = 4,
                 .topology = {.cpus = 4, .cores = 4, .threads_per_core = 1},
                 .available_bytes = 4 * GIB,
                 .virtual_machine = none,
                 .container = none},
        .spins = {.cpus = 4, .count = 16000, .seconds = 2, .spread = 0.01, .lost = 0.002},
    };

    if (put_files) {
        put_files();
    }
    ppt_vitals_read("root", &machine.vitals);
    machine.vitals.clock_cost_s = 25e-9;
    machine.vitals.clock_step_s = 20e-9;
    snprintf(machine.vitals.blas_core, sizeof(machine.vitals.blas_core), "Zen");
    machine.vitals.handovers = (struct ppt_handovers){3, 30, 50};
    machine.vitals.folder = "/var/tmp";
    machine.vitals.folder_kind = "ext4";
    machine.vitals.folder_free_bytes = (int64_t)(50 * GIB);
    return machine;
}

static void judge(struct machine *machine)
{
    ppt_doctor_judge(&machine->host, &machine->vitals, &machine->spins, machine->swapped_pages,
                     &machine->diagnosis);
}

static const struct ppt_finding *find(const struct machine *machine, const char *name)
{
    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        if (strcmp(machine->diagnosis.findings[i].name, name) == 0) {
            return &machine->diagnosis.findings[i];
        }
    }
    fail_msg("no finding \"%s\"", name);
    return NULL;
}

/* A machine that is good but for what the test has changed. */
static void check(struct machine *machine, const char *name, enum ppt_health health)
{
    judge(machine);
    const struct ppt_finding *finding = find(machine, name);
    if (finding->health != health) {
        fail_msg("%s is %s, not %s: %s", name, ppt_health_names[finding->health],
                 ppt_health_names[health], finding->text);
    }
    assert_true((health == PPT_HEALTH_NOTE || health == PPT_HEALTH_BAD) ==
                (*finding->advice != '\0' && health != PPT_HEALTH_UNKNOWN));
    assert_int_equal(machine->diagnosis.fit, health != PPT_HEALTH_BAD);
}

static void a_good_server(void **state)
{
    struct machine server = quiet_machine(put_server);

    (void)state;
    judge(&server);
    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        const struct ppt_finding *finding = &server.diagnosis.findings[i];

        if (finding->health != PPT_HEALTH_GOOD || *finding->advice) {
            fail_msg("%s: %s. %s", finding->name, finding->text, finding->advice);
        }
        assert_true(*finding->text);
    }
    assert_true(server.diagnosis.fit);
    assert_int_equal(server.diagnosis.counts[PPT_HEALTH_GOOD], PPT_FINDINGS);
}

static void a_bad_laptop(void **state)
{
    struct machine laptop = quiet_machine(put_laptop);

    (void)state;
    laptop.host.topology.threads_per_core = 2;
    laptop.spins.lost = 0.3;
    laptop.spins.spread = 1.5;
    laptop.vitals.folder_in_memory = true;
    judge(&laptop);
    assert_int_equal(find(&laptop, "load")->health, PPT_HEALTH_BAD);
    assert_non_null(strstr(find(&laptop, "load")->text, "3.02"));
    assert_int_equal(find(&laptop, "noise")->health, PPT_HEALTH_BAD);
    assert_int_equal(find(&laptop, "steadiness")->health, PPT_HEALTH_BAD);
    assert_int_equal(find(&laptop, "governor")->health, PPT_HEALTH_NOTE);
    assert_string_equal(find(&laptop, "governor")->text, "powersave");
    assert_non_null(strstr(find(&laptop, "governor")->advice, "performance"));
    assert_int_equal(find(&laptop, "turbo")->health, PPT_HEALTH_NOTE);
    assert_string_equal(find(&laptop, "turbo")->text, "on");
    assert_int_equal(find(&laptop, "SMT")->health, PPT_HEALTH_GOOD);
    assert_non_null(strstr(find(&laptop, "SMT")->text, "2 threads per core"));
    assert_int_equal(find(&laptop, "swap")->health, PPT_HEALTH_NOTE);
    assert_true(find(&laptop, "swap")->value == 1e6 * 1024);
    assert_int_equal(find(&laptop, "huge pages")->health, PPT_HEALTH_NOTE);
    assert_int_equal(find(&laptop, "clock source")->health, PPT_HEALTH_NOTE);
    assert_int_equal(find(&laptop, "temporary files")->health, PPT_HEALTH_NOTE);
    assert_false(laptop.diagnosis.fit);
    assert_int_equal(laptop.vitals.swapped_pages, 37);
}

/* Nothing that cannot be known is an alarm. */
static void a_machine_that_tells_nothing(void **state)
{
    struct machine silent = quiet_machine(NULL);
    static const char *const names[] = {"governor",   "turbo", "load",  "swap",    "clock source",
                                        "huge pages", "SMT",   "steal", "pressure"};

    (void)state;
    silent.host.topology.threads_per_core = 0;
    silent.swapped_pages = -1;
    silent.spins.noise = (struct ppt_noise){
        .steal_ns = -1, .pressure_ns = -1, .throttled_ns = -1, .stopped = 0, .cpus = 0};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check(&silent, names[i], PPT_HEALTH_UNKNOWN);
    }
    assert_int_equal(silent.diagnosis.counts[PPT_HEALTH_UNKNOWN], 9);
    assert_int_equal(silent.diagnosis.counts[PPT_HEALTH_NOTE], 0);
    silent.host.virtual_machine = kvm;
    judge(&silent);
    assert_non_null(strstr(find(&silent, "governor")->advice, "virtual machine"));
}

/* ---- single checks ---- */

static void noise_and_steadiness(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    m.spins.lost = 0.019;
    check(&m, "noise", PPT_HEALTH_GOOD);
    m.spins.lost = 0.03;
    check(&m, "noise", PPT_HEALTH_NOTE);
    m.spins.lost = 0.05;
    check(&m, "noise", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.spins.spread = 0.15;
    check(&m, "steadiness", PPT_HEALTH_GOOD);
    m.spins.spread = 0.3;
    check(&m, "steadiness", PPT_HEALTH_NOTE);
    m.spins.spread = 1.2;
    check(&m, "steadiness", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.spins.unequal = 0.2;
    check(&m, "equal CPUs", PPT_HEALTH_NOTE);
    m.spins.noise.steal_ns = 100000000; /* 0.1 s of 4 CPUs for 2 s */
    check(&m, "steal", PPT_HEALTH_NOTE);
    m.spins.noise.steal_ns = 20000000; /* two ticks */
    check(&m, "steal", PPT_HEALTH_GOOD);
    m.spins.noise.steal_ns = 800000000;
    check(&m, "steal", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.spins.noise.pressure_ns = 500000000;
    check(&m, "pressure", PPT_HEALTH_NOTE);
}

/* The load of what has just ended is no alarm. */
static void load_counts_while_it_lasts(void **state)
{
    struct machine m = quiet_machine(put_laptop);

    (void)state;
    check(&m, "load", PPT_HEALTH_NOTE);
    m.spins.lost = 0.02;
    check(&m, "load", PPT_HEALTH_BAD);
    m.host.online_cpus = 64;
    check(&m, "load", PPT_HEALTH_GOOD);
}

static void quotas(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    check(&m, "quota", PPT_HEALTH_GOOD);
    m.host.quota_cpus = 4;
    check(&m, "quota", PPT_HEALTH_GOOD);
    m.host.quota_cpus = 2;
    m.host.effective_cpus = 2;
    check(&m, "quota", PPT_HEALTH_NOTE);
    m.host.quota_cpus = 0.5;
    m.spins.noise.throttled_ns = 1000000000;
    check(&m, "quota", PPT_HEALTH_BAD);
    assert_non_null(strstr(find(&m, "quota")->text, "0.5 CPUs; it stopped"));
    /* It is counted over all CPUs that were at work. */
    assert_non_null(strstr(find(&m, "quota")->text, "12 %"));
    m.spins.cpus = 1;
    check(&m, "quota", PPT_HEALTH_BAD);
    assert_non_null(strstr(find(&m, "quota")->text, "50 %"));
    /* What it took, nobody else did. */
    m.vitals.load = 9;
    m.spins.lost = 0.5;
    judge(&m);
    assert_int_equal(find(&m, "load")->health, PPT_HEALTH_NOTE);
    m.spins.noise.throttled_ns = 0;
    check(&m, "load", PPT_HEALTH_BAD);
}

static void clocks(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    put(CPU "cpu3/cpufreq/scaling_governor", "powersave\n");
    m = quiet_machine(NULL);
    check(&m, "governor", PPT_HEALTH_BAD);
    m.host.effective_cpus = 1; /* perhaps one of those that are alike */
    check(&m, "governor", PPT_HEALTH_NOTE);
    put(CPU "cpufreq/boost", "1\n");
    put(CPU "cpu3/cpufreq/scaling_governor", "performance\n");
    m = quiet_machine(NULL);
    check(&m, "turbo", PPT_HEALTH_NOTE);
    m.vitals.clock_cost_s = 1e-6;
    check(&m, "clock cost", PPT_HEALTH_NOTE);
    m.vitals.clock_cost_s = 1e-5;
    check(&m, "clock cost", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.vitals.clock_step_s = 4e-3;
    check(&m, "clock step", PPT_HEALTH_BAD);
}

static void memory_and_disk(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    m.host.available_bytes = GIB / 2;
    check(&m, "memory", PPT_HEALTH_NOTE);
    m.host.available_bytes = GIB / 16;
    check(&m, "memory", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.swapped_pages = 1;
    check(&m, "swap", PPT_HEALTH_GOOD);
    m.swapped_pages = 2000;
    check(&m, "swap", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.vitals.folder_free_bytes = (int64_t)(GIB / 2);
    check(&m, "temporary files", PPT_HEALTH_NOTE);
    m.vitals.folder_free_bytes = -1;
    check(&m, "temporary files", PPT_HEALTH_BAD);
    m = quiet_machine(NULL);
    m.vitals.folder_on_network = true;
    check(&m, "temporary files", PPT_HEALTH_NOTE);
}

/* ---- readings ---- */

/* Of two CPUs, one is disturbed by every tenth spin, the other is slower by a fifth. */
static void spins_are_summarised(void **state)
{
    int64_t first[100], second[50];
    int64_t *const times[] = {first, second};
    const size_t counts[] = {100, 50};
    struct ppt_spins spins = {0};

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        first[i] = i % 10 == 3 ? 2000 : i % 10 == 5 ? 1200 : 1000; /* 1200: a lower clock */
    }
    for (size_t i = 0; i < 50; i++) {
        second[i] = i < 5 ? 600 : 1200; /* shorter ones make up for nothing */
    }
    ppt_spin_summarise(times, counts, 2, &spins);
    assert_int_equal(spins.count, 150);
    assert_true(fabs(spins.typical_s - 1e-6) < 1e-12);
    assert_true(fabs(spins.unequal - 0.2) < 1e-9);
    assert_true(fabs(spins.spread - 1) < 1e-9);
    assert_true(fabs(spins.lost - 10000.0 / (112000 + 57000)) < 1e-9);
}

static void a_test_spins_on_every_cpu(void **state)
{
    struct ppt_error error = {""};
    struct ppt_spins spins;

    (void)state;
    if (ppt_spin_run(2, 0.2, &spins, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(spins.cpus, 2);
    assert_true(spins.count >= 4);
    assert_true(spins.seconds >= 0.2);
    assert_true(spins.typical_s > 0 && spins.typical_s < 0.2);
    assert_true(spins.lost >= 0 && spins.lost < 1);
}

/* What is refused for everything of tasks, and what is then said of it. */
static void check_refused(int problem, int64_t paranoid, char *where, const char *words)
{
    struct machine m = quiet_machine(put_server);

    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        m.vitals.events.refused[e] = problem;
    }
    m.vitals.perf_paranoid = paranoid;
    m.host.virtual_machine = where;
    check(&m, "counters", PPT_HEALTH_UNKNOWN);
    assert_string_equal(find(&m, "counters")->text, words);
}

static void counters_that_are_not_there(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    check_refused(EACCES, 3, none, "not available here: perf_event_paranoid is 3");
    check_refused(EACCES, 2, none, "not available here: they are not permitted");
    check_refused(EPERM, PPT_PARANOID_UNKNOWN, kvm, "not available here: they are not permitted");
    check_refused(ENOENT, 2, kvm, "not available here: no PMU in this virtual machine");
    check_refused(ENOENT, 2, none, "not available here: no PMU in this machine");
    check_refused(ENOSYS, 2, none, "not available here: the system has no perf_event_open");

    m.vitals.events.refused[3] = ENOENT;
    m.vitals.events.refused[4] = EACCES;
    m.vitals.events.user_only = true;
    check(&m, "counters", PPT_HEALTH_GOOD);
    assert_string_equal(find(&m, "counters")->text,
                        "instructions, cycles, last-level cache misses; of programs, not of what "
                        "the system does for them");
}

static void caches_that_are_said_to_be_shared(void **state)
{
    struct machine m = quiet_machine(put_server);

    (void)state;
    check(&m, "shared cache", PPT_HEALTH_GOOD);
    m.vitals.handovers.farthest_ns = PPT_HANDOVER_NEAR_NS;
    check(&m, "shared cache", PPT_HEALTH_GOOD);
    m.vitals.handovers.farthest_ns = 166;
    check(&m, "shared cache", PPT_HEALTH_NOTE);
    assert_non_null(strstr(find(&m, "shared cache")->text, "30 to 166 ns"));
    m.vitals.handovers.farthest_ns = PPT_HANDOVER_UNKNOWN_NS;
    check(&m, "shared cache", PPT_HEALTH_UNKNOWN);
    m.vitals.handovers.pairs = 0;
    check(&m, "shared cache", PPT_HEALTH_UNKNOWN);
}

static void the_clock_and_the_folder_are_tried_out(void **state)
{
    struct ppt_vitals vitals = {.clock_cost_s = -1, .clock_step_s = -1};

    (void)state;
    ppt_vitals_time_clock(&vitals);
    assert_true(vitals.clock_cost_s > 0 && vitals.clock_cost_s < 1e-3);
    assert_true(vitals.clock_step_s > 0);
    ppt_vitals_visit_folder(".", &vitals);
    assert_true(vitals.folder_free_bytes > 0);
    vitals.folder_free_bytes = -1;
    ppt_vitals_visit_folder("./not-there", &vitals);
    assert_true(vitals.folder_free_bytes == -1);
    ppt_vitals_visit_folder("/dev/shm", &vitals);
    assert_true(vitals.folder_in_memory || vitals.folder_free_bytes < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(a_good_server),
        PLACED(counters_that_are_not_there),
        PLACED(caches_that_are_said_to_be_shared),
        PLACED(a_bad_laptop),
        PLACED(a_machine_that_tells_nothing),
        PLACED(noise_and_steadiness),
        PLACED(load_counts_while_it_lasts),
        PLACED(quotas),
        PLACED(clocks),
        PLACED(memory_and_disk),
        PLACED(spins_are_summarised),
        PLACED(a_test_spins_on_every_cpu),
        PLACED(the_clock_and_the_folder_are_tried_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
