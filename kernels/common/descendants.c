#include "descendants.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* ---- finding them ---- */

static void write_number(pid_t pid, char out[16])
{
    char digits[16];
    size_t count = 0, length = 0;

    do {
        digits[count++] = (char)('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    while (count > 0) {
        out[length++] = digits[--count];
    }
    out[length] = '\0';
}

/* In a namespace of processes whose /proc is that of another one the same numbers mean others. */
static bool is_own_proc(void)
{
    char own[16], told[16];
    const ssize_t length = readlink("/proc/self", told, sizeof(told));

    write_number(getpid(), own);
    return length > 0 && (size_t)length == strlen(own) && memcmp(told, own, (size_t)length) == 0;
}

bool ppt_descendants_list(ppt_descendants_visit *visit, void *context)
{
    const int fd = is_own_proc() ? open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC) : -1;
    char text[4096];
    pid_t pid = 0;
    ssize_t got;

    if (fd < 0) {
        return false;
    }
    /* "12 345 6 ": a number may go on in the next piece. */
    while ((got = read(fd, text, sizeof(text))) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                pid = pid * 10 + (text[i] - '0');
            } else if (pid > 0) {
                visit(pid, context);
                pid = 0;
            }
        }
    }
    close(fd);
    return true;
}

/* 0: it is none. */
static pid_t number_of(const char *text)
{
    pid_t number = 0;

    for (; *text >= '0' && *text <= '9' && number < INT32_MAX / 10 - 1; text++) {
        number = number * 10 + (*text - '0');
    }
    return *text ? 0 : number;
}

/* Reads the file of that name of a process into text that ends in a zero byte; `size` is more than
 * 1. Returns its length, 0 when it cannot be read. */
static size_t read_about(const char *number, const char *name, char *text, size_t size)
{
    char path[64] = "/proc/", *end;
    size_t length = 0;
    ssize_t got;

    if (strlen(number) + strlen(name) + 8 > sizeof(path)) {
        return 0;
    }
    end = stpcpy(path + strlen(path), number);
    *end++ = '/';
    stpcpy(end, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    while (length + 1 < size && (got = read(fd, text + length, size - 1 - length)) > 0) {
        length += (size_t)got;
    }
    text[length] = '\0';
    close(fd);
    return length;
}

/* "12 (a name) S 345 ...": 345, or 0. A name may hold anything. */
static pid_t parent_of(const char *number)
{
    char text[512], *state;
    pid_t parent = 0;

    if (read_about(number, "stat", text, sizeof(text)) == 0 || !(state = strrchr(text, ')')) ||
        strlen(state) < 4) {
        return 0;
    }
    for (const char *c = state + 4; *c >= '0' && *c <= '9'; c++) {
        parent = parent * 10 + (*c - '0');
    }
    return parent;
}

bool ppt_descendants_scan(ppt_descendants_visit *visit, void *context)
{
    const int fd = is_own_proc() ? open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    _Alignas(struct dirent64) char entries[8192];
    const pid_t own = getpid();
    bool any = false;
    ssize_t got;

    if (fd < 0) {
        return false;
    }
    while ((got = getdents64(fd, entries, sizeof(entries))) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            const pid_t pid = number_of(entry->d_name);

            any |= pid > 0;
            if (pid > 0 && parent_of(entry->d_name) == own) {
                visit(pid, context);
            }
            at += entry->d_reclen;
        }
    }
    close(fd);
    return any;
}

/* ---- ending them ---- */

static void note_descendant(pid_t pid, int problem, struct ppt_descendant *one)
{
    char number[16], name[32];

    if (one->pid != 0 && (problem == 0 || one->problem != 0)) {
        return;
    }
    *one = (struct ppt_descendant){.pid = pid, .problem = problem};
    write_number(pid, number);
    if (read_about(number, "comm", name, sizeof(name)) > 0) {
        const size_t length = strcspn(name, "\n");

        memcpy(one->name, name, length < sizeof(one->name) ? length : sizeof(one->name) - 1);
    }
}

/* A group is sent the signal as a whole: one whose processes are ever new ones would get away from
 * signals to each. It is of a session that is not ours, so only descendants can be in it. */
static void kill_descendant(pid_t pid, void *context)
{
    const pid_t group = getpgid(pid);

    if (group > 1 && group != getpgrp()) {
        kill(-group, SIGKILL);
    }
    note_descendant(pid, kill(pid, SIGKILL) == 0 || errno == ESRCH ? 0 : errno, context);
}

bool ppt_descendants_kill(struct ppt_descendant *one)
{
    *one = (struct ppt_descendant){.pid = 0};
    return ppt_descendants_list(kill_descendant, one) || ppt_descendants_scan(kill_descendant, one);
}
