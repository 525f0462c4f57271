#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "search_path.h"
#include "warden_duty.h"

/* A pipe that holds more is read in larger pieces: programs that write much take a fifth less time.
 * All pipes of a user may hold 64 MiB. */
#define LARGE_PIPE (256 * 1024)
#define MOST_LARGE_PIPES 64

/* Its socket and the pipes, and files that its output is kept in. */
#define DESCRIPTORS_OF_ONE 5

/* What the program has open beside these; more than it ever does. */
#define OTHER_DESCRIPTORS 128

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* The end that is read here does not block: the warden holds the other one for ever. */
static bool make_pipe(int ends[2], bool large)
{
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    if (large) {
        fcntl(ends[0], F_SETPIPE_SZ, LARGE_PIPE);
    }
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool make_slot(struct ppt_warden *warden, const struct ppt_warden_plan *plan)
{
    const size_t argv_bytes = (plan->argv_count + 1) * sizeof(char *);
    char *memory;

    warden->slot_bytes = sizeof(*warden->slot) + argv_bytes + plan->words_bytes;
    memory =
        mmap(NULL, warden->slot_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    warden->slot = (void *)memory;
    warden->slot->argv = (void *)(memory + sizeof(*warden->slot));
    warden->slot->words = memory + sizeof(*warden->slot) + argv_bytes;
    return true;
}

/* Where the kernel finds the words of this process' command line, for the warden to write its name
 * there: it does not go by the name of ppt-omp in a list of processes. 0 and 0: unknown. */
static void find_words(struct ppt_warden_duty *duty)
{
    FILE *file = fopen("/proc/self/stat", "re");
    char text[2048], *state = NULL;
    int field = 2;

    if (file && fgets(text, sizeof(text), file)) {
        state = strrchr(text, ')');
    }
    /* proc(5): arg_start and arg_end are the fields 48 and 49; the name is the second. */
    for (char *save, *word = state ? strtok_r(state, " ", &save) : NULL; word;
         word = strtok_r(NULL, " ", &save), field++) {
        if (field == 48) {
            duty->words_begin = strtoull(word, NULL, 10);
        } else if (field == 49) {
            duty->words_end = strtoull(word, NULL, 10);
        }
    }
    if (file) {
        fclose(file);
    }
}

/* All signals are blocked in between: none of this program's handlers may run in the new process.
 * It keeps them blocked. */
static pid_t fork_warden(const struct ppt_warden_duty *duty)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid = fork();
    if (pid == 0) {
        ppt_warden_serve(duty);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static bool start_warden(struct ppt_warden *warden, const struct ppt_warden_plan *plan,
                         struct ppt_warden_duty *duty)
{
    int sockets[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    int problem;

    if (make_slot(warden, plan) &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0 &&
        make_pipe(out, plan->count <= MOST_LARGE_PIPES) && make_pipe(err, false)) {
        duty->slot = warden->slot;
        duty->socket = sockets[1];
        duty->out = out[1];
        duty->err = err[1];
        warden->pid = fork_warden(duty);
    }
    problem = errno;
    close_end(&sockets[1]);
    close_end(&out[1]);
    close_end(&err[1]);
    warden->socket = sockets[0];
    warden->out = out[0];
    warden->err = err[0];
    errno = problem;
    return warden->pid > 0;
}

static bool is_ready(struct ppt_warden *warden)
{
    char byte = 0;
    ssize_t got;

    do {
        got = recv(warden->socket, &byte, 1, 0);
    } while (got < 0 && errno == EINTR);
    if (got == 1 && warden->slot->problem == 0) {
        warden->used = warden->slot->used;
        return true;
    }
    errno = warden->slot->problem ? warden->slot->problem : ECHILD;
    return false;
}

/* Many workers need more descriptors than a user's limit allows unless it is raised, which a
 * program may do up to a second limit. For programs of tasks it stays as it was. */
static void raise_limit(struct ppt_wardens *wardens, size_t count)
{
    const rlim_t needed = OTHER_DESCRIPTORS + count * DESCRIPTORS_OF_ONE;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed) {
        wardens->limit = limit;
        limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
        wardens->raised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
    }
}

enum ppt_status ppt_wardens_create(const struct ppt_warden_plan *plan, struct ppt_wardens *wardens,
                                   struct ppt_error *error)
{
    const char *path = getenv("PATH");
    struct ppt_warden_duty duty = {.environment = plan->environment,
                                   .alike = plan->alike,
                                   .path = path ? path : PPT_SEARCH_PATH_DEFAULT};
    size_t i = 0;

    *wardens = (struct ppt_wardens){.null_device = open("/dev/null", O_WRONLY | O_CLOEXEC)};
    if (wardens->null_device < 0) {
        return ppt_fail(error, PPT_FAILED, "command: /dev/null cannot be opened: %s",
                        strerror(errno));
    }
    wardens->items = ppt_scratch_alloc(plan->count * sizeof(*wardens->items), "command", error);
    if (!wardens->items) {
        ppt_wardens_close(wardens);
        return PPT_FAILED;
    }
    find_words(&duty);
    raise_limit(wardens, plan->count);
    duty.limit = wardens->raised ? &wardens->limit : NULL;
    for (; i < plan->count; i++) {
        struct ppt_warden *warden = &wardens->items[wardens->count++];

        *warden = (struct ppt_warden){.socket = -1, .out = -1, .err = -1};
        if (!start_warden(warden, plan, &duty)) {
            break;
        }
    }
    /* They get ready side by side. */
    for (size_t ready = 0; i == plan->count && ready < plan->count; ready++) {
        if (!is_ready(&wardens->items[ready])) {
            i = ready;
        }
    }
    if (i < plan->count) {
        const int problem = errno;

        ppt_wardens_close(wardens);
        return ppt_fail(error, PPT_FAILED,
                        "command: the process that starts the programs of worker %zu, and watches "
                        "over them, cannot be started: %s",
                        i, strerror(problem));
    }
    return PPT_OK;
}

static void close_warden(struct ppt_warden *warden)
{
    close_end(&warden->socket);
    close_end(&warden->out);
    close_end(&warden->err);
    if (warden->pid > 0) {
        /* It has nothing to do any more, and would end by itself unless somebody has stopped it. */
        kill(warden->pid, SIGKILL);
        while (waitpid(warden->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (warden->slot) {
        munmap(warden->slot, warden->slot_bytes);
    }
}

void ppt_wardens_close(struct ppt_wardens *wardens)
{
    for (size_t i = 0; i < wardens->count; i++) {
        close_warden(&wardens->items[i]);
    }
    if (wardens->raised) {
        setrlimit(RLIMIT_NOFILE, &wardens->limit);
    }
    free(wardens->items);
    close_end(&wardens->null_device);
    *wardens = (struct ppt_wardens){.null_device = -1};
}
