#include "ceilings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "isa.h"

/* ---- chains ---- */

static inline uint64_t add_links(uint64_t total, uint64_t step)
{
#if defined(__x86_64__)
    __asm__ volatile(".rept %c2\n\taddq %1, %0\n\t.endr"
                     : "+r"(total)
                     : "r"(step), "i"(PPT_CEILING_LINKS)
                     : "cc");
#elif defined(__aarch64__)
    __asm__ volatile(".rept %c2\n\tadd %0, %0, %1\n\t.endr"
                     : "+r"(total)
                     : "r"(step), "i"(PPT_CEILING_LINKS));
#else
    for (int i = 0; i < PPT_CEILING_LINKS; i++) {
        total += step;
        __asm__ volatile("" : "+r"(total));
    }
#endif
    return total;
}

static inline double multiply_links(double product, double factor)
{
#if defined(__x86_64__)
    __asm__ volatile(".rept %c2\n\tmulsd %1, %0\n\t.endr"
                     : "+x"(product)
                     : "x"(factor), "i"(PPT_CEILING_LINKS));
#elif defined(__aarch64__)
    __asm__ volatile(".rept %c2\n\tfmul %d0, %d0, %d1\n\t.endr"
                     : "+w"(product)
                     : "w"(factor), "i"(PPT_CEILING_LINKS));
#else
    for (int i = 0; i < PPT_CEILING_LINKS; i++) {
        product *= factor;
        __asm__ volatile("" : "+m"(product));
    }
#endif
    return product;
}

uint64_t ppt_ceiling_add(uint64_t blocks, uint64_t step)
{
    uint64_t total = 0;

    for (; blocks > 0; blocks--) {
        total = add_links(total, step);
    }
    return total;
}

double ppt_ceiling_multiply(uint64_t blocks, double factor)
{
    double product = 1.0;

    for (; blocks > 0; blocks--) {
        product = multiply_links(product, factor);
    }
    return product;
}

/* ---- multiply-adds ---- */

/* Five cycles of latency and two units ask for ten chains; sixteen registers have room for twelve
 * and the factor. */
#define CHAINS 12
#define LANES(width) ((width) / sizeof(double))

/* Each step adds 1 * 1 to every lane of every chain. Which instructions these are is not left to
 * the compiler, which may contract, or not; nor are the loops over chains, which would be in
 * memory where it does not unroll them. */
/* NOLINTBEGIN(bugprone-macro-parentheses): the arguments are names, and a macro */
#define DEFINE_FLOPS(isa, attribute, width, two_chains)                                            \
    typedef double isa##_lanes __attribute__((vector_size(width)));                                \
    attribute static double run_flops_##isa(uint64_t steps)                                        \
    {                                                                                              \
        const isa##_lanes one = (isa##_lanes){0} + 1.0;                                            \
        isa##_lanes sums[CHAINS] = {{0}};                                                          \
        double lanes[CHAINS * LANES(width)], total = 0;                                            \
                                                                                                   \
        for (; steps > 0; steps--) {                                                               \
            two_chains(sums[0], sums[1], one);                                                     \
            two_chains(sums[2], sums[3], one);                                                     \
            two_chains(sums[4], sums[5], one);                                                     \
            two_chains(sums[6], sums[7], one);                                                     \
            two_chains(sums[8], sums[9], one);                                                     \
            two_chains(sums[10], sums[11], one);                                                   \
        }                                                                                          \
        memcpy(lanes, sums, sizeof(lanes));                                                        \
        for (size_t i = 0; i < CHAINS * LANES(width); i++) {                                       \
            total += lanes[i];                                                                     \
        }                                                                                          \
        return total;                                                                              \
    }

/* NOLINTEND(bugprone-macro-parentheses) */

#if defined(__x86_64__)
#define FUSED(a, b, one)                                                                           \
    __asm__ volatile("vfmadd231pd %1, %1, %0" : "+v"(a) : "v"(one));                               \
    __asm__ volatile("vfmadd231pd %1, %1, %0" : "+v"(b) : "v"(one))
/* Both kinds of units are busy. */
#define IN_TURNS(a, b, one)                                                                        \
    __asm__ volatile("addpd %1, %0" : "+x"(a) : "x"(one));                                         \
    __asm__ volatile("mulpd %1, %0" : "+x"(b) : "x"(one))
DEFINE_FLOPS(baseline, , 16, IN_TURNS)
DEFINE_FLOPS(avx2, __attribute__((target("avx2,fma"))), 32, FUSED)
DEFINE_FLOPS(avx512, __attribute__((target("avx512f"))), 64, FUSED)
#elif defined(__aarch64__)
#define FUSED(a, b, one)                                                                           \
    __asm__ volatile("fmla %0.2d, %1.2d, %1.2d" : "+w"(a) : "w"(one));                             \
    __asm__ volatile("fmla %0.2d, %1.2d, %1.2d" : "+w"(b) : "w"(one))
DEFINE_FLOPS(baseline, , 16, FUSED)
#else
#define PLAIN(a, b, one)                                                                           \
    (a) += (one) * (one);                                                                          \
    (b) += (one) * (one);                                                                          \
    __asm__ volatile("" : "+m"(a), "+m"(b))
DEFINE_FLOPS(baseline, , 8, PLAIN)
#endif

/* In the order of ppt_isas. */
static const struct ppt_ceiling_flops flops_rows[] = {
#if defined(__x86_64__)
    {"baseline", LANES(16) * CHAINS, run_flops_baseline},
    {"avx2", LANES(32) * 2 * CHAINS, run_flops_avx2},
    {"avx512", LANES(64) * 2 * CHAINS, run_flops_avx512},
#elif defined(__aarch64__)
    {"baseline", LANES(16) * 2 * CHAINS, run_flops_baseline},
#else
    {"baseline", LANES(8) * 2 * CHAINS, run_flops_baseline},
#endif
};

const struct ppt_ceiling_flops *ppt_ceiling_flops(void)
{
    size_t best = 0;

    for (size_t i = 0; i < sizeof(flops_rows) / sizeof(flops_rows[0]) && ppt_isas[i]; i++) {
        best = ppt_isas[i]->usable() ? i : best;
    }
    return &flops_rows[best];
}

/* ---- memory ---- */

void ppt_ceiling_copy(const void *from, void *to, size_t bytes, uint64_t times)
{
    for (; times > 0; times--) {
        memcpy(to, from, bytes);
        __atomic_signal_fence(__ATOMIC_SEQ_CST); /* or compilers would make one copy of many */
    }
}

void ppt_ceiling_stream(const void *from, void *to, size_t bytes)
{
#if defined(__x86_64__)
    const double *in = from;
    double *out = to;

    for (size_t i = 0; i < bytes / sizeof(double); i += 8) {
        _mm_stream_pd(out + i, _mm_load_pd(in + i));
        _mm_stream_pd(out + i + 2, _mm_load_pd(in + i + 2));
        _mm_stream_pd(out + i + 4, _mm_load_pd(in + i + 4));
        _mm_stream_pd(out + i + 6, _mm_load_pd(in + i + 6));
    }
    _mm_sfence();
#else
    ppt_ceiling_copy(from, to, bytes, 1);
#endif
}

unsigned ppt_ceiling_level(const struct ppt_cache *caches, size_t count, uint64_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes <= caches[i].bytes) {
            return caches[i].level;
        }
    }
    return 0;
}

/* Kept from being gathered into vectors, byte by byte, which takes twice as long. */
static inline uint64_t look_up(const uint8_t table[256], uint8_t index)
{
    uint64_t entry = table[index];

    __asm__ volatile("" : "+r"(entry));
    return entry;
}

uint64_t ppt_ceiling_look_up(const uint8_t table[256], const uint8_t *indices, size_t count)
{
    uint64_t totals[PPT_CEILING_LOOKUPS] = {0};

    for (size_t i = 0; i < count; i += PPT_CEILING_LOOKUPS) {
        totals[0] += look_up(table, indices[i]);
        totals[1] += look_up(table, indices[i + 1]);
        totals[2] += look_up(table, indices[i + 2]);
        totals[3] += look_up(table, indices[i + 3]);
    }
    return totals[0] + totals[1] + totals[2] + totals[3];
}

/* ---- files ---- */

static enum ppt_status refuse_file(const char *verb, struct ppt_error *error)
{
    return ppt_fail(error, PPT_FAILED, "a file in the scratch folder cannot be %s: %s", verb,
                    strerror(errno));
}

enum ppt_status ppt_ceiling_write(int fd, struct ppt_ceiling_chunk chunk, uint64_t bytes,
                                  struct ppt_error *error)
{
    while (bytes > 0) {
        const size_t part = bytes < chunk.bytes ? (size_t)bytes : chunk.bytes;
        const ssize_t done = TEMP_FAILURE_RETRY(write(fd, chunk.at, part));

        if (done < 0) {
            return refuse_file("written", error);
        }
        bytes -= (uint64_t)done;
    }
    return PPT_OK;
}

enum ppt_status ppt_ceiling_read(int fd, struct ppt_ceiling_chunk chunk, uint64_t bytes,
                                 struct ppt_error *error)
{
    while (bytes > 0) {
        const size_t part = bytes < chunk.bytes ? (size_t)bytes : chunk.bytes;
        const ssize_t done = TEMP_FAILURE_RETRY(read(fd, chunk.at, part));

        if (done < 0) {
            return refuse_file("read", error);
        }
        if (done == 0) {
            return ppt_fail(error, PPT_FAILED, "a file in the scratch folder is too short");
        }
        bytes -= (uint64_t)done;
    }
    return PPT_OK;
}

enum ppt_status ppt_ceiling_copy_file(int from, int to, uint64_t bytes, struct ppt_error *error)
{
    while (bytes > 0) {
        const ssize_t done =
            TEMP_FAILURE_RETRY(copy_file_range(from, NULL, to, NULL, (size_t)bytes, 0));

        if (done < 0) {
            return refuse_file("copied by copy_file_range", error);
        }
        if (done == 0) {
            return ppt_fail(error, PPT_FAILED, "a file in the scratch folder is too short");
        }
        bytes -= (uint64_t)done;
    }
    return PPT_OK;
}
