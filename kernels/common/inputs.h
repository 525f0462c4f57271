/*
 * inputs.h - what the inputs of tasks were, so that a run is not gone on with when they have
 * changed.
 */
#ifndef PPT_INPUTS_H
#define PPT_INPUTS_H

#include <stdint.h>

#include "kernel.h"

/* Tells different lists apart, and of those that name files their sizes and what is in them: up to
 * 256 MiB of all, and of the rest when it was changed. */
uint64_t ppt_inputs_digest(const struct ppt_texts *inputs);

#endif
