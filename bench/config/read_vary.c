/*
 * "vary" and "task_counts": sizes of the task, each an argument set of the kernel.
 */
#include "vary.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "key_values.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "places.h"
#include "range.h"
#include "read.h"
#include "text.h"

/* What an axis may be called where it is no argument of the kernel. */
const char *const ppt_vary_words[] = {"per_worker", NULL};

#define LARGEST 1e15 /* of what words have a place for */

/* ---- what can vary ---- */

static size_t find_param(const struct ppt_kernel *kernel, const char *name)
{
    size_t i = 0;

    while (i < kernel->param_count && strcmp(kernel->params[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool is_number(const struct ppt_param *param)
{
    return param->kind == PPT_PARAM_INTEGER || param->kind == PPT_PARAM_REAL;
}

static bool is_task_count(const char *name)
{
    return strcmp(name, ppt_key_name(PPT_KEY_TASK_COUNT)) == 0;
}

/* Where "{name}" begins in a word, or NULL. */
static const char *find_place(const char *word, const char *name)
{
    const size_t length = strlen(name);

    for (const char *at = word; (at = strchr(at, '{')); at++) {
        if (strncmp(at + 1, name, length) == 0 && at[1 + length] == '}') {
            return at;
        }
    }
    return NULL;
}

static bool has_place(const struct ppt_use *use, const char *name)
{
    for (size_t p = 0; p < use->kernel->param_count; p++) {
        const struct ppt_texts *words = &use->args[p].words;

        for (size_t i = 0; use->kernel->params[p].kind == PPT_PARAM_WORDS && i < words->count;
             i++) {
            if (find_place(words->items[i], name)) {
                return true;
            }
        }
    }
    return false;
}

static bool has_words(const struct ppt_kernel *kernel)
{
    for (size_t p = 0; p < kernel->param_count; p++) {
        if (kernel->params[p].kind == PPT_PARAM_WORDS) {
            return true;
        }
    }
    return false;
}

/* What could have been meant: the numbers among the arguments. */
static enum ppt_status reject_name(const struct ppt_item *item, const struct ppt_kernel *kernel,
                                   const char *name, struct ppt_error *error)
{
    const char **names PPT_FREED = ppt_alloc(kernel->param_count + 2, sizeof(*names));
    struct ppt_text list PPT_OWNED(ppt_text_free) = {0};
    size_t count = 0;

    for (size_t i = 0; i < kernel->param_count; i++) {
        if (is_number(&kernel->params[i])) {
            names[count++] = kernel->params[i].name;
        }
    }
    names[count] = ppt_key_name(PPT_KEY_TASK_COUNT);
    if (has_words(kernel)) {
        return ppt_item_reject(
            item, error,
            "no word of the program says {%s}; write {%s} where the number is to "
            "stand, as in head -c {size} FILE",
            name, name);
    }
    const char *meant = ppt_text_suggest(name, names);
    ppt_names_list(names, &list);
    return meant ? ppt_item_reject(item, error, "no argument \"%s\"; did you mean \"%s\"?", name,
                                   meant)
                 : ppt_item_reject(item, error, "no argument \"%s\" of \"%s\"; what can vary is %s",
                                   name, kernel->name, list.data);
}

/* Words in braces have such names, and files are called by them. */
static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    return *name && strspn(name, letters) > 0 && strlen(name) <= PPT_LABEL_COLUMNS &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] ==
               '\0';
}

/* What the numbers of an axis may be. */
static enum ppt_status rule_of(const struct ppt_item *item, const struct ppt_use *use,
                               const char *name, struct ppt_range_rule *rule,
                               struct ppt_error *error)
{
    const size_t p = find_param(use->kernel, name);
    const struct ppt_param *param = p < use->kernel->param_count ? &use->kernel->params[p] : NULL;

    rule->most = PPT_MOST_VARIANTS;
    if (param && !is_number(param)) {
        return ppt_item_reject(item, error, "\"%s\" of \"%s\" is no number", name,
                               use->kernel->name);
    }
    if (param) {
        rule->smallest = param->smallest;
        rule->largest = param->largest;
        rule->whole = param->kind == PPT_PARAM_INTEGER;
        return PPT_OK;
    }
    if (is_task_count(name)) {
        const struct ppt_field *field = &ppt_keys[PPT_KEY_TASK_COUNT].field;

        rule->smallest = field->smallest;
        rule->largest = field->largest;
        rule->whole = true;
        return PPT_OK;
    }
    if (ppt_place_names[ppt_names_find(ppt_place_names, name)]) {
        return ppt_item_reject(item, error,
                               "{%s} is filled in by itself; call what varies otherwise", name);
    }
    if (!is_name(name)) {
        return ppt_item_reject(
            item, error, "\"%.40s\" is no name; take letters, digits and _, such as size", name);
    }
    rule->smallest = -LARGEST;
    rule->largest = LARGEST;
    rule->rounds = true;
    return has_place(use, name) ? PPT_OK : reject_name(item, use->kernel, name, error);
}

/* ---- the axes ---- */

static enum ppt_status read_text(const struct ppt_item *item, const struct ppt_range_rule *rule,
                                 struct ppt_range *range, struct ppt_error *error)
{
    struct ppt_error problem;

    return ppt_range_read(json_object_get_string(item->value), rule, range, &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(item, error, "%s", problem.text);
}

static enum ppt_status read_one(const struct ppt_item *item, const struct ppt_range_rule *rule,
                                struct ppt_range *range, struct ppt_error *error)
{
    struct ppt_error problem;
    double value = 0;

    if (json_object_is_type(item->value, json_type_string)) {
        return read_text(item, rule, range, error);
    }
    PPT_TRY(ppt_item_real(item, -LARGEST, LARGEST, &value, error));
    return ppt_range_add(value, rule, range, &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(item, error, "%s", problem.text);
}

/* A list, a range, or one number. */
static enum ppt_status read_values(const struct ppt_item *item, const struct ppt_range_rule *rule,
                                   struct ppt_range *range, struct ppt_error *error)
{
    const bool list = json_object_is_type(item->value, json_type_array);
    const size_t count = list ? json_object_array_length(item->value) : 0;

    if (!list) {
        return read_one(item, rule, range, error);
    }
    if (count == 0) {
        return ppt_item_reject(item, error, "an empty list; give numbers %s",
                               ppt_keys[PPT_KEY_VARY].example);
    }
    for (size_t i = 0; i < count; i++) {
        struct ppt_place place;
        const struct ppt_item one = ppt_item_element(item, i, &place);

        PPT_TRY(read_one(&one, rule, range, error));
    }
    return PPT_OK;
}

static int compare_values(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static bool has_axis(const struct ppt_config *config, const char *name)
{
    for (size_t i = 0; i < config->axis_count; i++) {
        if (strcmp(config->axes[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a pass has a task for each of a list of inputs. */
static bool has_inputs(const struct ppt_use *use)
{
    for (size_t p = 0; p < use->kernel->param_count; p++) {
        if (use->kernel->params[p].kind == PPT_PARAM_INPUTS && use->args[p].words.count > 0) {
            return true;
        }
    }
    return false;
}

/* "task_count": "per_worker" */
static bool grows(const struct ppt_item *item, const char *name)
{
    return is_task_count(name) && json_object_is_type(item->value, json_type_string) &&
           strcmp(json_object_get_string(item->value), ppt_vary_words[0]) == 0;
}

/* What was recorded keeps its order: numbers of variants rest on it. *place is that of the axis
 * among the others, and moves on. */
static enum ppt_status read_axis(const struct ppt_item *item, const char *name, bool recorded,
                                 struct ppt_config *config, size_t *place, struct ppt_error *error)
{
    struct ppt_range_rule rule = {0};
    struct ppt_range range = {0};

    if (is_task_count(name) && has_inputs(&config->uses[0])) {
        return ppt_item_reject(item, error, "there is a task for each input, and that many");
    }
    if (grows(item, name)) {
        config->per_worker = true;
        return PPT_OK;
    }
    if (has_axis(config, name)) {
        return PPT_OK; /* an option lies over another one */
    }
    PPT_TRY(rule_of(item, &config->uses[0], name, &rule, error));
    const enum ppt_status status = read_values(item, &rule, &range, error);
    if (status != PPT_OK) {
        free(range.values);
        return status;
    }
    if (!recorded) {
        qsort(range.values, range.count, sizeof(*range.values), compare_values);
    }
    config->axes = ppt_realloc(config->axes, config->axis_count + 1, sizeof(*config->axes));
    memmove(&config->axes[*place + 1], &config->axes[*place],
            (config->axis_count++ - *place) * sizeof(*config->axes));
    config->axes[(*place)++] = (struct ppt_axis){ppt_strdup(name), range.values, range.count};
    return PPT_OK;
}

static enum ppt_status check_vary(const struct ppt_layer *top, const struct ppt_item *item,
                                  const struct ppt_config *config, struct ppt_error *error)
{
    struct ppt_found vs;

    if (!json_object_is_type(item->value, json_type_object) ||
        json_object_object_length(item->value) == 0) {
        return ppt_item_reject(item, error, "must be an object of names and numbers, %s",
                               ppt_keys[PPT_KEY_VARY].example);
    }
    if (config->mix) {
        return ppt_item_reject(item, error,
                               "does not go with \"random\", whose tasks have arguments of their "
                               "own");
    }
    if (ppt_layer_find(top, PPT_KEY_VS, NULL, &vs)) {
        return ppt_item_reject(item, error,
                               "does not go with \"%s\": vary each program in a run of its own",
                               ppt_key_name(PPT_KEY_VS));
    }
    return ppt_config_ranks(config) == 0
               ? PPT_OK
               : ppt_item_reject(item, error,
                                 "does not go with \"%s\": sizes are measured without MPI",
                                 ppt_key_name(PPT_KEY_RANKS));
}

static enum ppt_status check_number(const struct ppt_item *item, const struct ppt_config *config,
                                    struct ppt_error *error)
{
    double all = 1;

    for (size_t i = 0; i < config->axis_count; i++) {
        all *= (double)config->axes[i].count;
    }
    return all <= PPT_MOST_VARIANTS
               ? PPT_OK
               : ppt_item_reject(item, error, "makes %.0f sizes; %d are the most", all,
                                 PPT_MOST_VARIANTS);
}

enum ppt_status ppt_read_axes(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error)
{
    struct ppt_found found;

    if (!ppt_layer_find(top, PPT_KEY_VARY, NULL, &found)) {
        return PPT_OK;
    }
    do {
        /* What was given before comes before. */
        size_t before = 0;

        PPT_TRY(check_vary(top, &found.item, config, error));
        json_object_object_foreach(found.item.value, name, value)
        {
            const struct ppt_place place = {.outer = found.item.place, .key = name};
            const struct ppt_item item = {value, found.item.source, &place};

            PPT_TRY(read_axis(&item, name, ppt_layer_search(top).recorded, config, &before, error));
        }
        PPT_TRY(check_number(&found.item, config, error));
    } while (ppt_layer_find_beside(&found, PPT_KEY_VARY));
    return PPT_OK;
}

bool ppt_axis_has(const struct ppt_axis *axis, double value)
{
    size_t i = 0;

    while (i < axis->count && axis->values[i] != value) {
        i++;
    }
    return i < axis->count;
}

bool ppt_axis_is_whole(const struct ppt_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++) {
        if (axis->values[i] != round(axis->values[i])) {
            return false;
        }
    }
    return true;
}

/* ---- a use for each size ---- */

/* With "{size}" replaced, wherever it stands; a new text. */
static char *filled(const char *word, const char *name, const char *number)
{
    struct ppt_text text = {0};
    const char *at;

    for (; (at = find_place(word, name)); word = at + strlen(name) + 2) {
        ppt_text_addf(&text, "%.*s%s", (int)(at - word), word, number);
    }
    ppt_text_add(&text, word);
    return text.data;
}

static void fill_words(json_object *list, const char *name, const char *number)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        char *word PPT_FREED =
            filled(json_object_get_string(json_object_array_get_idx(list, i)), name, number);

        json_object_array_put_idx(list, i, json_object_new_string(word));
    }
}

/* Puts the value of an axis into arguments. */
static void set_value(const struct ppt_kernel *kernel, const char *name, double value,
                      json_object *args)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    ppt_range_number(value, number);
    for (size_t p = 0; p < kernel->param_count; p++) {
        const struct ppt_param *param = &kernel->params[p];

        if (param->kind == PPT_PARAM_WORDS) {
            fill_words(json_object_object_get(args, param->name), name, number);
        } else if (strcmp(param->name, name) == 0) {
            json_object_object_add(args, name,
                                   param->kind == PPT_PARAM_INTEGER
                                       ? json_object_new_int64((int64_t)value)
                                       : json_object_new_double_s(value, number));
        }
    }
}

/* The arguments of a size, which are the base's but for what varies. */
static enum ppt_status args_of(const struct ppt_config *config, const struct ppt_kernel *kernel,
                               const double *values, union ppt_value **args,
                               struct ppt_error *error)
{
    const struct ppt_search search = {.recorded = true};
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *json PPT_OWNED(ppt_json_put) = ppt_args_to_json(kernel, config->base_args);
    const struct ppt_item item = {.value = json, .source = &source};

    for (size_t i = 0; i < config->axis_count; i++) {
        set_value(kernel, config->axes[i].name, values[i], json);
    }
    ppt_source_from_text(&source, config->args_origin ? config->args_origin : config->task, "");
    return ppt_args_parse(kernel, &item, &search, args, error);
}

static void describe_use(const struct ppt_config *config, struct ppt_use *use)
{
    struct ppt_text details = {0}, label = {0};

    ppt_args_describe(use->kernel, use->args, false, &details);
    use->details = details.data ? details.data : ppt_strdup("");
    for (size_t i = 0; i < config->axis_count; i++) {
        char number[PPT_RANGE_NUMBER_SIZE];

        ppt_text_addf(&label, "%s%s=%s", i > 0 ? "," : "", config->axes[i].name,
                      ppt_range_number(use->values[i], number));
        if (is_task_count(config->axes[i].name)) {
            use->task_count = (uint64_t)use->values[i];
        }
    }
    use->label = label.data;
}

static enum ppt_status add_size(struct ppt_config *config, const struct ppt_kernel *kernel,
                                const double *values, struct ppt_error *error)
{
    union ppt_value *args = NULL;

    PPT_TRY(args_of(config, kernel, values, &args, error));
    config->uses = ppt_realloc(config->uses, config->use_count + 1, sizeof(*config->uses));
    struct ppt_use *use = &config->uses[config->use_count++];
    *use = (struct ppt_use){.kernel = kernel,
                            .args = args,
                            .values = ppt_alloc(config->axis_count, sizeof(*use->values))};
    memcpy(use->values, values, config->axis_count * sizeof(*values));
    describe_use(config, use);
    config->variant_count = config->use_count;
    return PPT_OK;
}

/* Every value of the first axis with every one of the second, and so on. */
static enum ppt_status add_sizes(struct ppt_config *config, const struct ppt_kernel *kernel,
                                 struct ppt_error *error)
{
    double *values PPT_FREED = ppt_alloc(config->axis_count, sizeof(*values));
    size_t all = 1;

    for (size_t i = 0; i < config->axis_count; i++) {
        all *= config->axes[i].count;
    }
    for (size_t n = 0; n < all; n++) {
        size_t rest = n;

        for (size_t i = config->axis_count; i-- > 0; rest /= config->axes[i].count) {
            values[i] = config->axes[i].values[rest % config->axes[i].count];
        }
        PPT_TRY(add_size(config, kernel, values, error));
    }
    return PPT_OK;
}

/* "size 16 to 1024" */
static void describe_axes(struct ppt_config *config)
{
    struct ppt_text all = {0};

    ppt_text_add(&all, config->details);
    for (size_t i = 0; i < config->axis_count; i++) {
        const struct ppt_axis *axis = &config->axes[i];
        char first[PPT_RANGE_NUMBER_SIZE], last[PPT_RANGE_NUMBER_SIZE];

        ppt_text_addf(&all, "%s%s from %s to %s", all.length > 0 ? "; " : "", axis->name,
                      ppt_range_number(axis->values[0], first),
                      ppt_range_number(axis->values[axis->count - 1], last));
    }
    free(config->details);
    config->details = all.data;
}

/* How many tasks passes of each have, as far as it was given. */
static enum ppt_status take_task_counts(const struct ppt_layer *top, struct ppt_config *config,
                                        struct ppt_error *error)
{
    struct ppt_found given;

    if (!ppt_layer_find(top, PPT_KEY_TASK_COUNTS, NULL, &given) || config->task_count_count == 0) {
        return PPT_OK;
    }
    if (config->task_count_count != config->variant_count) {
        return ppt_item_reject(&given.item, error, "has %zu numbers for %zu sizes",
                               config->task_count_count, config->variant_count);
    }
    config->size_tasks = false;
    for (size_t i = 0; i < config->variant_count; i++) {
        config->uses[i].task_count = config->task_counts[i];
    }
    return PPT_OK;
}

/* Whether somebody has said how many tasks a pass has. */
static bool counts_tasks(const struct ppt_layer *top, const struct ppt_config *config)
{
    struct ppt_found given;

    return ppt_layer_find(top, PPT_KEY_TASK_COUNT, NULL, &given) ||
           has_axis(config, ppt_key_name(PPT_KEY_TASK_COUNT)) || has_inputs(&config->uses[0]);
}

enum ppt_status ppt_read_sizes(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error)
{
    const struct ppt_kernel *kernel = config->uses[0].kernel;

    if (config->axis_count == 0 && !config->per_worker) {
        return take_task_counts(top, config, error);
    }
    config->size_tasks = !counts_tasks(top, config);
    if (config->axis_count > 0) {
        /* The use that there is has what all have in common. */
        config->base_args = config->uses[0].args;
        config->base_kernel = kernel;
        config->use_count = 0;
        PPT_TRY(add_sizes(config, kernel, error));
        describe_axes(config);
    }
    PPT_TRY(take_task_counts(top, config, error));
    ppt_config_spread_variants(config);
    return PPT_OK;
}

/* ---- more of them ---- */

void ppt_more_sizes_free(struct ppt_more_sizes *more)
{
    free(more->values);
    free(more->task_counts);
    *more = (struct ppt_more_sizes){0};
}

static void add_points(struct ppt_config *config, size_t each)
{
    config->points =
        ppt_realloc(config->points, config->point_count + each, sizeof(*config->points));
    for (size_t i = 0; i < each; i++) {
        config->points[config->point_count] = config->points[i];
        config->points[config->point_count++].size = (unsigned)config->variant_count;
    }
}

static enum ppt_status check_size(const struct ppt_config *config, double value,
                                  struct ppt_error *error)
{
    const struct ppt_axis *axis = &config->axes[0];
    char number[PPT_RANGE_NUMBER_SIZE];

    if (ppt_axis_has(axis, value)) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s of %s is there already", axis->name,
                        ppt_range_number(value, number));
    }
    if (is_task_count(axis->name) && !(value >= 1 && value <= 1e9)) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s is no number of tasks",
                        ppt_range_number(value, number));
    }
    if (ppt_axis_is_whole(axis) && value != round(value)) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s is not a whole number, as others are",
                        ppt_range_number(value, number));
    }
    return config->variant_count < PPT_MOST_VARIANTS
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "more than %d sizes", PPT_MOST_VARIANTS);
}

static void begin_round(struct ppt_config *config, unsigned block)
{
    config->rounds = ppt_realloc(config->rounds, config->round_count + 1, sizeof(*config->rounds));
    config->rounds[config->round_count++] = (struct ppt_round){block, config->variant_count, false};
}

enum ppt_status ppt_config_add_sizes(struct ppt_config *config, const struct ppt_more_sizes *more,
                                     struct ppt_error *error)
{
    struct ppt_axis *axis = &config->axes[0];
    const struct ppt_kernel *kernel = config->uses[0].kernel;
    const size_t each = config->point_count / config->variant_count;

    begin_round(config, more->block);
    for (size_t i = 0; i < more->count; i++) {
        PPT_TRY(check_size(config, more->values[i], error));
        PPT_TRY(add_size(config, kernel, &more->values[i], error));
        if (more->task_counts) {
            config->uses[config->use_count - 1].task_count = more->task_counts[i];
        }
        axis->values = ppt_realloc(axis->values, axis->count + 1, sizeof(*axis->values));
        axis->values[axis->count++] = more->values[i];
        add_points(config, each);
    }
    return PPT_OK;
}

/* ---- back to JSON ---- */

static json_object *number_json(double value)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    return value == round(value) ? json_object_new_int64((int64_t)value)
                                 : json_object_new_double_s(value, ppt_range_number(value, number));
}

json_object *ppt_record_vary(const void *record)
{
    const struct ppt_config *config = record;
    /* One of several sizes is a task like others. */
    const size_t axes = config->variant_count > 0 ? config->axis_count : 0;
    json_object *object = axes > 0 || config->per_worker ? json_object_new_object() : NULL;

    for (size_t i = 0; i < axes; i++) {
        json_object *list = json_object_new_array();

        for (size_t v = 0; v < config->axes[i].count; v++) {
            json_object_array_add(list, number_json(config->axes[i].values[v]));
        }
        json_object_object_add(object, config->axes[i].name, list);
    }
    if (config->per_worker) {
        json_object_object_add(object, ppt_key_name(PPT_KEY_TASK_COUNT),
                               json_object_new_string(ppt_vary_words[0]));
    }
    return object;
}

enum ppt_status ppt_read_task_counts(const struct ppt_item *item, void *record,
                                     struct ppt_error *error)
{
    const struct ppt_field *field = &ppt_keys[PPT_KEY_TASK_COUNTS].field;
    struct ppt_config *config = record;

    if (!json_object_is_type(item->value, json_type_array) ||
        json_object_array_length(item->value) == 0) {
        return ppt_item_reject(item, error, "must be a list of numbers, one for each size");
    }
    config->task_count_count = json_object_array_length(item->value);
    config->task_counts = ppt_alloc(config->task_count_count, sizeof(*config->task_counts));
    for (size_t i = 0; i < config->task_count_count; i++) {
        struct ppt_place place;
        const struct ppt_item one = ppt_item_element(item, i, &place);
        int64_t count = 0;

        PPT_TRY(ppt_item_integer(&one, field->smallest, field->largest, &count, error));
        config->task_counts[i] = (uint64_t)count;
    }
    return PPT_OK;
}

json_object *ppt_record_task_counts(const void *record)
{
    const struct ppt_config *config = record;
    json_object *list = NULL;

    if (config->axis_count == 0 || config->variant_count == 0 || config->uses[0].task_count == 0 ||
        has_axis(config, ppt_key_name(PPT_KEY_TASK_COUNT))) {
        return NULL;
    }
    list = json_object_new_array();
    for (size_t i = 0; i < config->variant_count; i++) {
        json_object_array_add(list, json_object_new_int64((int64_t)config->uses[i].task_count));
    }
    return list;
}
