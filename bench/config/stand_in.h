/*
 * stand_in.h - in place of a kernel that is only known by what a journal says of it.
 *
 * Reports are made from journals, of which nobody knows where they come from: the kernel's file
 * that one names must not be loaded for that, since loading runs its code. A stand-in has a name
 * and a table of parameters that its recorded arguments fit into, and cannot be run.
 */
#ifndef PPT_CONFIG_STAND_IN_H
#define PPT_CONFIG_STAND_IN_H

#include "item.h"
#include "kernel.h"

struct ppt_stand_in;

/* `args` is an object of arguments by name, as ppt_args_to_json() makes; copied as far as needed.
 */
enum ppt_status ppt_stand_in_create(const char *name, const struct ppt_item *args,
                                    struct ppt_stand_in **stand_in, struct ppt_error *error);
void ppt_stand_in_destroy(struct ppt_stand_in *stand_in); /* NULL is fine */

/* Lives as long as the stand-in. */
const struct ppt_kernel *ppt_stand_in_kernel(const struct ppt_stand_in *stand_in);

#endif
