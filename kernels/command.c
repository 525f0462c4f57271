/*
 * command - runs a program of the user's, without a shell.
 *
 * There are two ways to give such a program more of the machine: many copies side by side, which
 * are the workers, or one copy with more threads of its own, which are the inner threads: it is
 * told their number in OMP_NUM_THREADS, and wherever an argument says {inner_threads}.
 *
 * What the program takes (CPU time and memory) is taken by another process; it is counted and told
 * to the bench by `outside`.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "digest.h"
#include "file_digest.h"
#include "kernel.h"
#include "places.h"
#include "scratch.h"

enum { ARGV, TIMEOUT, OUTPUT };
enum { DISCARD, CHECK, KEEP };

static const char *const outputs[] = {"discard", "check", "keep", NULL};

static const struct ppt_param params[] = {
    [ARGV] = {.name = "argv",
              .kind = PPT_PARAM_WORDS,
              .value = "[\"true\"]",
              .unit = "",
              .help = "the program and its arguments; {task} (from 0), {worker}, {workers}, "
                      "{inner_threads} and {scratch} (a folder of the worker's) are filled in"},
    [TIMEOUT] = {.name = "timeout",
                 .kind = PPT_PARAM_REAL,
                 .value = "3600",
                 .optional = true,
                 .smallest = 0,
                 .largest = 1e7,
                 .unit = "s",
                 .help = "a program that takes longer is ended, and its task has failed; 0: none"},
    [OUTPUT] = {.name = "output",
                .kind = PPT_PARAM_CHOICE,
                .value = "\"discard\"",
                .optional = true,
                .choices = outputs,
                .unit = "",
                .help =
                    "of the program; check: it must be the same at every worker count; keep: in "
                    "the folder \"tasks\" of the run"},
};

/* The variable that programs of today's libraries take their number of threads from. */
#define THREADS_VARIABLE "OMP_NUM_THREADS="

extern char **environ;

struct shared {
    char *
        *environment; /* of the children, with two places left free at its end; strings borrowed */
    size_t environment_count;
};

struct local {
    struct ppt_setup setup;
    struct ppt_places places;
    char **environment;
    char threads[sizeof(THREADS_VARIABLE) + 16];
    char *buffer;  /* of PPT_CHILD_BUFFER bytes */
    char *scratch; /* that places.scratch names, or NULL */
    char **argv;   /* filled in anew for every task */
    char *words;   /* storage of argv's strings */
    struct ppt_outside outside;
};

static void fill_argv(struct local *local, const struct ppt_texts *words, uint64_t index)
{
    char *out = local->words;

    local->places.task = index;
    for (size_t i = 0; i < words->count; i++) {
        local->argv[i] = out;
        out = ppt_places_fill(&local->places, words->items[i], out);
    }
}

/* ---- open ---- */

static bool is_program(const char *path)
{
    struct stat about;

    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        errno = S_ISDIR(about.st_mode) ? EISDIR : EACCES;
        return false;
    }
    return access(path, X_OK) == 0;
}

/* Looks for the program as posix_spawnp() will: better before anything is measured. `found` gets
 * its path. */
static enum ppt_status find_program(const char *name, char found[PATH_MAX], struct ppt_error *error)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/')) {
        snprintf(found, PATH_MAX, "%s", name);
        return is_program(name)
                   ? PPT_OK
                   : ppt_fail(error, PPT_BAD_INPUT, "command: \"%s\" cannot be run: %s", name,
                              strerror(errno));
    }
    for (path = path ? path : "/bin:/usr/bin"; *name; path++) {
        const int length = (int)strcspn(path, ":");

        /* An empty entry is the current folder. */
        snprintf(found, PATH_MAX, "%.*s%s%s", length, path, length ? "/" : "", name);
        if (is_program(found)) {
            return PPT_OK;
        }
        path += length;
        if (!*path) {
            break;
        }
    }
    return ppt_fail(error, PPT_BAD_INPUT, "command: there is no program \"%s\" in PATH", name);
}

/* Whether a variable is in a list of names. */
static bool is_own(const char *own, const char *variable)
{
    const size_t length = strcspn(variable, "=");

    while (own && *own) {
        const size_t one = strcspn(own, ",");

        if (one == length && strncmp(own, variable, length) == 0) {
            return true;
        }
        own += one + (own[one] == ',');
    }
    return false;
}

static enum ppt_status open_command(const struct ppt_setup *setup, void **shared,
                                    struct ppt_error *error)
{
    const char *name = setup->sets[0][ARGV].words.items[0];
    struct shared *s;
    size_t count = 0;
    char found[PATH_MAX];
    enum ppt_status status = strchr(name, '{') ? PPT_OK : find_program(name, found, error);

    if (status != PPT_OK) {
        return status;
    }
    while (environ[count]) {
        count++;
    }
    s = ppt_scratch_alloc(sizeof(*s), "command", error);
    if (!s) {
        return PPT_FAILED;
    }
    s->environment = ppt_scratch_alloc((count + 2) * sizeof(char *), "command", error);
    if (!s->environment) {
        free(s);
        return PPT_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        const bool threads = strncmp(environ[i], THREADS_VARIABLE, strlen(THREADS_VARIABLE)) == 0;

        if (!threads && !is_own(setup->own_variables, environ[i])) {
            s->environment[s->environment_count++] = environ[i];
        }
    }
    *shared = s;
    return PPT_OK;
}

static void close_command(void *shared)
{
    struct shared *s = shared;

    if (s) {
        free(s->environment);
        free(s);
    }
}

/* ---- attach ---- */

static void detach(void *local)
{
    struct local *l = local;

    if (l) {
        free(l->environment);
        free(l->buffer);
        free(l->scratch);
        free(l->argv);
        free(l->words);
        free(l);
    }
}

/* A folder that stays until the sweep ends, and is the same in every pass. */
static enum ppt_status make_scratch(struct local *l, struct ppt_error *error)
{
    const size_t size = strlen(l->setup.scratch_dir) + 32;

    l->scratch = ppt_scratch_alloc(size, "command", error);
    if (!l->scratch) {
        return PPT_FAILED;
    }
    snprintf(l->scratch, size, "%s/command.w%u", l->setup.scratch_dir, l->places.worker);
    l->places.scratch = l->scratch;
    return mkdirat(l->setup.scratch_fd, strrchr(l->scratch, '/') + 1, 0700) == 0 || errno == EEXIST
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "command: %s: cannot be created: %s", l->scratch,
                          strerror(errno));
}

static enum ppt_status allocate(struct local *l, const struct shared *shared,
                                const struct ppt_texts *words, struct ppt_error *error)
{
    size_t bytes = 0;

    for (size_t i = 0; i < words->count; i++) {
        bytes += ppt_places_size(&l->places, words->items[i]);
    }
    l->words = ppt_scratch_alloc(bytes, "command", error);
    l->argv =
        l->words ? ppt_scratch_alloc((words->count + 1) * sizeof(char *), "command", error) : NULL;
    l->buffer = l->argv ? ppt_scratch_alloc(PPT_CHILD_BUFFER, "command", error) : NULL;
    l->environment = l->buffer ? ppt_scratch_alloc((shared->environment_count + 2) * sizeof(char *),
                                                   "command", error)
                               : NULL;
    return l->environment ? PPT_OK : PPT_FAILED;
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              void **local, struct ppt_error *error)
{
    const struct ppt_texts *words = &setup->sets[0][ARGV].words;
    const struct shared *s = shared;
    struct local *l = ppt_scratch_alloc(sizeof(*l), "command", error);
    enum ppt_status status = PPT_OK;

    if (!l) {
        return PPT_FAILED;
    }
    l->setup = *setup;
    l->places = (struct ppt_places){
        .worker = worker, .workers = setup->workers, .inner_threads = setup->inner_threads};
    if (ppt_places_scratch(words)) {
        status = make_scratch(l, error);
    }
    if (status == PPT_OK) {
        status = allocate(l, s, words, error);
    }
    if (status != PPT_OK) {
        detach(l);
        return status;
    }
    memcpy(l->environment, s->environment, s->environment_count * sizeof(char *));
    snprintf(l->threads, sizeof(l->threads), THREADS_VARIABLE "%u", setup->inner_threads);
    l->environment[s->environment_count] = l->threads;
    *local = l;
    return PPT_OK;
}

/* ---- run ---- */

#define KEPT "tasks"

/* A file in the run's folder for what a task writes: of the last block, that is. */
static enum ppt_status open_kept(const struct local *l, uint64_t index, const char *what, int *fd,
                                 struct ppt_error *error)
{
    const struct ppt_setup *setup = &l->setup;
    char name[96];
    int folder = -1;

    snprintf(name, sizeof(name), "%ux%u.task%" PRIu64 ".%s", setup->workers, setup->inner_threads,
             index, what);
    if (mkdirat(setup->results_fd, KEPT, 0777) == 0 || errno == EEXIST) {
        folder = openat(setup->results_fd, KEPT, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (folder >= 0) {
        *fd = setup->services->renew_file(folder, name);
    }
    const int problem = errno;
    if (folder >= 0) {
        close(folder);
    }
    return *fd >= 0 ? PPT_OK
                    : ppt_fail(error, PPT_FAILED, "command: %s/" KEPT "/%s: cannot be created: %s",
                               setup->results_dir, name, strerror(problem));
}

/* What to say of a program that did not end as it should. */
static enum ppt_status judge(const struct ppt_child_result *result, const struct ppt_task *task,
                             const char *name, struct ppt_error *error)
{
    const char *colon = result->first_error[0] ? ": " : "";
    const double timeout_s = task->args[TIMEOUT].real;

    switch (result->end) {
    case PPT_CHILD_EXITED:
        if (result->code == 0) {
            return PPT_OK;
        }
        return ppt_fail(error, PPT_FAILED, "command: task %" PRIu64 ": \"%s\" exited with %d%s%s",
                        task->index, name, result->code, colon, result->first_error);
    case PPT_CHILD_KILLED:
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": \"%s\" was killed by signal %d (%s)%s%s",
                        task->index, name, result->signal, strsignal(result->signal), colon,
                        result->first_error);
    case PPT_CHILD_TIMED_OUT:
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": \"%s\" took longer than %g s and was ended%s%s",
                        task->index, name, timeout_s, colon, result->first_error);
    case PPT_CHILD_TOO_MUCH:
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": \"%s\" writes more than the %d MiB that are "
                        "kept of a task, and was ended",
                        task->index, name, (int)(PPT_CHILD_MOST_KEPT >> 20));
    case PPT_CHILD_GIVEN_UP:
        break;
    }
    return ppt_fail(error, PPT_INTERRUPTED, "command: task %" PRIu64 ": \"%s\" was given up",
                    task->index, name);
}

/* Runs the task's program with its outputs going where `request` says. */
static enum ppt_status run_child(struct local *l, const struct ppt_task *task,
                                 struct ppt_child_request *request, uint64_t *digest,
                                 struct ppt_error *error)
{
    struct ppt_child_result result;
    enum ppt_status status;

    fill_argv(l, &task->args[ARGV].words, task->index);
    request->argv = l->argv;
    request->envp = l->environment;
    request->timeout_s = task->args[TIMEOUT].real;
    request->given_up = l->setup.given_up;
    request->context = l->setup.pass;
    request->buffer = l->buffer;
    status = ppt_child_run(request, &result, error);
    if (status != PPT_OK) {
        return status;
    }
    l->outside.cpu_ns += result.cpu_ns;
    if (result.peak_bytes > l->outside.peak_bytes) {
        l->outside.peak_bytes = result.peak_bytes;
    }
    *digest = result.digest;
    return judge(&result, task, l->argv[0], error);
}

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    struct local *l = local;
    const int output = task->args[OUTPUT].choice;
    struct ppt_child_request request = {
        .read_output = output != DISCARD, .keep_output = -1, .keep_errors = -1};
    uint64_t written = 0;
    enum ppt_status status = PPT_OK;

    if (output == KEEP && l->setup.results_dir) {
        status = open_kept(l, task->index, "out", &request.keep_output, error);
        if (status == PPT_OK) {
            status = open_kept(l, task->index, "err", &request.keep_errors, error);
        }
    }
    if (status == PPT_OK) {
        status = run_child(l, task, &request, &written, error);
    }
    if (request.keep_output >= 0) {
        close(request.keep_output);
    }
    if (request.keep_errors >= 0) {
        close(request.keep_errors);
    }
    /* Most programs that nobody asked to be checked print times or numbers of processes. */
    *digest = ppt_digest_word(task->seed, task->index);
    if (output == CHECK) {
        *digest = ppt_digest_word(*digest, written);
    }
    return status;
}

/* "in FOLDER: PATH DIGEST": a path that is not absolute means another program elsewhere. */
static void identify(const union ppt_value *args, char *out, size_t size)
{
    const char *name = args[ARGV].words.items[0];
    char folder[PATH_MAX], found[PATH_MAX], digest[PPT_FILE_DIGEST_SIZE];
    struct ppt_error ignored;

    if (!getcwd(folder, sizeof(folder))) {
        snprintf(folder, sizeof(folder), "?");
    }
    if (strchr(name, '{') || find_program(name, found, &ignored) != PPT_OK) {
        snprintf(out, size, "in %s: %s", folder, name);
    } else {
        snprintf(out, size, "in %s: %s %s", folder, found, ppt_file_digest(found, digest));
    }
}

static void outside(void *local, struct ppt_outside *out)
{
    *out = ((const struct local *)local)->outside;
}

static enum ppt_status dump(void *local, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    struct ppt_child_request request = {
        .read_output = true, .keep_output = fileno(file), .keep_errors = -1};
    uint64_t digest;

    return run_child(local, task, &request, &digest, error);
}

const struct ppt_kernel ppt_kernel_command = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "command",
    .category = "programs",
    .summary = "run a program of your own",
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .inner_threads = true,
    .open = open_command,
    .attach = attach,
    .run = run,
    .detach = detach,
    .close = close_command,
    .outside = outside,
    .identify = identify,
    .dump = dump,
};
