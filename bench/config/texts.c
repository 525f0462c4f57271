#include "texts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "memory.h"
#include "owned.h"
#include "text.h"

/* Anything that can be read but a folder. */
static bool is_file(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
}

/* A new string, or NULL when the file is nowhere. */
static char *find_file(const char *path, const struct ppt_search *search)
{
    if (is_file(path)) {
        return realpath(path, NULL);
    }
    for (size_t i = 0; path[0] != '/' && search->folders[i]; i++) {
        char *candidate PPT_FREED = ppt_text_format("%s/%s", search->folders[i], path);
        char *found = is_file(candidate) ? realpath(candidate, NULL) : NULL;

        if (found) {
            return found;
        }
    }
    return NULL;
}

enum ppt_status ppt_search_path(const struct ppt_item *item, const struct ppt_search *search,
                                char **out, struct ppt_error *error)
{
    const char *path = NULL;
    struct ppt_text where PPT_OWNED(ppt_text_free) = {0};

    PPT_TRY(ppt_item_text(item, &path, error));
    /* Found when it was recorded, under a whole name; what is not, is a default, which is found
     * anew where the program's data are now. */
    *out = search->recorded && path[0] == '/' ? ppt_strdup(path) : find_file(path, search);
    if (!*out && search->recorded) {
        *out = ppt_strdup(path);
    }
    if (*out) {
        return PPT_OK;
    }
    for (size_t i = 0; path[0] != '/' && search->folders[i]; i++) {
        ppt_text_addf(&where, ", nor in %s", search->folders[i]);
    }
    return ppt_item_reject(item, error, "there is no file \"%s\"%s%s", path,
                           path[0] == '/' ? "" : " in the current folder",
                           where.data ? where.data : "");
}

void ppt_texts_free(struct ppt_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free((void *)(uintptr_t)texts->items[i]);
    }
    free((void *)(uintptr_t)texts->items);
    *texts = (struct ppt_texts){0};
}

/* A number as it was written is a word too: ["sleep", 1]. */
static enum ppt_status read_word(const struct ppt_item *item, const struct ppt_search *search,
                                 char **out, struct ppt_error *error)
{
    (void)search;
    if (!json_object_is_type(item->value, json_type_string) &&
        !json_object_is_type(item->value, json_type_int) &&
        !json_object_is_type(item->value, json_type_double)) {
        return ppt_item_reject(item, error, "must be a text in quotes");
    }
    if (json_object_is_type(item->value, json_type_int) &&
        fabs((double)json_object_get_int64(item->value)) > PPT_LARGEST_WHOLE) {
        return ppt_item_reject(item, error, "is a number too large to be kept: put it in quotes");
    }
    const char *word = json_object_get_string(item->value);
    if (strlen(word) < (size_t)json_object_get_string_len(item->value)) {
        return ppt_item_reject(item, error, "has a zero byte in it");
    }
    *out = ppt_strdup(word);
    return PPT_OK;
}

typedef enum ppt_status read_text(const struct ppt_item *item, const struct ppt_search *search,
                                  char **out, struct ppt_error *error);

/* A list of texts from the place `first` on, or a single one in place of a list, instead of those
 * that *out has. */
static enum ppt_status read_texts(const struct ppt_item *item, size_t first, read_text *read,
                                  const struct ppt_search *search, struct ppt_texts *out,
                                  struct ppt_error *error)
{
    const bool array = json_object_is_type(item->value, json_type_array);
    const size_t count = array ? json_object_array_length(item->value) - first : 1;
    struct ppt_texts texts PPT_OWNED(ppt_texts_free) = {0};

    if (count == 0) {
        return ppt_item_reject(item, error, "an empty list; at least one %s is needed",
                               read == ppt_search_path ? "file" : "word");
    }
    char **items = ppt_alloc(count, sizeof(*items));

    texts.items = (const char *const *)items;
    for (; texts.count < count; texts.count++) {
        struct ppt_place place;
        const struct ppt_item inner =
            array ? ppt_item_element(item, first + texts.count, &place) : *item;

        PPT_TRY(read(&inner, search, &items[texts.count], error));
    }
    ppt_texts_free(out);
    *out = texts;
    texts = (struct ppt_texts){0};
    return PPT_OK;
}

enum ppt_status ppt_texts_read_paths(const struct ppt_item *item, const struct ppt_search *search,
                                     struct ppt_texts *texts, struct ppt_error *error)
{
    return read_texts(item, 0, ppt_search_path, search, texts, error);
}

enum ppt_status ppt_texts_read_words(const struct ppt_item *item, size_t first,
                                     struct ppt_texts *texts, struct ppt_error *error)
{
    return read_texts(item, first, read_word, NULL, texts, error);
}
