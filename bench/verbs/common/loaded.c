#include "loaded.h"

#include <stdlib.h>

#include "journal.h"
#include "memory.h"
#include "owned.h"
#include "sweep.h"

/* The comparison that a run makes at the end of every block; a run that died may have missed it. */
static enum ppt_status compare_results(const struct ppt_journal_content *content,
                                       struct ppt_error *error)
{
    const struct ppt_config *config = &content->configs.items[0];
    const struct ppt_samples *all = &content->samples;

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

static void add_outcome(struct ppt_loaded *loaded, const struct ppt_config *config,
                        const struct ppt_index *index, const struct ppt_summary *summary,
                        const struct ppt_answer *answer)
{
    const struct ppt_journal_content *content = &loaded->content;

    loaded->outcomes[loaded->outcome_count++] = (struct ppt_outcome){
        .config = config,
        .host = &content->host,
        .index = index,
        .summary = summary,
        .answer = answer,
        .started = content->started,
        .program = content->program,
        .resumed = content->resumed,
        .folder = &loaded->folder,
        .chart_mm = loaded->chart_mm,
    };
}

/* Sizes that were added between others come between them. */
static int compare_sizes(const void *a, const void *b)
{
    const struct ppt_config *x = ((const struct ppt_outcome *)a)->config;
    const struct ppt_config *y = ((const struct ppt_outcome *)b)->config;

    for (size_t i = 0; i < x->axis_count; i++) {
        const double one = x->uses[0].values[i], other = y->uses[0].values[i];

        if (one != other) {
            return one < other ? -1 : 1;
        }
    }
    return 0;
}

static void analyse_variants(struct ppt_loaded *loaded)
{
    const struct ppt_journal_content *content = &loaded->content;
    struct ppt_variants *variants = &loaded->variants;

    ppt_variants_create(&content->configs.items[0], &content->host, &loaded->index, variants);
    loaded->outcomes = ppt_alloc(variants->count, sizeof(*loaded->outcomes));
    for (size_t i = 0; i < variants->count; i++) {
        const struct ppt_variant *variant = &variants->items[i];

        if (variant->summary.count > 0) {
            struct ppt_outcome *outcome = &loaded->outcomes[loaded->outcome_count];

            add_outcome(loaded, &variant->config, &variant->index, &variant->summary,
                        &variant->answer);
            outcome->label = variant->label;
            outcome->number = (unsigned)i + 1;
            if (variants->policies.count > 0) {
                outcome->policies = variants->policies.items;
                outcome->policy_count = variants->policies.count;
            } else {
                outcome->ranking = &variants->ranking;
            }
        }
    }
    if (variants->policies.count > 0) {
        qsort(loaded->outcomes, loaded->outcome_count, sizeof(*loaded->outcomes), compare_sizes);
    }
}

static void find_causes(const struct ppt_journal_content *content, struct ppt_sensitivities *why)
{
    struct ppt_index all PPT_OWNED(ppt_index_free) = {0};

    ppt_index_create(&content->samples, &all);
    ppt_sensitivity_of(&all, content->configs.items[0].tolerance, why);
}

void ppt_loaded_analyse(struct ppt_loaded *loaded)
{
    const struct ppt_journal_content *content = &loaded->content;
    const struct ppt_config *config = &content->configs.items[0];
    const struct ppt_answer_context context = ppt_answer_context_of(config, &content->host);

    ppt_samples_usual(config, &content->samples, &loaded->usual);
    ppt_index_create(&loaded->usual, &loaded->index);
    ppt_summary_create(&loaded->index, &loaded->summary);
    if (config->variant_count > 0) {
        analyse_variants(loaded);
        return;
    }
    ppt_answer_from_index(&loaded->index, &context, &loaded->answer);
    if (config->pressed.point_count > 0) {
        find_causes(content, &loaded->answer.why);
    }
    loaded->outcomes = ppt_alloc(1, sizeof(*loaded->outcomes));
    add_outcome(loaded, config, &loaded->index, &loaded->summary, &loaded->answer);
}

enum ppt_status ppt_loaded_check_single(const struct ppt_loaded *loaded, struct ppt_error *error)
{
    const bool sizes = loaded->variants.policies.count > 0;

    return loaded->variants.count == 0 ? PPT_OK
           : sizes
               ? ppt_fail(error, PPT_BAD_INPUT,
                          "%s: is a run of %zu sizes (%.200s), each in a folder of its own there; "
                          "this needs a run of one",
                          loaded->folder.path, loaded->variants.count,
                          loaded->content.configs.items[0].details)
               : ppt_fail(error, PPT_BAD_INPUT,
                          "%s: is a run of %zu programs (%.200s), which report ranks; this needs a "
                          "run of one",
                          loaded->folder.path, loaded->variants.count,
                          loaded->content.configs.items[0].details);
}

void ppt_loaded_warn(const struct ppt_folder *folder, const struct ppt_journal_content *content)
{
    char *path PPT_FREED = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    char *note PPT_FREED = ppt_journal_content_note(path, content);

    if (note) {
        fprintf(stderr, "ppt-omp: %s\n", note);
    }
}

enum ppt_status ppt_loaded_read(struct ppt_folder *folder, struct ppt_loaded *loaded,
                                struct ppt_error *error)
{
    loaded->folder = *folder;
    *folder = (struct ppt_folder){0};
    PPT_TRY(ppt_journal_content_read(&loaded->folder, &loaded->content, error));
    ppt_loaded_warn(&loaded->folder, &loaded->content);
    PPT_TRY(compare_results(&loaded->content, error));
    ppt_loaded_analyse(loaded);
    return PPT_OK;
}

enum ppt_status ppt_loaded_report(const struct ppt_loaded *loaded, struct ppt_text *notes,
                                  struct ppt_error *error)
{
    return loaded->variants.count > 0
               ? ppt_report_write_variants(loaded->outcomes, loaded->outcome_count, notes, error)
               : ppt_report_write(&loaded->outcomes[0], notes, error);
}

enum ppt_status ppt_loaded_failures(const struct ppt_loaded *loaded, struct ppt_error *error)
{
    return ppt_sweep_failures(&loaded->content.configs.items[0], &loaded->content.samples, error);
}

enum ppt_status ppt_loaded_open(const char *path, struct ppt_loaded *loaded,
                                struct ppt_error *error)
{
    struct ppt_folder folder;

    PPT_TRY(ppt_folder_open(path, &folder, error));
    PPT_TRY(ppt_loaded_read(&folder, loaded, error));
    if (loaded->summary.count > 0) {
        return PPT_OK;
    }
    PPT_TRY(ppt_loaded_failures(loaded, error));
    return ppt_fail(error, PPT_INCONCLUSIVE, "%s: holds no complete pass", path);
}

void ppt_loaded_free(struct ppt_loaded *loaded)
{
    free(loaded->outcomes);
    ppt_variants_free(&loaded->variants);
    ppt_answer_free(&loaded->answer);
    ppt_summary_free(&loaded->summary);
    ppt_index_free(&loaded->index);
    ppt_samples_leave(&loaded->usual);
    ppt_journal_content_free(&loaded->content);
    ppt_folder_close(&loaded->folder);
    *loaded = (struct ppt_loaded){0};
}
