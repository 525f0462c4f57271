/*
 * What bounds a task: that each run does as much as it says, and computes it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceilings.h"
#include "isa.h"
#include "unit.h"

static void chains_have_all_their_links(void **state)
{
    double product = 1.0;

    (void)state;
    for (int i = 0; i < 3 * PPT_CEILING_LINKS; i++) {
        product *= 1.0001;
    }
    assert_int_equal(ppt_ceiling_add(3, 7), 3 * PPT_CEILING_LINKS * 7);
    assert_true(ppt_ceiling_multiply(3, 1.0001) == product);
    assert_int_equal(ppt_ceiling_add(0, 7), 0);
    assert_true(ppt_ceiling_multiply(0, 1.0001) == 1.0);
}

/* Each lane of each chain has counted; a multiplication and an addition make one. */
static void multiply_adds_are_those_that_count(void **state)
{
    const struct ppt_ceiling_flops *flops = ppt_ceiling_flops();
    size_t last = 0;

    (void)state;
    assert_true(flops->run(1000) == 1000.0 * flops->per_step / 2);
    for (size_t i = 0; ppt_isas[i]; i++) {
        last = ppt_isas[i]->usable() ? i : last;
    }
    assert_string_equal(flops->name, ppt_isas[last]->name);
}

static void the_level_is_the_smallest_that_holds_it(void **state)
{
    static const struct ppt_cache caches[] = {{1, 1, 32768}, {2, 1, 1 << 20}, {3, 2, 32 << 20}};

    (void)state;
    assert_int_equal(ppt_ceiling_level(caches, 3, 32768), 1);
    assert_int_equal(ppt_ceiling_level(caches, 3, 32769), 2);
    assert_int_equal(ppt_ceiling_level(caches, 3, 2 << 20), 3);
    assert_int_equal(ppt_ceiling_level(caches, 3, UINT64_C(1) << 32), 0);
    assert_int_equal(ppt_ceiling_level(NULL, 0, 1), 0);
}

static void copies_and_lookups_are_made(void **state)
{
    uint8_t table[256], from[1000], to[1000], back[1000];
    uint64_t total = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(table); i++) {
        table[i] = (uint8_t)(i * 7 + 3);
    }
    for (size_t i = 0; i < sizeof(from); i++) {
        from[i] = (uint8_t)(i * i);
    }
    memcpy(back, from, sizeof(from));
    ppt_ceiling_copy(from, to, sizeof(from), 1);
    assert_memory_equal(to, back, sizeof(to));
    /* Whole lines, and nothing beside them. */
    _Alignas(64) uint8_t lines[4 * 64], streamed[4 * 64];
    memcpy(lines, from, sizeof(lines));
    memset(streamed, 7, sizeof(streamed));
    ppt_ceiling_stream(lines + 64, streamed + 64, 128);
    assert_memory_equal(streamed + 64, lines + 64, 128);
    assert_true(streamed[63] == 7 && streamed[192] == 7);
    for (size_t i = 0; i < sizeof(back); i++) {
        total += table[back[i]];
    }
    assert_int_equal(ppt_ceiling_look_up(table, back, sizeof(back)), total);
}

#define BYTES 10000

/* The last chunk is a part of one. */
static void files_get_all_their_bytes(void **state)
{
    char text[4096], read_back[4096];
    const struct ppt_ceiling_chunk chunk = {text, sizeof(text)};
    const struct ppt_ceiling_chunk room = {read_back, sizeof(read_back)};
    struct ppt_error error = {""};
    FILE *source = tmpfile(), *copy = tmpfile();

    (void)state;
    assert_non_null(source);
    assert_non_null(copy);
    memset(text, 'x', sizeof(text));
    const int from = fileno(source), to = fileno(copy);
    assert_int_equal(ppt_ceiling_write(from, chunk, BYTES, &error), PPT_OK);
    assert_int_equal(lseek(from, 0, SEEK_END), BYTES);
    lseek(from, 0, SEEK_SET);
    assert_int_equal(ppt_ceiling_copy_file(from, to, BYTES, &error), PPT_OK);
    assert_int_equal(lseek(to, 0, SEEK_END), BYTES);
    lseek(to, 0, SEEK_SET);
    assert_int_equal(ppt_ceiling_read(to, room, BYTES, &error), PPT_OK);
    assert_int_equal(lseek(to, 0, SEEK_CUR), BYTES);
    assert_memory_equal(text, read_back, sizeof(text));
    /* No more than there is. */
    assert_int_equal(ppt_ceiling_read(to, room, 1, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "too short"));
    assert_int_equal(ppt_ceiling_copy_file(from, to, 1, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "too short"));
    fclose(source);
    fclose(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_have_all_their_links),
        cmocka_unit_test(multiply_adds_are_those_that_count),
        cmocka_unit_test(the_level_is_the_smallest_that_holds_it),
        cmocka_unit_test(copies_and_lookups_are_made),
        cmocka_unit_test(files_get_all_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
