/*
 * "vs": programs that are measured beside the task's own, in the same blocks. Each is one argument
 * set of the kernel, and what it leaves out (inputs, time-out, output) it has from the first.
 */
#include "read.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "key_values.h"
#include "keys.h"
#include "memory.h"
#include "name.h"
#include "owned.h"
#include "text.h"

/* ---- names ---- */

/* How many others look like it, and how many of these come before. */
static size_t count_like(char *const *labels, size_t count, size_t which, size_t *before)
{
    size_t like = 0;

    *before = 0;
    for (size_t i = 0; i < count; i++) {
        const bool same = i != which && strcmp(labels[i], labels[which]) == 0;

        like += same;
        *before += same && i < which;
    }
    return like;
}

void ppt_label_programs(const char *const *commands, struct ppt_use *uses, size_t count)
{
    char **labels PPT_FREED = ppt_alloc(count, sizeof(*labels));

    for (size_t i = 0; i < count; i++) {
        labels[i] = ppt_text_shortened(commands[i], PPT_LABEL_COLUMNS);
    }
    for (size_t i = 0; i < count; i++) {
        size_t before;

        if (count_like(labels, count, i, &before) == 0) {
            uses[i].label = ppt_strdup(labels[i]);
        } else {
            char *number PPT_FREED = ppt_text_format(" (%zu)", before + 1);
            char *name PPT_FREED =
                ppt_text_shortened(commands[i], PPT_LABEL_COLUMNS - strlen(number));

            uses[i].label = ppt_text_format("%s%s", name, number);
        }
    }
    for (size_t i = 0; i < count; i++) {
        free(labels[i]);
    }
}

/* Whether tasks start the program that their first argument names. */
static bool starts_words(const struct ppt_config *config)
{
    const struct ppt_kernel *kernel = config->mix ? NULL : config->uses[0].kernel;

    return kernel && kernel->outside && kernel->param_count > 0 &&
           kernel->params[0].kind == PPT_PARAM_WORDS;
}

/* Whether the task is but to start a program. A kernel from elsewhere is more than what it starts.
 */
static bool runs_program(const struct ppt_config *config)
{
    return !config->kernel_file && starts_words(config);
}

/* Whether a program before this one has its name. */
static bool named_before(const struct ppt_config *config, size_t which)
{
    for (size_t i = 0; i < which; i++) {
        const char *other = config->uses[i].subject;

        if (other && strcmp(other, config->uses[which].subject) == 0) {
            return true;
        }
    }
    return false;
}

void ppt_config_name_programs(struct ppt_config *config)
{
    struct ppt_text all PPT_OWNED(ppt_text_free) = {0};

    if (!runs_program(config)) {
        return;
    }
    for (size_t i = 0; i < config->use_count; i++) {
        struct ppt_use *use = &config->uses[i];

        use->subject = ppt_name_of_program(&use->args[0].words);
        if (use->subject && !named_before(config, i)) {
            ppt_text_addf(&all, "%s%s", all.length > 0 ? "-vs-" : "", use->subject);
        }
    }
    config->subject = all.data ? ppt_name_fitting(all.data) : NULL;
}

bool ppt_config_command(const struct ppt_config *config, struct ppt_text *out)
{
    const bool has_one = runs_program(config);

    if (has_one) {
        ppt_args_describe_words(&config->uses[0].args[0].words, out);
    }
    return has_one;
}

/* ---- reading ---- */

/* What an entry says, over the arguments of the first program; the caller owns it. */
static json_object *over_first(const struct ppt_use *first, const struct ppt_item *entry)
{
    json_object *all = ppt_args_to_json(first->kernel, first->args);

    if (json_object_is_type(entry->value, json_type_array)) {
        json_object_object_add(all, first->kernel->params[0].name, json_object_get(entry->value));
        return all;
    }
    json_object_object_foreach(entry->value, key, value)
    {
        json_object_object_add(all, key, json_object_get(value));
    }
    return all;
}

/* Its words there must be, and inputs are those of all. */
static enum ppt_status check_entry(const struct ppt_kernel *kernel, const struct ppt_item *entry,
                                   struct ppt_error *error)
{
    json_object *ignored;

    if (!json_object_is_type(entry->value, json_type_object)) {
        return PPT_OK;
    }
    if (!json_object_object_get_ex(entry->value, kernel->params[0].name, &ignored)) {
        return ppt_item_reject(entry, error, "lacks \"%s\": which program?",
                               kernel->params[0].name);
    }
    for (size_t i = 0; i < kernel->param_count; i++) {
        const struct ppt_param *param = &kernel->params[i];

        if (param->kind == PPT_PARAM_INPUTS &&
            json_object_object_get_ex(entry->value, param->name, &ignored)) {
            return ppt_item_reject(entry, error,
                                   "has \"%s\" of its own; those of \"%s\" are for all programs",
                                   param->name, ppt_key_name(PPT_KEY_TASK_ARGS));
        }
    }
    return PPT_OK;
}

/* By itself it must be right, too: messages then name the place that it has. */
static enum ppt_status read_program(const struct ppt_item *entry, const struct ppt_search *search,
                                    struct ppt_config *config, struct ppt_error *error)
{
    const struct ppt_kernel *kernel = config->uses[0].kernel;
    union ppt_value *alone = NULL, *args = NULL;

    PPT_TRY(ppt_args_parse(kernel, entry, search, &alone, error));
    ppt_args_free(kernel, alone);
    PPT_TRY(check_entry(kernel, entry, error));
    json_object *value PPT_OWNED(ppt_json_put) = over_first(&config->uses[0], entry);
    const struct ppt_item whole = {value, entry->source, entry->place};

    PPT_TRY(ppt_args_parse(kernel, &whole, search, &args, error));
    config->uses = ppt_realloc(config->uses, config->use_count + 1, sizeof(*config->uses));
    config->uses[config->use_count++] = (struct ppt_use){.kernel = kernel, .args = args};
    return PPT_OK;
}

static enum ppt_status check_vs(const struct ppt_item *list, const struct ppt_config *config,
                                struct ppt_error *error)
{
    if (!starts_words(config)) {
        return ppt_item_reject(list, error,
                               "goes with the task \"command\": programs are compared");
    }
    if (!json_object_is_type(list->value, json_type_array) ||
        json_object_array_length(list->value) == 0) {
        return ppt_item_reject(list, error, "must be %s", ppt_keys[PPT_KEY_VS].example);
    }
    if (json_object_array_length(list->value) >= PPT_MOST_PROGRAMS) {
        return ppt_item_reject(list, error, "%zu programs beside the first; %d are the most",
                               json_object_array_length(list->value), PPT_MOST_PROGRAMS - 1);
    }
    return ppt_config_ranks(config) == 0
               ? PPT_OK
               : ppt_item_reject(list, error,
                                 "does not go with \"%s\": several programs are "
                                 "measured without MPI",
                                 ppt_key_name(PPT_KEY_RANKS));
}

/* By everything that is not as it is by default, and by its words alone. */
static void describe_program(struct ppt_use *use, struct ppt_text *command)
{
    struct ppt_text details = {0};

    ppt_args_describe(use->kernel, use->args, false, &details);
    use->details = details.data;
    ppt_args_describe_words(&use->args[0].words, command);
}

static void describe_programs(struct ppt_config *config)
{
    const size_t count = config->use_count;
    struct ppt_text *commands PPT_FREED = ppt_alloc(count, sizeof(*commands));
    const char **words PPT_FREED = ppt_alloc(count, sizeof(*words));
    struct ppt_text all = {0};

    for (size_t i = 0; i < count; i++) {
        describe_program(&config->uses[i], &commands[i]);
        words[i] = commands[i].data;
        ppt_text_addf(&all, "%s%s", i > 0 ? " vs " : "", config->uses[i].details);
    }
    ppt_label_programs(words, config->uses, count);
    for (size_t i = 0; i < count; i++) {
        ppt_text_free(&commands[i]);
    }
    free(config->details);
    config->details = all.data;
}

enum ppt_status ppt_read_programs(const struct ppt_layer *top, const struct ppt_layer *last,
                                  struct ppt_config *config, struct ppt_error *error)
{
    const struct ppt_search search = ppt_layer_search(top);
    struct ppt_found vs;

    if (!ppt_layer_find(top, PPT_KEY_VS, last, &vs)) {
        return PPT_OK;
    }
    PPT_TRY(check_vs(&vs.item, config, error));
    for (size_t i = 0; i < json_object_array_length(vs.item.value); i++) {
        struct ppt_place place;
        const struct ppt_item entry = ppt_item_element(&vs.item, i, &place);

        PPT_TRY(read_program(&entry, &search, config, error));
        PPT_TRY(ppt_read_input_words(top, config, &config->uses[config->use_count - 1], error));
    }
    config->variant_count = config->use_count;
    describe_programs(config);
    ppt_config_spread_variants(config);
    return PPT_OK;
}

/* ---- points ---- */

void ppt_config_spread_variants(struct ppt_config *config)
{
    const size_t variants = config->variant_count, each = config->point_count;

    if (variants == 0 || each == 0) {
        return;
    }
    config->points = ppt_realloc(config->points, variants * each, sizeof(*config->points));
    config->point_count = variants * each;
    for (size_t i = config->point_count; i-- > 0;) {
        config->points[i] = config->points[i % each];
        ppt_config_set_variant(config, &config->points[i], (unsigned)(i / each) + 1);
    }
}

struct ppt_config ppt_config_of_variant(const struct ppt_config *config, unsigned variant,
                                        struct ppt_point *points)
{
    struct ppt_config one = *config;

    one.uses = &config->uses[variant - 1];
    one.use_count = 1;
    one.variant_count = 0;
    one.round_count = 0;
    one.base_args = NULL;
    one.details = one.uses[0].details;
    one.subject = one.uses[0].subject;
    if (one.uses[0].task_count > 0) {
        one.task_count = one.uses[0].task_count;
    }
    if (config->rates) {
        one.arrivals.rate = one.uses[0].values[0];
    }
    one.points = points;
    one.point_count = 0;
    for (size_t i = 0; i < config->point_count; i++) {
        if (ppt_point_variant(config->points[i]) == variant) {
            points[one.point_count++] = ppt_point_of_variant(config->points[i]);
        }
    }
    return one;
}

/* ---- back to JSON ---- */

/* Without what it has from the first program. */
static json_object *own_args(const struct ppt_use *first, const struct ppt_use *use)
{
    json_object *shared PPT_OWNED(ppt_json_put) = ppt_args_to_json(first->kernel, first->args);
    json_object *own = ppt_args_to_json(use->kernel, use->args);

    for (size_t i = 1; i < use->kernel->param_count; i++) {
        const char *name = use->kernel->params[i].name;

        if (json_object_equal(json_object_object_get(own, name),
                              json_object_object_get(shared, name))) {
            json_object_object_del(own, name);
        }
    }
    return own;
}

json_object *ppt_record_vs(const void *record)
{
    const struct ppt_config *config = record;
    const size_t programs = ppt_config_programs(config);
    json_object *list = programs > 0 ? json_object_new_array() : NULL;

    for (size_t i = 1; i < programs; i++) {
        json_object_array_add(list, own_args(&config->uses[0], &config->uses[i]));
    }
    return list;
}
