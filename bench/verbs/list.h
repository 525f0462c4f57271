/*
 * list.h - what `list --json` says, for whoever describes the whole program.
 */
#ifndef PPT_VERBS_LIST_H
#define PPT_VERBS_LIST_H

#include <json-c/json_object.h>

/* Adds every kernel that is built in to a list. */
void ppt_list_kernels(json_object *list);

#endif
