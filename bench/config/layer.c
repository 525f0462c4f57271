#include "layer.h"

#include <stdlib.h>

#include "keys.h"
#include "memory.h"
#include "owned.h"

struct override {
    struct ppt_source source; /* {"key": value}, so that places in it look like a file's */
    json_object *object;
};

struct ppt_overrides {
    struct override *items;
    size_t count;
};

struct ppt_overrides *ppt_overrides_create(void)
{
    return ppt_alloc(1, sizeof(struct ppt_overrides));
}

static void free_override(struct override *item)
{
    ppt_source_free(&item->source);
    json_object_put(item->object);
}

void ppt_overrides_destroy(struct ppt_overrides *overrides)
{
    for (size_t i = 0; overrides && i < overrides->count; i++) {
        free_override(&overrides->items[i]);
    }
    if (overrides) {
        free(overrides->items);
    }
    free(overrides);
}

enum ppt_status ppt_overrides_add(struct ppt_overrides *overrides, const char *option,
                                  const char *key, const char *json, struct ppt_error *error)
{
    struct override item PPT_OWNED(free_override) = {0};
    char *text PPT_FREED = ppt_text_format("{\"%s\": %s}", key, json);

    ppt_source_from_text(&item.source, option, text);
    PPT_TRY(ppt_json_parse(&item.source, &item.object, error));
    if (json_object_object_length(item.object) != 1) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: %s is more than one value", option, json);
    }
    overrides->items = ppt_realloc(overrides->items, overrides->count + 1, sizeof(item));
    overrides->items[overrides->count++] = item;
    item = (struct override){0};
    return PPT_OK;
}

struct ppt_layer *ppt_overrides_stack(const struct ppt_overrides *overrides,
                                      const struct ppt_layer *under)
{
    const size_t count = overrides ? overrides->count : 0;
    struct ppt_layer *layers = ppt_alloc(count + 1, sizeof(*layers));

    if (count == 0 && under) {
        layers[0] = *under;
    }
    for (size_t i = 0; i < count; i++) {
        const struct override *item = &overrides->items[count - 1 - i];

        layers[i].under = i + 1 < count ? &layers[i + 1] : under;
        layers[i].object = (struct ppt_item){item->object, &item->source, NULL};
    }
    return layers;
}

enum ppt_status ppt_layer_over(struct ppt_layer *layer, const struct ppt_layer *under,
                               const struct ppt_item *object, struct ppt_error *error)
{
    const char *names[PPT_KEY_COUNT + 1];

    if (!json_object_is_type(object->value, json_type_object)) {
        return ppt_item_reject(object, error, "a configuration must be an object {...}");
    }
    *layer = (struct ppt_layer){under, *object};
    ppt_key_names(ppt_keys, names);
    return ppt_item_check_keys(object, names, error);
}

static bool is_option(const struct ppt_layer *layer)
{
    return layer && layer->object.source && !layer->object.source->folder;
}

bool ppt_layer_find(const struct ppt_layer *top, enum ppt_key_id id, const struct ppt_layer *last,
                    struct ppt_found *found)
{
    const char *const key = ppt_key_name(id);
    bool reached = false;

    for (const struct ppt_layer *layer = top; layer; layer = layer->under) {
        json_object *value = NULL;

        if (json_object_object_get_ex(layer->object.value, key, &value)) {
            found->layer = layer;
            found->place = (struct ppt_place){.outer = layer->object.place, .key = key};
            found->item = (struct ppt_item){value, layer->object.source, &found->place};
            return true;
        }
        /* Options count as one layer, in whatever order they were given. */
        reached |= layer == last;
        if (reached && !(is_option(layer) && is_option(layer->under))) {
            break;
        }
    }
    return false;
}

bool ppt_layer_find_beside(struct ppt_found *found, enum ppt_key_id id)
{
    const struct ppt_layer *under = found->layer->under;
    struct ppt_found next;

    if (!is_option(found->layer) || !ppt_layer_find(under, id, NULL, &next) ||
        !is_option(next.layer)) {
        return false;
    }
    *found = next;
    found->item.place = &found->place;
    return true;
}

/* The uppermost layer of a file, or NULL. */
static const struct ppt_layer *file_layer(const struct ppt_layer *top)
{
    while (top && !(top->object.source && top->object.source->folder)) {
        top = top->under;
    }
    return top;
}

enum ppt_status ppt_layer_reject(const struct ppt_layer *top, struct ppt_error *error,
                                 const char *format, ...)
{
    const struct ppt_layer *file = file_layer(top);
    char message[700];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return file ? ppt_item_reject(&file->object, error, "%s", message)
                : ppt_fail(error, PPT_BAD_INPUT, "command line: %s", message);
}

char *ppt_layer_describe(const struct ppt_layer *top)
{
    const struct ppt_layer *file = file_layer(top);
    struct ppt_text place = {0};

    if (!file) {
        return ppt_strdup("command line");
    }
    ppt_place_describe(file->object.place, &place);
    char *text = ppt_text_format("%s%s%s", file->object.source->name, place.length ? ": " : "",
                                 place.length ? place.data : "");
    ppt_text_free(&place);
    return text;
}

struct ppt_search ppt_layer_search(const struct ppt_layer *top)
{
    const struct ppt_layer *file = file_layer(top);
    struct ppt_search search = {.recorded = false};
    size_t count = 0;

    if (file) {
        search.folders[count++] = file->object.source->folder;
        search.recorded = file->object.source->recorded;
    }
    /* The sources last: an installed program must not need them, nor trust what lies there now. */
    search.folders[count++] = PPT_DATA_INSTALLED;
    search.folders[count] = PPT_DATA_SOURCE;
    return search;
}
