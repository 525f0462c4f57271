/*
 * hash_set.h - a set of hashes of PPT_HASH_BYTES bytes, in scratch.
 *
 * Open addressing with linear probing, at most half full. The hashes lie apart from the table, one
 * after the other in the order they were added, so that the table stays small.
 *
 * Threads: any number may look up at a time while none adds.
 */
#ifndef PPT_HASH_SET_H
#define PPT_HASH_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "scratch.h"

#define PPT_HASH_SET_LARGEST 100000000

/* The memory is borrowed from the scratch. */
struct ppt_hash_set {
    unsigned char *hashes;
    uint32_t *slots; /* the place in `hashes` plus one, or 0 */
    uint32_t mask;   /* slots minus one */
    uint32_t count;  /* different hashes that were added */
};

/* A set of at most `capacity` hashes, at most PPT_HASH_SET_LARGEST; to be cleared first. */
struct ppt_hash_set ppt_hash_set_lay_out(struct ppt_scratch *scratch, uint32_t capacity);

/* Empties the set. */
void ppt_hash_set_clear(struct ppt_hash_set *set);

/* Where the hash to be added next is to be written. */
unsigned char *ppt_hash_set_next(struct ppt_hash_set *set);

/* Adds the hash that was written there, unless the set has it. */
void ppt_hash_set_add(struct ppt_hash_set *set);

bool ppt_hash_set_has(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES]);

/* The same, found out by comparing with one after the other in the order they were added; adds to
 * *compared how many these were. */
bool ppt_hash_set_scan(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES],
                       uint64_t *compared);

#endif
