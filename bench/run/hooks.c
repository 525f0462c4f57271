#include "hooks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "environment.h"
#include "file.h"
#include "interrupt.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "runtime.h"
#include "shell_words.h"
#include "text.h"

static const enum ppt_key_id hook_keys[] = {
    [PPT_HOOK_SETUP] = PPT_KEY_SETUP,
    [PPT_HOOK_PREPARE] = PPT_KEY_PREPARE,
    [PPT_HOOK_CLEANUP] = PPT_KEY_CLEANUP,
};

/* So much of the end of what a command wrote is shown. */
#define MOST_SHOWN 8192

struct ppt_hooks {
    char *commands[PPT_HOOK_COUNT]; /* as they were given; NULL: none; owned, as their words are */
    struct ppt_shell_words words[PPT_HOOK_COUNT]; /* without that behind -c */
    bool shell;
    char **environment;
    struct ppt_wardens wardens;
    char *buffer;
    int before; /* interruptions when the command began */
};

static int given_up(const void *context)
{
    const struct ppt_hooks *hooks = context;
    const int asked = ppt_interrupted - hooks->before;

    return asked > 0 ? asked : 0;
}

/* ---- creating ---- */

static void take_commands(const struct ppt_config *config, struct ppt_hooks *hooks)
{
    const char *const given[] = {config->setup, config->prepare, config->cleanup};
    const char *shell = config->shell ? config->shell : "sh";

    hooks->shell = strcmp(shell, PPT_NO_SHELL) != 0;
    for (size_t i = 0; i < PPT_HOOK_COUNT; i++) {
        if (given[i]) {
            hooks->commands[i] = ppt_strdup(given[i]);
            hooks->words[i] = ppt_shell_words_of(hooks->shell ? shell : given[i]);
        }
    }
}

/* Room for the words of the longest. */
static void plan_hooks(const struct ppt_hooks *hooks, struct ppt_warden_plan *plan)
{
    for (size_t i = 0; i < PPT_HOOK_COUNT; i++) {
        const struct ppt_shell_words *words = &hooks->words[i];
        size_t bytes = hooks->commands[i] ? strlen(hooks->commands[i]) + sizeof("-c") + 1 : 0;

        for (size_t w = 0; w < words->count; w++) {
            bytes += strlen(words->items[w]) + 1;
        }
        plan->words_bytes = bytes > plan->words_bytes ? bytes : plan->words_bytes;
        plan->argv_count =
            words->count + 2 > plan->argv_count ? words->count + 2 : plan->argv_count;
    }
}

enum ppt_status ppt_hooks_create(const struct ppt_config *config, struct ppt_hooks **hooks,
                                 struct ppt_error *error)
{
    struct ppt_warden_plan plan = {.count = 1, .alike = true};

    *hooks = NULL;
    if (!ppt_config_has_commands(config)) {
        return PPT_OK;
    }
    *hooks = ppt_alloc(1, sizeof(**hooks));
    (*hooks)->wardens.null_device = -1;
    (*hooks)->buffer = ppt_alloc(1, PPT_CHILD_BUFFER);
    take_commands(config, *hooks);
    plan_hooks(*hooks, &plan);
    (*hooks)->environment = ppt_environment_create(ppt_runtime_own_variables(), NULL, error);
    plan.environment = (*hooks)->environment;
    const enum ppt_status status =
        plan.environment ? ppt_wardens_create(&plan, &(*hooks)->wardens, error) : PPT_FAILED;

    if (status != PPT_OK) {
        ppt_hooks_destroy(*hooks);
        *hooks = NULL;
        return status;
    }
    ppt_interrupt_spare(true);
    return PPT_OK;
}

void ppt_hooks_destroy(struct ppt_hooks *hooks)
{
    if (hooks) {
        ppt_wardens_close(&hooks->wardens);
        for (size_t i = 0; i < PPT_HOOK_COUNT; i++) {
            free(hooks->commands[i]);
            ppt_shell_words_free(&hooks->words[i]);
        }
        free(hooks->environment);
        free(hooks->buffer);
        free(hooks);
    }
}

/* ---- running ---- */

static void fill_words(struct ppt_hooks *hooks, enum ppt_hook which)
{
    const struct ppt_shell_words *words = &hooks->words[which];
    struct ppt_warden_slot *slot = hooks->wardens.items[0].slot;
    const char *const behind[] = {"-c", hooks->commands[which]};
    char *out = slot->words;
    size_t count = 0;

    for (size_t i = 0; i < words->count + (hooks->shell ? 2 : 0); i++) {
        const char *word = i < words->count ? words->items[i] : behind[i - words->count];

        slot->argv[count++] = out;
        out = stpcpy(out, word) + 1;
    }
    slot->argv[count] = NULL;
    slot->stays = which == PPT_HOOK_SETUP;
}

/* The end of what it wrote, line by line. */
static void show_output(int written, const char *key)
{
    char text[MOST_SHOWN + 1];
    const off_t size = lseek(written, 0, SEEK_END);
    const off_t from = size > MOST_SHOWN ? size - MOST_SHOWN : 0;
    const ssize_t got = size > 0 ? pread(written, text, MOST_SHOWN, from) : 0;
    char *rest = text, *line;

    if (got <= 0) {
        return;
    }
    text[got] = '\0';
    ppt_text_print(stderr, "ppt-omp: what \"%s\" wrote%s:", key, from > 0 ? ", its end" : "");
    while ((line = strsep(&rest, "\n")) && (*line || rest)) {
        ppt_text_print(stderr, "  %s", line);
    }
}

static enum ppt_status judge_hook(const struct ppt_hooks *hooks, enum ppt_hook which,
                                  const struct ppt_outcome *outcome, int written,
                                  struct ppt_error *error)
{
    const char *key = ppt_key_name(hook_keys[which]);
    char how[PPT_OUTCOME_HOW_SIZE];

    if (outcome->end == PPT_OUTCOME_GIVEN_UP) {
        return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (!*ppt_outcome_how(outcome, 0, how) && !outcome->left) {
        return PPT_OK;
    }
    show_output(written, key);
    if (outcome->left) {
        snprintf(how, sizeof(how), "left process %d running, which cannot be ended",
                 (int)outcome->survivor.pid);
    }
    return ppt_fail(error, PPT_FAILED, "\"%s\": '%.400s' %s%s%s", key, hooks->commands[which], how,
                    which == PPT_HOOK_CLEANUP ? "" : "; nothing is measured without it",
                    which == PPT_HOOK_PREPARE ? ", and the run ends here" : "");
}

enum ppt_status ppt_hooks_run(struct ppt_hooks *hooks, enum ppt_hook which, struct ppt_error *error)
{
    if (!hooks || !hooks->commands[which]) {
        return PPT_OK;
    }
    /* A file that has no name, in memory. */
    const int written PPT_OWNED(ppt_file_close) = memfd_create("output", MFD_CLOEXEC);
    const struct ppt_child_request request = {
        .output = written >= 0 ? PPT_CHILD_READ : PPT_CHILD_DISCARD,
        .keep_output = written,
        .keep_errors = written,
        .keep_part = true,
        .null_device = hooks->wardens.null_device,
        .given_up = given_up,
        .context = hooks,
        .buffer = hooks->buffer,
    };
    struct ppt_outcome outcome;
    struct ppt_error problem;

    fill_words(hooks, which);
    /* What comes after an interruption is to be done all the same. */
    hooks->before = which == PPT_HOOK_CLEANUP ? ppt_interrupted : 0;
    if (given_up(hooks)) {
        return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (ppt_child_run(&hooks->wardens.items[0], &request, &outcome, &problem) != PPT_OK) {
        return ppt_fail(error, PPT_FAILED, "\"%s\": %s", ppt_key_name(hook_keys[which]),
                        problem.text);
    }
    return judge_hook(hooks, which, &outcome, written, error);
}
