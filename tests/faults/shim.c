/*
 * shim.c - a library for LD_PRELOAD that lets one call of the program fail, so that a test can try
 * every call in turn.
 *
 *     PPT_FAULT_CALL    which calls: write, sync, rename (and link), open (for writing), memory,
 *                       thread, truncate, mkdir, remove, look (open a folder, or for reading), or
 *                       process: what a new one is made with (fork, socketpair, pipe2, mmap)
 *     PPT_FAULT_AT      the number of the call that fails, from 1 on; 0 or unset: none, only count
 *     PPT_FAULT_ERROR   what it fails with: ENOSPC, EIO, EINTR, EMFILE, EAGAIN, ENOMEM, EACCES,
 *                       EOPNOTSUPP;
 *                       of write also SHORT: it writes half of what was asked for, which is no
 *                       failure; CUT: half of it, and the next call fails with ENOSPC
 *     PPT_FAULT_EVER    if set, every call from that one on fails
 *     PPT_FAULT_REPORT  a file that gets two numbers when the program exits: of such calls, and of
 *                       calls of fdatasync() that succeeded, each the end of a line of the journal
 *
 * Calls of all threads are counted together, from the start of the process on, if they come from
 * the program itself, which is told by their return address. So libraries that read the machine
 * when they are loaded count for nothing, with two exceptions: threads, all of which libgomp
 * creates, and mkstemp() and mkdtemp(), which the C library opens and makes folders in. Memory
 * alone is counted from when the program first opens a samples.jsonl: what fails before that loses
 * nothing, and there are thousands of such calls.
 *
 * Memory means what the program asks for by itself. What json-c, GSL or the C library do when they
 * get none is not ours to test.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum call {
    WRITE,
    SYNC,
    RENAME,
    OPEN,
    MEMORY,
    THREAD,
    TRUNCATE,
    MKDIR,
    REMOVE,
    LOOK,
    PROCESS,
    NONE
};

static struct {
    enum call call;
    unsigned long at;
    int error; /* an errno, or one of those below */
    bool ever;
    const char *report;
    uintptr_t begin, end; /* of the program's own code */
    atomic_ulong calls;
    atomic_ulong lines;
    atomic_bool counting; /* of memory: the journal has been opened */
    atomic_bool cut;      /* the next write has no room */
} fault = {.call = NONE};

enum { SHORT_WRITE = -1, CUT_WRITE = -2 };

static const struct {
    const char *name;
    enum call call;
} calls[] = {
    {"write", WRITE},   {"sync", SYNC},     {"rename", RENAME},     {"open", OPEN},
    {"memory", MEMORY}, {"thread", THREAD}, {"truncate", TRUNCATE}, {"mkdir", MKDIR},
    {"remove", REMOVE}, {"look", LOOK},     {"process", PROCESS},
};

static const struct {
    const char *name;
    int error;
} errors[] = {
    {"ENOSPC", ENOSPC},     {"EIO", EIO},       {"EINTR", EINTR},   {"EMFILE", EMFILE},
    {"EAGAIN", EAGAIN},     {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"SHORT", SHORT_WRITE}, {"CUT", CUT_WRITE},
};

/* The program is the first object. */
static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            fault.begin = (uintptr_t)(info->dlpi_addr + part->p_vaddr);
            fault.end = fault.begin + (uintptr_t)part->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void start(void)
{
    const char *call = getenv("PPT_FAULT_CALL"), *error = getenv("PPT_FAULT_ERROR");
    const char *at = getenv("PPT_FAULT_AT");

    dl_iterate_phdr(find_program, NULL);
    /* Not for gnuplot. */
    unsetenv("LD_PRELOAD");
    fault.report = getenv("PPT_FAULT_REPORT");
    fault.ever = getenv("PPT_FAULT_EVER") != NULL;
    fault.at = at ? strtoul(at, NULL, 10) : 0;
    for (size_t i = 0; error && i < COUNT(errors); i++) {
        fault.error = strcmp(errors[i].name, error) == 0 ? errors[i].error : fault.error;
    }
    for (size_t i = 0; call && i < COUNT(calls); i++) {
        fault.call = strcmp(calls[i].name, call) == 0 ? calls[i].call : fault.call;
    }
}

__attribute__((destructor)) static void stop(void)
{
    FILE *file = fault.report ? fopen(fault.report, "w") : NULL;

    if (file) {
        fprintf(file, "%lu %lu\n", atomic_load(&fault.calls), atomic_load(&fault.lines));
        fclose(file);
    }
}

static bool is_own(const void *caller)
{
    return (uintptr_t)caller >= fault.begin && (uintptr_t)caller < fault.end;
}

/* Counts a call and says whether it is to fail. */
static bool is_due(enum call call, const void *caller)
{
    unsigned long n;

    if (call != fault.call || (call != THREAD && !is_own(caller)) ||
        (call == MEMORY && !atomic_load(&fault.counting))) {
        return false;
    }
    n = atomic_fetch_add(&fault.calls, 1) + 1;
    return fault.at > 0 && (n == fault.at || (fault.ever && n > fault.at));
}

/* As is_due(), for a call that sets errno. */
static bool fails(enum call call, const void *caller)
{
    if (is_due(call, caller)) {
        errno = fault.error;
        return true;
    }
    return false;
}

/* Makes `real` the function of that name that this library stands before. A function pointer cannot
 * be made from what dlsym() returns without a detour in ISO C. */
#define NEXT(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real) {                                                                                   \
        void *found = dlsym(RTLD_NEXT, #name);                                                     \
        memcpy(&real, &found, sizeof(real));                                                       \
    }

#define CALLER __builtin_return_address(0)

/* ---- files ---- */

ssize_t write(int fd, const void *data, size_t bytes)
{
    NEXT(write)
    if (fault.call == WRITE && is_own(CALLER) && atomic_exchange(&fault.cut, false)) {
        errno = ENOSPC;
        return -1;
    }
    if (is_due(WRITE, CALLER)) {
        if (fault.error < 0 && bytes > 1) {
            atomic_store(&fault.cut, fault.error == CUT_WRITE);
            return real(fd, data, bytes / 2);
        }
        errno = fault.error < 0 ? ENOSPC : fault.error;
        return -1;
    }
    return real(fd, data, bytes);
}

int fsync(int fd)
{
    NEXT(fsync)
    return fails(SYNC, CALLER) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    int result;

    NEXT(fdatasync)
    result = fails(SYNC, CALLER) ? -1 : real(fd);
    if (result == 0) {
        atomic_fetch_add(&fault.lines, 1);
    }
    return result;
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    NEXT(renameat)
    return fails(RENAME, CALLER) ? -1 : real(from_fd, from, to_fd, to);
}

int symlinkat(const char *target, int folder, const char *name)
{
    NEXT(symlinkat)
    return fails(RENAME, CALLER) ? -1 : real(target, folder, name);
}

int unlinkat(int folder, const char *name, int flags)
{
    NEXT(unlinkat)
    return fails(REMOVE, CALLER) ? -1 : real(folder, name, flags);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    NEXT(linkat)
    return fails(RENAME, CALLER) ? -1 : real(from_fd, from, to_fd, to, flags);
}

int ftruncate(int fd, off_t length)
{
    NEXT(ftruncate)
    return fails(TRUNCATE, CALLER) ? -1 : real(fd, length);
}

int mkdir(const char *path, mode_t mode)
{
    NEXT(mkdir)
    return fails(MKDIR, CALLER) ? -1 : real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    NEXT(mkdirat)
    return fails(MKDIR, CALLER) ? -1 : real(folder, path, mode);
}

char *mkdtemp(char *name)
{
    NEXT(mkdtemp)
    return fails(MKDIR, CALLER) ? NULL : real(name);
}

static bool is_for_writing(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY;
}

/* Memory is counted from here on. */
static void notice(const char *path)
{
    const size_t length = strlen(path), ending = strlen("samples.jsonl");

    if (length >= ending && strcmp(path + length - ending, "samples.jsonl") == 0) {
        atomic_store(&fault.counting, true);
    }
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    NEXT(open)
    if (flags & (O_CREAT | __O_TMPFILE)) {
        va_list arguments;

        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if (fails(is_for_writing(flags) ? OPEN : LOOK, CALLER)) {
        return -1;
    }
    return real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;

    NEXT(openat)
    if (flags & (O_CREAT | __O_TMPFILE)) {
        va_list arguments;

        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if (fails(is_for_writing(flags) ? OPEN : LOOK, CALLER)) {
        return -1;
    }
    notice(path);
    return real(folder, path, flags, mode);
}

int mkostemp(char *name, int flags)
{
    NEXT(mkostemp)
    return fails(OPEN, CALLER) ? -1 : real(name, flags);
}

/* ---- threads ---- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*start_routine)(void *), void *argument)
{
    NEXT(pthread_create)
    return is_due(THREAD, CALLER) ? fault.error : real(thread, attributes, start_routine, argument);
}

/* ---- processes ---- */

pid_t fork(void)
{
    NEXT(fork)
    return fails(PROCESS, CALLER) ? -1 : real();
}

int socketpair(int domain, int type, int protocol, int sockets[2])
{
    NEXT(socketpair)
    return fails(PROCESS, CALLER) ? -1 : real(domain, type, protocol, sockets);
}

int pipe2(int ends[2], int flags)
{
    NEXT(pipe2)
    return fails(PROCESS, CALLER) ? -1 : real(ends, flags);
}

void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    NEXT(mmap)
    return fails(PROCESS, CALLER) ? MAP_FAILED
                                  : real(address, bytes, protection, flags, fd, offset);
}

/* ---- memory: the C library's own functions, since dlsym() asks for memory itself ---- */

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    return fails(MEMORY, CALLER) ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    return fails(MEMORY, CALLER) ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    return fails(MEMORY, CALLER) ? NULL : __libc_realloc(memory, bytes);
}

void *reallocarray(void *memory, size_t count, size_t bytes)
{
    if (fails(MEMORY, CALLER)) {
        return NULL;
    }
    if (count > 0 && bytes > SIZE_MAX / count) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(memory, count * bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return fails(MEMORY, CALLER) ? NULL : __libc_memalign(alignment, bytes);
}

char *strdup(const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = fails(MEMORY, CALLER) ? NULL : __libc_malloc(bytes);

    return copy ? memcpy(copy, text, bytes) : NULL;
}

int asprintf(char **out, const char *format, ...)
{
    va_list arguments, again;
    int length = -1;

    *out = NULL;
    va_start(arguments, format);
    va_copy(again, arguments);
    if (!fails(MEMORY, CALLER)) {
        length = vsnprintf(NULL, 0, format, again);
        *out = length >= 0 ? __libc_malloc((size_t)length + 1) : NULL;
    }
    va_end(again);
    length = *out ? vsnprintf(*out, (size_t)length + 1, format, arguments) : -1;
    va_end(arguments);
    return length;
}
