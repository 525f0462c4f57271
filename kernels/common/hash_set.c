#include "hash_set.h"

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

struct ppt_hash_set ppt_hash_set_lay_out(struct ppt_scratch *scratch, uint32_t capacity)
{
    struct ppt_hash_set set = {.mask = slots_for(capacity) - 1};

    set.hashes = ppt_scratch_take(scratch, capacity, PPT_HASH_BYTES);
    set.slots = ppt_scratch_take(scratch, (size_t)set.mask + 1, sizeof(*set.slots));
    return set;
}

void ppt_hash_set_clear(struct ppt_hash_set *set)
{
    memset(set->slots, 0, ((size_t)set->mask + 1) * sizeof(*set->slots));
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
