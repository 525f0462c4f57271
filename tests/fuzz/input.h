/*
 * input.h - what a fuzz target tests: bytes, and a file in memory that holds them.
 */
#ifndef PPT_FUZZ_INPUT_H
#define PPT_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Called by libFuzzer for every input it thinks of, and by replay.c for every file of the corpus.
 * Both expect 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the code promises for any input; assert() would be gone in a release build. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

struct input {
    int fd;
    char path[32]; /* for functions that read files */
};

/* A file in memory: no disk in the way of thousands of inputs per second. */
static inline struct input input_open(const uint8_t *data, size_t size)
{
    struct input input = {.fd = memfd_create("input", MFD_CLOEXEC)};

    MUST(input.fd >= 0);
    MUST(write(input.fd, data, size) == (ssize_t)size);
    snprintf(input.path, sizeof(input.path), "/proc/self/fd/%d", input.fd);
    return input;
}

static inline void input_close(const struct input *input)
{
    close(input->fd);
}

#endif
