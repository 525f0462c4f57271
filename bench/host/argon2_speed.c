#include "argon2_speed.h"

#include <math.h>
#include <stdint.h>

#include "ceilings.h"
#include "clock.h"
#include "hash.h"
#include "owned.h"
#include "scratch.h"

#define KIB 64 /* stays within the caches, where the code is what takes time */
#define BYTES ((size_t)KIB * 1024)
#define ROUNDS 4
#define ADD_BLOCKS 100

/* On AMD Zen 4 and Intel Emerald Rapids plain code takes 1500 to 2500 cycles a block, as does that
 * for SSE2, which has no gain; SSSE3 1200, AVX2 and AVX-512 700 to 900 (docs/performance.md). */
#define LEAST_PLAIN 1300

static double pass_ns(const struct ppt_argon2id_memory *memory, uint32_t passes)
{
    static const unsigned char salt[16];
    const struct ppt_argon2id_recipe recipe = {.t_cost = passes,
                                               .m_cost_kib = KIB,
                                               .lanes = 1,
                                               .threads = 1,
                                               .salt = {salt, sizeof(salt)}};
    unsigned char out[PPT_HASH_BYTES];
    struct ppt_error ignored;
    const int64_t start = ppt_clock_ns();
    const enum ppt_status status =
        ppt_hash_argon2id(memory, &recipe, (struct ppt_bytes){"", 0}, out, &ignored);

    return status == PPT_OK ? (double)(ppt_clock_ns() - start) : (double)NAN;
}

static double cycle_ns(void)
{
    const int64_t start = ppt_clock_ns();
    const uint64_t total = ppt_ceiling_add(ADD_BLOCKS, 1);

    return (double)(ppt_clock_ns() - start) / (double)total;
}

const char *ppt_argon2_code(double block_cycles)
{
    return !(block_cycles > 0) ? "unknown" : block_cycles < LEAST_PLAIN ? "vectorised" : "plain";
}

/* What one pass more takes is blocks alone, without what each hash begins and ends with. */
struct ppt_argon2_speed ppt_argon2_speed(void)
{
    struct ppt_error ignored;
    unsigned char *room PPT_FREED = ppt_scratch_alloc(BYTES, "argon2", &ignored);
    const struct ppt_argon2id_memory memory = {room, BYTES};
    double one = INFINITY, two = INFINITY, cycle = INFINITY;

    for (int i = 0; room && i < ROUNDS; i++) {
        cycle = fmin(cycle, cycle_ns());
        one = fmin(one, pass_ns(&memory, 1));
        two = fmin(two, pass_ns(&memory, 2));
    }
    const double cycles = (two - one) / KIB / cycle;
    const bool known = isfinite(cycles) && cycles > 0;

    return (struct ppt_argon2_speed){known ? cycles : 0, ppt_argon2_code(cycles)};
}
