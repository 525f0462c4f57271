/*
 * A kernel that does what none should: where (ODD_LOAD, ODD_OPEN, ODD_ATTACH, ODD_RUN, ODD_CLOSE)
 * and what is said by environment variables.
 */
#include <err.h>
#include <error.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

#define NOTHING 1000

static void *end(void *code)
{
    exit((int)(intptr_t)code);
}

static void end_in_thread(int code)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, end, (void *)(intptr_t)code) == 0) {
        pthread_join(thread, NULL);
    }
}

static const char *folder;

/* A child that ends as it may; what is its parent's stays. */
static void fork_and_exit(void)
{
    const pid_t child = fork();

    if (child == 0) {
        exit(0);
    }
    waitpid(child, NULL, 0);
    if (folder && access(folder, F_OK) != 0) {
        abort();
    }
}

/* As in fork_and_exit(), by a function of the system that calls exit() inside. */
static void fork_and_errx(void)
{
    const pid_t child = fork();

    if (child == 0) {
        errx(0, "bye");
    }
    waitpid(child, NULL, 0);
    if (folder && access(folder, F_OK) != 0) {
        abort();
    }
}

static void bye(void)
{
    _exit(7);
}

static void bye_by_errx(void)
{
    errx(0, "bye");
}

static void exit_with(void (*last)(void), int code)
{
    if (atexit(last) == 0) {
        exit(code);
    }
}

static void use_locale(const char *name)
{
    static _Atomic(locale_t) locale;

    if (!locale) {
        locale = newlocale(LC_ALL_MASK, name, (locale_t)0);
    }
    if (!locale || !uselocale(locale)) {
        abort();
    }
}

/* Returns a status, or NOTHING. */
static int misbehave(const char *variable)
{
    const char *what = getenv(variable);
    char word[32] = "", with[300] = "";

    if (!what || sscanf(what, "%31s %299s", word, with) < 1) {
        return NOTHING;
    }
    if (strcmp(word, "setlocale") == 0 && !setlocale(LC_ALL, with)) {
        abort();
    } else if (strcmp(word, "uselocale") == 0) {
        use_locale(with);
    } else if (strcmp(word, "exit") == 0) {
        exit(atoi(with));
    } else if (strcmp(word, "quick_exit") == 0) {
        quick_exit(atoi(with));
    } else if (strcmp(word, "_exit") == 0) {
        _exit(atoi(with));
    } else if (strcmp(word, "_Exit") == 0) {
        _Exit(atoi(with));
    } else if (strcmp(word, "end") == 0) {
        syscall(SYS_exit_group, atoi(with));
    } else if (strcmp(word, "close_all") == 0) {
        for (int fd = atoi(with); fd < 1024; fd++) {
            close(fd);
        }
    } else if (strcmp(word, "errx") == 0) {
        errx(atoi(with), "bye");
    } else if (strcmp(word, "error") == 0) {
        error(atoi(with), 0, "bye");
    } else if (strcmp(word, "bye") == 0) {
        exit_with(bye, atoi(with));
    } else if (strcmp(word, "bye_by_errx") == 0) {
        exit_with(bye_by_errx, atoi(with));
    } else if (strcmp(word, "thread_exit") == 0) {
        end_in_thread(atoi(with));
    } else if (strcmp(word, "chdir") == 0 && chdir(with) != 0) {
        abort();
    } else if (strcmp(word, "raise") == 0) {
        raise(atoi(with));
    } else if (strcmp(word, "fork") == 0) {
        fork_and_exit();
    } else if (strcmp(word, "fork_errx") == 0) {
        fork_and_errx();
    } else if (strcmp(word, "round") == 0) {
        fesetround(FE_UPWARD);
    } else if (strcmp(word, "return") == 0) {
        return atoi(with);
    }
    return NOTHING;
}

__attribute__((constructor)) static void load(void)
{
    misbehave("ODD_LOAD");
}

static enum ppt_status open_odd(const struct ppt_setup *setup, void **shared,
                                struct ppt_error *error)
{
    const int status = misbehave("ODD_OPEN");

    folder = setup->scratch_dir;
    (void)shared;
    (void)error;
    return status == NOTHING ? PPT_OK : (enum ppt_status)status;
}

static enum ppt_status attach_odd(const struct ppt_setup *setup, void *shared, unsigned worker,
                                  struct ppt_scratch *scratch, void **local,
                                  struct ppt_error *error)
{
    const int status = misbehave("ODD_ATTACH");

    (void)setup;
    (void)scratch;
    (void)shared;
    (void)worker;
    (void)local;
    (void)error;
    return status == NOTHING ? PPT_OK : (enum ppt_status)status;
}

/* As in C or as in the locale that open chose. */
static char point(void)
{
    char text[16];

    snprintf(text, sizeof(text), "%.1f", 1.5);
    return text[1];
}

static enum ppt_status run_odd(void *local, const struct ppt_task *task, uint64_t *digest,
                               struct ppt_error *error)
{
    const int status = misbehave("ODD_RUN");
    const char *expected = getenv("ODD_POINT");

    (void)local;
    *digest = task->index + 1;
    if (expected && point() != *expected) {
        return ppt_fail(error, PPT_FAILED, "the locale is not the kernel's: %c", point());
    }
    return status == NOTHING ? PPT_OK : (enum ppt_status)status;
}

static void close_odd(void *shared)
{
    (void)shared;
    misbehave("ODD_CLOSE");
}

extern const struct ppt_kernel ppt_kernel;

const struct ppt_kernel ppt_kernel = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "odd",
    .category = "test",
    .summary = "a kernel that misbehaves",
    .open = open_odd,
    .attach = attach_odd,
    .run = run_odd,
    .close = close_odd,
};
