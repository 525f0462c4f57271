#include "input_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "encoding.h"
#include "file.h"
#include "memory.h"
#include "owned.h"

#define MOST_BYTES ((size_t)256 << 20)

/* ---- bytes ---- */

/* Up to its end, whatever it is. */
static enum ppt_status read_standard_input(char **data, size_t *length, struct ppt_error *error)
{
    size_t room = 1 << 16, used = 0;
    char *bytes = ppt_alloc(room + 1, 1);
    ssize_t got;

    while ((got = read(STDIN_FILENO, bytes + used, room - used)) > 0 ||
           (got < 0 && errno == EINTR)) {
        used += got > 0 ? (size_t)got : 0;
        if (used == room && room < MOST_BYTES) {
            room *= 2;
            bytes = ppt_realloc(bytes, room + 1, 1);
        } else if (used == room) {
            break;
        }
    }
    if (got != 0) {
        const int problem = errno;

        free(bytes);
        return got < 0 ? ppt_fail(error, PPT_BAD_INPUT, "standard input cannot be read: %s",
                                  strerror(problem))
                       : ppt_fail(error, PPT_BAD_INPUT, "standard input is more than %zu MiB",
                                  MOST_BYTES >> 20);
    }
    bytes[used] = '\0';
    *data = bytes;
    *length = used;
    return PPT_OK;
}

static enum ppt_status read_all(const char *path, char **data, size_t *length,
                                struct ppt_error *error)
{
    return strcmp(path, "-") == 0 ? read_standard_input(data, length, error)
                                  : ppt_file_read(path, MOST_BYTES, data, length, error);
}

/* ---- entries ---- */

/* A list that grows. */
struct entries {
    char **items;
    size_t count, room;
};

static void entries_free(struct entries *entries)
{
    while (entries->count > 0) {
        free(entries->items[--entries->count]);
    }
    free(entries->items);
}

static void add_entry(struct entries *entries, const char *text)
{
    if (entries->count == entries->room) {
        entries->room = entries->room > 0 ? 2 * entries->room : 64;
        entries->items = ppt_realloc(entries->items, entries->room, sizeof(*entries->items));
    }
    entries->items[entries->count++] = ppt_strdup(text);
}

/* Configurations and journals are JSON, which is UTF-8. */
static bool is_utf8(const char *text)
{
    size_t length;

    while (*text && (length = ppt_utf8_length(text)) > 0) {
        text += length;
    }
    return *text == '\0';
}

/* A line that ends at `end`, which becomes a zero byte, as does a CR before it. */
static enum ppt_status take_line(char *line, char *end, const char *name, size_t number,
                                 struct entries *entries, struct ppt_error *error)
{
    if (memchr(line, '\0', (size_t)(end - line))) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu: has a zero byte in it; entries that end in one need --null (-0)",
                        name, number);
    }
    *end = '\0';
    if (end > line && end[-1] == '\r') {
        end[-1] = '\0';
    }
    if (!is_utf8(line)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu: is not UTF-8; let a script of yours call the program with it",
                        name, number);
    }
    if (*line) {
        add_entry(entries, line);
    }
    return PPT_OK;
}

static enum ppt_status take_lines(char *data, size_t length, const char *name,
                                  struct entries *entries, struct ppt_error *error)
{
    const char *last = data + length;
    size_t number = 1;

    for (char *line = data + ppt_encoding_mark(data, length); line < last; number++) {
        char *newline = memchr(line, '\n', (size_t)(last - line));
        char *end = newline ? newline : data + length;

        PPT_TRY(take_line(line, end, name, number, entries, error));
        line = end + 1;
    }
    return PPT_OK;
}

/* Whatever is between zero bytes is an entry, an empty one as well; the last need not have one. */
static enum ppt_status take_zeros(const char *data, size_t length, const char *name,
                                  struct entries *entries, struct ppt_error *error)
{
    for (const char *at = data; at < data + length; at += strlen(at) + 1) {
        if (!is_utf8(at)) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "%s: entry %zu is not UTF-8; let a script of yours call the program "
                            "with it",
                            name, entries->count + 1);
        }
        add_entry(entries, at);
    }
    return PPT_OK;
}

enum ppt_status ppt_input_list_load(const char *path, const char *name, enum ppt_input_end end,
                                    struct ppt_texts *inputs, struct ppt_error *error)
{
    struct entries entries PPT_OWNED(entries_free) = {0};
    char *data PPT_FREED = NULL;
    size_t length = 0;

    PPT_TRY(read_all(path, &data, &length, error));
    const char *wide = end == PPT_INPUT_END_LINE ? ppt_encoding_wide(data, length) : NULL;

    if (wide) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: is %s; inputs are read as UTF-8", name, wide);
    }
    PPT_TRY(end == PPT_INPUT_END_ZERO ? take_zeros(data, length, name, &entries, error)
                                      : take_lines(data, length, name, &entries, error));
    if (entries.count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: has no inputs in it", name);
    }
    *inputs = (struct ppt_texts){(const char *const *)entries.items, entries.count};
    entries = (struct entries){0};
    return PPT_OK;
}

/* ---- the parameter ---- */

static enum ppt_status read_file_object(const struct ppt_item *item,
                                        const struct ppt_search *search, struct ppt_texts *inputs,
                                        struct ppt_error *error)
{
    static const char *const names[] = {"file", "null", NULL};
    struct ppt_place place, null_place = {.outer = item->place, .key = names[1]};
    struct ppt_item file, null = {NULL, item->source, &null_place};
    struct ppt_error problem;
    bool zero = false;
    char *path PPT_FREED = NULL;

    PPT_TRY(ppt_item_check_keys(item, names, error));
    PPT_TRY(ppt_item_member(item, names[0], &place, &file, error));
    if (json_object_object_get_ex(item->value, names[1], &null.value)) {
        PPT_TRY(ppt_item_bool(&null, &zero, error));
    }
    if (search->recorded) {
        return ppt_item_reject(item, error, "must be the list itself in what was recorded");
    }
    PPT_TRY(ppt_search_path(&file, search, &path, error));
    return ppt_input_list_load(path, path, zero ? PPT_INPUT_END_ZERO : PPT_INPUT_END_LINE, inputs,
                               &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(&file, error, "%s", problem.text);
}

enum ppt_status ppt_input_list_read(const struct ppt_item *item, const struct ppt_search *search,
                                    struct ppt_texts *inputs, struct ppt_error *error)
{
    struct ppt_texts texts = {0};

    if (json_object_is_type(item->value, json_type_object)) {
        PPT_TRY(read_file_object(item, search, &texts, error));
    } else if (!json_object_is_type(item->value, json_type_array) ||
               json_object_array_length(item->value) > 0) {
        PPT_TRY(ppt_texts_read_words(item, 0, &texts, error));
    }
    ppt_texts_free(inputs);
    *inputs = texts;
    return PPT_OK;
}
