#include "hash_set.h"

#include <stdlib.h>
#include <string.h>

#include "scratch.h"

/* A power of two that leaves at least half of the slots empty. */
static uint32_t slots_for(uint32_t capacity)
{
    uint32_t slots = 2;

    while (slots / 2 < capacity) {
        slots *= 2;
    }
    return slots;
}

enum ppt_status ppt_hash_set_init(struct ppt_hash_set *set, uint32_t capacity, const char *what,
                                  struct ppt_error *error)
{
    set->hashes = ppt_scratch_alloc((size_t)capacity * PPT_HASH_BYTES, what, error);
    set->slots = ppt_scratch_alloc(slots_for(capacity) * sizeof(*set->slots), what, error);
    if (!set->hashes || !set->slots) {
        ppt_hash_set_free(set);
        return PPT_FAILED;
    }
    ppt_hash_set_clear(set, capacity);
    return PPT_OK;
}

void ppt_hash_set_clear(struct ppt_hash_set *set, uint32_t capacity)
{
    const uint32_t slots = slots_for(capacity);

    memset(set->slots, 0, slots * sizeof(*set->slots));
    set->mask = slots - 1;
    set->count = 0;
}

unsigned char *ppt_hash_set_next(struct ppt_hash_set *set)
{
    return set->hashes + (size_t)set->count * PPT_HASH_BYTES;
}

/* The slot that holds the hash or is free for it. Hashes are uniform, so any part of one will do
 * for the place to start at. */
static uint32_t *find(const struct ppt_hash_set *set, const unsigned char *hash)
{
    uint32_t at;

    memcpy(&at, hash, sizeof(at));
    for (at &= set->mask; set->slots[at] != 0; at = (at + 1) & set->mask) {
        const size_t place = set->slots[at] - 1;

        if (memcmp(set->hashes + place * PPT_HASH_BYTES, hash, PPT_HASH_BYTES) == 0) {
            break;
        }
    }
    return &set->slots[at];
}

void ppt_hash_set_add(struct ppt_hash_set *set)
{
    uint32_t *slot = find(set, ppt_hash_set_next(set));

    if (*slot == 0) {
        *slot = ++set->count;
    }
}

bool ppt_hash_set_has(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES])
{
    return *find(set, hash) != 0;
}

/* Nearly always the first word decides. That its difference must exist in a register each time
 * keeps the compiler from comparing several hashes in one step. */
static inline bool is_same(const unsigned char *a, const unsigned char *b)
{
    uint64_t first, other;

    memcpy(&first, a, sizeof(first));
    memcpy(&other, b, sizeof(other));
    first ^= other;
    __asm__ volatile("" : "+r"(first));
    return first == 0 && memcmp(a, b, PPT_HASH_BYTES) == 0;
}

bool ppt_hash_set_scan(const struct ppt_hash_set *set, const unsigned char hash[PPT_HASH_BYTES],
                       uint64_t *compared)
{
    const unsigned char *end = set->hashes + (size_t)set->count * PPT_HASH_BYTES;
    const unsigned char *stored = set->hashes;

    while (stored < end && !is_same(stored, hash)) {
        stored += PPT_HASH_BYTES;
    }
    *compared += (uint64_t)(stored - set->hashes) / PPT_HASH_BYTES + (stored < end);
    return stored < end;
}

uint64_t ppt_hash_set_bytes(uint32_t capacity)
{
    return (uint64_t)capacity * PPT_HASH_BYTES + slots_for(capacity) * sizeof(uint32_t);
}

void ppt_hash_set_free(struct ppt_hash_set *set)
{
    free(set->hashes);
    free(set->slots);
    *set = (struct ppt_hash_set){0};
}
