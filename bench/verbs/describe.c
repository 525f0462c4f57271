/*
 * What the program's tables say of itself, for scripts/describe.py: the schema of configurations,
 * the completions and the manual are made of it. It is for the build, and thus not in --help.
 */
#include <math.h>
#include <stdio.h>

#include "json_value.h"
#include "list.h"
#include "owned.h"
#include "report.h"
#include "shared.h"
#include "take.h"
#include "verbs.h"

struct describe_options {
    bool json;
};

#define VERB(name) &ppt_verb_##name,
static const struct ppt_verb *const described_verbs[] = {PPT_VERBS(VERB) NULL};
#undef VERB

/* `one` tells the i-th of something; NULL: there are no more. */
static json_object *list_of(const void *of, json_object *(*one)(const void *of, size_t i))
{
    json_object *list = json_object_new_array(), *entry;

    for (size_t i = 0; (entry = one(of, i)); i++) {
        json_object_array_add(list, entry);
    }
    return list;
}

static json_object *text_or_null(const char *value)
{
    return value ? text(value) : NULL;
}

static json_object *describe_name(const void *names, size_t i)
{
    return text_or_null(((const char *const *)names)[i]);
}

/* ---- keys ---- */

static const char *form_of(const struct ppt_key *key)
{
    static const char *const forms[] = {
        [PPT_FIELD_UINT64] = "integer", [PPT_FIELD_UNSIGNED] = "integer",
        [PPT_FIELD_DOUBLE] = "number",  [PPT_FIELD_BOOL] = "boolean",
        [PPT_FIELD_CHOICE] = "choice",  [PPT_FIELD_TEXT] = "text",
    };

    return key->form ? key->form : forms[key->field.kind];
}

static json_object *describe_bound(double bound)
{
    return bound == floor(bound) ? json_object_new_int64((int64_t)bound) : ppt_json_number(bound);
}

static json_object *describe_key(const void *keys, size_t i)
{
    static const char *const orders[] = {"read", "recorded", "listed"};
    const struct ppt_key *key = (const struct ppt_key *)keys + i;
    const struct ppt_option *option = ppt_key_option(key);

    if (!key->field.key) {
        return NULL;
    }
    json_object *object = json_object_new_object();
    add(object, "key", text(key->field.key));
    add(object, "form", text(form_of(key)));
    if (key->field.largest > key->field.smallest) {
        add(object, "smallest", describe_bound(key->field.smallest));
        add(object, "largest", describe_bound(key->field.largest));
    }
    if (key->field.choices) {
        add(object, "choices", list_of(key->field.choices, describe_name));
        add(object, "chunked", integer(key->chunked));
    }
    if (key->keys) {
        add(object, "keys", list_of(key->keys, describe_key));
    }
    add(object, "default", key->value ? json_tokener_parse(key->value) : NULL);
    add(object, "or_null", json_object_new_boolean(key->or_null));
    add(object, "help", text_or_null(key->help ? key->help : key->option.help));
    add(object, "option", text_or_null(option ? option->name : NULL));
    for (int order = 0; order < PPT_KEY_ORDERS; order++) {
        add(object, orders[order], integer(key->place[order]));
    }
    return object;
}

/* ---- verbs ---- */

static json_object *describe_option(const void *verb, size_t i)
{
    const struct ppt_option *option = ppt_verb_option(verb, i);

    if (!option) {
        return NULL;
    }
    option = ppt_option_face(option);
    json_object *object = json_object_new_object();
    add(object, "name", text(option->name));
    add(object, "also", text_or_null(option->also));
    add(object, "takes_value", json_object_new_boolean(ppt_option_takes_next(option)));
    add(object, "metavar", text_or_null(option->metavar));
    add(object, "help", text_or_null(option->help));
    return object;
}

/* One that is hidden has neither form nor summary. */
static json_object *describe_verb(const void *verbs, size_t i)
{
    const struct ppt_verb *verb = ((const struct ppt_verb *const *)verbs)[i];

    if (!verb) {
        return NULL;
    }
    json_object *object = json_object_new_object();
    add(object, "name", text(verb->name));
    add(object, "form", text_or_null(verb->forms[0].words));
    add(object, "summary", text_or_null(verb->forms[0].summary));
    add(object, "options", list_of(verb, describe_option));
    return object;
}

static json_object *describe_format(const void *formats, size_t i)
{
    const struct ppt_format *format = (const struct ppt_format *)formats + i;

    return format->of_sizes ? NULL : text_or_null(format->name);
}

static enum ppt_status describe(const struct ppt_line *line, struct ppt_error *error)
{
    json_object *answer PPT_OWNED(ppt_json_put) = json_object_new_object();
    json_object *kernels = json_object_new_array();

    (void)line, (void)error;
    ppt_list_kernels(kernels);
    add(answer, "version", text(PPT_VERSION));
    add(answer, "keys", list_of(ppt_keys, describe_key));
    add(answer, "verbs", list_of(described_verbs, describe_verb));
    add(answer, "formats", list_of(ppt_formats, describe_format));
    add(answer, "kernels", kernels);
    puts(json_object_to_json_string_ext(answer,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    return PPT_OK;
}

static const struct ppt_option describe_rows[] = {
    PPT_SHARED(JSON, struct describe_options, json),
};

const struct ppt_verb ppt_verb_describe = {
    .name = "describe",
    PPT_OPTIONS(describe_rows, struct describe_options, 0),
    .run = describe,
};
