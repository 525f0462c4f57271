/*
 * places.h - what is filled into the arguments of programs: {task}, {scratch} and so on; and where
 * tasks have inputs, what xargs and GNU parallel fill in: {}, {.}, {/}, {//}, {/.}, {#}, {%}.
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
    const char *input;   /* NULL: there are none, and their places stay as they are */
};

/* Their names without braces, those that need inputs last; NULL-terminated. */
extern const char *const ppt_place_names[];

/* The index in ppt_place_names of the place that a text begins with, or -1. */
int ppt_place_at(const char *text);

/* Whether a place needs inputs, and whether it stands for the input or a part of it. */
bool ppt_place_needs_input(int place);
bool ppt_place_names_input(int place);

/* Whether one of the words names the folder {scratch}. */
bool ppt_places_scratch(const struct ppt_texts *words);

/* The most bytes that a word takes when it is filled in, with its zero byte. Of inputs the longest
 * says how many. */
size_t ppt_places_size(const struct ppt_places *places, const char *word);

/* Fills a word in, and returns what lies behind its zero byte. What else is in braces stays as it
 * is, and so does "${#}", which is a shell's. */
char *ppt_places_fill(const struct ppt_places *places, const char *word, char *out);

#endif
