/*
 * field.h - records as tables: each member of a struct that is written down is one row, and from
 * the rows come its JSON, reading that back, and adding records up.
 *
 * A table ends with a row of zeros. A record has two forms:
 *
 *     recorded   all that was measured, as journals keep it: whole nanoseconds, every digit
 *     shown      what results tell of it, for people and spreadsheets: seconds, nine digits, and
 *                null for what is not known
 */
#ifndef PPT_BASE_FIELD_H
#define PPT_BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "item.h"
#include "text.h"

enum ppt_field_kind {
    PPT_FIELD_END, /* behind the last row */
    PPT_FIELD_INT64,
    PPT_FIELD_UINT64,
    PPT_FIELD_INT,
    PPT_FIELD_UNSIGNED,
    PPT_FIELD_DOUBLE,
    PPT_FIELD_BOOL,
    PPT_FIELD_CHOICE, /* an enum, as one of the row's `choices` */
    PPT_FIELD_TEXT,   /* char *, owned by the record; NULL: none */
    PPT_FIELD_DIGEST, /* uint64_t, as a text of 16 digits: many JSON readers round such numbers */
    PPT_FIELD_RECORD, /* a struct with a table of its own; without a key its members stand in the
                         outer object */
    PPT_FIELD_LIST,   /* structs with a table of their own */
    PPT_FIELD_SPECIAL /* what the row's own functions alone understand; a sparse one is a pointer */
};

/* The kind that a number's or text's type has. */
#define PPT_FIELD_KIND(type, member)                                                               \
    _Generic(((type *)0)->member,                                                                  \
        int64_t: PPT_FIELD_INT64,                                                                  \
        uint64_t: PPT_FIELD_UINT64,                                                                \
        int: PPT_FIELD_INT,                                                                        \
        unsigned: PPT_FIELD_UNSIGNED,                                                              \
        double: PPT_FIELD_DOUBLE,                                                                  \
        bool: PPT_FIELD_BOOL,                                                                      \
        char *: PPT_FIELD_TEXT)

/* How the row of a number or text begins, and that of a record. */
#define PPT_FIELD(type, member, name)                                                              \
    .key = (name), .kind = PPT_FIELD_KIND(type, member), .offset = offsetof(type, member)
#define PPT_FIELD_INNER(type, member, name, table)                                                 \
    .key = (name), .kind = PPT_FIELD_RECORD, .offset = offsetof(type, member), .rows = (table)
#define PPT_FIELD_ROWS(type, member, count, name, table)                                           \
    .key = (name), .kind = PPT_FIELD_LIST, .offset = offsetof(type, member),                       \
    .count_offset = offsetof(type, count), .rows = (table), .size = sizeof(*((type *)0)->member)

enum {
    PPT_FIELD_OPTIONAL = 1,     /* earlier programs did not write it; it then stays as it was */
    PPT_FIELD_SPARSE = 2,       /* is not there at all when it is 0, NULL or empty */
    PPT_FIELD_SOMETIMES = 4,    /* is there when the caller says so */
    PPT_FIELD_SHOWN = 8,        /* has a place in the shown form, too */
    PPT_FIELD_SHOWN_ALONE = 16, /* has none in the other one */
    PPT_FIELD_SHOWN_LAST = 32,  /* shown behind the others of its table */
    PPT_FIELD_BELOW_0 = 64,     /* below 0 it is not known, and no sum with it is */
    PPT_FIELD_NOT_0 = 128,      /* 0 or NULL is: not known */
    PPT_FIELD_EXACT = 256,      /* a double with all its digits */
    PPT_FIELD_IN_PLACE = 512,   /* a list that lies in the record; else it points to it, owned */
};

struct ppt_field {
    const char *key;
    enum ppt_field_kind kind;
    unsigned flags;
    size_t offset;
    double smallest, largest; /* bounds of what is read. What the member's type cannot hold becomes
                                 the largest that it can: a check of the whole must refuse it */
    const char *const *choices; /* of an enum from 0 on, NULL-terminated */
    const char *missing;        /* what an optional text is when it is missing; NULL: none */
    const char *shown; /* its key there; NULL: the same, but "_s" for "_ns": there it is seconds */

    const struct ppt_field *rows; /* of a record, or of a list's elements */
    size_t count_offset;          /* of a list: where its length is, a size_t, */
    size_t size;                  /* of an element, */
    size_t most;                  /* entries that may be read; 0: any number, */
    const char *noun;             /* and what they are called: "entries" */

    /* What people are told, see ppt_fields_tell(). */
    const char *label; /* its name among them; NULL: they are not */
    void (*tell)(const void *record, struct ppt_text *out); /* NULL: the number or text itself */

    /* For what is special; NULL: as the kind has it. NULL from `write` is null, or, of a sparse
     * one, nothing. */
    enum ppt_status (*read)(const struct ppt_item *item, void *record, struct ppt_error *error);
    json_object *(*write)(const void *record);
};

/* Adds the record's members to the object. `which`: PPT_FIELD_SHOWN for that form, and
 * PPT_FIELD_SOMETIMES for these, too. */
void ppt_fields_write(const struct ppt_field *fields, const void *record, unsigned which,
                      json_object *object);

/* One row alone: its value in the recorded form, or NULL where a sparse one has nothing; and back
 * from there. */
json_object *ppt_field_value(const struct ppt_field *field, const void *record);
enum ppt_status ppt_field_read(const struct ppt_field *field, const struct ppt_item *item,
                               void *record, struct ppt_error *error);

/* The rows with a label, in words: the label and the value, both plain text. What has no words, a
 * number of 0 (not known) or an empty text, is left out. */
typedef void ppt_field_told(void *context, const char *label, const char *value);
void ppt_fields_tell(const struct ppt_field *fields, const void *record, ppt_field_told *told,
                     void *context);

/* Reads the recorded form; `which` as above. The record must be
 * zeroed, but for what optional rows are when they are missing, and is the caller's to
 * free, after a failure too. Fails with PPT_BAD_INPUT at the first row that is not as it should
 * be. */
enum ppt_status ppt_fields_read(const struct ppt_field *fields, const struct ppt_item *object,
                                unsigned which, void *record, struct ppt_error *error);

/* Frees texts and lists; what a row's own functions made is the caller's to free. */
void ppt_fields_free(const struct ppt_field *fields, void *record);

/* Adds the whole numbers of 64 bits, or with a sign of -1 takes them away. */
void ppt_fields_add(const struct ppt_field *fields, void *sum, const void *one, int sign);

#endif
