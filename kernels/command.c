/*
 * command - runs a program of the user's, without a shell.
 *
 * There are two ways to give such a program more of the machine: many copies side by side, which
 * are the workers, or one copy with more threads of its own, which are the inner threads: it is
 * told their number in OMP_NUM_THREADS, and wherever an argument says {inner_threads}.
 *
 * Each worker has a process that starts its programs (warden.h). What they take (CPU time, memory)
 * is counted there and told to the bench by `outside`.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "digest.h"
#include "environment.h"
#include "file_digest.h"
#include "inputs.h"
#include "kernel.h"
#include "owned.h"
#include "places.h"
#include "scratch.h"
#include "search_path.h"
#include "usage.h"
#include "warden.h"

enum { ARGV, INPUTS, SAMPLE_OF, TIMEOUT, OUTPUT, FAILURES };
enum { DISCARD, CHECK, KEEP, NO_OUTPUT, SHOW };
enum { END_RUN, COUNT_FAILURES };

static const char *const outputs[] = {"discard", "check", "keep", "null", "show", NULL};
static const char *const on_failures[] = {"end", "count", NULL};

static const struct ppt_param params[] = {
    [ARGV] = {.name = "argv",
              .kind = PPT_PARAM_WORDS,
              .value = "[\"true\"]",
              .unit = "",
              .help = "the program and its arguments; {task} (from 0), {worker}, {workers}, "
                      "{inner_threads} and {scratch} (a folder of the worker's) are filled in"},
    [INPUTS] = {.name = "inputs",
                .kind = PPT_PARAM_INPUTS,
                .value = "[]",
                .optional = true,
                .unit = "",
                .joint = " ::: ",
                .help = "one for each task: {} in the arguments, {.} without extension, {/} "
                        "without folder, {/.} without both, {//} the folder, {#} the task's number "
                        "from 1, {%} the worker's from 1; a list, or {\"file\": \"list.txt\"}"},
    [SAMPLE_OF] = {.name = "sample_of",
                   .kind = PPT_PARAM_INTEGER,
                   .value = "0",
                   .optional = true,
                   .largest = 1e9,
                   .unit = "",
                   .help = "how many inputs there were where these are a sample; written, not "
                           "read"},
    [TIMEOUT] = {.name = "timeout",
                 .kind = PPT_PARAM_REAL,
                 .value = "3600",
                 .optional = true,
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
                    "of the program; discard: read and thrown away; check: it must be the same at "
                    "every worker count; keep: in the folder \"tasks\" of the run; null: to "
                    "/dev/null, where some programs do nothing at all; show: on standard error, "
                    "with what is written there"},
    [FAILURES] = {.name = "failures",
                  .kind = PPT_PARAM_CHOICE,
                  .value = "\"end\"",
                  .optional = true,
                  .choices = on_failures,
                  .unit = "",
                  .help = "an exit code other than 0; end: the task has failed, and its number of "
                          "workers is left out; count: it is done, and they are counted"},
};

/* The variable that programs of today's libraries take their number of threads from. */
#define THREADS_VARIABLE "OMP_NUM_THREADS="

struct shared {
    /* Of the programs, with two places left free at its end; strings borrowed. */
    char **environment;
    struct ppt_wardens wardens;
    atomic_bool *ended_well; /* by argument set: some task of it; owned */
};

struct local {
    struct ppt_setup setup;
    struct ppt_places places;
    struct ppt_warden *warden; /* this worker's */
    atomic_bool *ended_well;   /* by argument set, of all workers */
    int null_device;
    char *buffer;  /* of PPT_CHILD_BUFFER bytes */
    char *scratch; /* that places.scratch names, or NULL; owned */
    struct ppt_outside outside;
};

/* The input of a task, or NULL where there are none. */
static const char *input_of(const struct ppt_task *task)
{
    const struct ppt_texts *inputs = &task->args[INPUTS].words;

    return task->index < inputs->count ? inputs->items[task->index] : NULL;
}

static void fill_argv(struct local *local, const struct ppt_task *task)
{
    const struct ppt_texts *words = &task->args[ARGV].words;
    struct ppt_warden_slot *slot = local->warden->slot;
    char *out = slot->words;

    local->places.task = task->index;
    local->places.input = input_of(task);
    for (size_t i = 0; i < words->count; i++) {
        slot->argv[i] = out;
        out = ppt_places_fill(&local->places, words->items[i], out);
    }
    slot->argv[words->count] = NULL;
}

/* ---- open ---- */

/* Whether a name looks like a whole command line: not one of a file that just is not there. */
static bool is_line(const char *name)
{
    const size_t length = strcspn(name, " \t");
    char first[PATH_MAX], found[PATH_MAX];

    if (name[length] == '\0' || length >= sizeof(first)) {
        return false;
    }
    snprintf(first, sizeof(first), "%.*s", (int)length, name);
    return !strchr(first, '/') || ppt_search_path_find(first, found);
}

/* A whole command line as one word is for a shell. Returns `out`. */
static const char *hint_at(const char *name, char *out, size_t size)
{
    out[0] = '\0';
    if (is_line(name)) {
        snprintf(out, size,
                 "; its arguments are words of their own: -- %.200s; or for a shell: -- sh -c "
                 "'%.200s'",
                 name, name);
    }
    return out;
}

/* Looks for the program as its warden will: better before anything is measured. `found` gets its
 * path. */
static enum ppt_status find_program(const char *name, char found[PATH_MAX], struct ppt_error *error)
{
    char hint[512];

    if (ppt_search_path_find(name, found)) {
        return PPT_OK;
    }
    const int problem = errno;
    return strchr(name, '/')
               ? ppt_fail(error, PPT_BAD_INPUT, "command: \"%s\" cannot be run: %s%s", name,
                          strerror(problem), hint_at(name, hint, sizeof(hint)))
               : ppt_fail(error, PPT_BAD_INPUT, "command: there is no program \"%s\" in PATH%s",
                          name, hint_at(name, hint, sizeof(hint)));
}

/* Where the folder {scratch} of a worker is. */
static size_t scratch_size(const struct ppt_setup *setup)
{
    return strlen(setup->scratch_dir) + 32;
}

static char *make_scratch_path(const struct ppt_setup *setup, unsigned worker,
                               struct ppt_error *error)
{
    char *path = ppt_scratch_alloc(scratch_size(setup), "command", error);

    if (path) {
        snprintf(path, scratch_size(setup), "%s/command.w%u", setup->scratch_dir, worker);
    }
    return path;
}

static const char *longest_of(const struct ppt_texts *inputs)
{
    const char *longest = NULL;
    size_t most = 0;

    for (size_t i = 0; i < inputs->count; i++) {
        const size_t length = strlen(inputs->items[i]);

        if (!longest || length > most) {
            longest = inputs->items[i];
            most = length;
        }
    }
    return longest;
}

/* Words may be filled in differently by every worker, but never need more than this. */
static enum ppt_status plan_wardens(const struct ppt_setup *setup, char **environment,
                                    struct ppt_warden_plan *plan, struct ppt_error *error)
{
    char *scratch PPT_FREED = make_scratch_path(setup, UINT_MAX, error);
    struct ppt_places places = {.scratch = scratch};

    if (!scratch) {
        return PPT_FAILED;
    }
    *plan = (struct ppt_warden_plan){.count = setup->workers > 0 ? setup->workers : 1,
                                     .environment = environment};
    for (size_t set = 0; set < setup->set_count; set++) {
        const struct ppt_texts *words = &setup->sets[set][ARGV].words;
        size_t bytes = 0;

        places.input = longest_of(&setup->sets[set][INPUTS].words);
        for (size_t i = 0; i < words->count; i++) {
            bytes += ppt_places_size(&places, words->items[i]);
        }
        plan->words_bytes = bytes > plan->words_bytes ? bytes : plan->words_bytes;
        plan->argv_count = words->count > plan->argv_count ? words->count : plan->argv_count;
    }
    return PPT_OK;
}

static void close_command(void *shared)
{
    struct shared *s = shared;

    if (s) {
        ppt_wardens_close(&s->wardens);
        free(s->environment);
        free(s->ended_well);
        free(s);
    }
}

static enum ppt_status start_wardens(const struct ppt_setup *setup, struct shared *s,
                                     struct ppt_error *error)
{
    struct ppt_warden_plan plan;

    s->environment = ppt_environment_create(setup->own_variables, THREADS_VARIABLE, error);
    if (!s->environment) {
        return PPT_FAILED;
    }
    PPT_TRY(plan_wardens(setup, s->environment, &plan, error));
    return ppt_wardens_create(&plan, &s->wardens, error);
}

static enum ppt_status open_command(const struct ppt_setup *setup, void **shared,
                                    struct ppt_error *error)
{
    struct shared *s;

    for (size_t set = 0; set < setup->set_count; set++) {
        const char *name = setup->sets[set][ARGV].words.items[0];
        char found[PATH_MAX];

        if (!strchr(name, '{')) {
            PPT_TRY(find_program(name, found, error));
        }
    }
    s = ppt_scratch_alloc(sizeof(*s), "command", error);
    if (!s) {
        return PPT_FAILED;
    }
    s->wardens.null_device = -1;
    s->ended_well = calloc(setup->set_count, sizeof(*s->ended_well));
    if (!s->ended_well) {
        close_command(s);
        return ppt_fail(error, PPT_FAILED, "command: no memory");
    }

    const enum ppt_status status = start_wardens(setup, s, error);

    if (status != PPT_OK) {
        close_command(s);
        return status;
    }
    *shared = s;
    return PPT_OK;
}

/* ---- attach ---- */

static void detach(void *local)
{
    struct local *l = local;

    if (l) {
        free(l->scratch);
    }
}

static struct local *command_lay_out(struct ppt_scratch *scratch)
{
    struct local local = {0};

    local.buffer = ppt_scratch_take(scratch, 1, PPT_CHILD_BUFFER);
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* A folder that stays until the sweep ends, and is the same in every pass. */
static enum ppt_status make_scratch(struct local *l, struct ppt_error *error)
{
    l->scratch = make_scratch_path(&l->setup, l->places.worker, error);
    if (!l->scratch) {
        return PPT_FAILED;
    }
    l->places.scratch = l->scratch;
    return mkdirat(l->setup.scratch_fd, strrchr(l->scratch, '/') + 1, 0700) == 0 || errno == EEXIST
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "command: %s: cannot be created: %s", l->scratch,
                          strerror(errno));
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    struct shared *s = shared;
    struct local *l = command_lay_out(scratch);
    bool named = false;

    if (worker >= s->wardens.count) {
        return ppt_fail(error, PPT_FAILED, "command: worker %u is one more than were announced",
                        worker);
    }
    l->setup = *setup;
    l->warden = &s->wardens.items[worker];
    l->ended_well = s->ended_well;
    l->null_device = s->wardens.null_device;
    l->places = (struct ppt_places){
        .worker = worker, .workers = setup->workers, .inner_threads = setup->inner_threads};
    for (size_t set = 0; set < setup->set_count; set++) {
        named |= ppt_places_scratch(&setup->sets[set][ARGV].words);
    }
    if (named) {
        const enum ppt_status status = make_scratch(l, error);

        if (status != PPT_OK) {
            detach(l);
            return status;
        }
    }
    snprintf(l->warden->slot->threads, sizeof(l->warden->slot->threads), THREADS_VARIABLE "%u",
             setup->inner_threads);
    *local = l;
    return PPT_OK;
}

/* ---- run ---- */

#define KEPT "tasks"

static void close_open(const int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

/* A file in the run's folder for what a task writes: of the last block, that is. */
static enum ppt_status open_kept(const struct local *l, const struct ppt_task *task,
                                 const char *what, int *fd, struct ppt_error *error)
{
    const struct ppt_setup *setup = &l->setup;
    char name[96];

    char program[16] = "";

    if (setup->set_count > 1) {
        snprintf(program, sizeof(program), "p%zu.", task->set + 1);
    }
    snprintf(name, sizeof(name), "%s%ux%u.task%" PRIu64 ".%s", program, setup->workers,
             setup->inner_threads, task->index, what);
    const int folder PPT_OWNED(close_open) =
        mkdirat(setup->results_fd, KEPT, 0777) == 0 || errno == EEXIST
            ? openat(setup->results_fd, KEPT, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            : -1;
    *fd = folder >= 0 ? setup->services->renew_file(folder, name) : -1;
    return *fd >= 0 ? PPT_OK
                    : ppt_fail(error, PPT_FAILED, "command: %s/" KEPT "/%s: cannot be created: %s",
                               setup->results_dir, name, strerror(errno));
}

/* Of a private folder for its task or pass, where there are such. */
static void set_folder(struct local *l, uint64_t index)
{
    const struct ppt_setup *setup = &l->setup;
    char *folder = l->warden->slot->folder;

    if (setup->work_dir && setup->work_dir_of_task) {
        snprintf(folder, PATH_MAX, "%s/%" PRIu64, setup->work_dir, index);
    } else if (setup->work_dir) {
        snprintf(folder, PATH_MAX, "%s", setup->work_dir);
    }
}

/* What is to be said besides how it ended: the task's input, and, where it exits with a code of its
 * own and the like of it ended well, that its input may be gone. With inputs in a list other tasks
 * are not the like: each is, once all of them have ended well in a pass. */
static enum ppt_status add_advice(const struct local *l, const struct ppt_task *task,
                                  const struct ppt_outcome *outcome, enum ppt_status status,
                                  struct ppt_error *error)
{
    const struct ppt_error how = *error;
    const char *input = input_of(task);
    const bool gone = l->setup.used_up && outcome->end == PPT_OUTCOME_EXITED && !outcome->left &&
                      (l->setup.repeated || (!input && atomic_load(&l->ended_well[task->set])));

    return ppt_fail(error, status, "%s%s%s%s%s%s", how.text, input ? " (input \"" : "",
                    input ? input : "", input ? "\")" : "", gone ? ". " : "",
                    gone ? l->setup.used_up : "");
}

/* What to make of how it ended. */
static enum ppt_status judge(struct local *l, const struct ppt_task *task,
                             const struct ppt_outcome *outcome, struct ppt_error *error)
{
    const bool failed = outcome->end == PPT_OUTCOME_EXITED && outcome->code != 0 && !outcome->left;
    enum ppt_status status;

    if (failed && task->args[FAILURES].choice == COUNT_FAILURES) {
        l->outside.failed++;
        return PPT_OK;
    }
    status = ppt_outcome_judge(outcome, task->index, l->warden->slot->argv[0],
                               task->args[TIMEOUT].real, error);
    if (status != PPT_OK) {
        return add_advice(l, task, outcome, status, error);
    }
    if (!atomic_load_explicit(&l->ended_well[task->set], memory_order_relaxed)) {
        atomic_store(&l->ended_well[task->set], true);
    }
    return status;
}

/* Runs the task's program with its outputs going where `request` says. */
static enum ppt_status run_child(struct local *l, const struct ppt_task *task,
                                 struct ppt_child_request *request, uint64_t *digest,
                                 struct ppt_error *error)
{
    struct ppt_outcome outcome;

    if (task->args[INPUTS].words.count > 0 && !input_of(task)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "command: there is no task %" PRIu64 ": of %zu inputs, they count from 0",
                        task->index, task->args[INPUTS].words.count);
    }
    fill_argv(l, task);
    set_folder(l, task->index);
    request->null_device = l->null_device;
    request->timeout_s = task->args[TIMEOUT].real;
    request->given_up = l->setup.given_up;
    request->context = l->setup.pass;
    request->buffer = l->buffer;

    const enum ppt_status status = ppt_child_run(l->warden, request, &outcome, error);

    ppt_outside_add(&l->outside, &outcome.used);
    PPT_TRY(status);
    *digest = outcome.digest;
    return judge(l, task, &outcome, error);
}

/* The files that are to be kept are the caller's to close, even after a failure. */
static enum ppt_status run_kept(struct local *l, const struct ppt_task *task,
                                struct ppt_child_request *request, uint64_t *digest,
                                struct ppt_error *error)
{
    if (task->args[OUTPUT].choice == KEEP && l->setup.results_dir) {
        PPT_TRY(open_kept(l, task, "out", &request->keep_output, error));
        PPT_TRY(open_kept(l, task, "err", &request->keep_errors, error));
    }
    return run_child(l, task, request, digest, error);
}

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const int output = task->args[OUTPUT].choice;
    struct ppt_child_request request = {.output = output == NO_OUTPUT ? PPT_CHILD_NULL
                                                  : output == DISCARD ? PPT_CHILD_DISCARD
                                                                      : PPT_CHILD_READ,
                                        .keep_output = output == SHOW ? STDERR_FILENO : -1,
                                        .keep_errors = output == SHOW ? STDERR_FILENO : -1,
                                        .keep_part = output == SHOW};
    uint64_t written = 0;
    const enum ppt_status status = run_kept(local, task, &request, &written, error);

    if (output == KEEP) {
        close_open(&request.keep_output);
        close_open(&request.keep_errors);
    }
    /* Most programs that nobody asked to be checked print times or numbers of processes. */
    *digest = ppt_digest_word(task->seed, task->index);
    if (output == CHECK) {
        *digest = ppt_digest_word(*digest, written);
    }
    return status;
}

/* Adds ", inputs DIGEST" to what identifies a task. */
static void identify_inputs(const struct ppt_texts *inputs, char *out, size_t size)
{
    const size_t length = strlen(out);

    if (inputs->count > 0) {
        snprintf(out + length, size - length, ", inputs %016" PRIx64, ppt_inputs_digest(inputs));
    }
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
    identify_inputs(&args[INPUTS].words, out, size);
}

static void outside(void *local, struct ppt_outside *out)
{
    *out = ((const struct local *)local)->outside;
}

static enum ppt_status dump(void *local, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    struct ppt_child_request request = {
        .output = PPT_CHILD_READ, .keep_output = fileno(file), .keep_errors = -1};
    uint64_t digest;

    return run_child(local, task, &request, &digest, error);
}

static void needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    (void)args;
    (void)inner_threads;
    command_lay_out(&ruler);
    needs->worker_bytes = ruler.used;
}

const struct ppt_kernel ppt_kernel_command = {
    PPT_KERNEL_HEAD,
    .name = "command",
    .category = "programs",
    .summary = "run a program of your own",
    PPT_KERNEL_PARAMS(params),
    .inner_threads = true,
    .open = open_command,
    .attach = attach,
    .run = run,
    .detach = detach,
    .close = close_command,
    .outside = outside,
    .identify = identify,
    .needs = needs,
    .dump = dump,
};
