/*
 * texts.h - lists of texts in arguments: files, which must exist, and plain words.
 */
#ifndef PPT_CONFIG_TEXTS_H
#define PPT_CONFIG_TEXTS_H

#include "item.h"
#include "kernel.h"

/* Where a file named in a configuration is looked for when its path is relative: the current folder
 * first, then these, in order (NULL-terminated). */
struct ppt_search {
    const char *folders[4];
    bool recorded; /* files were found when the run was recorded: take their names as they are */
};

/* Looks for a file as said above; *out is its absolute path, to be given to free(). */
enum ppt_status ppt_search_path(const struct ppt_item *item, const struct ppt_search *search,
                                char **out, struct ppt_error *error);

/* Each reads a list that is not empty, or a single text in place of one, and puts it in the place
 * of what `texts` held. Words are those from the place `first` of the list on. */
enum ppt_status ppt_texts_read_paths(const struct ppt_item *item, const struct ppt_search *search,
                                     struct ppt_texts *texts, struct ppt_error *error);
enum ppt_status ppt_texts_read_words(const struct ppt_item *item, size_t first,
                                     struct ppt_texts *texts, struct ppt_error *error);
void ppt_texts_free(struct ppt_texts *texts);

#endif
