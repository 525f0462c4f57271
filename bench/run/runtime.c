#include "runtime.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory.h"
#include "owned.h"
#include "stack.h"
#include "text.h"

/* Mutable and global, as the environment that it speaks of is. */
static char *own_variables;

const char *ppt_runtime_own_variables(void)
{
    return own_variables;
}

void ppt_runtime_keep(const char *const *prefixes)
{
    struct ppt_text names = {0};

    for (char **variable = environ; *variable; variable++) {
        for (const char *const *prefix = prefixes; *prefix; prefix++) {
            if (strncmp(*variable, *prefix, strlen(*prefix)) == 0) {
                ppt_text_addf(&names, "%s%.*s", names.length > 0 ? "," : "",
                              (int)strcspn(*variable, "="), *variable);
            }
        }
    }
    free(own_variables);
    own_variables = names.data;
}

static enum ppt_status refuse(struct ppt_point point, unsigned needed, unsigned possible,
                              const char *who, const char *why, struct ppt_error *error)
{
    char words[PPT_POINT_WORDS_SIZE];

    point.workers += point.workers == 0; /* of calls there is one */
    ppt_point_words(point, PPT_ONLY(PPT_WORKERS) | PPT_ONLY(PPT_INNER_THREADS), "", " with ",
                    words);
    return ppt_fail(error, PPT_FAILED, "%s need%s %u threads, but %s allows only %u%s", words,
                    point.workers == 1 ? "s" : "", needed, who, possible, why);
}

/* With memory taken as a task does it, which for a thread's first time means an arena. */
static void *wait_for(void *gate)
{
    void *volatile memory = malloc(1);

    free(memory);
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* All at the same time: none ends before the gate is opened. Returns how many there are then, with
 * the calling one, and in *problem why no more. */
static unsigned create_threads(unsigned needed, const pthread_attr_t *attributes, int *problem)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads PPT_FREED = ppt_alloc(needed, sizeof(*threads));
    unsigned created = 1; /* this one is there already */

    *problem = 0;
    pthread_mutex_lock(&gate);
    while (created < needed && *problem == 0) {
        *problem = pthread_create(&threads[created], attributes, wait_for, &gate);
        created += *problem == 0;
    }
    pthread_mutex_unlock(&gate);
    for (unsigned i = 1; i < created; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&gate);
    return created;
}

/* Which limits it may be. */
static void explain(int problem, const struct ppt_stack *stack, char *why, size_t size)
{
    char own[120] = "", addresses[60] = "";
    struct rlimit limit;

    if (stack->variable) {
        snprintf(own, sizeof(own), "each has a stack of %s=%.60s; ", stack->variable, stack->text);
    }
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        snprintf(addresses, sizeof(addresses), "ulimit -v %llu, ",
                 (unsigned long long)limit.rlim_cur / 1024);
    }
    snprintf(why, size, " (%s): %ssee %sulimit -u, or the container's limit of processes",
             strerror(problem), own, addresses);
}

enum ppt_status ppt_runtime_check_threads(struct ppt_point point, unsigned others,
                                          struct ppt_error *error)
{
    /* Of a rank one thread more speaks to the others. */
    const unsigned needed = ppt_point_threads(ppt_point_of_rank(point)) + (point.ranks > 0);
    const unsigned limit = (unsigned)omp_get_thread_limit();
    const struct ppt_stack stack = ppt_stack_wanted();
    pthread_attr_t attributes;
    int problem = 0;
    unsigned created = 0;

    if (needed > limit) {
        return refuse(point, needed, limit, "OMP_THREAD_LIMIT", "", error);
    }
    if (needed == 1) {
        return PPT_OK;
    }
    PPT_TRY(ppt_stack_check(&stack, error));
    ppt_stack_attributes(&stack, &attributes);
    /* A second time beside the arenas that the first ones have left. */
    for (int i = 0; i < 2 && problem == 0; i++) {
        created = create_threads(needed + others, &attributes, &problem);
    }
    pthread_attr_destroy(&attributes);
    if (problem != 0) {
        char why[400];

        explain(problem, &stack, why, sizeof(why));
        return refuse(point, needed, created > others ? created - others : 0, "the system", why,
                      error);
    }
    return PPT_OK;
}
