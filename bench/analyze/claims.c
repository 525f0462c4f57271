#include "claims.h"

#include <stdlib.h>

#include "memory.h"
#include "speech.h"

bool ppt_claim_borne(const struct ppt_claim *claim)
{
    return claim->side == 0 ||
           (claim->interval.exists && (claim->side > 0 ? claim->interval.low > claim->limit
                                                       : claim->interval.high < claim->limit));
}

void ppt_claims_add(struct ppt_claims *claims, struct ppt_claim claim, struct ppt_text *words)
{
    claim.text = ppt_strdup(words->data ? words->data : "");
    claims->items = ppt_realloc(claims->items, claims->count + 1, sizeof(*claims->items));
    claims->items[claims->count++] = claim;
    ppt_text_free(words);
    *words = (struct ppt_text){0};
}

void ppt_claims_point(const struct ppt_answer *answer, size_t p, struct ppt_text *out)
{
    ppt_speech_point(answer, answer->grid.points[p], out);
}

void ppt_claims_of(const struct ppt_answer *answer, enum ppt_claim_part part,
                   struct ppt_claims *claims)
{
    static void (*const parts[])(struct ppt_speech *) = {
        [PPT_CLAIM_VERDICT] = ppt_say_verdict,
        [PPT_CLAIM_REASON] = ppt_say_reason,
        [PPT_CLAIM_DETAIL] = ppt_say_details,
    };
    struct ppt_speech speech = {.answer = answer, .part = part, .claims = claims};

    *claims = (struct ppt_claims){0};
    parts[part](&speech);
}

void ppt_claims_join(const struct ppt_claims *claims, struct ppt_text *out)
{
    for (size_t i = 0; i < claims->count; i++) {
        ppt_text_add(out, claims->items[i].text);
    }
}

void ppt_claims_join_topic(const struct ppt_claims *claims, enum ppt_claim_topic topic,
                           struct ppt_text *out)
{
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->items[i].topic == topic) {
            ppt_text_add(out, claims->items[i].text);
        }
    }
}

void ppt_claims_free(struct ppt_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        free(claims->items[i].text);
    }
    free(claims->items);
    *claims = (struct ppt_claims){0};
}
