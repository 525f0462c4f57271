/* A kernel that brings a CBLAS of its own, OpenBLAS; the digest is whether its calls go there. */
#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <stdint.h>
#include <string.h>

#include "kernel.h"

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const double one[] = {1, 2}, other[] = {3, 4};
    Dl_info about;

    (void)local;
    (void)task;
    if (cblas_ddot(2, one, 1, other, 1) != 11) {
        return ppt_fail(error, PPT_FAILED, "a wrong product");
    }
    if (!dladdr((void *)(uintptr_t)cblas_ddot, &about) || !strstr(about.dli_fname, "openblas")) {
        return ppt_fail(error, PPT_FAILED, "its cblas_ddot is that of %s", about.dli_fname);
    }
    *digest = 11;
    return PPT_OK;
}

const struct ppt_kernel ppt_kernel = {
    PPT_KERNEL_HEAD,
    .name = "blas",
    .category = "computation",
    .summary = "a product by the CBLAS that it brings",
    .run = run,
};
