/*
 * What is to be done beside the passes, and what programs work in.
 */
#include <string.h>

#include "keys.h"
#include "owned.h"
#include "read.h"
#include "shell_words.h"

/* A line that has words: a command without a shell, or what to start a shell by. */
static enum ppt_status check_words(const struct ppt_layer *top, enum ppt_key_id key,
                                   const char *line, struct ppt_error *error)
{
    struct ppt_shell_words words PPT_OWNED(ppt_shell_words_free) = ppt_shell_words_of(line);
    struct ppt_found found;

    if (words.count > 0 || !ppt_layer_find(top, key, NULL, &found)) {
        return PPT_OK;
    }
    return words.items ? ppt_item_reject(&found.item, error, "is empty; give a command")
                       : ppt_item_reject(&found.item, error,
                                         "'%s' ends within a quotation, or with a backslash", line);
}

static enum ppt_status check_command(const struct ppt_layer *top, const struct ppt_config *config,
                                     enum ppt_key_id key, const char *command,
                                     struct ppt_error *error)
{
    const bool plain = config->shell && strcmp(config->shell, PPT_NO_SHELL) == 0;

    if (!command) {
        return PPT_OK;
    }
    /* A shell says by itself what is wrong with a command, but for one that is none. */
    return check_words(top, key, plain || !*command ? command : "any", error);
}

enum ppt_status ppt_check_commands(const struct ppt_layer *top, const struct ppt_config *config,
                                   struct ppt_error *error)
{
    PPT_TRY(check_words(top, PPT_KEY_SHELL, config->shell ? config->shell : "sh", error));
    PPT_TRY(check_command(top, config, PPT_KEY_SETUP, config->setup, error));
    PPT_TRY(check_command(top, config, PPT_KEY_PREPARE, config->prepare, error));
    return check_command(top, config, PPT_KEY_CLEANUP, config->cleanup, error);
}

/* Whether a name leads nowhere but into the folder that it is used in. */
static bool leads_inside(const char *name)
{
    bool inside = *name != '/';

    for (size_t length; inside && *name; name += length + (name[length] == '/')) {
        length = strcspn(name, "/");
        inside = length != 2 || strncmp(name, "..", 2) != 0;
    }
    return inside;
}

static enum ppt_status check_files(const struct ppt_item *given, const char *files,
                                   struct ppt_error *error)
{
    struct ppt_shell_words words PPT_OWNED(ppt_shell_words_free) = ppt_shell_words_of(files);

    if (words.count == 0) {
        return ppt_item_reject(given, error, "'%s' names no files", files);
    }
    for (size_t i = 0; i < words.count; i++) {
        if (!*words.items[i] || !leads_inside(words.items[i])) {
            return ppt_item_reject(given, error,
                                   "\"%s\" does not lie in the folder that is copied; give names "
                                   "such as in/a.txt",
                                   words.items[i]);
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_check_sandbox(const struct ppt_layer *top, const struct ppt_config *config,
                                  struct ppt_error *error)
{
    const bool starts = !config->mix && config->uses[0].kernel->outside;
    struct ppt_found found;

    if (config->sandbox_files && ppt_layer_find(top, PPT_KEY_SANDBOX_FILES, NULL, &found)) {
        PPT_TRY(check_files(&found.item, config->sandbox_files, error));
        if (config->sandbox == PPT_SANDBOX_OF_NONE) {
            return ppt_item_reject(&found.item, error, "goes with \"%s\" alone",
                                   ppt_key_name(PPT_KEY_SANDBOX));
        }
    }
    if (config->sandbox == PPT_SANDBOX_OF_NONE ||
        !ppt_layer_find(top, PPT_KEY_SANDBOX, NULL, &found)) {
        return PPT_OK;
    }
    if (!starts && !config->stand_in) {
        return ppt_item_reject(&found.item, error, "is for programs; tasks of \"%s\" start none",
                               config->task);
    }
    return ppt_config_ranks(config) == 0
               ? PPT_OK
               : ppt_item_reject(&found.item, error, "is not there for passes over ranks");
}
