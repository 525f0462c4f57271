/*
 * What slows the task, as results.json and ppt-omp why --json have it.
 */
#include "json_value.h"
#include "owned.h"
#include "report.h"
#include "sensitivity_sentence.h"

static json_object *sensitivity_json(const struct ppt_sensitivity *one)
{
    json_object *object = json_object_new_object();

    add(object, "resource", text(ppt_resources[one->resource].name));
    add(object, "iterations", integer(one->blocks));
    add(object, "slowdown", ppt_json_ratio(&one->slowdown));
    add(object, "given_way", ppt_json_ratio(&one->given_way));
    add(object, "unit", text(ppt_resources[one->resource].unit));
    add(object, "rate_alone", number(one->alone));
    add(object, "rate_beside", number(one->beside));
    return object;
}

/* Of one number of workers; empty where it was not measured. */
static json_object *row_json(const struct ppt_sensitivities *why, size_t which)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; which < why->row_count && i < why->rows[which].count; i++) {
        json_object_array_add(list, sensitivity_json(&why->rows[which].items[i]));
    }
    return list;
}

static json_object *unpressed_json(const struct ppt_sensitivities *why)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < why->unpressed_count; i++) {
        json_object *object = json_object_new_object();

        add(object, "resource", text(ppt_resources[why->unpressed[i].resource].name));
        add(object, "workers", integer(why->unpressed[i].workers));
        add(object, "reason", text(why->unpressed[i].reason));
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *sentence_json(const struct ppt_answer *answer)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sensitivity_say(answer, (struct ppt_claim){.part = PPT_CLAIM_DETAIL}, &claims);
    ppt_claims_join(&claims, &words);
    return text(words.data ? words.data + 1 : "");
}

json_object *ppt_json_why(const struct ppt_answer *answer)
{
    const struct ppt_sensitivities *why = &answer->why;
    json_object *object = json_object_new_object(), *workers = json_object_new_array();

    for (size_t i = 0; i < why->row_count; i++) {
        json_object_array_add(workers, integer(why->rows[i].point.workers));
    }
    add(object, "cause", why->cause ? text(why->cause) : NULL);
    add(object, "open",
        why->open == PPT_RESOURCE_NONE ? NULL : text(ppt_resources[why->open].name));
    add(object, "known_by",
        why->known_by == PPT_KNOWN_NOT ? NULL : text(ppt_known_by_names[why->known_by]));
    add(object, "iterations", integer(why->blocks));
    add(object, "workers", workers);
    add(object, "sensitivities", row_json(why, 0));
    add(object, "side_by_side", row_json(why, 1));
    add(object, "loss", ppt_json_ratio(&why->loss));
    add(object, "loss_off_cpu", why->loss.value > 0 ? number(why->off_cpu) : NULL);
    add(object, "more_switches_per_task", why->loss.value > 0 ? number(why->switches) : NULL);
    add(object, "explained",
        why->loses
            ? json_object_new_boolean(why->explained && !ppt_sensitivity_beside_others(answer))
            : NULL);
    add(object, "not_pressed", unpressed_json(why));
    add(object, "sentence", sentence_json(answer));
    return object;
}
