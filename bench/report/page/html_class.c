#include "html_class.h"

#include "html_page.h"

const char *const ppt_class_names[] = {
    [PPT_CLASS_SETTLED] = "settled",         [PPT_CLASS_UNSURE] = "unsure",
    [PPT_CLASS_DISTURBED] = "disturbed",     [PPT_CLASS_REGRESSION] = "regression",
    [PPT_CLASS_IMPROVEMENT] = "improvement", NULL,
};

enum ppt_class ppt_class_of_verdict(const struct ppt_verdict *verdict)
{
    if (!verdict->exists || verdict->choices < 2) {
        return PPT_CLASS_UNSURE; /* of one count nothing is said */
    }
    return verdict->confidence == PPT_CONFIDENCE_HIGH ? PPT_CLASS_SETTLED
           : verdict->disturbed || verdict->capped    ? PPT_CLASS_DISTURBED
                                                      : PPT_CLASS_UNSURE;
}

enum ppt_class ppt_class_of_ranking(const struct ppt_ranking *ranking)
{
    return ppt_ranking_sure(ranking)                                      ? PPT_CLASS_SETTLED
           : ranking->count > 0 && ranking->at_most < PPT_CONFIDENCE_HIGH ? PPT_CLASS_DISTURBED
                                                                          : PPT_CLASS_UNSURE;
}

enum ppt_class ppt_class_of_policy(const struct ppt_policy *policy)
{
    return ppt_policy_exists(policy) && ppt_policy_confidence(policy) == PPT_CONFIDENCE_HIGH
               ? PPT_CLASS_SETTLED
           : policy->disturbed > 0 ? PPT_CLASS_DISTURBED
                                   : PPT_CLASS_UNSURE;
}

enum ppt_class ppt_class_of_change(enum ppt_change change)
{
    static const enum ppt_class classes[] = {
        [PPT_CHANGE_INCONCLUSIVE] = PPT_CLASS_UNSURE, [PPT_CHANGE_UNCHANGED] = PPT_CLASS_SETTLED,
        [PPT_CHANGE_NOT_SLOWER] = PPT_CLASS_SETTLED,  [PPT_CHANGE_IMPROVED] = PPT_CLASS_IMPROVEMENT,
        [PPT_CHANGE_SLOWER] = PPT_CLASS_REGRESSION,
    };

    return classes[change];
}

enum ppt_class ppt_class_of_comparison(const struct ppt_comparison *comparison)
{
    return comparison->doubt == PPT_DOUBT_DISTURBED ? PPT_CLASS_DISTURBED
                                                    : ppt_class_of_change(comparison->change);
}

void ppt_html_box(struct ppt_text *out, enum ppt_class class)
{
    ppt_text_addf(out, "<div class=\"verdict %s\">\n<p>", ppt_class_names[class]);
    ppt_html_badge(out, class, ppt_class_names[class]);
    ppt_text_add(out, " ");
}

void ppt_html_badge(struct ppt_text *out, enum ppt_class class, const char *word)
{
    ppt_text_addf(out, "<span class=\"badge %s\">", ppt_class_names[class]);
    ppt_html_add(out, word);
    ppt_text_add(out, "</span>");
}
