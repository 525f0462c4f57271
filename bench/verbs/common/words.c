#include "words.h"

#include <stdlib.h>

#include "json_value.h"
#include "owned.h"
#include "shared.h"
#include "take.h"

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

static json_object *args_of(const struct ppt_line *line, const struct ppt_words_options *options)
{
    json_object *args = json_object_new_object();
    json_object *argv = json_object_new_array();

    for (size_t i = 0; i < line->program_count; i++) {
        json_object_array_add(argv, text(line->program[i]));
    }
    add(args, "argv", argv);
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
                             : -1;
}

enum ppt_status ppt_words_take(struct ppt_line *line, const struct ppt_words_options *options,
                               struct ppt_error *error)
{
    json_object *args PPT_OWNED(ppt_json_put) = NULL;

    const int given = given_of(options);

    if (line->rest != PPT_REST_PROGRAM) {
        return given >= 0
                   ? ppt_fail(
                         error, PPT_BAD_INPUT,
                         "%s belongs to a program behind \"--\"; in a file it is an argument of "
                         "the task \"command\"",
                         ppt_shared_options[given].name)
                   : PPT_OK;
    }
    if (options->output && options->show) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s and %s: give one of them",
                        ppt_shared_options[PPT_SHARED_PROGRAM_OUTPUT].name,
                        ppt_shared_options[PPT_SHARED_SHOW_OUTPUT].name);
    }
    if (line->program_count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "which program? Nothing follows \"--\"");
    }
    PPT_TRY(check_words(line, error));
    args = args_of(line, options);
    PPT_TRY(ppt_overrides_add(line->overrides, "command line", ppt_key_name(PPT_KEY_TASK),
                              "\"command\"", error));
    return ppt_overrides_add(line->overrides, "command line", ppt_key_name(PPT_KEY_TASK_ARGS),
                             json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN), error);
}
