/*
 * Which core is chosen for CPUs that are made up, by what the library took them for.
 */
#include <string.h>

#include "core.h"
#include "unit.h"

#define OLD PPT_CPU_SSE42
#define SANDY (OLD | PPT_CPU_AVX)
#define HASWELL (SANDY | PPT_CPU_AVX2)
#define SKYLAKE (HASWELL | PPT_CPU_AVX512)

static void the_best_is_chosen(void **state)
{
    static const struct {
        unsigned cpu;
        const char *own, *chosen; /* "": none */
    } cases[] = {
        /* A library that knows the CPU is left alone, be the names of its choice what they may. */
        {SKYLAKE, "SkylakeX", ""},
        {SKYLAKE, "Cooperlake", ""},
        {SKYLAKE, "SapphireRapids", ""},
        {HASWELL, "Haswell", ""},
        {HASWELL | PPT_CPU_AMD, "Zen", ""},
        {HASWELL | PPT_CPU_AMD, "Haswell", ""},
        {HASWELL | PPT_CPU_AMD, "Excavator", ""},
        {SANDY | PPT_CPU_AMD, "Piledriver", ""},
        {OLD, "Nehalem", ""},
        {0, "Prescott", ""},
        /* So is one of later, whose names are not known here, and one for other machines. */
        {SKYLAKE, "GraniteRapids", ""},
        {0, "neoversen1", ""},
        {SKYLAKE, "", ""},
        /* One that is older than the CPU is not. */
        {SKYLAKE, "Prescott", "SKYLAKEX"},
        {SKYLAKE, "Haswell", "SKYLAKEX"},
        {SKYLAKE | PPT_CPU_AMD, "Zen", "SKYLAKEX"},
        {HASWELL, "Prescott", "HASWELL"},
        {HASWELL, "Sandybridge", "HASWELL"},
        {HASWELL | PPT_CPU_AMD, "Barcelona", "ZEN"},
        {SANDY, "Core2", "SANDYBRIDGE"},
        {OLD, "Penryn", "NEHALEM"},
        /* AVX-512 alone, without multiply-add: a made-up mask. */
        {SANDY | PPT_CPU_AVX512, "Prescott", "SANDYBRIDGE"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ppt_core *core = ppt_core_above(cases[i].cpu, cases[i].own, NULL);

        if (strcmp(core ? core->name : "", cases[i].chosen) != 0) {
            fail_msg("%s with %x: %s, not %s", cases[i].own, cases[i].cpu,
                     core ? core->name : "none", cases[i].chosen);
        }
    }
}

/* Those that a build lacks are passed by, down to the library's own. */
static void the_next_is_worse(void **state)
{
    static const char *const expected[] = {"SKYLAKEX", "ZEN", "HASWELL", "SANDYBRIDGE", "NEHALEM"};
    const struct ppt_core *core = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        core = ppt_core_above(SKYLAKE | PPT_CPU_AMD, "Prescott", core);
        assert_non_null(core);
        assert_string_equal(core->name, expected[i]);
        assert_true(strstr(core->advice, expected[i]) != NULL);
    }
    assert_null(ppt_core_above(SKYLAKE | PPT_CPU_AMD, "Prescott", core));
    core = ppt_core_above(HASWELL, "Sandybridge", NULL);
    assert_null(ppt_core_above(HASWELL, "Sandybridge", core));
}

/* A smaller CPU is never given more than it has. */
static void nothing_is_chosen_that_the_cpu_lacks(void **state)
{
    (void)state;
    for (unsigned cpu = 0; cpu < 2 * PPT_CPU_AMD; cpu++) {
        for (const struct ppt_core *core = NULL; (core = ppt_core_above(cpu, "Prescott", core));) {
            assert_int_equal(core->needs & ~cpu, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(the_next_is_worse),
        cmocka_unit_test(nothing_is_chosen_that_the_cpu_lacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
