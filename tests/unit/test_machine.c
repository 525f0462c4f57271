/*
 * What of the machine a verdict depends on, in control groups that are made up.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "place.h"
#include "unit.h"

static void read_here(struct ppt_machine *machine)
{
    place_put("mounts", "41 31 0:38 / root rw shared:9 - cgroup2 cgroup2 rw\n");
    place_put("membership", "0::/a/b\n");
    ppt_machine_read("mounts", "membership", machine);
}

/* Reads the machine with one file of a group changed, which must be seen, and told by this word. */
static void check_change(const char *path, const char *content, const char *told)
{
    struct ppt_machine before, now;

    read_here(&before);
    place_put(path, content);
    read_here(&now);
    char *difference = ppt_machine_difference(&before, &now);

    assert_non_null(difference);
    assert_memory_equal(difference, told, strlen(told));
    free(difference);
    ppt_machine_free(&before);
    ppt_machine_free(&now);
}

static void the_same_twice(void **state)
{
    struct ppt_machine before, now;

    (void)state;
    read_here(&before);
    read_here(&now);
    assert_null(ppt_machine_difference(&before, &now));
    ppt_machine_free(&before);
    ppt_machine_free(&now);
}

static void another_quota(void **state)
{
    (void)state;
    check_change("root/a/b/cpu.max", "150000 100000\n", "quota_cpus was 0 and is 1.5");
    check_change("root/a/b/cpu.max", "100000 100000\n", "quota_cpus was 1.5 and is 1");
    check_change("root/a/cpu.max", "50000 100000\n", "quota_cpus was 1");
    place_put("root/a/cpu.max", "max 100000\n");
    check_change("root/a/b/cpu.max", "max 100000\n", "quota_cpus was 1");
}

static void another_cpuset(void **state)
{
    (void)state;
    check_change("root/a/cpuset.cpus.effective", "0-3\n", "cpuset_cpus was 0 and is 4");
    check_change("root/a/b/cpuset.cpus.effective", "2\n", "cpuset_cpus was 4 and is 1");
}

/* The limit, and not what is left of it, which is never the same. */
static void another_memory_limit(void **state)
{
    struct ppt_machine before, now;

    (void)state;
    place_put("root/a/b/memory.current", "4096\n");
    check_change("root/a/b/memory.max", "104857600\n", "memory_limit_bytes was 0 and is 104857600");
    place_put("root/a/memory.current", "4096\n");
    check_change("root/a/memory.max", "52428800\n",
                 "memory_limit_bytes was 104857600 and is 52428800");
    read_here(&before);
    place_put("root/a/memory.current", "41943040\n");
    read_here(&now);
    assert_null(ppt_machine_difference(&before, &now));
    ppt_machine_free(&before);
    ppt_machine_free(&now);
}

static void variables(void **state)
{
    struct ppt_machine before, now;

    (void)state;
    read_here(&before);
    assert_int_equal(setenv("OMP_NUM_THREADS", "3", 1), 0);
    assert_int_equal(setenv("PPT_OMP_STATE", "elsewhere", 1), 0);
    assert_int_equal(setenv("PATH_OF_MINE", "3", 1), 0);
    read_here(&now);
    assert_null(ppt_machine_difference(&before, &now));
    ppt_machine_free(&now);
    assert_int_equal(setenv("OMP_DYNAMIC", "true", 1), 0);
    read_here(&now);
    char *difference = ppt_machine_difference(&before, &now);
    assert_non_null(difference);
    assert_memory_equal(difference, "environment", strlen("environment"));
    assert_non_null(strstr(now.environment, "OMP_DYNAMIC=true"));
    free(difference);
    unsetenv("OMP_NUM_THREADS");
    unsetenv("PPT_OMP_STATE");
    unsetenv("OMP_DYNAMIC");
    ppt_machine_free(&before);
    ppt_machine_free(&now);
}

/* Each row by itself: what is recorded is compared. */
static void every_row_counts(void **state)
{
    struct ppt_machine machine;

    (void)state;
    read_here(&machine);
    for (const struct ppt_field *row = ppt_machine_fields; row->key; row++) {
        json_object *object = json_object_new_object();
        const struct ppt_item item = {.value = object};
        struct ppt_machine other = {0};
        struct ppt_error error;

        ppt_fields_write(ppt_machine_fields, &machine, 0, object);
        json_object_object_add(object, row->key,
                               row->kind == PPT_FIELD_TEXT ? json_object_new_string("another")
                                                           : json_object_new_int(4097));
        assert_int_equal(ppt_fields_read(ppt_machine_fields, &item, 0, &other, &error), PPT_OK);
        char *difference = ppt_machine_difference(&machine, &other);
        assert_non_null(difference);
        assert_memory_equal(difference, row->key, strlen(row->key));
        free(difference);
        ppt_machine_free(&other);
        json_object_put(object);
    }
    ppt_machine_free(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(the_same_twice),       PLACED(another_quota), PLACED(another_cpuset),
        PLACED(another_memory_limit), PLACED(variables),     PLACED(every_row_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
