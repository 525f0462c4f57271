/*
 * input_list.h - lists of inputs, one for each task, as xargs and GNU parallel read them: from a
 * file or standard input, one a line.
 */
#ifndef PPT_CONFIG_INPUT_LIST_H
#define PPT_CONFIG_INPUT_LIST_H

#include "item.h"
#include "texts.h"

/* How the entries of a list end: at a newline, where empty lines mean nothing and a CR before it
 * belongs to it, or at a zero byte. */
enum ppt_input_end { PPT_INPUT_END_LINE, PPT_INPUT_END_ZERO };

/* Reads a list from a file, or from standard input where that is called "-". `name` is what
 * messages call it: they name the line. Fails with PPT_BAD_INPUT also when it is empty. *inputs is
 * to be given to ppt_texts_free(). */
enum ppt_status ppt_input_list_load(const char *path, const char *name, enum ppt_input_end end,
                                    struct ppt_texts *inputs, struct ppt_error *error);

/* Reads the value of a parameter: a list, which may be empty, a single text, or an object that
 * names a file, in the place of what `inputs` held. */
enum ppt_status ppt_input_list_read(const struct ppt_item *item, const struct ppt_search *search,
                                    struct ppt_texts *inputs, struct ppt_error *error);

#endif
