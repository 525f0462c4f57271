/*
 * Limits of control groups, on trees of files made for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "host.h"
#include "place.h"
#include "unit.h"

#define PATH 512
#define MIB (UINT64_C(1) << 20)

/* Mounts of any kind, the hierarchies among them; a blank in a path is \\040. */
#define OTHER_MOUNTS                                                                               \
    "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw\n"                                     \
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,cgroup\n"
#define MOUNT_V2(root, point) "41 31 0:38 " root " " point " rw shared:9 - cgroup2 cgroup2 rw\n"
#define MOUNT_V1(root, point, controllers)                                                         \
    "33 31 0:30 " root " " point " rw,relatime shared:7 master:1 - cgroup cgroup rw," controllers  \
    "\n"

/* As nearly every machine has them: the one or the others are empty or not there. */
static const char usual_mounts[] = OTHER_MOUNTS MOUNT_V2("/", "root")
    MOUNT_V1("/", "root/cpu", "cpu,cpuacct") MOUNT_V1("/", "root/cpuset", "cpuset")
        MOUNT_V1("/", "root/memory", "memory") MOUNT_V1("/", "root/systemd", "xattr,name=systemd");

static struct ppt_cgroup read_mounted(const char *mounts, const char *membership)
{
    place_put("mounts", mounts);
    place_put("membership", membership);
    return ppt_cgroup_read("mounts", "membership");
}

static struct ppt_cgroup read_tree(const char *membership)
{
    return read_mounted(usual_mounts, membership);
}

static void check_cpus(const char *membership, double cpus)
{
    const struct ppt_cgroup group = read_tree(membership);

    if (group.quota_cpus < cpus - 1e-9 || group.quota_cpus > cpus + 1e-9) {
        fail_msg("%g CPUs, not %g", group.quota_cpus, cpus);
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
    place_put("root/a/b/cpu.max", "150000 100000\n");
    check_cpus("0::/a/b\n", 1.5);
    place_put("root/a/b/cpu.max", "20000 50000\n");
    check_cpus("0::/a/b\n", 0.4);
    place_put("root/a/b/cpu.max", "max 100000\n");
    check_cpus("0::/a/b\n", 0);
}

static void quota_of_a_group_above(void **state)
{
    (void)state;
    place_put("root/a/cpu.max", "200000 100000\n");
    place_put("root/a/b/cpu.max", "max 100000\n");
    place_put("root/a/b/c/cpu.max", "max 100000\n");
    place_put("root/other/cpu.max", "1000 100000\n"); /* is none of ours */
    place_put("root/ab/cpu.max", "1000 100000\n");
    check_cpus("0::/a/b/c\n", 2);
    check_cpus("0::/a\n", 2);
}

static void the_smallest_of_nested_quotas_counts(void **state)
{
    (void)state;
    place_put("root/a/cpu.max", "200000 100000\n");
    place_put("root/a/b/cpu.max", "600000 200000\n");
    check_cpus("0::/a/b\n", 2);
    place_put("root/a/b/cpu.max", "50000 100000\n");
    check_cpus("0::/a/b\n", 0.5);
    place_put("root/cpu.max", "25000 100000\n");
    check_cpus("0::/a/b\n", 0.25);
}

static void no_files_are_no_limit(void **state)
{
    struct ppt_cgroup group;

    (void)state;
    check_cpus("0::/a/b\n", 0);
    check_memory("0::/a/b\n", UINT64_MAX);
    place_put("root/a/b/unrelated", "");
    check_cpus("0::/a/b\n", 0);
    check_cpus("0::/\n", 0);
    check_cpus("", 0);
    check_cpus("nonsense\n\n::\n0:\n", 0);
    group = ppt_cgroup_read("no-such-file", "membership");
    assert_true(group.quota_cpus == 0.0);
    assert_int_equal(group.cpuset_cpus, 0);
    assert_true(group.memory_bytes == UINT64_MAX);
    group = ppt_cgroup_read("mounts", "no-such-file");
    assert_true(group.quota_cpus == 0.0);
    place_put("root/cpu.max", "100000 100000\n");
    check_cpus("0::/a/b\n", 1);
    assert_true(read_mounted("", "0::/a/b\n").quota_cpus == 0.0);
    assert_true(read_mounted("nonsense\n - \n1 2 3 - cgroup2 x y\n", "0::/\n").quota_cpus == 0.0);
}

static void unreadable_contents_are_no_limit(void **state)
{
    static const char *const texts[] = {"",           "\n",          "x y\n", "max\n",
                                        "100000 0\n", "-1 100000\n", "0 0\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        place_put("root/a/cpu.max", texts[i]);
        check_cpus("0::/a\n", 0);
    }
    place_put("root/a/memory.max", "nonsense\n");
    check_memory("0::/a\n", UINT64_MAX);
}

static void memory_that_is_left(void **state)
{
    (void)state;
    place_put("root/a/b/memory.max", "104857600\n");
    place_put("root/a/b/memory.current", "31457280\n");
    check_memory("0::/a/b\n", 70 * MIB);
    place_put("root/a/b/memory.stat",
              "anon 1\nfile 2\ninactive_file 10485760\nactive_file 5242880\n");
    check_memory("0::/a/b\n", 85 * MIB); /* what files left there can be had back */
    assert_int_equal(unlink("root/a/b/memory.stat"), 0);
    place_put("root/a/b/memory.max", "max\n");
    check_memory("0::/a/b\n", UINT64_MAX);
    place_put("root/a/memory.max", "52428800\n");
    place_put("root/a/memory.current", "41943040\n");
    check_memory("0::/a/b\n", 10 * MIB);
    place_put("root/a/b/memory.max", "36700160\n"); /* 5 MiB are left below, 10 MiB above */
    check_memory("0::/a/b\n", 5 * MIB);
    place_put("root/a/b/memory.current", "41943040\n"); /* is over its limit */
    check_memory("0::/a/b\n", 0);
}

/* In a container the path of the host may not be there, and the tree's root is its own group. */
static void a_path_outside_the_container(void **state)
{
    (void)state;
    place_put("root/cpu.max", "300000 100000\n");
    place_put("root/memory.max", "104857600\n");
    place_put("root/memory.current", "4857600\n");
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
    place_put("root/a:b/c d/cpu.max", "100000 100000\n");
    check_cpus("0::/a:b/c d\n", 1);
    for (size_t i = 0; i < 1000; i++) {
        strcat(membership, "/dir");
    }
    strcat(membership, "\n");
    place_put("root/dir/cpu.max", "250000 100000\n");
    check_cpus(membership, 2.5);
}

/* ---- version 1 ---- */

/* Controllers that share a folder also have one each by name, as systemd and container engines set
 * it up. */
static void combine_cpu_and_cpuacct(void)
{
    place_put("root/cpu,cpuacct/tasks", "");
    assert_int_equal(symlink("cpu,cpuacct", "root/cpu"), 0);
    assert_int_equal(symlink("cpu,cpuacct", "root/cpuacct"), 0);
}

static void quota_of_version_1(void **state)
{
    static const char membership[] = "12:pids:/x\n4:cpu,cpuacct:/a/b\n1:name=systemd:/y\n";

    (void)state;
    combine_cpu_and_cpuacct();
    place_put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "250000\n");
    place_put("root/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
    check_cpus(membership, 2.5);
    place_put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
    check_cpus(membership, 0);
    place_put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n");
    place_put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    check_cpus(membership, 0.5);
    place_put("root/cpu,cpuacct/a/b/cpu.cfs_quota_us", "40000\n");
    check_cpus(membership, 0.4);
}

static void controllers_by_themselves(void **state)
{
    (void)state;
    place_put("root/cpu/a/cpu.cfs_quota_us", "300000\n");
    place_put("root/cpu/a/cpu.cfs_period_us", "200000\n");
    place_put("root/cpuset/b/cpu.cfs_quota_us", "1000\n");
    place_put("root/cpuset/b/cpu.cfs_period_us", "100000\n");
    check_cpus("2:cpuset:/b\n3:cpuacct:/b\n4:cpu:/a\n", 1.5);
}

static void memory_of_version_1(void **state)
{
    static const char membership[] = "5:memory:/a/b\n4:cpu,cpuacct:/\n";

    (void)state;
    place_put("root/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"); /* is no limit */
    place_put("root/memory/a/b/memory.usage_in_bytes", "1048576\n");
    assert_true(read_tree(membership).memory_bytes > UINT64_C(1) << 60);
    place_put("root/memory/a/memory.limit_in_bytes", "104857600\n");
    place_put("root/memory/a/memory.usage_in_bytes", "4194304\n");
    check_memory(membership, 96 * MIB);
}

static void version_1_outside_the_container(void **state)
{
    (void)state;
    combine_cpu_and_cpuacct();
    place_put("root/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
    place_put("root/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    place_put("root/memory/memory.limit_in_bytes", "52428800\n");
    place_put("root/memory/memory.usage_in_bytes", "2097152\n");
    check_cpus("4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/docker/abc\n", 1.5);
    check_memory("4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n", 48 * MIB);
}

/* Version 1 with the tree of version 2 beside it, as systemd's hybrid mode has it. */
static void both_versions_at_once(void **state)
{
    static const char membership[] = "4:cpu,cpuacct:/a\n5:memory:/a\n0::/a\n";

    (void)state;
    combine_cpu_and_cpuacct();
    place_put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    place_put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    place_put("root/memory/a/memory.limit_in_bytes", "2097152\n");
    place_put("root/memory/a/memory.usage_in_bytes", "1048576\n");
    check_cpus(membership, 2);
    check_memory(membership, MIB);
}

/* ---- where hierarchies are mounted ---- */

static void mounted_anywhere(void **state)
{
    static const char v1[] = OTHER_MOUNTS MOUNT_V1("/", "dev/some\\040where", "cpuacct,cpu")
        MOUNT_V1("/", "dev/mem", "memory");
    static const char v2[] = OTHER_MOUNTS MOUNT_V2("/", "unified");
    struct ppt_cgroup group;

    (void)state;
    place_put("dev/some where/a/cpu.cfs_quota_us", "150000\n");
    place_put("dev/some where/a/cpu.cfs_period_us", "100000\n");
    place_put("dev/mem/b/memory.limit_in_bytes", "3145728\n");
    place_put("dev/mem/b/memory.usage_in_bytes", "1048576\n");
    group = read_mounted(v1, "2:memory:/b\n1:cpuacct,cpu:/a\n");
    assert_true(group.quota_cpus == 1.5);
    assert_true(group.memory_bytes == 2 * MIB);
    place_put("unified/a/cpu.max", "50000 100000\n");
    group = read_mounted(v2, "0::/a\n");
    assert_true(group.quota_cpus == 0.5);
    /* Nothing is read of a version that the process is in, but that is not mounted. */
    assert_true(read_mounted(v1, "0::/a\n").quota_cpus == 0.0);
    assert_true(read_mounted(v2, "1:cpu:/a\n").quota_cpus == 0.0);
}

/* A container that sees its own group as the top folder, by the host's path. */
static void mounted_from_a_group_on(void **state)
{
    static const char mounts[] = MOUNT_V1("/docker/abc", "root/cpu", "cpu");

    (void)state;
    place_put("root/cpu/cpu.cfs_quota_us", "300000\n");
    place_put("root/cpu/cpu.cfs_period_us", "100000\n");
    place_put("root/cpu/job/cpu.cfs_quota_us", "200000\n");
    place_put("root/cpu/job/cpu.cfs_period_us", "100000\n");
    place_put("root/cpu/docker/abc/cpu.cfs_quota_us",
              "100000\n"); /* a group that has such a name */
    place_put("root/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
    assert_true(read_mounted(mounts, "1:cpu:/docker/abc\n").quota_cpus == 3.0);
    assert_true(read_mounted(mounts, "1:cpu:/docker/abc/job\n").quota_cpus == 2.0);
    assert_true(read_mounted(mounts, "1:cpu:/docker/abc/docker/abc\n").quota_cpus == 1.0);
    /* Of another namespace, or another group whose name only begins alike. */
    assert_true(read_mounted(mounts, "1:cpu:/job\n").quota_cpus == 3.0);
    assert_true(read_mounted(mounts, "1:cpu:/docker/abcdef/job\n").quota_cpus == 3.0);
}

/* Mounted twice: where most of the groups above are to be seen. */
static void mounted_more_than_once(void **state)
{
    static const char mounts[] =
        MOUNT_V2("/other", "d") MOUNT_V2("/a/b", "b") MOUNT_V2("/a", "a") MOUNT_V2("/a/b/c", "c");

    (void)state;
    place_put("a/cpu.max", "100000 100000\n");
    place_put("b/cpu.max", "200000 100000\n");
    place_put("c/cpu.max", "300000 100000\n");
    place_put("d/cpu.max", "50000 100000\n");
    assert_true(read_mounted(mounts, "0::/a/b/c\n").quota_cpus == 1.0);
    assert_true(read_mounted(mounts, "0::/other\n").quota_cpus == 0.5);
}

/* ---- cpusets ---- */

static void check_cpuset(const char *membership, unsigned cpus)
{
    assert_int_equal(read_tree(membership).cpuset_cpus, cpus);
}

static void cpuset_of_version_2(void **state)
{
    (void)state;
    place_put("root/a/b/cpuset.cpus", "0-7\n"); /* wished for */
    place_put("root/a/b/cpuset.cpus.effective", "0-2,5,8-9\n");
    check_cpuset("0::/a/b\n", 6);
    place_put("root/a/cpuset.cpus.effective", "1-2\n");
    check_cpuset("0::/a/b\n", 2);
    place_put("root/cpuset.cpus.effective", "0-63\n");
    check_cpuset("0::/a/b\n", 2);
    check_cpuset("0::/none\n", 64);
}

static void cpuset_of_version_1(void **state)
{
    static const char membership[] = "3:cpuset:/a\n1:cpu:/b\n";

    (void)state;
    place_put("root/cpuset/a/cpuset.cpus", "0-3\n");
    check_cpuset(membership, 4);
    place_put("root/cpuset/a/cpuset.effective_cpus", "2\n");
    check_cpuset(membership, 1);
    place_put("root/cpuset/b/cpuset.effective_cpus", "0-1\n"); /* is none of ours */
    place_put("root/cpuset/a/cpuset.effective_cpus", "0-2\n");
    check_cpuset(membership, 3);
}

static void broken_cpusets_are_no_limit(void **state)
{
    static const char *const texts[] = {"", "\n", "x\n", "max\n", "0-\n", "-\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        place_put("root/a/cpuset.cpus.effective", texts[i]);
        check_cpuset("0::/a\n", 0);
    }
}

/* The machine's, then those that a process may use, the group's set and quota. */
static void effective_cpus_are_the_smallest_number(void **state)
{
    (void)state;
    assert_int_equal(ppt_host_effective_cpus(8, 0, 0), 8);
    assert_int_equal(ppt_host_effective_cpus(8, 16, 64), 8);
    assert_int_equal(ppt_host_effective_cpus(8, 3, 0), 3);
    assert_int_equal(ppt_host_effective_cpus(8, 3, 2.5), 3);
    assert_int_equal(ppt_host_effective_cpus(8, 3, 2), 2);
    assert_int_equal(ppt_host_effective_cpus(8, 0, 0.5), 1);
    assert_int_equal(ppt_host_effective_cpus(8, 0, 1.01), 2);
    assert_int_equal(ppt_host_effective_cpus(1, 4, 2), 1);
}

/* ---- throttling ---- */

static int64_t throttled(const char *membership)
{
    place_put("mounts", usual_mounts);
    place_put("membership", membership);
    return ppt_cgroup_throttled_ns("mounts", "membership");
}

static void throttled_time_of_version_2(void **state)
{
    (void)state;
    assert_true(throttled("0::/a/b\n") == -1);
    place_put("root/a/b/cpu.max", "150000 100000\n");
    place_put("root/a/b/cpu.stat", "usage_usec 100\nuser_usec 60\nsystem_usec 40\nnr_periods 9\n"
                                   "nr_throttled 3\nthrottled_usec 1234\n");
    assert_true(throttled("0::/a/b\n") == 1234000);
}

static void throttled_time_of_a_group_above(void **state)
{
    (void)state;
    place_put("root/a/cpu.max", "150000 100000\n");
    place_put("root/a/cpu.stat", "usage_usec 100\nnr_throttled 3\nthrottled_usec 77\n");
    place_put("root/a/b/cpu.max", "max 100000\n");
    place_put("root/a/b/cpu.stat", "usage_usec 100\nnr_throttled 0\nthrottled_usec 0\n");
    assert_true(throttled("0::/a/b\n") == 77000);
}

static void throttled_time_of_version_1(void **state)
{
    static const char membership[] = "4:cpu,cpuacct:/a\n";

    (void)state;
    combine_cpu_and_cpuacct();
    place_put("root/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    place_put("root/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    place_put("root/cpu,cpuacct/a/cpu.stat",
              "nr_periods 5\nnr_throttled 2\nthrottled_time 98765\n");
    assert_true(throttled(membership) == 98765); /* nanoseconds already */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(quota_of_the_own_group),
        PLACED(quota_of_a_group_above),
        PLACED(the_smallest_of_nested_quotas_counts),
        PLACED(no_files_are_no_limit),
        PLACED(unreadable_contents_are_no_limit),
        PLACED(memory_that_is_left),
        PLACED(a_path_outside_the_container),
        PLACED(odd_paths),
        PLACED(quota_of_version_1),
        PLACED(controllers_by_themselves),
        PLACED(memory_of_version_1),
        PLACED(version_1_outside_the_container),
        PLACED(both_versions_at_once),
        PLACED(mounted_anywhere),
        PLACED(mounted_from_a_group_on),
        PLACED(mounted_more_than_once),
        PLACED(cpuset_of_version_2),
        PLACED(cpuset_of_version_1),
        PLACED(broken_cpusets_are_no_limit),
        PLACED(effective_cpus_are_the_smallest_number),
        PLACED(throttled_time_of_version_2),
        PLACED(throttled_time_of_a_group_above),
        PLACED(throttled_time_of_version_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
