#include "faults.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STUTTER_BYTES 7919

enum kind { NONE, FAIL_WRITE, FAIL_READ, FLIP_READ, END_READ, STUTTER };

static struct {
    enum kind kind;
    const char *suffix;
    int64_t at;
    int error;
    unsigned calls;
} fault = {.suffix = ""};

void faults_none(void)
{
    fault.kind = NONE;
}

static void set(enum kind kind, const char *suffix, int64_t at, int error)
{
    fault.kind = kind;
    fault.suffix = suffix;
    fault.at = at;
    fault.error = error;
    fault.calls = 0;
}

void faults_fail_write(const char *suffix, int64_t at, int error)
{
    set(FAIL_WRITE, suffix, at, error);
}

void faults_fail_read(const char *suffix, int64_t at, int error)
{
    set(FAIL_READ, suffix, at, error);
}

void faults_flip_read(const char *suffix, int64_t at)
{
    set(FLIP_READ, suffix, at, 0);
}

void faults_end_read(const char *suffix, int64_t at)
{
    set(END_READ, suffix, at, 0);
}

void faults_stutter(const char *suffix)
{
    set(STUTTER, suffix, 0, 0);
}

static bool concerns(int fd)
{
    char link[64], path[4096];
    ssize_t length;
    const size_t suffix = strlen(fault.suffix);

    if (fault.kind == NONE) {
        return false;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof(path));
    return length >= (ssize_t)suffix &&
           memcmp(path + (size_t)length - suffix, fault.suffix, suffix) == 0;
}

/* Cuts `count` down, or returns false with errno set for a call that is to fail. */
static bool stutter(size_t *count)
{
    if (fault.calls++ % 2 == 0) {
        errno = EINTR;
        return false;
    }
    *count = *count < STUTTER_BYTES ? *count : STUTTER_BYTES;
    return true;
}

/* Cuts `count` down so as not to cross the offset of the fault; 0 means that it is reached. */
static size_t up_to_fault(int fd, size_t count)
{
    const int64_t left = fault.at - lseek(fd, 0, SEEK_CUR);

    return left <= 0 ? 0 : (size_t)left < count ? (size_t)left : count;
}

ssize_t write(int fd, const void *data, size_t count)
{
    if (concerns(fd) && (fault.kind == FAIL_WRITE || fault.kind == STUTTER)) {
        if (fault.kind == FAIL_WRITE) {
            count = up_to_fault(fd, count);
            errno = fault.error;
        } else if (!stutter(&count)) {
            return -1;
        }
        if (count == 0) {
            return -1;
        }
    }
    return syscall(SYS_write, fd, data, count);
}

ssize_t read(int fd, void *data, size_t count)
{
    const int64_t from = lseek(fd, 0, SEEK_CUR);
    ssize_t got;

    if (!concerns(fd) || fault.kind == FAIL_WRITE) {
        return syscall(SYS_read, fd, data, count);
    }
    if (fault.kind == STUTTER && !stutter(&count)) {
        return -1;
    }
    if (fault.kind == FAIL_READ || fault.kind == END_READ) {
        count = up_to_fault(fd, count);
        if (count == 0) {
            errno = fault.error;
            return fault.kind == FAIL_READ ? -1 : 0;
        }
    }
    got = syscall(SYS_read, fd, data, count);
    if (fault.kind == FLIP_READ && fault.at >= from && fault.at < from + got) {
        ((unsigned char *)data)[fault.at - from] ^= 1;
    }
    return got;
}
