/*
 * speech.h - what the files that make statements share: a statement on its way, and words that
 * occur in several. For claims.c and the files that it names alone.
 */
#ifndef PPT_ANALYZE_SPEECH_H
#define PPT_ANALYZE_SPEECH_H

#include "claims.h"
#include "scaling.h"

struct ppt_speech {
    const struct ppt_answer *answer;
    enum ppt_claim_part part;
    enum ppt_claim_topic topic; /* of what is said until it is changed */
    struct ppt_claims *claims;
    struct ppt_text words; /* of the claim that is made */
};

/* ---- the parts, one file each ---- */

void ppt_say_verdict(struct ppt_speech *speech); /* verdict_sentence.c */
void ppt_say_reason(struct ppt_speech *speech);  /* why_sentence.c */
void ppt_say_details(struct ppt_speech *speech); /* detail_sentence.c, with: */
void ppt_say_more(struct ppt_speech *speech);    /* more_sentence.c: what other numbers would do */
void ppt_say_caveats(struct ppt_speech *speech); /* caveat_sentence.c */

/* Which factor most of the speedup is lost to; in why_sentence.c. */
void ppt_say_factor(struct ppt_speech *speech);

/* ---- making claims ---- */

/* What one rests on: nothing, a number that was counted, or an estimate whose interval lies above
 * (below) a limit. */
struct ppt_claim ppt_claim_plain(const char *kind);
struct ppt_claim ppt_claim_counted(const char *kind, double value);
struct ppt_claim ppt_claim_above(const char *kind, double value, struct ppt_interval interval,
                                 double level, double limit);
struct ppt_claim ppt_claim_below(const char *kind, double value, struct ppt_interval interval,
                                 double level, double limit);

/* Ends the claim whose words were added. */
void ppt_say(struct ppt_speech *speech, struct ppt_claim claim);

/* ---- words ---- */

/* Below it a share is shown as 0.0 %. */
#define PPT_LEAST_SHOWN 0.0005
/* Losses below this are not worth a sentence. */
#define PPT_NOTABLE 0.05

/* "2 workers", "plain sequential calls"; where it was measured how many threads a task should use,
 * "2 workers × 4 inner threads"; over ranks "3 ranks × 2 workers". */
void ppt_speech_point(const struct ppt_answer *answer, struct ppt_point point,
                      struct ppt_text *out);

void ppt_speech_percent(double share, struct ppt_text *out);

/* "8.2 % [5.1, 11] slower": how much longer something takes, by a ratio above 1. */
void ppt_speech_slower(const struct ppt_ratio *cost, struct ppt_text *out);

/* ---- what is asked in several places ---- */

/* Workers of the recommended point, those of all ranks; and its answer. */
unsigned ppt_speech_workers(const struct ppt_answer *answer);
const struct ppt_point_answer *ppt_speech_recommended(const struct ppt_answer *answer);

/* What more workers gain at most, as a share: 0.05 is 5 %. */
struct ppt_ratio ppt_speech_gain_of_more(const struct ppt_answer *answer);

/* Of twice as many workers as were tried, or of all CPUs; and whether the laws leave open that it
 * is worth while. */
struct ppt_outlook ppt_speech_outlook(const struct ppt_answer *answer);
bool ppt_speech_brings_more(const struct ppt_answer *answer, const struct ppt_outlook *outlook);

#endif
