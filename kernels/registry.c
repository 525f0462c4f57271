#include "registry.h"

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi, ppt_kernel_io, ppt_kernel_zip,
    ppt_kernel_tensor, ppt_kernel_sort, ppt_kernel_matrix, ppt_kernel_img, ppt_kernel_password,
    ppt_kernel_wait, ppt_kernel_command;

const struct ppt_kernel *const ppt_kernels[] = {
    &ppt_kernel_sum,      &ppt_kernel_multi, &ppt_kernel_io,      &ppt_kernel_zip,
    &ppt_kernel_tensor,   &ppt_kernel_sort,  &ppt_kernel_matrix,  &ppt_kernel_img,
    &ppt_kernel_password, &ppt_kernel_wait,  &ppt_kernel_command, NULL,
};
