/*
 * core.h - the types of CPU that OpenBLAS has routines for ("cores"), and which this CPU could
 * bear.
 *
 * The library goes by names and numbers of CPUs that it knows. One that is younger than the
 * library, or that a virtual machine gives another number, gets the routines of 2004, a fourth to a
 * sixth as fast, whatever its instructions are. These rows go by the instructions.
 */
#ifndef PPT_CORE_H
#define PPT_CORE_H

/* What a CPU has, of what makes a difference; bits. */
enum {
    PPT_CPU_SSE42 = 1,
    PPT_CPU_AVX = 2,
    PPT_CPU_AVX2 = 4,   /* with fused multiply-add */
    PPT_CPU_AVX512 = 8, /* F, CD, BW, DQ and VL */
    PPT_CPU_AMD = 16
};

struct ppt_core {
    const char *name;   /* for OPENBLAS_CORETYPE */
    const char *advice; /* in words, for who starts other programs */
    unsigned level;     /* of two the higher one is the faster */
    unsigned needs;     /* of the CPU; 0: it is never chosen, but for its level */
};

/* What the CPU that this runs on has, as far as the system lets it be used; 0 elsewhere than on
 * x86-64, where nothing is to be chosen. */
unsigned ppt_core_cpu(void);

/* The row of that name, in any case of letters; NULL: there is none. */
const struct ppt_core *ppt_core_find(const char *name);

/* The best row for a CPU that is above `own`, the core that the library took by itself, and comes
 * behind the row `after` (NULL: all do); NULL: there is none. Above a core that no row tells of,
 * which a library of later may have, there is none either. */
const struct ppt_core *ppt_core_above(unsigned cpu, const char *own, const struct ppt_core *after);

#endif
