/*
 * hash_set.h - a set of hashes of PPT_HASH_BYTES bytes, in memory that is taken once.
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
#include "status.h"

#define PPT_HASH_SET_LARGEST 100000000

/* All zero before init, which free accepts. */
struct ppt_hash_set {
    unsigned char *hashes;
    uint32_t *slots; /* the place in `hashes` plus one, or 0 */
    uint32_t mask;   /* slots in use minus one */
    uint32_t count;  /* different hashes that were added */
};

/* Takes memory for `capacity` hashes, at most PPT_HASH_SET_LARGEST. `what` is for the message. */
enum ppt_status ppt_hash_set_init(struct ppt_hash_set *set, uint32_t capacity, const char *what,
                                  struct ppt_error *error);

/* Empties the set for at most `capacity` hashes, no more than at init. */
void ppt_hash_set_clear(struct ppt_hash_set *set, uint32_t capacity);

/* Where the hash to be added next is to be written. */
unsigned char *ppt_hash_set_next(struct ppt_hash_set *set);

/* Adds the hash that was written there, unless the set has it. */
void ppt_hash_set_add(struct ppt_hash_set *set);

bool ppt_hash_set_has(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES]);

/* The same, found out by comparing with one after the other in the order they were added; adds to
 * *compared how many these were. */
bool ppt_hash_set_scan(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES],
                       uint64_t *compared);

/* The memory that init takes. */
uint64_t ppt_hash_set_bytes(uint32_t capacity);

void ppt_hash_set_free(struct ppt_hash_set *set);

#endif
