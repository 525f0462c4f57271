#include "counter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "probe.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Of the clock's rate that is at most wrong by a hundred-thousandth. */
#define LONG_ENOUGH_NS 2000000

/* CLOCK_MONOTONIC may be slewed by 500 millionths to follow the time of day, and between its
 * reading and that of the counter the process may be interrupted. */
#define SLEWED 1000
#define INTERRUPTED_NS 2000

/* Chooses the clock: "monotonic", or anything else for the best one. */
#define VARIABLE "PPT_OMP_CLOCK"

/* Mutable and of the process, as the counter is: written before the first pass, or between two. */
static struct {
    bool begun, refused;
    struct ppt_counter_moment begin;
} state;

/* ---- whether there is one that can be used ---- */

#if defined(__x86_64__)
/* AMD64 Architecture Programmer's Manual, volume 3, E.4.6: Advanced Power Management Information;
 * Intel's manual says the same of this leaf. */
static bool is_invariant(void)
{
    unsigned a, b, c, d;

    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1U << 8)) != 0;
}

static bool may_be_read(void)
{
    int how = PR_TSC_SIGSEGV;

    return prctl(PR_GET_TSC, &how) == 0 && how == PR_TSC_ENABLE;
}
#else
static bool is_invariant(void)
{
    return false;
}

static bool may_be_read(void)
{
    return false;
}
#endif

/* The kernel leaves it when it finds that CPUs do not agree. Under a hypervisor its clock may have
 * another name and be the same counter. */
static bool kernel_trusts_it(void)
{
    char name[64] = "";

    return ppt_probe_line(name, sizeof(name),
                          "/sys/devices/system/clocksource/clocksource0/current_clocksource") &&
           (strstr(name, "tsc") || strcmp(name, "kvm-clock") == 0);
}

static bool is_unwanted(void)
{
    const char *wanted = getenv(VARIABLE);

    return wanted && strcmp(wanted, "monotonic") == 0;
}

/* ---- moments ---- */

/* The clock between two readings of the counter that are as close together as any of some. */
static struct ppt_counter_moment read_moment(void)
{
    struct ppt_counter_moment moment = {0, 0};
    int64_t closest = INT64_MAX;

    for (int i = 0; i < 5; i++) {
        const int64_t before = PPT_COUNTER(), ns = ppt_clock_ns(), after = PPT_COUNTER();

        if (after - before < closest) {
            closest = after - before;
            moment = (struct ppt_counter_moment){before + (after - before) / 2, ns};
        }
    }
    return moment;
}

int64_t ppt_counter_scale(struct ppt_counter_moment begin, struct ppt_counter_moment end)
{
    const int64_t counts = end.count - begin.count, ns = end.ns - begin.ns;
    const ppt_wide scale = counts > 0 && ns > 0 ? ((ppt_wide)ns << 32) / counts : 0;

    /* From 100 GHz down to 1 MHz. */
    return scale > (INT64_C(1) << 32) / 100 && scale < (INT64_C(1000) << 32) ? (int64_t)scale : 0;
}

bool ppt_counter_agrees(const struct ppt_counter *counter, struct ppt_counter_moment now)
{
    const ppt_wide counted = ((ppt_wide)(now.count - counter->zero) * counter->scale) >> 32;
    const int64_t clock_ns = now.ns - counter->zero_ns;
    const ppt_wide apart = counted > clock_ns ? counted - clock_ns : clock_ns - counted;

    return clock_ns >= 0 && apart <= INTERRUPTED_NS + clock_ns / SLEWED;
}

/* ---- passes ---- */

void ppt_counter_begin(void)
{
    if (!state.begun) {
        state.begun = true;
        state.begin = read_moment();
        state.refused = is_unwanted() || !is_invariant() || !may_be_read() || !kernel_trusts_it();
    }
}

struct ppt_counter ppt_counter_start(void)
{
    struct ppt_counter_moment now;

    ppt_counter_begin();
    if (state.refused) {
        return (struct ppt_counter){.used = false};
    }
    do {
        now = read_moment();
    } while (now.ns - state.begin.ns < LONG_ENOUGH_NS);

    const int64_t scale = ppt_counter_scale(state.begin, now);

    state.refused = scale == 0;
    return (struct ppt_counter){scale > 0, now.count, now.ns, scale};
}

bool ppt_counter_held(const struct ppt_counter *counter)
{
    if (counter->used && !ppt_counter_agrees(counter, read_moment())) {
        state.refused = true;
        return false;
    }
    return true;
}

const char *ppt_counter_name(void)
{
    ppt_counter_begin();
    return state.refused ? "CLOCK_MONOTONIC" : "time-stamp counter";
}
