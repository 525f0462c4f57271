/*
 * Every check is a function that fills in one finding. Limits stand where they are used. A thing is
 * bad only when it makes figures wrong or irreproducible; what merely decides which machine it is
 * that one measures (a quota, turbo, SMT) is a note at most.
 */
#include "doctor.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "item.h"
#include "owned.h"
#include "text.h"

const char *const ppt_health_names[] = {"good", "note", "bad", "unknown", NULL};

struct patient {
    const struct ppt_host *host;
    const struct ppt_vitals *vitals;
    const struct ppt_spins *spins;
    int64_t swapped_pages;
};

/* ---- pieces ---- */

__attribute__((format(printf, 2, 3))) static void say(struct ppt_finding *finding,
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(finding->text, sizeof(finding->text), format, arguments);
    va_end(arguments);
}

static void measure(struct ppt_finding *finding, double value, const char *unit)
{
    finding->value = value;
    finding->unit = unit;
}

static void unknown(struct ppt_finding *finding, const char *text, const char *why)
{
    finding->health = PPT_HEALTH_UNKNOWN;
    finding->advice = why;
    say(finding, "%s", text);
}

/* Says what the system tells of itself, if it does. */
static bool tell(struct ppt_finding *finding, const char *text, const char *why)
{
    if (!*text) {
        unknown(finding, "not told here", why);
        return false;
    }
    say(finding, "%s", text);
    return true;
}

static void advise(struct ppt_finding *finding, enum ppt_health health, const char *advice)
{
    finding->health = health;
    finding->advice = advice;
}

static enum ppt_health grade(double value, double note, double bad)
{
    return value >= bad ? PPT_HEALTH_BAD : value >= note ? PPT_HEALTH_NOTE : PPT_HEALTH_GOOD;
}

/* Why clocks are not told of. */
static const char *why_no_clock(const struct ppt_host *host)
{
    return strcmp(host->virtual_machine, "none") == 0
               ? "The system does not tell."
               : "A virtual machine is not told; its host decides.";
}

/* A share of the time of all CPUs of the noise test, of a counter that may be missing. */
static double share_of(const struct ppt_spins *spins, int64_t ns, unsigned cpus)
{
    return ns < 0 || spins->count == 0 ? (double)NAN : (double)ns * 1e-9 / (spins->seconds * cpus);
}

/* How much of the noise test a quota stopped, which is counted over all CPUs; NAN: unknown. */
static double throttled_share(const struct patient *patient)
{
    return share_of(patient->spins, patient->spins->noise.throttled_ns, patient->spins->cpus);
}

#define THROTTLED 0.01

/* A quiet virtual machine loses up to half a percent. */
#define NOISY 0.02

/* ---- the noise test ---- */

static void check_noise(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_spins *spins = patient->spins;

    measure(finding, 100 * spins->lost, "%");
    say(finding, "%.1f %% of the time lost in %.0f s of work on %u CPU%s", finding->value,
        spins->seconds, spins->cpus, PPT_S(spins->cpus));
    if (spins->taken.others >= 0.01) {
        say(finding,
            "%.1f %% of the time lost in %.0f s of work on %u CPU%s, of which others used %.0f %%",
            finding->value, spins->seconds, spins->cpus, PPT_S(spins->cpus),
            100 * spins->taken.others);
    }
    /* What would flag a pass is bad here, too. */
    const bool quiet = spins->lost < NOISY && !ppt_lost_much(&spins->taken);
    advise(finding, ppt_lost_much(&spins->taken) ? PPT_HEALTH_BAD : grade(spins->lost, NOISY, 0.05),
           quiet ? ""
           : throttled_share(patient) > THROTTLED
               ? "A quota takes it, see below."
               : "Somebody else uses the CPUs: end other programs (see top).");
}

/* Clocks, and neighbours on the other thread of a core, make 6 to 15 % on a virtual machine where
 * nobody else runs. */
#define UNSTEADY 0.2

static void check_spread(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_spins *spins = patient->spins;

    measure(finding, 100 * spins->spread, "%");
    say(finding, "equal work differs by %.1f %% (from the 5th to the 95th percentile)",
        finding->value);
    advise(finding, grade(spins->spread, UNSTEADY, 1),
           spins->spread < UNSTEADY
               ? ""
               : "Others, or a clock that changes: measure more iterations, or when it is quiet.");
}

static void check_unequal(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_spins *spins = patient->spins;
    const bool hybrid = patient->host->topology.kind_count > 1;

    measure(finding, 100 * spins->unequal, "%");
    say(finding, "the slowest CPU takes %.1f %% longer than the fastest", finding->value);
    if (hybrid) {
        advise(finding, PPT_HEALTH_NOTE,
               "Cores are of several kinds (P and E): later workers are slower ones.");
    } else {
        advise(finding, grade(spins->unequal, 0.1, INFINITY),
               spins->unequal < 0.1 ? ""
                                    : "Workers will not finish together; \"placement\": \"close\" "
                                      "keeps each on one CPU.");
    }
}

/* A share of time that a counter tells, of which some is worth a note. */
static void check_share(struct ppt_finding *finding, double share, const char *missing,
                        const char *what, double note, double bad, const char *advice)
{
    finding->unit = "%";
    if (isnan(share)) {
        unknown(finding, missing, "");
        return;
    }
    finding->value = 100 * share;
    say(finding, "%.1f %% of %s", finding->value, what);
    advise(finding, grade(share, note, bad), share < note ? "" : advice);
}

static void check_steal(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_spins *spins = patient->spins;

    /* Counted in steps of 10 ms: one or two of them mean nothing. */
    check_share(finding, share_of(spins, spins->noise.steal_ns, patient->host->online_cpus),
                "the system does not count it", "CPU time went to other virtual machines", 0.01,
                0.05, "Measure at another hour, or on CPUs that nobody else is sold.");
}

static void check_pressure(const struct patient *patient, struct ppt_finding *finding)
{
    check_share(finding, share_of(patient->spins, patient->spins->noise.pressure_ns, 1),
                "the system does not count it (/proc/pressure/cpu)",
                "the time somebody waited for a CPU", 0.1, INFINITY,
                "More programs want to run than there are CPUs (see top).");
}

/* What ran a moment ago does no harm when all is quiet now. */
static void check_load(const struct patient *patient, struct ppt_finding *finding)
{
    const double load = patient->vitals->load;
    const unsigned cpus = patient->host->online_cpus;
    const double much = fmax(1, 0.25 * cpus);

    if (load < 0) {
        unknown(finding, "the system does not tell", "");
        return;
    }
    finding->value = load;
    say(finding, "%.2f in the last minute, %u CPU%s", load, cpus, PPT_S(cpus));
    if (load >= much && patient->spins->lost >= NOISY && !(throttled_share(patient) > THROTTLED)) {
        advise(finding, PPT_HEALTH_BAD, "End what else runs (see top), or wait until it has.");
    } else if (load >= 0.5 * much) {
        advise(finding, PPT_HEALTH_NOTE, "Other programs were running: wait a minute.");
    }
}

/* ---- what is allowed ---- */

static void check_cpus(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_host *host = patient->host;

    finding->value = host->effective_cpus;
    say(finding, "%u of %u may be used", host->effective_cpus, host->online_cpus);
    if (host->topology.made_up) {
        advise(finding, PPT_HEALTH_BAD,
               "These are made up: unset HWLOC_SYNTHETIC and HWLOC_XMLFILE to measure.");
    }
}

static void check_quota(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_host *host = patient->host;
    const double share = throttled_share(patient);

    if (host->quota_cpus <= 0 && host->quota_unknown) {
        unknown(finding, "the system does not tell (/proc/self/cgroup)", "");
        return;
    }
    if (host->quota_cpus <= 0) {
        say(finding, "none");
        return;
    }
    measure(finding, host->quota_cpus, "CPUs");
    say(finding, "%g CPU%s", host->quota_cpus, PPT_S(host->quota_cpus));
    if (share > THROTTLED) {
        say(finding, "%g CPU%s; it stopped the noise test for %.0f %% of the time",
            host->quota_cpus, PPT_S(host->quota_cpus), fmin(100, 100 * share));
        advise(finding, PPT_HEALTH_BAD,
               "Times come in bursts: allow a whole number of CPUs, or measure without a quota.");
    } else if (ppt_host_quota_binds(host)) {
        advise(finding, PPT_HEALTH_NOTE, "Figures are those of the quota, not of the machine.");
    }
}

/* ---- the clock of the CPUs ---- */

static void check_governor(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_vitals *vitals = patient->vitals;

    if (*vitals->governor == '\0') {
        unknown(finding, "not told here", why_no_clock(patient->host));
        return;
    }
    say(finding, "%s%s", vitals->governor,
        vitals->governors_differ ? ", others on other CPUs" : "");
    if (vitals->governors_differ) {
        /* Where not all CPUs may be used, the others may be those that differ. */
        advise(finding,
               patient->host->effective_cpus < patient->host->online_cpus ? PPT_HEALTH_NOTE
                                                                          : PPT_HEALTH_BAD,
               "Workers get unequal CPUs: cpupower frequency-set -g performance");
    } else if (strcmp(vitals->governor, "performance") != 0) {
        advise(finding, PPT_HEALTH_NOTE,
               "The clock follows the load: cpupower frequency-set -g performance");
    }
}

static void check_boost(const struct patient *patient, struct ppt_finding *finding)
{
    const int boost = patient->vitals->boost;

    if (tell(finding,
             boost < 0 ? ""
             : boost   ? "on"
                       : "off",
             why_no_clock(patient->host)) &&
        boost) {
        advise(finding, PPT_HEALTH_NOTE,
               "One worker gets a higher clock than many, so speedups look smaller. To choose "
               "workers leave it on; to compare programs turn it off.");
    }
}

static void check_smt(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_topology *topology = &patient->host->topology;

    measure(finding, topology->threads_per_core, "threads per core");
    if (topology->threads_per_core > 1) {
        say(finding, "%u threads per core: beyond %u workers some share a core",
            topology->threads_per_core, topology->cores);
    } else if (topology->threads_per_core == 1) {
        say(finding, "1 thread per core%s",
            strcmp(patient->host->virtual_machine, "none") == 0 ? ""
                                                                : ", as far as can be seen here");
    } else {
        finding->value = NAN;
        unknown(finding, "the topology is not told here", "");
    }
}

static void check_shared_cache(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_handovers *handovers = &patient->vitals->handovers;

    if (handovers->pairs == 0) {
        unknown(finding, "no two CPUs are known to share one", "");
        return;
    }
    if (handovers->farthest_ns >= PPT_HANDOVER_UNKNOWN_NS) {
        unknown(finding, "not found out, since others keep CPUs busy", "");
        return;
    }
    measure(finding, handovers->farthest_ns, "ns");
    say(finding, "CPUs hand a line of it to each other in %.0f to %.0f ns", handovers->nearest_ns,
        handovers->farthest_ns);
    if (handovers->farthest_ns > PPT_HANDOVER_NEAR_NS) {
        say(finding, "the system says so, but a line takes %.0f to %.0f ns between CPUs",
            handovers->nearest_ns, handovers->farthest_ns);
        advise(finding, PPT_HEALTH_NOTE,
               "The host moves virtual CPUs apart: whether workers slow each other in caches and "
               "memory changes with it.");
    }
}

/* ---- time ---- */

static void check_clock_source(const struct patient *patient, struct ppt_finding *finding)
{
    static const char *const slow[] = {"hpet",    "acpi_pm",         "pit",
                                       "jiffies", "refined-jiffies", NULL};
    const char *source = patient->vitals->clock_source;

    tell(finding, source, "");
    if (slow[ppt_names_find(slow, source)]) {
        advise(finding, PPT_HEALTH_NOTE,
               "The kernel mistrusts faster ones; dmesg says why (look for clocksource).");
    }
}

/* What a clock takes, of which something has to take a thousand times as long. */
static void check_reading(struct ppt_finding *finding, double seconds, const char *what,
                          double note, double bad, const char *advice)
{
    char text[PPT_UNITS_SIZE];

    if (seconds < 0) {
        unknown(finding, "was not measured", "");
        return;
    }
    measure(finding, 1e9 * seconds, "ns");
    say(finding, "%s %s", ppt_text_duration(seconds, text), what);
    advise(finding, grade(seconds, note, bad), seconds < note ? "" : advice);
}

/* A pass reads it twice per task. */
static void check_clock_cost(const struct patient *patient, struct ppt_finding *finding)
{
    check_reading(finding, patient->vitals->clock_cost_s, "to read the time", 200e-9, 5e-6,
                  "Tasks should take a thousand times as long.");
}

static void check_clock_step(const struct patient *patient, struct ppt_finding *finding)
{
    check_reading(finding, patient->vitals->clock_step_s, "is the smallest step", 2e-6, 1e-4,
                  "Passes should take a thousand times as long.");
}

/* ---- memory and disk ---- */

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static void check_memory(const struct patient *patient, struct ppt_finding *finding)
{
    const uint64_t bytes = patient->host->available_bytes;
    char text[PPT_UNITS_SIZE];

    if (bytes == 0) {
        unknown(finding, "the system does not tell how much is available (/proc/meminfo)", "");
        return;
    }
    measure(finding, (double)bytes, "bytes");
    say(finding, "%s available", ppt_text_bytes(bytes, text));
    if (bytes < GIB) {
        advise(finding, bytes < 128 * MIB ? PPT_HEALTH_BAD : PPT_HEALTH_NOTE,
               "Large tasks will not fit, or push others out: end other programs.");
    }
}

#define PAGE 4096.0
#define SWAPPING 1048576.0 /* bytes per second */

static void check_swap(const struct patient *patient, struct ppt_finding *finding)
{
    const int64_t used = patient->vitals->swap_used_bytes;
    char text[PPT_UNITS_SIZE];

    if (used < 0) {
        unknown(finding, "not told here", "");
        return;
    }
    measure(finding, (double)used, "bytes");
    say(finding, "%s in use", used > 0 ? ppt_text_bytes((uint64_t)used, text) : "none");
    /* Single pages come back now and then wherever something was swapped out. */
    if ((double)patient->swapped_pages * PAGE >= SWAPPING * patient->spins->seconds) {
        say(finding, "%s in use, and memory moves to and fro",
            ppt_text_bytes((uint64_t)used, text));
        advise(finding, PPT_HEALTH_BAD, "Memory is short: end other programs.");
    } else if ((uint64_t)used >= 64 * MIB) {
        advise(finding, PPT_HEALTH_NOTE,
               "What lies there comes back slowly when touched: swapoff -a && swapon -a");
    }
}

static void check_huge_pages(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_vitals *vitals = patient->vitals;

    if (tell(finding, vitals->huge_pages, "") && strcmp(vitals->huge_pages, "always") == 0 &&
        strcmp(vitals->huge_pages_effort, "always") == 0) {
        advise(finding, PPT_HEALTH_NOTE,
               "Taking memory may wait until some has been moved together: write madvise to "
               "/sys/kernel/mm/transparent_hugepage/defrag");
    }
}

static void check_folder(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_vitals *vitals = patient->vitals;
    char text[PPT_UNITS_SIZE];
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, vitals->folder, 60);
    if (vitals->folder_free_bytes < 0) {
        say(finding, "%s: nothing can be written there", shown.data);
        advise(finding, PPT_HEALTH_BAD, "Name another folder in TMPDIR.");
        return;
    }
    measure(finding, (double)vitals->folder_free_bytes, "bytes");
    say(finding, "%s: %s free%s%s%s", shown.data,
        ppt_text_bytes((uint64_t)vitals->folder_free_bytes, text), *vitals->folder_kind ? " (" : "",
        vitals->folder_kind, *vitals->folder_kind ? ")" : "");
    if ((uint64_t)vitals->folder_free_bytes < GIB) {
        advise(finding,
               (uint64_t)vitals->folder_free_bytes < 64 * MIB ? PPT_HEALTH_BAD : PPT_HEALTH_NOTE,
               "io and zip may fill it: name another folder in TMPDIR.");
    } else if (vitals->folder_in_memory) {
        advise(finding, PPT_HEALTH_NOTE,
               "It is memory: io and zip measure no disk. TMPDIR names another folder.");
    } else if (vitals->folder_on_network) {
        advise(finding, PPT_HEALTH_NOTE,
               "It is on another machine: io and zip measure the network. TMPDIR names another.");
    }
}

static void check_blas(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_vitals *vitals = patient->vitals;

    if (*vitals->blas_core == '\0') {
        unknown(finding, "cannot be loaded", "tensor and matrix need it.");
    } else if (vitals->blas_asked) {
        say(finding, "computes as %s, by OPENBLAS_CORETYPE", vitals->blas_core);
        if (*vitals->blas_asked == '\0') {
            advise(finding, PPT_HEALTH_NOTE,
                   "The variable is empty, which does not leave it to the library: unset it.");
        }
    } else if (vitals->blas_loss > 0) {
        measure(finding, vitals->blas_loss, "times");
        say(finding, "computes as %s here; programs that use it take %s, and %.1f times as long",
            vitals->blas_core, vitals->blas_own, vitals->blas_loss);
        advise(finding, PPT_HEALTH_NOTE, vitals->blas_advice);
    } else {
        say(finding, "computes as %s", vitals->blas_core);
    }
}

/* Why a hardware counter is refused. */
static void blame(const struct patient *patient, int problem, struct ppt_finding *finding)
{
    const int64_t paranoid = patient->vitals->perf_paranoid;
    const bool virtual = strcmp(patient->host->virtual_machine, "none") != 0;

    if ((problem == EACCES || problem == EPERM) && paranoid > 2) {
        say(finding, "not available here: perf_event_paranoid is %d", (int)paranoid);
        finding->advice = "sysctl kernel.perf_event_paranoid=2 permits those of own programs.";
    } else if (problem == EACCES || problem == EPERM) {
        say(finding, "not available here: they are not permitted");
        finding->advice = "A container may forbid perf_event_open (seccomp).";
    } else if (problem == ENOSYS) {
        say(finding, "not available here: the system has no perf_event_open");
    } else {
        say(finding, "not available here: no PMU in this %s",
            virtual ? "virtual machine" : "machine");
    }
}

static void check_counters(const struct patient *patient, struct ppt_finding *finding)
{
    const struct ppt_event_access *access = &patient->vitals->events;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        if (access->refused[e] == 0) {
            ppt_text_addf(&words, "%s%s", words.length > 0 ? ", " : "", ppt_events[e].words);
        }
    }
    if (words.length == 0) {
        finding->health = PPT_HEALTH_UNKNOWN;
        blame(patient, access->refused[0], finding);
        return;
    }
    say(finding, "%s%s", words.data,
        access->user_only ? "; of programs, not of what the system does for them" : "");
}

static void check_surroundings(const struct patient *patient, struct ppt_finding *finding)
{
    const char *machine = patient->host->virtual_machine, *container = patient->host->container;
    const bool virtual = strcmp(machine, "none") != 0, contained = strcmp(container, "none") != 0;

    if (virtual || contained) {
        say(finding, "%s%s%s%s%s", virtual ? "virtual machine: " : "", virtual ? machine : "",
            virtual && contained ? ", " : "", contained ? "container: " : "",
            contained ? container : "");
    } else {
        say(finding, "no virtual machine and no container is known of");
    }
}

/* ---- all of it ---- */

static const struct {
    const char *name;
    void (*check)(const struct patient *patient, struct ppt_finding *finding);
} checks[PPT_FINDINGS] = {
    {"noise", check_noise},
    {"steadiness", check_spread},
    {"equal CPUs", check_unequal},
    {"steal", check_steal},
    {"pressure", check_pressure},
    {"load", check_load},
    {"CPUs", check_cpus},
    {"quota", check_quota},
    {"governor", check_governor},
    {"turbo", check_boost},
    {"SMT", check_smt},
    {"shared cache", check_shared_cache},
    {"clock source", check_clock_source},
    {"clock cost", check_clock_cost},
    {"clock step", check_clock_step},
    {"memory", check_memory},
    {"swap", check_swap},
    {"huge pages", check_huge_pages},
    {"temporary files", check_folder},
    {"OpenBLAS", check_blas},
    {"counters", check_counters},
    {"inside", check_surroundings},
};

void ppt_doctor_judge(const struct ppt_host *host, const struct ppt_vitals *vitals,
                      const struct ppt_spins *spins, int64_t swapped_pages,
                      struct ppt_diagnosis *diagnosis)
{
    const struct patient patient = {host, vitals, spins, swapped_pages};

    *diagnosis = (struct ppt_diagnosis){0};
    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        struct ppt_finding *finding = &diagnosis->findings[i];

        *finding =
            (struct ppt_finding){.name = checks[i].name, .value = NAN, .unit = "", .advice = ""};
        checks[i].check(&patient, finding);
        diagnosis->counts[finding->health]++;
    }
    diagnosis->fit = diagnosis->counts[PPT_HEALTH_BAD] == 0;
}
