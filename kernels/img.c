/*
 * img - crops, resizes and equalises images, as OpenCV would (img_stages.h).
 *
 * The work on one image goes over it twice, row by row, so that what a row passes through stays in
 * the nearest cache: to planes of Lab, and, when the histograms of the whole are known, back.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "image.h"
#include "img_stages.h"
#include "kernel.h"
#include "scratch.h"

#define SIDE PPT_IMG_SIDE

enum { PATHS };

static const struct ppt_param params[] = {
    [PATHS] = {.name = "paths",
               .kind = PPT_PARAM_PATHS,
               .value = "[\"landscape.png\"]",
               .unit = "",
               .help = "PNG or JPEG images that each task works through"},
};

struct picture {
    const char *path; /* borrowed from the argument set that named it first */
    struct ppt_image image;
};

struct shared {
    struct ppt_img_tables tables;
    struct picture *pictures; /* each file once, however many sets name it */
    size_t picture_count;
    size_t *chosen; /* indices into pictures: the paths of all sets, one set after the other */
    size_t *first;  /* set -> where its part of chosen begins; one more entry for the end */
};

struct local {
    const struct shared *shared;
    struct ppt_img_resizer resizer;
    struct ppt_img_equaliser equaliser;
    uint8_t lightness[SIDE * SIDE], a[SIDE * SIDE], b[SIDE * SIDE];
    uint8_t result[3 * SIDE * SIDE];
};

static void close_shared(void *memory)
{
    struct shared *shared = memory;

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
static enum ppt_status choose(struct shared *shared, const char *path, size_t *index,
                              struct ppt_error *error)
{
    struct picture *picture = &shared->pictures[shared->picture_count];
    enum ppt_status status;

    for (*index = 0; *index < shared->picture_count; ++*index) {
        if (strcmp(shared->pictures[*index].path, path) == 0) {
            return PPT_OK;
        }
    }
    status = ppt_image_load(path, &picture->image, error);
    if (status == PPT_OK) {
        picture->path = path;
        shared->picture_count++;
    }
    return status;
}

static enum ppt_status open_shared(const struct ppt_setup *setup, void **memory,
                                   struct ppt_error *error)
{
    struct shared *shared = calloc(1, sizeof(*shared));
    enum ppt_status status = PPT_OK;
    size_t total = 0;

    for (size_t set = 0; set < setup->set_count; set++) {
        total += setup->sets[set][PATHS].paths.count;
    }
    if (shared) {
        shared->pictures = calloc(total + 1, sizeof(*shared->pictures));
        shared->chosen = calloc(total + 1, sizeof(*shared->chosen));
        shared->first = calloc(setup->set_count + 1, sizeof(*shared->first));
    }
    if (!shared || !shared->pictures || !shared->chosen || !shared->first) {
        status =
            ppt_fail(error, PPT_FAILED, "img: not enough memory for a list of %zu images", total);
        goto out;
    }
    ppt_img_tables_init(&shared->tables);
    total = 0;
    for (size_t set = 0; set < setup->set_count; set++) {
        const struct ppt_paths paths = setup->sets[set][PATHS].paths;

        for (size_t i = 0; i < paths.count; i++) {
            status = choose(shared, paths.items[i], &shared->chosen[total++], error);
            if (status != PPT_OK) {
                goto out;
            }
        }
        shared->first[set + 1] = total;
    }
out:
    if (status != PPT_OK) {
        close_shared(shared);
        return status;
    }
    *memory = shared;
    return PPT_OK;
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              void **memory, struct ppt_error *error)
{
    struct local *local = ppt_scratch_alloc(sizeof(*local), "img", error);

    (void)setup;
    (void)worker;
    if (!local) {
        return PPT_FAILED;
    }
    local->shared = shared;
    *memory = local;
    return PPT_OK;
}

static void work(struct local *local, const struct ppt_image *image)
{
    const struct ppt_img_tables *tables = &local->shared->tables;
    struct ppt_img_rgb rgb;
    uint8_t equalised[SIDE];

    ppt_img_resize_start(&local->resizer, image);
    for (int y = 0; y < SIDE; y++) {
        const size_t row = (size_t)y * SIDE;

        ppt_img_resize_row(&local->resizer, y, &rgb);
        ppt_img_to_lab(tables, &rgb, local->lightness + row, local->a + row, local->b + row);
    }
    for (int row = 0; row < PPT_IMG_TILES; row++) {
        ppt_img_equalise_tiles(&local->equaliser, local->lightness, row);
    }
    for (int row = 0; row < PPT_IMG_BANDS; row++) {
        ppt_img_equalise_join(&local->equaliser, row);
    }
    for (int y = 0; y < SIDE; y++) {
        const size_t row = (size_t)y * SIDE;

        ppt_img_equalise_row(&local->equaliser, y, local->lightness + row, equalised);
        ppt_img_from_lab(tables, equalised, local->a + row, local->b + row,
                         local->result + 3 * row);
    }
}

static enum ppt_status run(void *memory, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    struct local *local = memory;
    const struct shared *shared = local->shared;

    (void)error;
    *digest = 0;
    for (size_t i = shared->first[task->set]; i < shared->first[task->set + 1]; i++) {
        work(local, &shared->pictures[shared->chosen[i]].image);
        *digest = ppt_digest(*digest, local->result, sizeof(local->result));
    }
    return PPT_OK;
}

static enum ppt_status dump(void *memory, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    struct local *local = memory;
    const struct shared *shared = local->shared;
    const struct ppt_image result = {SIDE, SIDE, local->result};

    work(local, &shared->pictures[shared->chosen[shared->first[task->set]]].image);
    return ppt_image_write_png(file, &result, "img", error);
}

/* The random mix, too, works on the image that the configuration names. */
static void draw(struct ppt_rng *rng, union ppt_value *args)
{
    (void)rng;
    (void)args;
}

/* How large the images are is known only once they are decoded. */
static void needs(const union ppt_value *args, struct ppt_needs *needed)
{
    (void)args;
    needed->shared_bytes = sizeof(struct shared);
    needed->worker_bytes = sizeof(struct local);
}

const struct ppt_kernel ppt_kernel_img = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "img",
    .category = "computation",
    .summary = "images cropped, resized and equalised",
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .open = open_shared,
    .attach = attach,
    .run = run,
    .detach = free,
    .close = close_shared,
    .draw = draw,
    .needs = needs,
    .dump = dump,
};
