/*
 * Limits of control groups, on trees of files made for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cgroup.h"
#include "file.h"
#include "place.h"

#define PATH 512
#define MIB (UINT64_C(1) << 20)

/* Writes a file with the folders it is in. */
static void put(const char *path, const char *text)
{
    struct ppt_error error = {""};
    char folder[PATH];

    snprintf(folder, sizeof(folder), "%s", path);
    if (strrchr(folder, '/')) {
        *strrchr(folder, '/') = '\0';
        assert_int_equal(ppt_file_make_folders(folder, &error), PPT_OK);
    }
    assert_int_equal(ppt_file_write(path, text, strlen(text), &error), PPT_OK);
}

static struct ppt_cgroup read_tree(const char *membership)
{
    put("membership", membership);
    return ppt_cgroup_read("membership", "root");
}

static void check_cpus(const char *membership, double cpus)
{
    const struct ppt_cgroup group = read_tree(membership);

    if (group.cpus < cpus - 1e-9 || group.cpus > cpus + 1e-9) {
        fail_msg("%g CPUs, not %g", group.cpus, cpus);
    }
}

static void check_memory(const char *membership, uint64_t bytes)
{
    const struct ppt_cgroup group = read_tree(membership);

    if (group.memory_bytes != bytes) {
        fail_msg("%llu bytes, not %llu", (unsigned long long)group.memory_bytes,
                 (unsigned long long)bytes);
    }
}

/* ---- version 2 ---- */

static void quota_of_the_own_group(void **state)
{
    (void)state;
    put("root/a/b/cpu.max", "150000 100000\n");
    check_cpus("0::/a/b\n", 1.5);
    put("root/a/b/cpu.max", "20000 50000\n");
    check_cpus("0::/a/b\n", 0.4);
    put("root/a/b/cpu.max", "max 100000\n");
    check_cpus("0::/a/b\n", 0);
}

static void quota_of_a_group_above(void **state)
{
    (void)state;
    put("root/a/cpu.max", "200000 100000\n");
    put("root/a/b/cpu.max", "max 100000\n");
    put("root/a/b/c/cpu.max", "max 100000\n");
    put("root/other/cpu.max", "1000 100000\n"); /* is none of ours */
    put("root/ab/cpu.max", "1000 100000\n");
    check_cpus("0::/a/b/c\n", 2);
    check_cpus("0::/a\n", 2);
}

static void the_smallest_of_nested_quotas_counts(void **state)
{
    (void)state;
    put("root/a/cpu.max", "200000 100000\n");
    put("root/a/b/cpu.max", "600000 200000\n");
    check_cpus("0::/a/b\n", 2);
    put("root/a/b/cpu.max", "50000 100000\n");
    check_cpus("0::/a/b\n", 0.5);
    put("root/cpu.max", "25000 100000\n");
    check_cpus("0::/a/b\n", 0.25);
}

static void no_files_are_no_limit(void **state)
{
    struct ppt_cgroup group;

    (void)state;
    check_cpus("0::/a/b\n", 0);
    check_memory("0::/a/b\n", UINT64_MAX);
    put("root/a/b/unrelated", "");
    check_cpus("0::/a/b\n", 0);
    check_cpus("0::/\n", 0);
    check_cpus("", 0);
    check_cpus("nonsense\n\n::\n0:\n", 0);
    group = ppt_cgroup_read("no-such-file", "root");
    assert_true(group.cpus == 0.0);
    assert_true(group.memory_bytes == UINT64_MAX);
}

static void unreadable_contents_are_no_limit(void **state)
{
    static const char *const texts[] = {"",           "\n",          "x y\n", "max\n",
                                        "100000 0\n", "-1 100000\n", "0 0\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        put("root/a/cpu.max", texts[i]);
        check_cpus("0::/a\n", 0);
    }
    put("root/a/memory.max", "nonsense\n");
    check_memory("0::/a\n", UINT64_MAX);
}

static void memory_that_is_left(void **state)
{
    (void)state;
    put("root/a/b/memory.max", "104857600\n");
    put("root/a/b/memory.current", "31457280\n");
    check_memory("0::/a/b\n", 70 * MIB);
    put("root/a/b/memory.max", "max\n");
    check_memory("0::/a/b\n", UINT64_MAX);
    put("root/a/memory.max", "52428800\n");
    put("root/a/memory.current", "41943040\n");
    check_memory("0::/a/b\n", 10 * MIB);
    put("root/a/b/memory.max", "36700160\n"); /* 5 MiB are left below, 10 MiB above */
    check_memory("0::/a/b\n", 5 * MIB);
    put("root/a/b/memory.current", "41943040\n"); /* is over its limit */
    check_memory("0::/a/b\n", 0);
}

/* In a container the path of the host may not be there, and the tree's root is its own group. */
static void a_path_outside_the_container(void **state)
{
    (void)state;
    put("root/cpu.max", "300000 100000\n");
    put("root/memory.max", "104857600\n");
    put("root/memory.current", "4857600\n");
    check_cpus("0::/docker/0123456789abcdef\n", 3);
    check_memory("0::/docker/0123456789abcdef\n", 100000000);
    check_cpus("0::/../../elsewhere\n", 3);
    check_cpus("0::/\n", 3);
}

/* A path as deep as a kernel allows, and a name with a colon. */
static void odd_paths(void **state)
{
    char membership[5000] = "0::";

    (void)state;
    put("root/a:b/c d/cpu.max", "100000 100000\n");
    check_cpus("0::/a:b/c d\n", 1);
    for (size_t i = 0; i < 1000; i++) {
        strcat(membership, "/dir");
    }
    strcat(membership, "\n");
    put("root/dir/cpu.max", "250000 100000\n");
    check_cpus(membership, 2.5);
}

/* ---- version 1 ---- */

/* Controllers that share a folder also have one each by name, as systemd and container engines set
 * it up. */
static void combine_cpu_and_cpuacct(void)
{
    put("root/cpu,cpuacct/tasks", "");
    assert_int_equal(symlink("cpu,cpuacct", "root/cpu"), 0);
    assert_int_equal(symlink("cpu,cpuacct", "root/cpuacct"), 0);
}

static void quota_of_version_1(void **state)
{
    static const char membership[] = "12:pids:/x\n4:cpu,cpuacct:/a/b\n1:name=systemd:/y\n";

    (void)state;
    combine_cpu_and_cpuacct();
    put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "250000\n");
    put("root/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
    check_cpus(membership, 2.5);
    put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
    check_cpus(membership, 0);
    put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n");
    put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    check_cpus(membership, 0.5);
    put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "40000\n");
    check_cpus(membership, 0.4);
}

static void controllers_by_themselves(void **state)
{
    (void)state;
    put("root/cpu/a/cpu.cfs_quota_us", "300000\n");
    put("root/cpu/a/cpu.cfs_period_us", "200000\n");
    put("root/cpuset/b/cpu.cfs_quota_us", "1000\n");
    put("root/cpuset/b/cpu.cfs_period_us", "100000\n");
    check_cpus("2:cpuset:/b\n3:cpuacct:/b\n4:cpu:/a\n", 1.5);
}

static void memory_of_version_1(void **state)
{
    static const char membership[] = "5:memory:/a/b\n4:cpu,cpuacct:/\n";

    (void)state;
    put("root/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"); /* is no limit */
    put("root/memory/a/b/memory.usage_in_bytes", "1048576\n");
    assert_true(read_tree(membership).memory_bytes > UINT64_C(1) << 60);
    put("root/memory/a/memory.limit_in_bytes", "104857600\n");
    put("root/memory/a/memory.usage_in_bytes", "4194304\n");
    check_memory(membership, 96 * MIB);
}

static void version_1_outside_the_container(void **state)
{
    (void)state;
    combine_cpu_and_cpuacct();
    put("root/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
    put("root/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put("root/memory/memory.limit_in_bytes", "52428800\n");
    put("root/memory/memory.usage_in_bytes", "2097152\n");
    check_cpus("4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/docker/abc\n", 1.5);
    check_memory("4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n", 48 * MIB);
}

/* Version 1 with the tree of version 2 beside it, as systemd's hybrid mode has it. */
static void both_versions_at_once(void **state)
{
    static const char membership[] = "4:cpu,cpuacct:/a\n5:memory:/a\n0::/a\n";

    (void)state;
    combine_cpu_and_cpuacct();
    put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    put("root/memory/a/memory.limit_in_bytes", "2097152\n");
    put("root/memory/a/memory.usage_in_bytes", "1048576\n");
    check_cpus(membership, 2);
    check_memory(membership, MIB);
}

/* ---- throttling ---- */

static int64_t throttled(const char *membership)
{
    put("membership", membership);
    return ppt_cgroup_throttled_ns("membership", "root");
}

static void throttled_time_of_version_2(void **state)
{
    (void)state;
    assert_true(throttled("0::/a/b\n") == -1);
    put("root/a/b/cpu.max", "150000 100000\n");
    put("root/a/b/cpu.stat", "usage_usec 100\nuser_usec 60\nsystem_usec 40\nnr_periods 9\n"
                             "nr_throttled 3\nthrottled_usec 1234\n");
    assert_true(throttled("0::/a/b\n") == 1234000);
}

static void throttled_time_of_a_group_above(void **state)
{
    (void)state;
    put("root/a/cpu.max", "150000 100000\n");
    put("root/a/cpu.stat", "usage_usec 100\nnr_throttled 3\nthrottled_usec 77\n");
    put("root/a/b/cpu.max", "max 100000\n");
    put("root/a/b/cpu.stat", "usage_usec 100\nnr_throttled 0\nthrottled_usec 0\n");
    assert_true(throttled("0::/a/b\n") == 77000);
}

static void throttled_time_of_version_1(void **state)
{
    static const char membership[] = "4:cpu,cpuacct:/a\n";

    (void)state;
    combine_cpu_and_cpuacct();
    put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    put("root/cpu,cpuacct/a/cpu.stat", "nr_periods 5\nnr_throttled 2\nthrottled_time 98765\n");
    assert_true(throttled(membership) == 98765); /* nanoseconds already */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, place_enter, place_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(quota_of_the_own_group),
        TEST(quota_of_a_group_above),
        TEST(the_smallest_of_nested_quotas_counts),
        TEST(no_files_are_no_limit),
        TEST(unreadable_contents_are_no_limit),
        TEST(memory_that_is_left),
        TEST(a_path_outside_the_container),
        TEST(odd_paths),
        TEST(quota_of_version_1),
        TEST(controllers_by_themselves),
        TEST(memory_of_version_1),
        TEST(version_1_outside_the_container),
        TEST(both_versions_at_once),
        TEST(throttled_time_of_version_2),
        TEST(throttled_time_of_a_group_above),
        TEST(throttled_time_of_version_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
