#include "tries.h"

void ppt_tries_start(struct ppt_tries *tries, uint64_t tried, uint64_t right, uint32_t *deck,
                     uint64_t stored)
{
    *tries = (struct ppt_tries){.left = tried,
                                .right_left = right,
                                .stored = stored,
                                .once = right > 0 && right <= stored,
                                .deck = deck};
    for (uint64_t i = 0; tries->once && i < stored; i++) {
        deck[i] = (uint32_t)i;
    }
}

/* One card of a deck that is shuffled only as far as it is dealt (Fisher and Yates). */
static uint64_t deal(struct ppt_tries *tries, struct ppt_rng *rng)
{
    const uint64_t at = tries->used + ppt_rng_below(rng, tries->stored - tries->used);
    const uint32_t card = tries->deck[at];

    tries->deck[at] = tries->deck[tries->used];
    tries->deck[tries->used++] = card;
    return card;
}

/* Right with the share that is still to come, which makes every order equally likely (selection
 * sampling; Knuth, The Art of Computer Programming, vol. 2, 3.4.2, algorithm S). */
bool ppt_tries_next(struct ppt_tries *tries, struct ppt_rng *rng, uint64_t *which)
{
    const bool right = ppt_rng_below(rng, tries->left) < tries->right_left;

    tries->left--;
    if (right) {
        tries->right_left--;
        *which = tries->once ? deal(tries, rng) : ppt_rng_below(rng, tries->stored);
    }
    return right;
}
