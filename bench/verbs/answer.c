/*
 * answer: the number of a verdict that is kept by name, for scripts. It is printed only while all
 * that the verdict rests on is as it was; else a number of the script's own is, or nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "json_value.h"
#include "kept.h"
#include "memory.h"
#include "name.h"
#include "owned.h"
#include "range.h"
#include "shared.h"
#include "store.h"
#include "verbs.h"
#include "words.h"

enum answer_form { NUMBER, ENVIRONMENT, DOCUMENT };

/* What was said of a size. */
struct asked_size {
    bool given;
    double value;
};

struct answer_options {
    uint64_t otherwise; /* printed where there is no answer; 0: nothing is */
    enum answer_form form;
    bool json;
    struct asked_size size;
};

enum answer_state { VALID, UNSURE, STALE, UNKNOWN, DAMAGED };
static const char *const state_names[] = {"valid", "unsure", "stale", "unknown", "damaged"};

/* What is known of one name. */
struct found {
    const char *name;
    enum answer_state state;
    char *reason; /* owned; NULL for what is valid */
    struct ppt_kept kept;
    bool readable; /* `kept` holds something */
};

static void found_free(struct found *found)
{
    free(found->reason);
    ppt_kept_free(&found->kept);
}

/* ---- whether it still holds ---- */

/* A list among the arguments of the run's task; NULL: it has none. Borrowed. */
static json_object *kept_list(const struct ppt_kept *kept, const char *name)
{
    json_object *args = NULL, *list = NULL;

    json_object_object_get_ex(kept->config, ppt_key_name(PPT_KEY_TASK_ARGS), &args);
    return json_object_is_type(args, json_type_object) &&
                   json_object_object_get_ex(args, name, &list) &&
                   json_object_is_type(list, json_type_array)
               ? list
               : NULL;
}

/* Whether the list begins with these words; how many of it are left. */
static bool begins_with(json_object *list, const char *const *words, size_t count, size_t *left)
{
    const size_t length = list ? json_object_array_length(list) : 0;

    for (size_t i = 0; i < count; i++) {
        const char *word =
            i < length ? json_object_get_string(json_object_array_get_idx(list, i)) : NULL;

        if (!word || strcmp(word, words[i]) != 0) {
            return false;
        }
    }
    *left = length - count;
    return true;
}

/* Whether a program on the command line, with its inputs, is that of the run. Where no word had a
 * place for an input, the run has added one. */
static bool is_same_program(const struct ppt_line *line, const struct ppt_kept *kept)
{
    const size_t words = ppt_words_count(line), behind = words + 1;
    const size_t inputs = line->program_count > behind ? line->program_count - behind : 0;
    json_object *argv = kept_list(kept, "argv");
    size_t left;

    if (!argv || !begins_with(argv, line->program, words, &left) || left > 1) {
        return false;
    }
    if (left == 1 &&
        (inputs == 0 ||
         strcmp(json_object_get_string(json_object_array_get_idx(argv, words)), "{}") != 0)) {
        return false;
    }
    return begins_with(kept_list(kept, "inputs"), line->program + behind, inputs, &left) &&
           left == 0;
}

static char *other_program(const struct ppt_line *line, const struct ppt_kept *kept)
{
    return line->rest != PPT_REST_PROGRAM || is_same_program(line, kept)
               ? NULL
               : ppt_text_format("another program was measured: %.300s", kept->details);
}

static void settle_found(struct found *found, enum answer_state state, char *reason)
{
    if (reason && !found->reason) {
        found->state = state;
        found->reason = reason;
    } else {
        free(reason);
    }
}

/* A policy has an answer for a size, and a verdict for none. */
static void take_size(const struct ppt_line *line, struct found *found)
{
    const struct asked_size *size = &((const struct answer_options *)line->options)->size;

    if (size->given) {
        settle_found(found, UNSURE, ppt_kept_take_size(&found->kept, size->value));
    } else if (found->kept.policy && line->operand_count > 0) {
        char *sizes PPT_FREED = ppt_kept_sizes(&found->kept);

        settle_found(
            found, UNSURE,
            ppt_text_format("it depends on the size: say which with --size X (%s)", sizes));
    }
}

static void look_up(const struct ppt_line *line, const struct ppt_folder *store, const char *name,
                    struct found *found)
{
    struct ppt_error error = {""};
    char *text PPT_FREED = NULL;

    *found = (struct found){.name = name};
    enum ppt_status status = store->path ? ppt_store_read(store, name, &text, &error) : PPT_OK;
    if (status == PPT_OK && !text) {
        settle_found(found, UNKNOWN,
                     ppt_text_format("nothing is kept by that name; a run with --name %s keeps its "
                                     "verdict",
                                     name));
        return;
    }
    char *file PPT_FREED = ppt_text_format("%s/%s.json", store->path, name);
    status = status == PPT_OK ? ppt_kept_read(text, file, &found->kept, &error) : status;
    if (status == PPT_OK && strcmp(found->kept.name, name) != 0) {
        status =
            ppt_fail(&error, PPT_BAD_INPUT, "%s: is the verdict of \"%s\"", file, found->kept.name);
    }
    if (status != PPT_OK) {
        settle_found(found, DAMAGED, ppt_strdup(error.text));
        return;
    }
    found->readable = true;
    take_size(line, found);
    settle_found(found, STALE, ppt_basis_difference(&found->kept.basis));
    settle_found(found, STALE, other_program(line, &found->kept));
    settle_found(found, UNSURE, ppt_kept_doubt(&found->kept));
}

/* ---- what is printed ---- */

/* 0: nothing is to be. */
static unsigned number_of(const struct found *found, const struct answer_options *options)
{
    return found->state == VALID ? ppt_kept_number(&found->kept) : (unsigned)options->otherwise;
}

/* What other tools read: how many tasks they may run at a time. */
static const struct {
    const char *name, *before;
} of_tasks[] = {
    {"MAKEFLAGS", "-j"},       {"CMAKE_BUILD_PARALLEL_LEVEL", ""},    {"CTEST_PARALLEL_LEVEL", ""},
    {"CARGO_BUILD_JOBS", ""},  {"PYTEST_XDIST_AUTO_NUM_WORKERS", ""}, {"GOMAXPROCS", ""},
    {"RAYON_NUM_THREADS", ""},
};

/* Threads in one process: of a program those of a task; of a kernel its workers are, too. NULL:
 * nobody knows. To be given to free(). */
static char *threads_of(const struct found *found, unsigned number)
{
    const struct ppt_kept *kept = &found->kept;

    if (!found->readable) {
        return NULL;
    }
    const bool inner = strcmp(kept->counts, ppt_dimension_key(PPT_INNER_THREADS)) == 0;
    const unsigned threads = inner ? number : kept->recommended.inner_threads;

    return kept->basis.folder || inner || threads == 1
               ? ppt_text_format("%u", kept->basis.folder || inner ? threads : number)
               : ppt_text_format("%u,%u", number, threads);
}

static json_object *environment_of(const struct found *found, unsigned number)
{
    json_object *object = json_object_new_object();
    char *threads PPT_FREED = threads_of(found, number);

    for (size_t i = 0; i < sizeof(of_tasks) / sizeof(of_tasks[0]); i++) {
        char *value PPT_FREED = ppt_text_format("%s%u", of_tasks[i].before, number);

        add(object, of_tasks[i].name, text(value));
    }
    if (threads) {
        add(object, "OMP_NUM_THREADS", text(threads));
    }
    return object;
}

static void print_environment(const struct found *found, unsigned number)
{
    json_object *object PPT_OWNED(ppt_json_put) = environment_of(found, number);

    json_object_object_foreach(object, name, value)
    {
        printf("%s=%s\n", name, json_object_get_string(value));
    }
}

static json_object *point_of(const struct ppt_kept *kept)
{
    json_object *object = json_object_new_object();

    /* A verdict is one program's: there is no number of it. */
    for (size_t d = PPT_RANKS; d < PPT_DIMENSION_COUNT; d++) {
        add(object, ppt_dimension_key(d), integer(ppt_point_get(kept->recommended, d)));
    }
    return object;
}

static json_object *found_json(const struct found *found, unsigned number)
{
    const struct ppt_kept *kept = &found->kept;
    json_object *object = json_object_new_object();

    add(object, "name", text(found->name));
    add(object, "state", text(state_names[found->state]));
    add(object, "reason", found->reason ? text(found->reason) : NULL);
    add(object, "number", number > 0 ? integer(number) : NULL);
    add(object, "counts", found->readable ? text(kept->counts) : NULL);
    add(object, "recommended", found->readable && kept->confidence ? point_of(kept) : NULL);
    add(object, "environment", number > 0 ? environment_of(found, number) : NULL);
    add(object, "kept", found->readable ? ppt_kept_to_json(kept) : NULL);
    return object;
}

static void print_found(const struct found *found, const struct answer_options *options)
{
    const unsigned number = number_of(found, options);

    if (options->json || options->form == DOCUMENT) {
        struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

        print_document(found_json(found, number), &out);
        fputs(out.data, stdout);
    } else if (number > 0 && options->form == ENVIRONMENT) {
        print_environment(found, number);
    } else if (number > 0) {
        printf("%u\n", number);
    }
}

/* ---- one name, or all of them ---- */

static enum ppt_status answer_name(const struct ppt_line *line, const struct ppt_folder *store,
                                   struct ppt_error *error)
{
    const char *name = line->operands[0];
    struct found found PPT_OWNED(found_free) = {0};

    look_up(line, store, name, &found);
    print_found(&found, line->options);
    return found.state == VALID ? PPT_OK
                                : ppt_fail(error, PPT_NO_ANSWER, "%s: %s: %s", name,
                                           state_names[found.state], found.reason);
}

/* "4 inner threads" */
static void add_number(const struct ppt_kept *kept, struct ppt_text *out)
{
    const unsigned number = ppt_kept_number(kept);

    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        if (strcmp(kept->counts, ppt_dimension_key(d)) == 0) {
            ppt_text_addf(out, "%u %s%s, ", number, ppt_dimensions[d].noun, PPT_S(number));
        }
    }
}

static void print_row(const struct found *found, size_t width)
{
    struct ppt_text row PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&row, found->name);
    ppt_text_pad(&row, 0, width + 2);
    ppt_text_addf(&row, "%-9s", state_names[found->state]);
    if (found->readable && found->kept.policy) {
        char *sizes PPT_FREED = ppt_kept_sizes(&found->kept);

        ppt_text_addf(&row, "by its size, %s, ", sizes);
    } else if (found->readable && found->kept.confidence) {
        add_number(&found->kept, &row);
    }
    ppt_text_addf(&row, "%s", found->reason ? found->reason : found->kept.details);
    ppt_text_print(stdout, "%s", row.data);
}

static void print_all(const struct ppt_line *line, const struct ppt_folder *store,
                      char *const *names)
{
    const struct answer_options *options = line->options;
    json_object *list = json_object_new_array();
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};
    const bool document = options->json || options->form == DOCUMENT;
    size_t width = 0;

    for (size_t i = 0; names[i]; i++) {
        const size_t columns = ppt_text_columns(names[i]);

        width = columns > width ? columns : width;
    }
    for (size_t i = 0; names[i]; i++) {
        struct found found PPT_OWNED(found_free) = {0};

        look_up(line, store, names[i], &found);
        if (document) {
            json_object_array_add(list, found_json(&found, number_of(&found, options)));
        } else {
            print_row(&found, width);
        }
    }
    print_document(list, &out);
    fputs(document ? out.data : "", stdout);
}

static enum ppt_status answer_all(const struct ppt_line *line, const struct ppt_folder *store)
{
    char **names PPT_FREED = store->path ? ppt_store_names(store) : ppt_alloc(1, sizeof(*names));

    print_all(line, store, names);
    for (size_t i = 0; names[i]; i++) {
        free(names[i]);
    }
    return PPT_OK;
}

static enum ppt_status answer(const struct ppt_line *line, struct ppt_error *error)
{
    struct ppt_folder store PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_error problem = {""};

    if (ppt_store_open(false, &store, &problem) == PPT_OK) {
        return line->operand_count > 0 ? answer_name(line, &store, error)
                                       : answer_all(line, &store);
    }
    if (line->operand_count > 0) {
        struct found found PPT_OWNED(found_free) = {.name = line->operands[0], .state = DAMAGED};

        found.reason = ppt_strdup(problem.text);
        print_found(&found, line->options);
    }
    return ppt_fail(error, PPT_NO_ANSWER, "%s", problem.text);
}

/* ---- its command line ---- */

static enum ppt_status read_form(const char *value, void *place, struct ppt_error *error)
{
    static const char *const forms[] = {"number", "env", "json", NULL};
    const size_t form = ppt_names_find(forms, value);

    *(enum answer_form *)place = (enum answer_form)form;
    return forms[form]
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT,
                          "answer has no format \"%s\"; it has number, env and json", value);
}

/* Other numbers of tasks at a time are none, or mean something else to who is given them. */
static enum ppt_status read_or(const char *value, void *place, struct ppt_error *error)
{
    char *end = NULL;
    const unsigned long number = strtoul(value, &end, 10);

    *(uint64_t *)place = number;
    return *value >= '1' && *value <= '9' && *end == '\0' && number <= PPT_MOST_WORKERS
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "\"%s\" is no whole number from 1 to %d", value,
                          PPT_MOST_WORKERS);
}

/* As "vary" has it: 4K, 1e6. */
static enum ppt_status read_size(const char *value, void *place, struct ppt_error *error)
{
    static const struct ppt_range_rule rule = {-1e15, 1e15, false, false, 1};
    struct asked_size *size = place;
    struct ppt_range range = {0};
    struct ppt_error problem;
    const enum ppt_status status = ppt_range_read(value, &rule, &range, &problem);

    if (status == PPT_OK && range.count == 1) {
        *size = (struct asked_size){true, range.values[0]};
    }
    free(range.values);
    return size->given
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT,
                          "\"%s\" is no size; give a number, such as 500, 4K or 1e6", value);
}

static enum ppt_status answer_separate(struct ppt_line *line, struct ppt_error *error)
{
    (void)error;
    line->rest = PPT_REST_PROGRAM;
    return PPT_OK;
}

static enum ppt_status answer_check(struct ppt_line *line, struct ppt_error *error)
{
    const bool program = line->rest == PPT_REST_PROGRAM;

    if (line->operand_count == 0 && program) {
        return ppt_fail(error, PPT_BAD_INPUT, "answer: of which name is the program?");
    }
    if (program && line->program_count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "which program? Nothing follows \"--\"");
    }
    const char *wrong = line->operand_count > 0 ? ppt_name_wrong(line->operands[0]) : NULL;
    return wrong ? ppt_fail(error, PPT_BAD_INPUT, "answer: \"%.100s\" %s", line->operands[0], wrong)
                 : PPT_OK;
}

static const struct ppt_option answer_rows[] = {
    {"--or", PPT_OPTION_READ, .offset = offsetof(struct answer_options, otherwise), .read = read_or,
     .heading = "Options of answer:", .joins = true, .metavar = "N", .help = "else;"},
    {"--size", PPT_OPTION_READ, .offset = offsetof(struct answer_options, size), .read = read_size,
     .joins = true, .metavar = "X", .help = "of a policy; --format number, env, json"},
    {"--format", PPT_OPTION_READ, .offset = offsetof(struct answer_options, form),
     .read = read_form},
    PPT_SHARED(JSON, struct answer_options, json),
};

const struct ppt_verb ppt_verb_answer = {
    .name = "answer",
    .forms = {{"answer NAME", "the number that such a run found"}},
    .most = 1,
    .separate = answer_separate,
    PPT_OPTIONS(answer_rows, struct answer_options, 0),
    .check = answer_check,
    .run = answer,
};
