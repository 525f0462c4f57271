/*
 * One task by hand: for looking at what a kernel makes, and for a first idea of its time.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <omp.h>
#include <string.h>

#include "cgroup.h"
#include "clock.h"
#include "draft.h"
#include "file.h"
#include "guard.h"
#include "host.h"
#include "interrupt.h"
#include "json_value.h"
#include "measure.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "runtime.h"
#include "shared.h"
#include "text.h"
#include "verbs.h"
#include "words.h"
#include "workload.h"
#include "workspace.h"

struct once_options {
    uint64_t index; /* which task */
    uint64_t seed;
    const char *dump; /* the file to write, or NULL */
    struct ppt_words_options words;
    bool json;
};

/* A JSON value if all of the word is one, or else a text. */
static json_object *parse_word(const char *word)
{
    json_tokener *tokener = json_tokener_new();

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    json_object *value = json_tokener_parse_ex(tokener, word, (int)strlen(word) + 1);
    if (!value || json_tokener_get_parse_end(tokener) != strlen(word)) {
        json_object_put(value);
        value = json_object_new_string(word);
    }
    json_tokener_free(tokener);
    return value;
}

/* "once sort 1000000", "once sort '[1000000]'" and "once sort '{"size": 1000000}'" all say the
 * same; plain words become positional arguments. */
static char *args_to_json(const struct ppt_line *line)
{
    struct ppt_text json = {0};

    if (line->operand_count == 2 && (*line->operands[1] == '[' || *line->operands[1] == '{')) {
        return ppt_strdup(line->operands[1]);
    }
    for (size_t i = 1; i < line->operand_count; i++) {
        json_object *value = parse_word(line->operands[i]);

        ppt_text_addf(&json, "%s%s", i > 1 ? ", " : "[",
                      json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
        json_object_put(value);
    }
    ppt_text_add(&json, "]");
    return json.data;
}

/* Whether a kernel is named by its file. */
static bool is_file(const char *name)
{
    const size_t length = strlen(name);

    return strchr(name, '/') || (length > 3 && strcmp(name + length - 3, ".so") == 0);
}

static enum ppt_status once_configure(const struct ppt_line *line, struct ppt_configs *configs,
                                      struct ppt_error *error)
{
    const struct once_options *options = line->options;

    if (line->rest != PPT_REST_PROGRAM) {
        const char *key = ppt_key_name(is_file(line->operands[0]) ? PPT_KEY_KERNEL : PPT_KEY_TASK);
        json_object *name PPT_OWNED(ppt_json_put) = json_object_new_string(line->operands[0]);

        PPT_TRY(ppt_overrides_add(line->overrides, "once", key, json_object_to_json_string(name),
                                  error));
    }
    if (line->operand_count > 1) {
        char *json PPT_FREED = args_to_json(line);

        PPT_TRY(ppt_overrides_add(line->overrides, "once", ppt_key_name(PPT_KEY_TASK_ARGS), json,
                                  error));
    }
    PPT_TRY(
        ppt_overrides_add(line->overrides, "once", ppt_key_name(PPT_KEY_WORKERS), "[0]", error));
    PPT_TRY(ppt_configs_load(NULL, line->overrides, configs, error));
    if (configs->items[0].inner_count > 1) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "--inner-threads: once runs one task, with one number of threads");
    }
    if (configs->items[0].variant_count > 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "once runs one program, and \"--vs\" begins another");
    }
    if (configs->items[0].mix) {
        return ppt_fail(error, PPT_BAD_INPUT, "once runs one kernel; \"random\" is a mix of them");
    }
    configs->items[0].seed = options->seed;
    configs->items[0].seed_given = true;
    return PPT_OK;
}

/* Has the kernel write, to the end. */
static enum ppt_status fill_dump(const struct ppt_workload *workload, void *local,
                                 const struct ppt_task *task, const char *path, FILE *file,
                                 struct ppt_error *error)
{
    const struct ppt_kernel *kernel = workload->tasks.groups[0].kernel;

    ppt_guard_enter(workload->foreign);
    enum ppt_status status = kernel->dump(local, task, file, error);
    ppt_guard_leave(workload->foreign);
    PPT_TRY(ppt_workload_judge(workload, kernel, "dump", status, error));
    return fflush(file) == 0 && !ferror(file)
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "--dump: %s: cannot be written: %s", path,
                          strerror(errno));
}

/* The file appears at its path when all of it is there. */
static enum ppt_status dump(const struct ppt_workload *workload, void *local,
                            const struct ppt_task *task, const char *path, struct ppt_error *error)
{
    const struct ppt_kernel *kernel = workload->tasks.groups[0].kernel;
    struct ppt_draft draft;
    enum ppt_status status;

    if (!kernel->dump) {
        return ppt_fail(error, PPT_BAD_INPUT, "--dump: \"%s\" makes nothing that can be written",
                        kernel->name);
    }
    PPT_TRY(ppt_draft_open(path, &draft, error));
    const int fd = fcntl(draft.fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file) {
        status = fill_dump(workload, local, task, path, file, error);
        if (fclose(file) != 0 && status == PPT_OK) {
            status = ppt_fail(error, PPT_FAILED, "--dump: %s: cannot be written: %s", path,
                              strerror(errno));
        }
    } else {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", path, strerror(errno));
        ppt_file_close(&fd);
    }
    if (status == PPT_OK) {
        return ppt_draft_place(&draft, error);
    }
    ppt_draft_drop(&draft);
    return status;
}

static void print_answer(const struct once_options *options, const struct ppt_config *config,
                         uint64_t digest, int64_t ns)
{
    char duration[PPT_UNITS_SIZE], hex[17];

    snprintf(hex, sizeof(hex), "%016" PRIx64, digest);
    if (!options->json) {
        struct ppt_text details PPT_OWNED(ppt_text_free) = {0};

        ppt_text_add_shown(&details, config->details, SIZE_MAX);
        printf("%s (%s): digest %s, %s\n", config->task, details.data, hex,
               ppt_text_duration((double)ns * 1e-9, duration));
        return;
    }
    json_object *answer PPT_OWNED(ppt_json_put) = json_object_new_object();
    struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

    add(answer, ppt_key_name(PPT_KEY_TASK), text(config->task));
    add(answer, "args", ppt_args_to_json(config->uses[0].kernel, config->uses[0].args));
    add(answer, ppt_key_name(PPT_KEY_SEED), integer(config->seed));
    add(answer, "index", integer(options->index));
    add(answer, "digest", text(hex));
    add(answer, "seconds", ppt_json_number((double)ns * 1e-9));
    ppt_text_add_json(&line, json_object_to_json_string_ext(
                                 answer, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    puts(line.data);
}

static enum ppt_status run_once(const struct once_options *options, struct ppt_config *config,
                                const struct ppt_folder *scratch, struct ppt_error *error)
{
    const struct ppt_task task = {
        .seed = config->seed, .index = options->index, .set = 0, .args = config->uses[0].args};
    const struct ppt_dirs dirs = {.scratch = scratch};
    struct ppt_workload workload;
    struct ppt_attached attached = {0};
    uint64_t digest = 0;

    PPT_TRY(ppt_workload_open(config, 0, &dirs, &workload, error));
    if (config->uses[0].kernel->outside) {
        /* What it started outside would go on; others can just be ended. */
        ppt_interrupt_watch();
    }
    omp_set_dynamic(0);
    omp_set_num_threads((int)config->inner_threads[0]);
    ppt_workload_move(&workload, config->points[0]);
    ppt_guard_enter(workload.foreign);
    enum ppt_status status = ppt_workload_attach(&workload, 0, &attached, error);
    if (status == PPT_OK) {
        const int64_t start = ppt_clock_ns();

        status = ppt_workload_run(&workload, &attached, options->index, &digest, error);
        const int64_t ns = ppt_clock_ns() - start;
        ppt_guard_leave(workload.foreign);
        if (status == PPT_OK && options->dump) {
            status = dump(&workload, attached.local, &task, options->dump, error);
        }
        if (status == PPT_OK) {
            print_answer(options, config, digest, ns);
        }
        ppt_guard_enter(workload.foreign);
        ppt_workload_detach(&workload, &attached);
    }
    ppt_guard_leave(workload.foreign);
    ppt_workload_close(&workload);
    return status;
}

static enum ppt_status check_needs(const struct ppt_config *config,
                                   const struct ppt_workspace *scratch, struct ppt_error *error)
{
    const struct ppt_cgroup limits = ppt_cgroup_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP);
    struct ppt_host host = {0};

    ppt_host_read_memory(&host, limits.memory_bytes);
    PPT_TRY(ppt_plan_check_needs(config, ppt_host_memory(&host), ppt_workspace_available(scratch),
                                 error));
    return ppt_runtime_check_threads(config->points[0], 0, error);
}

static enum ppt_status once(const struct ppt_line *line, struct ppt_error *error)
{
    struct ppt_configs configs PPT_OWNED(ppt_configs_free) = {0};
    struct ppt_workspace scratch PPT_OWNED(ppt_workspace_remove) = {0};

    PPT_TRY(once_configure(line, &configs, error));
    ppt_measure_warn(&configs.items[0]);
    PPT_TRY(ppt_workspace_create(&scratch, error));
    PPT_TRY(check_needs(&configs.items[0], &scratch, error));
    return run_once(line->options, &configs.items[0], &scratch.folder, error);
}

static enum ppt_status once_separate(struct ppt_line *line, struct ppt_error *error)
{
    (void)error;
    if (line->operand_count == 0 ||
        (line->operand_count == 1 && strcmp(line->operands[0], "command") == 0)) {
        line->rest = PPT_REST_PROGRAM;
    }
    return PPT_OK;
}

static enum ppt_status once_check(struct ppt_line *line, struct ppt_error *error)
{
    struct ppt_words_options words = ((const struct once_options *)line->options)->words;

    if (line->rest == PPT_REST_PROGRAM && !words.output) {
        words.output = "check"; /* so that its digest says something */
    }
    return ppt_words_take(line, &words, error);
}

static const struct ppt_option once_rows[] = {
    {"--index", PPT_OPTION_COUNT, .offset = offsetof(struct once_options, index),
     .heading = "Options of once:", .joins = true, .metavar = "N", .help = "which task (0);"},
    {"--seed", PPT_OPTION_COUNT, .offset = offsetof(struct once_options, seed), .joins = true,
     .metavar = "N", .help = "its seed (1)"},
    {"--dump", PPT_OPTION_TEXT, .offset = offsetof(struct once_options, dump), .metavar = "FILE",
     .help = "writes what the task made: an image, sorted numbers, ..."},
    {.shared = &ppt_keys[PPT_KEY_INNER_THREADS].option},
    PPT_SHARED(TIMEOUT, struct once_options, words.timeout),
    PPT_SHARED(PROGRAM_OUTPUT, struct once_options, words.output),
    PPT_SHARED(INPUTS, struct once_options, words.inputs),
    PPT_SHARED(NULL, struct once_options, words.null),
    PPT_SHARED(JSON, struct once_options, json),
};

const struct ppt_verb ppt_verb_once = {
    .name = "once",
    .forms = {{"once KERNEL [ARGS]", "one task: its digest and its time"}},
    .most = SIZE_MAX,
    .needs = "a kernel, as in: ppt-omp once sort",
    .separate = once_separate,
    .measures = true,
    PPT_OPTIONS(once_rows, struct once_options, .seed = 1),
    .check = once_check,
    .run = once,
};
