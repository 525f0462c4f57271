#include "take.h"

#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

const struct ppt_option *ppt_option_face(const struct ppt_option *option)
{
    return option->shared ? option->shared : option;
}

bool ppt_option_takes_value(const struct ppt_option *face)
{
    return face->kind != PPT_OPTION_FLAG && face->kind != PPT_OPTION_PRESET &&
           face->kind != PPT_OPTION_HELP && face->kind != PPT_OPTION_VERSION;
}

bool ppt_option_takes_next(const struct ppt_option *face)
{
    return ppt_option_takes_value(face) && !face->bare;
}

bool ppt_option_is_number(const char *text)
{
    char *end = NULL;

    strtod(text, &end);
    return *text && strspn(text, "0123456789+-.eE") == strlen(text) && *end == '\0';
}

static char *quoted(const char *text)
{
    json_object *string = json_object_new_string(text);
    char *json = ppt_strdup(json_object_to_json_string_ext(
        string, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

    json_object_put(string);
    return json;
}

/* {"size": "64-512:*2"} of size=64-512:*2; what has no name is left to the configuration's own
 * message. */
static char *member(const char *value)
{
    const size_t length = strcspn(value, "=");
    json_object *object PPT_OWNED(ppt_json_put) = json_object_new_object();
    char *name PPT_FREED = ppt_text_format("%.*s", (int)length, value);

    if (!value[length] || length == 0) {
        return quoted(value);
    }
    json_object_object_add(object, name, json_object_new_string(value + length + 1));
    return ppt_strdup(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* A value that is no number becomes a text, so that the configuration's own message says so. */
static char *to_json(enum ppt_option_kind kind, const char *value)
{
    switch (kind) {
    case PPT_OPTION_SET_NUMBER:
        return ppt_option_is_number(value) ? ppt_strdup(value) : quoted(value);
    case PPT_OPTION_SET_COUNTS:
        return *value == '[' ? ppt_strdup(value) : quoted(value);
    case PPT_OPTION_SET_JSON:
        return ppt_strdup(value);
    case PPT_OPTION_SET_MEMBER:
        return member(value);
    default:
        return quoted(value);
    }
}

static enum ppt_status take_setting(const struct ppt_option *face, const char *value,
                                    struct ppt_overrides *overrides, struct ppt_error *error)
{
    char *json PPT_FREED = to_json(face->kind, value);

    for (size_t i = 0; i < PPT_KEY_COUNT; i++) {
        if (ppt_key_option(&ppt_keys[i]) == face) {
            PPT_TRY(ppt_overrides_add(overrides, face->name, ppt_keys[i].field.key, json, error));
        }
    }
    return PPT_OK;
}

static enum ppt_status preset(const struct ppt_option *face, struct ppt_overrides *overrides,
                              struct ppt_error *error)
{
    for (const struct ppt_preset *preset = face->presets; preset->json; preset++) {
        PPT_TRY(ppt_overrides_add(overrides, face->name, ppt_key_name(preset->key), preset->json,
                                  error));
    }
    return PPT_OK;
}

static enum ppt_status take_text(const struct ppt_option *face, const char *value,
                                 const char **place, struct ppt_error *error)
{
    *place = value;
    return *value || !face->noun
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "%s: names no %s", face->name, face->noun);
}

static enum ppt_status take_count(const struct ppt_option *face, const char *value, uint64_t *place,
                                  struct ppt_error *error)
{
    char *end = NULL;
    const unsigned long long number = strtoull(value, &end, 10);

    if (*value < '0' || *value > '9' || *end != '\0' || (double)number > PPT_LARGEST_WHOLE) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: \"%s\" is not a whole number from 0 to 2^53",
                        face->name, value);
    }
    *place = number;
    return PPT_OK;
}

static enum ppt_status take_share(const struct ppt_option *face, const char *value, double *place,
                                  struct ppt_error *error)
{
    char *end = NULL;

    *place = strtod(value, &end);
    return *value && *end == '\0' && *place >= face->least && *place <= 1
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "%s: \"%s\" is not a number from %g to 1",
                          face->name, value, face->least);
}

enum ppt_status ppt_option_take(const struct ppt_option *option, const char *value, void *options,
                                struct ppt_overrides *overrides, struct ppt_error *error)
{
    const struct ppt_option *face = ppt_option_face(option);
    void *place = (char *)options + option->offset;

    switch (face->kind) {
    case PPT_OPTION_FLAG:
        *(bool *)place = true;
        return PPT_OK;
    case PPT_OPTION_TEXT:
        return take_text(face, value, place, error);
    case PPT_OPTION_COUNT:
        return take_count(face, value, place, error);
    case PPT_OPTION_SHARE:
        return take_share(face, value, place, error);
    case PPT_OPTION_READ:
        return face->read(value, place, error);
    case PPT_OPTION_PRESET:
        return preset(face, overrides, error);
    default:
        return take_setting(face, value, overrides, error);
    }
}
