#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "blas.h"
#include "channel.h"
#include "interrupt.h"
#include "owned.h"
#include "pass.h"
#include "plan.h"
#include "process.h"
#include "sample_fields.h"
#include "sweep.h"

struct served {
    struct ppt_channel channel;
    struct ppt_channel_start start;
    struct ppt_configs configs;
    struct ppt_folder scratch, results;
    struct ppt_stopwatches *watches;
    struct ppt_workload workload;
    unsigned block; /* of the workload */
    bool open;
};

static void close_workload(struct served *served)
{
    if (served->open) {
        ppt_workload_close(&served->workload);
        served->open = false;
    }
}

static void end(struct served *served)
{
    close_workload(served);
    ppt_stopwatches_destroy(served->watches);
    ppt_fields_free(ppt_channel_start_fields, &served->start);
    ppt_configs_free(&served->configs);
    ppt_channel_close(&served->channel);
}

/* A message as JSON; the caller owns both. False: nothing more comes. */
static bool receive(struct served *served, struct ppt_source *source, json_object **value)
{
    const char *line = ppt_channel_receive(&served->channel, NULL, NULL);
    struct ppt_error ignored;

    if (!line) {
        return false;
    }
    ppt_source_from_line(source, "the run", line, strlen(line), 1);
    return ppt_json_parse(source, value, &ignored) == PPT_OK;
}

/* Programs that tasks start do not get what was handed over to this one. */
static struct ppt_folder take_folder(const struct ppt_channel_folder *folder)
{
    if (folder->fd >= 0) {
        (void)fcntl(folder->fd, F_SETFD, FD_CLOEXEC);
    }
    return (struct ppt_folder){folder->fd, folder->path};
}

static enum ppt_status take_start(struct served *served, struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    struct ppt_place place;
    struct ppt_item config;

    if (!receive(served, &source, &value)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "\"" PPT_PROCESS_VERB "\" is what a run starts for its passes");
    }
    const struct ppt_item item = {.value = value, .source = &source};
    PPT_TRY(ppt_fields_read(ppt_channel_start_fields, &item, 0, &served->start, error));
    PPT_TRY(ppt_item_member(&item, "config", &place, &config, error));
    if (served->start.blas) {
        ppt_blas_decide(served->start.blas);
    }
    served->scratch = take_folder(&served->start.scratch);
    served->results = take_folder(&served->start.results);
    return ppt_config_from_message("the run", json_object_to_json_string(config.value),
                                   &served->configs, error);
}

/* One task for each worker, in passes as those of a warm-up: what a process, or its main thread,
 * does for the first time, it does here. */
static void warm_up(struct served *served)
{
    struct ppt_workload *workload = &served->workload;
    size_t order[PPT_MOST_WARMUP];

    for (size_t i = 0, count = ppt_plan_warmup(workload->config, order); i < count; i++) {
        const struct ppt_point point = workload->config->points[order[i]];
        struct ppt_sample sample = {0};
        struct ppt_error ignored;

        workload->at_most = ppt_point_running(point);
        /* What fails here fails in a pass that counts, and is told of that. */
        (void)ppt_pass_run(workload, point, served->watches, &sample, &ignored);
        ppt_sample_free(&sample);
    }
    workload->at_most = 0;
}

static enum ppt_status open_block(struct served *served, const struct ppt_channel_request *request,
                                  struct ppt_error *error)
{
    const struct ppt_config *config = &served->configs.items[0];
    const struct ppt_dirs dirs = {&served->scratch, served->results.path ? &served->results : NULL};

    if (served->open && config->trim_after_block) {
        malloc_trim(0);
    }
    if (!served->open || config->mix) {
        close_workload(served);
        PPT_TRY(ppt_workload_open(config, request->block, &dirs, &served->workload, error));
        served->open = true;
    }
    served->block = served->workload.block = request->block;
    if (request->warm) {
        warm_up(served);
    }
    return PPT_OK;
}

static enum ppt_status run_pass(struct served *served, const struct ppt_channel_request *request,
                                json_object *reply, struct ppt_error *error)
{
    struct ppt_sample sample PPT_OWNED(ppt_sample_free) = {0};
    json_object *pass = json_object_new_object();

    json_object_object_add(reply, "pass", pass);
    served->workload.at_most = request->at_most;
    served->workload.found = (struct ppt_found){request->repeated, request->work_dir};
    PPT_TRY(ppt_pass_run(&served->workload, request->point, served->watches, &sample, error));
    ppt_sample_write(&sample, pass);
    return PPT_OK;
}

static void answer(const struct served *served, enum ppt_status status, struct ppt_error *error,
                   json_object *reply)
{
    const struct ppt_channel_reply words = {status, status == PPT_OK ? NULL : error->text};

    ppt_fields_write(ppt_channel_reply_fields, &words, 0, reply);
    /* A run that is gone asks for nothing more. */
    (void)ppt_channel_send(&served->channel, reply);
}

static void free_request(struct ppt_channel_request *request)
{
    ppt_fields_free(ppt_channel_request_fields, request);
}

/* False: nothing more comes. */
static bool obey(struct served *served)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL, *reply;
    struct ppt_channel_request request PPT_OWNED(free_request) = {0};
    struct ppt_error error = {""};

    if (!receive(served, &source, &value)) {
        return false;
    }
    const struct ppt_item item = {.value = value, .source = &source};
    reply = json_object_new_object();
    enum ppt_status status =
        ppt_fields_read(ppt_channel_request_fields, &item, 0, &request, &error);

    if (status == PPT_OK) {
        status = request.open ? open_block(served, &request, &error)
                              : run_pass(served, &request, reply, &error);
    }
    answer(served, status, &error, reply);
    return true;
}

enum ppt_status ppt_process_serve(int channel, struct ppt_error *error)
{
    struct served served PPT_OWNED(end) = {.channel.fd = channel};

    (void)fcntl(channel, F_SETFD, FD_CLOEXEC);
    ppt_interrupt_obey();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    PPT_TRY(take_start(&served, error));
    ppt_sweep_set_up_memory(&served.configs.items[0]);
    served.watches = ppt_stopwatches_create();
    while (obey(&served)) {
    }
    return PPT_OK;
}
