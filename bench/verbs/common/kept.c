#include "kept.h"

#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "sentence.h"
#include "store.h"

/* Grows when a reader of before would misunderstand what is kept. */
#define VERSION 1

#define KEPT(member, name) PPT_FIELD(struct ppt_kept, member, name)

static enum ppt_status read_object(const struct ppt_item *item, json_object **place,
                                   struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object");
    }
    *place = json_object_get(item->value);
    return PPT_OK;
}

static enum ppt_status read_kept_verdict(const struct ppt_item *item, void *record,
                                         struct ppt_error *error)
{
    return read_object(item, &((struct ppt_kept *)record)->verdict, error);
}

static enum ppt_status read_kept_policy(const struct ppt_item *item, void *record,
                                        struct ppt_error *error)
{
    return read_object(item, &((struct ppt_kept *)record)->policy, error);
}

static json_object *write_kept_policy(const void *record)
{
    return json_object_get(((const struct ppt_kept *)record)->policy);
}

static enum ppt_status read_kept_config(const struct ppt_item *item, void *record,
                                        struct ppt_error *error)
{
    return read_object(item, &((struct ppt_kept *)record)->config, error);
}

static json_object *write_kept_verdict(const void *record)
{
    return json_object_get(((const struct ppt_kept *)record)->verdict);
}

static json_object *write_kept_config(const void *record)
{
    return json_object_get(((const struct ppt_kept *)record)->config);
}

static const struct ppt_field kept_fields[] = {
    {KEPT(version, "version"), .smallest = 1, .largest = 1e6},
    {KEPT(name, "name")},
    {KEPT(program, "program")},
    {KEPT(measured, "measured")},
    {KEPT(run, "run")},
    {KEPT(task, "task")},
    {KEPT(details, "details")},
    {KEPT(confidence, "confidence"), .flags = PPT_FIELD_SPARSE},
    {KEPT(sentence, "sentence")},
    {KEPT(counts, "counts")},
    {PPT_FIELD_INNER(struct ppt_kept, recommended, "recommended", ppt_point_fields)},
    {PPT_FIELD_INNER(struct ppt_kept, basis.machine, "machine", ppt_machine_fields)},
    {KEPT(basis.folder, "folder"), .flags = PPT_FIELD_SPARSE},
    {PPT_FIELD_ROWS(struct ppt_kept, basis.files.items, basis.files.count, "files",
                    ppt_witness_fields),
     .most = PPT_MOST_WITNESSES, .noun = "files"},
    {PPT_FIELD_ROWS(struct ppt_kept, basis.written.items, basis.written.count, "written",
                    ppt_witness_fields),
     .most = PPT_MOST_WITNESSES, .noun = "files"},
    {PPT_FIELD_ROWS(struct ppt_kept, basis.programs, basis.program_count, "programs",
                    ppt_found_program_fields),
     .most = PPT_MOST_WITNESSES, .noun = "programs"},
    {.key = "verdict",
     .kind = PPT_FIELD_SPECIAL,
     .offset = offsetof(struct ppt_kept, verdict),
     .read = read_kept_verdict,
     .write = write_kept_verdict},
    {.key = "policy",
     .kind = PPT_FIELD_SPECIAL,
     .flags = PPT_FIELD_SPARSE,
     .offset = offsetof(struct ppt_kept, policy),
     .read = read_kept_policy,
     .write = write_kept_policy},
    {.key = "config",
     .kind = PPT_FIELD_SPECIAL,
     .offset = offsetof(struct ppt_kept, config),
     .read = read_kept_config,
     .write = write_kept_config},
    {0},
};

void ppt_kept_free(struct ppt_kept *kept)
{
    ppt_fields_free(kept_fields, kept);
    json_object_put(kept->verdict);
    json_object_put(kept->policy);
    json_object_put(kept->config);
    *kept = (struct ppt_kept){0};
}

enum ppt_status ppt_kept_read(const char *text, const char *path, struct ppt_kept *kept,
                              struct ppt_error *error)
{
    *kept = (struct ppt_kept){0};
    PPT_TRY(ppt_store_parse(text, path, kept_fields, VERSION, kept, error));
    return ppt_point_possible(kept->recommended)
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "%s: there is no such point as the recommended one",
                          path);
}

json_object *ppt_kept_to_json(const struct ppt_kept *kept)
{
    json_object *object = json_object_new_object();

    ppt_fields_write(kept_fields, kept, 0, object);
    return object;
}

unsigned ppt_kept_number(const struct ppt_kept *kept)
{
    unsigned number = kept->recommended.workers;

    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        if (strcmp(kept->counts, ppt_dimension_key(d)) == 0) {
            number = ppt_point_get(kept->recommended, d);
        }
    }
    return number > 0 ? number : 1;
}

/* ---- sizes ---- */

static double member_of(json_object *object, const char *key)
{
    const double none = NAN;
    json_object *value = NULL;

    return json_object_object_get_ex(object, key, &value) ? json_object_get_double(value) : none;
}

static json_object *list_in(json_object *policy, const char *key)
{
    json_object *list = NULL;

    json_object_object_get_ex(policy, key, &list);
    return json_object_is_type(list, json_type_array) ? list : NULL;
}

/* The smallest and the largest size that were measured; false: none were. */
static bool ends_of(json_object *policy, double *first, double *last)
{
    json_object *sizes = list_in(policy, "sizes"), *tried = list_in(policy, "tried");
    const size_t count = sizes ? json_object_array_length(sizes) : 0;
    const size_t rates = tried ? json_object_array_length(tried) : 0;

    if (rates > 0) {
        *first = json_object_get_double(json_object_array_get_idx(tried, 0));
        *last = json_object_get_double(json_object_array_get_idx(tried, rates - 1));
        return true;
    }
    if (count > 0) {
        *first = member_of(json_object_array_get_idx(sizes, 0), "size");
        *last = member_of(json_object_array_get_idx(sizes, count - 1), "size");
    }
    return count > 0;
}

static const char *varied_name(const struct ppt_kept *kept)
{
    json_object *name = NULL;

    return json_object_object_get_ex(kept->policy, ppt_key_name(PPT_KEY_VARY), &name)
               ? json_object_get_string(name)
               : "size";
}

char *ppt_kept_sizes(const struct ppt_kept *kept)
{
    double first = NAN, last = NAN;

    return kept->policy && ends_of(kept->policy, &first, &last)
               ? ppt_text_format("%s from %g to %g", varied_name(kept), first, last)
               : ppt_strdup("no size");
}

/* The point of a step, or of a count, becomes what is recommended. */
static char *take_point(struct ppt_kept *kept, json_object *step)
{
    const double workers = member_of(step, ppt_dimension_key(PPT_WORKERS));
    const double inner = member_of(step, ppt_dimension_key(PPT_INNER_THREADS));
    const struct ppt_point point = {
        .workers =
            workers >= 0 && workers <= PPT_MOST_WORKERS ? (unsigned)workers : PPT_MOST_WORKERS + 1,
        .inner_threads = inner >= 0 && inner <= PPT_MOST_WORKERS ? (unsigned)inner : 0};
    if (!ppt_point_possible(point)) {
        return ppt_text_format("its policy is damaged");
    }
    kept->recommended = point;
    return NULL;
}

/* The first count that is kept at that rate. */
static char *take_rate(struct ppt_kept *kept, json_object *list, double rate)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);

        if (member_of(one, "kept_at") >= rate && rate > 0) {
            return take_point(kept, one);
        }
    }
    return ppt_text_format("no count is known to keep the limit at a %s of %g", varied_name(kept),
                           rate);
}

char *ppt_kept_take_size(struct ppt_kept *kept, double size)
{
    char *sizes PPT_FREED = ppt_kept_sizes(kept);
    json_object *rates = kept->policy ? list_in(kept->policy, "rates") : NULL;
    json_object *list = kept->policy ? list_in(kept->policy, "thresholds") : NULL;
    json_object *step = NULL;
    double first, last;

    if (rates) {
        return take_rate(kept, rates, size);
    }
    if (!list) {
        return ppt_text_format("it is about one size, and its run has varied none");
    }
    if (!ends_of(kept->policy, &first, &last) || size < first || size > last) {
        return ppt_text_format("%s was measured, and %g is beyond that", sizes, size);
    }
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);

        step = size >= member_of(one, "from") || !step ? one : step;
    }
    return take_point(kept, step);
}

/* The verdict's sentence would be a paragraph among the lines of a script: it has a place. */
#define SAYS_WHY "; ppt-omp report %s says why"

char *ppt_kept_doubt(const struct ppt_kept *kept)
{
    if (!kept->confidence) {
        return ppt_text_format("the run has no verdict" SAYS_WHY, kept->run);
    }
    for (int c = PPT_CONFIDENCE_MEDIUM; c <= PPT_CONFIDENCE_HIGH; c++) {
        if (strcmp(kept->confidence, ppt_confidence_names[c]) == 0) {
            return NULL;
        }
    }
    return ppt_text_format("its confidence is %s" SAYS_WHY, kept->confidence, kept->run);
}

/* ---- keeping ---- */

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void ppt_keep_begin(const struct ppt_config *config, const char *const *configs, size_t count,
                    struct ppt_keeping *keeping)
{
    *keeping = (struct ppt_keeping){0};
    if (config->name) {
        keeping->begun = true;
        ppt_basis_take(config, configs, count, &keeping->before);
    }
}

/* What is kept by a name, if it can be read; *found says whether there is something. */
static enum ppt_status read_kept_of(const char *name, struct ppt_kept *kept, bool *found,
                                    struct ppt_error *error)
{
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
    char *text PPT_FREED = NULL;

    *found = false;
    *kept = (struct ppt_kept){0};
    PPT_TRY(ppt_store_open(false, &folder, error));
    if (folder.path) {
        PPT_TRY(ppt_store_read(&folder, name, &text, error));
    }
    *found = text != NULL;
    return text ? ppt_kept_read(text, name, kept, error) : PPT_OK;
}

void ppt_keep_go_on(const struct ppt_config *config, const struct ppt_folder *run,
                    struct ppt_keeping *keeping)
{
    char *folder PPT_FREED = realpath(run->path, NULL);
    struct ppt_kept kept PPT_OWNED(ppt_kept_free) = {0};
    struct ppt_error error = {""};
    bool found;

    *keeping = (struct ppt_keeping){.begun = config->name != NULL};
    if (!config->name) {
        return;
    }
    if (read_kept_of(config->name, &kept, &found, &error) != PPT_OK) {
        keeping->wrong = ppt_strdup(error.text);
    } else if (!found || !folder || strcmp(kept.run, folder) != 0) {
        keeping->wrong = ppt_strdup("what the run was measured with before it was gone on with is "
                                    "not known");
    } else {
        keeping->wrong = ppt_basis_difference(&kept.basis);
        keeping->before = kept.basis;
        kept.basis = (struct ppt_basis){0};
    }
}

/* Times of files lag behind the clock by a tick. */
#define TICK_NS INT64_C(50000000)

/* When the last pass began, at the latest; a file that tasks write was written since. */
static int64_t last_pass_ns(const struct ppt_config *config, const struct ppt_samples *samples)
{
    const double waits_s = config->wait_after_pass_s + config->wait_after_block_s;
    const int64_t took_ns =
        samples->count > 0 ? ppt_sample_wall_ns(&samples->items[samples->count - 1]) : 0;

    return now_ns() - took_ns - (int64_t)(waits_s * 1e9) - TICK_NS;
}

void ppt_keep_measured(struct ppt_keeping *keeping, const struct ppt_config *config,
                       const struct ppt_samples *samples)
{
    if (keeping->begun && !keeping->wrong) {
        const int64_t last_ns = last_pass_ns(config, samples);

        ppt_basis_again(&keeping->before, &keeping->now);
        keeping->wrong = ppt_basis_settle(&keeping->before, &keeping->now, last_ns);
    }
    keeping->measured = keeping->begun;
}

void ppt_keeping_free(struct ppt_keeping *keeping)
{
    ppt_basis_free(&keeping->before);
    ppt_basis_free(&keeping->now);
    free(keeping->wrong);
    *keeping = (struct ppt_keeping){0};
}

/* What a script asks for: how many tasks at a time; or, where that was the same at all points, how
 * many threads each has. */
static const char *counted(const struct ppt_config *config)
{
    return ppt_dimension_key(
        config->worker_count == 1 && config->inner_count > 1 ? PPT_INNER_THREADS : PPT_WORKERS);
}

/* What was found, in the form that it is kept in. */
struct finding {
    const char *confidence; /* NULL: nothing was */
    struct ppt_point recommended;
    json_object *verdict, *policy; /* owned; no policy: NULL */
    struct ppt_text sentence;
};

static void finding_free(struct finding *finding)
{
    json_object_put(finding->verdict);
    json_object_put(finding->policy);
    ppt_text_free(&finding->sentence);
}

static struct finding find_policy(const struct ppt_policy *policy)
{
    struct finding finding = {.verdict = json_object_new_object(),
                              .policy = ppt_json_policy(policy),
                              .recommended = {.inner_threads = 1}};

    if (ppt_policy_exists(policy)) {
        finding.confidence = ppt_confidence_names[ppt_policy_confidence(policy)];
        finding.recommended = policy->rates ? ppt_rates_most(policy->rates)->point
                                            : policy->steps[policy->step_count - 1].point;
    }
    ppt_policy_sentence(policy, &finding.sentence);
    return finding;
}

static struct finding find_verdict(const struct ppt_loaded *loaded)
{
    const struct ppt_verdict *verdict = &loaded->answer.verdict;
    struct finding finding = {
        .confidence = verdict->exists ? ppt_confidence_names[verdict->confidence] : NULL,
        .recommended = verdict->exists ? loaded->answer.grid.points[verdict->recommended]
                                       : loaded->outcomes[0].config->points[0],
        .verdict = ppt_json_verdict(&loaded->answer),
    };

    ppt_sentence_verdict(&loaded->answer, &finding.sentence);
    return finding;
}

/* All that is kept, as JSON, to be given to free(). */
static char *kept_text(const struct ppt_keeping *keeping, const struct ppt_loaded *loaded)
{
    const struct ppt_outcome *outcome = &loaded->outcomes[0];
    const struct ppt_config *whole = &loaded->content.configs.items[0];
    const struct ppt_policies *policies = &loaded->variants.policies;
    struct finding finding PPT_OWNED(finding_free) =
        policies->count > 0 ? find_policy(&policies->items[0]) : find_verdict(loaded);
    json_object *config PPT_OWNED(ppt_json_put) = ppt_config_to_json(whole);
    char *folder PPT_FREED = realpath(outcome->folder->path, NULL);

    const struct ppt_kept kept = {
        .version = VERSION,
        .name = whole->name,
        .program = (char *)(uintptr_t)outcome->program,
        .measured = (char *)(uintptr_t)outcome->started,
        .run = folder ? folder : outcome->folder->path,
        .task = whole->task,
        .details = whole->details,
        .confidence = (char *)(uintptr_t)finding.confidence,
        .sentence = finding.sentence.data,
        .counts = (char *)(uintptr_t)counted(whole),
        .recommended = finding.recommended,
        .basis = keeping->now,
        .verdict = finding.verdict,
        .policy = finding.policy,
        .config = config,
    };
    json_object *document PPT_OWNED(ppt_json_put) = ppt_kept_to_json(&kept);

    return ppt_text_format("%s\n", json_object_to_json_string_ext(
                                       document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                     JSON_C_TO_STRING_NOSLASHESCAPE));
}

static enum ppt_status keep(const struct ppt_keeping *keeping, const struct ppt_loaded *loaded,
                            struct ppt_error *error)
{
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};

    if (keeping->wrong) {
        return ppt_fail(error, PPT_FAILED, "%s", keeping->wrong);
    }
    if (ppt_config_ranks(loaded->outcomes[0].config) > 0) {
        return ppt_fail(error, PPT_FAILED,
                        "it was measured over ranks, whose other machines cannot be looked at");
    }
    char *text PPT_FREED = kept_text(keeping, loaded);
    PPT_TRY(ppt_store_open(true, &folder, error));
    return ppt_store_write(&folder, loaded->outcomes[0].config->name, text, error);
}

/* A verdict, or a policy. */
static enum ppt_status check_one(const struct ppt_loaded *loaded, struct ppt_error *error)
{
    return loaded->variants.policies.count > 1
               ? ppt_fail(error, PPT_FAILED,
                          "two numbers vary, which makes %zu policies; let one of them vary",
                          loaded->variants.policies.count)
           : loaded->variants.policies.count == 1 ? PPT_OK
                                                  : ppt_loaded_check_single(loaded, error);
}

void ppt_keep_end(const struct ppt_keeping *keeping, const struct ppt_loaded *loaded)
{
    struct ppt_error error = {""};

    if (keeping->measured && loaded->reported &&
        (check_one(loaded, &error) != PPT_OK || keep(keeping, loaded, &error) != PPT_OK)) {
        ppt_text_print(stderr, "ppt-omp: no verdict is kept by the name \"%s\": %s",
                       loaded->outcomes[0].config->name, error.text);
    }
}
