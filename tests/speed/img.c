/*
 * img: where the time of a task goes. Each stage works through whole planes here, one after the
 * other, while the task takes each row through all of them; so the parts may add up to more.
 */
#include <string.h>

#include "bounds.h"
#include "digest.h"
#include "img_stages.h"
#include "opencv.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define SIDE PPT_IMG_SIDE
#define STRIPE 8 /* rows that the kernel digests together */

/* Either is enough. */
#define TASK_US 2100
#define OF_OPENCV 1.9

extern const struct ppt_kernel ppt_kernel_img;

struct stages {
    struct ppt_image image;
    struct ppt_img_tables tables;
    struct ppt_img_resizer resizer;
    struct ppt_img_equaliser equaliser;
    struct ppt_img_rgb rgb[SIDE];
    uint8_t lightness[SIDE * SIDE], a[SIDE * SIDE], b[SIDE * SIDE];
    uint8_t equalised[SIDE * SIDE];
    uint8_t result[3 * SIDE * SIDE];
    uint64_t digest;
};

static enum ppt_status run_resize(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    ppt_img_resize_start(&s->resizer, &s->image);
    for (int y = 0; y < SIDE; y++) {
        ppt_img_resize_row(&s->resizer, y, &s->rgb[y]);
    }
    return PPT_OK;
}

static enum ppt_status run_to_lab(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    for (size_t y = 0; y < SIDE; y++) {
        const size_t row = y * SIDE;

        ppt_img_to_lab(&s->tables, &s->rgb[y], s->lightness + row, s->a + row, s->b + row);
    }
    return PPT_OK;
}

static enum ppt_status run_equalise_start(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    for (int row = 0; row < PPT_IMG_TILES; row++) {
        ppt_img_equalise_tiles(&s->equaliser, s->lightness, row);
    }
    for (int row = 0; row < PPT_IMG_BANDS; row++) {
        ppt_img_equalise_join(&s->equaliser, row);
    }
    return PPT_OK;
}

static enum ppt_status run_equalise_rows(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    for (int y = 0; y < SIDE; y++) {
        const size_t row = (size_t)y * SIDE;

        ppt_img_equalise_row(&s->equaliser, y, s->lightness + row, s->equalised + row);
    }
    return PPT_OK;
}

static enum ppt_status run_from_lab(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    for (size_t y = 0; y < SIDE; y++) {
        const size_t row = y * SIDE;

        ppt_img_from_lab(&s->tables, s->equalised + row, s->a + row, s->b + row,
                         s->result + 3 * row);
    }
    return PPT_OK;
}

static enum ppt_status run_digest(void *state, struct ppt_error *error)
{
    struct stages *s = state;

    (void)error;
    s->digest = 0;
    for (size_t i = 0; i < SIDE / STRIPE; i++) {
        s->digest += ppt_digest(i, s->result + i * 3 * SIDE * STRIPE, 3 * SIDE * STRIPE);
    }
    s->digest = ppt_digest_word(0, s->digest);
    return PPT_OK;
}

static const struct stage {
    const char *name;
    enum ppt_status (*run)(void *state, struct ppt_error *error);
} table[] = {
    {"resize", run_resize},
    {"to Lab", run_to_lab},
    {"start of equalising: histograms and tables", run_equalise_start},
    {"rows of equalising", run_equalise_rows},
    {"from Lab", run_from_lab},
    {"digest", run_digest},
};
#define STAGES (sizeof(table) / sizeof(table[0]))

static enum ppt_status run_all(void *state, struct ppt_error *error)
{
    for (size_t i = 0; i < STAGES; i++) {
        table[i].run(state, error);
    }
    return PPT_OK;
}

static enum ppt_status hold_all(const struct venue *venue, struct solo *solo, struct stages *stages,
                                struct ppt_error *error)
{
    struct contest contest = {
        .measured = {"the whole task, 1024 × 660", solo_run, .state = solo, .units = 1},
        .reference = {"its stages one after the other", run_all, .state = stages, .units = 1},
        .unit = "µs",
        .unit_ns = 1e3,
        .bar = CONTEST_VALUE,
        .limit = TASK_US,
    };
    enum ppt_status status = contest_hold(venue, &contest, error);

    if (status == PPT_OK && stages->digest != solo->digest) {
        return ppt_fail(error, PPT_DIFFERS, "img: the stages and the task differ");
    }
    contest.reference = contest.measured;
    contest.reference.name = "the whole task";
    contest.bar = CONTEST_NO_BAR;
    for (size_t i = 0; status == PPT_OK && i < STAGES; i++) {
        contest.measured =
            (struct contestant){table[i].name, table[i].run, .state = stages, .units = 1};
        status = contest_hold(venue, &contest, error);
    }
    return status;
}

enum ppt_status speed_img(const struct venue *venue, struct ppt_error *error)
{
    static const char *const paths[] = {PPT_DATA "/landscape.png"};
    const union ppt_value args[] = {{.paths = {paths, 1}}};
    struct stages *stages = ppt_scratch_alloc(sizeof(*stages), "img", error);
    struct solo solo = {0};
    enum ppt_status status = PPT_FAILED;

    if (!stages) {
        return status;
    }
    ppt_img_tables_init(&stages->tables);
    status = ppt_image_load(paths[0], &stages->image, error);
    if (status == PPT_OK) {
        status = solo_start(&solo, &ppt_kernel_img, args, venue->scratch, error);
    }
    if (status == PPT_OK) {
        /* Once for what each stage finds when it is measured alone. */
        run_all(stages, error);
        /* The kernel's digest goes on from 0 for its first image. */
        status = hold_all(venue, &solo, stages, error);
    }
    solo_stop(&solo);
    ppt_image_free(&stages->image);
    free(stages);
    return status;
}

/* ---- against the ceiling ---- */

/* Of a pixel of the result: three channels to XYZ and three of these to their cube roots, its bin,
 * the four tiles around it, its lightness back, and the gamma of three channels. */
#define LOOKUPS (3 + 3 + 1 + 1 + 1 + 3)
#define ROW 4096

struct looking {
    uint8_t table[256], indices[ROW];
    uint64_t total; /* of a row */
};

static enum ppt_status run_lookups(void *state, struct ppt_error *error)
{
    struct looking *l = state;

    for (int i = 0; i < SIDE * SIDE / ROW; i++) {
        if (ppt_ceiling_look_up(l->table, l->indices, ROW) != l->total) {
            return ppt_fail(error, PPT_FAILED, "img: wrong lookups");
        }
    }
    return PPT_OK;
}

enum ppt_status bound_img(const struct venue *venue, struct ppt_error *error)
{
    static const char *const paths[] = {PPT_DATA "/landscape.png"};
    const union ppt_value args[] = {{.paths = {paths, 1}}};
    struct looking looking = {.total = 0};
    struct opencv opencv;
    struct bound bound = {
        .measured = {"img: 1024 × 660", .units = 1},
        .ceiling = {"12 lookups a pixel, in a table within the L1", run_lookups, .state = &looking,
                    .units = 1.0 / LOOKUPS},
        .known = {"OpenCV (python3-opencv) is not installed"},
        .unit = "µs",
        .unit_ns = 1e3,
        .most_units = TASK_US,
        .least_known = OF_OPENCV,
    };

    for (size_t i = 0; i < ROW; i++) {
        looking.indices[i] = (uint8_t)(i * 37);
        looking.table[i % sizeof(looking.table)] = (uint8_t)i;
        looking.total += looking.indices[i]; /* each stands at its own place */
    }
    if (opencv_start(&opencv, paths[0]) == PPT_OK) {
        bound.known = (struct contestant){"OpenCV on one thread", opencv_run,
                                          .span_ns = opencv_span_ns, .state = &opencv, .units = 1};
    }
    const enum ppt_status status = bound_hold_task(venue, &ppt_kernel_img, args, bound, error);
    opencv_stop(&opencv);
    return status;
}
