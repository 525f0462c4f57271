/*
 * predict: what the laws that a recorded run does not exclude say of more workers.
 */
#include <json-c/json.h>

#include "json.h"
#include "loaded.h"
#include "owned.h"
#include "shared.h"
#include "text.h"
#include "verbs.h"

struct predict_options {
    uint64_t workers; /* 0: not given */
    bool json;
};

/* " × 2 inner threads" where several numbers of them were measured: the curve is that of one. */
static const char *task_words(const struct ppt_answer *answer, char out[PPT_POINT_WORDS_SIZE])
{
    return ppt_point_words(answer->row.points[0], ppt_grid_several(&answer->grid) & PPT_OF_TASK,
                           " × ", " × ", out);
}

static json_object *laws_json(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook)
{
    json_object *list = json_object_new_array();

    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (outlook->kind != PPT_OUTLOOK_REFUSED && outlook->rivals.laws[law].kept > 0) {
            const struct ppt_outlook_law says =
                ppt_scaling_law(scaling, outlook, (enum ppt_rival_law)law);
            json_object *one = json_object_new_object();

            json_object_object_add(one, "name", json_object_new_string(ppt_rival_names[law]));
            json_object_object_add(one, "value", ppt_json_number(says.value));
            json_object_object_add(one, "low", ppt_json_number(says.low));
            json_object_object_add(one, "high", ppt_json_number(says.high));
            json_object_array_add(list, one);
        }
    }
    return list;
}

static void print_json(const struct ppt_answer *answer, const struct ppt_outlook *outlook)
{
    const bool answered = outlook->kind >= PPT_OUTLOOK_WIDE;
    json_object *object = json_object_new_object();

    json_object_object_add(object, "workers", json_object_new_int64(outlook->workers));
    json_object_object_add(object, "inner_threads",
                           json_object_new_int64(answer->row.points[0].inner_threads));
    json_object_object_add(object, "answered", json_object_new_boolean(answered));
    json_object_object_add(object, "low", answered ? ppt_json_number(outlook->rate.low) : NULL);
    json_object_object_add(object, "high", answered ? ppt_json_number(outlook->rate.high) : NULL);
    json_object_object_add(object, "laws", laws_json(&answer->scaling, outlook));
    json_object_object_add(object, "refusals", ppt_json_refusals(outlook->refusals));
    json_object_object_add(object, "measure_next",
                           outlook->measure_next > 0 ? json_object_new_int64(outlook->measure_next)
                                                     : NULL);
    puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
    json_object_put(object);
}

/* Behind what is assumed. */
static void print_one_law(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                          enum ppt_rival_law law)
{
    const struct ppt_outlook_law says = ppt_scaling_law(scaling, outlook, law);
    char rate[PPT_UNITS_SIZE], low[PPT_UNITS_SIZE], high[PPT_UNITS_SIZE];

    printf(": %s tasks per second [%s, %s]\n", ppt_text_rate(says.value, rate),
           ppt_text_rate(says.low, low), ppt_text_rate(says.high, high));
}

/* What each law says that the passes do not exclude. */
static void print_laws(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook)
{
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (outlook->rivals.laws[law].kept > 0) {
            printf("  if %s goes on", ppt_rival_phrases[law]);
            print_one_law(scaling, outlook, (enum ppt_rival_law)law);
        }
    }
    printf("  if it stops at %u", scaling->largest);
    print_one_law(scaling, outlook, PPT_RIVAL_COUNT);
}

static void print_outlook(const struct ppt_answer *answer, const struct ppt_outlook *outlook)
{
    char words[PPT_POINT_WORDS_SIZE], low[PPT_UNITS_SIZE], high[PPT_UNITS_SIZE];

    printf("%u worker%s%s: ", outlook->workers, PPT_S(outlook->workers), task_words(answer, words));
    if (outlook->kind >= PPT_OUTLOOK_WIDE) {
        printf("%s to %s tasks per second, by the laws that the passes do not exclude (95 %%)\n",
               ppt_text_rate(outlook->rate.low, low), ppt_text_rate(outlook->rate.high, high));
    } else {
        printf("no prediction\n");
    }
    for (unsigned bit = 1; bit <= PPT_REFUSAL_LAST; bit <<= 1) {
        if (outlook->refusals & bit) {
            printf("  %s\n", ppt_refusal_text((enum ppt_refusal)bit));
        }
    }
    if (outlook->kind != PPT_OUTLOOK_REFUSED) {
        print_laws(&answer->scaling, outlook);
    }
    if (outlook->kind != PPT_OUTLOOK_NARROW && outlook->measure_next > 0) {
        printf("  measure %u workers next\n", outlook->measure_next);
    }
}

static enum ppt_status predict(const struct ppt_line *line, struct ppt_error *error)
{
    const struct predict_options *options = line->options;
    struct ppt_loaded loaded PPT_OWNED(ppt_loaded_free) = {0};

    if (options->workers < 1 || options->workers > PPT_MOST_WORKERS) {
        return ppt_fail(error, PPT_BAD_INPUT, "predict needs --workers N, from 1 to %d",
                        PPT_MOST_WORKERS);
    }
    PPT_TRY(ppt_loaded_open(line->operands[0], &loaded, error));
    PPT_TRY(ppt_loaded_check_single(&loaded, error));
    const struct ppt_scaling *scaling = &loaded.answer.scaling;
    if (!scaling->exists) {
        return ppt_fail(error, PPT_INCONCLUSIVE, "%s: no passes to predict from",
                        line->operands[0]);
    }
    if (options->workers < scaling->largest) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: up to %u workers were measured: predict is for more",
                        line->operands[0], scaling->largest);
    }
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, (unsigned)options->workers);
    if (options->json) {
        print_json(&loaded.answer, &outlook);
    } else {
        print_outlook(&loaded.answer, &outlook);
    }
    return outlook.kind >= PPT_OUTLOOK_WIDE ? PPT_OK : PPT_INCONCLUSIVE;
}

static const struct ppt_option predict_rows[] = {
    {"--workers", PPT_OPTION_COUNT, .also = PPT_WORKERS_ALSO,
     .offset = offsetof(struct predict_options, workers)},
    PPT_SHARED(JSON, struct predict_options, json),
};

const struct ppt_verb ppt_verb_predict = {
    .name = "predict",
    .forms = {{"predict RUN_DIR --workers N", "what the run says for N workers"}},
    .most = 1,
    .needs = "the folder of a run, as in: ppt-omp predict output/latest",
    PPT_OPTIONS(predict_rows, struct predict_options, 0),
    .run = predict,
};
