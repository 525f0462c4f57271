/*
 * Pressure beside a pass: that it presses, where it is, that nothing is left of it, and when it
 * refuses or ends. What a task makes of it is measured by tests/why.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "handover.h"
#include "owned.h"
#include "place.h"
#include "press.h"
#include "unit.h"

struct setting {
    struct ppt_binding binding;
    struct ppt_folder scratch;
    struct ppt_pressing pressing;
};

static struct setting set_up(unsigned workers)
{
    struct setting setting = {.scratch = {0}};
    struct ppt_error error = {""};

    require(ppt_binding_create(PPT_PLACEMENT_CLOSE,
                               (struct ppt_point){.workers = workers, .inner_threads = 1},
                               (struct ppt_peers){0, 1}, &setting.binding, &error),
            &error);
    require(ppt_folder_open(".", &setting.scratch, &error), &error);
    return setting;
}

static void tear_down(struct setting *setting)
{
    ppt_binding_free(&setting->binding);
    ppt_folder_close(&setting->scratch);
}

static struct ppt_pressing pressing_on(const struct setting *setting, int resource)
{
    return (struct ppt_pressing){.resource = (enum ppt_resource)resource,
                                 .task = &setting->binding,
                                 .scratch = &setting->scratch};
}

static struct ppt_pressure *start(const struct setting *setting, int resource)
{
    const struct ppt_pressing pressing = pressing_on(setting, resource);
    struct ppt_pressure *pressure = NULL;
    struct ppt_error error = {""};

    require(ppt_pressure_start(&pressing, &pressure, &error), &error);
    assert_non_null(pressure);
    return pressure;
}

static struct ppt_pressed stop(struct ppt_pressure *pressure)
{
    struct ppt_pressed pressed;
    struct ppt_error error = {""};

    require(ppt_pressure_stop(pressure, &pressed, &error), &error);
    return pressed;
}

static unsigned all_cpus(void)
{
    cpu_set_t set;

    assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
    return (unsigned)CPU_COUNT(&set);
}

/* Resources that can be pressed on beside a task of one worker in a folder on a disk. */
static bool can_press(int resource)
{
    struct ppt_error error = {""};
    struct setting setting = set_up(1);
    const struct ppt_pressing pressing = pressing_on(&setting, resource);
    struct ppt_pressure *pressure = NULL;
    const enum ppt_status status = ppt_pressure_start(&pressing, &pressure, &error);

    if (status == PPT_OK) {
        stop(pressure);
    }
    tear_down(&setting);
    assert_true(status == PPT_OK || status == PPT_UNSUPPORTED);
    return status == PPT_OK;
}

static unsigned count_entries(const char *folder)
{
    DIR *entries = opendir(folder);
    unsigned count = 0;

    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(entries);
    return count;
}

/* Pages that are mapped. */
static long mapped(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld", &pages), 1);
    fclose(file);
    return pages;
}

/* What /proc says of a thread: the text behind a name and its tab. */
static void thread_fact(const char *thread, const char *name, char out[256])
{
    char path[300], line[512];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/task/%s/status", thread);
    file = fopen(path, "r");
    assert_non_null(file);
    out[0] = '\0';
    while (fgets(line, sizeof(line), file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(out, 256, "%s", line + strlen(name) + 2);
        }
    }
    fclose(file);
    assert_true(out[0] != '\0');
}

/* Each thread but the test's own has one CPU alone, of the expected ones, no two the same, and is
 * deaf to all that can be blocked. */
static void check_threads(hwloc_const_bitmap_t expected)
{
    hwloc_bitmap_t seen = hwloc_bitmap_alloc();
    DIR *threads = opendir("/proc/self/task");
    char own[16], cpus[256], blocked[256];

    snprintf(own, sizeof(own), "%d", (int)getpid());
    assert_non_null(threads);
    for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, own) == 0) {
            continue;
        }
        thread_fact(entry->d_name, "Cpus_allowed_list", cpus);
        assert_int_equal(strspn(cpus, "0123456789"), strlen(cpus));
        assert_false(hwloc_bitmap_isset(seen, (unsigned)atoi(cpus)));
        hwloc_bitmap_set(seen, (unsigned)atoi(cpus));
        thread_fact(entry->d_name, "SigBlk", blocked);
        const unsigned long long mask = strtoull(blocked, NULL, 16);
        assert_true(mask >> (SIGINT - 1) & 1 && mask >> (SIGTERM - 1) & 1 &&
                    mask >> (SIGXFSZ - 1) & 1 && mask >> (SIGRTMAX - 1) & 1);
    }
    closedir(threads);
    assert_true(hwloc_bitmap_isequal(seen, expected));
    hwloc_bitmap_free(seen);
}

static void spin_ns(int64_t ns)
{
    for (const int64_t end = ppt_clock_ns() + ns; ppt_clock_ns() < end;) {
    }
}

static void each_presses_where_it_should_and_leaves_nothing(void **state)
{
    unsigned pressed_on = 0;

    (void)state;
    for (int r = PPT_RESOURCE_NONE + 1; r < PPT_RESOURCE_COUNT; r++) {
        if (!can_press(r)) { /* and the C library has kept what stacks it wants to keep */
            continue;
        }
        struct setting setting = set_up(1);
        hwloc_bitmap_t expected = hwloc_bitmap_dup(setting.binding.sets[0]);
        const unsigned files = count_entries("/proc/self/fd");
        const long pages = mapped();

        if (!ppt_resources[r].own_cpus) {
            hwloc_bitmap_andnot(
                expected, hwloc_topology_get_topology_cpuset(setting.binding.topology), expected);
        }
        struct ppt_pressure *pressure = start(&setting, r);
        check_threads(expected);
        ppt_pressure_mark(pressure);
        ppt_clock_sleep(0.05, NULL);
        const struct ppt_pressed pressed = stop(pressure);
        assert_true(pressed.alone > 0);
        assert_true(pressed.beside > 0);
        assert_true(pressed.used.user_ns + pressed.used.system_ns > 0 || r == PPT_RESOURCE_DISK);
        assert_int_equal(count_entries("/proc/self/task"), 1);
        assert_int_equal(count_entries("/proc/self/fd"), files);
        assert_int_equal(count_entries("."), 0);
        assert_int_equal(mapped(), pages);
        hwloc_bitmap_free(expected);
        tear_down(&setting);
        pressed_on++;
    }
    assert_true(pressed_on >= 1);
}

/* Only what is done between mark and stop is done beside the pass: there the CPU has to be shared.
 * Others may take it at any time, so that one try in several has to show it. */
static void what_was_done_before_the_mark_does_not_count(void **state)
{
    struct setting setting = set_up(1);
    double kept = 1;

    (void)state;
    ppt_binding_apply(&setting.binding, 0);
    for (int i = 0; i < 20 && kept > 0.7; i++) {
        struct ppt_pressure *pressure = start(&setting, PPT_RESOURCE_CPU);

        ppt_clock_sleep(0.2, NULL); /* alone, for much longer than beside */
        ppt_pressure_mark(pressure);
        spin_ns(60000000);
        const struct ppt_pressed pressed = stop(pressure);
        kept = pressed.beside / pressed.alone;
    }
    assert_true(kept <= 0.7 && kept > 0.01);
    ppt_binding_restore(&setting.binding);
    tear_down(&setting);
}

static void without_a_mark_nothing_is_used_beside_it(void **state)
{
    struct setting setting = set_up(1);
    const struct ppt_pressed pressed = stop(start(&setting, PPT_RESOURCE_CPU));
    struct ppt_pressed none = stop(NULL);

    (void)state;
    assert_true(pressed.beside == pressed.alone);
    assert_int_equal(pressed.used.user_ns, 0);
    assert_true(none.alone == 0 && none.beside == 0);
    tear_down(&setting);
}

/* One way takes more than a cycle and less than any machine's memory. */
static void a_line_is_handed_over(void **state)
{
    struct setting setting = set_up(1);
    const int task = hwloc_bitmap_first(setting.binding.sets[0]);

    (void)state;
    for (int r = PPT_RESOURCE_NONE + 1; r < PPT_RESOURCE_COUNT; r++) {
        if (can_press(r)) {
            const struct ppt_pressed pressed = stop(start(&setting, r));

            assert_true(ppt_resources[r].through_cache || pressed.handover_ns == 0);
        }
    }
    hwloc_bitmap_t others =
        hwloc_bitmap_dup(hwloc_topology_get_topology_cpuset(setting.binding.topology));
    hwloc_bitmap_clr(others, (unsigned)task);
    if (!hwloc_bitmap_iszero(others)) {
        const double ns = ppt_handover_ns((unsigned)task, (unsigned)hwloc_bitmap_first(others));

        assert_true((ns > 1 && ns < 5000) || ns == PPT_HANDOVER_UNKNOWN_NS);
    }
    assert_int_equal(count_entries("/proc/self/task"), 1);
    hwloc_bitmap_free(others);
    tear_down(&setting);
}

static void refuse(const struct ppt_pressing *pressing, const char *reason)
{
    struct ppt_error error = {""};
    struct ppt_pressure *pressure = NULL;

    assert_int_equal(ppt_pressure_start(pressing, &pressure, &error), PPT_UNSUPPORTED);
    assert_null(pressure);
    if (!strstr(error.text, reason) ||
        !strstr(error.text, ppt_resources[pressing->resource].words)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(count_entries("/proc/self/task"), 1);
    assert_int_equal(count_entries("."), 0);
}

static void refuses_what_no_free_cpu_can_press_on(void **state)
{
    struct setting all = set_up(all_cpus()), one = set_up(1);
    struct ppt_pressing pressing;

    (void)state;
    for (int r = PPT_RESOURCE_NONE + 1; r < PPT_RESOURCE_COUNT; r++) {
        pressing = pressing_on(&all, r);
        if (!ppt_resources[r].own_cpus) {
            refuse(&pressing, "use every CPU");
        }
    }
    /* On their own CPUs they can always be pressed on. */
    stop(start(&all, PPT_RESOURCE_CPU));
    if (all_cpus() > 1) {
        pressing = pressing_on(&one, PPT_RESOURCE_MEMORY);
        pressing.most_cpus = 1;
        refuse(&pressing, "quota");
    }
    tear_down(&all);
    tear_down(&one);
}

static void a_quota_leaves_some(void **state)
{
    struct setting setting = set_up(1);
    struct ppt_pressing pressing = pressing_on(&setting, PPT_RESOURCE_CORE);
    struct ppt_pressure *pressure = NULL;
    struct ppt_error error = {""};

    (void)state;
    if (all_cpus() < 2) {
        skip();
    }
    pressing.most_cpus = 2;
    require(ppt_pressure_start(&pressing, &pressure, &error), &error);
    assert_int_equal(count_entries("/proc/self/task"), 2);
    stop(pressure);
    tear_down(&setting);
}

static void refuses_workers_that_are_anywhere(void **state)
{
    struct setting setting = set_up(1);
    struct ppt_binding nowhere = {.workers = 1};
    struct ppt_pressing pressing = pressing_on(&setting, PPT_RESOURCE_CPU);

    (void)state;
    pressing.task = &nowhere;
    refuse(&pressing, "bound to no CPUs");
    tear_down(&setting);
    assert_int_equal(setenv("HWLOC_SYNTHETIC", "pack:1 core:8 pu:1", 1), 0);
    setting = set_up(1);
    pressing = pressing_on(&setting, PPT_RESOURCE_MEMORY);
    refuse(&pressing, "another machine");
    tear_down(&setting);
    assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
}

/* As if each CPU of this machine had caches of its own, or two had one. */
static void presses_on_a_cache_that_is_shared(void **state)
{
    struct setting setting;
    struct ppt_pressing pressing;

    (void)state;
    if (all_cpus() < 2) {
        skip();
    }
    assert_int_equal(setenv("HWLOC_THISSYSTEM", "1", 1), 0);
    assert_int_equal(setenv("HWLOC_SYNTHETIC", "pack:1 l3:2(size=8388608) core:1 pu:1", 1), 0);
    setting = set_up(1);
    pressing = pressing_on(&setting, PPT_RESOURCE_CACHE);
    refuse(&pressing, "shares a cache");
    stop(start(&setting, PPT_RESOURCE_CORE));
    tear_down(&setting);
    assert_int_equal(setenv("HWLOC_SYNTHETIC", "pack:1 l3:1(size=8388608) core:2 pu:1", 1), 0);
    setting = set_up(1);
    struct ppt_pressure *pressure = start(&setting, PPT_RESOURCE_CACHE);
    assert_int_equal(count_entries("/proc/self/task"), 2);
    stop(pressure);
    tear_down(&setting);
    assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
    assert_int_equal(unsetenv("HWLOC_THISSYSTEM"), 0);
}

static void refuses_a_disk_that_is_memory(void **state)
{
    struct setting setting = set_up(1);
    struct ppt_pressing pressing = pressing_on(&setting, PPT_RESOURCE_DISK);
    struct ppt_error error = {""};
    struct ppt_folder memory = {0};

    (void)state;
    if (all_cpus() < 2 || access("/dev/shm", W_OK) != 0) {
        skip();
    }
    require(ppt_folder_open("/dev/shm", &memory, &error), &error);
    pressing.scratch = &memory;
    refuse(&pressing, "is in memory");
    ppt_folder_close(&memory);
    tear_down(&setting);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A file that may not grow stands for a disk that is full. */
static void tells_of_threads_that_could_not_go_on(void **state)
{
    struct setting setting = set_up(1);
    const struct ppt_pressing pressing = pressing_on(&setting, PPT_RESOURCE_DISK);
    struct ppt_pressure *pressure = NULL;
    struct ppt_pressed pressed;
    struct ppt_error error = {""};

    (void)state;
    if (!can_press(PPT_RESOURCE_DISK)) {
        skip();
    }
    limit_files(0);
    assert_int_equal(ppt_pressure_start(&pressing, &pressure, &error), PPT_FAILED);
    limit_files(RLIM_INFINITY);
    assert_null(pressure);
    assert_non_null(strstr(error.text, "the disk"));
    assert_non_null(strstr(error.text, "File too large"));
    assert_int_equal(count_entries("/proc/self/task"), 1);
    assert_int_equal(count_entries("."), 0);

    pressure = start(&setting, PPT_RESOURCE_DISK);
    ppt_pressure_mark(pressure);
    limit_files(0);
    ppt_clock_sleep(0.1, NULL);
    limit_files(RLIM_INFINITY);
    assert_int_equal(ppt_pressure_stop(pressure, &pressed, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "File too large"));
    assert_int_equal(count_entries("."), 0);
    tear_down(&setting);
}

static void resources_have_their_names(void **state)
{
    (void)state;
    for (int r = PPT_RESOURCE_NONE + 1; r < PPT_RESOURCE_COUNT; r++) {
        assert_int_equal(ppt_resource_find(ppt_resources[r].name), r);
        assert_true(ppt_resources[r].words && ppt_resources[r].cause && ppt_resources[r].unit &&
                    ppt_resources[r].advice);
    }
    assert_int_equal(ppt_resource_find(""), PPT_RESOURCE_NONE);
    assert_int_equal(ppt_resource_find("clock"), PPT_RESOURCE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_handed_over),
        cmocka_unit_test(resources_have_their_names),
        PLACED(each_presses_where_it_should_and_leaves_nothing),
        PLACED(what_was_done_before_the_mark_does_not_count),
        PLACED(without_a_mark_nothing_is_used_beside_it),
        PLACED(refuses_what_no_free_cpu_can_press_on),
        PLACED(a_quota_leaves_some),
        PLACED(refuses_workers_that_are_anywhere),
        PLACED(presses_on_a_cache_that_is_shared),
        PLACED(refuses_a_disk_that_is_memory),
        PLACED(tells_of_threads_that_could_not_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
