/*
 * json.h - JSON text to json-c objects, and back to the place in the text that a message is about.
 *
 * json-c keeps no positions. They are needed for messages alone, so they are found when one is
 * made: a scan of the text, which is known to be valid JSON by then, along a path of keys and
 * indices.
 */
#ifndef PPT_BASE_JSON_H
#define PPT_BASE_JSON_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "status.h"
#include "text.h"

/* JSON readers keep whole numbers exactly up to here, 2^53. */
#define PPT_LARGEST_WHOLE 9007199254740992.0

/* A text with the name that messages call it by: a file, or an option ("--task-args"). */
struct ppt_source {
    char *name;
    char *folder; /* the file's; NULL for what is no file */
    char *text;
    size_t length;
    size_t lines_before; /* of its file, where the text is a part of one */
    bool recorded;       /* a line that this program wrote */
};

/* The way from the outermost value to an inner one, innermost step first; lives on the stack of
 * the function that descends. A NULL pointer is the outermost value itself. */
struct ppt_place {
    const struct ppt_place *outer;
    const char *key; /* NULL for an element of an array */
    size_t index;
};

/* Of all of these a byte order mark in front is dropped; a file of UTF-16 or UTF-32 is refused by
 * name with PPT_BAD_INPUT, and *source stays empty. */
enum ppt_status ppt_source_read(const char *path, struct ppt_source *source,
                                struct ppt_error *error);

/* An option's value. */
void ppt_source_from_text(struct ppt_source *source, const char *name, const char *text);

/* One line of a journal, `length` bytes long; lines count from 1. */
void ppt_source_from_line(struct ppt_source *source, const char *path, const char *text,
                          size_t length, size_t line);
void ppt_source_free(struct ppt_source *source);

/* Parses strictly by RFC 8259: no comments, no trailing commas, no NaN, no repeated keys. The
 * caller owns *value (json_object_put). Fails with PPT_BAD_INPUT, naming line and column. */
enum ppt_status ppt_json_parse(const struct ppt_source *source, json_object **value,
                               struct ppt_error *error);

/* json_object_put() for PPT_OWNED(). */
void ppt_json_put(json_object **value);

/* Writes "workers[3]" for a place. */
void ppt_place_describe(const struct ppt_place *place, struct ppt_text *out);

/* Writes "file.json:3:17: workers[3]: " and what the format says; returns PPT_BAD_INPUT. */
__attribute__((format(printf, 4, 5))) enum ppt_status
ppt_json_reject(const struct ppt_source *source, const struct ppt_place *place,
                struct ppt_error *error, const char *format, ...);

/* What ppt_json_reject() would write in front of its message; to be given to free(). */
char *ppt_json_position(const struct ppt_source *source, const struct ppt_place *place);

/* A number that prints as people write it: 0.05, not 0.050000000000000003. */
json_object *ppt_json_number(double value);

/* One that was measured, with nine digits; NULL, which is null in JSON, for what is not finite:
 * JSON has no such numbers. */
json_object *ppt_json_rounded(double value);

/* A number, text or other value as it stands in the source, shortened for a message; to be given
 * to free(). */
char *ppt_json_literal(const struct ppt_source *source, const struct ppt_place *place);

#endif
