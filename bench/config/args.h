/*
 * args.h - a kernel's arguments: from "task_args" by way of its parameter table, and back to text.
 */
#ifndef PPT_CONFIG_ARGS_H
#define PPT_CONFIG_ARGS_H

#include "item.h"
#include "kernel.h"
#include "texts.h"

/* Whether a parameter is a number, or two, so that smallest and largest mean something. */
bool ppt_param_has_bounds(const struct ppt_param *param);

/* Reads a positional array or an object by parameter name over the defaults, which without an item
 * (NULL) are all. The positional form must have all arguments that are not optional. *args belongs
 * to the caller: ppt_args_free(). */
enum ppt_status ppt_args_parse(const struct ppt_kernel *kernel, const struct ppt_item *item,
                               const struct ppt_search *search, union ppt_value **args,
                               struct ppt_error *error);

/* NULL is fine. */
void ppt_args_free(const struct ppt_kernel *kernel, union ppt_value *args);

/* As positional arguments without the outer brackets: "100, 1000, [20, 20], 0.8". Parameters of a
 * group that all have what leaving them out would mean are left out. `named`: for those who do not
 * know the order, "stored 100, tried 1000"; a command, and names of files, speak for themselves. */
void ppt_args_describe(const struct ppt_kernel *kernel, const union ppt_value *args, bool named,
                       struct ppt_text *out);

/* Words as a shell would be told them: "gzip -1 'a file'". */
void ppt_args_describe_words(const struct ppt_texts *words, struct ppt_text *out);

/* As an object by parameter name, which ppt_args_parse() reads back; the caller owns it. */
json_object *ppt_args_to_json(const struct ppt_kernel *kernel, const union ppt_value *args);

#endif
