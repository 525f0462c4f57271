/*
 * services.h - what kernels from outside of the program are given (kernel.h).
 */
#ifndef PPT_SERVICES_H
#define PPT_SERVICES_H

#include "kernel.h"

extern const struct ppt_services ppt_services;

#endif
