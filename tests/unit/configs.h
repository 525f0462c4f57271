/*
 * configs.h - configurations of a test, written as c.json into its folder (place.h) and loaded.
 */
#ifndef PPT_TEST_CONFIGS_H
#define PPT_TEST_CONFIGS_H

#include "config.h"
#include "place.h"
#include "unit.h"

/* Loads the text as c.json; to be freed with ppt_configs_free(). */
struct ppt_configs configs_load(const char *text);

/* The text is refused as bad input, with a message that begins so. */
void configs_refuse(const char *text, const char *message);

/* Checks the counts of workers of a configuration with one number of inner threads. */
void configs_workers(const struct ppt_config *config, const unsigned *workers, size_t count);

#endif
