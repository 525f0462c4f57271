#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

volatile int ppt_interrupted;

/* Signals that are counted; the next one ends the program. */
static volatile int counted = 1;

static void on_signal(int number)
{
    if (ppt_interrupted < counted) {
        ppt_interrupted++;
    } else {
        signal(number, SIG_DFL);
        raise(number);
    }
}

void ppt_interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = on_signal}, before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* nohup has it ignored, and means it. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(SIGHUP, &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
    /* Where a parent had it ignored, how a program ended would not be told. */
    signal(SIGCHLD, SIG_DFL);
}

void ppt_interrupt_spare(bool outside)
{
    counted = outside ? 2 : 1;
}
