/*
 * predict: what a recorded run's scaling law says for a number of workers.
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

/* " × 2 inner threads" where several numbers of them were measured: the law is that of one. */
static const char *task_words(const struct ppt_answer *answer, char out[PPT_POINT_WORDS_SIZE])
{
    return ppt_point_words(answer->row.points[0], ppt_grid_several(&answer->grid) & PPT_OF_TASK,
                           " × ", " × ", out);
}

static void print_prediction(const struct predict_options *options, const struct ppt_answer *answer,
                             const struct ppt_prediction *prediction)
{
    char words[PPT_POINT_WORDS_SIZE];
    const bool shown = prediction->refusals == 0;

    if (options->json) {
        json_object *object = json_object_new_object(), *ends = NULL;

        if (shown && prediction->interval.exists) {
            ends = json_object_new_array();
            json_object_array_add(ends, ppt_json_number(prediction->interval.low));
            json_object_array_add(ends, ppt_json_number(prediction->interval.high));
        }
        json_object_object_add(object, "workers", json_object_new_int64((int64_t)options->workers));
        json_object_object_add(object, "inner_threads",
                               json_object_new_int64(answer->row.points[0].inner_threads));
        json_object_object_add(object, "throughput",
                               shown ? ppt_json_number(prediction->throughput) : NULL);
        json_object_object_add(object, "interval", ends);
        json_object_object_add(object, "refusals", ppt_json_refusals(prediction->refusals));
        puts(json_object_to_json_string_ext(object,
                                            JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
        json_object_put(object);
        return;
    }
    if (shown) {
        char rate[PPT_UNITS_SIZE], low[PPT_UNITS_SIZE], high[PPT_UNITS_SIZE];

        printf("%llu workers%s: %s tasks per second [%s, %s] (95 %%)\n",
               (unsigned long long)options->workers, task_words(answer, words),
               ppt_text_rate(prediction->throughput, rate),
               ppt_text_rate(prediction->interval.low, low),
               ppt_text_rate(prediction->interval.high, high));
        return;
    }
    printf("%llu workers%s: no prediction\n", (unsigned long long)options->workers,
           task_words(answer, words));
    for (unsigned bit = 1; bit <= PPT_REFUSAL_CROSSES_CPUS; bit <<= 1) {
        if (prediction->refusals & bit) {
            printf("  %s\n", ppt_refusal_text((enum ppt_refusal)bit));
        }
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
    if (!loaded.answer.scaling.fitted) {
        return ppt_fail(error, PPT_INCONCLUSIVE, "%s: no passes to fit a law to",
                        line->operands[0]);
    }
    const struct ppt_prediction prediction =
        ppt_scaling_predict(&loaded.answer.scaling, (unsigned)options->workers);

    print_prediction(options, &loaded.answer, &prediction);
    return prediction.refusals == 0 ? PPT_OK : PPT_INCONCLUSIVE;
}

static const struct ppt_option predict_rows[] = {
    {"--workers", PPT_OPTION_COUNT, .offset = offsetof(struct predict_options, workers)},
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
