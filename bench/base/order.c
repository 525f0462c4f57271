#include "order.h"

#include <stdint.h>
#include <stdlib.h>

#define ORDER(name, type)                                                                          \
    int ppt_order_##name(const void *a, const void *b)                                             \
    {                                                                                              \
        const type x = *(const type *)a, y = *(const type *)b;                                     \
                                                                                                   \
        return (x > y) - (x < y);                                                                  \
    }

ORDER(double, double)
ORDER(int64, int64_t)
ORDER(unsigned, unsigned)

size_t ppt_order_distinct(unsigned *values, size_t count)
{
    size_t kept = 0;

    qsort(values, count, sizeof(*values), ppt_order_unsigned);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || values[kept - 1] != values[i]) {
            values[kept++] = values[i];
        }
    }
    return kept;
}
