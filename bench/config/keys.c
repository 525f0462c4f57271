#include "keys.h"

#include <json-c/json.h>

#include "key_values.h"
#include "owned.h"

static const char *const schedules[] = {"static", "dynamic", "guided", NULL};
static const char *const distributions[] = {"dynamic", "static", NULL};
static const char *const placements[] = {"none", "close", "spread", NULL};
static const char *const sandboxes[] = {"none", PPT_SANDBOX_WORD, "pass", NULL};
static const char *const memories[] = {"reuse", "fresh", NULL};
static const char *const automatic[] = {"auto", NULL};

/* How the field of a row begins: a number with its bounds, a text or truth value, a choice, and
 * what only functions of its own understand. */
#define NUMBER(member, name, low, high)                                                            \
    .field = {PPT_FIELD(struct ppt_config, member, name), .smallest = (low), .largest = (high)}
#define PLAIN(member, name, marks)                                                                 \
    .field = {PPT_FIELD(struct ppt_config, member, name), .flags = (marks)}
#define CHOICE(member, name, names)                                                                \
    .field = {.key = (name),                                                                       \
              .kind = PPT_FIELD_CHOICE,                                                            \
              .offset = offsetof(struct ppt_config, member),                                       \
              .choices = (names)}
#define OWN(name, functions, ...)                                                                  \
    .field = {.key = (name),                                                                       \
              .kind = PPT_FIELD_SPECIAL,                                                           \
              .read = ppt_read_##functions,                                                        \
              .write = ppt_record_##functions,                                                     \
              __VA_ARGS__}
#define ROW(id, ...) [PPT_KEY_##id] = {__VA_ARGS__}
/* What is read first is said first where several keys are wrong. */
#define PLACES(read, recorded, listed) .place = {read, recorded, listed}

/* By itself, and within a precision. */
#define MAX_SECONDS "max_seconds"

static const struct ppt_key precision_keys[] = {
    {NUMBER(relative_ci, "relative_ci", 0.001, 1), .value = "0.02",
     .help = "half the width of intervals, as a share of the speedup"},
    {NUMBER(max_seconds, MAX_SECONDS, 0.1, 1e6), .value = "600",
     .help = "no iteration is begun that would end after so long"},
    {.field = {.key = NULL}},
};

const struct ppt_key ppt_cheapest_keys[] = {
    {NUMBER(goal.per_hour, "per_hour", 0, 1e9), .value = "0",
     .help = "what an hour of the machine costs, however many workers there are"},
    {NUMBER(goal.per_worker_hour, "per_worker_hour", 0, 1e9), .value = "0",
     .help = "what an hour of each worker costs; of plain sequential calls, of the one caller"},
    {.field = {.key = NULL}},
};

const struct ppt_key ppt_latency_keys[] = {
    {NUMBER(goal.percentile, "percentile", 1, 99.9), .value = "99",
     .help = "the share of tasks, in per cent, that the limit is for"},
    {OWN("at_most", latency_limit, .flags = 0), .form = "amount",
     .help = "the longest that these may take from their arrival on: \"50ms\", or seconds"},
    {.field = {.key = NULL}},
};

static const struct ppt_key objective_keys[] = {
    {NUMBER(goal.each_at_most, "each_at_most", 1, 1000),
     .help = "how many times as long as alone a task may take, by its median and by its 95th "
             "percentile; of the counts where it does not take longer, the fastest is chosen"},
    {OWN("cheapest", cheapest, .flags = 0), .form = "object", .keys = ppt_cheapest_keys,
     .help = "the count that does the tasks for the least money"},
    {OWN("latency", latency, .flags = 0), .form = "object", .keys = ppt_latency_keys,
     .example = "{\"percentile\": 99, \"at_most\": \"50ms\"}",
     .help = "of tasks that arrive: the fewest workers that keep a limit"},
    {.field = {.key = NULL}},
};

static const struct ppt_key arrival_keys[] = {
    {OWN("rate", arrival_rate, .smallest = 0, .largest = PPT_LARGEST_RATE),
     .form = "number or range", .example = "such as 300, [100, 200, 400] or \"50-800:*2\"",
     .help = "tasks per second; several, as a list or a range, are measured in one run, which says "
             "up to which of them each count keeps an objective of latency"},
    {OWN("process", arrival_process, .choices = ppt_arrival_processes), .form = "choice or times",
     .help = "\"poisson\": at random, independent of each other (unless given); \"steady\": each "
             "as long after the other; or, with no rate, a list of times in seconds, ascending"},
    {.field = {.key = NULL}},
};

const struct ppt_key ppt_keys[PPT_KEY_COUNT + 1] = {
    ROW(SCHEMA, .field = {.key = "$schema"}, .form = "text", .help = "this schema, for editors"),
    ROW(TASK, PLACES(0, 1, 1), PLAIN(task, "task", 0),
        .help = "what to run: a kernel, or \"random\" for a mix of them",
        .option = {"--task", PPT_OPTION_SET_TEXT, .metavar = "NAME",
                   .help = "the kernel, or \"random\""}),
    ROW(TASK_ARGS, PLACES(0, 2, 3), .field = {.key = "task_args", .write = ppt_record_task_args},
        .form = "arguments", .help = "the task's arguments, in their order or by name",
        .option = {"--task-args", PPT_OPTION_SET_JSON, .metavar = "JSON",
                   .help = "its arguments: '[1000000]' or '{\"size\": 1000000}'"}),
    ROW(VS, PLACES(0, 29, 0), .field = {.key = "vs", .write = ppt_record_vs},
        .form = "list of arguments",
        .example = "a list of programs such as [[\"gzip\", \"-6\", \"f\"], [\"zstd\", \"f\"]]",
        .help =
            "other programs (task \"command\"), each a list of words or an object of arguments, "
            "that are measured in the same iterations and ranked; what one leaves out it has from "
            "the first one"),
    ROW(VARY, PLACES(0, 30, 30),
        .field = {.key = "vary", .write = ppt_record_vary, .choices = ppt_vary_words},
        .form = "ranges",
        .example = "such as {\"size\": [64, 128, 256]} or {\"size\": \"1K-64M:*4\"}",
        .help =
            "numbers that take several values, each a list or a range: of the task's arguments, of "
            "{size} and other words in braces among those of a program, or \"task_count\"; two of "
            "them make a grid; unless given, nothing does. The answer is a policy: from which size "
            "on how many workers. "
            "\"task_count\": \"per_worker\" lets the tasks grow with the workers (weak scaling)",
        .option = {"--vary", PPT_OPTION_SET_MEMBER, .metavar = "NAME=LIST",
                   .help = "a number in several values, such as size=64-4096:*2"}),
    ROW(TASK_COUNTS, PLACES(27, 31, 0),
        OWN("task_counts", task_counts, .flags = PPT_FIELD_SPARSE, .smallest = 1, .largest = 1e9),
        .or_null = true, .form = "numbers",
        .help = "tasks per pass of each size that is varied, in their order; chosen by how long a "
                "task takes where neither these nor \"task_count\" are given"),
    ROW(KERNEL, PLACES(0, 3, 2), PLAIN(kernel_file, "kernel", PPT_FIELD_SPARSE), .form = "file",
        .help = "the shared object of a kernel that is not built in",
        .option = {"--kernel", PPT_OPTION_SET_TEXT, .metavar = "FILE.so",
                   .help = "a kernel of your own, see docs/adding-a-kernel.md"}),
    ROW(KERNEL_DIGEST, PLACES(0, 4, 0), PLAIN(kernel_digest, "kernel_digest", PPT_FIELD_SPARSE),
        .help = "what the digest of that file must be"),
    ROW(TASK_COUNT, PLACES(3, 5, 4), NUMBER(task_count, "task_count", 1, 1e9), .value = "100",
        .option = {"--task-count", PPT_OPTION_SET_NUMBER, .also = "--tasks", .metavar = "N",
                   .help = "tasks per pass, which runs them at one worker count"}),
    ROW(WORKERS, PLACES(8, 6, 5),
        OWN("workers", workers, .largest = PPT_MOST_WORKERS, .choices = automatic),
        .value = "\"auto\"", .form = "list",
        .example = "worker counts such as [0, 1, 2], \"0-4\", \"1-16:*2\", \"50%\" or \"auto\"",
        .help =
            "worker counts, 0 for plain sequential calls: a list, or a text such as \"0,1,2\", "
            "\"0-4\", \"1-9:2\" (every second), \"1-16:*2\" (1, 2, 4, 8, 16), \"50%\" of the CPUs "
            "that may be used, or \"auto\": 0, 1, 2, 4 ... up to these CPUs, of a program without "
            "1",
        .option = {"--workers", PPT_OPTION_SET_COUNTS, .also = PPT_WORKERS_ALSO,
                   .elsewhere = "-P --jobs --max-procs", .metavar = "LIST",
                   .help = "counts: 0,1,4, 0-4, 1-16:*2, 50%; 0: plain calls"}),
    ROW(INNER_THREADS, PLACES(5, 11, 6),
        OWN("inner_threads", inner_threads, .smallest = 1, .largest = PPT_MOST_WORKERS),
        .value = "1", .form = "number or list",
        .example = "numbers of threads such as [1, 2] or \"1-8:*2\"",
        .help = "threads that one task uses inside itself: a number, or several to compare",
        .option = {"--inner-threads", PPT_OPTION_SET_COUNTS, .metavar = "L",
                   .help = "threads inside a task: 1, or a list 1,2,4 or 1-8:*2"}),
    ROW(RANKS, PLACES(6, 12, 7), OWN("ranks", ranks, .largest = PPT_MOST_RANKS), .value = "0",
        .form = "number or list", .example = "numbers of ranks such as [0, 1, 2] or \"0-4\"",
        .help = "ranks of MPI (processes) that share the tasks, each with as many workers; 0 is "
                "without MPI; others need ppt-omp-mpi",
        .option = {"--ranks", PPT_OPTION_SET_COUNTS, .metavar = "LIST",
                   .help = "of ppt-omp-mpi: processes that share tasks; 0: no MPI"}),
    ROW(DISTRIBUTION, PLACES(15, 13, 8),
        OWN("distribution", distribution, .choices = distributions), .value = "\"dynamic\"",
        .form = "choice", .chunked = 1,
        .example = "\"dynamic\", one with a chunk such as \"dynamic,4\", or \"static\"",
        .help = "how ranks get their tasks: dynamic asks rank 0 for chunks, of a size chosen by "
                "what is left or given for each worker; static has equal shares",
        .option = {"--distribution", PPT_OPTION_SET_TEXT, .metavar = "K",
                   .help = "how these get them: dynamic, dynamic,4 or static"}),
    ROW(ITERATIONS, PLACES(2, 7, 9), NUMBER(blocks, "iterations", 1, PPT_MOST_BLOCKS),
        .value = "10",
        .help = "how often every worker count is measured: an iteration is a pass at each, in "
                "random order",
        .option = {"--iterations", PPT_OPTION_SET_NUMBER, .metavar = "N",
                   .elsewhere = "-r --runs -m --min-runs -M --max-runs",
                   .help = "how often each count is measured"}),
    ROW(WARMUP, PLACES(4, 19, 10), NUMBER(warmup, "warmup", 0, 1000), .value = "1",
        .help = "iterations before those that count",
        .option = {"--warmup", PPT_OPTION_SET_NUMBER, .joins = true, .metavar = "N",
                   .help = "before"}),
    ROW(PROCESSES, PLACES(18, 21, 17), NUMBER(processes, "processes", 0, PPT_MOST_BLOCKS),
        .value = "0",
        .help = "fresh processes that the iterations are spread over; 0: one for each iteration; "
                "1: none, "
                "and the answer holds in this run alone",
        .option = {"--processes", PPT_OPTION_SET_NUMBER, .metavar = "N",
                   .help = "fresh processes for iterations; 0: one each, 1: none"}),
    ROW(WAIT_AFTER_PASS, PLACES(9, 8, 11),
        NUMBER(wait_after_pass_s, "wait_time_after_runner", 0, 86400), .value = "0",
        .or_null = true, .help = "seconds of rest after every pass",
        .option = {"--wait", PPT_OPTION_SET_NUMBER, .metavar = "S",
                   .help = "seconds of rest after every pass and every iteration"}),
    ROW(WAIT_AFTER_BLOCK, PLACES(10, 9, 0),
        NUMBER(wait_after_block_s, "wait_time_after_iteration", 0, 86400), .value = "0",
        .or_null = true, .help = "seconds of rest after every iteration",
        .set_by = &ppt_keys[PPT_KEY_WAIT_AFTER_PASS].option),
    ROW(TRIM_AFTER_BLOCK, PLACES(11, 10, 0), PLAIN(trim_after_block, "gc_after_iteration", 0),
        .value = "false", .or_null = true,
        .help = "give freed memory back to the system after every iteration"),
    ROW(SETUP, PLACES(21, 23, 21), PLAIN(setup, "setup", PPT_FIELD_SPARSE),
        .help = "a command that is run once before anything else",
        .option = {"--setup", PPT_OPTION_SET_TEXT, .elsewhere = "-s", .metavar = "CMD",
                   .help = "once before all passes;"}),
    ROW(PREPARE, PLACES(22, 24, 23), PLAIN(prepare, "prepare", PPT_FIELD_SPARSE),
        .help = "a command that is run before every pass; its time is in no figure",
        .option = {"--prepare", PPT_OPTION_SET_TEXT, .elsewhere = "-p", .metavar = "CMD",
                   .help = "before each pass, untimed;"}),
    ROW(CLEANUP, PLACES(23, 25, 22), PLAIN(cleanup, "cleanup", PPT_FIELD_SPARSE),
        .help = "a command that is run once after everything else, also after a failure or an "
                "interruption",
        .option = {"--cleanup", PPT_OPTION_SET_TEXT, .elsewhere = "-c", .joins = true,
                   .metavar = "CMD", .help = "once after them"}),
    ROW(SHELL, PLACES(24, 26, 24), PLAIN(shell, "shell", PPT_FIELD_SPARSE),
        .help = "the shell that these commands are given to behind -c (sh unless given); \"none\": "
                "none, they are programs with their arguments",
        .option = {"--shell", PPT_OPTION_SET_TEXT, .elsewhere = "-S", .joins = true,
                   .metavar = "SH", .help = "runs these (sh)"}),
    ROW(SANDBOX, PLACES(25, 27, 25),
        .field = {.key = "sandbox",
                  .kind = PPT_FIELD_CHOICE,
                  .flags = PPT_FIELD_SPARSE,
                  .offset = offsetof(struct ppt_config, sandbox),
                  .choices = sandboxes},
        .value = "\"none\"",
        .help = "programs work in copies of the folder that ppt-omp was started in: a new one for "
                "every task, or for every pass; making them is in no figure",
        .option = {"--sandbox", PPT_OPTION_SET_TEXT, .bare = PPT_SANDBOX_WORD, .metavar = "PER",
                   .help = "copies of the folder for each task, or pass"}),
    ROW(SANDBOX_FILES, PLACES(26, 28, 26), PLAIN(sandbox_files, "sandbox_files", PPT_FIELD_SPARSE),
        .help = "what is copied of the folder, files and folders in it, separated by blanks (with "
                "quotes as in a shell); all unless given",
        .option = {"--sandbox-files", PPT_OPTION_SET_TEXT, .metavar = "L",
                   .help = "what of it is copied: names, with blanks between (all)"}),
    ROW(START_METHOD, PLACES(1, 0, 0),
        .field = {.key = "multiprocessing_start_method", .read = ppt_read_start_method},
        .or_null = true, .form = "anything",
        .help = "of the Python tool; ignored, since workers are threads here"),
    ROW(SCHEDULE, PLACES(14, 14, 12), OWN("schedule", schedule, .choices = schedules),
        .value = "\"dynamic,1\"", .form = "choice", .chunked = 3,
        .example = "\"static\", \"dynamic\" or \"guided\", or one with a chunk such as "
                   "\"dynamic,4\"",
        .help = "how tasks are handed out, with or without a chunk: \"dynamic,1\"",
        .option = {"--schedule", PPT_OPTION_SET_TEXT, .metavar = "KIND",
                   .help = "static, dynamic, guided; with a chunk: guided,4"}),
    ROW(PLACEMENT, PLACES(16, 15, 13), CHOICE(placement, "placement", placements),
        .value = "\"none\"", .help = "binds workers to CPUs: neighbouring ones, or far apart",
        .option = {"--placement", PPT_OPTION_SET_TEXT, .metavar = "KIND",
                   .help = "none, close or spread: binds workers to CPUs"}),
    ROW(MEMORY, PLACES(17, 16, 14), CHOICE(memory, "memory", memories), .value = "\"reuse\"",
        .help = "scratch once per worker, or anew for every task as a naive program has it",
        .option = {"--memory", PPT_OPTION_SET_TEXT, .metavar = "KIND",
                   .help = "reuse scratch per worker, or fresh for every task"}),
    ROW(PRECISION, PLACES(12, 17, 18), OWN("precision", precision, .flags = 0), .value = "null",
        .or_null = true, .form = "number or object",
        .example = "{\"relative_ci\": 0.02, \"max_seconds\": 600}", .keys = precision_keys,
        .help =
            "adds iterations until the verdict is settled, and speedups are known to within this "
            "share of themselves",
        .option = {"--precision", PPT_OPTION_SET_NUMBER, .metavar = "X",
                   .help = "adds iterations until speedups are sure to within X"}),
    ROW(MAX_SECONDS, PLACES(19, 0, 19),
        .field = {.key = MAX_SECONDS,
                  .kind = PPT_FIELD_SPECIAL,
                  .smallest = 0.1,
                  .largest = 1e6,
                  .read = ppt_read_max_seconds},
        .or_null = true, .form = "number",
        .help = "seconds that it may take: adds iterations until the choice is settled, and sizes "
                "passes that have no \"task_count\"",
        .option = {"--max-seconds", PPT_OPTION_SET_NUMBER, .metavar = "S",
                   .help = "adds iterations until it is settled, at most so long (30)"}),
    ROW(TOLERANCE, PLACES(13, 18, 16), NUMBER(tolerance, "tolerance", 0.001, 1), .value = "0.05",
        .help = "how much slower is as good as equal",
        .option = {"--tolerance", PPT_OPTION_SET_NUMBER, .joins = true, .metavar = "X",
                   .help = "slower is fine"}),
    ROW(SEED, PLACES(7, 20, 15),
        .field = {PPT_FIELD(struct ppt_config, seed, "seed"), .largest = PPT_LARGEST_WHOLE,
                  .read = ppt_read_seed},
        .or_null = true,
        .help = "makes inputs and order repeatable; drawn and recorded when left out",
        .option = {"--seed", PPT_OPTION_SET_NUMBER, .metavar = "N",
                   .help = "repeats a run (drawn);"}),
    ROW(NAME, PLACES(20, 22, 20),
        .field = {PPT_FIELD(struct ppt_config, name, "name"), .flags = PPT_FIELD_SPARSE,
                  .read = ppt_read_name},
        .or_null = true,
        .help = "what the run is called, in the place of its task or program: in its folder's "
                "name, titles and exports; its verdict is kept by it, for ppt-omp answer",
        .option = {"--name", PPT_OPTION_SET_TEXT, .elsewhere = "--command-name", .metavar = "NAME",
                   .help = "calls the run so, and keeps its verdict for answer"}),
    ROW(OBJECTIVE, PLACES(28, 32, 27), OWN("objective", objective, .flags = 0), .or_null = true,
        .form = "one of", .example = "{\"each_at_most\": 1.05}", .keys = objective_keys,
        .help = "what the recommended count is to be good for; unless given, the shortest time",
        .option = {"--objective", PPT_OPTION_SET_JSON, .metavar = "JSON",
                   .help = "not time but '{\"each_at_most\": 1.05}', cheapest, latency"}),
    ROW(MEMORY_LIMIT, PLACES(29, 33, 29),
        OWN("memory_limit", memory_limit, .smallest = 1048576, .largest = 1e18), .or_null = true,
        .form = "amount", .example = "\"2GiB\"",
        .help =
            "the memory that a pass may use, programs included, in bytes or as \"2GiB\": counts "
            "that would need more are not measured, and never recommended; unless given, what "
            "the machine or its cgroup has left",
        .option = {"--memory-limit", PPT_OPTION_SET_TEXT, .joins = true, .metavar = "M",
                   .help = "2GiB"}),
    ROW(ARRIVALS, PLACES(30, 34, 28), OWN("arrivals", arrivals, .flags = 0), .or_null = true,
        .form = "object", .example = "{\"rate\": 300, \"process\": \"poisson\"}",
        .keys = arrival_keys,
        .help = "tasks arrive one after the other, whether workers are free or not, and are begun "
                "in that order; unless given, all are there from the start",
        .option = {"--arrivals", PPT_OPTION_SET_JSON, .metavar = "JSON",
                   .help = "tasks come, '{\"rate\": 300}' a second;"}),
    ROW(WHY, PLACES(31, 35, 31), PLAIN(why, "why", PPT_FIELD_SPARSE), .or_null = true,
        .help = "once the verdict is there, searches for what slows the task: measures it again, "
                "alone and beside pressure on one resource at a time (its CPU, caches, memory, "
                "disk, page faults, file names); unless given, it does not",
        .option = {"--why", PPT_OPTION_SET_JSON, .bare = "true",
                   .help = "then, what slows a task;"}),
    ROW(RUNS, .field = {.key = "runs"}, .form = "configurations",
        .help = "a suite: configurations that inherit the other keys of this file"),
};

const struct ppt_option *ppt_key_option(const struct ppt_key *key)
{
    return key->set_by ? key->set_by : key->option.name ? &key->option : NULL;
}

const struct ppt_key *ppt_key_at(enum ppt_key_order order, unsigned place)
{
    for (size_t i = 0; i < PPT_KEY_COUNT; i++) {
        if (ppt_keys[i].place[order] == place) {
            return &ppt_keys[i];
        }
    }
    return NULL;
}

void ppt_key_names(const struct ppt_key *keys, const char *names[PPT_KEY_COUNT + 1])
{
    size_t count = 0;

    for (; keys[count].field.key; count++) {
        names[count] = keys[count].field.key;
    }
    names[count] = NULL;
}

enum ppt_status ppt_key_read(const struct ppt_key *key, const struct ppt_item *given,
                             struct ppt_config *config, struct ppt_error *error)
{
    const bool left_out = !given || (key->or_null && !given->value);
    json_object *missing PPT_OWNED(ppt_json_put) = NULL;

    if (!left_out) {
        return ppt_field_read(&key->field, given, config, error);
    }
    if (!key->value) {
        return PPT_OK;
    }
    missing = json_tokener_parse(key->value);
    const struct ppt_item item = {.value = missing};
    return ppt_field_read(&key->field, &item, config, error);
}

enum ppt_status ppt_key_read_members(const struct ppt_key *keys, const struct ppt_item *object,
                                     struct ppt_config *config, struct ppt_error *error)
{
    const char *names[PPT_KEY_COUNT + 1];

    if (object->value) {
        if (!json_object_is_type(object->value, json_type_object)) {
            return ppt_item_reject(object, error, "must be an object");
        }
        ppt_key_names(keys, names);
        PPT_TRY(ppt_item_check_keys(object, names, error));
    }
    for (; keys->field.key; keys++) {
        const struct ppt_place place = {.outer = object->place, .key = keys->field.key};
        struct ppt_item inner = {NULL, object->source, &place};
        const bool given =
            object->value && json_object_object_get_ex(object->value, place.key, &inner.value);

        PPT_TRY(ppt_key_read(keys, given ? &inner : NULL, config, error));
    }
    return PPT_OK;
}
