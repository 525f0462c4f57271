/*
 * ceilings: each task against what bounds it on this machine, measured in the same minutes.
 */
#include "bounds.h"

#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define STEPS 100000 /* of multiply-adds in a run, about 0.2 ms */

/* ---- ceilings that several tasks have ---- */

static enum ppt_status run_flops(void *state, struct ppt_error *error)
{
    const struct ppt_ceiling_flops *flops = ppt_ceiling_flops();

    (void)state;
    return flops->run(STEPS) == (double)STEPS * flops->per_step / 2
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "multiply-adds: a wrong sum");
}

struct contestant bound_flops(double operations)
{
    static char name[96];
    const struct ppt_ceiling_flops *flops = ppt_ceiling_flops();

    snprintf(name, sizeof(name), "multiply-adds of one thread (%s)", flops->name);
    return (struct contestant){
        .name = name, .run = run_flops, .units = (double)STEPS * flops->per_step / operations};
}

enum ppt_status bound_copy_start(struct bound_copy *copy, size_t bytes, struct ppt_error *error)
{
    struct ppt_topology topology;

    ppt_topology_read(&topology);
    const unsigned level = ppt_ceiling_level(topology.caches, topology.cache_count, 2 * bytes);
    *copy = (struct bound_copy){.bytes = bytes};
    if (level > 0) {
        snprintf(copy->name, sizeof(copy->name), "a copy within the L%u", level);
    } else {
        snprintf(copy->name, sizeof(copy->name), "a copy in memory");
    }
    copy->from = ppt_scratch_alloc(bytes, "ceilings", error);
    copy->to = ppt_scratch_alloc(bytes, "ceilings", error);
    if (!copy->from || !copy->to) {
        return PPT_FAILED;
    }
    memset(copy->from, 1, bytes);
    return PPT_OK;
}

void bound_copy_stop(struct bound_copy *copy)
{
    free(copy->from);
    free(copy->to);
}

static enum ppt_status run_copy(void *state, struct ppt_error *error)
{
    const struct bound_copy *copy = state;

    (void)error;
    ppt_ceiling_copy(copy->from, copy->to, copy->bytes, 1);
    return PPT_OK;
}

struct contestant bound_copying(struct bound_copy *copy, double bytes)
{
    return (struct contestant){
        .name = copy->name, .run = run_copy, .state = copy, .units = (double)copy->bytes / bytes};
}

/* ---- holding ---- */

struct verdict {
    struct contest_result share, ratio;
    bool met;
};

static void judge(const struct bound *bound, struct verdict *verdict)
{
    verdict->met =
        (bound->least_share > 0 && verdict->share.ratio >= bound->least_share) ||
        (bound->most_units > 0 && verdict->share.measured <= bound->most_units) ||
        (bound->least_known > 0 && bound->known.run && verdict->ratio.ratio >= bound->least_known);
}

static void join(char *text, size_t size, const char *part)
{
    const size_t at = strlen(text);

    snprintf(text + at, size - at, "%s%s", at > 0 ? " or " : "", part);
}

static void describe_bar(const struct bound *bound, const struct verdict *verdict, char *text,
                         size_t size)
{
    char part[64];

    text[0] = '\0';
    if (bound->least_share > 0) {
        snprintf(part, sizeof(part), "≥ %.3g %%", 100 * bound->least_share);
        join(text, size, part);
    }
    if (bound->most_units > 0) {
        snprintf(part, sizeof(part), "≤ %g %s", bound->most_units, bound->unit);
        join(text, size, part);
    }
    if (bound->least_known > 0) {
        snprintf(part, sizeof(part), "%gx the best known", bound->least_known);
        join(text, size, part);
    }
    if (text[0]) {
        const size_t at = strlen(text);

        snprintf(text + at, size - at, ": %s", verdict->met ? "met" : "not met");
    }
}

static const char *disturbed(const struct contest_result *result)
{
    return result->disturbed ? " (disturbed)" : "";
}

static void print_bound(const struct venue *venue, const struct bound *bound,
                        const struct verdict *verdict)
{
    const struct contest_result *share = &verdict->share, *ratio = &verdict->ratio;
    const double rate = bound->rate ? bound->work / (share->reference * bound->unit_ns) : 0;
    char ceiling[160], percent[96], bar[160], known[160] = "", times[96] = "-", by[64] = "";

    if (bound->rate) {
        snprintf(by, sizeof(by), ", %.3g %s", rate, bound->rate);
    }
    snprintf(ceiling, sizeof(ceiling), "%.4g, %s%s", share->reference, bound->ceiling.name, by);
    snprintf(percent, sizeof(percent), "%.1f %% [%.1f, %.1f]%s", 100 * share->ratio,
             100 * share->low, 100 * share->high, disturbed(share));
    describe_bar(bound, verdict, bar, sizeof(bar));
    if (bound->known.run) {
        snprintf(known, sizeof(known), "%.4g, ", ratio->reference);
        snprintf(times, sizeof(times), "speed %.*fx [%.*f, %.*f]%s", contest_digits(ratio->ratio),
                 ratio->ratio, contest_digits(ratio->ratio), ratio->low,
                 contest_digits(ratio->ratio), ratio->high, disturbed(ratio));
    }
    if (venue->markdown) {
        printf("| %s: %.4g %s | %s | %s%s%s | %s%s | %s |\n", bound->measured.name, share->measured,
               bound->unit, ceiling, percent, *bar ? "; bar " : "", bar, known, bound->known.name,
               times);
    } else {
        printf("%s: %.4g %s\n    ceiling: %s\n    share of it: %s%s%s\n    best known: %s%s; %s\n",
               bound->measured.name, share->measured, bound->unit, ceiling, percent,
               *bar ? "; bar " : "", bar, known, bound->known.name, times);
    }
    fflush(stdout);
}

enum ppt_status bound_hold(const struct venue *venue, const struct bound *bound,
                           struct ppt_error *error)
{
    struct contest contest = {.measured = bound->measured,
                              .reference = bound->ceiling,
                              .unit = bound->unit,
                              .unit_ns = bound->unit_ns,
                              .ratio = CONTEST_SPEED};
    struct verdict verdict = {.met = false};

    PPT_TRY(contest_measure(&contest, &verdict.share, error));
    if (bound->known.run) {
        contest.reference = bound->known;
        PPT_TRY(contest_measure(&contest, &verdict.ratio, error));
    }
    judge(bound, &verdict);
    print_bound(venue, bound, &verdict);
    return PPT_OK;
}

enum ppt_status bound_hold_task(const struct venue *venue, const struct ppt_kernel *kernel,
                                const union ppt_value *args, struct bound bound,
                                struct ppt_error *error)
{
    struct solo solo;
    enum ppt_status status = solo_start(&solo, kernel, args, venue->scratch, error);

    bound.measured.run = solo_run;
    bound.measured.state = &solo;
    if (status == PPT_OK) {
        status = bound_hold(venue, &bound, error);
    }
    solo_stop(&solo);
    return status;
}

void bound_print_head(const struct venue *venue)
{
    if (venue->markdown) {
        puts("| task | ceiling | share of it [95 % interval] | best known | ratio |\n"
             "| --- | --- | --- | --- | --- |");
    }
}

static const struct part {
    const char *name;
    enum ppt_status (*hold)(const struct venue *venue, struct ppt_error *error);
} parts[] = {
    {"sum", bound_sum},   {"multi", bound_multi},       {"io", bound_io},
    {"zip", bound_zip},   {"tensor", bound_tensor},     {"matrix", bound_matrix},
    {"sort", bound_sort}, {"password", bound_password}, {"img", bound_img},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

bool bound_has_part(const char *name)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

enum ppt_status speed_ceilings(const struct venue *venue, struct ppt_error *error)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (!venue->part || strcmp(venue->part, parts[i].name) == 0) {
            PPT_TRY(parts[i].hold(venue, error));
        }
    }
    return PPT_OK;
}
