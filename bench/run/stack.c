/*
 * Of a thread's stack the system takes a part for what the libraries keep for each thread (TLS).
 * How much that is nobody tells. So a thread is asked how much it finds left; and where not even
 * that can be created, one with more.
 */
#include "stack.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define KIB ((size_t)1 << 10)

/* Sizes that are tried and named. */
#define STEP (16 * KIB)
#define MOST_TRIED (4096 * KIB)

/* From here on nobody need be asked. */
#define PLENTY (1024 * KIB)

static const char *skip_blanks(const char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return text;
}

/* A number of KiB, or of what a letter behind it says: as parse_stacksize() of libgomp's env.c. 0:
 * nothing that it takes; a size below the least for a thread it does not take either. */
static size_t parse_size(const char *text)
{
    static const char units[] = "bkmg";
    unsigned shift = 10;
    char *end = NULL;

    errno = 0;
    const unsigned long number = strtoul(text, &end, 10);
    const char *rest = skip_blanks(end);
    if (end == text || errno != 0) {
        return 0;
    }
    if (*rest != '\0') {
        const char *unit = strchr(units, tolower((unsigned char)*rest));

        if (!unit || *skip_blanks(rest + 1) != '\0') {
            return 0;
        }
        shift = 10 * (unsigned)(unit - units);
    }
    const unsigned long bytes = number << shift;
    return bytes >> shift == number && bytes >= (unsigned long)PTHREAD_STACK_MIN ? bytes : 0;
}

struct ppt_stack ppt_stack_wanted(void)
{
    static const char *const variables[] = {"OMP_STACKSIZE", "GOMP_STACKSIZE"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *text = getenv(variables[i]);
        const size_t bytes = text ? parse_size(text) : 0;

        if (bytes > 0) {
            return (struct ppt_stack){variables[i], text, bytes};
        }
    }
    return (struct ppt_stack){NULL, NULL, 0};
}

void ppt_stack_attributes(const struct ppt_stack *stack, pthread_attr_t *attributes)
{
    pthread_attr_init(attributes);
    if (stack->bytes > 0) {
        pthread_attr_setstacksize(attributes, stack->bytes);
    }
}

/* The bytes between here and the end of the calling thread's stack. */
static void *measure(void *room)
{
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0;

    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &lowest, &size);
        pthread_attr_destroy(&attributes);
        *(size_t *)room = (size_t)((char *)__builtin_frame_address(0) - (char *)lowest);
    }
    return NULL;
}

/* What a thread finds left of it; SIZE_MAX when that cannot be told. */
static size_t room_of(const struct ppt_stack *stack)
{
    pthread_attr_t attributes;
    pthread_t thread;
    size_t room = SIZE_MAX;

    ppt_stack_attributes(stack, &attributes);
    const int problem = pthread_create(&thread, &attributes, measure, &room);
    pthread_attr_destroy(&attributes);
    if (problem == 0) {
        pthread_join(thread, NULL);
    } else if (problem == EINVAL) {
        room = 0;
    }
    return room;
}

static bool is_plenty(const struct ppt_stack *stack)
{
    pthread_attr_t attributes;
    size_t bytes = 0;

    ppt_stack_attributes(stack, &attributes);
    pthread_attr_getstacksize(&attributes, &bytes);
    pthread_attr_destroy(&attributes);
    return bytes >= PLENTY;
}

static size_t least_that_works(void)
{
    struct ppt_stack stack = {NULL, NULL, STEP};

    while (stack.bytes < MOST_TRIED && room_of(&stack) < PPT_STACK_ROOM) {
        stack.bytes += STEP;
    }
    return stack.bytes;
}

enum ppt_status ppt_stack_check(const struct ppt_stack *stack, struct ppt_error *error)
{
    struct rlimit limit;

    if (is_plenty(stack) || room_of(stack) >= PPT_STACK_ROOM) {
        return PPT_OK;
    }
    const size_t right = least_that_works() / KIB;
    if (stack->variable) {
        return ppt_fail(error, PPT_FAILED,
                        "%s=%s leaves tasks no room on the stacks of their threads: set it to %zuK "
                        "or more, or unset it",
                        stack->variable, stack->text, right);
    }
    getrlimit(RLIMIT_STACK, &limit);
    return ppt_fail(error, PPT_FAILED,
                    "ulimit -s %llu leaves tasks no room on the stacks of their threads: it must "
                    "be %zu or more",
                    (unsigned long long)limit.rlim_cur / KIB, right);
}
