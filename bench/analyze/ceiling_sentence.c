#include "ceiling_sentence.h"

/* A smaller one says nothing but that something else takes the time. */
#define LEAST_SHARE 0.001

/* "81 % [79, 83]" */
static void add_share(const struct ppt_ratio *share, struct ppt_text *out)
{
    char text[PPT_UNITS_SIZE];

    ppt_text_add(out, ppt_text_percent(share->value, text));
    if (share->interval.exists) {
        ppt_text_addf(out, " [%.*f, %.*f]", share->interval.low < 0.0995, 100 * share->interval.low,
                      share->interval.high < 0.0995, 100 * share->interval.high);
    }
}

/* "1 worker", "2 workers", "4 threads" */
static void add_threads(struct ppt_point point, struct ppt_text *out)
{
    const unsigned threads = ppt_point_threads(point);

    ppt_text_addf(out, "%u %s%s", threads, point.inner_threads > 1 ? "thread" : "worker",
                  PPT_S(threads));
}

/* Whose peak it is: the machine's, or that of those who are at work. */
static void add_whose(const struct ppt_answer *answer, struct ppt_point point, struct ppt_text *out)
{
    if (ppt_point_threads(point) >= answer->context.bounds.ceilings->workers) {
        ppt_text_add(out, "this machine's multiply-add peak");
    } else {
        ppt_text_add(out, "the multiply-add peak of ");
        add_threads(point, out);
    }
}

static void add_place(const struct ppt_answer *answer, struct ppt_point point, struct ppt_text *out)
{
    const unsigned level = ppt_bound_level(&answer->context.bounds, point);

    if (level > 0) {
        ppt_text_addf(out, " within L%u", level);
    } else {
        ppt_text_add(out, " in memory");
    }
}

static void add_words(const struct ppt_answer *answer, struct ppt_point point, enum ppt_bound bound,
                      const struct ppt_ceiling_share *share, struct ppt_text *out)
{
    ppt_text_addf(out, " %s ", answer->context.bounds.task);
    switch (bound) {
    case PPT_BOUND_MULTIPLY_ADDS:
        ppt_text_add(out, "runs at ");
        add_share(&share->share, out);
        ppt_text_add(out, " of ");
        add_whose(answer, point, out);
        break;
    case PPT_BOUND_COPIES:
        ppt_text_addf(out, "moves %.3g GB/s, ", share->rate.value);
        add_share(&share->share, out);
        ppt_text_add(out, " of what ");
        add_threads(point, out);
        ppt_text_add(out, " can copy");
        add_place(answer, point, out);
        break;
    case PPT_BOUND_ADDITIONS:
        ppt_text_add(out, "runs at ");
        add_share(&share->share, out);
        ppt_text_add(out, " of one addition per cycle");
        break;
    case PPT_BOUND_PRODUCTS:
        ppt_text_add(out, "runs at ");
        add_share(&share->share, out);
        ppt_text_add(out, " of multiplications that wait for each other");
        break;
    case PPT_BOUND_FILES:
        ppt_text_addf(out, "writes %.3g GB/s to files, ", share->rate.value);
        add_share(&share->share, out);
        ppt_text_add(out, " of what ");
        add_threads(point, out);
        ppt_text_add(out, " can write");
        break;
    case PPT_BOUND_COUNT:
        break;
    }
    ppt_text_add(out, ".");
}

/* Beyond it by so much, a ceiling is none: others were at work when it was measured. */
#define BEYOND 1.1

static void add_beyond(const struct ppt_answer *answer, const struct ppt_ratio *share,
                       struct ppt_text *out)
{
    ppt_text_addf(out, " What this machine can do at most is not known well: %s runs at ",
                  answer->context.bounds.task);
    add_share(share, out);
    ppt_text_add(out, " of it. On a quiet machine ppt-omp doctor --ceilings measures it again.");
}

bool ppt_ceiling_claim(const struct ppt_answer *answer, struct ppt_claim *claim,
                       struct ppt_text *words)
{
    const size_t p = answer->verdict.recommended;
    const struct ppt_ceiling_share *shares = answer->points[p].ceilings;
    const enum ppt_bound bound = ppt_bound_nearest(shares);

    if (bound == PPT_BOUND_COUNT || shares[bound].share.value < LEAST_SHARE) {
        return false;
    }
    if (shares[bound].share.interval.exists && shares[bound].share.interval.low > BEYOND) {
        add_beyond(answer, &shares[bound].share, words);
    } else {
        add_words(answer, answer->grid.points[p], bound, &shares[bound], words);
    }
    *claim = (struct ppt_claim){.kind = "ceiling",
                                .value = shares[bound].share.value,
                                .interval = shares[bound].share.interval,
                                .level = 0.95};
    return true;
}
