#include "programs.h"

#include <stdlib.h>

#include "host.h"
#include "memory.h"
#include "owned.h"

/* ---- samples ---- */

/* The samples of a program, as if there were no other. */
static void take_samples(const struct ppt_samples *all, unsigned program, struct ppt_samples *part)
{
    *part = (struct ppt_samples){
        .items = ppt_alloc(all->count, sizeof(*part->items)),
        .failures = ppt_alloc(all->failure_count, sizeof(*part->failures)),
    };
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].point.program == program) {
            part->items[part->count] = all->items[i];
            part->items[part->count++].point.program = 0;
        }
    }
    for (size_t i = 0; i < all->failure_count; i++) {
        if (all->failures[i].point.program == program) {
            part->failures[part->failure_count] = all->failures[i];
            part->failures[part->failure_count++].point.program = 0;
        }
    }
}

/* What is in them is not theirs. */
static void leave_samples(struct ppt_samples *part)
{
    free(part->items);
    free(part->failures);
    *part = (struct ppt_samples){0};
}

/* ---- one after the other ---- */

static void program_create(const struct ppt_config *config, const struct ppt_host *host,
                           const struct ppt_samples *samples, unsigned number,
                           struct ppt_program *program)
{
    struct ppt_point *points = ppt_alloc(config->point_count, sizeof(*points));

    program->label = config->uses[number - 1].label;
    program->config = ppt_config_of_program(config, number, points);
    take_samples(samples, number, &program->samples);
    const struct ppt_answer_context context = ppt_answer_context_of(&program->config, host);

    ppt_index_create(&program->samples, &program->index);
    ppt_summary_create(&program->index, &program->summary);
    ppt_answer_from_index(&program->index, &context, &program->answer);
}

/* Those with a verdict, each at the point that it recommends. */
static void rank(const struct ppt_config *config, const struct ppt_index *index,
                 struct ppt_programs *programs)
{
    struct ppt_contestant *contestants PPT_FREED = ppt_alloc(programs->count, sizeof(*contestants));
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};
    size_t count = 0;

    for (size_t i = 0; i < programs->count; i++) {
        const struct ppt_answer *answer = &programs->items[i].answer;

        if (answer->verdict.exists) {
            contestants[count].point = answer->grid.points[answer->verdict.recommended];
            contestants[count].point.program = (unsigned)i + 1;
            contestants[count++].label = programs->items[i].label;
        }
    }
    ppt_grid_from_index(index, &grid);
    ppt_ranking_of(&grid, contestants, count, config->tolerance,
                   programs->items[0].answer.context.confidence, &programs->ranking);
    ppt_ranking_doubt(&programs->ranking, index);
}

void ppt_programs_create(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_index *index, struct ppt_programs *programs)
{
    *programs = (struct ppt_programs){0};
    if (config->program_count == 0) {
        return;
    }
    programs->count = config->program_count;
    programs->items = ppt_alloc(programs->count, sizeof(*programs->items));
    for (size_t i = 0; i < programs->count; i++) {
        program_create(config, host, index->samples, (unsigned)i + 1, &programs->items[i]);
    }
    rank(config, index, programs);
}

void ppt_programs_free(struct ppt_programs *programs)
{
    for (size_t i = 0; i < programs->count; i++) {
        struct ppt_program *program = &programs->items[i];

        ppt_answer_free(&program->answer);
        ppt_summary_free(&program->summary);
        ppt_index_free(&program->index);
        leave_samples(&program->samples);
        free(program->config.points);
    }
    free(programs->items);
    ppt_ranking_free(&programs->ranking);
    *programs = (struct ppt_programs){0};
}

/* ---- settling ---- */

/* The choice for each that is still measured, of which there are *count: that is asked first, since
 * it is soon answered. */
static bool verdicts_settle(const struct ppt_config *config, double confidence,
                            const struct ppt_samples *samples, size_t *count)
{
    const size_t each = config->point_count / config->program_count;
    bool settle = true;

    *count = 0;
    for (unsigned i = 1; i <= config->program_count && settle; i++) {
        struct ppt_samples part PPT_OWNED(leave_samples) = {0};

        take_samples(samples, i, &part);
        if (part.failure_count < each) {
            settle = ppt_verdict_settles(&part, ppt_config_same_alone(config), config->tolerance,
                                         confidence, config->relative_ci);
            ++*count;
        }
    }
    return settle;
}

bool ppt_programs_settle(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_samples *samples)
{
    const struct ppt_answer_context context = ppt_answer_context_of(config, host);
    struct ppt_programs programs PPT_OWNED(ppt_programs_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    size_t count;

    if (!verdicts_settle(config, context.confidence, samples, &count)) {
        return false;
    }
    if (count < 2) {
        return true; /* the others failed: there is nothing to rank */
    }
    ppt_index_create(samples, &index);
    ppt_programs_create(config, host, &index, &programs);
    return ppt_ranking_settled(&programs.ranking);
}
