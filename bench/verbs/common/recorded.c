#include "recorded.h"

#include <stdlib.h>

#include "journal.h"
#include "owned.h"
#include "sweep.h"

/* The comparison that a run makes at the end of every block; a run that died may have missed it. */
static enum ppt_status compare_results(const struct ppt_recording *recording,
                                       struct ppt_error *error)
{
    const struct ppt_config *config = &recording->configs.items[0];
    const struct ppt_samples *all = &recording->samples;

    for (size_t first = 0, end; first < all->count; first = end) {
        const struct ppt_sample *items = all->items + first;

        for (end = first + 1; end < all->count; end++) {
            if (config->mix && all->items[end].block != items->block) {
                break;
            }
        }
        const struct ppt_samples same = {.items = all->items + first, .count = end - first};
        struct ppt_compared nothing = {0};

        PPT_TRY(ppt_sweep_compare(config, &same, items->block, &nothing, error));
    }
    return PPT_OK;
}

void ppt_recorded_analyse(struct ppt_recorded *recorded)
{
    const struct ppt_recording *recording = &recorded->recording;
    const struct ppt_answer_context context =
        ppt_answer_context_of(&recording->configs.items[0], &recording->host);

    ppt_index_create(&recording->samples, &recorded->index);
    ppt_summary_create(&recorded->index, &recorded->summary);
    ppt_answer_from_index(&recorded->index, &context, &recorded->answer);
    recorded->outcome = (struct ppt_outcome){
        .config = &recording->configs.items[0],
        .host = &recording->host,
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
    char *path PPT_FREED = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    char *note PPT_FREED = ppt_recording_note(path, recording);

    if (note) {
        fprintf(stderr, "ppt-omp: %s\n", note);
    }
}

enum ppt_status ppt_recorded_read(struct ppt_folder *folder, struct ppt_recorded *recorded,
                                  struct ppt_error *error)
{
    recorded->folder = *folder;
    *folder = (struct ppt_folder){0};
    PPT_TRY(ppt_recording_read(&recorded->folder, &recorded->recording, error));
    ppt_recorded_warn(&recorded->folder, &recorded->recording);
    PPT_TRY(compare_results(&recorded->recording, error));
    ppt_recorded_analyse(recorded);
    return PPT_OK;
}

enum ppt_status ppt_recorded_failures(const struct ppt_recorded *recorded, struct ppt_error *error)
{
    return ppt_sweep_failures(&recorded->recording.configs.items[0], &recorded->recording.samples,
                              error);
}

enum ppt_status ppt_recorded_load(const char *path, struct ppt_recorded *recorded,
                                  struct ppt_error *error)
{
    struct ppt_folder folder;

    PPT_TRY(ppt_folder_open(path, &folder, error));
    PPT_TRY(ppt_recorded_read(&folder, recorded, error));
    if (recorded->summary.count > 0) {
        return PPT_OK;
    }
    PPT_TRY(ppt_recorded_failures(recorded, error));
    return ppt_fail(error, PPT_INCONCLUSIVE, "%s: holds no complete pass", path);
}

void ppt_recorded_free(struct ppt_recorded *recorded)
{
    ppt_answer_free(&recorded->answer);
    ppt_summary_free(&recorded->summary);
    ppt_index_free(&recorded->index);
    ppt_recording_free(&recorded->recording);
    ppt_folder_close(&recorded->folder);
    *recorded = (struct ppt_recorded){0};
}
