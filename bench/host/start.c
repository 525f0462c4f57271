/*
 * The second start is told by a variable that carries the process's number, which exec() keeps, so
 * that one that was inherited is not believed. Variables that are withheld keep their places under
 * another name; so the environment can be put back in its order.
 */
#include "start.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

#define SELF "/proc/self/exe"
#define RESTART "PPT_OMP_RESTART" /* =NUMBER:SET:NAME, with what is set for the second start */
#define WITHHELD "PPT_OMP_WITHHELD_"
#define PASSIVE "OMP_WAIT_POLICY=passive"
#define SET_PASSIVE 'p'
#define SET_NOTHING '-'

extern char **environ;

/* ---- what was there before any library ---- */

/* Mutable and global, since nothing else is there so early; written before main() alone. The kernel
 * wants room for all CPUs that it could have. */
static struct {
    unsigned long cpus[1024];
    long bytes; /* that were written; below 1: not known */
} given;

/* Sanitizers begin their own work later. */
#if defined(__clang__)
#define EARLY __attribute__((no_sanitize("address", "thread", "undefined", "coverage")))
#else
#define EARLY __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

/* The dynamic linker calls it before the first constructor of a library: libgomp's binds. */
EARLY static void record_cpus(void)
{
    given.bytes = syscall(SYS_sched_getaffinity, 0, sizeof(given.cpus), given.cpus);
}

__attribute__((section(".preinit_array"), used)) static void (*record)(void) = record_cpus;

static void give_cpus_back(void)
{
    unsigned long now[sizeof(given.cpus) / sizeof(given.cpus[0])];

    if (given.bytes > 0 && (syscall(SYS_sched_getaffinity, 0, sizeof(now), now) != given.bytes ||
                            memcmp(now, given.cpus, (size_t)given.bytes) != 0)) {
        /* CPUs that are gone by now are no reason to end. */
        (void)syscall(SYS_sched_setaffinity, 0, (size_t)given.bytes, given.cpus);
    }
}

/* ---- variables ---- */

/* Set in the second start, for the record of it. */
static bool was_made_passive, was_withheld;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Newer versions of libgomp know OMP_PROC_BIND_ALL, too. */
static bool binds(const char *variable)
{
    return begins(variable, "OMP_PROC_BIND") || begins(variable, "OMP_PLACES=") ||
           begins(variable, "GOMP_CPU_AFFINITY=");
}

static bool chooses_waiting(const char *variable)
{
    return begins(variable, "OMP_WAIT_POLICY") || begins(variable, "GOMP_SPINCOUNT=");
}

static bool any(bool (*is)(const char *variable))
{
    bool found = false;

    for (char **variable = environ; *variable; variable++) {
        found |= is(*variable);
    }
    return found;
}

bool ppt_start_passive(void)
{
    return was_made_passive;
}

bool ppt_start_withheld(const char *variable)
{
    return was_withheld && binds(variable);
}

/* ---- the first start ---- */

static size_t count_of(char *const *list)
{
    size_t count = 0;

    while (list && list[count]) {
        count++;
    }
    return count;
}

/* What libgomp is to read. Owned as a whole; most texts in it are the environment's. */
static char **settings(const char *name)
{
    const bool passive = !any(chooses_waiting);
    char **list = ppt_alloc(count_of(environ) + 3, sizeof(*list));
    size_t count = 0;

    for (char **variable = environ; *variable; variable++) {
        if (!begins(*variable, RESTART "=") && !begins(*variable, WITHHELD)) {
            list[count++] =
                binds(*variable) ? ppt_text_format(WITHHELD "%s", *variable) : *variable;
        }
    }
    if (passive) {
        list[count++] = ppt_strdup(PASSIVE);
    }
    list[count] = ppt_text_format(RESTART "=%ld:%c:%s", (long)getpid(),
                                  passive ? SET_PASSIVE : SET_NOTHING, name);
    return list;
}

static void free_settings(char **list)
{
    for (char **variable = list; *variable; variable++) {
        if (begins(*variable, WITHHELD) || begins(*variable, RESTART "=") ||
            (!any(chooses_waiting) && begins(*variable, PASSIVE))) {
            free(*variable);
        }
    }
    free(list);
}

/* The file's own name, if it still is that file: so the process is not called "exe" even for a
 * moment. */
static const char *own_path(char path[PATH_MAX])
{
    const ssize_t length = readlink(SELF, path, PATH_MAX - 1);
    struct stat running, named;

    if (length < 0) {
        return SELF;
    }
    path[length] = '\0';
    return stat(SELF, &running) == 0 && stat(path, &named) == 0 && running.st_dev == named.st_dev &&
                   running.st_ino == named.st_ino
               ? path
               : SELF;
}

/* Started as an argument of the dynamic linker: that has its own arguments, before ours. NULL when
 * they are not to be had. */
static char **linker_arguments(void)
{
    FILE *file PPT_OWNED(ppt_file_close_stream) = fopen("/proc/self/cmdline", "re");
    char **list = NULL, *word PPT_FREED = NULL;
    size_t count = 0, room = 0;

    while (file && getdelim(&word, &room, '\0', file) > 0) {
        list = ppt_realloc(list, count + 2, sizeof(*list));
        list[count++] = word;
        list[count] = NULL;
        word = NULL;
        room = 0;
    }
    return list;
}

static void start_again(char *const *arguments)
{
    const bool by_linker = getauxval(AT_BASE) == 0;
    char path[PATH_MAX], name[17] = "";
    char **own PPT_FREED = by_linker ? linker_arguments() : NULL;
    struct stat about;

    if ((by_linker && !own) || stat(SELF, &about) != 0) {
        return;
    }
    prctl(PR_GET_NAME, name);
    char **variables = settings(name);
    execve(own_path(path), by_linker ? own : arguments, variables);
    /* It goes on as it is; the results say which settings were in force. */
    free_settings(variables);
}

/* ---- other processes ---- */

/* How many arguments main() was given; 0 where it did not say so, as in programs that are not
 * ppt-omp and would start themselves. Mutable, and written at the beginning of main() alone. */
static size_t own_count;

bool ppt_start_possible(void)
{
    return own_count > 0 && access(SELF, X_OK) == 0;
}

int ppt_start_another(const char *const *words, const posix_spawn_file_actions_t *actions,
                      const posix_spawnattr_t *attributes, pid_t *child)
{
    char *const *own = (char *const *)(uintptr_t)words;
    char **linker PPT_FREED = getauxval(AT_BASE) == 0 ? linker_arguments() : NULL;
    const size_t there = count_of(linker), count = count_of(own);
    /* The dynamic linker's arguments end with the program's path. */
    const size_t kept = there >= own_count && there > 0 ? there - own_count + 1 : 0;
    char **all PPT_FREED = ppt_alloc(kept + count + 1, sizeof(*all));
    size_t length = 0;

    while (length < kept) {
        all[length] = linker[length];
        length++;
    }
    for (size_t i = kept > 0 ? 1 : 0; i < count; i++) {
        all[length++] = own[i];
    }
    char **variables = settings(words[0]);
    /* Not by the file's name, which may be another file's by then: a program is replaced while it
     * runs whenever it is installed anew. */
    const int problem = posix_spawn(child, SELF, actions, attributes, all, variables);

    free_settings(variables);
    for (size_t i = 0; i < there; i++) {
        free(linker[i]);
    }
    return problem;
}

/* ---- the second start ---- */

/* What follows the process's number; NULL: this is the first start. */
static const char *find_mark(void)
{
    const char *mark = getenv(RESTART);
    char *end = NULL;

    if (!mark) {
        return NULL;
    }
    const long process = strtol(mark, &end, 10);
    /* The process itself did, or the one of this program that has started it. */
    return (process == (long)getpid() || process == (long)getppid()) && end[0] == ':' && end[1] &&
                   end[2] == ':'
               ? end + 1
               : NULL;
}

static void put_back(const char *mark)
{
    const char *name = mark + 2;
    char now[17] = "", **kept = environ;

    was_made_passive = *mark == SET_PASSIVE;
    for (char **variable = environ; *variable; variable++) {
        if (begins(*variable, WITHHELD)) {
            *variable += strlen(WITHHELD);
            was_withheld = true;
        }
        if (!begins(*variable, RESTART "=") &&
            !(was_made_passive && begins(*variable, "OMP_WAIT_POLICY="))) {
            *kept++ = *variable;
        }
    }
    *kept = NULL;
    prctl(PR_GET_NAME, now);
    if (strcmp(now, name) != 0) {
        prctl(PR_SET_NAME, name);
    }
}

void ppt_start_prepare(char *const *arguments, bool may)
{
    const char *mark = find_mark();

    own_count = count_of(arguments);
    if (mark) {
        put_back(mark);
        return;
    }
    give_cpus_back();
    if (may && (!any(chooses_waiting) || any(binds))) {
        start_again(arguments);
    }
}
