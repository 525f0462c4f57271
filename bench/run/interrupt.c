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

void ppt_interrupt_watch(void)
{
    const struct sigaction on = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
    struct sigaction action = {.sa_handler = on_signal}, before;

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

void ppt_interrupt_gather(void)
{
    gathered_s = 1;
}

void ppt_interrupt_spare(bool outside)
{
    counted = outside ? 2 : 1;
}
