#include "recorded.h"

#include <stdlib.h>

#include "journal.h"
#include "sweep.h"

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
        const struct ppt_samples same = {.items = all->items + first, .count = end - first};
        struct ppt_compared nothing = {0};

        status = ppt_sweep_compare(config, &same, same.items[0].block, &nothing, error);
        first = end;
    }
    return status;
}

static void analyse(struct ppt_recorded *recorded)
{
    const struct ppt_recording *recording = &recorded->recording;
    const struct ppt_answer_context context =
        ppt_answer_context_of(&recording->configs.items[0], &recording->host);

    recorded->counted = ppt_samples_counted(&recording->samples);
    ppt_index_create(&recorded->counted, &recorded->index);
    ppt_summary_create(&recorded->index, &recorded->summary);
    ppt_answer_from_index(&recorded->index, &context, &recorded->answer);
    recorded->outcome = (struct ppt_outcome){
        .config = &recording->configs.items[0],
        .host = &recording->host,
        .samples = &recorded->counted,
        .index = &recorded->index,
        .summary = &recorded->summary,
        .answer = &recorded->answer,
        .started = recording->started,
        .program = recording->program,
        .resumed = recording->resumed,
        .folder = &recorded->folder,
    };
}

void ppt_recorded_warn(const struct ppt_folder *folder, const struct ppt_recording *recording)
{
    char *path = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    char *note = ppt_recording_note(path, recording);

    if (note) {
        fprintf(stderr, "ppt-omp: %s\n", note);
    }
    free(note);
    free(path);
}

enum ppt_status ppt_recorded_load(const char *path, struct ppt_recorded *recorded,
                                  struct ppt_error *error)
{
    enum ppt_status status;

    *recorded = (struct ppt_recorded){0};
    status = ppt_folder_open(path, &recorded->folder, error);
    if (status == PPT_OK) {
        status = ppt_recording_read(&recorded->folder, &recorded->recording, error);
    }
    if (status != PPT_OK) {
        ppt_recorded_free(recorded);
        return status;
    }
    ppt_recorded_warn(&recorded->folder, &recorded->recording);
    status = compare_results(&recorded->recording, error);
    if (status == PPT_OK) {
        analyse(recorded);
    }
    if (status == PPT_OK && recorded->summary.count == 0) {
        const struct ppt_recording *recording = &recorded->recording;

        status = ppt_sweep_failures(&recording->configs.items[0], &recording->samples, error);
        if (status == PPT_OK) {
            status = ppt_fail(error, PPT_INCONCLUSIVE, "%s: holds no complete pass", path);
        }
    }
    if (status != PPT_OK) {
        ppt_recorded_free(recorded);
    }
    return status;
}

void ppt_recorded_free(struct ppt_recorded *recorded)
{
    ppt_answer_free(&recorded->answer);
    ppt_summary_free(&recorded->summary);
    ppt_index_free(&recorded->index);
    free(recorded->counted.items);
    ppt_recording_free(&recorded->recording);
    ppt_folder_close(&recorded->folder);
    *recorded = (struct ppt_recorded){0};
}
