#include "sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "copy.h"
#include "interrupt.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "shell_words.h"
#include "text.h"

/* Of the room that there is, as one part of so many: programs write into their copies, too. */
#define ROOM_SHARE 2

/* The folder that is copied, and what of it. */
struct original {
    struct ppt_folder folder;
    struct ppt_shell_words files;
};

static void original_free(struct original *original)
{
    ppt_folder_close(&original->folder);
    ppt_shell_words_free(&original->files);
}

/* By its own name, without links on the way: links are compared with it. */
static enum ppt_status open_original(const struct ppt_config *config, struct original *original,
                                     struct ppt_error *error)
{
    char *path PPT_FREED = realpath(".", NULL);

    if (!path) {
        return ppt_fail(error, PPT_FAILED, "the current folder is not there: %s", strerror(errno));
    }
    if (config->sandbox_files) {
        original->files = ppt_shell_words_of(config->sandbox_files);
    }
    return ppt_folder_open(path, &original->folder, error);
}

static struct ppt_copy copy_of(const struct original *original, const struct ppt_folder *scratch)
{
    return (struct ppt_copy){.from = &original->folder,
                             .names = original->files.items,
                             .left_out = scratch->fd,
                             .stop = &ppt_interrupted};
}

static uint64_t copies(const struct ppt_config *config, uint64_t tasks)
{
    return config->sandbox == PPT_SANDBOX_OF_TASK ? tasks : 1;
}

/* What to do about copies that take too much. */
static enum ppt_status refuse_copies(const struct ppt_config *config, const char *folder,
                                     const char *why, struct ppt_error *error)
{
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s: \"%s\": the copies of %.400s that a pass needs %s. Name what of it is "
                    "needed with %s, or have "
                    "fewer tasks%s",
                    config->origin, ppt_key_name(PPT_KEY_SANDBOX), folder, why,
                    ppt_key_option(&ppt_keys[PPT_KEY_SANDBOX_FILES])->name,
                    config->sandbox == PPT_SANDBOX_OF_TASK ? ", or one copy for each pass" : "");
}

static uint64_t times(uint64_t count, uint64_t size)
{
    return size > 0 && count > UINT64_MAX / size ? UINT64_MAX : size * count;
}

/* A copy is in a folder of its own. */
static enum ppt_status measure_one(const struct ppt_config *config, const struct original *original,
                                   const struct ppt_workspace *scratch, struct ppt_copy_size *one,
                                   struct ppt_error *error)
{
    const struct ppt_copy copy = copy_of(original, &scratch->folder);
    struct ppt_error problem;
    const enum ppt_status status = ppt_copy_measure(&copy, one, &problem);

    one->entries++;
    return status == PPT_OK
               ? PPT_OK
               : ppt_fail(error, status == PPT_FAILED ? PPT_BAD_INPUT : status, "%s: \"%s\": %s",
                          config->origin, ppt_key_name(PPT_KEY_SANDBOX), problem.text);
}

static enum ppt_status check_size(const struct ppt_config *config, uint64_t count,
                                  const char *folder, const struct ppt_workspace *scratch,
                                  const struct ppt_copy_size *one, struct ppt_error *error)
{
    const uint64_t available = ppt_workspace_available(scratch);
    const uint64_t bytes = times(count, one->bytes);
    const uint64_t entries = times(count, one->entries);
    char needed[PPT_UNITS_SIZE], left[PPT_UNITS_SIZE];
    char *why PPT_FREED = NULL;

    if (bytes > available) {
        why = ppt_text_format("take up to %s, but %s is available at %s (see TMPDIR)",
                              ppt_text_bytes(bytes, needed), ppt_text_bytes(available, left),
                              scratch->folder.path);
    } else if (entries > PPT_SANDBOX_MOST) {
        why = ppt_text_format("are %llu files and folders, and at most %d are copied",
                              (unsigned long long)entries, PPT_SANDBOX_MOST);
    }
    return why ? refuse_copies(config, folder, why, error) : PPT_OK;
}

enum ppt_status ppt_sandbox_check(const struct ppt_config *config, uint64_t tasks,
                                  const struct ppt_workspace *scratch, struct ppt_error *error)
{
    struct original original PPT_OWNED(original_free) = {0};
    struct ppt_copy_size one = {0};

    if (config->sandbox == PPT_SANDBOX_OF_NONE) {
        return PPT_OK;
    }
    PPT_TRY(open_original(config, &original, error));
    PPT_TRY(measure_one(config, &original, scratch, &one, error));
    return check_size(config, copies(config, tasks), original.folder.path, scratch, &one, error);
}

enum ppt_status ppt_sandbox_most(const struct ppt_config *config,
                                 const struct ppt_workspace *scratch, uint64_t *tasks,
                                 struct ppt_error *error)
{
    struct original original PPT_OWNED(original_free) = {0};
    struct ppt_copy_size one = {0};

    *tasks = UINT64_MAX;
    if (config->sandbox != PPT_SANDBOX_OF_TASK) {
        return PPT_OK;
    }
    PPT_TRY(open_original(config, &original, error));
    PPT_TRY(measure_one(config, &original, scratch, &one, error));
    const uint64_t entries = PPT_SANDBOX_MOST / one.entries;
    const uint64_t fitting =
        one.bytes > 0 ? ppt_workspace_available(scratch) / ROOM_SHARE / one.bytes : UINT64_MAX;
    *tasks = entries < fitting ? entries : fitting;
    *tasks += *tasks == 0; /* that even one does not fit is found later */
    return PPT_OK;
}

/* One copy, in a folder named by its number. */
static enum ppt_status fill_one(const struct ppt_sandbox *sandbox, const struct ppt_copy *copy,
                                uint64_t number, struct ppt_error *error)
{
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
    char name[24];

    snprintf(name, sizeof(name), "%llu", (unsigned long long)number);
    PPT_TRY(ppt_folder_enter(&sandbox->all, name, true, &folder, error));
    return ppt_copy_make(copy, &folder, error);
}

enum ppt_status ppt_sandbox_fill(struct ppt_sandbox *sandbox, const struct ppt_config *config,
                                 uint64_t tasks, uint64_t all, const struct ppt_folder *scratch,
                                 struct ppt_error *error)
{
    struct original original PPT_OWNED(original_free) = {0};
    const uint64_t count = copies(config, tasks);
    char name[32];

    if (config->sandbox == PPT_SANDBOX_OF_NONE) {
        return PPT_OK;
    }
    PPT_TRY(open_original(config, &original, error));
    const struct ppt_copy copy = copy_of(&original, scratch);
    sandbox->scratch = scratch;
    snprintf(name, sizeof(name), "sandbox.%u", ++sandbox->number);
    PPT_TRY(ppt_folder_enter(scratch, name, true, &sandbox->all, error));
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t of = copies(config, all);

        PPT_TRY(fill_one(sandbox, &copy, ppt_plan_spread(i, of), error));
    }
    sandbox->work_dir = config->sandbox == PPT_SANDBOX_OF_TASK
                            ? ppt_strdup(sandbox->all.path)
                            : ppt_text_format("%s/0", sandbox->all.path);
    return PPT_OK;
}

void ppt_sandbox_empty(struct ppt_sandbox *sandbox)
{
    if (sandbox->all.path) {
        ppt_change_remove_inner(sandbox->scratch->fd, strrchr(sandbox->scratch->path, '/') + 1,
                                strrchr(sandbox->all.path, '/') + 1);
        ppt_folder_close(&sandbox->all);
    }
    free(sandbox->work_dir);
    sandbox->work_dir = NULL;
}
