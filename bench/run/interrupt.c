#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

volatile int ppt_interrupted;

static void on_signal(int signal)
{
    (void)signal;
    ppt_interrupted = 1;
}

void ppt_interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
}
