/*
 * img - crops, resizes and equalises images, as OpenCV would (img_stages.h).
 *
 * The work on one image goes over it twice, row by row, so that what a row passes through stays in
 * the nearest cache: to planes of Lab, and, when the histograms of the whole are known, back.
 * Several threads share out the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "file_digest.h"
#include "image.h"
#include "img_stages.h"
#include "inner.h"
#include "kernel.h"
#include "scratch.h"

#define SIDE PPT_IMG_SIDE

enum { PATHS };

static const struct ppt_param img_params[] = {
    [PATHS] = {.name = "paths",
               .kind = PPT_PARAM_PATHS,
               .value = "[\"landscape.png\"]",
               .unit = "",
               .help = "PNG or JPEG images that each task works through, "
                       "turned upright if their EXIF says so"},
};

struct picture {
    const char *path; /* borrowed from the argument set that named it first */
    struct ppt_image image;
};

struct img_shared {
    struct ppt_img_tables tables;
    struct picture *pictures; /* each file once, however many sets name it */
    size_t picture_count;
    size_t *chosen; /* indices into pictures: the paths of all sets, one set after the other */
    size_t *first;  /* set -> where its part of chosen begins; one more entry for the end */
};

/* Rows that go together from thread to thread, and into one digest. */
#define STRIPE 8
#define STRIPES (SIDE / STRIPE)
#define STRIPE_BYTES ((size_t)3 * SIDE * STRIPE)

struct img_local {
    const struct img_shared *shared;
    unsigned threads;
    struct ppt_img_equaliser equaliser;
    uint8_t lightness[SIDE * SIDE], a[SIDE * SIDE], b[SIDE * SIDE];
    uint8_t result[3 * SIDE * SIDE];
    struct ppt_img_resizer resizers[]; /* one for each thread */
};

static size_t local_bytes(unsigned threads)
{
    return sizeof(struct img_local) + threads * sizeof(struct ppt_img_resizer);
}

static void close_shared(void *memory)
{
    struct img_shared *shared = memory;

    if (!shared) {
        return;
    }
    for (size_t i = 0; i < shared->picture_count; i++) {
        ppt_image_free(&shared->pictures[i].image);
    }
    free(shared->pictures);
    free(shared->chosen);
    free(shared->first);
    free(shared);
}

/* Finds the picture, or decodes it. */
static enum ppt_status choose_picture(struct img_shared *shared, const char *path, size_t *index,
                                      struct ppt_error *error)
{
    struct picture *picture = &shared->pictures[shared->picture_count];

    for (*index = 0; *index < shared->picture_count; ++*index) {
        if (strcmp(shared->pictures[*index].path, path) == 0) {
            return PPT_OK;
        }
    }
    PPT_TRY(ppt_image_load(path, &picture->image, error));
    picture->path = path;
    shared->picture_count++;
    return PPT_OK;
}

static enum ppt_status choose_all(const struct ppt_setup *setup, struct img_shared *shared,
                                  struct ppt_error *error)
{
    size_t total = 0;

    for (size_t set = 0; set < setup->set_count; set++) {
        total += setup->sets[set][PATHS].paths.count;
    }
    shared->pictures = calloc(total + 1, sizeof(*shared->pictures));
    shared->chosen = calloc(total + 1, sizeof(*shared->chosen));
    shared->first = calloc(setup->set_count + 1, sizeof(*shared->first));
    if (!shared->pictures || !shared->chosen || !shared->first) {
        return ppt_fail(error, PPT_FAILED, "img: not enough memory for a list of %zu images",
                        total);
    }
    total = 0;
    for (size_t set = 0; set < setup->set_count; set++) {
        const struct ppt_texts paths = setup->sets[set][PATHS].paths;

        for (size_t i = 0; i < paths.count; i++) {
            PPT_TRY(choose_picture(shared, paths.items[i], &shared->chosen[total++], error));
        }
        shared->first[set + 1] = total;
    }
    return PPT_OK;
}

static enum ppt_status open_shared(const struct ppt_setup *setup, void **memory,
                                   struct ppt_error *error)
{
    struct img_shared *shared = ppt_scratch_alloc(sizeof(*shared), "img", error);

    if (!shared) {
        return PPT_FAILED;
    }
    ppt_img_tables_init(&shared->tables);

    const enum ppt_status status = choose_all(setup, shared, error);

    if (status != PPT_OK) {
        close_shared(shared);
        return status;
    }
    *memory = shared;
    return PPT_OK;
}

static enum ppt_status img_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                  struct ppt_scratch *scratch, void **memory,
                                  struct ppt_error *error)
{
    struct img_local *local = ppt_scratch_take(scratch, 1, local_bytes(setup->inner_threads));

    (void)worker;
    (void)error;
    local->shared = shared;
    local->threads = setup->inner_threads;
    *memory = local;
    return PPT_OK;
}

/* One image, and what the threads that work on it make together. */
struct img_job {
    struct img_local *local;
    const struct ppt_image *image;
    uint64_t digest;
};

/* Rows of the image to planes of Lab. */
static void go_there(struct img_local *local, const struct ppt_image *image, unsigned thread,
                     int begin, int end)
{
    struct ppt_img_resizer *resizer = &local->resizers[thread];
    struct ppt_img_rgb rgb;

    ppt_img_resize_start(resizer, image);
    for (int y = begin; y < end; y++) {
        const size_t row = (size_t)y * SIDE;

        ppt_img_resize_row(resizer, y, &rgb);
        ppt_img_to_lab(&local->shared->tables, &rgb, local->lightness + row, local->a + row,
                       local->b + row);
    }
}

/* Rows of Lab, equalised, to the result. */
static void come_back(struct img_local *local, int begin, int end)
{
    uint8_t equalised[SIDE];

    for (int y = begin; y < end; y++) {
        const size_t row = (size_t)y * SIDE;

        ppt_img_equalise_row(&local->equaliser, y, local->lightness + row, equalised);
        ppt_img_from_lab(&local->shared->tables, equalised, local->a + row, local->b + row,
                         local->result + 3 * row);
    }
}

static void img_work(void *context, unsigned thread, unsigned threads)
{
    struct img_job *job = context;
    struct img_local *local = job->local;
    const size_t stripe = ppt_inner_begin(STRIPES, thread, threads);
    const size_t stripe_end = ppt_inner_begin(STRIPES, thread + 1, threads);
    const int begin = STRIPE * (int)stripe, end = STRIPE * (int)stripe_end;
    uint64_t digest = 0;

    go_there(local, job->image, thread, begin, end);
    ppt_inner_wait(threads);
    for (size_t row = ppt_inner_begin(PPT_IMG_TILES, thread, threads);
         row < ppt_inner_begin(PPT_IMG_TILES, thread + 1, threads); row++) {
        ppt_img_equalise_tiles(&local->equaliser, local->lightness, (int)row);
    }
    ppt_inner_wait(threads);
    for (size_t row = ppt_inner_begin(PPT_IMG_BANDS, thread, threads);
         row < ppt_inner_begin(PPT_IMG_BANDS, thread + 1, threads); row++) {
        ppt_img_equalise_join(&local->equaliser, (int)row);
    }
    ppt_inner_wait(threads);
    come_back(local, begin, end);
    /* A stripe's digest begins with its number, so that they can be added up. */
    for (size_t i = stripe; i < stripe_end; i++) {
        digest += ppt_digest(i, local->result + i * STRIPE_BYTES, STRIPE_BYTES);
    }
    __atomic_fetch_add(&job->digest, digest, __ATOMIC_RELAXED);
}

static enum ppt_status work_on(struct img_local *local, size_t place, uint64_t *digest,
                               struct ppt_error *error)
{
    const struct img_shared *shared = local->shared;
    struct img_job job = {.local = local, .image = &shared->pictures[shared->chosen[place]].image};
    const enum ppt_status status = ppt_inner_run(local->threads, img_work, &job, "img", error);

    *digest = ppt_digest_word(*digest, job.digest);
    return status;
}

static enum ppt_status img_run(void *memory, const struct ppt_task *task, uint64_t *digest,
                               struct ppt_error *error)
{
    struct img_local *local = memory;
    const struct img_shared *shared = local->shared;

    *digest = 0;
    for (size_t i = shared->first[task->set]; i < shared->first[task->set + 1]; i++) {
        PPT_TRY(work_on(local, i, digest, error));
    }
    return PPT_OK;
}

/* The first image alone. */
static enum ppt_status img_dump(void *memory, const struct ppt_task *task, FILE *file,
                                struct ppt_error *error)
{
    struct img_local *local = memory;
    const struct ppt_image result = {SIDE, SIDE, local->result};
    uint64_t digest = 0;

    PPT_TRY(work_on(local, local->shared->first[task->set], &digest, error));
    return ppt_image_write_png(file, &result, "img", error);
}

/* The random mix, too, works on the image that the configuration names. */
static void img_draw(struct ppt_rng *rng, union ppt_value *args)
{
    (void)rng;
    (void)args;
}

/* How large the images are is known only once they are decoded. */
static void img_needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needed)
{
    (void)args;
    needed->shared_bytes = sizeof(struct img_shared);
    needed->worker_bytes = ppt_scratch_size(1, local_bytes(inner_threads));
}

static void img_identify(const union ppt_value *args, char *out, size_t size)
{
    const struct ppt_texts paths = args[PATHS].paths;
    size_t length = 0;

    out[0] = '\0';
    for (size_t i = 0; i < paths.count && length + PPT_FILE_DIGEST_SIZE < size; i++) {
        char digest[PPT_FILE_DIGEST_SIZE];

        length += (size_t)snprintf(out + length, size - length, "%s%s", i ? " " : "",
                                   ppt_file_digest(paths.items[i], digest));
    }
}

const struct ppt_kernel ppt_kernel_img = {
    PPT_KERNEL_HEAD,
    .name = "img",
    .category = "computation",
    .summary = "images cropped, resized and equalised",
    PPT_KERNEL_PARAMS(img_params),
    .inner_threads = true,
    .open = open_shared,
    .attach = img_attach,
    .run = img_run,
    .close = close_shared,
    .draw = img_draw,
    .identify = img_identify,
    .needs = img_needs,
    .dump = img_dump,
};
