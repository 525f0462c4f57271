/*
 * ppt-omp-speed - measures the kernels and the bench itself against natural references.
 *
 * A figure that misses its bar is shown as such but is no failure: machines are noisy and shared.
 */
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "start.h"
#include "subjects.h"
#include "workspace.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct subject {
    const char *name, *summary;
    enum ppt_status (*measure)(const struct venue *venue, struct ppt_error *error);
} subjects[] = {
    {"sum", "additions against the cycle", speed_sum},
    {"multi", "multiplications against the latency of one", speed_multi},
    {"io", "random bytes through files against plain system calls", speed_io},
    {"zip", "gzip files against zlib and plain system calls", speed_zip},
    {"tensor", "products of random matrices against bare dgemm", speed_tensor},
    {"matrix", "inverse of a random matrix against bare LAPACK", speed_matrix},
    {"sort", "our sort against qsort and bare passes", speed_sort},
    {"password", "hashes against libcrypto and libargon2", speed_password},
    {"random", "generators and digest against GSL's generators", speed_random},
    {"img", "stages against the whole task", speed_img},
    {"isa", "instruction sets against the plainest one", speed_isa},
    {"harness", "empty tasks and passes against bare OpenMP", speed_harness},
    {"scaling", "two workers against one", speed_scaling},
};

static void print_list(FILE *file)
{
    for (size_t i = 0; i < COUNT(subjects); i++) {
        fprintf(file, "%-10s%s\n", subjects[i].name, subjects[i].summary);
    }
}

static const struct subject *find(const char *name)
{
    for (size_t i = 0; i < COUNT(subjects); i++) {
        if (strcmp(subjects[i].name, name) == 0) {
            return &subjects[i];
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
    contest_print_head(venue);
    for (size_t i = 0; status == PPT_OK && i < count; i++) {
        venue->subject = names[i];
        status = find(names[i])->measure(venue, error);
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
