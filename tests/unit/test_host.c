/*
 * What is known of the machine: topologies that hwloc makes up, traces of virtual machines and
 * containers in trees of files made for it, and the recording of all that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "host.h"
#include "place.h"
#include "surroundings.h"
#include "unit.h"

/* ---- topology ---- */

static struct ppt_host read_made_up(const char *variable, const char *value)
{
    struct ppt_host host;

    assert_int_equal(setenv(variable, value, 1), 0);
    ppt_host_read(&host);
    unsetenv(variable);
    return host;
}

static void a_machine_of_two_sockets(void **state)
{
    struct ppt_host host =
        read_made_up("HWLOC_SYNTHETIC", "pack:2 numa:1 l3:1 l2:4 l1d:1 core:1 pu:2");
    const struct ppt_topology *topology = &host.topology;
    unsigned landmarks[PPT_MOST_KINDS];

    (void)state;
    assert_true(topology->made_up);
    assert_int_equal(topology->cpus, 16);
    assert_int_equal(topology->cores, 8);
    assert_int_equal(topology->packages, 2);
    assert_int_equal(topology->numa_nodes, 2);
    assert_int_equal(topology->threads_per_core, 2);
    assert_int_equal(topology->kind_count, 0);
    assert_int_equal(topology->cache_count, 3);
    assert_int_equal(topology->caches[0].level, 1);
    assert_int_equal(topology->caches[0].cpus, 2);
    assert_int_equal(topology->caches[2].level, 3);
    assert_int_equal(topology->caches[2].cpus, 8);
    /* This process's own affinity, cpuset and quota are those of another machine. */
    assert_int_equal(host.effective_cpus, 16);
    assert_int_equal(ppt_host_landmarks(&host, landmarks), 1);
    assert_int_equal(landmarks[0], 8);
    ppt_host_free(&host);
}

static void a_hybrid_machine(void **state)
{
    struct ppt_host host = read_made_up("HWLOC_XMLFILE", PPT_TEST_DATA "/hybrid.xml");
    const struct ppt_topology *topology = &host.topology;
    unsigned landmarks[PPT_MOST_KINDS];

    (void)state;
    assert_int_equal(topology->cpus, 16);
    assert_int_equal(topology->cores, 12);
    assert_int_equal(topology->threads_per_core, 2);
    assert_int_equal(topology->kind_count, 2);
    assert_int_equal(topology->kinds[0].cores, 4); /* the fast ones first */
    assert_int_equal(topology->kinds[0].cpus, 8);
    assert_int_equal(topology->kinds[1].cores, 8);
    assert_int_equal(topology->kinds[1].cpus, 8);
    assert_int_equal(ppt_host_landmarks(&host, landmarks), 2);
    assert_int_equal(landmarks[0], 4);
    assert_int_equal(landmarks[1], 12);
    ppt_host_free(&host);
}

static void landmarks_of_three_kinds(void **state)
{
    const struct ppt_host host = {
        .topology = {.cpus = 8, .cores = 8, .kinds = {{1, 1}, {3, 3}, {4, 4}}, .kind_count = 3}};
    unsigned landmarks[PPT_MOST_KINDS];

    (void)state;
    assert_int_equal(ppt_host_landmarks(&host, landmarks), 3);
    assert_int_equal(landmarks[0], 1);
    assert_int_equal(landmarks[1], 4);
    assert_int_equal(landmarks[2], 8);
}

/* Sizes as some virtual machines report them. */
static void absurd_caches_are_unknown(void **state)
{
    static const uint64_t kib = UINT64_C(1) << 10, mib = UINT64_C(1) << 20;
    const struct ppt_cache server[] = {{1, 2, 48 * kib}, {2, 2, 2 * mib}, {3, 64, 96 * mib}};
    const struct ppt_cache small[] = {{1, 1, 32 * kib}, {2, 4, 512 * kib}};
    const struct ppt_cache huge[] = {{1, 1, 32 * kib}, {3, 2, 16384 * mib}};
    const struct ppt_cache swapped[] = {{1, 1, 512 * kib}, {2, 1, 256 * kib}};
    const struct ppt_cache lonely[] = {{1, 2, 32 * kib}, {2, 1, 256 * kib}};
    const struct ppt_cache tiny[] = {{1, 1, 1}};

    (void)state;
    assert_true(ppt_topology_plausible(server, COUNT(server)));
    assert_true(ppt_topology_plausible(small, COUNT(small)));
    assert_true(ppt_topology_plausible(NULL, 0));
    assert_false(ppt_topology_plausible(huge, COUNT(huge)));
    assert_false(ppt_topology_plausible(swapped, COUNT(swapped)));
    assert_false(ppt_topology_plausible(lonely, COUNT(lonely)));
    assert_false(ppt_topology_plausible(tiny, COUNT(tiny)));
}

/* ---- surroundings ---- */

static void put(const char *path, const char *text, size_t length)
{
    struct ppt_error error = {""};
    char folder[256];

    snprintf(folder, sizeof(folder), "%s", path);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(ppt_file_make_folders(folder, &error), PPT_OK);
    assert_int_equal(ppt_file_write(path, text, length, &error), PPT_OK);
}

static void check_answer(char *answer, const char *expected)
{
    assert_string_equal(answer, expected);
    free(answer);
}

static void virtual_machines(void **state)
{
    static const char flags[] = "processor : 0\nflags\t\t: fpu vme hypervisor lahf_lm\n";
    static const char no_flags[] = "processor : 0\nflags\t\t: fpu vme lahf_lm\n";

    (void)state;
    check_answer(ppt_surroundings_machine("root", ""), "none");
    check_answer(ppt_surroundings_machine("root", "KVMKVMKVM"), "KVM");
    check_answer(ppt_surroundings_machine("root", "Microsoft Hv"), "Hyper-V");
    check_answer(ppt_surroundings_machine("root", "SomethingNew"), "unnamed");
    put("root/proc/cpuinfo", no_flags, strlen(no_flags));
    check_answer(ppt_surroundings_machine("root", ""), "none");
    put("root/proc/cpuinfo", flags, strlen(flags));
    check_answer(ppt_surroundings_machine("root", ""), "unnamed");
    put("root/sys/class/dmi/id/sys_vendor", "QEMU\n", 5);
    check_answer(ppt_surroundings_machine("root", ""), "QEMU");
    put("root/sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n", 22);
    put("root/sys/class/dmi/id/product_name", "Virtual Machine\n", 16);
    check_answer(ppt_surroundings_machine("root", ""), "Hyper-V");
    put("root/sys/hypervisor/type", "xen\n", 4);
    check_answer(ppt_surroundings_machine("root", ""), "Xen");
    check_answer(ppt_surroundings_machine("root", "KVMKVMKVM"), "KVM");
    /* A machine that can be touched, of a vendor that sells others, too. */
    put("metal/proc/cpuinfo", no_flags, strlen(no_flags));
    put("metal/sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n", 22);
    put("metal/sys/class/dmi/id/product_name", "Surface Laptop\n", 15);
    check_answer(ppt_surroundings_machine("metal", ""), "none");
}

static void containers(void **state)
{
    static const char environment[] = "PATH=/bin\0container=lxc\0HOME=/\0";

    (void)state;
    check_answer(ppt_surroundings_container("root"), "none");
    put("root/proc/self/cgroup", "0::/user.slice\n", 15);
    check_answer(ppt_surroundings_container("root"), "none");
    put("root/proc/self/cgroup", "4:cpu:/\n0::/system.slice/docker-0123.scope\n", 43);
    check_answer(ppt_surroundings_container("root"), "docker");
    put("root/proc/self/cgroup", "0::/system.slice/docker.service\n", 32);
    check_answer(ppt_surroundings_container("root"), "none"); /* that which starts them */
    put("root/proc/1/environ", environment, sizeof(environment) - 1);
    check_answer(ppt_surroundings_container("root"), "lxc");
    put("root/run/systemd/container", "systemd-nspawn\n", 15);
    check_answer(ppt_surroundings_container("root"), "systemd-nspawn");
    put("root/.dockerenv", "", 0);
    check_answer(ppt_surroundings_container("root"), "docker");
    put("podman/run/.containerenv", "engine=\"podman-4.3.1\"\n", 22);
    check_answer(ppt_surroundings_container("podman"), "podman");
    put("pod/.dockerenv", "", 0);
    put("pod/var/run/secrets/kubernetes.io/serviceaccount/token", "", 0);
    check_answer(ppt_surroundings_container("pod"), "kubernetes");
}

/* ---- recorded ---- */

static enum ppt_status read_back(const char *json, struct ppt_host *host, struct ppt_error *error)
{
    struct ppt_source source;
    struct ppt_item item = {.source = &source};
    enum ppt_status status;

    ppt_source_from_line(&source, "host", json, strlen(json), 1);
    status = ppt_json_parse(&source, &item.value, error);
    if (status == PPT_OK) {
        status = ppt_host_from_item(&item, host, error);
    }
    json_object_put(item.value);
    ppt_source_free(&source);
    return status;
}

static void a_recording_is_read_back_whole(void **state)
{
    static const char *const machines[][2] = {
        {"HWLOC_SYNTHETIC", "pack:2 numa:1 l3:1 l2:4 l1d:1 core:1 pu:2"},
        {"HWLOC_XMLFILE", PPT_TEST_DATA "/hybrid.xml"},
        {"NOTHING", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(machines); i++) {
        struct ppt_host host = read_made_up(machines[i][0], machines[i][1]), again;
        struct ppt_error error = {""};

        host.quota_cpus = 0.5;
        host.cpuset_cpus = 3;
        json_object *first = ppt_host_to_json(&host);
        if (read_back(json_object_to_json_string(first), &again, &error) != PPT_OK) {
            fail_msg("%s", error.text);
        }
        json_object *second = ppt_host_to_json(&again);
        assert_string_equal(json_object_to_json_string(first), json_object_to_json_string(second));
        assert_null(ppt_host_difference(&host, &again, 0));
        json_object_put(first);
        json_object_put(second);
        ppt_host_free(&host);
        ppt_host_free(&again);
    }
}

static void add_told(void *context, const char *label, const char *value)
{
    ppt_text_addf(context, "%s: %s\n", label, value);
}

static void people_are_told_in_words(void **state)
{
    struct ppt_host host = read_made_up("HWLOC_XMLFILE", PPT_TEST_DATA "/hybrid.xml");
    struct ppt_text told = {0};

    (void)state;
    host.quota_cpus = 0;
    host.quota_unknown = false;
    host.cpuset_cpus = 0;
    host.memory_bytes = (uint64_t)3 << 30;
    host.available_bytes = 0;
    ppt_host_tell(&host, add_told, &told);
    assert_non_null(strstr(told.data, "\nCPU: "));
    assert_non_null(
        strstr(told.data, "\nKinds of cores: 4 P cores (8 CPUs), 8 E cores (8 CPUs)\n"));
    assert_non_null(strstr(told.data, "\nMemory: 3.0 GiB\n"));
    assert_non_null(strstr(told.data, "\nQuota of CPU time: no limit\n"));
    assert_non_null(strstr(told.data, "\nLimit of the control group: no limit\n"));
    assert_null(strstr(told.data, "free at the start")); /* not known */
    ppt_text_free(&told);
    told = (struct ppt_text){0};
    host.quota_cpus = 1;
    ppt_host_tell(&host, add_told, &told);
    assert_non_null(strstr(told.data, "\nQuota of CPU time: the time of 1 CPU\n"));
    ppt_text_free(&told);
    ppt_host_free(&host);
}

/* As version 0.1.0 wrote them. */
#define OLD_HOST                                                                                   \
    "\"name\":\"vm\",\"system\":\"Linux\",\"cpu_model\":\"x\",\"blas\":\"b\",\"online_cpus\":8,"   \
    "\"allowed_cpus\":8,\"allowed_cores\":4,\"effective_cpus\":2,\"memory_bytes\":1,"              \
    "\"available_bytes\":1,\"quota_cpus\":1.5,\"environment\":{}"

static void old_recordings_are_read(void **state)
{
    struct ppt_host host;
    struct ppt_error error = {""};

    (void)state;
    if (read_back("{" OLD_HOST "}", &host, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(host.virtual_machine, "unknown");
    assert_string_equal(host.container, "unknown");
    assert_int_equal(host.topology.cpus, 8);
    assert_int_equal(host.topology.cores, 4);
    assert_int_equal(host.topology.packages, 0);
    assert_int_equal(host.topology.kind_count, 0);
    assert_true(ppt_host_quota_binds(&host));
    ppt_host_free(&host);
}

static void wrong_recordings_are_refused(void **state)
{
    static const char *const texts[][2] = {
        {"\"cpu_kinds\":5", "cpu_kinds: must be a list"},
        {"\"cpu_kinds\":[{},{},{},{},{},{},{},{},{}]", "cpu_kinds: must be a list of at most 8"},
        {"\"cpu_kinds\":[{\"cores\":1,\"cpus\":1},{\"cores\":-1,\"cpus\":1}]",
         "cpu_kinds[1].cores: -1"},
        {"\"caches\":[{\"level\":1,\"bytes\":1}]", "cpus"},
        {"\"packages\":\"two\"", "packages"},
        {"\"container\":5", "container"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char json[1024];
        struct ppt_host host;
        struct ppt_error error = {""};

        snprintf(json, sizeof(json), "{" OLD_HOST ",%s}", texts[i][0]);
        assert_int_equal(read_back(json, &host, &error), PPT_BAD_INPUT);
        if (!strstr(error.text, texts[i][1])) {
            fail_msg("%s", error.text);
        }
        ppt_host_free(&host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(a_machine_of_two_sockets),
        PLACED(a_hybrid_machine),
        PLACED(landmarks_of_three_kinds),
        PLACED(absurd_caches_are_unknown),
        PLACED(virtual_machines),
        PLACED(containers),
        PLACED(a_recording_is_read_back_whole),
        PLACED(people_are_told_in_words),
        PLACED(old_recordings_are_read),
        PLACED(wrong_recordings_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
