/*
 * What the time of a block says of the code of libargon2, and that the one in use has such a time.
 */
#include <math.h>

#include "argon2_speed.h"
#include "unit.h"

/* Figures of libraries that were built from both sources, in cycles a block. */
static void code_is_told_by_its_speed(void **state)
{
    static const struct {
        double cycles;
        const char *code;
    } cases[] = {
        {2560, "plain"},      {1740, "plain"},          {1590, "plain"},     {1370, "plain"},
        {1190, "vectorised"}, {855, "vectorised"},      {655, "vectorised"}, {0, "unknown"},
        {-5, "unknown"},      {(double)NAN, "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(ppt_argon2_code(cases[i].cycles), cases[i].code);
    }
}

static void the_library_in_use_has_a_speed(void **state)
{
    const struct ppt_argon2_speed speed = ppt_argon2_speed();

    (void)state;
    assert_true(speed.block_cycles > 100);
    assert_string_equal(speed.code, ppt_argon2_code(speed.block_cycles));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_told_by_its_speed),
        cmocka_unit_test(the_library_in_use_has_a_speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
