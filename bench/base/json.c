#include "json.h"

#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "file.h"
#include "memory.h"
#include "owned.h"
#include "syntax.h"

#define LARGEST_FILE ((size_t)16 << 20)
#define LONGEST_LITERAL 40

/* The folder of a file, to be given to free(). */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? ppt_text_format("%.*s", (int)(slash - path + 1), path) : ppt_strdup(".");
}

/* A byte order mark is no part of the text: RFC 8259 lets readers pass over it, and columns count
 * from behind it. */
static void drop_mark(struct ppt_source *source)
{
    const size_t mark = ppt_encoding_mark(source->text, source->length);

    source->length -= mark;
    memmove(source->text, source->text + mark, source->length + 1);
}

enum ppt_status ppt_source_read(const char *path, struct ppt_source *source,
                                struct ppt_error *error)
{
    PPT_TRY(ppt_file_read(path, LARGEST_FILE, &source->text, &source->length, error));
    source->name = ppt_strdup(path);
    source->folder = folder_of(path);
    const char *wide = ppt_encoding_wide(source->text, source->length);
    if (wide) {
        ppt_fail(error, PPT_BAD_INPUT, "%s: is %s text; save it as UTF-8", path, wide);
        ppt_source_free(source);
        return PPT_BAD_INPUT;
    }
    drop_mark(source);
    return PPT_OK;
}

void ppt_source_from_text(struct ppt_source *source, const char *name, const char *text)
{
    source->name = ppt_strdup(name);
    source->text = ppt_strdup(text);
    source->length = strlen(text);
    drop_mark(source);
}

void ppt_source_from_line(struct ppt_source *source, const char *path, const char *text,
                          size_t length, size_t line)
{
    *source = (struct ppt_source){
        .name = ppt_strdup(path),
        .folder = folder_of(path),
        .text = ppt_text_format("%.*s", (int)length, text),
        .length = length,
        .lines_before = line - 1,
        .recorded = true,
    };
    if (line == 1) {
        drop_mark(source);
    }
}

void ppt_source_free(struct ppt_source *source)
{
    free(source->name);
    free(source->folder);
    free(source->text);
    *source = (struct ppt_source){0};
}

void ppt_json_put(json_object **value)
{
    json_object_put(*value);
}

/* ---- a scanner for text that is known to be valid ---- */

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1]) {
            at++;
        }
    }
    return *at ? at + 1 : at;
}

static const char *skip_value(const char *at)
{
    size_t depth = 0;

    at = skip_space(at);
    do {
        if (*at == '"') {
            at = skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (depth > 0 && strchr(",: \t\r\n", *at)) {
            at++;
        } else {
            at += strcspn(at, ",:]}[{ \t\r\n\"");
        }
    } while (depth > 0 && *at);
    return at;
}

/* From a key to its value. */
static const char *member_value(const char *at)
{
    return skip_space(skip_space(skip_string(at)) + 1);
}

/* What follows a value: the next one, or the closing bracket. */
static const char *behind(const char *end)
{
    const char *at = skip_space(end);

    return *at == ',' ? skip_space(at + 1) : at;
}

/* The JSON string at `text`; the caller owns it. */
static json_object *parse_string(const char *text)
{
    char *copy PPT_FREED = ppt_text_format("%.*s", (int)(skip_string(text) - text), text);

    return json_tokener_parse(copy);
}

/* Whether the JSON string at `text` is `key`; escapes are resolved by json-c. */
static bool string_is(const char *text, const char *key)
{
    const size_t length = (size_t)(skip_string(text) - text);

    if (!memchr(text, '\\', length)) {
        return length == strlen(key) + 2 && memcmp(text + 1, key, length - 2) == 0;
    }
    json_object *string PPT_OWNED(ppt_json_put) = parse_string(text);

    return string && strcmp(json_object_get_string(string), key) == 0;
}

/* The member or element that a step leads to, or `at` itself when there is none. */
static const char *follow(const char *at, const struct ppt_place *step)
{
    const char *next = skip_space(skip_space(at) + 1);

    for (size_t index = 0; *next && *next != ']' && *next != '}'; index++) {
        const char *value = next;
        bool found = !step->key && index == step->index;

        if (step->key) {
            found = string_is(next, step->key);
            value = member_value(next);
        }
        if (found) {
            return value;
        }
        next = behind(skip_value(value));
    }
    return at;
}

static const char *locate(const struct ppt_source *source, const struct ppt_place *place)
{
    if (!place) {
        return skip_space(source->text);
    }
    return follow(locate(source, place->outer), place);
}

char *ppt_json_literal(const struct ppt_source *source, const struct ppt_place *place)
{
    const char *at = locate(source, place);
    size_t length = (size_t)(skip_value(at) - at);

    if (length <= LONGEST_LITERAL) {
        return ppt_text_format("%.*s", (int)length, at);
    }
    length = LONGEST_LITERAL - 3;
    /* Not inside a character: bytes that continue one look like 10xxxxxx. */
    while (length > 0 && ((unsigned char)at[length] & 0xc0) == 0x80) {
        length--;
    }
    return ppt_text_format("%.*s...", (int)length, at);
}

/* ---- messages ---- */

void ppt_place_describe(const struct ppt_place *place, struct ppt_text *out)
{
    if (!place) {
        return;
    }
    ppt_place_describe(place->outer, out);
    if (!place->key) {
        ppt_text_addf(out, "[%zu]", place->index);
    } else {
        ppt_text_addf(out, "%s%s", out->length ? "." : "", place->key);
    }
}

/* Whether it is an option's value, which is short and has no lines to count. */
static bool is_option(const struct ppt_source *source)
{
    return !source->folder;
}

/* "name:line:column" of a file, the name alone of an option. */
static void describe_position(const struct ppt_source *source, const char *at, struct ppt_text *out)
{
    const char *line_start = source->text;
    size_t line = 1 + source->lines_before;

    for (const char *p = source->text; p < at; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    ppt_text_add(out, source->name);
    if (!is_option(source)) {
        ppt_text_addf(out, ":%zu:%zu", line, (size_t)(at - line_start) + 1);
    }
}

/* "NAME:LINE:COLUMN: PATH: MESSAGE" */
static void reject_at(const struct ppt_source *source, const char *at,
                      const struct ppt_place *place, struct ppt_error *error, const char *message)
{
    struct ppt_text position PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text path PPT_OWNED(ppt_text_free) = {0};

    ppt_place_describe(place, &path);
    describe_position(source, at, &position);
    const char *inner = path.length ? path.data : "";
    /* An option's name stands for the key already: "--workers: [2]: -2 is below 0". */
    if (is_option(source)) {
        inner += strcspn(inner, ".[");
        inner += *inner == '.';
    }
    ppt_fail(error, PPT_BAD_INPUT, "%s: %s%s%s", position.data, inner, *inner ? ": " : "", message);
}

char *ppt_json_position(const struct ppt_source *source, const struct ppt_place *place)
{
    struct ppt_error message;

    reject_at(source, locate(source, place), place, &message, "");
    message.text[strlen(message.text) - 2] = '\0'; /* the ": " in front of the message */
    return ppt_strdup(message.text);
}

enum ppt_status ppt_json_reject(const struct ppt_source *source, const struct ppt_place *place,
                                struct ppt_error *error, const char *format, ...)
{
    char message[sizeof(error->text)];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    reject_at(source, locate(source, place), place, error, message);
    return PPT_BAD_INPUT;
}

json_object *ppt_json_number(double value)
{
    char text[32];

    snprintf(text, sizeof(text), "%.15g", value);
    return json_object_new_double_s(value, text);
}

json_object *ppt_json_rounded(double value)
{
    char text[32];

    if (!isfinite(value)) {
        return NULL;
    }
    snprintf(text, sizeof(text), "%.9g", value);
    return json_object_new_double_s(value, text);
}

/* ---- parsing ---- */

static enum ppt_status check_value(const struct ppt_source *source, json_object *value,
                                   const char *at, const struct ppt_place *place,
                                   struct ppt_error *error);

/* Of a key that appears twice in an object json-c would silently keep the last. */
static enum ppt_status check_repeats(const struct ppt_source *source, const char *object,
                                     const struct ppt_place *place, struct ppt_error *error)
{
    json_object *seen PPT_OWNED(ppt_json_put) = json_object_new_object();

    for (const char *at = skip_space(object + 1); *at == '"';
         at = behind(skip_value(member_value(at)))) {
        json_object *text PPT_OWNED(ppt_json_put) = parse_string(at);
        const struct ppt_place inner = {.outer = place, .key = json_object_get_string(text)};

        if (json_object_object_get_ex(seen, inner.key, NULL)) {
            reject_at(source, at, &inner, error, "appears more than once in its object");
            return PPT_BAD_INPUT;
        }
        json_object_object_add(seen, inner.key, NULL);
    }
    return PPT_OK;
}

static enum ppt_status check_members(const struct ppt_source *source, json_object *object,
                                     const char *at, const struct ppt_place *place,
                                     struct ppt_error *error)
{
    PPT_TRY(check_repeats(source, at, place, error));
    for (at = skip_space(at + 1); *at == '"'; at = behind(skip_value(at))) {
        json_object *text PPT_OWNED(ppt_json_put) = parse_string(at);
        const struct ppt_place inner = {.outer = place, .key = json_object_get_string(text)};

        at = member_value(at);
        PPT_TRY(check_value(source, json_object_object_get(object, inner.key), at, &inner, error));
    }
    return PPT_OK;
}

/* What json-c lets pass though it is no JSON that every reader understands: keys that appear twice
 * (the last would win silently), and numbers that are not finite. Walks the value and its text side
 * by side: looking each place up from the start would take the square of the length. */
static enum ppt_status check_value(const struct ppt_source *source, json_object *value,
                                   const char *at, const struct ppt_place *place,
                                   struct ppt_error *error)
{
    char *literal PPT_FREED = NULL;

    if (json_object_is_type(value, json_type_object)) {
        return check_members(source, value, at, place, error);
    }
    if (json_object_is_type(value, json_type_double) && !isfinite(json_object_get_double(value))) {
        literal = ppt_json_literal(source, place);
        return ppt_json_reject(source, place, error, "%s is not a number that can be used",
                               literal);
    }
    if (json_object_is_type(value, json_type_array)) {
        at = skip_space(at + 1);
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            const struct ppt_place inner = {.outer = place, .index = i};

            PPT_TRY(check_value(source, json_object_array_get_idx(value, i), at, &inner, error));
            at = behind(skip_value(at));
        }
    }
    return PPT_OK;
}

static enum ppt_status reject_syntax(const struct ppt_source *source, size_t offset,
                                     const char *what, struct ppt_error *error)
{
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};

    describe_position(source, source->text + offset, &text);
    return ppt_fail(error, PPT_BAD_INPUT, "%s: not valid JSON: %s", text.data, what);
}

enum ppt_status ppt_json_parse(const struct ppt_source *source, json_object **value,
                               struct ppt_error *error)
{
    enum json_tokener_error refused = json_tokener_success;
    json_object *read PPT_OWNED(ppt_json_put) = NULL;
    size_t offset = 0;

    *value = NULL;
    if (strlen(source->text) != source->length) {
        return reject_syntax(source, strlen(source->text), "a zero byte", error);
    }
    if (*skip_space(source->text) == '\0') {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: is empty", source->name);
    }
    const char *problem = ppt_syntax_check(source->text, &offset);
    if (problem) {
        return reject_syntax(source, offset, problem, error);
    }
    read = json_tokener_parse_verbose(source->text, &refused);
    if (refused != json_tokener_success) {
        return reject_syntax(source, 0, json_tokener_error_desc(refused), error);
    }
    PPT_TRY(check_value(source, read, skip_space(source->text), NULL, error));
    *value = ppt_given(&read);
    return PPT_OK;
}
