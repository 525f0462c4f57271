#include "stand_in.h"

#include <float.h>
#include <json-c/linkhash.h>
#include <stdlib.h>

#include "memory.h"
#include "plugin.h"

/* One argument; the texts of its parameter are owned. */
struct entry {
    char *name, *value, *choice;
    const char *choices[2];
};

struct ppt_stand_in {
    struct ppt_kernel kernel;
    char *name;
    struct ppt_param *params;
    struct entry *entries;
    size_t count;
};

/* What kind a recorded value must have come from; of two that look the same, either will do. */
static bool find_kind(json_object *value, enum ppt_param_kind *kind)
{
    switch (json_object_get_type(value)) {
    case json_type_int:
        *kind = PPT_PARAM_INTEGER;
        return true;
    case json_type_double:
        *kind = PPT_PARAM_REAL;
        return true;
    case json_type_string:
        *kind = PPT_PARAM_CHOICE;
        return true;
    case json_type_array:
        *kind = json_object_array_length(value) == 0 ? PPT_PARAM_INPUTS
                : json_object_is_type(json_object_array_get_idx(value, 0), json_type_int)
                    ? PPT_PARAM_SPAN
                    : PPT_PARAM_WORDS;
        return true;
    default:
        return false;
    }
}

static void add_param(struct ppt_stand_in *stand_in, const char *name, json_object *value,
                      enum ppt_param_kind kind)
{
    const bool real = kind == PPT_PARAM_REAL;
    struct entry *entry = &stand_in->entries[stand_in->count];

    entry->name = ppt_strdup(name);
    entry->value = ppt_strdup(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
    if (kind == PPT_PARAM_CHOICE) {
        entry->choice = ppt_strdup(json_object_get_string(value));
        entry->choices[0] = entry->choice;
    }
    stand_in->params[stand_in->count++] = (struct ppt_param){
        .name = entry->name,
        .kind = kind,
        .value = entry->value,
        .smallest = real ? -DBL_MAX : -PPT_LARGEST_WHOLE,
        .largest = real ? DBL_MAX : PPT_LARGEST_WHOLE,
        .choices = kind == PPT_PARAM_CHOICE ? entry->choices : NULL,
        .unit = "",
        .help = "",
    };
}

enum ppt_status ppt_stand_in_create(const char *name, const struct ppt_item *args,
                                    struct ppt_stand_in **stand_in, struct ppt_error *error)
{
    struct ppt_stand_in *s;

    if (!ppt_plugin_is_name(name)) {
        return ppt_item_reject(args, error, "are those of a task that cannot be called so");
    }
    if (!json_object_is_type(args->value, json_type_object)) {
        return ppt_item_reject(args, error, "must be an object of arguments");
    }
    s = ppt_alloc(1, sizeof(*s));
    s->params = ppt_alloc((size_t)json_object_object_length(args->value), sizeof(*s->params));
    s->entries = ppt_alloc((size_t)json_object_object_length(args->value), sizeof(*s->entries));
    json_object_object_foreach(args->value, key, value)
    {
        const struct ppt_place place = {.outer = args->place, .key = key};
        const struct ppt_item item = {value, args->source, &place};
        enum ppt_param_kind kind;

        if (!ppt_plugin_is_name(key) || !find_kind(value, &kind)) {
            ppt_stand_in_destroy(s);
            return ppt_item_reject(&item, error, "is nothing that an argument can be");
        }
        add_param(s, key, value, kind);
    }
    s->name = ppt_strdup(name);
    s->kernel = (struct ppt_kernel){
        .version = PPT_KERNEL_VERSION,
        .struct_size = sizeof(s->kernel),
        .name = s->name,
        .category = "",
        .summary = "",
        .missing = "known from a journal alone",
        .params = s->params,
        .param_count = s->count,
        .inner_threads = true,
    };
    *stand_in = s;
    return PPT_OK;
}

void ppt_stand_in_destroy(struct ppt_stand_in *stand_in)
{
    if (!stand_in) {
        return;
    }
    for (size_t i = 0; i < stand_in->count; i++) {
        free(stand_in->entries[i].name);
        free(stand_in->entries[i].value);
        free(stand_in->entries[i].choice);
    }
    free(stand_in->entries);
    free(stand_in->params);
    free(stand_in->name);
    free(stand_in);
}

const struct ppt_kernel *ppt_stand_in_kernel(const struct ppt_stand_in *stand_in)
{
    return &stand_in->kernel;
}
