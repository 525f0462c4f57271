/*
 * What a machine can do at most, written and read back; and measured once, on whatever machine:
 * what comes of it depends on that, but that it is whole does not.
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceiling_test.h"
#include "file.h"
#include "owned.h"
#include "place.h"
#include "unit.h"

static const char text[] =
    "{\"cycle_ns\":0.5,\"multiply_ns\":1.5,\"fma_gflops\":{\"1\":50,\"N\":160},"
    "\"copy_gbs\":{\"L1\":{\"1\":100,\"N\":400},\"L2\":{\"1\":60,\"N\":240},"
    "\"memory\":{\"1\":10,\"N\":12}},"
    "\"file_write_gbs\":2,\"file_write_all_gbs\":3,\"file_sync_us\":90,\"thread_start_us\":30,"
    "\"process_start_us\":600,\"clock_ns\":9,"
    "\"medians\":{\"cycle_ns\":0.6,\"copy_gbs\":{}},"
    "\"cpus\":4,\"measured\":\"2026-01-02T03:04:05+0000\"}";

static enum ppt_status read_text(const char *from, struct ppt_ceilings *ceilings,
                                 struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;

    *ceilings = (struct ppt_ceilings){0};
    ppt_source_from_text(&source, "ceilings", from);
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    return ppt_ceilings_read(&item, ceilings, error);
}

static void read_back_as_written(void **state)
{
    struct ppt_ceilings ceilings;
    struct ppt_error error = {""};
    json_object *object = json_object_new_object();
    struct ppt_text words = {0};

    (void)state;
    require(read_text(text, &ceilings, &error), &error);
    assert_true(ceilings.best.fma_gflops.all == 160 && ceilings.best.copy_gbs[0].all == 12);
    assert_true(ceilings.best.copy_gbs[2].one == 60 && ceilings.best.copy_gbs[3].one == 0);
    assert_true(ceilings.median.cycle_ns == 0.6 && ceilings.median.clock_ns == 0);
    assert_int_equal(ceilings.workers, 4);
    ppt_fields_write(ppt_ceiling_fields, &ceilings, 0, object);
    assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), text);
    ppt_ceilings_tell(&ceilings, &words);
    assert_non_null(strstr(words.data, "multiply-adds 50 GFLOP/s (4 workers: 160), "));
    assert_non_null(strstr(words.data, "measured 2026-01-02"));
    ppt_text_free(&words);
    json_object_put(object);
    ppt_ceilings_free(&ceilings);
}

static void refused(const char *from, const char *message)
{
    struct ppt_ceilings ceilings;
    struct ppt_error error = {""};

    assert_int_equal(read_text(from, &ceilings, &error), PPT_BAD_INPUT);
    if (!strstr(error.text, message)) {
        fail_msg("%s: lacks %s", error.text, message);
    }
    ppt_ceilings_free(&ceilings);
}

static void what_is_no_ceiling_is_refused(void **state)
{
    (void)state;
    refused("[]", "must be an object");
    refused("{\"cycle_ns\": -1}", "-1 is below 0");
    refused("{\"fma_gflops\": {\"1\": \"fast\"}}", "is not a number");
    refused("{\"fma_gflops\": 3}", "must be an object");
    refused("{\"copy_gbs\": {}, \"medians\": {\"copy_gbs\": {}}, \"measured\": \"\"}", "cpus");
}

static void best_is_no_worse_than_the_median(const struct ppt_ceilings *ceilings)
{
    for (const struct ppt_ceiling_row *row = ppt_ceiling_rows; row->name; row++) {
        const struct ppt_by_workers best = ppt_ceiling_value(row, &ceilings->best);
        const struct ppt_by_workers median = ppt_ceiling_value(row, &ceilings->median);

        /* Rates are by workers, and times are not. */
        if (row->by_workers) {
            assert_true(best.one >= median.one && best.all >= median.all);
            assert_int_equal(best.one > 0, best.all > 0);
        } else {
            assert_true(best.one <= median.one);
        }
    }
}

static void measured_here(void **state)
{
    const int folder PPT_OWNED(ppt_file_close) = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct ppt_ceilings ceilings;
    struct ppt_error error = {""};
    struct ppt_host host;

    (void)state;
    ppt_host_read(&host);
    require(ppt_ceilings_measure(&host, folder, NULL, &ceilings, &error), &error);
    assert_int_equal(ceilings.workers, host.effective_cpus);
    assert_true(ceilings.best.cycle_ns > 0 && ceilings.best.multiply_ns > ceilings.best.cycle_ns);
    assert_true(ceilings.best.fma_gflops.one > 0 && ceilings.best.copy_gbs[0].one > 0);
    assert_true(ceilings.best.file_write_gbs.one > 0 && ceilings.best.file_sync_us > 0);
    assert_true(ceilings.best.thread_start_us > 0 && ceilings.best.clock_ns > 0);
    for (size_t i = 0; i < host.topology.cache_count && host.topology.caches[i].level < 2; i++) {
        assert_true(ceilings.best.copy_gbs[1].one > 0);
    }
    best_is_no_worse_than_the_median(&ceilings);
    ppt_ceilings_free(&ceilings);
    /* One CPU alone: all of them are that one. */
    host.effective_cpus = 1;
    require(ppt_ceilings_measure(&host, folder, NULL, &ceilings, &error), &error);
    assert_true(ceilings.best.fma_gflops.one == ceilings.best.fma_gflops.all);
    assert_true(ceilings.median.file_write_gbs.one == ceilings.median.file_write_gbs.all);
    ppt_ceilings_free(&ceilings);
    assert_int_equal(
        ppt_ceilings_measure(&host, folder, &(const volatile int){1}, &ceilings, &error),
        PPT_INTERRUPTED);
    ppt_host_free(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_back_as_written),
        cmocka_unit_test(what_is_no_ceiling_is_refused),
        PLACED(measured_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
