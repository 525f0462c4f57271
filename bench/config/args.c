#include "args.h"

#include <json-c/json_tokener.h>
#include <stdlib.h>
#include <string.h>

#include "input_list.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

bool ppt_param_has_bounds(const struct ppt_param *param)
{
    return param->kind == PPT_PARAM_INTEGER || param->kind == PPT_PARAM_REAL ||
           param->kind == PPT_PARAM_SPAN;
}

/* ---- values ---- */

static enum ppt_status parse_span(const struct ppt_item *item, const struct ppt_param *param,
                                  struct ppt_span *out, struct ppt_error *error)
{
    int64_t ends[2] = {0, 0};

    if (!json_object_is_type(item->value, json_type_array) ||
        json_object_array_length(item->value) != 2) {
        return ppt_item_reject(item, error, "must be a list of two numbers, [smallest, largest]");
    }
    for (size_t i = 0; i < 2; i++) {
        struct ppt_place place;
        const struct ppt_item inner = ppt_item_element(item, i, &place);

        PPT_TRY(ppt_item_integer(&inner, param->smallest, param->largest, &ends[i], error));
    }
    if (ends[0] > ends[1]) {
        return ppt_item_reject(item, error, "the first number is above the second");
    }
    *out = (struct ppt_span){ends[0], ends[1]};
    return PPT_OK;
}

/* The arguments of a kernel on their way from JSON. */
struct reading {
    const struct ppt_kernel *kernel;
    const struct ppt_search *search;
    union ppt_value *args;
    struct ppt_error *error;
};

/* The value of the i-th parameter. */
static enum ppt_status parse_value(const struct reading *reading, const struct ppt_item *item,
                                   size_t i)
{
    const struct ppt_param *param = &reading->kernel->params[i];
    union ppt_value *out = &reading->args[i];
    struct ppt_error *error = reading->error;

    switch (param->kind) {
    case PPT_PARAM_INTEGER:
        return ppt_item_integer(item, param->smallest, param->largest, &out->integer, error);
    case PPT_PARAM_REAL:
        return ppt_item_real(item, param->smallest, param->largest, &out->real, error);
    case PPT_PARAM_CHOICE:
        return ppt_item_choice(item, param->choices, &out->choice, error);
    case PPT_PARAM_SPAN:
        return parse_span(item, param, &out->span, error);
    case PPT_PARAM_PATHS:
        return ppt_texts_read_paths(item, reading->search, &out->paths, error);
    case PPT_PARAM_WORDS:
        return ppt_texts_read_words(item, 0, &out->words, error);
    case PPT_PARAM_INPUTS:
        return ppt_input_list_read(item, reading->search, &out->words, error);
    }
    return PPT_FAILED;
}

/* Sets an argument from a text of the parameter table itself. */
static enum ppt_status set_from_table(const struct reading *reading, size_t i, const char *json)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    char *name PPT_FREED = ppt_text_format("--task %s, default of \"%s\"", reading->kernel->name,
                                           reading->kernel->params[i].name);

    ppt_source_from_text(&source, name, json);
    PPT_TRY(ppt_json_parse(&source, &value, reading->error));
    const struct ppt_item item = {.value = value, .source = &source};
    return parse_value(reading, &item, i);
}

static enum ppt_status set_defaults(const struct reading *reading)
{
    for (size_t i = 0; i < reading->kernel->param_count; i++) {
        PPT_TRY(set_from_table(reading, i, reading->kernel->params[i].value));
    }
    return PPT_OK;
}

void ppt_args_free(const struct ppt_kernel *kernel, union ppt_value *args)
{
    for (size_t i = 0; args && i < kernel->param_count; i++) {
        if (kernel->params[i].kind == PPT_PARAM_PATHS) {
            ppt_texts_free(&args[i].paths);
        } else if (kernel->params[i].kind == PPT_PARAM_WORDS ||
                   kernel->params[i].kind == PPT_PARAM_INPUTS) {
            ppt_texts_free(&args[i].words);
        }
    }
    free(args);
}

/* ---- the two forms of task_args ---- */

/* Whether parameter i shares its positional argument with the one before. */
static bool shares_slot(const struct ppt_kernel *kernel, size_t i)
{
    return i > 0 && kernel->params[i].group && kernel->params[i - 1].group &&
           strcmp(kernel->params[i].group, kernel->params[i - 1].group) == 0;
}

/* "size, count [, options]", for messages. */
static void describe_slots(const struct ppt_kernel *kernel, struct ppt_text *out)
{
    for (size_t i = 0; i < kernel->param_count; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (!shares_slot(kernel, i)) {
            ppt_text_addf(out, "%s%s%s%s", param->optional ? " [" : "", i ? ", " : "",
                          param->group ? param->group : param->name, param->optional ? "]" : "");
        }
    }
}

static enum ppt_status reject_count(const struct ppt_kernel *kernel, const struct ppt_item *item,
                                    size_t given, struct ppt_error *error)
{
    struct ppt_text slots PPT_OWNED(ppt_text_free) = {0};

    describe_slots(kernel, &slots);
    return ppt_item_reject(item, error, "%zu argument%s given, but \"%s\" takes [%s]", given,
                           PPT_S(given), kernel->name, slots.data ? slots.data : "");
}

/* Reads members of an object into the parameters of `group` (NULL: all parameters). */
static enum ppt_status parse_members(const struct reading *reading, const struct ppt_item *item,
                                     const char *group)
{
    const struct ppt_kernel *kernel = reading->kernel;
    const char **names PPT_FREED = ppt_alloc(kernel->param_count + 1, sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; i < kernel->param_count; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (!group || (param->group && strcmp(param->group, group) == 0)) {
            names[count++] = param->name;
        }
    }
    PPT_TRY(ppt_item_check_keys(item, names, reading->error));
    for (size_t i = 0; i < kernel->param_count; i++) {
        const struct ppt_place place = {.outer = item->place, .key = kernel->params[i].name};
        struct ppt_item inner = {NULL, item->source, &place};

        if (json_object_object_get_ex(item->value, place.key, &inner.value)) {
            PPT_TRY(parse_value(reading, &inner, i));
        }
    }
    return PPT_OK;
}

/* Whether the object of a positional list leaves its members what they mean without one. */
static bool says_nothing(const struct ppt_kernel *kernel, json_object *object)
{
    for (size_t i = 0; i < kernel->param_count; i++) {
        if (!kernel->params[i].apart &&
            json_object_object_get_ex(object, kernel->params[i].name, NULL)) {
            return false;
        }
    }
    return true;
}

/* What a parameter means that a positional list leaves out. */
static enum ppt_status leave(const struct reading *reading, size_t i)
{
    const char *when_left = reading->kernel->params[i].when_left;

    return when_left ? set_from_table(reading, i, when_left) : PPT_OK;
}

/* The object that the parameters of a group share in a positional list. */
static enum ppt_status parse_group(const struct reading *reading, const struct ppt_item *item,
                                   size_t first)
{
    const struct ppt_kernel *kernel = reading->kernel;
    const char *group = kernel->params[first].group;

    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, reading->error, "must be an object {...} of %s", group);
    }
    const bool left = says_nothing(kernel, item->value);
    for (size_t i = first; left && i < kernel->param_count; i++) {
        if (i == first || shares_slot(kernel, i)) {
            PPT_TRY(leave(reading, i));
        }
    }
    return parse_members(reading, item, group);
}

static enum ppt_status parse_positional(const struct reading *reading, const struct ppt_item *item)
{
    const struct ppt_kernel *kernel = reading->kernel;
    const size_t given = json_object_array_length(item->value);
    size_t slot = 0;

    if (given == 0) {
        return PPT_OK; /* the defaults, as if there were no list */
    }
    for (size_t i = 0; i < kernel->param_count; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (shares_slot(kernel, i)) {
            if (slot > given) {
                PPT_TRY(leave(reading, i));
            }
            continue;
        }
        if (slot >= given) {
            if (!param->optional) {
                return reject_count(kernel, item, given, reading->error);
            }
            PPT_TRY(leave(reading, i));
            slot++;
            continue;
        }
        if (param->kind == PPT_PARAM_WORDS) {
            PPT_TRY(ppt_texts_read_words(item, slot, &reading->args[i].words, reading->error));
            slot = given;
            continue;
        }
        struct ppt_place place;
        const struct ppt_item inner = ppt_item_element(item, slot++, &place);

        PPT_TRY(param->group ? parse_group(reading, &inner, i) : parse_value(reading, &inner, i));
    }
    return given > slot ? reject_count(kernel, item, given, reading->error) : PPT_OK;
}

static enum ppt_status parse(const struct reading *reading, const struct ppt_item *item)
{
    PPT_TRY(set_defaults(reading));
    if (!item) {
        return PPT_OK;
    }
    if (json_object_is_type(item->value, json_type_array)) {
        return parse_positional(reading, item);
    }
    return json_object_is_type(item->value, json_type_object)
               ? parse_members(reading, item, NULL)
               : ppt_item_reject(item, reading->error,
                                 "must be a list of arguments, or an object by parameter name");
}

enum ppt_status ppt_args_parse(const struct ppt_kernel *kernel, const struct ppt_item *item,
                               const struct ppt_search *search, union ppt_value **args,
                               struct ppt_error *error)
{
    const struct reading reading = {kernel, search, ppt_alloc(kernel->param_count, sizeof(**args)),
                                    error};
    const enum ppt_status status = parse(&reading, item);

    *args = status == PPT_OK ? reading.args : NULL;
    if (status != PPT_OK) {
        ppt_args_free(kernel, reading.args);
    }
    return status;
}

/* ---- back to text ---- */

static json_object *texts_to_json(const struct ppt_texts *texts)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < texts->count; i++) {
        json_object_array_add(list, json_object_new_string(texts->items[i]));
    }
    return list;
}

static json_object *value_to_json(const struct ppt_param *param, const union ppt_value *value)
{
    json_object *list = NULL;

    switch (param->kind) {
    case PPT_PARAM_INTEGER:
        return json_object_new_int64(value->integer);
    case PPT_PARAM_REAL:
        return ppt_json_number(value->real);
    case PPT_PARAM_CHOICE:
        return json_object_new_string(param->choices[value->choice]);
    case PPT_PARAM_SPAN:
        list = json_object_new_array_ext(2);
        json_object_array_add(list, json_object_new_int64(value->span.low));
        json_object_array_add(list, json_object_new_int64(value->span.high));
        return list;
    case PPT_PARAM_PATHS:
        return texts_to_json(&value->paths);
    case PPT_PARAM_WORDS:
    case PPT_PARAM_INPUTS:
        return texts_to_json(&value->words);
    }
    return NULL;
}

json_object *ppt_args_to_json(const struct ppt_kernel *kernel, const union ppt_value *args)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < kernel->param_count; i++) {
        json_object_object_add(object, kernel->params[i].name,
                               value_to_json(&kernel->params[i], &args[i]));
    }
    return object;
}

/* Files by name alone: where they lie is in the configuration. */
static void describe_paths(const struct ppt_texts *paths, struct ppt_text *out)
{
    for (size_t i = 0; i < paths->count; i++) {
        ppt_text_addf(out, "%s%s", i ? ";" : "", basename(paths->items[i]));
    }
}

/* Within '...' nothing has a meaning but what ends it. Where that is in the word, "..." are easier
 * to read, if nothing in it would mean something there. */
static void add_quoted(const char *word, struct ppt_text *out)
{
    const char *end;

    if (strchr(word, '\'') && !strpbrk(word, "\"\\$`!")) {
        ppt_text_addf(out, "\"%s\"", word);
        return;
    }
    ppt_text_add(out, "'");
    for (; (end = strchr(word, '\'')); word = end + 1) {
        ppt_text_addf(out, "%.*s'\\\''", (int)(end - word), word);
    }
    ppt_text_addf(out, "%s'", word);
}

void ppt_args_describe_words(const struct ppt_texts *words, struct ppt_text *out)
{
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];

        ppt_text_add(out, i ? " " : "");
        if (*word && !strpbrk(word, " \t\n\"'\\$&|;<>()*?#~`")) {
            ppt_text_add(out, word);
        } else {
            add_quoted(word, out);
        }
    }
}

static void describe_value(const struct ppt_param *param, const union ppt_value *value,
                           struct ppt_text *out)
{
    if (param->kind == PPT_PARAM_PATHS) {
        describe_paths(&value->paths, out);
        return;
    }
    if (param->kind == PPT_PARAM_WORDS) {
        ppt_args_describe_words(&value->words, out);
        return;
    }
    if (param->kind == PPT_PARAM_INPUTS) {
        ppt_text_addf(out, "%zu input%s", value->words.count, PPT_S(value->words.count));
        return;
    }
    json_object *json = value_to_json(param, value);
    if (param->kind == PPT_PARAM_CHOICE) {
        ppt_text_add(out, json_object_get_string(json));
    } else if (param->kind == PPT_PARAM_SPAN) {
        ppt_text_addf(out, "[%lld, %lld]", (long long)value->span.low, (long long)value->span.high);
    } else {
        ppt_text_add(out, json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
    }
    json_object_put(json);
}

/* Whether an optional argument says what leaving it out would say. */
static bool could_be_left(const struct ppt_param *param, const union ppt_value *value)
{
    json_object *left PPT_OWNED(ppt_json_put) =
        json_tokener_parse(param->when_left ? param->when_left : param->value);
    json_object *json PPT_OWNED(ppt_json_put) = value_to_json(param, value);

    return param->optional &&
           strcmp(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
                  json_object_to_json_string_ext(left, JSON_C_TO_STRING_PLAIN)) == 0;
}

/* What stands before an argument: nothing before the first. */
static void add_joint(const struct ppt_param *param, bool named, struct ppt_text *out)
{
    if (out->length > 0) {
        ppt_text_add(out, param->joint && !named ? param->joint : ", ");
    }
}

/* The members of a group that say something, as an object; nothing where none does. One that means
 * something else when the others are left is said with any of them. */
static void describe_group(const struct ppt_kernel *kernel, size_t first,
                           const union ppt_value *args, bool named, struct ppt_text *out)
{
    bool more = false;
    size_t end = first, shown = 0;

    do {
        more |= !kernel->params[end].apart && !could_be_left(&kernel->params[end], &args[end]);
    } while (++end < kernel->param_count && shares_slot(kernel, end));
    for (size_t i = first; i < end; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (!could_be_left(param, &args[i]) || (more && param->when_left)) {
            if (shown == 0) {
                add_joint(&kernel->params[first], named, out);
            }
            ppt_text_addf(out, "%s%s: ", shown++ ? ", " : "{", param->name);
            describe_value(param, &args[i], out);
        }
    }
    ppt_text_add(out, shown > 0 ? "}" : "");
}

/* Whether it speaks for itself: a command, or names of files. */
static bool speaks(const struct ppt_param *param)
{
    return param->kind == PPT_PARAM_WORDS || param->kind == PPT_PARAM_PATHS ||
           param->kind == PPT_PARAM_INPUTS;
}

void ppt_args_describe(const struct ppt_kernel *kernel, const union ppt_value *args, bool named,
                       struct ppt_text *out)
{
    size_t shown = kernel->param_count;
    bool after_words = false;

    while (shown > 0 && could_be_left(&kernel->params[shown - 1], &args[shown - 1])) {
        shown--;
    }
    for (size_t i = 0; i < shown; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (param->group) {
            if (!shares_slot(kernel, i)) {
                describe_group(kernel, i, args, named, out);
            }
        } else if (!after_words || !could_be_left(param, &args[i])) {
            add_joint(param, named, out);
            if (after_words && param->kind != PPT_PARAM_INPUTS) {
                /* A list takes words alone there, so that these can only be given by name. */
                ppt_text_addf(out, "%s: ", param->name);
            } else if (named && !speaks(param)) {
                ppt_text_addf(out, "%s ", param->name);
            }
            describe_value(param, &args[i], out);
        }
        after_words |= param->kind == PPT_PARAM_WORDS;
    }
}
