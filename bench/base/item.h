/*
 * item.h - one value of a configuration with the place it came from, and typed readers that say
 * what would be right when it is wrong.
 *
 * All readers fail with PPT_BAD_INPUT and a message that names file, line, column and key path.
 */
#ifndef PPT_BASE_ITEM_H
#define PPT_BASE_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"

/* Borrowed: lives as long as the source and the object that it points into. */
struct ppt_item {
    json_object *value;
    const struct ppt_source *source;
    const struct ppt_place *place;
};

/* Writes where it stands and what the format says; returns PPT_BAD_INPUT. */
#define ppt_item_reject(item, error, ...)                                                          \
    ppt_json_reject((item)->source, (item)->place, error, __VA_ARGS__)

/* A whole number within the bounds, which must lie within ±2^53; 1e6 and 2.0 are whole. */
enum ppt_status ppt_item_integer(const struct ppt_item *item, double smallest, double largest,
                                 int64_t *out, struct ppt_error *error);
enum ppt_status ppt_item_real(const struct ppt_item *item, double smallest, double largest,
                              double *out, struct ppt_error *error);
enum ppt_status ppt_item_bool(const struct ppt_item *item, bool *out, struct ppt_error *error);

/* *out is borrowed from the item. */
enum ppt_status ppt_item_text(const struct ppt_item *item, const char **out,
                              struct ppt_error *error);

/* A text that is one of `names` (NULL-terminated); *out is its index. */
enum ppt_status ppt_item_choice(const struct ppt_item *item, const char *const *names, int *out,
                                struct ppt_error *error);

/* A text of its own, to be given to free(). */
enum ppt_status ppt_item_copy_text(const struct ppt_item *item, char **out,
                                   struct ppt_error *error);

/* An element of a list. *place is filled for it, and must live as long. */
struct ppt_item ppt_item_element(const struct ppt_item *list, size_t index,
                                 struct ppt_place *place);

/* The member `key` of an object that must have it. *place is filled for *member, and must live as
 * long. */
enum ppt_status ppt_item_member(const struct ppt_item *object, const char *key,
                                struct ppt_place *place, struct ppt_item *member,
                                struct ppt_error *error);

/* Rejects the first key of an object that is not among `names`, with a suggestion. */
enum ppt_status ppt_item_check_keys(const struct ppt_item *object, const char *const *names,
                                    struct ppt_error *error);

/* The place of a text among `names` (NULL-terminated); that of the NULL: it is none of them. */
size_t ppt_names_find(const char *const *names, const char *text);

/* "\"a\", \"b\" or \"c\"". */
void ppt_names_list(const char *const *names, struct ppt_text *out);

#endif
