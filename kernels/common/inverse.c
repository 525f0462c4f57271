#include "inverse.h"

#include <string.h>

#include <gsl/gsl_cblas.h>

#include "inner.h"
#include "lapack.h"

#define BLOCK PPT_INVERSE_BLOCK

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Applies the panel's row exchanges to the columns from `begin` to `end`. */
static void exchange(const struct ppt_inverse *job, int32_t panel, int32_t width, int32_t begin,
                     int32_t end)
{
    const int32_t size = (int32_t)job->size, columns = end - begin;
    const int32_t first = panel + 1, last = panel + width, step = 1;

    if (columns > 0) {
        dlaswp_(&columns, job->matrix + (size_t)begin * job->size, &size, &first, &last,
                job->pivots, &step);
    }
}

/* Brings the columns from `begin` to `end`, all right of the panel, up to date with it. */
static void update(const struct ppt_inverse *job, int32_t panel, int32_t width, int32_t begin,
                   int32_t end)
{
    const int32_t size = (int32_t)job->size, below = size - panel - width;
    const double *const corner = job->matrix + (size_t)panel * job->size + panel;
    double *const right = job->matrix + (size_t)begin * job->size + panel;

    if (begin == end) {
        return;
    }
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, width, end - begin,
                1.0, corner, size, right, size);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, below, end - begin, width, -1.0,
                corner + width, size, right, size, 1.0, right + width, size);
}

static void factorise_panel(struct ppt_inverse *job, int32_t panel, int32_t width)
{
    const int32_t size = (int32_t)job->size, rows = size - panel;
    int32_t info = 0;

    dgetrf_(&rows, &width, job->matrix + (size_t)panel * job->size + panel, &size,
            job->pivots + panel, &info);
    for (int32_t i = panel; i < panel + width; i++) {
        job->pivots[i] += panel;
    }
    if (info != 0) {
        job->info = info > 0 ? info + panel : info;
    }
}

static void factorise(struct ppt_inverse *job, unsigned thread, unsigned threads)
{
    const int32_t size = (int32_t)job->size;

    for (int32_t panel = 0; panel < size; panel += BLOCK) {
        const int32_t width = smaller(BLOCK, size - panel);
        const int32_t right = panel + width;
        const size_t others = (size_t)(size - right);

        if (thread == 0) {
            factorise_panel(job, panel, width);
        }
        ppt_inner_wait(threads);
        if (job->info != 0) {
            return;
        }
        const int32_t begin = right + (int32_t)ppt_inner_begin(others, thread, threads);
        const int32_t end = right + (int32_t)ppt_inner_begin(others, thread + 1, threads);
        exchange(job, panel, width, begin, end);
        update(job, panel, width, begin, end);
        exchange(job, panel, width, (int32_t)ppt_inner_begin((size_t)panel, thread, threads),
                 (int32_t)ppt_inner_begin((size_t)panel, thread + 1, threads));
        ppt_inner_wait(threads);
    }
}

/* Where each column of inv(U) inv(L) goes: the row exchanges, backwards, as exchanges of columns.
 */
static void order_columns(const struct ppt_inverse *job)
{
    int32_t *const columns = job->columns;
    const int32_t size = (int32_t)job->size;

    for (int32_t i = 0; i < size; i++) {
        columns[i] = i;
    }
    /* columns[place] is what stands there; the exchanges run from the last to the first. */
    for (int32_t i = size - 1; i >= 0; i--) {
        const int32_t other = job->pivots[i] - 1, swap = columns[i];

        columns[i] = columns[other];
        columns[other] = swap;
    }
    /* Turned round in the pivots' place, which nobody needs any more: columns[what] is its place.
     */
    for (int32_t place = 0; place < size; place++) {
        job->pivots[columns[place]] = place;
    }
    memcpy(columns, job->pivots, job->size * sizeof(*columns));
}

/* The block of columns of the inverse that begins at column `first` of the identity. */
static void solve(const struct ppt_inverse *job, int32_t first, double *work)
{
    const int32_t size = (int32_t)job->size, width = smaller(BLOCK, size - first);
    const double *const corner = job->matrix + (size_t)first * job->size + first;

    memset(work, 0, (size_t)width * job->size * sizeof(*work));
    for (int32_t i = 0; i < width; i++) {
        work[(size_t)i * job->size + (size_t)(first + i)] = 1.0;
    }
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, size - first, width,
                1.0, corner, size, work + first, size);
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, size, width, 1.0,
                job->matrix, size, work, size);
    for (int32_t i = 0; i < width; i++) {
        memcpy(job->inverse + (size_t)job->columns[first + i] * job->size,
               work + (size_t)i * job->size, job->size * sizeof(*work));
    }
}

void ppt_inverse_run(struct ppt_inverse *job, unsigned thread, unsigned threads)
{
    double *const work = job->work + (size_t)thread * job->size * BLOCK;

    factorise(job, thread, threads);
    if (job->info != 0) {
        return;
    }
    if (thread == 0) {
        order_columns(job);
    }
    ppt_inner_wait(threads);
    for (;;) {
        /* The first blocks take longest, so that no long one is left at the end. */
        const int32_t first = __atomic_fetch_add(&job->next, BLOCK, __ATOMIC_RELAXED);

        if (first >= (int32_t)job->size) {
            return;
        }
        solve(job, first, work);
    }
}
