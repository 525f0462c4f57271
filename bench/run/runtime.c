#include "runtime.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
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
    const unsigned workers = point.workers > 0 ? point.workers : 1;

    return ppt_fail(error, PPT_FAILED,
                    "%u worker%s with %u inner thread%s need%s %u threads, but %s allows only %u%s",
                    workers, workers == 1 ? "" : "s", point.inner_threads,
                    point.inner_threads == 1 ? "" : "s", workers == 1 ? "s" : "", needed, who,
                    possible, why);
}

static void *wait_for(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

enum ppt_status ppt_runtime_check_threads(struct ppt_point point, struct ppt_error *error)
{
    /* Of a rank one thread more speaks to the others. */
    const unsigned needed = ppt_point_threads(ppt_point_of_rank(point)) + (point.ranks > 0);
    const unsigned limit = (unsigned)omp_get_thread_limit();
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads;
    unsigned created = 1; /* this one is there already */
    int problem = 0;

    if (needed > limit) {
        return refuse(point, needed, limit, "OMP_THREAD_LIMIT", "", error);
    }
    threads = ppt_alloc(needed, sizeof(*threads));
    /* All at the same time: none ends before the gate is opened. */
    pthread_mutex_lock(&gate);
    while (created < needed && problem == 0) {
        problem = pthread_create(&threads[created], NULL, wait_for, &gate);
        created += problem == 0;
    }
    pthread_mutex_unlock(&gate);
    for (unsigned i = 1; i < created; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&gate);
    free(threads);
    if (problem != 0) {
        char why[200];

        snprintf(why, sizeof(why), " (%s): see ulimit -u, or the container's limit of processes",
                 strerror(problem));
        return refuse(point, needed, created, "the system", why, error);
    }
    return PPT_OK;
}
