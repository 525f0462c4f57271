/*
 * "task", "kernel" and "task_args": what to run. The programs beside it are read_programs.c's.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

#include "file_digest.h"
#include "memory.h"
#include "owned.h"
#include "plugin.h"
#include "registry.h"
#include "stand_in.h"
#include "text.h"

/* All kernel names, and behind them "random"; the caller frees the array. */
static const char **task_names(bool with_mix)
{
    const char **names;
    size_t count = 0;

    while (ppt_kernels[count]) {
        count++;
    }
    names = ppt_alloc(count + 2, sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        names[i] = ppt_kernels[i]->name;
    }
    if (with_mix) {
        names[count] = "random";
    }
    return names;
}

static enum ppt_status check_built(const struct ppt_item *item, const struct ppt_kernel *kernel,
                                   struct ppt_error *error)
{
    if (!kernel->missing) {
        return PPT_OK;
    }
    ppt_item_reject(item, error, "\"%s\" cannot be run: %s", kernel->name, kernel->missing);
    return PPT_UNSUPPORTED;
}

static enum ppt_status find_kernel(const struct ppt_item *item, bool or_mix,
                                   const struct ppt_kernel **kernel, struct ppt_error *error)
{
    const char *name = NULL;

    *kernel = NULL;
    PPT_TRY(ppt_item_text(item, &name, error));
    if (or_mix && strcmp(name, "random") == 0) {
        return PPT_OK;
    }
    for (size_t i = 0; ppt_kernels[i]; i++) {
        if (strcmp(ppt_kernels[i]->name, name) == 0) {
            *kernel = ppt_kernels[i];
        }
    }
    if (!*kernel) {
        const char **names PPT_FREED = task_names(or_mix);
        const char *meant = ppt_text_suggest(name, names);
        struct ppt_text list PPT_OWNED(ppt_text_free) = {0};

        ppt_names_list(names, &list);
        return meant ? ppt_item_reject(item, error, "no kernel \"%s\"; did you mean \"%s\"?", name,
                                       meant)
                     : ppt_item_reject(item, error, "no kernel \"%s\"; there are %s", name,
                                       list.data);
    }
    return check_built(item, *kernel, error);
}

/* A configuration that was taken from results says which file it was measured with. */
static enum ppt_status check_digest(const struct ppt_layer *top, const struct ppt_found *file,
                                    const struct ppt_config *config, struct ppt_error *error)
{
    struct ppt_found digest;
    const char *expected = NULL;

    if (!ppt_layer_find(top, PPT_KEY_KERNEL_DIGEST, file->layer, &digest)) {
        return PPT_OK;
    }
    PPT_TRY(ppt_item_text(&digest.item, &expected, error));
    return strcmp(expected, config->kernel_digest) == 0
               ? PPT_OK
               : ppt_item_reject(&digest.item, error,
                                 "%s is another file by now, with the digest %s; leave this key "
                                 "out to measure with it",
                                 config->kernel_file, config->kernel_digest);
}

/* The kernel of a shared object; "task", if it is said in the same layer, must be its name. */
static enum ppt_status load_plugin(const struct ppt_layer *top, const struct ppt_found *file,
                                   const struct ppt_found *task, const struct ppt_search *search,
                                   struct ppt_config *config, const struct ppt_kernel **kernel,
                                   struct ppt_error *error)
{
    char digest[PPT_FILE_DIGEST_SIZE];
    struct ppt_error problem;
    const char *name = NULL;

    PPT_TRY(ppt_search_path(&file->item, search, &config->kernel_file, error));
    if (ppt_plugin_load(config->kernel_file, kernel, &problem) != PPT_OK) {
        return ppt_item_reject(&file->item, error, "%s", problem.text);
    }
    config->kernel_digest = ppt_strdup(ppt_file_digest(config->kernel_file, digest));
    PPT_TRY(check_digest(top, file, config, error));
    if (task) {
        PPT_TRY(ppt_item_text(&task->item, &name, error));
    }
    if (task && strcmp(name, (*kernel)->name) != 0) {
        return ppt_item_reject(&task->item, error,
                               "\"%s\" is not what \"kernel\" holds, which is \"%s\"; leave one of "
                               "the two out",
                               name, (*kernel)->name);
    }
    return check_built(&file->item, *kernel, error);
}

/* What a journal says of such a kernel. */
static enum ppt_status stand_in(const struct ppt_layer *top, const struct ppt_found *file,
                                const struct ppt_found *task, struct ppt_config *config,
                                const struct ppt_kernel **kernel, struct ppt_error *error)
{
    struct ppt_found args, digest;
    const char *name = NULL;

    PPT_TRY(ppt_item_copy_text(&file->item, &config->kernel_file, error));
    PPT_TRY(ppt_item_text(&task->item, &name, error));
    if ((!ppt_layer_find(top, PPT_KEY_TASK_ARGS, NULL, &args) ||
         !ppt_layer_find(top, PPT_KEY_KERNEL_DIGEST, NULL, &digest))) {
        return ppt_item_reject(&file->item, error, "lacks \"task_args\" or \"kernel_digest\"");
    }
    PPT_TRY(ppt_item_copy_text(&digest.item, &config->kernel_digest, error));
    PPT_TRY(ppt_stand_in_create(name, &args.item, &config->stand_in, error));
    *kernel = ppt_stand_in_kernel(config->stand_in);
    return PPT_OK;
}

static void add_use(struct ppt_config *config, const struct ppt_kernel *kernel,
                    union ppt_value *args)
{
    config->uses = ppt_realloc(config->uses, config->use_count + 1, sizeof(*config->uses));
    config->uses[config->use_count++] = (struct ppt_use){.kernel = kernel, .args = args};
}

static enum ppt_status add_default_use(struct ppt_config *config, const struct ppt_kernel *kernel,
                                       const struct ppt_search *search, struct ppt_error *error)
{
    union ppt_value *args = NULL;

    PPT_TRY(ppt_args_parse(kernel, NULL, search, &args, error));
    add_use(config, kernel, args);
    return PPT_OK;
}

/* By name, or "any": the same for a list that was left empty and for one that names all. */
static void describe_mix(struct ppt_config *config)
{
    struct ppt_text details = {0};
    size_t all = 0;
    bool same = true;

    for (size_t i = 0; ppt_kernels[i]; i++) {
        if (ppt_kernels[i]->draw && !ppt_kernels[i]->missing) {
            same &= all < config->use_count && config->uses[all].kernel == ppt_kernels[i];
            all++;
        }
    }
    for (size_t i = 0; i < config->use_count; i++) {
        ppt_text_addf(&details, "%s%s", i ? ";" : "", config->uses[i].kernel->name);
    }
    config->details = same && all == config->use_count
                          ? ppt_strdup("any")
                          : ppt_strdup(details.data ? details.data : "");
    ppt_text_free(&details);
}

/* The kernels of a mix: those named, or all that this build has. */
static enum ppt_status read_mix(const struct ppt_item *args, const struct ppt_search *search,
                                struct ppt_config *config, struct ppt_error *error)
{
    const size_t named = args->value ? json_object_array_length(args->value) : 0;

    for (size_t i = 0; i < named; i++) {
        struct ppt_place place;
        const struct ppt_item name = ppt_item_element(args, i, &place);
        const struct ppt_kernel *kernel = NULL;

        PPT_TRY(find_kernel(&name, false, &kernel, error));
        if (!kernel->draw) {
            return ppt_item_reject(&name, error, "\"%s\" cannot be part of a random mix",
                                   kernel->name);
        }
        PPT_TRY(add_default_use(config, kernel, search, error));
    }
    for (size_t i = 0; named == 0 && ppt_kernels[i]; i++) {
        if (ppt_kernels[i]->draw && !ppt_kernels[i]->missing) {
            PPT_TRY(add_default_use(config, ppt_kernels[i], search, error));
        }
    }
    describe_mix(config);
    return PPT_OK;
}

static enum ppt_status reject_missing(const struct ppt_layer *top, struct ppt_error *error)
{
    const char **names PPT_FREED = task_names(true);
    struct ppt_text list PPT_OWNED(ppt_text_free) = {0};

    ppt_names_list(names, &list);
    return ppt_layer_reject(top, error, "\"task\" is missing; it names what to run: %s", list.data);
}

/* Finds the kernel (NULL: a mix) and the lowest layer whose arguments are meant for it. */
static enum ppt_status choose_kernel(const struct ppt_layer *top, const struct ppt_search *search,
                                     struct ppt_config *config, const struct ppt_kernel **kernel,
                                     const struct ppt_layer **named, struct ppt_error *error)
{
    struct ppt_found task, file, again;
    const bool has_task = ppt_layer_find(top, PPT_KEY_TASK, NULL, &task);
    /* A task in a layer above makes a kernel's file in one below mean nothing. */
    const bool has_file = ppt_layer_find(top, PPT_KEY_KERNEL, has_task ? task.layer : NULL, &file);

    if (!has_task && !has_file) {
        return reject_missing(top, error);
    }
    if (!has_file) {
        *named = task.layer;
        config->args_origin = ppt_json_position(task.item.source, task.item.place);
        return find_kernel(&task.item, true, kernel, error);
    }
    *named = file.layer;
    config->args_origin = ppt_json_position(file.item.source, file.item.place);
    if (search->recorded) {
        /* Whatever a journal says or leaves out, nothing that it names is loaded. */
        return has_task ? stand_in(top, &file, &task, config, kernel, error)
                        : ppt_item_reject(&file.item, error, "lacks \"task\"");
    }
    const bool together = has_task && ppt_layer_find(top, PPT_KEY_TASK, file.layer, &again);
    return load_plugin(top, &file, together ? &task : NULL, search, config, kernel, error);
}

enum ppt_status ppt_read_task(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error)
{
    struct ppt_found args;
    const struct ppt_search search = ppt_layer_search(top);
    const struct ppt_layer *named = NULL;
    const struct ppt_kernel *kernel = NULL;
    struct ppt_text details = {0};
    union ppt_value *values = NULL;

    PPT_TRY(choose_kernel(top, &search, config, &kernel, &named, error));
    config->mix = !kernel;
    config->task = ppt_strdup(kernel ? kernel->name : "random");
    /* Arguments below the layer that names the task were meant for another task. */
    const bool given = ppt_layer_find(top, PPT_KEY_TASK_ARGS, named, &args);
    if (given) {
        free(config->args_origin);
        config->args_origin = ppt_json_position(args.item.source, args.item.place);
    }
    if (config->mix) {
        if (given && !json_object_is_type(args.item.value, json_type_array)) {
            return ppt_item_reject(&args.item, error, "must be a list of task names, or []");
        }
        if (!given) {
            args.item = (struct ppt_item){0};
        }
        PPT_TRY(read_mix(&args.item, &search, config, error));
        PPT_TRY(ppt_read_axes(top, config, error));
        return ppt_read_programs(top, named, config, error);
    }
    PPT_TRY(ppt_args_parse(kernel, given ? &args.item : NULL, &search, &values, error));
    add_use(config, kernel, values);
    PPT_TRY(ppt_read_axes(top, config, error));
    PPT_TRY(ppt_read_inputs(top, config, error));
    ppt_args_describe(kernel, values, false, &details);
    config->details = details.data ? details.data : ppt_strdup("");
    PPT_TRY(ppt_read_sizes(top, config, error));
    return ppt_read_programs(top, named, config, error);
}
