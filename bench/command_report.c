/*
 * report and predict: what a recorded run says, without measuring anything again.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "commands.h"
#include "json.h"
#include "recording.h"
#include "report.h"
#include "sweep.h"
#include "text.h"

struct loaded {
    struct ppt_recording recording;
    struct ppt_summary summary;
    struct ppt_answer answer;
};

/* The comparison that a run makes at the end of every block; a run that died may have missed it. */
static enum ppt_status compare_results(const struct ppt_recording *recording,
                                       struct ppt_error *error)
{
    const struct ppt_config *config = &recording->configs.items[0];
    const struct ppt_samples *all = &recording->samples;
    enum ppt_status status = PPT_OK;

    for (size_t first = 0; first < all->count && status == PPT_OK;) {
        size_t end = first;

        while (end < all->count &&
               (!config->mix || all->items[end].block == all->items[first].block)) {
            end++;
        }
        const struct ppt_samples same = {all->items + first, end - first};
        status = ppt_sweep_compare(config, &same, error);
        first = end;
    }
    return status;
}

static enum ppt_status load(const char *folder, struct loaded *loaded, struct ppt_error *error)
{
    char *path = ppt_text_format("%s/samples.jsonl", folder);
    enum ppt_status status = ppt_recording_read(path, &loaded->recording, error);

    free(path);
    if (status == PPT_OK) {
        status = compare_results(&loaded->recording, error);
        if (status != PPT_OK) {
            ppt_recording_free(&loaded->recording);
        }
    }
    if (status == PPT_OK) {
        const struct ppt_recording *recording = &loaded->recording;
        const struct ppt_answer_context context =
            ppt_answer_context_of(&recording->configs.items[0], &recording->host);

        ppt_summary_create(&recording->samples, &loaded->summary);
        ppt_answer_from_samples(&recording->samples, &context, &loaded->answer);
    }
    return status;
}

static void unload(struct loaded *loaded)
{
    ppt_answer_free(&loaded->answer);
    ppt_summary_free(&loaded->summary);
    ppt_recording_free(&loaded->recording);
}

enum ppt_status ppt_command_report(const struct ppt_cli *cli, struct ppt_error *error)
{
    const char *folder = cli->operands[0];
    struct loaded loaded = {0};
    struct ppt_text table = {0}, notes = {0};
    enum ppt_status status = load(folder, &loaded, error);

    if (status != PPT_OK) {
        return status;
    }
    const struct ppt_outcome outcome = {
        .config = &loaded.recording.configs.items[0],
        .host = &loaded.recording.host,
        .samples = &loaded.recording.samples,
        .summary = &loaded.summary,
        .answer = &loaded.answer,
        .started = loaded.recording.started,
        .program = loaded.recording.program,
        .folder = folder,
    };
    if (loaded.summary.count == 0) {
        status = ppt_fail(error, PPT_INCONCLUSIVE, "%s: holds no complete pass", folder);
    } else {
        status = ppt_report_write(&outcome, &notes, error);
    }
    if (status == PPT_OK) {
        ppt_text_table(&outcome, &table);
        fputs(table.data, stdout);
        if (notes.length > 0) {
            fputs(notes.data, stderr);
        }
    }
    ppt_text_free(&table);
    ppt_text_free(&notes);
    unload(&loaded);
    return status;
}

static void print_prediction(const struct ppt_cli *cli, const struct ppt_prediction *prediction)
{
    const bool shown = prediction->refusals == 0;

    if (cli->json) {
        json_object *object = json_object_new_object(), *ends = NULL;

        if (shown && prediction->interval.exists) {
            ends = json_object_new_array();
            json_object_array_add(ends, ppt_json_number(prediction->interval.low));
            json_object_array_add(ends, ppt_json_number(prediction->interval.high));
        }
        json_object_object_add(object, "workers", json_object_new_int64((int64_t)cli->workers));
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

        printf("%llu workers: %s tasks per second [%s, %s] (95 %%)\n",
               (unsigned long long)cli->workers, ppt_text_rate(prediction->throughput, rate),
               ppt_text_rate(prediction->interval.low, low),
               ppt_text_rate(prediction->interval.high, high));
        return;
    }
    printf("%llu workers: no prediction\n", (unsigned long long)cli->workers);
    for (unsigned bit = 1; bit <= PPT_REFUSAL_CROSSES_CPUS; bit <<= 1) {
        if (prediction->refusals & bit) {
            printf("  %s\n", ppt_refusal_text((enum ppt_refusal)bit));
        }
    }
}

enum ppt_status ppt_command_predict(const struct ppt_cli *cli, struct ppt_error *error)
{
    struct loaded loaded = {0};
    enum ppt_status status;

    if (cli->workers < 1 || cli->workers > PPT_MOST_WORKERS) {
        return ppt_fail(error, PPT_BAD_INPUT, "predict needs --workers N, from 1 to %d",
                        PPT_MOST_WORKERS);
    }
    status = load(cli->operands[0], &loaded, error);
    if (status == PPT_OK && !loaded.answer.scaling.fitted) {
        status =
            ppt_fail(error, PPT_INCONCLUSIVE, "%s: no passes to fit a law to", cli->operands[0]);
    } else if (status == PPT_OK) {
        const struct ppt_prediction prediction =
            ppt_scaling_predict(&loaded.answer.scaling, (unsigned)cli->workers);

        print_prediction(cli, &prediction);
        status = prediction.refusals == 0 ? PPT_OK : PPT_INCONCLUSIVE;
    }
    unload(&loaded);
    return status;
}
