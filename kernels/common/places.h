/*
 * places.h - what is filled into the arguments of programs: {task}, {scratch} and so on.
 */
#ifndef PPT_PLACES_H
#define PPT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

/* What the places stand for; borrowed. */
struct ppt_places {
    uint64_t task;
    unsigned worker, workers, inner_threads;
    const char *scratch; /* NULL: no word names it */
};

/* Whether one of the words names the folder {scratch}. */
bool ppt_places_scratch(const struct ppt_texts *words);

/* The most bytes that a word takes when it is filled in, with its zero byte. */
size_t ppt_places_size(const struct ppt_places *places, const char *word);

/* Fills a word in, and returns what lies behind its zero byte. What else is in braces stays as it
 * is. */
char *ppt_places_fill(const struct ppt_places *places, const char *word, char *out);

#endif
