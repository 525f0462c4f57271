#include "blas.h"

#include <stdlib.h>
#include <string.h>

/* OpenBLAS's own header cannot be included beside GSL's. */
extern char *openblas_get_config(void);

uint64_t ppt_blas_most_threads(void)
{
    static const char key[] = "MAX_THREADS=";
    const char *found = strstr(openblas_get_config(), key);

    return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}
