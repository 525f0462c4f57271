/*
 * The journal of a run, read back: whole, cut or damaged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "journal.h"
#include "journal_content.h"
#include "swept.h"
#include "text.h"

/* A journal with that content in a folder of that name, read. */
static enum ppt_status reread(const char *name, const char *text, size_t length,
                              struct ppt_journal_content *content, struct ppt_error *error)
{
    struct ppt_folder folder = swept_folder(name);
    enum ppt_status status = PPT_OK;

    if (text) {
        require(ppt_file_write_in(&folder, PPT_JOURNAL_NAME, text, length, error), error);
    }
    status = ppt_journal_content_read(&folder, content, error);
    ppt_folder_close(&folder);
    return status;
}

static void a_journal_is_never_overwritten(void **state)
{
    struct ppt_journal *journal = NULL, *other = NULL;
    struct ppt_error error = {""};

    (void)state;
    struct ppt_folder folder = swept_folder("journal");
    require(ppt_journal_create(&folder, &journal, &error), &error);
    assert_int_equal(ppt_journal_create(&folder, &other, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "journal"));
    assert_int_equal(unlink("journal/samples.jsonl"), 0);
    assert_int_equal(rmdir("journal"), 0);
    assert_int_equal(ppt_journal_create(&folder, &other, &error), PPT_FAILED);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    ppt_journal_close(NULL);
}

static void check_equal(const struct ppt_sample *a, const struct ppt_sample *b)
{
    assert_int_equal(a->block, b->block);
    assert_int_equal(a->position, b->position);
    assert_memory_equal(&a->point, &b->point, sizeof(a->point));
    assert_true(a->digest == b->digest);
    assert_int_equal(a->started_ns, b->started_ns);
    assert_int_equal(a->init_ns, b->init_ns);
    assert_int_equal(a->work_ns, b->work_ns);
    assert_int_equal(a->cleanup_ns, b->cleanup_ns);
    assert_int_equal(a->total_ns, b->total_ns);
    assert_int_equal(a->task_count, b->task_count);
    assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
    assert_memory_equal(&a->noise, &b->noise, sizeof(a->noise));
    assert_memory_equal(&a->times, &b->times, sizeof(a->times));
    assert_int_equal(a->peak_bytes, b->peak_bytes);
    assert_int_equal(a->clock_khz, b->clock_khz);
    assert_int_equal(a->worker_count, b->worker_count);
    for (size_t i = 0; i < a->worker_count; i++) {
        assert_int_equal(a->workers[i].tasks, b->workers[i].tasks);
        assert_int_equal(a->workers[i].busy_ns, b->workers[i].busy_ns);
        assert_int_equal(a->workers[i].cpu_ns, b->workers[i].cpu_ns);
        assert_int_equal(a->workers[i].start_ns, b->workers[i].start_ns);
        assert_int_equal(a->workers[i].end_ns, b->workers[i].end_ns);
        assert_int_equal(a->workers[i].cpu, b->workers[i].cpu);
    }
    if (a->task_count > PPT_MOST_TASK_TIMES) {
        assert_null(a->task_ns);
        assert_null(b->task_ns);
        return;
    }
    assert_memory_equal(a->task_ns, b->task_ns, a->task_count * sizeof(*a->task_ns));
}

/* Runs with all the lines of a real journal. */
static void record(struct swept *run, const char *path, uint64_t task_count)
{
    char config[200];
    struct ppt_journal *journal = NULL;
    struct ppt_host host = {0};

    snprintf(config, sizeof(config),
             "{\"task\": \"steady\", \"task_count\": %d, \"workers\": [0, 1, 2],\n"
             "\"iterations\": 2, \"seed\": 3}",
             (int)task_count);
    require(swept_run(run, config, 1), &run->error);
    ppt_host_read(&host);
    struct ppt_folder folder = swept_folder(path);
    unlink("whole/samples.jsonl");
    require(ppt_journal_create(&folder, &journal, &run->error), &run->error);
    require(ppt_journal_run(journal, run->config, &host, "2026-01-02T03:04:05+00:00", &run->error),
            &run->error);
    for (size_t i = 0; i < run->samples.count; i++) {
        require(ppt_journal_pass(journal, &run->samples.items[i], &run->error), &run->error);
    }
    require(ppt_journal_end(journal, PPT_OK, &run->error), &run->error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    ppt_host_free(&host);
}

static void a_journal_reads_back_equal(void **state)
{
    struct ppt_journal_content content = {0};
    struct swept run;

    (void)state;
    record(&run, "whole", 4);
    require(reread("whole", NULL, 0, &content, &run.error), &run.error);
    assert_true(content.ended);
    assert_int_equal(content.status, PPT_OK);
    assert_string_equal(content.started, "2026-01-02T03:04:05+00:00");
    assert_int_equal(content.configs.count, 1);
    assert_string_equal(content.configs.items[0].task, "steady");
    assert_string_equal(content.configs.items[0].details, run.config->details);
    assert_int_equal(content.configs.items[0].seed, 3);
    assert_int_equal(content.configs.items[0].point_count, 3);
    assert_int_equal(content.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        check_equal(&content.samples.items[i], &run.samples.items[i]);
    }
    ppt_journal_content_free(&content);
    swept_stop(&run);
}

static void failures_read_back_equal(void **state)
{
    static const char message[] = "io: \"/a\": cannot write: No space\\left";
    const struct ppt_failure failure = {
        2, {4, 2, 3, 0, 0, 0}, (char[]){"io: \"/a\": cannot write: No space\\left"}, true};
    struct ppt_journal_content content = {0};
    struct ppt_journal *journal = NULL;
    struct swept run;

    (void)state;
    record(&run, "failed", 4);
    struct ppt_folder folder = swept_folder("failed");
    require(ppt_journal_open(&folder, &journal, &run.error), &run.error);
    require(ppt_journal_failed(journal, &failure, &run.error), &run.error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    require(reread("failed", NULL, 0, &content, &run.error), &run.error);
    assert_int_equal(content.samples.failure_count, 1);
    assert_int_equal(content.samples.failures[0].block, 2);
    assert_int_equal(content.samples.failures[0].point.workers, 4);
    assert_int_equal(content.samples.failures[0].point.inner_threads, 2);
    assert_int_equal(content.samples.failures[0].point.ranks, 3);
    assert_string_equal(content.samples.failures[0].message, message);
    assert_true(content.samples.failures[0].withheld);
    ppt_journal_content_free(&content);
    swept_stop(&run);
}

static void a_large_journal_reads_back_equal(void **state)
{
    struct ppt_journal_content content = {0};
    struct swept run;

    (void)state;
    record(&run, "large", PPT_MOST_TASK_TIMES + 1);
    require(reread("large", NULL, 0, &content, &run.error), &run.error);
    assert_int_equal(content.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        assert_true(run.samples.items[i].times.resolution > 0);
        check_equal(&content.samples.items[i], &run.samples.items[i]);
    }
    ppt_journal_content_free(&content);
    swept_stop(&run);
}

/* Before there were histograms, journals had no resolution; and it is a share, not anything. */
static void journals_without_a_resolution_are_exact(void **state)
{
    static const char key[] = "\"resolution\":0.0";
    struct ppt_journal_content content = {0};
    struct swept run;
    char *text = NULL, *at;
    size_t length = 0, found = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    for (at = text; (at = strstr(at, key)); found++) {
        memcpy(at, "\"res0lution\":0.0", sizeof(key) - 1);
    }
    assert_int_equal(found, run.samples.count);
    require(reread("old", text, length, &content, &run.error), &run.error);
    assert_int_equal(content.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        check_equal(&content.samples.items[i], &run.samples.items[i]);
    }
    ppt_journal_content_free(&content);
    memcpy(strstr(text, "\"res0lution\":0.0"), "\"resolution\":1.5", sizeof(key) - 1);
    assert_int_equal(reread("old", text, length, &content, &run.error), PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "resolution"));
    free(text);
    swept_stop(&run);
}

/* A run that died: the journal ends anywhere. Whole lines count, the last one may be cut. */
static void a_cut_journal_has_its_whole_lines(void **state)
{
    struct swept run;
    char *text = NULL;
    size_t length = 0, first = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    first = strcspn(text, "\n") + 1;
    for (size_t cut = first; cut < length; cut += cut < length - 200 ? 97 : 1) {
        struct ppt_journal_content content = {0};
        size_t lines = 0;

        for (size_t i = first; i < cut; i++) {
            lines += text[i] == '\n';
        }
        require(reread("cut", text, cut, &content, &run.error), &run.error);
        assert_false(content.ended);
        assert_int_equal(content.samples.count, lines);
        ppt_journal_content_free(&content);
    }
    free(text);
    swept_stop(&run);
}

static void damaged_journals_name_the_line(void **state)
{
    struct swept run;
    struct ppt_journal_content content = {0};
    char *text = NULL, *second;
    size_t length = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    second = strchr(text, '\n') + 1;
    memcpy(second, "#", 1);
    assert_int_equal(reread("damaged", text, length, &content, &run.error), PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "damaged/samples.jsonl:2:"));
    /* No first line at all. */
    memcpy(second, "{", 1);
    assert_int_equal(reread("damaged", second, strlen(second), &content, &run.error),
                     PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "damaged"));
    assert_int_equal(reread("damaged", "", 0, &content, &run.error), PPT_BAD_INPUT);
    assert_int_equal(reread("missing", NULL, 0, &content, &run.error), PPT_BAD_INPUT);
    free(text);
    swept_stop(&run);
}

/* A journal of which the pass in that line is there again at the end, in a block of its own or not.
 */
static char *with_again(const char *text, size_t line, const char *marks, uint64_t position,
                        const char *old, const char *new)
{
    const char *from = text;
    char *pass, *at, *whole = NULL;
    struct ppt_text out = {0};

    while (line-- > 0) {
        from = strchr(from, '\n') + 1;
    }
    pass = strndup(from, (size_t)(strchr(from, '\n') + 1 - from));
    at = strstr(pass, old);
    assert_non_null(at);
    ppt_text_add(&out, text);
    ppt_text_addf(&out, "%.*s%s%s", (int)(at - pass), pass, new, at + strlen(old));
    whole = strdup(out.data);
    ppt_text_free(&out);
    free(pass);
    /* Its number, and the mark. */
    at = strstr(whole + strlen(text), "\"position\":");
    assert_non_null(at);
    ppt_text_addf(&out, "%.*s%s\"position\":%llu%s", (int)(at - whole), whole, marks,
                  (unsigned long long)position, at + strcspn(at, ","));
    free(whole);
    whole = strdup(out.data);
    ppt_text_free(&out);
    return whole;
}

/* In lines 1 and 2 is the warm-up, in 6 to 8 the last block. */
static void a_pass_is_there_again_once(void **state)
{
    static const struct {
        size_t lines[2]; /* 0: no more */
        const char *marks[2], *old, *new, *problem;
    } cases[] = {
        {{6, 0}, {"\"again\":true,", ""}, "{", "{", NULL},
        {{8, 6}, {"\"again\":true,", "\"again\":true,"}, "{", "{", NULL},
        {{6, 0}, {"", ""}, "{", "{", "a pass counts once"},
        {{6, 6}, {"\"again\":true,", "\"again\":true,"}, "{", "{", "is measured again once"},
        {{6, 7}, {"\"again\":true,", ""}, "{", "{", "comes too late"},
        {{6, 0}, {"\"again\":true,", ""}, "\"block\":2", "\"block\":3", "not measured before"},
        {{1, 0}, {"\"again\":true,", ""}, "{", "{", "not measured before"},
    };
    struct swept run;
    char *text = NULL;
    size_t length = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ppt_journal_content content = {0};
        char *damaged = strdup(text);

        for (uint64_t k = 0; k < 2 && cases[i].lines[k] > 0; k++) {
            char *longer = with_again(damaged, cases[i].lines[k], cases[i].marks[k], 8 + k,
                                      cases[i].old, cases[i].new);

            free(damaged);
            damaged = longer;
        }
        const enum ppt_status status =
            reread("again", damaged, strlen(damaged), &content, &run.error);
        if (cases[i].problem) {
            assert_int_equal(status, PPT_BAD_INPUT);
            if (!strstr(run.error.text, cases[i].problem)) {
                fail_msg("case %zu: %s", i, run.error.text);
            }
        } else {
            require(status, &run.error);
            assert_true(content.samples.items[8].again);
            assert_false(content.samples.items[7].again);
        }
        ppt_journal_content_free(&content);
        free(damaged);
    }
    free(text);
    swept_stop(&run);
}

/* In those of before nothing was counted, which is not 0. */
static void what_was_not_counted_is_unknown(void **state)
{
    struct ppt_journal_content content = {0};
    struct swept run;
    char *text = NULL, *at;
    size_t length = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    while ((at = strstr(text, ",\"busy_ns\":")) && strstr(at, ",\"queued_ns\":")) {
        char *end = strchr(strstr(at, ",\"queued_ns\":"), '}');

        if (strchr(at, '}') != end) { /* that of a worker */
            at[1] = 'B';
            continue;
        }
        memmove(at, end, strlen(end) + 1);
    }
    for (at = text; (at = strstr(at, ",Bbusy_ns\":")); at++) {
        at[1] = '"';
    }
    require(reread("before", text, strlen(text), &content, &run.error), &run.error);
    for (size_t i = 0; i < content.samples.count; i++) {
        assert_int_equal(content.samples.items[i].noise.busy_ns, -1);
        assert_int_equal(content.samples.items[i].noise.queued_ns, -1);
    }
    ppt_journal_content_free(&content);
    free(text);
    swept_stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SWEPT(a_journal_is_never_overwritten),
        SWEPT(a_journal_reads_back_equal),
        SWEPT(failures_read_back_equal),
        SWEPT(a_large_journal_reads_back_equal),
        SWEPT(journals_without_a_resolution_are_exact),
        SWEPT(a_cut_journal_has_its_whole_lines),
        SWEPT(damaged_journals_name_the_line),
        SWEPT(a_pass_is_there_again_once),
        SWEPT(what_was_not_counted_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
