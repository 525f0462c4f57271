/*
 * plugin.h - kernels that are built outside of the program, in shared objects.
 *
 * Such a kernel exports one constant, see PPT_KERNEL_SYMBOL in kernel.h. Loading one runs its
 * code. Once loaded it stays until the program ends, so that nothing of it is ever out of date.
 */
#ifndef PPT_CONFIG_PLUGIN_H
#define PPT_CONFIG_PLUGIN_H

#include <stdbool.h>

#include "kernel.h"

/* Whether a kernel or a parameter may be called so. */
bool ppt_plugin_is_name(const char *name);

/* Loads the kernel of a file, which must exist. Fails with PPT_BAD_INPUT when it is none, or none
 * that this program can use, and says what would be right; the message begins with the path. */
enum ppt_status ppt_plugin_load(const char *path, const struct ppt_kernel **kernel,
                                struct ppt_error *error);

#endif
