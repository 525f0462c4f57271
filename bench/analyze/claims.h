/*
 * claims.h - everything that is said about a run: each statement with the figure that it rests on.
 *
 * This is the one place where statements are made. Whoever shows sentences joins their texts
 * (sentence.h); whoever wants to check them finds what they rest on: an estimate, its interval and
 * how sure that is, and where the interval has to lie for the statement to be made at all. What its
 * interval does not bear is not said, or is said to be not settled.
 */
#ifndef PPT_ANALYZE_CLAIMS_H
#define PPT_ANALYZE_CLAIMS_H

#include "answer.h"
#include "text.h"

enum ppt_claim_part {
    PPT_CLAIM_VERDICT, /* which count, and how sure */
    PPT_CLAIM_REASON,  /* why */
    PPT_CLAIM_DETAIL,  /* all else that a user should know */
    PPT_CLAIM_PARTS
};

/* Which question of a reader a statement answers. */
enum ppt_claim_topic {
    PPT_TOPIC_USE,  /* how many workers, and what that gains */
    PPT_TOPIC_WHY,  /* why not more speed */
    PPT_TOPIC_MORE, /* what other counts, or other numbers of tasks, would do */
    PPT_TOPIC_SURE  /* how far it can be relied on */
};

struct ppt_claim {
    enum ppt_claim_part part;
    enum ppt_claim_topic topic;
    const char *kind;             /* one word: "bound", "speedup", "tie", ... */
    double value;                 /* a ratio, a share or a number; NAN: it rests on no figure */
    struct ppt_interval interval; /* of it, if it was estimated */
    double level;                 /* how sure; 0: it was counted, or follows from what was */
    int side; /* 1: the interval must lie above `limit`; -1: below; 0: anywhere */
    double limit;
    char *text; /* owned: its piece of the sentence, with the punctuation before it */
};

struct ppt_claims {
    struct ppt_claim *items; /* in the order in which they are said; owned */
    size_t count;
};

/* Those of one part. */
void ppt_claims_of(const struct ppt_answer *answer, enum ppt_claim_part part,
                   struct ppt_claims *claims);
void ppt_claims_free(struct ppt_claims *claims); /* zeroed is fine */

/* Adds what they say, one after the other; and only what those of one topic do. */
void ppt_claims_join(const struct ppt_claims *claims, struct ppt_text *out);
void ppt_claims_join_topic(const struct ppt_claims *claims, enum ppt_claim_topic topic,
                           struct ppt_text *out);

/* Adds a claim with these words, which are taken over: `words` is empty then. */
void ppt_claims_add(struct ppt_claims *claims, struct ppt_claim claim, struct ppt_text *words);

/* Adds the name of a point of the grid: "2 workers", "plain sequential calls". */
void ppt_claims_point(const struct ppt_answer *answer, size_t p, struct ppt_text *out);

/* Whether its interval, where it needs one, lies where it has to. */
bool ppt_claim_borne(const struct ppt_claim *claim);

#endif
