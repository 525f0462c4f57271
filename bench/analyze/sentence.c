#include "sentence.h"

#include <math.h>

#include "claims.h"
#include "keys.h"
#include "owned.h"

/* At most four characters below 10 000 and above, two or more significant digits from 0.1 on. */
static void add_times(double value, struct ppt_text *out)
{
    static const char *const units[] = {"", "k", "M", "G", "T"};
    size_t unit = 0;

    if (value < 9999.5) {
        ppt_text_addf(out, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
        return;
    }
    while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        value /= 1000;
        unit++;
    }
    ppt_text_addf(out, "%.0f%s", fmin(value, 999), units[unit]);
}

void ppt_sentence_ratio(const struct ppt_ratio *ratio, struct ppt_text *out)
{
    if (ratio->value > 0 && ratio->value < 0.0995) {
        ppt_text_addf(out, "%.2gx", ratio->value);
    } else {
        add_times(ratio->value, out);
        ppt_text_add(out, "x");
    }
    if (ratio->interval.exists) {
        ppt_text_add(out, " [");
        add_times(ratio->interval.low, out);
        ppt_text_add(out, ", ");
        add_times(ratio->interval.high, out);
        ppt_text_add(out, "]");
    }
}

/* The statements of one part, one after the other. */
static void add_part(const struct ppt_answer *answer, enum ppt_claim_part part,
                     struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

    ppt_claims_of(answer, part, &claims);
    ppt_claims_join(&claims, out);
}

void ppt_sentence_verdict(const struct ppt_answer *answer, struct ppt_text *out)
{
    add_part(answer, PPT_CLAIM_VERDICT, out);
}

void ppt_sentence_rows(bool grouped, size_t rows, struct ppt_text *out)
{
    if (grouped) {
        ppt_text_addf(out, "%zu process%s", rows, rows == 1 ? "" : "es");
    } else {
        ppt_text_addf(out, "%zu iteration%s", rows, PPT_S(rows));
    }
}

void ppt_sentence_row_options(bool grouped, size_t rows, struct ppt_text *out)
{
    if (grouped) {
        /* More blocks in as many processes would not do. */
        ppt_text_addf(out, "%s 0 ", ppt_keys[PPT_KEY_PROCESSES].option.name);
    }
    ppt_text_addf(out, "%s %zu", ppt_keys[PPT_KEY_ITERATIONS].option.name, rows);
}

void ppt_sentence_needed(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_grid *grid = &answer->grid;
    const size_t needed = answer->verdict.blocks_needed;

    switch (answer->context.longer) {
    case PPT_LONGER_ITERATIONS:
        ppt_sentence_row_options(grid->grouped, needed, out);
        break;
    case PPT_LONGER_SECONDS:
        ppt_text_addf(out, "%s %.0f", ppt_keys[PPT_KEY_MAX_SECONDS].option.name,
                      ceil(answer->seconds * (double)needed / (double)grid->block_count));
        break;
    case PPT_LONGER_ELSEWHERE:
        ppt_text_add(out, "about ");
        ppt_sentence_rows(grid->grouped, needed, out);
        break;
    }
}

void ppt_sentence_reason(const struct ppt_answer *answer, struct ppt_text *out)
{
    add_part(answer, PPT_CLAIM_REASON, out);
}

void ppt_sentence_details(const struct ppt_answer *answer, struct ppt_text *out)
{
    add_part(answer, PPT_CLAIM_DETAIL, out);
}

void ppt_sentence_topic(const struct ppt_answer *answer, enum ppt_claim_topic topic,
                        struct ppt_text *out)
{
    static const enum ppt_claim_part parts[] = {PPT_CLAIM_REASON, PPT_CLAIM_DETAIL};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

        ppt_claims_of(answer, parts[i], &claims);
        ppt_claims_join_topic(&claims, topic, out);
    }
}

void ppt_sentence_sure(const struct ppt_answer *answer, struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

    ppt_claims_of(answer, PPT_CLAIM_VERDICT, &claims);
    if (claims.items[0].topic == PPT_TOPIC_USE) {
        ppt_text_addf(out, "Confidence %s", ppt_confidence_names[answer->verdict.confidence]);
    }
    ppt_claims_join_topic(&claims, PPT_TOPIC_SURE, out);
    ppt_text_add(out, ".");
}
