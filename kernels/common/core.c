#include "core.h"

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

#define CHOSEN(name, level, needs)                                                                 \
    {                                                                                              \
        name, "Set OPENBLAS_CORETYPE=" name " for them.", level, needs                             \
    }
#define OTHER(name, level)                                                                         \
    {                                                                                              \
        name, "", level, 0                                                                         \
    }

/* The best first; their levels are those of the vectors that they compute with. */
static const struct ppt_core rows[] = {
    CHOSEN("SKYLAKEX", 4, PPT_CPU_AVX512 | PPT_CPU_AVX2),
    CHOSEN("ZEN", 3, PPT_CPU_AVX2 | PPT_CPU_AMD),
    CHOSEN("HASWELL", 3, PPT_CPU_AVX2),
    CHOSEN("SANDYBRIDGE", 2, PPT_CPU_AVX),
    CHOSEN("NEHALEM", 1, PPT_CPU_SSE42),
    OTHER("SapphireRapids", 4),
    OTHER("Cooperlake", 4),
    OTHER("Excavator", 3),
    OTHER("Steamroller", 2),
    OTHER("Piledriver", 2),
    OTHER("Bulldozer", 2),
    OTHER("Barcelona", 0),
    OTHER("Bobcat", 0),
    OTHER("Opteron_SSE3", 0),
    OTHER("Opteron", 0),
    OTHER("Dunnington", 0),
    OTHER("Penryn", 0),
    OTHER("Core2", 0),
    OTHER("Atom", 0),
    OTHER("Nano", 0),
    OTHER("Prescott", 0),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

unsigned ppt_core_cpu(void)
{
    unsigned cpu = 0;

#ifdef PPT_ISA_X86
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512vl");

    cpu = (__builtin_cpu_supports("sse4.2") ? PPT_CPU_SSE42 : 0) |
          (__builtin_cpu_supports("avx") ? PPT_CPU_AVX : 0) | (avx2 ? PPT_CPU_AVX2 : 0) |
          (avx512 ? PPT_CPU_AVX512 : 0) | (__builtin_cpu_is("amd") ? PPT_CPU_AMD : 0);
#endif
    return cpu;
}

const struct ppt_core *ppt_core_find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcasecmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct ppt_core *ppt_core_above(unsigned cpu, const char *own, const struct ppt_core *after)
{
    const struct ppt_core *taken = ppt_core_find(own);

    for (size_t i = after ? (size_t)(after - rows) + 1 : 0; taken && i < ROWS; i++) {
        if (rows[i].needs != 0 && (rows[i].needs & ~cpu) == 0 && rows[i].level > taken->level) {
            return &rows[i];
        }
    }
    return NULL;
}
