#include "item.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "text.h"

#define MESSAGE_SIZE 700

/* Rejects with the value as the user wrote it in front: `"ten" is not a number`. */
__attribute__((format(printf, 3, 4))) static enum ppt_status
reject_literal(const struct ppt_item *item, struct ppt_error *error, const char *format, ...)
{
    char *literal PPT_FREED = ppt_json_literal(item->source, item->place);
    char message[MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return ppt_json_reject(item->source, item->place, error, "%s %s", literal, message);
}

enum ppt_status ppt_item_real(const struct ppt_item *item, double smallest, double largest,
                              double *out, struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_int) &&
        !json_object_is_type(item->value, json_type_double)) {
        return reject_literal(item, error, "is not a number");
    }
    *out = json_object_get_double(item->value);
    if (*out < smallest) {
        return reject_literal(item, error, "is below %.15g", smallest);
    }
    if (*out > largest) {
        return reject_literal(item, error, "is above %.15g", largest);
    }
    return PPT_OK;
}

enum ppt_status ppt_item_integer(const struct ppt_item *item, double smallest, double largest,
                                 int64_t *out, struct ppt_error *error)
{
    double value = 0;

    PPT_TRY(ppt_item_real(item, smallest, largest, &value, error));
    if (value != floor(value)) {
        return reject_literal(item, error, "is not a whole number");
    }
    *out = (int64_t)value;
    if (json_object_is_type(item->value, json_type_int)) {
        /* Exact where a double is not: 2^53 + 1 must not pass for 2^53. */
        *out = json_object_get_int64(item->value);
        if (largest < 9e18 && *out > (int64_t)largest) {
            return reject_literal(item, error, "is above %.15g", largest);
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_item_bool(const struct ppt_item *item, bool *out, struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_boolean)) {
        return reject_literal(item, error, "is not true or false");
    }
    *out = json_object_get_boolean(item->value);
    return PPT_OK;
}

enum ppt_status ppt_item_text(const struct ppt_item *item, const char **out,
                              struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_string)) {
        return reject_literal(item, error, "is not a text in quotes");
    }
    *out = json_object_get_string(item->value);
    if (strlen(*out) != (size_t)json_object_get_string_len(item->value)) {
        return ppt_item_reject(item, error, "a text must not contain a zero byte");
    }
    return PPT_OK;
}

enum ppt_status ppt_item_copy_text(const struct ppt_item *item, char **out, struct ppt_error *error)
{
    const char *text = NULL;

    *out = NULL;
    PPT_TRY(ppt_item_text(item, &text, error));
    *out = ppt_strdup(text);
    return PPT_OK;
}

size_t ppt_names_find(const char *const *names, const char *text)
{
    size_t i = 0;

    while (names[i] && strcmp(names[i], text) != 0) {
        i++;
    }
    return i;
}

void ppt_names_list(const char *const *names, struct ppt_text *out)
{
    for (size_t i = 0; names[i]; i++) {
        ppt_text_addf(out, "%s\"%s\"", i == 0 ? "" : names[i + 1] ? ", " : " or ", names[i]);
    }
}

enum ppt_status ppt_item_choice(const struct ppt_item *item, const char *const *names, int *out,
                                struct ppt_error *error)
{
    const char *text = NULL;
    struct ppt_text list PPT_OWNED(ppt_text_free) = {0};

    if (json_object_is_type(item->value, json_type_string)) {
        text = json_object_get_string(item->value);
        *out = (int)ppt_names_find(names, text);
        if (names[*out]) {
            return PPT_OK;
        }
    }
    ppt_names_list(names, &list);
    return reject_literal(item, error, "is not %s", list.data);
}

enum ppt_status ppt_item_check_keys(const struct ppt_item *object, const char *const *names,
                                    struct ppt_error *error)
{
    json_object_object_foreach(object->value, key, member)
    {
        if (!names[ppt_names_find(names, key)]) {
            const struct ppt_place place = {.outer = object->place, .key = key};
            const struct ppt_item item = {member, object->source, &place};
            const char *meant = ppt_text_suggest(key, names);

            return meant ? ppt_item_reject(&item, error, "unknown key; did you mean \"%s\"?", meant)
                         : ppt_item_reject(&item, error, "unknown key");
        }
    }
    return PPT_OK;
}

struct ppt_item ppt_item_element(const struct ppt_item *list, size_t index, struct ppt_place *place)
{
    *place = (struct ppt_place){.outer = list->place, .index = index};
    return (struct ppt_item){json_object_array_get_idx(list->value, index), list->source, place};
}

enum ppt_status ppt_item_member(const struct ppt_item *object, const char *key,
                                struct ppt_place *place, struct ppt_item *member,
                                struct ppt_error *error)
{
    *place = (struct ppt_place){.outer = object->place, .key = key};
    *member = (struct ppt_item){NULL, object->source, place};
    if (!json_object_is_type(object->value, json_type_object) ||
        !json_object_object_get_ex(object->value, key, &member->value)) {
        return ppt_item_reject(object, error, "\"%s\" is missing", key);
    }
    return PPT_OK;
}
