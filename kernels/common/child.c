/*
 * The worker's side of a program that its warden runs (warden.h): it reads what the program writes,
 * and looks at the clock and at whether the pass is given up.
 *
 * A program's standard error always comes here through a pipe, so that its first line can be told
 * when it fails, and its standard output does too unless it is /dev/null: programs that find that
 * there do nothing at all (GNU grep, tar). Both pipes are the warden's and see no end: the warden
 * tells when the program and all that it started have ended, and then they are emptied for the next
 * one.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "usage.h"

/* How often it is asked whether the pass is given up. */
#define ASK_MS 100

/* After the polite signal, until the other one. */
#define GRACE_NS INT64_C(1000000000)

/* What a pipe may hold at most, unless root makes it larger. */
#define PIPE_BYTES ((size_t)1024 * 1024)

/* One of the two pipes from the child. */
struct stream {
    int fd;
    int keep; /* where it is copied to, or -1 */
    uint64_t bytes;
    bool unread; /* nobody wants to know what comes */
};

struct child {
    struct ppt_warden *warden;
    const struct ppt_child_request *request;
    struct ppt_outcome *outcome;
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

static const char *name_of(const struct child *child)
{
    return child->warden->slot->argv[0];
}

/* ---- the warden ---- */

/* Somebody has killed it: the program has gone with it, and what is left of its group goes here. */
static enum ppt_status lose_warden(struct child *child, struct ppt_error *error)
{
    const pid_t pid = child->warden->slot->pid;

    if (pid > 0) {
        kill(-pid, SIGKILL);
    }
    return ppt_fail(error, PPT_FAILED,
                    "command: the process that watched over \"%s\" (%s, %d) is gone: something has "
                    "killed it",
                    name_of(child), PPT_WARDEN_NAME, (int)child->warden->pid);
}

/* That it is not there will be seen by who waits for its answer. */
static void tell_warden(const struct child *child, char what)
{
    (void)!send(child->warden->socket, &what, 1, MSG_NOSIGNAL);
}

/* Whether it says that the program and all it started have ended. */
static bool has_ended(struct child *child)
{
    char byte = 0;
    const ssize_t got = recv(child->warden->socket, &byte, 1, MSG_DONTWAIT);

    child->warden->lost = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    return got == 1 && byte == PPT_WARDEN_DONE;
}

static void start_child(struct child *child)
{
    struct ppt_warden_slot *slot = child->warden->slot;
    /* Workers may be bound to CPUs, and what they start is bound likewise. */
    const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(slot->cpus), slot->cpus);

    slot->cpus_bytes = bytes > 0 ? (size_t)bytes : 0;
    slot->null_output = child->request->output == PPT_CHILD_NULL;
    /* The number of the last one may be anybody's by now. */
    slot->pid = 0;
    child->started_ns = now_ns();
    tell_warden(child, PPT_WARDEN_RUN);
}

/* ---- what it writes ---- */

static enum ppt_status keep(struct child *child, struct stream *stream, const char *data,
                            size_t bytes, struct ppt_error *error)
{
    stream->bytes += bytes;
    if (stream->keep < 0) {
        return PPT_OK;
    }
    if (stream->bytes > PPT_OUTCOME_MOST_KEPT) {
        child->outcome->end =
            child->request->keep_part ? child->outcome->end : PPT_OUTCOME_TOO_MUCH;
        return PPT_OK;
    }
    while (bytes > 0) {
        const ssize_t put = write(stream->keep, data, bytes);

        if (put > 0) {
            data += put;
            bytes -= (size_t)put;
        } else if (put == 0 || errno != EINTR) {
            return ppt_fail(error, PPT_FAILED, "command: what \"%s\" writes cannot be kept: %s",
                            name_of(child), strerror(put == 0 ? EIO : errno));
        }
    }
    return PPT_OK;
}

static void note_error(struct child *child, const char *data, size_t bytes)
{
    char *line = child->outcome->first_error;
    size_t length = strlen(line);

    for (size_t i = 0; i < bytes && !child->line_done; i++) {
        if (data[i] == '\n' || data[i] == '\r' || data[i] == '\0') {
            child->line_done = length > 0;
        } else if (length + 1 < sizeof(child->outcome->first_error)) {
            line[length++] = data[i];
        }
    }
    line[length] = '\0';
}

static void digest(struct child *child)
{
    child->outcome->digest =
        ppt_digest(child->outcome->digest, child->request->buffer, child->held);
    child->held = 0;
}

/* Whether anything came that nobody wants to know. It is not even copied: pages of the pipe go to
 * /dev/null as they are. */
static bool throw_away(const struct child *child, const struct stream *stream)
{
    char waste[4096];
    ssize_t gone =
        splice(stream->fd, NULL, child->request->null_device, NULL, PIPE_BYTES, SPLICE_F_NONBLOCK);

    if (gone < 0 && errno == EINVAL) {
        gone = read(stream->fd, waste, sizeof(waste));
    }
    return gone > 0;
}

/* Reads what is there, but no more than a buffer, so that a flood does not keep the clock from
 * being looked at. *some: whether there was anything. */
static enum ppt_status take(struct child *child, struct stream *stream, bool *some,
                            struct ppt_error *error)
{
    const bool output = stream == &child->out;
    char small[4096];
    char *into = output ? child->request->buffer + child->held : small;
    const size_t room = output ? PPT_CHILD_BUFFER - child->held : sizeof(small);
    ssize_t got;

    if (stream->unread) {
        *some = throw_away(child, stream);
        return PPT_OK;
    }
    got = read(stream->fd, into, room);
    *some = got > 0;
    if (got <= 0) {
        return PPT_OK;
    }
    if (output) {
        child->held += (size_t)got;
    } else {
        note_error(child, into, (size_t)got);
        stream->unread = child->line_done && stream->keep < 0;
    }
    const enum ppt_status status = keep(child, stream, into, (size_t)got, error);

    /* Wherever the pieces end, digests are made of whole buffers. */
    if (output && child->held == PPT_CHILD_BUFFER) {
        digest(child);
    }
    return status;
}

/* What is still in a pipe once the program has ended. Nobody who was started by it writes any more,
 * and if something else does, it is not for ever listened to. */
static enum ppt_status drain(struct child *child, struct stream *stream, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    const uint64_t most = stream->bytes + 2 * PIPE_BYTES;
    bool some = true;

    while (some && status == PPT_OK && stream->bytes < most && !stream->unread) {
        status = take(child, stream, &some, error);
    }
    for (int i = 0; some && i < 64; i++) {
        some = throw_away(child, stream);
    }
    return status;
}

/* ---- until it ends ---- */

/* Asks it to end, and after a while, or when `now`, makes it and all that it started. */
static void ask_to_end(struct child *child, enum ppt_outcome_end why, bool now)
{
    const bool asked = child->asked_ns != 0;

    if (!child->forced && (now || (asked && now_ns() - child->asked_ns > GRACE_NS))) {
        child->forced = true;
        tell_warden(child, PPT_WARDEN_END);
    } else if (!asked) {
        tell_warden(child, PPT_WARDEN_ASK);
    }
    if (!asked) {
        child->outcome->end = why;
        child->asked_ns = now_ns();
    }
}

/* Milliseconds until something is to be done whatever happens. */
static int patience_ms(const struct child *child)
{
    const double timeout_s = child->request->timeout_s;
    int ms = ASK_MS;

    if (timeout_s > 0 && child->asked_ns == 0) {
        const double left_ms = (timeout_s - (double)(now_ns() - child->started_ns) * 1e-9) * 1e3;

        ms = left_ms < 0 ? 0 : left_ms < ms ? (int)left_ms + 1 : ms;
    }
    return ms;
}

/* Looks at the clock, and at what others wish. `failed`: its output cannot be kept. */
static void look_around(struct child *child, bool failed)
{
    const struct ppt_child_request *request = child->request;
    const double seconds = (double)(now_ns() - child->started_ns) * 1e-9;
    const int given_up = request->given_up ? request->given_up(request->context) : 0;

    if (child->asked_ns != 0 || failed || child->outcome->end == PPT_OUTCOME_TOO_MUCH) {
        ask_to_end(child, child->outcome->end, given_up > 1);
    } else if (given_up > 0) {
        ask_to_end(child, PPT_OUTCOME_GIVEN_UP, given_up > 1);
    } else if (request->timeout_s > 0 && seconds >= request->timeout_s) {
        ask_to_end(child, PPT_OUTCOME_TIMED_OUT, false);
    }
}

static enum ppt_status watch(struct child *child, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    bool some;

    for (;;) {
        struct pollfd events[] = {{child->warden->socket, POLLIN, 0},
                                  {child->out.fd, POLLIN, 0},
                                  {child->err.fd, POLLIN, 0}};

        if (poll(events, 3, patience_ms(child)) < 0) {
            events[0].revents = events[1].revents = events[2].revents = 0;
        }
        for (int i = 0; i < 2; i++) {
            struct stream *stream = i == 0 ? &child->out : &child->err;

            if (events[i + 1].revents && stream->unread) {
                throw_away(child, stream);
            } else if (events[i + 1].revents && status == PPT_OK) {
                status = take(child, stream, &some, error);
            }
        }
        if (events[0].revents && has_ended(child)) {
            return status;
        }
        if (child->warden->lost) {
            return lose_warden(child, error);
        }
        look_around(child, status != PPT_OK);
        if (status != PPT_OK || child->outcome->end == PPT_OUTCOME_TOO_MUCH) {
            /* It must not wait for being read. */
            child->out.unread = child->err.unread = true;
        }
    }
}

/* What tasks have used since `before`, which moves on to `now`. */
static struct ppt_outside used_since(struct ppt_outside *before, const struct ppt_outside *now)
{
    struct ppt_outside used = *now;

    used.cpu_ns -= before->cpu_ns;
    if (now->queued_ns >= 0) {
        used.queued_ns -= before->queued_ns;
    }
    ppt_usage_add(&used.usage, before->usage, -1);
    used.io_blocks -= before->io_blocks;
    *before = *now;
    return used;
}

/* What the warden has written down. */
static enum ppt_status read_slot(struct child *child, struct ppt_error *error)
{
    const struct ppt_warden_slot *slot = child->warden->slot;
    struct ppt_outcome *outcome = child->outcome;

    if (slot->problem != 0) {
        /* A file with that name may well be where ppt-omp was started. */
        const bool of_copy = slot->folder[0] && name_of(child)[0] == '.';

        return ppt_fail(error, PPT_FAILED, "command: \"%s\" cannot be started%s: %s",
                        name_of(child), of_copy ? " in its copy of the folder" : "",
                        strerror(slot->problem));
    }
    outcome->left = slot->left;
    outcome->survivor = slot->survivor;
    if (WIFEXITED(slot->state)) {
        outcome->code = WEXITSTATUS(slot->state);
    } else {
        outcome->signal = WTERMSIG(slot->state);
        if (outcome->end == PPT_OUTCOME_EXITED) {
            outcome->end = PPT_OUTCOME_KILLED;
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_child_run(struct ppt_warden *warden, const struct ppt_child_request *request,
                              struct ppt_outcome *outcome, struct ppt_error *error)
{
    struct child child = {
        .warden = warden,
        .request = request,
        .outcome = outcome,
        .out = {.fd = warden->out,
                .keep = request->keep_output,
                .unread = request->output != PPT_CHILD_READ},
        .err = {.fd = warden->err, .keep = request->keep_errors},
    };
    enum ppt_status status;

    *outcome = (struct ppt_outcome){.end = PPT_OUTCOME_EXITED};
    if (warden->lost) {
        return lose_warden(&child, error);
    }
    start_child(&child);
    status = watch(&child, error);
    if (warden->lost) {
        return status;
    }
    for (int i = 0; i < 2; i++) {
        struct ppt_error problem;
        const enum ppt_status drained = drain(&child, i ? &child.err : &child.out, &problem);

        if (status == PPT_OK && drained != PPT_OK) {
            status = drained;
            *error = problem;
        }
    }
    digest(&child);
    outcome->used = used_since(&warden->used, &warden->slot->used);
    return status == PPT_OK ? read_slot(&child, error) : status;
}
