/*
 * The zip kernel: that its files are what the gzip program reads and that it notices when what it
 * restored is not what it compressed.
 */
#include "fixture.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "rng_bulk.h"

#define MIB_BYTES ((size_t)1 << 20)
#define LEVELS 10

enum { RANDOM, TEXT };

extern const struct ppt_kernel ppt_kernel_zip;

/* MiB, level, content */
static const union ppt_value random_9[] = {{.integer = 1}, {.integer = 9}, {.choice = RANDOM}};
static const union ppt_value text_9[] = {{.integer = 1}, {.integer = 9}, {.choice = TEXT}};
static const union ppt_value text_1[] = {{.integer = 1}, {.integer = 1}, {.choice = TEXT}};
static const union ppt_value text_2_mib[] = {{.integer = 2}, {.integer = 9}, {.choice = TEXT}};

static int undisturbed(void **state)
{
    (void)state;
    faults_none();
    return 0;
}

/* Runs, which must fail with exactly "zip: DIRECTORY/startend". */
static void fails_with(const struct fixture *f, const char *start, const char *end)
{
    const struct ppt_task task = {.seed = f->setup.seed, .args = f->sets[0]};
    struct ppt_error error = {""};
    char expected[256];
    uint64_t digest;

    assert_int_equal(f->kernel->run(f->local, &task, &digest, &error), PPT_FAILED);
    snprintf(expected, sizeof(expected), "zip: %s/%s%s", f->scratch, start, end);
    assert_string_equal(error.text, expected);
}

static uint64_t digest_of(const union ppt_value *args, uint64_t index)
{
    struct fixture f;

    fixture_start(&f, &ppt_kernel_zip, args);
    const uint64_t digest = fixture_run(&f, index);
    fixture_stop(&f);
    return digest;
}

static void digests_depend_on_task_alone(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_zip, text_9);
    const uint64_t first = fixture_run(&f, 0);
    const uint64_t second = fixture_run(&f, 1);

    fixture_stop(&f);
    assert_int_not_equal(first, second);
    assert_int_equal(digest_of(text_9, 1), second);
    assert_int_equal(digest_of(text_9, 0), first);
    assert_int_equal(digest_of(random_9, 0), digest_of(random_9, 0));
    assert_int_not_equal(digest_of(text_1, 0), first);
    assert_int_not_equal(digest_of(text_2_mib, 0), first);
    assert_int_not_equal(digest_of(random_9, 0), first);
}

/* A worker that has all levels at hand does the same as one that was made for a single one. */
static void serves_several_argument_sets(void **state)
{
    union ppt_value args[LEVELS][3];
    const union ppt_value *sets[LEVELS];
    struct ppt_error error = {""};
    struct fixture f;
    uint64_t digests[LEVELS];

    (void)state;
    for (int i = 0; i < LEVELS; i++) {
        memcpy(args[i], i % 3 == 0 ? random_9 : text_9, sizeof(args[i]));
        args[i][1].integer = i;
        sets[i] = args[i];
        digests[i] = digest_of(args[i], (uint64_t)i);
    }
    fixture_start_sets(&f, &ppt_kernel_zip, sets, LEVELS);
    for (int i = 2 * LEVELS - 1; i >= 0; i--) {
        const size_t set = (size_t)i % LEVELS;
        const struct ppt_task task = {.seed = 1, .index = set, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_zip.run(f.local, &task, &digest, &error), PPT_OK);
        assert_int_equal(digest, digests[set]);
    }
    fixture_stop(&f);
}

/* What gzip makes of the file, which must be one that it likes; `size` bytes, to be freed. */
static unsigned char *gunzip(FILE *file, size_t size)
{
    unsigned char *bytes = malloc(size + 1);
    char command[64];
    FILE *pipe;

    assert_non_null(bytes);
    snprintf(command, sizeof(command), "gzip -t < /proc/%d/fd/%d", (int)getpid(), fileno(file));
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof(command), "gzip -dc < /proc/%d/fd/%d", (int)getpid(), fileno(file));
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fread(bytes, 1, size + 1, pipe), size);
    assert_int_equal(pclose(pipe), 0);
    return bytes;
}

static long size_of(FILE *file)
{
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    return ftell(file);
}

static void gzip_reads_random_bytes(void **state)
{
    /* A deflate member without a name or time. */
    static const unsigned char header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0};
    unsigned char *expected = malloc(MIB_BYTES), *restored, start[sizeof(header)];
    struct ppt_rng_bulk rng;
    struct fixture f;
    FILE *file;

    (void)state;
    assert_non_null(expected);
    ppt_rng_bulk_seed(&rng, 1, 5, PPT_STREAM_DATA);
    ppt_rng_fill_bytes(&rng, expected, MIB_BYTES);
    fixture_start(&f, &ppt_kernel_zip, random_9);
    file = fixture_dump(&f, 5);
    assert_int_equal(fread(start, 1, sizeof(start), file), sizeof(start));
    assert_memory_equal(start, header, sizeof(header));
    restored = gunzip(file, MIB_BYTES);
    assert_memory_equal(restored, expected, MIB_BYTES);
    fclose(file);
    fixture_stop(&f);
    free(expected);
    free(restored);
}

static void text_looks_like_text(void **state)
{
    unsigned char *text;
    struct fixture f;
    FILE *file;
    size_t spaces = 0;

    (void)state;
    fixture_start(&f, &ppt_kernel_zip, text_2_mib);
    file = fixture_dump(&f, 0);
    text = gunzip(file, 2 * MIB_BYTES);
    for (size_t i = 0; i < 2 * MIB_BYTES; i++) {
        if (!islower(text[i]) && !strchr(" ,.\n", text[i])) {
            fail_msg("byte %zu is %d", i, text[i]);
        }
        spaces += text[i] == ' ';
    }
    assert_in_range(spaces, 2 * MIB_BYTES / 12, 2 * MIB_BYTES / 4);
    assert_in_range(size_of(file), 2 * MIB_BYTES / 4, 2 * MIB_BYTES / 3);
    fclose(file);
    free(text);
    fixture_stop(&f);
}

static void disk_space_is_enough(void **state)
{
    (void)state;
    for (int level = 0; level < LEVELS; level++) {
        const union ppt_value args[] = {{.integer = 2}, {.integer = level}, {.choice = RANDOM}};
        struct ppt_needs needs = {0};
        struct fixture f;
        FILE *file;

        ppt_kernel_zip.needs(args, 1, &needs);
        fixture_start(&f, &ppt_kernel_zip, args);
        file = fixture_dump(&f, 0);
        assert_in_range(4 * MIB_BYTES + (size_t)size_of(file), 6 * MIB_BYTES, needs.disk_bytes);
        assert_true(needs.disk_bytes < 7 * MIB_BYTES);
        fclose(file);
        fixture_stop(&f);
    }
}

static void notices_what_is_not_the_same(void **state)
{
    char from[128];
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_zip, random_9);
    const uint64_t digest = fixture_run(&f, 0);

    snprintf(from, sizeof(from), " differs at byte 600001 from %s/zip.w0.plain", f.scratch);
    faults_flip_read(".restored", 600001);
    fails_with(&f, "zip.w0.restored", from);
    faults_end_read(".restored", 600001);
    fails_with(&f, "zip.w0.restored", from);
    faults_flip_read(".gz", 600001);
    fails_with(&f, "zip.w0.packed.gz", ": incorrect data check");
    faults_end_read(".gz", 600001);
    fails_with(&f, "zip.w0.packed.gz", ": ends too early");
    faults_flip_read(".gz", 0);
    fails_with(&f, "zip.w0.packed.gz", ": incorrect header check");
    faults_none();
    assert_int_equal(fixture_run(&f, 0), digest);
    fixture_stop(&f);
}

static void says_what_failed_and_cleans_up(void **state)
{
    static const char *const files[] = {"zip.w0.plain", "zip.w0.packed.gz", "zip.w0.restored"};
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_zip, random_9);
    const uint64_t digest = fixture_run(&f, 0);

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        faults_fail_write(files[i], 500000, ENOSPC);
        fails_with(&f, files[i], ": cannot write: No space left on device");
        faults_fail_read(files[i], 500000, EIO);
        fails_with(&f, files[i], ": cannot read: Input/output error");
    }
    faults_stutter("");
    assert_int_equal(fixture_run(&f, 0), digest);
    fixture_stop(&f);
}

static void draws_sizes_alone(void **state)
{
    int64_t smallest = INT64_MAX, largest = 0;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
    for (int i = 0; i < 2000; i++) {
        union ppt_value args[] = {{.integer = 50}, {.integer = 9}, {.choice = RANDOM}};

        ppt_kernel_zip.draw(&rng, args);
        assert_int_equal(args[1].integer, 9);
        assert_int_equal(args[2].choice, RANDOM);
        smallest = args[0].integer < smallest ? args[0].integer : smallest;
        largest = args[0].integer > largest ? args[0].integer : largest;
    }
    assert_int_equal(smallest, 1);
    assert_int_equal(largest, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(digests_depend_on_task_alone, undisturbed),
        cmocka_unit_test_teardown(serves_several_argument_sets, undisturbed),
        cmocka_unit_test_teardown(gzip_reads_random_bytes, undisturbed),
        cmocka_unit_test_teardown(text_looks_like_text, undisturbed),
        cmocka_unit_test_teardown(disk_space_is_enough, undisturbed),
        cmocka_unit_test_teardown(notices_what_is_not_the_same, undisturbed),
        cmocka_unit_test_teardown(says_what_failed_and_cleans_up, undisturbed),
        cmocka_unit_test_teardown(draws_sizes_alone, undisturbed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
