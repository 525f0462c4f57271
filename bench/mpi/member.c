#include "member.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "memory.h"
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
    struct ppt_recorder *recorder;
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

    job->status = job->run(job->member, &job->error);
    atomic_store(&job->done, true);
    return NULL;
}

static enum ppt_status do_beside(struct job *job, MPI_Comm comm)
{
    struct ppt_world *world = job->member->world;
    struct ppt_nap nap = {.most_ns = NAP_IDLE_NS};
    enum ppt_status status = PPT_OK;
    pthread_t thread;

    if (pthread_create(&thread, NULL, run_job, job) != 0) {
        run_job(job);
        return PPT_OK;
    }
    while (!atomic_load(&job->done)) {
        if (status == PPT_OK && ppt_world_beat(world)) {
            status = ppt_world_send(world, comm, 0, PPT_TAG_ALIVE, NULL, 0, job->member->error);
        }
        ppt_nap_take(&nap);
    }
    pthread_join(thread, NULL);
    return status;
}

/* Does it and tells rank 0 what came of it. */
static enum ppt_status answer(struct member *member, MPI_Comm comm,
                              enum ppt_status (*run)(struct member *, struct ppt_error *),
                              bool *well)
{
    struct job job = {.run = run, .member = member};
    enum ppt_status status = do_beside(&job, comm);
    struct ppt_wire_answer message = {.status = job.status, .error = job.error};

    *well = job.status == PPT_OK;
    if (status == PPT_OK) {
        status = ppt_world_send(member->world, comm, 0, PPT_TAG_ANSWER, &message, sizeof(message),
                                member->error);
    }
    return status;
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

static enum ppt_status stay_open(struct member *member, struct ppt_error *error)
{
    (void)member;
    (void)error;
    return PPT_OK;
}

static enum ppt_status take_part(struct member *member, const struct ppt_wire_pass *pass)
{
    const struct ppt_group *group = ppt_world_group(member->world, pass->point.ranks);
    const bool other =
        !member->open || (member->configs.items[0].mix && member->block != pass->block);
    enum ppt_status status;
    bool well;

    if (other) {
        member->block = pass->block;
    }
    ppt_world_expect(member->world, 0);
    status = answer(member, group->comm, other ? open_workload : stay_open, &well);
    ppt_world_expect(member->world, 0);
    if (status == PPT_OK && well) {
        return ppt_share_run(member->world, &member->workload, pass->point, member->recorder,
                             member->error);
    }
    return status;
}

/* The configuration as rank 0 sent it, whose files are where it found them. */
static enum ppt_status read_config(struct member *member, const char *json, struct ppt_error *error)
{
    struct ppt_source source;
    struct ppt_item item = {.source = &source};
    bool same = true;
    enum ppt_status status;

    close_workload(member);
    ppt_configs_free(&member->configs);
    if (!member->scratch.folder.path && ppt_workspace_create(&member->scratch, error) != PPT_OK) {
        return PPT_FAILED;
    }
    ppt_source_from_line(&source, "the configuration of rank 0", json, strlen(json), 1);
    status = ppt_json_parse(&source, &item.value, error);
    if (status == PPT_OK) {
        status = ppt_config_from_item(&item, &member->configs, error);
    }
    if (status == PPT_OK) {
        status = ppt_config_load_kernel(&member->configs.items[0], &same, error);
    }
    if (status == PPT_OK && !same) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: is another file than that of rank 0",
                          member->configs.items[0].kernel_file);
    }
    json_object_put(item.value);
    ppt_source_free(&source);
    return status;
}

/* A configuration is read, and its kernels are tried if that is asked for. Ranks that take part in
 * no pass need not be able to. */
static enum ppt_status take_on(struct member *member, struct ppt_error *error)
{
    enum ppt_status status = read_config(member, member->json, error);
    const struct ppt_config *config = status == PPT_OK ? &member->configs.items[0] : NULL;
    const unsigned rank = member->world->rank;

    if (config) {
        ppt_sweep_set_up_memory(config);
    }
    return config && member->check && rank < ppt_config_ranks(config)
               ? ppt_sweep_check(config, &member->scratch,
                                 ppt_cluster_neighbours(&member->world->cluster,
                                                        ppt_config_ranks(config), rank),
                                 ppt_host_memory(member->host), error)
               : status;
}

static enum ppt_status take_config(struct member *member, const char *message)
{
    struct ppt_wire_config head;
    unsigned *ranks;
    enum ppt_status status;
    bool well;

    memcpy(&head, message, sizeof(head));
    ranks = ppt_alloc(head.rank_count, sizeof(*ranks));
    memcpy(ranks, message + sizeof(head), head.rank_count * sizeof(*ranks));
    status = ppt_world_divide(member->world, ranks, head.rank_count, member->error);
    free(ranks);
    member->json = message + sizeof(head) + head.rank_count * sizeof(*ranks);
    member->check = head.check;
    return status == PPT_OK ? answer(member, member->world->comm, take_on, &well) : status;
}

static enum ppt_status obey(struct member *member, const struct ppt_incoming *incoming, bool *end)
{
    /* One byte more, so that a text always ends. */
    char *message = ppt_alloc(incoming->bytes + 1, 1);
    struct ppt_wire_pass pass;
    enum ppt_status status =
        ppt_world_receive(member->world, member->world->comm, incoming, message, member->error);

    if (status == PPT_OK && incoming->tag == PPT_TAG_CONFIG) {
        status = take_config(member, message);
    } else if (status == PPT_OK && incoming->tag == PPT_TAG_PASS) {
        memcpy(&pass, message, sizeof(pass));
        status = take_part(member, &pass);
    }
    *end = incoming->tag == PPT_TAG_END;
    free(message);
    return status;
}

enum ppt_status ppt_member_serve(struct ppt_world *world, const struct ppt_host *host,
                                 struct ppt_error *error)
{
    struct member member = {
        .world = world, .host = host, .recorder = ppt_recorder_create(), .error = error};
    struct ppt_nap nap = {.most_ns = NAP_IDLE_NS};
    enum ppt_status status = PPT_OK;
    bool end = false;

    /* Rank 0 alone decides when a run ends; here a signal ends the pass at hand. */
    ppt_interrupt_watch();
    while (status == PPT_OK && !end) {
        struct ppt_incoming incoming;

        if (ppt_world_peek(world, world->comm, &incoming)) {
            status = obey(&member, &incoming, &end);
            ppt_nap_reset(&nap);
        } else {
            ppt_nap_take(&nap);
        }
    }
    close_workload(&member);
    ppt_configs_free(&member.configs);
    ppt_recorder_destroy(member.recorder);
    ppt_workspace_remove(&member.scratch);
    return status;
}
