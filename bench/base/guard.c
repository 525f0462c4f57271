/*
 * exit(), quick_exit() and _exit() of the whole process are the functions below, which stand before
 * those of the system since the program exports them. What is to be done at exit would come too
 * late: by then a thread may have ended the process that found nothing left to do, as every further
 * caller of exit() does before version 2.41 of glibc; and _exit() does nothing at all.
 */
#include "guard.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"
#include "status.h"

/* What the process has one of, or a thread, and code from outside may change. */
struct surroundings {
    int folder; /* descriptor; -1: the program's own */
    locale_t locale;
    fenv_t rounding;
};

/* Mutable and global, since exit() and the process are. But for `told` changed by the main thread
 * alone. */
static struct {
    pid_t process; /* 0: not begun; of a child that the code forks nothing is told */
    int home;      /* the folder that the program was started in; -1: it cannot be opened */
    char *file;    /* NULL: no code from outside is there */
    bool told;     /* that it ended the program */
    bool changed;  /* `theirs` holds something */
    struct surroundings theirs;
} guard;

/* ---- ends of the process ---- */

/* The program itself ends when there is no memory, and libgomp when there is no thread; both say
 * so. */
static bool is_own(const void *caller)
{
    Dl_info theirs, own;

    return dladdr(caller, &theirs) && dladdr((const void *)&guard, &own) &&
           (theirs.dli_fbase == own.dli_fbase || strstr(theirs.dli_fname, "libgomp"));
}

/* The next function of that name, which is the system's. */
static void end_by(const char *function, int code)
{
    void (*next)(int code) = NULL;

    *(void **)&next = dlsym(RTLD_NEXT, function);
    if (next) {
        next(code);
    }
    syscall(SYS_exit_group, code);
    __builtin_unreachable();
}

/* Returns where the end is none of the code's. */
static void tell(const char *function, int code, const void *caller)
{
    if (!guard.file || getpid() != guard.process || is_own(caller)) {
        return;
    }
    /* Several workers may do that at the same time. */
    while (__atomic_exchange_n(&guard.told, true, __ATOMIC_RELAXED)) {
        pause();
    }
    fflush(stdout);
    fprintf(stderr,
            "ppt-omp: %s: its kernel ended the program by %s(%d): it must return a status "
            "instead\n",
            guard.file, function, code);
    end_by("exit", PPT_FAILED);
}

void exit(int code)
{
    tell("exit", code, __builtin_return_address(0));
    if (guard.file && getpid() != guard.process) {
        /* A child that the code forked: the temporary files are not its own to remove. */
        fflush(NULL);
        syscall(SYS_exit_group, code);
    }
    end_by("exit", code);
    __builtin_unreachable();
}

void quick_exit(int code)
{
    tell("quick_exit", code, __builtin_return_address(0));
    end_by("quick_exit", code);
    __builtin_unreachable();
}

void _exit(int code)
{
    tell("_exit", code, __builtin_return_address(0));
    syscall(SYS_exit_group, code);
    __builtin_unreachable();
}

/* ---- what the code changes ---- */

static locale_t plain(void)
{
    /* The system's own; it is never freed. */
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

void ppt_guard_begin(void)
{
    guard.process = getpid();
    guard.home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    guard.theirs.folder = -1;
    uselocale(plain());
}

void ppt_guard_end(void)
{
    free(guard.file);
    guard.file = NULL;
    if (guard.home >= 0) {
        close(guard.home);
        guard.home = -1;
    }
}

void ppt_guard_expect(const char *file)
{
    free(guard.file);
    guard.file = ppt_strdup(file);
}

static void change_folder(int folder)
{
    /* One that cannot be gone to any more leaves things as they are. */
    if (folder >= 0 && fchdir(folder) != 0) {
        return;
    }
}

void ppt_guard_enter(bool foreign)
{
    if (!foreign || guard.process == 0) {
        return;
    }
    if (guard.changed) {
        uselocale(guard.theirs.locale);
        fesetenv(&guard.theirs.rounding);
        change_folder(guard.theirs.folder);
    } else {
        uselocale(LC_GLOBAL_LOCALE);
    }
}

/* A descriptor of the current folder if it is not the program's; -1: it is. */
static int other_folder(void)
{
    const int now = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat here, home;

    if (now >= 0 && fstat(now, &here) == 0 && fstat(guard.home, &home) == 0 &&
        (here.st_dev != home.st_dev || here.st_ino != home.st_ino)) {
        return now;
    }
    if (now >= 0) {
        close(now);
    }
    return -1;
}

void ppt_guard_leave(bool foreign)
{
    if (!foreign || guard.process == 0) {
        return;
    }
    if (guard.theirs.folder >= 0) {
        close(guard.theirs.folder);
    }
    guard.theirs.folder = other_folder();
    guard.theirs.locale = uselocale(plain());
    fegetenv(&guard.theirs.rounding);
    fesetenv(FE_DFL_ENV);
    guard.changed = true;
    change_folder(guard.home);
}

void ppt_guard_worker(bool foreign)
{
    if (!foreign) {
        uselocale(plain());
    }
}
