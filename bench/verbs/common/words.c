#include "words.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input_list.h"
#include "json_value.h"
#include "owned.h"
#include "shared.h"
#include "take.h"

#define PATIENCE_MS 20

/* As GNU parallel has it. */
#define BEGINS_INPUTS ":::"
#define BEGINS_PROGRAM "--vs"

/* Configurations and journals are JSON, which is UTF-8. */
static enum ppt_status check_words(const struct ppt_line *line, struct ppt_error *error)
{
    for (size_t i = 0; i < line->program_count; i++) {
        for (const char *c = line->program[i]; *c; c += ppt_utf8_length(c)) {
            if (ppt_utf8_length(c) == 0) {
                return ppt_fail(error, PPT_BAD_INPUT,
                                "word %zu behind \"--\" (%s) is not UTF-8; let a script of yours "
                                "call the program with it",
                                i + 1, line->program[i]);
            }
        }
    }
    return PPT_OK;
}

size_t ppt_words_count(const struct ppt_line *line)
{
    size_t count = 0;

    while (count < line->program_count && strcmp(line->program[count], BEGINS_INPUTS) != 0) {
        count++;
    }
    return count;
}

static json_object *texts_to_list(const char *const *texts, size_t count)
{
    json_object *list = json_object_new_array_ext((int)count);

    for (size_t i = 0; i < count; i++) {
        json_object_array_add(list, text(texts[i]));
    }
    return list;
}

/* ":::" behind the first, and relatives of it, combine lists, or name files. */
static enum ppt_status check_separators(const struct ppt_line *line, size_t words,
                                        struct ppt_error *error)
{
    static const char *const others[] = {BEGINS_INPUTS, "::::", ":::+", "::::+", NULL};

    for (size_t i = 0; i < line->program_count; i++) {
        const char *word = line->program[i];

        if (i != words && others[ppt_names_find(others, word)]) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "\"%s\": there is one list of inputs, behind one \"" BEGINS_INPUTS
                            "\" or in the file of %s",
                            word, ppt_shared_options[PPT_SHARED_INPUTS].name);
        }
    }
    return PPT_OK;
}

/* The inputs as JSON; NULL where there are none. */
static enum ppt_status inputs_of(const struct ppt_line *line,
                                 const struct ppt_words_options *options, json_object **list,
                                 struct ppt_error *error)
{
    const char *option = ppt_shared_options[PPT_SHARED_INPUTS].name;
    const size_t words = ppt_words_count(line), behind = words + 1;
    struct ppt_texts inputs PPT_OWNED(ppt_texts_free) = {0};

    PPT_TRY(check_separators(line, words, error));
    if (words < line->program_count) {
        *list = texts_to_list(line->program + behind, line->program_count - behind);
        return options->inputs ? ppt_fail(error, PPT_BAD_INPUT,
                                          "inputs come from %s or from behind \"" BEGINS_INPUTS
                                          "\", not from both",
                                          option)
               : behind == line->program_count
                   ? ppt_fail(error, PPT_BAD_INPUT, "no inputs follow \"" BEGINS_INPUTS "\"")
                   : PPT_OK;
    }
    if (!options->inputs) {
        return PPT_OK;
    }
    char *name PPT_FREED = ppt_text_format("%s %s", option, options->inputs);
    PPT_TRY(ppt_input_list_load(options->inputs, name,
                                options->null ? PPT_INPUT_END_ZERO : PPT_INPUT_END_LINE, &inputs,
                                error));
    *list = texts_to_list(inputs.items, inputs.count);
    return PPT_OK;
}

/* How many words the program that begins there has. */
static size_t length_of_program(const struct ppt_line *line, size_t first)
{
    const size_t end = ppt_words_count(line);
    size_t length = 0;

    while (first + length < end && strcmp(line->program[first + length], BEGINS_PROGRAM) != 0) {
        length++;
    }
    return length;
}

static enum ppt_status check_programs(const struct ppt_line *line, struct ppt_error *error)
{
    const size_t end = ppt_words_count(line);

    for (size_t first = 0, length; first <= end; first += length + 1) {
        length = length_of_program(line, first);
        if (length == 0) {
            return first == end
                       ? ppt_fail(error, PPT_BAD_INPUT, "which program? Nothing follows \"%s\"",
                                  end > 0 ? BEGINS_PROGRAM : "--")
                       : ppt_fail(error, PPT_BAD_INPUT,
                                  "which program? \"" BEGINS_PROGRAM "\" stands between two of "
                                  "them, as in: -- gzip -1 f " BEGINS_PROGRAM " gzip -6 f");
        }
    }
    return PPT_OK;
}

/* The programs behind the first, as JSON; NULL where there are none. */
static json_object *others_of(const struct ppt_line *line)
{
    const size_t end = ppt_words_count(line);
    json_object *list = NULL;

    for (size_t first = length_of_program(line, 0) + 1, length; first < end; first += length + 1) {
        length = length_of_program(line, first);
        list = list ? list : json_object_new_array();
        json_object_array_add(list, texts_to_list(line->program + first, length));
    }
    return list;
}

static json_object *args_of(const struct ppt_line *line, const struct ppt_words_options *options)
{
    json_object *args = json_object_new_object();

    add(args, "argv", texts_to_list(line->program, length_of_program(line, 0)));
    if (options->timeout) {
        add(args, "timeout",
            ppt_option_is_number(options->timeout)
                ? json_object_new_double_s(strtod(options->timeout, NULL), options->timeout)
                : text(options->timeout));
    }
    if (options->output || options->show) {
        add(args, "output", text(options->show ? "show" : options->output));
    }
    if (options->ignore) {
        add(args, "failures", text("count"));
    }
    return args;
}

/* One of the options that say something of a program, or -1. */
static int given_of(const struct ppt_words_options *options)
{
    return options->timeout  ? PPT_SHARED_TIMEOUT
           : options->output ? PPT_SHARED_PROGRAM_OUTPUT
           : options->show   ? PPT_SHARED_SHOW_OUTPUT
           : options->ignore ? PPT_SHARED_IGNORE_FAILURE
           : options->inputs ? PPT_SHARED_INPUTS
           : options->null   ? PPT_SHARED_NULL
                             : -1;
}

/* Options of a program are nothing where there is none. */
static enum ppt_status check_no_program(const struct ppt_words_options *options,
                                        struct ppt_error *error)
{
    const int given = given_of(options);

    return given < 0
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT,
                          "%s belongs to a program behind \"--\"; in a file it is an argument "
                          "of the task \"command\"",
                          ppt_shared_options[given].name);
}

/* Options that need another one, or do not go with it. */
static enum ppt_status check_together(const struct ppt_words_options *options,
                                      struct ppt_error *error)
{
    if (options->output && options->show) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s and %s: give one of them",
                        ppt_shared_options[PPT_SHARED_PROGRAM_OUTPUT].name,
                        ppt_shared_options[PPT_SHARED_SHOW_OUTPUT].name);
    }
    return options->null && !options->inputs
               ? ppt_fail(error, PPT_BAD_INPUT, "%s says how the list of %s ends its entries",
                          ppt_shared_options[PPT_SHARED_NULL].name,
                          ppt_shared_options[PPT_SHARED_INPUTS].name)
               : PPT_OK;
}

/* Whether somebody wants to tell something by standard input. Who writes into a pipe may take a
 * moment to begin. */
static bool has_input(void)
{
    struct pollfd waiting = {.fd = STDIN_FILENO, .events = POLLIN};
    struct stat about;

    if (fstat(STDIN_FILENO, &about) != 0) {
        return false;
    }
    return S_ISREG(about.st_mode) ? lseek(STDIN_FILENO, 0, SEEK_CUR) < about.st_size
                                  : S_ISFIFO(about.st_mode) && poll(&waiting, 1, PATIENCE_MS) > 0 &&
                                        (waiting.revents & POLLIN);
}

/* It is nothing that every task of a pass could read. */
static void warn_of_input(const struct ppt_words_options *options)
{
    if ((!options->inputs || strcmp(options->inputs, "-") != 0) && has_input()) {
        ppt_text_print(stderr,
                       "ppt-omp: standard input is not for the program, whose own is empty: name a "
                       "file in its arguments, or say %s - to make each line a task",
                       ppt_shared_options[PPT_SHARED_INPUTS].name);
    }
}

enum ppt_status ppt_words_take(struct ppt_line *line, const struct ppt_words_options *options,
                               struct ppt_error *error)
{
    json_object *args PPT_OWNED(ppt_json_put) = NULL;
    json_object *inputs PPT_OWNED(ppt_json_put) = NULL;
    json_object *others PPT_OWNED(ppt_json_put) = NULL;

    if (line->rest != PPT_REST_PROGRAM) {
        return check_no_program(options, error);
    }
    PPT_TRY(check_together(options, error));
    PPT_TRY(check_programs(line, error));
    PPT_TRY(check_words(line, error));
    warn_of_input(options);
    PPT_TRY(inputs_of(line, options, &inputs, error));
    args = args_of(line, options);
    if (inputs) {
        add(args, "inputs", ppt_given(&inputs));
    }
    PPT_TRY(ppt_overrides_add(line->overrides, "command line", ppt_key_name(PPT_KEY_TASK),
                              "\"command\"", error));
    others = others_of(line);
    if (others) {
        PPT_TRY(ppt_overrides_add(line->overrides, "command line", ppt_key_name(PPT_KEY_VS),
                                  json_object_to_json_string_ext(others, JSON_C_TO_STRING_PLAIN),
                                  error));
    }
    return ppt_overrides_add(line->overrides, "command line", ppt_key_name(PPT_KEY_TASK_ARGS),
                             json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN), error);
}
