#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "clock.h"

volatile int ppt_interrupted;
volatile int ppt_continued;

/* Signals that are counted; the next one ends the program. */
static volatile int counted = 1;

/* Within so many seconds signals are one; 0: each counts. */
static volatile int gathered_s;
static int64_t last_ns;

static bool is_echo(void)
{
    const int64_t now_ns = ppt_clock_ns();
    const bool echo = ppt_interrupted > 0 && now_ns - last_ns < gathered_s * INT64_C(1000000000);

    last_ns = echo ? last_ns : now_ns;
    return echo;
}

static void on_signal(int number)
{
    if (is_echo()) {
        return;
    }
    if (ppt_interrupted < counted) {
        ppt_interrupted++;
    } else {
        signal(number, SIG_DFL);
        raise(number);
    }
}

static void on_continue(int number)
{
    (void)number;
    ppt_continued++;
}

void ppt_interrupt_spare_writes(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static void leave_it(int number)
{
    (void)number;
}

/* Of those that ask the program to end. */
static void handle(void (*on_end)(int number), int flags)
{
    const struct sigaction on = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
    struct sigaction action = {.sa_handler = on_end, .sa_flags = flags}, before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* nohup has it ignored, and means it. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(SIGHUP, &action, NULL);
    }
    sigaction(SIGCONT, &on, NULL);
    /* Where a parent had it ignored, how a program ended would not be told. */
    signal(SIGCHLD, SIG_DFL);
}

void ppt_interrupt_watch(void)
{
    handle(on_signal, 0);
}

void ppt_interrupt_held(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR1);
}

void ppt_interrupt_obey(void)
{
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t held;

    /* Not ignored: programs that tasks start would ignore them, too. */
    handle(leave_it, SA_RESTART);
    sigaction(SIGUSR1, &action, NULL);
    ppt_interrupt_held(&held);
    sigprocmask(SIG_UNBLOCK, &held, NULL);
}

void ppt_interrupt_pass_on(pid_t process)
{
    kill(process, SIGUSR1);
}

void ppt_interrupt_gather(void)
{
    gathered_s = 1;
}

void ppt_interrupt_spare(bool outside)
{
    counted = outside ? 2 : 1;
}
