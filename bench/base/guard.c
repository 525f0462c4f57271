/*
 * exit(), quick_exit(), _exit() and _Exit() of the whole process are the functions below, which
 * stand before those of the system since the program exports them. What is to be done at exit would
 * come too late: by then a thread may have ended the process that found nothing left to do, as
 * every further caller of exit() does before version 2.41 of glibc; and _exit() does nothing at
 * all. Only errx() and others of the system's library, which call its exit() from the inside, are
 * left to what is done at exit.
 */
#include "guard.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"
#include "status.h"

/* What the process has one of, or a thread, and code from outside may change. */
struct surroundings {
    int folder; /* descriptor; -1: the program's own */
    locale_t locale;
    fenv_t rounding;
};

/* Mutable and global, since exit() and the process are. But for `teller` and `own` changed by the
 * main thread alone. */
static struct {
    pid_t process; /* 0: not begun; of a child that the code forks nothing is told */
    int home;      /* the folder that the program was started in; -1: it cannot be opened */
    char *file;    /* NULL: no code from outside is there */
    pid_t teller;  /* the thread that told that it ended the program; 0: none */
    bool own;      /* the program itself called exit() */
    bool changed;  /* `theirs` holds something */
    struct surroundings theirs;
} guard;

/* Who tells, removes what is at exit, or ends the process after that has it: several threads may be
 * inside of exit() before version 2.41 of glibc, and none may cut another short. */
static pthread_mutex_t ending = PTHREAD_MUTEX_INITIALIZER;

/* ---- ends of the process ---- */

/* Libraries that end the process for the program, and say so: libgomp when there is no thread, and
 * those of MPI when a job is aborted. */
static const char *const own_libraries[] = {"libgomp.", "libmpi.",   "libopen-rte.", "libopen-pal.",
                                            "libpmix.", "libprrte.", "mca_",         NULL};

/* The program itself ends when there is no memory, and says so. Any library that is not known is
 * taken for the kernel's: its own ones may end the process, too, and a wrong name in a message is
 * better than an end by exit(0) that nobody is told. Names are compared without their folders, as
 * the kernel's may be relative to one that has been left. */
static bool is_own(const void *caller)
{
    Dl_info theirs, own;

    if (!dladdr(caller, &theirs) || !dladdr((const void *)&guard, &own)) {
        return false;
    }
    if (theirs.dli_fbase == own.dli_fbase) {
        return true;
    }
    const char *name = basename(theirs.dli_fname);

    for (size_t i = 0; own_libraries[i]; i++) {
        if (strncmp(name, own_libraries[i], strlen(own_libraries[i])) == 0) {
            return strcmp(name, basename(guard.file)) != 0;
        }
    }
    return false;
}

/* A child that the code forked: nothing is told of it, and the temporary files are not its own to
 * remove. */
static bool is_child(void)
{
    return guard.process != 0 && getpid() != guard.process;
}

/* `ending` is held. Of several threads one tells; returns whether that is this one. */
static bool tell_once(const char *function, int code)
{
    if (guard.teller == 0) {
        __atomic_store_n(&guard.teller, gettid(), __ATOMIC_RELAXED);
        fflush(stdout);
        fprintf(stderr,
                "ppt-omp: %s: its kernel ended the program by %s(%d): it must return a status "
                "instead\n",
                guard.file, function, code);
    }
    return guard.teller == gettid();
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
    if (!guard.file || guard.process == 0 || is_child() || is_own(caller)) {
        return;
    }
    pthread_mutex_lock(&ending);

    const bool mine = tell_once(function, code);

    pthread_mutex_unlock(&ending);
    if (!mine) {
        /* Several workers may do that at the same time. */
        for (;;) {
            pause();
        }
    }
    /* From inside of exit(), where the code registered something that ends the process, this goes
     * on with what is left to be done. */
    end_by("exit", PPT_FAILED);
}

/* The last of what is done at exit. There comes by what did not come by the functions below. */
static void tell_at_exit(int code, void *unused)
{
    if (!guard.file || guard.own || is_child()) {
        return;
    }
    if (code == PPT_FAILED && __atomic_load_n(&guard.teller, __ATOMIC_RELAXED) == gettid()) {
        /* Another thread may still be removing something. */
        pthread_mutex_lock(&ending);
        pthread_mutex_unlock(&ending);
        return;
    }
    /* Another thread that finds nothing left to do would end the process with its own code: so it
     * finds this, and waits. */
    (void)on_exit(tell_at_exit, unused);
    pthread_mutex_lock(&ending);
    tell_once("exit", code);
    syscall(SYS_exit_group, PPT_FAILED);
    __builtin_unreachable();
}

void exit(int code)
{
    tell("exit", code, __builtin_return_address(0));
    if (guard.file && is_child()) {
        fflush(NULL);
        syscall(SYS_exit_group, code);
    }
    guard.own = true;
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

void _Exit(int code)
{
    tell("_Exit", code, __builtin_return_address(0));
    syscall(SYS_exit_group, code);
    __builtin_unreachable();
}

bool ppt_guard_clean_begin(void)
{
    if (is_child()) {
        return false;
    }
    pthread_mutex_lock(&ending);
    return true;
}

void ppt_guard_clean_end(void)
{
    pthread_mutex_unlock(&ending);
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
    /* Before all others, so that it is the last; without it less is told. */
    (void)on_exit(tell_at_exit, NULL);
}

void ppt_guard_end(void)
{
    free(guard.file);
    guard.file = NULL;
    ppt_file_close(&guard.home);
    guard.home = -1;
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
    ppt_file_close(&now);
    return -1;
}

void ppt_guard_leave(bool foreign)
{
    if (!foreign || guard.process == 0) {
        return;
    }
    ppt_file_close(&guard.theirs.folder);
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
