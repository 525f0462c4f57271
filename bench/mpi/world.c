#include "world.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "probe.h"
#include "workspace.h"

#define SHORTEST_NAP_NS 10000
#define PATIENCE_S 20
#define MOST_PATIENCE_S 1e6
/* A rank is heard of so often within anybody's patience, but at least every so many nanoseconds. */
#define BEATS 8
#define LONGEST_BEAT_NS INT64_C(500000000)
/* Whoever was told to stop has less patience with others. */
#define LAST_PATIENCE_NS INT64_C(3000000000)

/* Time inside of MPI is what communication costs this rank. */
#define IN_MPI(world, call)                                                                        \
    do {                                                                                           \
        const int64_t since_ = ppt_clock_ns();                                                     \
        call;                                                                                      \
        (world)->mpi_ns += ppt_clock_ns() - since_;                                                \
    } while (0)

/* ---- start and end ---- */

/* What ranks tell each other of themselves at the start: of one size, for MPI_Allgather(). */
struct introduction {
    char host[96], cpus[512], cpu_model[96], scratch[256], binary[80];
    unsigned cores, effective_cpus;
    int64_t startup_ns, patience_ns;
};

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "unknown");
}

/* Since what started this process (mpirun, or its daemon on this host) was started itself; -1:
 * unknown. */
static int64_t since_launch_ns(void)
{
    char line[1024];
    struct timespec now;

    if (!ppt_probe_text(line, sizeof(line), "/proc/%ld/stat", (long)getppid())) {
        return -1;
    }
    /* The name, in brackets, may hold anything. The start is the 22nd field. */
    const char *field = strrchr(line, ')');
    for (int i = 0; field && i < 20; i++) {
        field = strchr(field + 1, ' ');
    }
    const unsigned long long ticks = field ? strtoull(field, NULL, 10) : 0;
    if (ticks == 0) {
        return -1;
    }
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec -
           (int64_t)ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

static int64_t patience_ns(void)
{
    const double seconds = ppt_clock_setting_s("PPT_OMP_RANK_TIMEOUT", 1, PATIENCE_S);

    return (int64_t)((seconds <= MOST_PATIENCE_S ? seconds : PATIENCE_S) * 1e9);
}

static struct introduction introduce(const struct ppt_host *host)
{
    struct introduction own = {
        .patience_ns = patience_ns(),
        .cores = host->topology.cores,
        .effective_cpus = host->effective_cpus,
    };
    char *cpus PPT_FREED = ppt_probe_field("Cpus_allowed_list", "/proc/self/status");

    copy(own.host, sizeof(own.host), host->name);
    copy(own.cpus, sizeof(own.cpus), cpus);
    copy(own.cpu_model, sizeof(own.cpu_model), host->cpu_model);
    copy(own.scratch, sizeof(own.scratch), ppt_workspace_base());
    copy(own.binary, sizeof(own.binary), host->binary);
    return own;
}

static void read_introductions(const struct introduction *all, struct ppt_world *world)
{
    world->cluster.count = world->all.ranks;
    world->cluster.ranks = ppt_alloc(world->all.ranks, sizeof(*world->cluster.ranks));
    for (unsigned r = 0; r < world->all.ranks; r++) {
        world->cluster.ranks[r] = (struct ppt_rank_place){
            .host = ppt_strdup(all[r].host),
            .cpus = ppt_strdup(all[r].cpus),
            .cpu_model = ppt_strdup(all[r].cpu_model),
            .scratch = ppt_strdup(all[r].scratch),
            .cores = all[r].cores,
            .effective_cpus = all[r].effective_cpus,
            .startup_ns = all[r].startup_ns,
        };
    }
}

static enum ppt_status check_programs(const struct introduction *all, const struct ppt_world *world,
                                      struct ppt_error *error)
{
    for (unsigned r = 1; r < world->all.ranks; r++) {
        if (strcmp(all[r].binary, all[0].binary) != 0) {
            char name[PPT_RANK_NAME_SIZE];

            return ppt_fail(error, PPT_FAILED,
                            "%s runs another build of the program than rank 0 on %s",
                            ppt_world_name(world, r, name), all[0].host);
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_world_start(int *count, char ***arguments, const struct ppt_host *host,
                                struct ppt_world *world, struct ppt_error *error)
{
    struct introduction own, *all PPT_FREED = NULL;
    int provided, rank, size;

    *world = (struct ppt_world){.all = {.world = world, .comm = MPI_COMM_WORLD}};
    MPI_Init_thread(count, arguments, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(world->all.comm, &rank);
    MPI_Comm_size(world->all.comm, &size);
    world->rank = (unsigned)rank;
    world->all.ranks = (unsigned)size;
    if (provided < MPI_THREAD_FUNNELED) {
        return ppt_fail(error, PPT_FAILED, "this MPI library does not allow threads beside it");
    }
    if (world->all.ranks > 1) {
        /* What started this process goes with it: a rank of a job that is gone must not stay. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
    world->heard_ns = ppt_alloc(world->all.ranks, sizeof(*world->heard_ns));
    all = ppt_alloc(world->all.ranks, sizeof(*all));
    own = introduce(host);
    /* Nobody is ready before all are. */
    MPI_Barrier(world->all.comm);
    /* One that was started without mpirun has anything for a parent. */
    own.startup_ns = getenv("OMPI_COMM_WORLD_RANK") ? since_launch_ns() : -1;
    MPI_Allgather(&own, sizeof(own), MPI_BYTE, all, sizeof(own), MPI_BYTE, world->all.comm);
    read_introductions(all, world);
    /* The same everywhere, whose ever environment says so. */
    world->patience_ns = all[0].patience_ns;
    return check_programs(all, world, error);
}

/* For the handler below, which can reach nothing else. */
static volatile int exit_code;

static void leave(int number)
{
    (void)number;
    _exit(exit_code);
}

void ppt_world_end(struct ppt_world *world, int code)
{
    fflush(stdout);
    fflush(stderr);
    if (world->broken) {
        _exit(code);
    }
    /* A rank that was lost unnoticed would keep all others in here. */
    exit_code = code;
    signal(SIGALRM, leave);
    alarm((unsigned)(world->patience_ns / 1000000000) + 1);
    for (size_t i = 0; i < world->group_count; i++) {
        MPI_Comm_free(&world->groups[i].comm);
    }
    MPI_Finalize();
    alarm(0);
    free(world->groups);
    free(world->heard_ns);
    ppt_cluster_free(&world->cluster);
    *world = (struct ppt_world){0};
}

const struct ppt_group *ppt_world_group(const struct ppt_world *world, unsigned ranks)
{
    for (size_t i = 0; i < world->group_count; i++) {
        if (world->groups[i].ranks == ranks) {
            return &world->groups[i];
        }
    }
    return NULL;
}

/* Not by a collective call that waits inside of MPI, for ever where a rank is lost. */
static enum ppt_status add_group(struct ppt_world *world, unsigned ranks, struct ppt_error *error)
{
    struct ppt_nap nap = {.most_ns = 1000000};
    const int64_t since = ppt_clock_ns();
    struct ppt_group group = {.world = world, .ranks = ranks};
    MPI_Request request;
    int done = 0;

    MPI_Comm_idup(world->all.comm, &group.comm, &request);
    while (!done) {
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (!done && ppt_clock_ns() - since > world->patience_ns) {
            world->broken = true;
            return ppt_fail(error, PPT_FAILED,
                            "a rank, its host or the link to it is lost. What "
                            "was measured is kept; go on with \"resume\"");
        }
        if (!done) {
            ppt_nap_take(&nap);
        }
    }
    world->groups = ppt_realloc(world->groups, world->group_count + 1, sizeof(*world->groups));
    world->groups[world->group_count++] = group;
    return PPT_OK;
}

enum ppt_status ppt_world_divide(struct ppt_world *world, const unsigned *ranks, size_t count,
                                 struct ppt_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (ranks[i] > 0 && ranks[i] <= world->all.ranks && !ppt_world_group(world, ranks[i])) {
            PPT_TRY(add_group(world, ranks[i], error));
        }
    }
    return PPT_OK;
}

const char *ppt_world_name(const struct ppt_world *world, unsigned rank,
                           char out[PPT_RANK_NAME_SIZE])
{
    snprintf(out, PPT_RANK_NAME_SIZE, "rank %u on %s", rank, world->cluster.ranks[rank].host);
    return out;
}

/* ---- messages ---- */

bool ppt_world_peek(const struct ppt_group *group, struct ppt_incoming *incoming)
{
    MPI_Status about;
    int there = 0, bytes = 0;

    IN_MPI(group->world, MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, group->comm, &there, &about));
    if (there) {
        MPI_Get_count(&about, MPI_BYTE, &bytes);
        *incoming = (struct ppt_incoming){(unsigned)about.MPI_SOURCE, about.MPI_TAG, (size_t)bytes};
    }
    return there;
}

/* Until the request is done, or the rank that it is about is lost. */
static enum ppt_status world_finish(struct ppt_world *world, MPI_Request *request, unsigned rank,
                                    struct ppt_error *error)
{
    struct ppt_nap nap = {.most_ns = 200000};
    int done = 0;

    IN_MPI(world, MPI_Test(request, &done, MPI_STATUS_IGNORE));
    if (!done) {
        ppt_world_expect(world, rank);
    }
    while (!done) {
        ppt_nap_take(&nap);
        IN_MPI(world, MPI_Test(request, &done, MPI_STATUS_IGNORE));
        PPT_TRY(done ? PPT_OK : ppt_world_check(world, rank, error));
    }
    return PPT_OK;
}

enum ppt_status ppt_world_receive(const struct ppt_group *group,
                                  const struct ppt_incoming *incoming, void *data,
                                  struct ppt_error *error)
{
    MPI_Request request;

    IN_MPI(group->world, MPI_Irecv(data, (int)incoming->bytes, MPI_BYTE, (int)incoming->rank,
                                   incoming->tag, group->comm, &request));
    const enum ppt_status status = world_finish(group->world, &request, incoming->rank, error);

    ppt_world_expect(group->world, incoming->rank);
    return status;
}

enum ppt_status ppt_world_send(const struct ppt_group *group, unsigned rank, int tag,
                               const void *data, size_t bytes, struct ppt_error *error)
{
    MPI_Request request;

    if (bytes > INT_MAX) {
        return ppt_fail(error, PPT_FAILED, "a message of %zu bytes is too long for MPI", bytes);
    }
    IN_MPI(group->world,
           MPI_Isend(data, (int)bytes, MPI_BYTE, (int)rank, tag, group->comm, &request));
    return world_finish(group->world, &request, rank, error);
}

/* ---- waiting ---- */

void ppt_nap_reset(struct ppt_nap *nap)
{
    nap->ns = 0;
}

int64_t ppt_nap_next(struct ppt_nap *nap)
{
    const int64_t next = nap->ns > 0 ? nap->ns * 3 / 2 : SHORTEST_NAP_NS;

    nap->ns = next < nap->most_ns ? next : nap->most_ns;
    return nap->ns;
}

void ppt_nap_take(struct ppt_nap *nap)
{
    const int64_t ns = ppt_nap_next(nap);
    const struct timespec span = {ns / 1000000000, ns % 1000000000};

    nanosleep(&span, NULL);
}

bool ppt_world_beat(struct ppt_world *world)
{
    const int64_t now = ppt_clock_ns();
    const int64_t share = world->patience_ns / BEATS;
    const bool due = now - world->beat_ns > (share < LONGEST_BEAT_NS ? share : LONGEST_BEAT_NS);

    world->beat_ns = due ? now : world->beat_ns;
    return due;
}

void ppt_world_expect(struct ppt_world *world, unsigned rank)
{
    world->heard_ns[rank] = ppt_clock_ns();
}

enum ppt_status ppt_world_check(struct ppt_world *world, unsigned rank, struct ppt_error *error)
{
    const int64_t patience_ns = ppt_interrupted && world->patience_ns > LAST_PATIENCE_NS
                                    ? LAST_PATIENCE_NS
                                    : world->patience_ns;
    const double silent = (double)(ppt_clock_ns() - world->heard_ns[rank]) * 1e-9;
    char name[PPT_RANK_NAME_SIZE];

    if (silent * 1e9 <= (double)patience_ns) {
        return PPT_OK;
    }
    world->broken = true;
    return ppt_fail(error, PPT_FAILED,
                    "%s was not heard of for %.0f s: it, its host or the link is "
                    "lost. What was measured is kept; go on with \"resume\"",
                    ppt_world_name(world, rank, name), silent);
}
