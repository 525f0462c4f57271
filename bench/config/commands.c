/*
 * What is to be done beside the passes.
 */
#include <string.h>

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
