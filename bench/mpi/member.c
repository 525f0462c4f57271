#include "member.h"

#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "share.h"
#include "sweep.h"
#include "wire.h"

/* The longest nap of a rank that is not needed. */
#define NAP_IDLE_NS 5000000

struct member {
    struct ppt_world *world;
    const struct ppt_host *host;
    struct ppt_workspace scratch;
    const char *json;           /* of the configuration that rank 0 has just sent */
    bool check;                 /* its kernels are to be tried */
    struct ppt_configs configs; /* none, or the last one that rank 0 sent */
    struct ppt_workload workload;
    unsigned block; /* of the workload */
    bool open;
    struct ppt_stopwatches *watches;
    struct ppt_error *error;
};

/* Something that may take long, done by another thread while this one tells rank 0 that it lives.
 */
struct job {
    enum ppt_status (*run)(struct member *member, struct ppt_error *error);
    struct member *member;
    enum ppt_status status;
    struct ppt_error error;
    atomic_bool done;
};

static void *run_job(void *argument)
{
    struct job *job = argument;

    job->status = job->run ? job->run(job->member, &job->error) : PPT_OK;
    atomic_store(&job->done, true);
    return NULL;
}

static enum ppt_status do_beside(struct job *job, const struct ppt_group *group)
{
    struct ppt_nap nap = {.most_ns = NAP_IDLE_NS};
    enum ppt_status status = PPT_OK;
    pthread_t thread;

    if (pthread_create(&thread, NULL, run_job, job) != 0) {
        run_job(job);
        return PPT_OK;
    }
    while (!atomic_load(&job->done)) {
        if (status == PPT_OK && ppt_world_beat(group->world)) {
            status = ppt_world_send(group, 0, PPT_TAG_ALIVE, NULL, 0, job->member->error);
        }
        ppt_nap_take(&nap);
    }
    pthread_join(thread, NULL);
    return status;
}

/* Does it, if there is something to do (`run`), and tells rank 0 what came of it. */
static enum ppt_status answer(struct member *member, const struct ppt_group *group,
                              enum ppt_status (*run)(struct member *, struct ppt_error *),
                              bool *well)
{
    struct job job = {.run = run, .member = member};

    PPT_TRY(do_beside(&job, group));
    const struct ppt_wire_answer message = {.status = job.status, .error = job.error};
    *well = job.status == PPT_OK;
    return ppt_world_send(group, 0, PPT_TAG_ANSWER, &message, sizeof(message), member->error);
}

static void close_workload(struct member *member)
{
    if (member->open) {
        ppt_workload_close(&member->workload);
        member->open = false;
    }
}

static enum ppt_status open_workload(struct member *member, struct ppt_error *error)
{
    close_workload(member);
    if (member->configs.items[0].trim_after_block) {
        malloc_trim(0);
    }
    const struct ppt_dirs dirs = {.scratch = &member->scratch.folder};
    const enum ppt_status status = ppt_workload_open(&member->configs.items[0], member->block,
                                                     &dirs, &member->workload, error);

    member->open = status == PPT_OK;
    return status;
}

static enum ppt_status take_part(struct member *member, const struct ppt_wire_pass *pass)
{
    const struct ppt_group *group = ppt_world_group(member->world, pass->point.ranks);
    const bool other =
        !member->open || (member->configs.items[0].mix && member->block != pass->block);
    bool well;

    if (other) {
        member->block = pass->block;
    }
    ppt_world_expect(member->world, 0);
    PPT_TRY(answer(member, group, other ? open_workload : NULL, &well));
    ppt_world_expect(member->world, 0);
    return well ? ppt_share_run(member->world, &member->workload, pass->point, member->watches,
                                member->error)
                : PPT_OK;
}

static enum ppt_status read_config(struct member *member, const char *json, struct ppt_error *error)
{
    close_workload(member);
    ppt_configs_free(&member->configs);
    if (!member->scratch.folder.path) {
        PPT_TRY(ppt_workspace_create(&member->scratch, error));
    }
    return ppt_config_from_message("rank 0", json, &member->configs, error);
}

/* A configuration is read, and its kernels are tried if that is asked for. Ranks that take part in
 * no pass need not be able to. */
static enum ppt_status take_on(struct member *member, struct ppt_error *error)
{
    const unsigned rank = member->world->rank;

    PPT_TRY(read_config(member, member->json, error));
    const struct ppt_config *config = &member->configs.items[0];
    ppt_sweep_set_up_memory(config);
    return member->check && rank < ppt_config_ranks(config)
               ? ppt_sweep_check(config, &member->scratch,
                                 ppt_cluster_neighbours(&member->world->cluster,
                                                        ppt_config_ranks(config), rank),
                                 ppt_host_memory(member->host), error)
               : PPT_OK;
}

static enum ppt_status take_config(struct member *member, const char *message)
{
    struct ppt_wire_config head;
    unsigned *ranks PPT_FREED = NULL;
    bool well;

    memcpy(&head, message, sizeof(head));
    ranks = ppt_alloc(head.rank_count, sizeof(*ranks));
    memcpy(ranks, message + sizeof(head), head.rank_count * sizeof(*ranks));
    PPT_TRY(ppt_world_divide(member->world, ranks, head.rank_count, member->error));
    member->json = message + sizeof(head) + head.rank_count * sizeof(*ranks);
    member->check = head.check;
    return answer(member, &member->world->all, take_on, &well);
}

static enum ppt_status obey(struct member *member, const struct ppt_incoming *incoming, bool *end)
{
    /* One byte more, so that a text always ends. */
    char *message PPT_FREED = ppt_alloc(incoming->bytes + 1, 1);
    struct ppt_wire_pass pass;

    PPT_TRY(ppt_world_receive(&member->world->all, incoming, message, member->error));
    *end = incoming->tag == PPT_TAG_END;
    if (incoming->tag == PPT_TAG_CONFIG) {
        return take_config(member, message);
    }
    if (incoming->tag != PPT_TAG_PASS) {
        return PPT_OK;
    }
    memcpy(&pass, message, sizeof(pass));
    return take_part(member, &pass);
}

static void member_leave(struct member *member)
{
    close_workload(member);
    ppt_configs_free(&member->configs);
    ppt_stopwatches_destroy(member->watches);
    ppt_workspace_remove(&member->scratch);
}

enum ppt_status ppt_member_serve(struct ppt_world *world, const struct ppt_host *host,
                                 struct ppt_error *error)
{
    struct member member PPT_OWNED(member_leave) = {
        .world = world, .host = host, .watches = ppt_stopwatches_create(), .error = error};
    struct ppt_nap nap = {.most_ns = NAP_IDLE_NS};

    /* Rank 0 alone decides when a run ends; here a signal ends the pass at hand. */
    ppt_interrupt_watch();
    for (bool end = false; !end;) {
        struct ppt_incoming incoming;

        if (ppt_world_peek(&world->all, &incoming)) {
            PPT_TRY(obey(&member, &incoming, &end));
            ppt_nap_reset(&nap);
        } else {
            ppt_nap_take(&nap);
        }
    }
    return PPT_OK;
}
