/*
 * services.h - what the program does for kernels (kernel.h).
 */
#ifndef PPT_RUN_SERVICES_H
#define PPT_RUN_SERVICES_H

#include "kernel.h"

extern const struct ppt_services ppt_services;

#endif
