/*
 * A child's standard error always comes here through a pipe, so that its first line can be told
 * when it fails; its standard output does when somebody wants it. What waits for the program at the
 * same time is a descriptor of the process itself (pidfd): a pipe alone would say nothing of a
 * program that closes it, and everything of one that left something running in background.
 *
 * The most memory a child had resident comes from wait4(). Linux counts from before exec() there,
 * when the child still was a copy of this program: what does not exceed that is not known.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "timeval.h"

/* How often it is asked whether the pass is given up. */
#define ASK_MS 100

/* Where there is no pidfd: how often it is asked whether the program has ended. */
#define LOOK_MS 1

/* After the polite signal, until the other one. */
#define GRACE_NS INT64_C(1000000000)

/* One of the two pipes from the child. */
struct stream {
    int fd;   /* -1: closed, or never there */
    int keep; /* where it is copied to, or -1 */
    uint64_t bytes;
};

struct child {
    const struct ppt_child_request *request;
    struct ppt_child_result *result;
    pid_t pid;
    int pidfd;         /* -1: not to be had */
    long own_peak_kib; /* of this program, when the child was started */
    struct stream out, err;
    size_t held; /* bytes of standard output in the buffer, not yet in the digest */
    bool line_done;
    int64_t started_ns, asked_ns; /* asked: to end; 0: not yet */
    bool forced;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- start ---- */

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* The end that is read here does not block: after the program has ended others may still hold the
 * other one. */
static bool make_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static int spawn(struct child *child, int out, int err)
{
    const struct ppt_child_request *request = child->request;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int problem;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (out >= 0) {
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    } else {
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    /* A session of its own: a group that it cannot leave, and no terminal that it could wait for.
     */
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    problem = posix_spawnp(&child->pid, request->argv[0], &files, &attributes, request->argv,
                           request->envp);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return problem;
}

static enum ppt_status start(struct child *child, struct ppt_error *error)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    const char *name = child->request->argv[0];
    enum ppt_status status = PPT_OK;
    struct rusage own;

    if (!make_pipe(err) || (child->request->read_output && !make_pipe(out))) {
        status =
            ppt_fail(error, PPT_FAILED, "command: no pipe for \"%s\": %s", name, strerror(errno));
    } else {
        const int problem = spawn(child, out[1], err[1]);

        if (problem != 0) {
            status = ppt_fail(error, PPT_FAILED, "command: \"%s\" cannot be started: %s", name,
                              strerror(problem));
        }
    }
    close_fd(&out[1]);
    close_fd(&err[1]);
    if (status != PPT_OK) {
        close_fd(&out[0]);
        close_fd(&err[0]);
        return status;
    }
    child->out = (struct stream){.fd = out[0], .keep = child->request->keep_output};
    child->err = (struct stream){.fd = err[0], .keep = child->request->keep_errors};
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    child->started_ns = now_ns();
    getrusage(RUSAGE_SELF, &own);
    child->own_peak_kib = own.ru_maxrss;
    return PPT_OK;
}

/* ---- what it writes ---- */

static enum ppt_status keep(struct child *child, struct stream *stream, const char *data,
                            size_t bytes, struct ppt_error *error)
{
    stream->bytes += bytes;
    if (stream->keep < 0) {
        return PPT_OK;
    }
    if (stream->bytes > PPT_CHILD_MOST_KEPT) {
        child->result->end = PPT_CHILD_TOO_MUCH;
        return PPT_OK;
    }
    while (bytes > 0) {
        const ssize_t put = write(stream->keep, data, bytes);

        if (put > 0) {
            data += put;
            bytes -= (size_t)put;
        } else if (put == 0 || errno != EINTR) {
            return ppt_fail(error, PPT_FAILED, "command: what \"%s\" writes cannot be kept: %s",
                            child->request->argv[0], strerror(put == 0 ? EIO : errno));
        }
    }
    return PPT_OK;
}

static void note_error(struct child *child, const char *data, size_t bytes)
{
    char *line = child->result->first_error;
    size_t length = strlen(line);

    for (size_t i = 0; i < bytes && !child->line_done; i++) {
        if (data[i] == '\n' || data[i] == '\r' || data[i] == '\0') {
            child->line_done = length > 0;
        } else if (length + 1 < sizeof(child->result->first_error)) {
            line[length++] = data[i];
        }
    }
    line[length] = '\0';
}

static void digest(struct child *child)
{
    child->result->digest = ppt_digest(child->result->digest, child->request->buffer, child->held);
    child->held = 0;
}

/* Reads what is there, but no more than a buffer, so that a flood does not keep the clock from
 * being looked at. */
static enum ppt_status take(struct child *child, struct stream *stream, struct ppt_error *error)
{
    const bool output = stream == &child->out;
    char small[4096];
    char *into = output ? child->request->buffer + child->held : small;
    const size_t room = output ? PPT_CHILD_BUFFER - child->held : sizeof(small);
    const ssize_t got = read(stream->fd, into, room);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return PPT_OK;
    }
    if (got <= 0) {
        close_fd(&stream->fd);
        return PPT_OK;
    }
    if (output) {
        child->held += (size_t)got;
    } else {
        note_error(child, into, (size_t)got);
    }
    const enum ppt_status status = keep(child, stream, into, (size_t)got, error);

    /* Wherever the pieces end, digests are made of whole buffers. */
    if (output && child->held == PPT_CHILD_BUFFER) {
        digest(child);
    }
    return status;
}

/* What is still in a pipe once the program has ended; not more than fits into one, since something
 * that got away from the program's group may go on writing. */
static enum ppt_status drain(struct child *child, struct stream *stream, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    uint64_t before = UINT64_MAX;

    for (int i = 0; i < 64 && status == PPT_OK && stream->fd >= 0 && stream->bytes != before; i++) {
        before = stream->bytes;
        status = take(child, stream, error);
    }
    return status;
}

/* ---- until it ends ---- */

static void end_group(struct child *child, int signal)
{
    kill(-child->pid, signal);
    kill(-child->pid, SIGCONT);
}

/* Asks it to end, and after a while, or when `now`, makes it. */
static void ask_to_end(struct child *child, enum ppt_child_end why, bool now)
{
    if (!child->forced && now) {
        child->result->end = why;
        child->asked_ns = now_ns();
        child->forced = true;
        end_group(child, SIGKILL);
    } else if (child->asked_ns == 0) {
        child->result->end = why;
        child->asked_ns = now_ns();
        end_group(child, SIGTERM);
    } else if (!child->forced && now_ns() - child->asked_ns > GRACE_NS) {
        child->forced = true;
        end_group(child, SIGKILL);
    }
}

static bool has_ended(const struct child *child)
{
    siginfo_t about = {.si_pid = 0};

    /* It stays there to be waited for: its number, and that of its group, belong to nobody else. */
    return waitid(P_PID, (id_t)child->pid, &about, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           about.si_pid == child->pid;
}

/* Milliseconds until something is to be done whatever happens. */
static int patience_ms(const struct child *child)
{
    const double timeout_s = child->request->timeout_s;
    int ms = child->pidfd >= 0 ? ASK_MS : LOOK_MS;

    if (timeout_s > 0 && child->asked_ns == 0) {
        const double left_ms = (timeout_s - (double)(now_ns() - child->started_ns) * 1e-9) * 1e3;

        ms = left_ms < 0 ? 0 : left_ms < ms ? (int)left_ms + 1 : ms;
    }
    return ms;
}

static enum ppt_status watch(struct child *child, struct ppt_error *error)
{
    const struct ppt_child_request *request = child->request;
    enum ppt_status status = PPT_OK;

    for (;;) {
        struct pollfd events[] = {
            {child->pidfd, POLLIN, 0}, {child->out.fd, POLLIN, 0}, {child->err.fd, POLLIN, 0}};

        if (poll(events, 3, patience_ms(child)) < 0) {
            events[0].revents = events[1].revents = events[2].revents = 0;
        }
        if (events[1].revents && status == PPT_OK) {
            status = take(child, &child->out, error);
        }
        if (events[2].revents && status == PPT_OK) {
            status = take(child, &child->err, error);
        }
        if ((child->pidfd < 0 || events[0].revents) && has_ended(child)) {
            return status;
        }
        const double seconds = (double)(now_ns() - child->started_ns) * 1e-9;
        const int given_up = request->given_up ? request->given_up(request->context) : 0;
        if (child->asked_ns != 0 || status != PPT_OK || child->result->end == PPT_CHILD_TOO_MUCH) {
            ask_to_end(child, child->result->end, given_up > 1);
        } else if (given_up > 0) {
            ask_to_end(child, PPT_CHILD_GIVEN_UP, given_up > 1);
        } else if (request->timeout_s > 0 && seconds >= request->timeout_s) {
            ask_to_end(child, PPT_CHILD_TIMED_OUT, false);
        }
        if (status != PPT_OK) {
            /* Nobody reads any more; it must not wait for that. */
            close_fd(&child->out.fd);
            close_fd(&child->err.fd);
        }
    }
}

/* Takes the program's remains away. */
static enum ppt_status bury(struct child *child, struct ppt_error *error)
{
    struct ppt_child_result *result = child->result;
    struct rusage usage;
    pid_t gone;
    int state = 0;

    do {
        gone = wait4(child->pid, &state, 0, &usage);
    } while (gone < 0 && errno == EINTR);
    if (gone < 0) {
        return ppt_fail(error, PPT_FAILED, "command: how \"%s\" ended cannot be told: %s",
                        child->request->argv[0], strerror(errno));
    }
    result->cpu_ns = ppt_timeval_ns(usage.ru_utime) + ppt_timeval_ns(usage.ru_stime);
    if (usage.ru_maxrss > child->own_peak_kib) {
        result->peak_bytes = (int64_t)usage.ru_maxrss * 1024;
    }
    if (WIFEXITED(state)) {
        result->code = WEXITSTATUS(state);
    } else {
        result->signal = WTERMSIG(state);
        if (result->end == PPT_CHILD_EXITED) {
            result->end = PPT_CHILD_KILLED;
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_child_run(const struct ppt_child_request *request,
                              struct ppt_child_result *result, struct ppt_error *error)
{
    struct child child = {.request = request, .result = result};
    enum ppt_status status, buried;
    struct ppt_error problem;

    *result = (struct ppt_child_result){.end = PPT_CHILD_EXITED};
    status = start(&child, error);
    if (status != PPT_OK) {
        return status;
    }
    status = watch(&child, error);
    /* What it left running in its group ends with it. */
    kill(-child.pid, SIGKILL);
    if (status == PPT_OK) {
        status = drain(&child, &child.out, error);
    }
    if (status == PPT_OK) {
        status = drain(&child, &child.err, error);
    }
    digest(&child);
    buried = bury(&child, &problem);
    if (status == PPT_OK && buried != PPT_OK) {
        status = buried;
        *error = problem;
    }
    close_fd(&child.out.fd);
    close_fd(&child.err.fd);
    close_fd(&child.pidfd);
    return status;
}
