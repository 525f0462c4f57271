/*
 * ranking.h - which of several programs is the fastest, each at the count that its verdict
 * recommends, and by how much.
 *
 * With r_A the recommended point of program A, and pairs taken within the block (or process):
 *
 *   order  programs ascend by the median of y at r, as in verdict.h; A is the first
 *   K      how many points of A may be its best: those whose 90 % interval of y - y(r_A) begins
 *          below ln(1 + tolerance); r_A was chosen among these
 *   slower B is slower than A where the intervals of y_j - y(r_A) at 1 - c/(m K) lie above 0 for
 *          every point j of B, not for r_B alone; m is the number of pairs of programs, and c 0.01
 *          (0.002 where blocks are added until it is settled), as for a verdict that is HIGH
 *   equal  else, where the 90 % interval of y(r_B) - y(r_A) lies within the tolerance
 *
 * Chosen points are the luckiest of several, and two runs of one program may choose two counts that
 * really differ. That A is faster than all that B was measured at does not depend on which count
 * was chosen for B, and K pays for that of A: of a program and itself it is claimed once in 100
 * runs.
 */
#ifndef PPT_ANALYZE_RANKING_H
#define PPT_ANALYZE_RANKING_H

#include "claims.h"
#include "disturbance.h"
#include "grid.h"

/* One that takes part: its recommended point, and how it is called (borrowed). */
struct ppt_contestant {
    struct ppt_point point;
    const char *label;
};

enum ppt_standing {
    PPT_STANDING_FIRST,
    PPT_STANDING_SLOWER,
    PPT_STANDING_EQUAL,
    PPT_STANDING_OPEN
};
extern const char *const ppt_standing_names[]; /* as in JSON: "first", ... */

struct ppt_ranked {
    struct ppt_contestant contestant;
    double seconds; /* of a whole pass, the median */
    enum ppt_standing standing;
    struct ppt_ratio
        lead;     /* how much faster the first is; of itself 1, without an interval. Its low
                     end is the lowest over all counts of this one, unless it is equal */
    double level; /* of that interval */
};

struct ppt_ranking {
    struct ppt_ranked *items; /* the fastest first; owned */
    size_t count;             /* 0: fewer than two took part, or there are too few blocks */
    size_t blocks;            /* complete ones of all programs, or processes of several */
    size_t processes;         /* see struct ppt_grid */
    double tolerance;
    double confidence;           /* of all that is claimed together: 0.99 */
    enum ppt_confidence at_most; /* that it may be, for passes that were disturbed */
};

/* The grid has the points of all programs. `confidence` and `tolerance` as in verdict.h. */
void ppt_ranking_of(const struct ppt_grid *grid, const struct ppt_contestant *contestants,
                    size_t count, double tolerance, double confidence, struct ppt_ranking *ranking);

/* What was stopped, or taken by others, limits it as it does verdicts, by the passes of all
 * programs and those at the counts that are ranked. How they stand stays as it is. */
void ppt_ranking_doubt(struct ppt_ranking *ranking, const struct ppt_index *index);

void ppt_ranking_free(struct ppt_ranking *ranking); /* zeroed is fine */

/* Whether of each program it is known how it stands. */
bool ppt_ranking_settled(const struct ppt_ranking *ranking);

/* Whether besides nothing limits it. */
bool ppt_ranking_sure(const struct ppt_ranking *ranking);

/* What is said of it, each with the figure that it rests on; and all of it as sentences, the last
 * of which has no full stop. */
void ppt_ranking_claims(const struct ppt_ranking *ranking, struct ppt_claims *claims);
void ppt_ranking_sentence(const struct ppt_ranking *ranking, struct ppt_text *out);

#endif
