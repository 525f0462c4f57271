/*
 * What inputs make of a configuration: a task for each of them, or for each of a sample; and what
 * people write in braces that is filled in by nobody.
 */
#include "read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "places.h"
#include "text.h"

/* The arguments of the task that have to do with inputs. */
struct inputs {
    struct ppt_texts *list;
    int64_t *sample_of;
    struct ppt_texts *words; /* that they are filled into */
};

static bool find_inputs(const struct ppt_use *use, struct inputs *found)
{
    *found = (struct inputs){0};
    for (size_t i = 0; i < use->kernel->param_count; i++) {
        if (use->kernel->params[i].kind == PPT_PARAM_WORDS) {
            found->words = &use->args[i].words;
        } else if (use->kernel->params[i].kind == PPT_PARAM_INPUTS) {
            found->list = &use->args[i].words;
            found->sample_of = &use->args[i + 1].integer;
        }
    }
    return found->list && found->words;
}

/* ---- how many ---- */

/* Every so-maniest, so that all of the list is looked at, however it is ordered. */
static void take_sample(struct ppt_config *config, const struct inputs *inputs)
{
    const uint64_t all = inputs->list->count, wanted = config->task_count;
    char **items = (char **)(uintptr_t)inputs->list->items;
    uint64_t taken = 0;

    for (uint64_t i = 0; i < all; i++) {
        if (taken < wanted && i == taken * all / wanted) {
            items[taken++] = items[i];
        } else {
            free(items[i]);
        }
    }
    inputs->list->count = taken;
    *inputs->sample_of = (int64_t)all;
    ppt_config_warn(config, ppt_text_format("%s: a sample of %llu of the %llu inputs is measured, "
                                            "spread evenly over the list, since %s says so",
                                            config->origin, (unsigned long long)wanted,
                                            (unsigned long long)all,
                                            ppt_keys[PPT_KEY_TASK_COUNT].option.name));
}

static enum ppt_status count_tasks(const struct ppt_layer *top, struct ppt_config *config,
                                   const struct inputs *inputs, struct ppt_error *error)
{
    struct ppt_found given;

    if (!ppt_layer_find(top, PPT_KEY_TASK_COUNT, NULL, &given)) {
        config->task_count = inputs->list->count;
        config->size_tasks = false; /* a pass has all of them */
        return PPT_OK;
    }
    if (config->task_count > inputs->list->count) {
        return ppt_item_reject(&given.item, error,
                               "%llu tasks, but there are %zu inputs, and each is one task: leave "
                               "this out, or say fewer",
                               (unsigned long long)config->task_count, inputs->list->count);
    }
    if (config->task_count < inputs->list->count) {
        take_sample(config, inputs);
    }
    return PPT_OK;
}

/* ---- what is in braces ---- */

/* Whether a word looks like a file or an option, rather than like a text in some language that has
 * braces of its own. */
static bool is_plain(const char *word)
{
    return word[strcspn(word, " \t\n\"'`$;|&<>()[]*?!\\")] == '\0';
}

static bool has_input(const struct ppt_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        for (const char *at = words->items[i]; (at = strchr(at, '{')); at++) {
            if (ppt_place_names_input(ppt_place_at(at))) {
                return true;
            }
        }
    }
    return false;
}

/* "{foo}" at `at`: the length of what is in the braces; 0: it does not look like a place. Before it
 * stand the marks of git, curl and others, which have braces of that kind. */
static size_t length_of_name(const char *word, const char *at)
{
    const size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
    const bool marked = at > word && strchr("@%#{", at[-1]);

    return !marked && islower((unsigned char)at[1]) && at[1 + length] == '}' &&
                   at[2 + length] != '}'
               ? length
               : 0;
}

/* What programs of awk consist of, alone or behind a condition. */
static bool is_awk(const char *name)
{
    static const char *const statements[] = {"print", "next", "exit", "nextfile", "getline", NULL};

    return statements[ppt_names_find(statements, name)] != NULL;
}

/* The names of all places, in braces and with commas between. */
static void list_places(struct ppt_text *out)
{
    bool needs = false;

    for (int i = 0; ppt_place_names[i]; i++) {
        ppt_text_addf(out, "%s{%s}",
                      i == 0                               ? ""
                      : ppt_place_needs_input(i) && !needs ? "; for inputs "
                                                           : ", ",
                      ppt_place_names[i]);
        needs = ppt_place_needs_input(i);
    }
}

/* Part of a word that nobody fills in is a mistake: "-j{threads}". A word of its own may be a
 * program of awk or jq, and is looked at for names that are nearly right alone. */
static enum ppt_status check_name(struct ppt_config *config, const char *word, const char *name,
                                  struct ppt_error *error)
{
    const bool whole = strlen(word) == strlen(name) + 2;
    const char *meant = ppt_text_suggest(name, ppt_place_names);
    struct ppt_text places PPT_OWNED(ppt_text_free) = {0};

    if (is_awk(name) || (whole && !meant)) {
        return PPT_OK;
    }
    if (whole) {
        ppt_config_warn(config, ppt_text_format("%s: {%s} stays as it is; did you mean {%s}?",
                                                config->args_origin, name, meant));
        return PPT_OK;
    }
    list_places(&places);
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s: \"%s\": nothing is called {%s}; there are %s. What is meant as it stands, "
                    "a shell can say: sh -c 'PROGRAM \"%s\"'",
                    config->args_origin, word, name, places.data, word);
}

/* Whether sizes have a name, which fills it in. */
static bool varies(const struct ppt_config *config, const char *name, size_t length)
{
    for (size_t i = 0; i < config->axis_count; i++) {
        if (strlen(config->axes[i].name) == length &&
            strncmp(config->axes[i].name, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static enum ppt_status check_word(struct ppt_config *config, const char *word,
                                  struct ppt_error *error)
{
    for (const char *at = word; (at = strchr(at, '{')); at++) {
        const size_t length = length_of_name(word, at);

        if (length > 0 && ppt_place_at(at) < 0 && !varies(config, at + 1, length)) {
            char *name PPT_FREED = ppt_text_format("%.*s", (int)length, at + 1);

            PPT_TRY(check_name(config, word, name, error));
        }
    }
    return PPT_OK;
}

/* A place of inputs where there are none; the first is enough. Returns whether there is one. */
static bool warn_without_inputs(struct ppt_config *config, const char *word)
{
    for (const char *at = word; (at = strchr(at, '{')); at++) {
        const int place = ppt_place_at(at);

        if (place >= 0 && ppt_place_needs_input(place)) {
            ppt_config_warn(config,
                            ppt_text_format("%s: {%s} stays as it is, since there are no inputs: "
                                            "give them behind \":::\" or with --inputs FILE; "
                                            "{%s} is the task's number",
                                            config->args_origin, ppt_place_names[place],
                                            ppt_place_names[0]));
            return true;
        }
    }
    return false;
}

static enum ppt_status check_words(struct ppt_config *config, const struct inputs *inputs,
                                   struct ppt_error *error)
{
    bool told = inputs->list->count > 0;

    for (size_t i = 0; i < inputs->words->count; i++) {
        const char *word = inputs->words->items[i];

        if (is_plain(word)) {
            PPT_TRY(check_word(config, word, error));
            told = told || warn_without_inputs(config, word);
        }
    }
    return PPT_OK;
}

/* As xargs and GNU parallel do. */
static void append_input(struct ppt_config *config, struct ppt_texts *words)
{
    char **items = ppt_realloc((void *)(uintptr_t)words->items, words->count + 1, sizeof(*items));

    items[words->count++] = ppt_strdup("{}");
    words->items = (const char *const *)items;
    ppt_config_warn(config, ppt_text_format("%s: no argument says {}, so that each input becomes "
                                            "the last one",
                                            config->args_origin));
}

enum ppt_status ppt_read_input_words(const struct ppt_layer *top, struct ppt_config *config,
                                     const struct ppt_use *use, struct ppt_error *error)
{
    struct inputs inputs;

    /* What was recorded has been through all this. */
    if (ppt_layer_search(top).recorded || !find_inputs(use, &inputs)) {
        return PPT_OK;
    }
    PPT_TRY(check_words(config, &inputs, error));
    if (inputs.list->count > 0 && !has_input(inputs.words)) {
        append_input(config, inputs.words);
    }
    return PPT_OK;
}

static bool has_threads(const struct ppt_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        for (const char *at = words->items[i]; (at = strchr(at, '{')); at++) {
            const int place = ppt_place_at(at);

            if (place >= 0 &&
                strcmp(ppt_place_names[place], ppt_key_name(PPT_KEY_INNER_THREADS)) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Who leaves a place for a number hardly means that it is 1 all the time. */
static void warn_of_one_thread(const struct ppt_layer *top, struct ppt_config *config,
                               const struct inputs *inputs)
{
    struct ppt_found given;

    if (has_threads(inputs->words) && !ppt_layer_find(top, PPT_KEY_INNER_THREADS, NULL, &given)) {
        ppt_config_warn(config,
                        ppt_text_format("%s: {%s} is 1 unless %s says more, such as 1,2,4",
                                        config->args_origin, ppt_key_name(PPT_KEY_INNER_THREADS),
                                        ppt_keys[PPT_KEY_INNER_THREADS].option.name));
    }
}

enum ppt_status ppt_read_inputs(const struct ppt_layer *top, struct ppt_config *config,
                                struct ppt_error *error)
{
    struct inputs inputs;

    PPT_TRY(ppt_read_input_words(top, config, &config->uses[0], error));
    if (ppt_layer_search(top).recorded || !find_inputs(&config->uses[0], &inputs)) {
        return PPT_OK;
    }
    warn_of_one_thread(top, config, &inputs);
    return inputs.list->count > 0 ? count_tasks(top, config, &inputs, error) : PPT_OK;
}

bool ppt_use_has_inputs(const struct ppt_use *use)
{
    for (size_t p = 0; p < use->kernel->param_count; p++) {
        if (use->kernel->params[p].kind == PPT_PARAM_INPUTS && use->args[p].words.count > 0) {
            return true;
        }
    }
    return false;
}
