/*
 * registry.h - every kernel that this program knows.
 *
 * A new kernel takes one file in kernels/, one line in registry.c and one in meson.build.
 */
#ifndef PPT_REGISTRY_H
#define PPT_REGISTRY_H

#include "kernel.h"

/* The kernels in the order of `ppt-omp list`, NULL at the end; those that this build lacks stay
 * in the table, with the reason in `missing`. */
extern const struct ppt_kernel *const ppt_kernels[];

#endif
