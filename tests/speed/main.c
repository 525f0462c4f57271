/*
 * ppt-omp-speed - measures the kernels and the bench itself against natural references.
 *
 * A figure that misses its bar is shown as such but is no failure: machines are noisy and shared.
 */
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "start.h"
#include "subjects.h"
#include "workspace.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct subject {
    const char *name, *summary;
    enum ppt_status (*measure)(const struct venue *venue, struct ppt_error *error);
    void (*print_head)(const struct venue *venue); /* NULL: that of contests */
} subjects[] = {
    {"sum", "additions against the cycle", speed_sum, NULL},
    {"multi", "multiplications against the latency of one", speed_multi, NULL},
    {"io", "random bytes through files against plain system calls", speed_io, NULL},
    {"zip", "gzip files against zlib and plain system calls", speed_zip, NULL},
    {"tensor", "products of random matrices against bare dgemm", speed_tensor, NULL},
    {"matrix", "inverse of a random matrix against bare LAPACK", speed_matrix, NULL},
    {"sort", "our sort against qsort and bare passes", speed_sort, NULL},
    {"password", "hashes against libcrypto and libargon2", speed_password, NULL},
    {"random", "generators and digest against GSL's generators", speed_random, NULL},
    {"img", "stages against the whole task", speed_img, NULL},
    {"isa", "instruction sets against the plainest one", speed_isa, NULL},
    {"harness", "empty tasks and passes against bare OpenMP", speed_harness, NULL},
    {"scaling", "two workers against one", speed_scaling, NULL},
    {"ceilings", "tasks against what bounds them and the best known", speed_ceilings,
     bound_print_head},
};

static void print_list(FILE *file)
{
    for (size_t i = 0; i < COUNT(subjects); i++) {
        fprintf(file, "%-10s%s\n", subjects[i].name, subjects[i].summary);
    }
}

/* What follows a colon: one row alone, of "ceilings:sum". NULL: there is no colon. */
static const char *part_of(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : NULL;
}

static const struct subject *find(const char *name)
{
    const char *part = part_of(name);
    const size_t length = strcspn(name, ":");

    for (size_t i = 0; i < COUNT(subjects); i++) {
        if (strlen(subjects[i].name) == length && strncmp(subjects[i].name, name, length) == 0) {
            return !part || (subjects[i].measure == speed_ceilings && bound_has_part(part))
                       ? &subjects[i]
                       : NULL;
        }
    }
    return NULL;
}

/* Reads options and takes them out of `arguments`; names of subjects are left, `count` of them. */
static enum ppt_status read_arguments(char **arguments, size_t *count, struct venue *venue,
                                      bool *list, struct ppt_error *error)
{
    *count = 0;
    for (size_t i = 0; arguments[i]; i++) {
        if (strcmp(arguments[i], "--markdown") == 0) {
            venue->markdown = true;
        } else if (strcmp(arguments[i], "--list") == 0) {
            *list = true;
        } else if (find(arguments[i])) {
            arguments[(*count)++] = arguments[i];
        } else {
            return ppt_fail(error, PPT_BAD_INPUT, "no subject \"%s\"; there are:", arguments[i]);
        }
    }
    if (*count == 0 && !*list) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "usage: ppt-omp-speed [--markdown] SUBJECT [SUBJECT...] | --list");
    }
    return PPT_OK;
}

static enum ppt_status measure(char *const *names, size_t count, struct venue *venue,
                               struct ppt_error *error)
{
    struct ppt_workspace scratch;
    enum ppt_status status = ppt_workspace_create(&scratch, error);

    if (status != PPT_OK) {
        return status;
    }
    venue->scratch = &scratch.folder;
    for (size_t i = 0; status == PPT_OK && i < count; i++) {
        const struct subject *subject = find(names[i]);

        if (i == 0 || subject->print_head != find(names[i - 1])->print_head) {
            (subject->print_head ? subject->print_head : contest_print_head)(venue);
        }
        venue->subject = names[i];
        venue->part = part_of(names[i]);
        status = subject->measure(venue, error);
    }
    ppt_workspace_remove(&scratch);
    return status;
}

int main(int argument_count, char **arguments)
{
    struct ppt_error error = {""};
    struct venue venue = {0};
    enum ppt_status status;
    bool list = false;
    size_t count;

    (void)argument_count;
    ppt_start_prepare(arguments, true);
    gsl_set_error_handler_off();
    omp_set_num_threads(1); /* as for every worker: BLAS must not start threads of its own */
    status = read_arguments(arguments + 1, &count, &venue, &list, &error);
    if (status == PPT_OK && list) {
        print_list(stdout);
    } else if (status == PPT_OK) {
        status = measure(arguments + 1, count, &venue, &error);
    }
    if (status == PPT_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        status = ppt_fail(&error, PPT_FAILED, "standard output cannot be written");
    }
    if (status != PPT_OK) {
        fprintf(stderr, "ppt-omp-speed: %s\n", error.text);
    }
    if (status == PPT_BAD_INPUT) {
        print_list(stderr);
    }
    return (int)status;
}
