/*
 * The io kernel, and the temporary files that it shares with zip: what they do when the disk is
 * full, a call is interrupted or somebody else's file is in the way.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "faults.h"
#include "rng_bulk.h"
#include "tempfile.h"

#define MIB_BYTES ((size_t)1 << 20)

extern const struct ppt_kernel ppt_kernel_io;

static const union ppt_value one_mib[] = {{.integer = 1}};
static const union ppt_value three_mib[] = {{.integer = 3}};

static enum ppt_status run(const struct fixture *f, uint64_t *digest, struct ppt_error *error)
{
    const struct ppt_task task = {.seed = f->setup.seed, .index = 0, .args = f->sets[0]};

    error->text[0] = '\0';
    return f->kernel->run(f->local, &task, digest, error);
}

/* Runs, which must fail with exactly "io: DIRECTORY/file: cannot ...", and recovers afterwards. */
static void fails_with(struct fixture *f, const char *file, const char *reason)
{
    char expected[256];
    struct ppt_error error;
    uint64_t digest;

    assert_int_equal(run(f, &digest, &error), PPT_FAILED);
    snprintf(expected, sizeof(expected), "io: %s/%s: cannot %s", f->setup.scratch_dir, file,
             reason);
    assert_string_equal(error.text, expected);
}

static int undisturbed(void **state)
{
    (void)state;
    faults_none();
    return 0;
}

static void digests_depend_on_task_alone(void **state)
{
    struct fixture f, g, larger;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, one_mib);
    fixture_start(&g, &ppt_kernel_io, one_mib);
    fixture_start(&larger, &ppt_kernel_io, three_mib);
    const uint64_t first = fixture_run(&f, 0);
    const uint64_t second = fixture_run(&f, 1);

    assert_int_equal(fixture_run(&g, 1), second);
    assert_int_equal(fixture_run(&g, 0), first);
    assert_int_not_equal(first, second);
    assert_int_not_equal(fixture_run(&larger, 0), first);
    fixture_stop(&f);
    fixture_stop(&g);
    fixture_stop(&larger);
}

static void copies_the_random_bytes(void **state)
{
    const size_t size = 3 * MIB_BYTES;
    unsigned char *expected = malloc(size + 1), *copied = malloc(size + 1);
    struct ppt_rng_bulk rng;
    struct fixture f;
    FILE *file;

    (void)state;
    assert_non_null(expected);
    assert_non_null(copied);
    ppt_rng_bulk_seed(&rng, 1, 7, PPT_STREAM_DATA);
    ppt_rng_fill_bytes(&rng, expected, size);
    fixture_start(&f, &ppt_kernel_io, three_mib);
    file = fixture_dump(&f, 7);
    assert_int_equal(fread(copied, 1, size + 1, file), size);
    assert_memory_equal(copied, expected, size);
    fclose(file);
    fixture_stop(&f);
    free(expected);
    free(copied);
}

static void goes_on_after_interruptions(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, one_mib);
    const uint64_t digest = fixture_run(&f, 0);

    faults_stutter("");
    assert_int_equal(fixture_run(&f, 0), digest);
    fixture_stop(&f);
}

static void notices_a_changed_byte(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, one_mib);
    const uint64_t digest = fixture_run(&f, 0);

    faults_flip_read(".source", 700001);
    assert_int_not_equal(fixture_run(&f, 0), digest);
    faults_end_read(".source", MIB_BYTES - 1);
    assert_int_not_equal(fixture_run(&f, 0), digest);
    fixture_stop(&f);
}

static void says_what_failed_and_cleans_up(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, three_mib);
    const uint64_t digest = fixture_run(&f, 0);

    faults_fail_write(".source", 1000000, ENOSPC);
    fails_with(&f, "io.w0.source", "write: No space left on device");
    faults_fail_write(".copy", 0, EDQUOT);
    fails_with(&f, "io.w0.copy", "write: Disk quota exceeded");
    faults_fail_read(".source", 2000000, EIO);
    fails_with(&f, "io.w0.source", "read: Input/output error");
    faults_none();
    assert_int_equal(fixture_run(&f, 0), digest);
    fixture_stop(&f);
}

static void respects_the_limit_of_file_sizes(void **state)
{
    struct rlimit before, low;
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, three_mib);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = MIB_BYTES + 1;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    fails_with(&f, "io.w0.source", "write: File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    fixture_run(&f, 0);
    fixture_stop(&f);
}

static void needs_the_scratch_directory(void **state)
{
    const union ppt_value *const sets[] = {one_mib};
    struct fixture f = {.kernel = &ppt_kernel_io,
                        .setup = {.seed = 1,
                                  .scratch_dir = "/tmp/gone",
                                  .services = &fixture_services,
                                  .sets = sets,
                                  .set_count = 1},
                        .sets = {one_mib}};
    char gone[] = "/tmp/ppt-omp-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(gone));
    f.setup.scratch_fd = open(gone, O_RDONLY | O_DIRECTORY);
    assert_int_equal(rmdir(gone), 0);
    fixture_attach(&f, 1);
    fails_with(&f, "io.w0.source", "create: No such file or directory");
    ppt_kernel_io.detach(f.local);
    free(f.block.memory);
    close(f.setup.scratch_fd);
}

/* Neither a link that leads elsewhere nor a file that was there before is touched. */
static void leaves_other_files_alone(void **state)
{
    struct fixture f;
    char path[128], link[128];
    FILE *file;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, one_mib);
    snprintf(path, sizeof(path), "%s/precious", f.scratch);
    snprintf(link, sizeof(link), "%s/io.w0.copy", f.scratch);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("kept", file);
    fclose(file);
    assert_int_equal(symlink(path, link), 0);
    fails_with(&f, "io.w0.copy", "create: File exists");

    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fgetc(file), 'k');
    fclose(file);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(unlink(path), 0);
    fixture_stop(&f);
}

static void workers_have_files_of_their_own(void **state)
{
    struct ppt_tempfile files[3] = {{0}};
    struct ppt_error error = {""};
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_io, one_mib);
    assert_int_equal(ppt_tempfile_init(&files[0], &f.setup, "io", 0, "copy", &error), PPT_OK);
    assert_int_equal(ppt_tempfile_init(&files[1], &f.setup, "io", 1, "copy", &error), PPT_OK);
    assert_int_equal(ppt_tempfile_init(&files[2], &f.setup, "zip", 0, "copy", &error), PPT_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ppt_tempfile_create(&files[i], &error), PPT_OK);
    }
    for (size_t i = 0; i < 3; i++) {
        ppt_tempfile_free(&files[i]); /* open and there: closed and removed */
        ppt_tempfile_free(&files[i]);
    }
    fixture_stop(&f);
}

static void draws_and_needs_are_in_range(void **state)
{
    int64_t smallest = INT64_MAX, largest = 0;
    struct ppt_needs needs = {0};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
    for (int i = 0; i < 2000; i++) {
        union ppt_value args[] = {{.integer = 50}};

        ppt_kernel_io.draw(&rng, args);
        smallest = args[0].integer < smallest ? args[0].integer : smallest;
        largest = args[0].integer > largest ? args[0].integer : largest;
    }
    assert_int_equal(smallest, 1);
    assert_int_equal(largest, 100);
    ppt_kernel_io.needs(three_mib, 1, &needs);
    assert_int_equal(needs.disk_bytes, 6 * MIB_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(digests_depend_on_task_alone, undisturbed),
        cmocka_unit_test_teardown(copies_the_random_bytes, undisturbed),
        cmocka_unit_test_teardown(goes_on_after_interruptions, undisturbed),
        cmocka_unit_test_teardown(notices_a_changed_byte, undisturbed),
        cmocka_unit_test_teardown(says_what_failed_and_cleans_up, undisturbed),
        cmocka_unit_test_teardown(respects_the_limit_of_file_sizes, undisturbed),
        cmocka_unit_test_teardown(needs_the_scratch_directory, undisturbed),
        cmocka_unit_test_teardown(leaves_other_files_alone, undisturbed),
        cmocka_unit_test_teardown(workers_have_files_of_their_own, undisturbed),
        cmocka_unit_test_teardown(draws_and_needs_are_in_range, undisturbed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
