/*
 * A warden waits for a byte from its worker and for SIGCHLD, which a descriptor tells (signalfd),
 * and does nothing else of its own accord. Every other signal is blocked in it: a Ctrl-C is for
 * ppt-omp, which lets the warden know. It is in a session of its own, too, and so is each program:
 * a group that it cannot leave for that of ppt-omp, and no terminal that it could wait for.
 *
 * In most cases the program ends and leaves nothing, which costs one wait() that finds no child.
 */
#include "warden_duty.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "search_path.h"
#include "usage.h"

/* Descriptors; the first three are those of programs as well. */
enum { INPUT, OUT, ERR, NULL_OUT, SOCKET, CHILDREN, DESCRIPTORS };

/* What has not ended so long after SIGKILL will not. */
#define DEADLINE_NS INT64_C(5000000000)

/* Between two looks at what is left. */
#define LOOK_MS 10

struct state {
    const struct ppt_warden_duty *duty;
    struct ppt_warden_slot *slot;
    pid_t own;
    pid_t program; /* 0: none, or it was reaped */
    long peak_kib;
    int64_t queued_ns; /* of all that was reaped; -1: unknown */
    size_t cpus_bytes;
    unsigned char cpus[PPT_WARDEN_CPU_BYTES];
    char place[PATH_MAX]; /* where the program may be; between two, where the last one was, */
    bool anywhere;        /* and would be, whatever folder it is looked for from */
};

static int64_t clock_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- starting a program ---- */

/* Whether the last program was one of this name, and would be found at the same place. */
static bool is_known(const struct state *s, const char *name)
{
    return s->anywhere && strcmp(strrchr(s->place, '/') + 1, name) == 0;
}

/* As execvpe() does, which may ask for memory, but as a shell does it remembers where a program
 * was: every entry of PATH that does not have it costs as much as ten other calls, and counts as
 * the task's time. It is called by number since compilers that count coverage put a function of
 * their own, which writes files, in the place of execve(). */
static int execute(struct state *s)
{
    char *const *argv = s->slot->argv;
    const char *path = s->duty->path;
    int problem = ENOENT;

    if (strchr(argv[0], '/')) {
        syscall(SYS_execve, argv[0], argv, s->duty->environment);
        return errno;
    }
    if (is_known(s, argv[0])) {
        syscall(SYS_execve, s->place, argv, s->duty->environment);
    }
    s->anywhere = true;
    while (ppt_search_path_next(&path, argv[0], s->place)) {
        s->anywhere = s->anywhere && s->place[0] == '/';
        syscall(SYS_execve, s->place, argv, s->duty->environment);
        if (errno == EACCES) {
            problem = EACCES;
        } else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ENODEV &&
                   errno != ETIMEDOUT) {
            return errno;
        }
    }
    s->anywhere = false;
    return problem;
}

/* In the new process, which has the warden's memory. */
static _Noreturn void begin_program(struct state *s)
{
    sigset_t none;

    sigemptyset(&none);
    setsid();
    /* If somebody kills the warden, its program goes with it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == s->own) {
        if (s->slot->null_output) {
            dup2(NULL_OUT, OUT);
        }
        sigprocmask(SIG_SETMASK, &none, NULL);
        s->slot->problem = *s->slot->folder && chdir(s->slot->folder) != 0 ? errno : execute(s);
    }
    _exit(127);
}

/* vfork() does not copy the warden's tables of memory. That it lets the warden wait until the
 * program is there is welcome; where it does not (in valgrind) nothing depends on it. */
static __attribute__((noinline)) pid_t fork_program(struct state *s)
{
    const pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */

    if (pid == 0) {
        /* It does not return, and what it writes is meant for the warden to read. */
        begin_program(s); /* NOLINT(clang-analyzer-unix.Vfork) */
    }
    return pid;
}

static void take_cpus(struct state *s)
{
    const struct ppt_warden_slot *slot = s->slot;

    if (slot->cpus_bytes != s->cpus_bytes || memcmp(slot->cpus, s->cpus, s->cpus_bytes) != 0) {
        s->cpus_bytes = slot->cpus_bytes;
        memcpy(s->cpus, slot->cpus, slot->cpus_bytes);
        syscall(SYS_sched_setaffinity, 0, s->cpus_bytes, s->cpus);
    }
}

static void start_program(struct state *s)
{
    struct ppt_warden_slot *slot = s->slot;

    slot->problem = 0;
    slot->pid = 0;
    slot->state = 0;
    slot->left = false;
    s->peak_kib = 0;
    /* The last program may have left them so that they do not wait, or keep what is written apart.
     */
    fcntl(OUT, F_SETFL, 0);
    fcntl(ERR, F_SETFL, 0);
    take_cpus(s);
    s->program = fork_program(s);
    if (s->program < 0) {
        slot->problem = errno;
        s->program = 0;
    }
    slot->pid = s->program;
}

/* ---- ending it, with all it started ---- */

/* Takes away what has ended. Returns whether there are children left. */
static bool reap(struct state *s)
{
    for (;;) {
        siginfo_t about = {.si_pid = 0};
        struct rusage usage;
        int state = 0;

        if (waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT) != 0) {
            return errno != ECHILD;
        }
        if (about.si_pid == 0) {
            return true;
        }
        if (about.si_pid == s->program && !s->slot->stays) {
            /* As long as it is not reaped its number, and that of its group, is nobody else's. */
            kill(-s->program, SIGKILL);
        }
        /* Its other threads, and what it has waited for itself, are gone with what was known. */
        s->queued_ns = ppt_queued_sum_ns(s->queued_ns, ppt_queued_of_ns(about.si_pid));
        if (wait4(about.si_pid, &state, 0, &usage) != about.si_pid) {
            continue;
        }
        s->peak_kib = usage.ru_maxrss > s->peak_kib ? usage.ru_maxrss : s->peak_kib;
        if (about.si_pid == s->program) {
            s->slot->state = state;
            s->program = 0;
        }
    }
}

/* Waits until a child has ended, or for a while. */
static void wait_for_child(int ms)
{
    struct pollfd event = {CHILDREN, POLLIN, 0};
    struct signalfd_siginfo about;

    if (poll(&event, 1, ms) > 0) {
        (void)!read(CHILDREN, &about, sizeof(about));
    }
}

/* What is killed leaves its own children to the warden, so this goes on until there are none. */
static void end_all(struct state *s)
{
    const int64_t begin = clock_now_ns();

    while (reap(s)) {
        ppt_descendants_kill(&s->slot->survivor);
        if (clock_now_ns() - begin > DEADLINE_NS) {
            s->slot->left = true;
            s->program = 0;
            return;
        }
        wait_for_child(LOOK_MS);
    }
}

static void send_to_program(const struct state *s, int signal)
{
    if (s->program > 0) {
        kill(-s->program, signal);
        kill(-s->program, SIGCONT);
    }
}

/* ---- the worker ---- */

/* 0: ppt-omp is gone. */
static char receive(void)
{
    char byte = 0;
    ssize_t got;

    do {
        got = recv(SOCKET, &byte, 1, 0);
    } while (got < 0 && errno == EINTR);
    if (got != 1) {
        byte = '\0';
    }
    return byte;
}

static _Noreturn void quit(struct state *s)
{
    send_to_program(s, SIGKILL);
    end_all(s);
    _exit(0);
}

static void report_done(const struct state *s)
{
    struct ppt_outside *used = &s->slot->used;
    struct rusage own, children;
    const char done = PPT_WARDEN_DONE;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    *used = (struct ppt_outside){.usage = ppt_usage_of(&own), .queued_ns = s->queued_ns};
    used->io_blocks = ppt_usage_io_blocks(&own) + ppt_usage_io_blocks(&children);
    ppt_usage_add(&used->usage, ppt_usage_of(&children), 1);
    used->cpu_ns = used->usage.user_ns + used->usage.system_ns;
    /* Linux counts from before exec() there, when the program still had the warden's memory: what
     * does not exceed that is not known. */
    if (s->peak_kib > own.ru_maxrss) {
        used->peak_bytes = (int64_t)s->peak_kib * 1024;
    }
    (void)!send(SOCKET, &done, 1, MSG_NOSIGNAL);
}

/* Until the program has ended, or cannot be made to. */
static void watch_program(struct state *s)
{
    int64_t ended_ns = 0;

    while (s->program > 0) {
        struct pollfd events[] = {{SOCKET, POLLIN, 0}, {CHILDREN, POLLIN, 0}};
        struct signalfd_siginfo about;

        if (poll(events, 2, ended_ns ? LOOK_MS : -1) < 0) {
            continue;
        }
        if (events[1].revents) {
            (void)!read(CHILDREN, &about, sizeof(about));
            reap(s);
        }
        switch (events[0].revents ? receive() : ' ') {
        case '\0':
            quit(s);
        case PPT_WARDEN_ASK:
            send_to_program(s, SIGTERM);
            break;
        case PPT_WARDEN_END:
            send_to_program(s, SIGKILL);
            ended_ns = clock_now_ns();
            break;
        default:
            break;
        }
        if (ended_ns && clock_now_ns() - ended_ns > DEADLINE_NS) {
            return;
        }
    }
}

/* ---- becoming one ---- */

static bool close_others(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, DESCRIPTORS, ~0U, 0) == 0) {
        return true;
    }
#endif
    /* Before Linux 5.9. A limit may be in the millions; who has opened so many is not known. */
    const long limit = sysconf(_SC_OPEN_MAX);

    for (int fd = DESCRIPTORS; fd < (limit > 0 && limit < 65536 ? limit : 65536); fd++) {
        close(fd);
    }
    return true;
}

/* Puts descriptors where they are expected, and closes all others: a lock on a file of the run, the
 * far end of another warden's socket or a pipe to a program behind ppt-omp must not live on here.
 */
static bool take_descriptors(const struct ppt_warden_duty *duty)
{
    int from[DESCRIPTORS];
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    from[INPUT] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    from[OUT] = duty->out;
    from[ERR] = duty->err;
    from[NULL_OUT] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    from[SOCKET] = duty->socket;
    from[CHILDREN] = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    for (int i = 0; i < DESCRIPTORS; i++) {
        from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, DESCRIPTORS);
        if (from[i] < 0) {
            return false;
        }
    }
    for (int i = 0; i < DESCRIPTORS; i++) {
        if (dup3(from[i], i, i <= ERR ? 0 : O_CLOEXEC) < 0) {
            return false;
        }
    }
    return close_others();
}

/* A list of processes should not show ppt-omp several times. Memory is written like a file since
 * what lies there need not be as the C library has found it (valgrind). */
static void take_name(const struct ppt_warden_duty *duty)
{
    static const char name[4096] = PPT_WARDEN_NAME, zeros[4096];
    const int memory = open("/proc/self/mem", O_WRONLY | O_CLOEXEC);
    uint64_t at = duty->words_begin;

    prctl(PR_SET_NAME, PPT_WARDEN_NAME);
    while (memory >= 0 && at < duty->words_end) {
        const uint64_t left = duty->words_end - at;
        const size_t bytes = left < sizeof(name) ? (size_t)left : sizeof(name);
        const bool first = at == duty->words_begin && left > strlen(name);
        const ssize_t put = pwrite(memory, first ? name : zeros, bytes, (off_t)at);

        if (put <= 0) {
            break;
        }
        at += (uint64_t)put;
    }
    close(memory);
}

static bool become_warden(struct state *s)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    long cpus_bytes;

    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &plain, NULL);
    }
    setsid();
    take_name(s->duty);
    /* The variable of threads goes behind the last. */
    char **last = s->duty->environment;
    while (*last) {
        last++;
    }
    *last = s->duty->alike ? NULL : s->slot->threads;
    cpus_bytes = syscall(SYS_sched_getaffinity, 0, sizeof(s->cpus), s->cpus);
    s->cpus_bytes = cpus_bytes > 0 ? (size_t)cpus_bytes : 0;
    s->own = getpid();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !take_descriptors(s->duty)) {
        return false;
    }
    if (s->duty->limit) {
        setrlimit(RLIMIT_NOFILE, s->duty->limit);
    }
    return true;
}

_Noreturn void ppt_warden_serve(const struct ppt_warden_duty *duty)
{
    struct state s = {.duty = duty, .slot = duty->slot};

    if (!become_warden(&s)) {
        s.slot->problem = errno;
        _exit(1);
    }
    report_done(&s);
    for (;;) {
        switch (receive()) {
        case '\0':
            quit(&s);
        case PPT_WARDEN_RUN:
            start_program(&s);
            watch_program(&s);
            if (!s.slot->stays || s.program > 0) {
                end_all(&s);
            }
            report_done(&s);
            break;
        default: /* a request that came when its program had just ended */
            break;
        }
    }
}
