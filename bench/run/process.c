#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blas.h"
#include "channel.h"
#include "file.h"
#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "sample_fields.h"
#include "start.h"

struct ppt_process {
    pid_t pid; /* 0: it has ended */
    int state; /* how, as waitpid() has it */
    struct ppt_channel channel;
    unsigned block;                /* that it is ready for */
    struct ppt_progress *progress; /* borrowed; or NULL */
    int told;                      /* so many of the user's wishes to stop */
};

bool ppt_process_possible(void)
{
    return ppt_start_possible();
}

/* ---- its beginning ---- */

/* A descriptor keeps its number there. */
static void hand_over(posix_spawn_file_actions_t *actions, int fd)
{
    if (fd >= 0) {
        posix_spawn_file_actions_adddup2(actions, fd, fd);
    }
}

static enum ppt_status spawn(const struct ppt_dirs *dirs, int channel, pid_t *child,
                             struct ppt_error *error)
{
    char *number PPT_FREED = ppt_text_format("%d", channel);
    const char *words[] = {"ppt-omp", PPT_PROCESS_VERB, number, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t held;

    /* Until it can obey. */
    ppt_interrupt_held(&held);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &held);
    posix_spawn_file_actions_init(&actions);
    hand_over(&actions, channel);
    hand_over(&actions, dirs->scratch->fd);
    hand_over(&actions, dirs->results ? dirs->results->fd : -1);
    const int problem = ppt_start_another(words, &actions, &attributes, child);

    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return problem == 0 ? PPT_OK
                        : ppt_fail(error, PPT_FAILED,
                                   "a process for the passes cannot be started: %s (\"processes\": "
                                   "1 does without)",
                                   strerror(problem));
}

static struct ppt_channel_folder folder_of(const struct ppt_folder *folder)
{
    return folder ? (struct ppt_channel_folder){folder->fd, folder->path}
                  : (struct ppt_channel_folder){.fd = -1};
}

static bool send_start(const struct ppt_process *process, const struct ppt_config *config,
                       const struct ppt_dirs *dirs)
{
    char *blas PPT_FREED = ppt_blas_decision() ? ppt_strdup(ppt_blas_decision()) : NULL;
    const struct ppt_channel_start start = {folder_of(dirs->scratch), folder_of(dirs->results),
                                            blas};
    json_object *message = json_object_new_object();

    ppt_fields_write(ppt_channel_start_fields, &start, 0, message);
    json_object_object_add(message, "config", ppt_config_to_json(config));
    return ppt_channel_send(&process->channel, message);
}

enum ppt_status ppt_process_start(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                  struct ppt_progress *progress, struct ppt_process **process,
                                  struct ppt_error *error)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return ppt_fail(error, PPT_FAILED, "a process for the passes cannot be started: %s",
                        strerror(errno));
    }
    const int theirs PPT_OWNED(ppt_file_close) = pair[1];

    *process = ppt_alloc(1, sizeof(**process));
    (*process)->channel.fd = pair[0];
    (*process)->progress = progress;
    const enum ppt_status status = spawn(dirs, theirs, &(*process)->pid, error);
    if (status != PPT_OK) {
        ppt_process_end(*process);
        *process = NULL;
        return status;
    }
    /* That it has ended already is found when it is asked for something. */
    (void)send_start(*process, config, dirs);
    return PPT_OK;
}

/* ---- its end ---- */

static int reap(struct ppt_process *process)
{
    ppt_channel_close(&process->channel);
    if (process->pid > 0) {
        TEMP_FAILURE_RETRY(waitpid(process->pid, &process->state, 0));
        process->pid = 0;
    }
    return process->state;
}

bool ppt_process_is_lost(const struct ppt_process *process)
{
    return process->pid == 0;
}

void ppt_process_end(struct ppt_process *process)
{
    if (process) {
        reap(process);
        free(process);
    }
}

/* It ended where it should have answered. Who ends it by PPT_FAILED, such as want of memory or a
 * kernel's exit(), mostly has told why; PPT_OK is how it ends when nobody can ask it any more. */
static enum ppt_status tell_end(struct ppt_process *process, struct ppt_error *error)
{
    const int state = reap(process);

    if (WIFSIGNALED(state)) {
        return ppt_fail(error, PPT_FAILED, "the process that measured was ended by signal %d (%s)",
                        WTERMSIG(state), strsignal(WTERMSIG(state)));
    }
    return ppt_fail(error, PPT_FAILED, "the process that measured ended with exit code %d%s",
                    WEXITSTATUS(state),
                    WEXITSTATUS(state) == PPT_FAILED ? " (if it has said why, that stands above)"
                    : WEXITSTATUS(state) == PPT_OK ? " before it was told to: a task ended it, or "
                                                     "closed a descriptor that is not its own"
                                                   : "");
}

/* ---- what it is asked for ---- */

/* The user's wishes are told one by one: it decides what each of them ends. */
static bool pass_on(void *context)
{
    struct ppt_process *process = context;

    if (waitpid(process->pid, &process->state, WNOHANG) == process->pid) {
        process->pid = 0;
        return false;
    }
    while (process->told < ppt_interrupted) {
        process->told++;
        ppt_interrupt_pass_on(process->pid);
    }
    ppt_progress_during(process->progress);
    return true;
}

static void free_reply(struct ppt_channel_reply *reply)
{
    ppt_fields_free(ppt_channel_reply_fields, reply);
}

static enum ppt_status read_pass(const struct ppt_item *message, struct ppt_sample *sample,
                                 struct ppt_error *error)
{
    struct ppt_sample read PPT_OWNED(ppt_sample_free) = {.noise = PPT_NOISE_UNKNOWN};
    struct ppt_place place;
    struct ppt_item pass;

    PPT_TRY(ppt_item_member(message, "pass", &place, &pass, error));
    PPT_TRY(ppt_fields_read(ppt_sample_fields, &pass, 0, &read, error));
    PPT_TRY(ppt_sample_read_lists(&pass, &read, error));
    *sample = read;
    read = (struct ppt_sample){0};
    return PPT_OK;
}

/* `sample`: of a pass, or NULL. */
static enum ppt_status read_reply(const char *line, struct ppt_sample *sample,
                                  struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    struct ppt_channel_reply reply PPT_OWNED(free_reply) = {0};

    ppt_source_from_line(&source, "the process that measured", line, strlen(line), 1);
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    PPT_TRY(ppt_fields_read(ppt_channel_reply_fields, &item, 0, &reply, error));
    if (reply.status != PPT_OK) {
        return ppt_fail(error, (enum ppt_status)reply.status, "%s",
                        reply.message ? reply.message : "");
    }
    return sample ? read_pass(&item, sample, error) : PPT_OK;
}

static enum ppt_status ask(struct ppt_process *process, const struct ppt_channel_request *request,
                           struct ppt_sample *sample, struct ppt_error *error)
{
    json_object *message = json_object_new_object();
    const char *line;

    ppt_fields_write(ppt_channel_request_fields, request, 0, message);
    if (!ppt_channel_send(&process->channel, message) ||
        !(line = ppt_channel_receive(&process->channel, pass_on, process))) {
        return tell_end(process, error);
    }
    return read_reply(line, sample, error);
}

enum ppt_status ppt_process_open(struct ppt_process *process, unsigned block, bool warm,
                                 struct ppt_error *error)
{
    const struct ppt_channel_request request = {.open = true, .warm = warm, .block = block};

    process->block = block;
    return ask(process, &request, NULL, error);
}

enum ppt_status ppt_process_pass(struct ppt_process *process, struct ppt_point point,
                                 uint64_t at_most, struct ppt_found found,
                                 struct ppt_sample *sample, struct ppt_error *error)
{
    const struct ppt_channel_request request = {.block = process->block,
                                                .point = point,
                                                .at_most = at_most,
                                                .repeated = found.repeated,
                                                .work_dir = found.work_dir};

    return ask(process, &request, sample, error);
}
