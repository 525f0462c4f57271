/*
 * Children are found by the kernel's list of them and, where there is none, by a look at every
 * process; and what is ended is all of them, also those in groups and sessions of their own.
 */
#include "descendants.h"
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 5

/* It holds what could be taken for its end. */
#define NAME "a) S 1 (b"

struct children {
    pid_t pids[CHILDREN];
};

/* None may be in the group of this process, which would end with it. */
static _Noreturn void live(int number, int ready)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, NAME);
    if (number % 2) {
        setsid();
    } else {
        setpgid(0, 0);
    }
    close(ready);
    for (;;) {
        pause();
    }
}

static int start_children(void **state)
{
    static struct children children;
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < CHILDREN; i++) {
        children.pids[i] = fork();
        if (children.pids[i] == 0) {
            live(i, ends[1]);
        }
        assert_true(children.pids[i] > 0);
    }
    close(ends[1]);
    /* Its end is seen when all have closed theirs. */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    *state = &children;
    return 0;
}

static int end_children(void **state)
{
    const struct children *children = *state;

    for (int i = 0; i < CHILDREN; i++) {
        kill(children->pids[i], SIGKILL);
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}

struct count {
    const struct children *children;
    int times[CHILDREN], all;
};

static void count_child(pid_t pid, void *context)
{
    struct count *count = context;

    for (int i = 0; i < CHILDREN; i++) {
        count->times[i] += count->children->pids[i] == pid;
    }
    count->all++;
}

static void check_each_once(const struct count *count)
{
    for (int i = 0; i < CHILDREN; i++) {
        assert_int_equal(count->times[i], 1);
    }
    assert_int_equal(count->all, CHILDREN);
}

static void the_kernel_lists_them(void **state)
{
    struct count count = {.children = *state};

    if (!ppt_descendants_list(count_child, &count)) {
        skip(); /* a kernel without CONFIG_PROC_CHILDREN */
    }
    check_each_once(&count);
}

static void a_scan_finds_them(void **state)
{
    struct count count = {.children = *state};

    if (!ppt_descendants_scan(count_child, &count)) {
        skip(); /* no /proc */
    }
    check_each_once(&count);
}

static void all_are_ended(void **state)
{
    struct ppt_descendant one;

    (void)state;
    assert_true(ppt_descendants_kill(&one));
    assert_true(one.pid > 0);
    assert_int_equal(one.problem, 0);
    assert_string_equal(one.name, NAME);
    for (int i = 0; i < CHILDREN; i++) {
        int how;

        assert_true(wait(&how) > 0);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    }
    assert_true(ppt_descendants_kill(&one));
    assert_int_equal(one.pid, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_kernel_lists_them, start_children, end_children),
        cmocka_unit_test_setup_teardown(a_scan_finds_them, start_children, end_children),
        cmocka_unit_test_setup_teardown(all_are_ended, start_children, end_children),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
