/*
 * io - writes random bytes to a file, copies the file and deletes both.
 *
 * One buffer is used throughout: on a virtual machine, touching fresh memory for the whole file
 * costs several times what writing and copying it does.
 */
#include "digest.h"
#include "kernel.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "tempfile.h"

#define MIB_BYTES (UINT64_C(1) << 20)

enum { MIB };

static const struct ppt_param io_params[] = {
    [MIB] = {.name = "mib",
             .kind = PPT_PARAM_INTEGER,
             .value = "50",
             .largest = 1 << 20,
             .unit = "MiB",
             .help = "size of the file that one task writes and copies"},
};

struct io_local {
    struct ppt_tempfile source, copy;
    unsigned char *buffer; /* PPT_TEMPFILE_CHUNK bytes */
};

static void io_detach(void *local)
{
    struct io_local *l = local;

    if (l) {
        ppt_tempfile_free(&l->source);
        ppt_tempfile_free(&l->copy);
    }
}

static struct io_local *io_lay_out(struct ppt_scratch *scratch)
{
    struct io_local local = {0};

    local.buffer = ppt_scratch_take(scratch, 1, PPT_TEMPFILE_CHUNK);
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

static enum ppt_status io_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                 struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    struct io_local *l = io_lay_out(scratch);

    (void)shared;
    if (ppt_tempfile_init(&l->source, setup, "io", worker, "source", error) != PPT_OK ||
        ppt_tempfile_init(&l->copy, setup, "io", worker, "copy", error) != PPT_OK) {
        io_detach(l);
        return PPT_FAILED;
    }
    *local = l;
    return PPT_OK;
}

static enum ppt_status write_source(struct io_local *l, const struct ppt_task *task,
                                    struct ppt_error *error)
{
    uint64_t left = (uint64_t)task->args[MIB].integer * (MIB_BYTES / PPT_TEMPFILE_CHUNK);
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed_task(&rng, task);
    PPT_TRY(ppt_tempfile_create(&l->source, error));
    ppt_tempfile_reserve(&l->source, left * PPT_TEMPFILE_CHUNK);
    for (; left > 0; left--) {
        ppt_rng_fill_bytes(&rng, l->buffer, PPT_TEMPFILE_CHUNK);
        PPT_TRY(ppt_tempfile_write(&l->source, l->buffer, PPT_TEMPFILE_CHUNK, error));
    }
    return ppt_tempfile_close(&l->source, error);
}

/* The digest is of what was read, so that it covers the way to the disk and back. */
static enum ppt_status copy_source(struct io_local *l, const struct ppt_task *task,
                                   uint64_t *digest, struct ppt_error *error)
{
    uint64_t bytes = 0;
    size_t got;

    *digest = 0;
    PPT_TRY(ppt_tempfile_open(&l->source, error));
    PPT_TRY(ppt_tempfile_create(&l->copy, error));
    ppt_tempfile_reserve(&l->copy, (uint64_t)task->args[MIB].integer * MIB_BYTES);
    do {
        PPT_TRY(ppt_tempfile_read(&l->source, l->buffer, PPT_TEMPFILE_CHUNK, &got, error));
        *digest = ppt_digest(*digest, l->buffer, got);
        bytes += got;
        PPT_TRY(ppt_tempfile_write(&l->copy, l->buffer, got, error));
    } while (got == PPT_TEMPFILE_CHUNK);
    *digest = ppt_digest_word(*digest, bytes);
    PPT_TRY(ppt_tempfile_close(&l->copy, error));
    return ppt_tempfile_close(&l->source, error);
}

/* `sink` receives the copy before it is deleted; NULL for none. After a failure files may be left.
 */
static enum ppt_status io_try(struct io_local *l, const struct ppt_task *task, uint64_t *digest,
                              FILE *sink, struct ppt_error *error)
{
    PPT_TRY(write_source(l, task, error));
    PPT_TRY(copy_source(l, task, digest, error));
    if (sink) {
        PPT_TRY(ppt_tempfile_dump(&l->copy, l->buffer, sink, error));
    }
    PPT_TRY(ppt_tempfile_remove(&l->source, error));
    return ppt_tempfile_remove(&l->copy, error);
}

static enum ppt_status io_work(struct io_local *l, const struct ppt_task *task, uint64_t *digest,
                               FILE *sink, struct ppt_error *error)
{
    const enum ppt_status status = io_try(l, task, digest, sink, error);

    ppt_tempfile_drop(&l->source);
    ppt_tempfile_drop(&l->copy);
    return status;
}

static enum ppt_status io_run(void *local, const struct ppt_task *task, uint64_t *digest,
                              struct ppt_error *error)
{
    return io_work(local, task, digest, NULL, error);
}

static enum ppt_status io_dump(void *local, const struct ppt_task *task, FILE *file,
                               struct ppt_error *error)
{
    uint64_t digest;

    return io_work(local, task, &digest, file, error);
}

static void io_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[MIB].integer = ppt_rng_between(rng, 1, 100);
}

static void io_needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    (void)inner_threads;
    io_lay_out(&ruler);
    needs->worker_bytes = ruler.used;
    needs->disk_bytes = 2 * (uint64_t)args[MIB].integer * MIB_BYTES;
}

static void io_work_of(const union ppt_value *args, struct ppt_work *work)
{
    work->written_bytes = 2 * (double)args[MIB].integer * (double)MIB_BYTES;
}

const struct ppt_kernel ppt_kernel_io = {
    PPT_KERNEL_HEAD,
    .name = "io",
    .category = "storage",
    .summary = "write random bytes to a file, copy the file, delete both",
    PPT_KERNEL_PARAMS(io_params),
    .attach = io_attach,
    .run = io_run,
    .detach = io_detach,
    .draw = io_draw,
    .needs = io_needs,
    .dump = io_dump,
    .work = io_work_of,
};
