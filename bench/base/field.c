#include "field.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

static const void *member_of(const struct ppt_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static void *member_in(const struct ppt_field *field, void *record)
{
    return (char *)record + field->offset;
}

static void *pointer_of(const struct ppt_field *field, const void *record)
{
    void *pointer;

    memcpy(&pointer, member_of(field, record), sizeof(pointer));
    return pointer;
}

static size_t count_of(const struct ppt_field *field, const void *record)
{
    size_t count;

    memcpy(&count, (const char *)record + field->count_offset, sizeof(count));
    return count;
}

static int64_t integer_of(const struct ppt_field *field, const void *record)
{
    const void *member = member_of(field, record);

    switch (field->kind) {
    case PPT_FIELD_INT:
        return *(const int *)member;
    case PPT_FIELD_UNSIGNED:
    case PPT_FIELD_CHOICE:
        return *(const unsigned *)member;
    case PPT_FIELD_BOOL:
        return *(const bool *)member;
    case PPT_FIELD_UINT64:
        return (int64_t) * (const uint64_t *)member;
    default:
        return *(const int64_t *)member;
    }
}

static void set_integer(const struct ppt_field *field, void *record, int64_t value)
{
    void *member = member_in(field, record);

    switch (field->kind) {
    case PPT_FIELD_INT:
        *(int *)member = value > INT_MAX ? INT_MAX : (int)value;
        break;
    case PPT_FIELD_UNSIGNED:
        *(unsigned *)member = value < 0 || value > UINT_MAX ? UINT_MAX : (unsigned)value;
        break;
    case PPT_FIELD_UINT64:
        *(uint64_t *)member = (uint64_t)value;
        break;
    default:
        *(int64_t *)member = value;
    }
}

static bool is_wanted(const struct ppt_field *field, unsigned which)
{
    const bool form = which & PPT_FIELD_SHOWN ? (field->flags & PPT_FIELD_SHOWN) != 0
                                              : !(field->flags & PPT_FIELD_SHOWN_ALONE);

    return form && (!(field->flags & PPT_FIELD_SOMETIMES) || (which & PPT_FIELD_SOMETIMES));
}

/* ---- to JSON ---- */

/* Whether it is 0, NULL or empty; of a record, all of it. */
static bool is_nothing(const struct ppt_field *field, const void *record)
{
    const struct ppt_field *row = field->rows;

    switch (field->kind) {
    case PPT_FIELD_RECORD:
        while (row->kind != PPT_FIELD_END && is_nothing(row, member_of(field, record))) {
            row++;
        }
        return row->kind == PPT_FIELD_END;
    case PPT_FIELD_DOUBLE:
        return *(const double *)member_of(field, record) == 0;
    case PPT_FIELD_TEXT:
    case PPT_FIELD_SPECIAL:
        return pointer_of(field, record) == NULL;
    case PPT_FIELD_LIST:
        return count_of(field, record) == 0;
    default:
        return integer_of(field, record) == 0;
    }
}

static bool is_unknown(const struct ppt_field *field, const void *record)
{
    return (field->flags & PPT_FIELD_BELOW_0 && integer_of(field, record) < 0) ||
           (field->flags & PPT_FIELD_NOT_0 && is_nothing(field, record));
}

static json_object *list_of(const struct ppt_field *field, const void *record, unsigned which)
{
    const char *element =
        field->flags & PPT_FIELD_IN_PLACE ? member_of(field, record) : pointer_of(field, record);
    json_object *list = json_object_new_array();

    for (size_t left = count_of(field, record); left > 0; left--, element += field->size) {
        json_object *object = json_object_new_object();

        ppt_fields_write(field->rows, element, which, object);
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *value_of(const struct ppt_field *field, const void *record, unsigned which)
{
    const void *member = member_of(field, record);
    char digest[17];
    json_object *object;

    switch (field->kind) {
    case PPT_FIELD_DOUBLE:
        return field->flags & PPT_FIELD_EXACT ? json_object_new_double(*(const double *)member)
                                              : ppt_json_number(*(const double *)member);
    case PPT_FIELD_BOOL:
        return json_object_new_boolean(*(const bool *)member);
    case PPT_FIELD_CHOICE:
        return json_object_new_string(field->choices[integer_of(field, record)]);
    case PPT_FIELD_TEXT:
        return json_object_new_string(pointer_of(field, record));
    case PPT_FIELD_DIGEST:
        snprintf(digest, sizeof(digest), "%016" PRIx64, *(const uint64_t *)member);
        return json_object_new_string(digest);
    case PPT_FIELD_RECORD:
        object = json_object_new_object();
        ppt_fields_write(field->rows, member, which, object);
        return object;
    case PPT_FIELD_LIST:
        return list_of(field, record, which);
    default:
        return json_object_new_int64(integer_of(field, record));
    }
}

json_object *ppt_field_value(const struct ppt_field *field, const void *record)
{
    if (field->flags & PPT_FIELD_SPARSE && is_nothing(field, record)) {
        return NULL;
    }
    return field->write ? field->write(record) : value_of(field, record, 0);
}

/* Nanoseconds as seconds, under a name that says so. */
static bool add_seconds(const struct ppt_field *field, const void *record, json_object *object)
{
    const size_t stem = strlen(field->key) - 2;
    char key[64];

    if (field->kind != PPT_FIELD_INT64 || strcmp(field->key + stem, "ns") != 0) {
        return false;
    }
    snprintf(key, sizeof(key), "%.*ss", (int)stem, field->key);
    json_object_object_add(object, field->shown ? field->shown : key,
                           is_unknown(field, record)
                               ? NULL
                               : ppt_json_rounded((double)integer_of(field, record) * 1e-9));
    return true;
}

static void write_row(const struct ppt_field *field, const void *record, unsigned which,
                      json_object *object)
{
    const bool shown = which & PPT_FIELD_SHOWN;
    json_object *value = NULL;

    if (!field->key) {
        ppt_fields_write(field->rows, member_of(field, record), which, object);
        return;
    }
    if (shown && add_seconds(field, record, object)) {
        return;
    }
    if (!(shown && is_unknown(field, record))) {
        if (field->flags & PPT_FIELD_SPARSE && is_nothing(field, record)) {
            return;
        }
        value = field->write ? field->write(record) : value_of(field, record, which);
    }
    json_object_object_add(object, field->key, value);
}

void ppt_fields_write(const struct ppt_field *fields, const void *record, unsigned which,
                      json_object *object)
{
    for (int last = 0; last < 2; last++) {
        for (const struct ppt_field *field = fields; field->kind != PPT_FIELD_END; field++) {
            const bool late =
                which & field->flags & PPT_FIELD_SHOWN && field->flags & PPT_FIELD_SHOWN_LAST;

            if (late == last && is_wanted(field, which)) {
                write_row(field, record, which, object);
            }
        }
    }
}

/* ---- in words ---- */

static void tell_member(const struct ppt_field *field, const void *record, struct ppt_text *words)
{
    if (field->tell) {
        field->tell(record, words);
    } else if (is_nothing(field, record)) {
        return; /* not known */
    } else if (field->kind == PPT_FIELD_TEXT) {
        ppt_text_add(words, pointer_of(field, record));
    } else {
        ppt_text_addf(words, "%" PRId64, integer_of(field, record));
    }
}

void ppt_fields_tell(const struct ppt_field *fields, const void *record, ppt_field_told *told,
                     void *context)
{
    for (const struct ppt_field *field = fields; field->kind != PPT_FIELD_END; field++) {
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        if (field->label) {
            tell_member(field, record, &words);
        }
        if (words.length > 0) {
            told(context, field->label, words.data);
        }
    }
}

/* ---- and back ---- */

static enum ppt_status read_digest(const struct ppt_item *item, uint64_t *digest,
                                   struct ppt_error *error)
{
    const char *text = NULL;
    char *end = NULL;

    PPT_TRY(ppt_item_text(item, &text, error));
    *digest = strtoull(text, &end, 16);
    return strlen(text) == 16 && *end == '\0'
               ? PPT_OK
               : ppt_item_reject(item, error, "is not a digest of 16 digits");
}

static enum ppt_status read_integer(const struct ppt_field *field, const struct ppt_item *item,
                                    void *record, struct ppt_error *error)
{
    int64_t value = 0;

    PPT_TRY(ppt_item_integer(item, field->smallest, field->largest, &value, error));
    set_integer(field, record, value);
    return PPT_OK;
}

/* Room for the elements of a list, which the record then has. */
static char *make_list(const struct ppt_field *field, void *record, size_t count)
{
    char *elements = member_in(field, record);

    if (!(field->flags & PPT_FIELD_IN_PLACE)) {
        elements = ppt_alloc(count, field->size);
        memcpy(member_in(field, record), &elements, sizeof(elements));
    }
    memcpy((char *)record + field->count_offset, &count, sizeof(count));
    return elements;
}

static enum ppt_status read_list(const struct ppt_field *field, const struct ppt_item *list,
                                 unsigned which, void *record, struct ppt_error *error)
{
    size_t count = SIZE_MAX;

    if (json_object_is_type(list->value, json_type_array)) {
        count = json_object_array_length(list->value);
    }
    if (field->most > 0 && count > field->most) {
        return ppt_item_reject(list, error, "must be a list of at most %zu %s", field->most,
                               field->noun);
    }
    if (count == SIZE_MAX) {
        return ppt_item_reject(list, error, "must be a list");
    }
    char *elements = make_list(field, record, count);
    for (size_t i = 0; i < count; i++) {
        struct ppt_place place;
        const struct ppt_item item = ppt_item_element(list, i, &place);

        PPT_TRY(ppt_fields_read(field->rows, &item, which, elements + i * field->size, error));
    }
    return PPT_OK;
}

static enum ppt_status read_choice(const struct ppt_field *field, const struct ppt_item *item,
                                   unsigned *out, struct ppt_error *error)
{
    int which = 0;

    PPT_TRY(ppt_item_choice(item, field->choices, &which, error));
    *out = (unsigned)which;
    return PPT_OK;
}

static enum ppt_status read_value(const struct ppt_field *field, const struct ppt_item *item,
                                  unsigned which, void *record, struct ppt_error *error)
{
    void *member = member_in(field, record);

    switch (field->kind) {
    case PPT_FIELD_DOUBLE:
        return ppt_item_real(item, field->smallest, field->largest, member, error);
    case PPT_FIELD_BOOL:
        return ppt_item_bool(item, member, error);
    case PPT_FIELD_CHOICE:
        return read_choice(field, item, member, error);
    case PPT_FIELD_TEXT:
        return ppt_item_copy_text(item, member, error);
    case PPT_FIELD_DIGEST:
        return read_digest(item, member, error);
    case PPT_FIELD_RECORD:
        return ppt_fields_read(field->rows, item, which, member, error);
    case PPT_FIELD_LIST:
        return read_list(field, item, which, record, error);
    default:
        return read_integer(field, item, record, error);
    }
}

static enum ppt_status read_row(const struct ppt_field *field, const struct ppt_item *object,
                                unsigned which, void *record, struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;

    if (!field->key) {
        return ppt_fields_read(field->rows, object, which, member_in(field, record), error);
    }
    if (field->flags & (PPT_FIELD_OPTIONAL | PPT_FIELD_SPARSE) &&
        !json_object_object_get_ex(object->value, field->key, NULL)) {
        if (field->missing) {
            *(char **)member_in(field, record) = ppt_strdup(field->missing);
        }
        return PPT_OK;
    }
    PPT_TRY(ppt_item_member(object, field->key, &place, &item, error));
    return field->read ? field->read(&item, record, error)
                       : read_value(field, &item, which, record, error);
}

enum ppt_status ppt_field_read(const struct ppt_field *field, const struct ppt_item *item,
                               void *record, struct ppt_error *error)
{
    return field->read ? field->read(item, record, error)
                       : read_value(field, item, 0, record, error);
}

enum ppt_status ppt_fields_read(const struct ppt_field *fields, const struct ppt_item *object,
                                unsigned which, void *record, struct ppt_error *error)
{
    for (; fields->kind != PPT_FIELD_END; fields++) {
        if (is_wanted(fields, which)) {
            PPT_TRY(read_row(fields, object, which, record, error));
        }
    }
    return PPT_OK;
}

static void free_list(const struct ppt_field *field, void *record)
{
    char *elements PPT_FREED = pointer_of(field, record);

    for (size_t i = 0; elements && i < count_of(field, record); i++) {
        ppt_fields_free(field->rows, elements + i * field->size);
    }
}

void ppt_fields_free(const struct ppt_field *fields, void *record)
{
    for (; fields->kind != PPT_FIELD_END; fields++) {
        if (fields->kind == PPT_FIELD_TEXT) {
            free(pointer_of(fields, record));
        } else if (fields->kind == PPT_FIELD_RECORD) {
            ppt_fields_free(fields->rows, member_in(fields, record));
        } else if (fields->kind == PPT_FIELD_LIST && !(fields->flags & PPT_FIELD_IN_PLACE)) {
            free_list(fields, record);
        }
    }
}

/* ---- sums ---- */

void ppt_fields_add(const struct ppt_field *fields, void *sum, const void *one, int sign)
{
    for (; fields->kind != PPT_FIELD_END; fields++) {
        if (fields->kind == PPT_FIELD_INT64) {
            const bool known = !(fields->flags & PPT_FIELD_BELOW_0) ||
                               (integer_of(fields, sum) >= 0 && integer_of(fields, one) >= 0);

            set_integer(fields, sum,
                        known ? integer_of(fields, sum) + sign * integer_of(fields, one) : -1);
        }
    }
}
