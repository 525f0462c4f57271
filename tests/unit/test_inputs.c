/*
 * Inputs of a configuration: lists and files of them, samples, and what is said of words in braces.
 */
#include <string.h>

#include "configs.h"
#include "input_list.h"
#include "inputs.h"

/* ---- lists in files ---- */

static void put_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define CHECK_FILE(bytes, end, ...)                                                                \
    check_file(bytes, sizeof(bytes) - 1, end, LIST(__VA_ARGS__), COUNT(LIST(__VA_ARGS__)))

static void check_file(const char *bytes, size_t length, enum ppt_input_end end,
                       const char *const *expected, size_t count)
{
    struct ppt_texts inputs = {0};
    struct ppt_error error = {""};

    put_bytes("list", bytes, length);
    require(ppt_input_list_load("list", "list", end, &inputs, &error), &error);
    assert_int_equal(inputs.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(inputs.items[i], expected[i]);
    }
    ppt_texts_free(&inputs);
}

static void entries_of_a_file(void **state)
{
    (void)state;
    CHECK_FILE("a\nb c\n", PPT_INPUT_END_LINE, "a", "b c");
    CHECK_FILE("a\nb", PPT_INPUT_END_LINE, "a", "b");
    CHECK_FILE("\n\na\n\nb\n\n", PPT_INPUT_END_LINE, "a", "b");
    CHECK_FILE("a\r\nb\r\n\r\n", PPT_INPUT_END_LINE, "a", "b");
    CHECK_FILE("\xef\xbb\xbfü\n", PPT_INPUT_END_LINE, "ü");
    CHECK_FILE(" a \n\t\n", PPT_INPUT_END_LINE, " a ", "\t");
    CHECK_FILE("a\0b\nc\0", PPT_INPUT_END_ZERO, "a", "b\nc");
    CHECK_FILE("a\0\0b", PPT_INPUT_END_ZERO, "a", "", "b");
}

static void check_file_refused(const char *bytes, size_t length, enum ppt_input_end end,
                               const char *message)
{
    struct ppt_texts inputs = {0};
    struct ppt_error error = {""};

    put_bytes("list", bytes, length);
    assert_int_equal(ppt_input_list_load("list", "list", end, &inputs, &error), PPT_BAD_INPUT);
    assert_memory_equal(error.text, message, strlen(message));
    assert_null(inputs.items);
}

#define REFUSED(bytes, end, message) check_file_refused(bytes, sizeof(bytes) - 1, end, message)

static void what_is_no_list(void **state)
{
    (void)state;
    REFUSED("", PPT_INPUT_END_LINE, "list: has no inputs in it");
    REFUSED("\n\r\n", PPT_INPUT_END_LINE, "list: has no inputs in it");
    REFUSED("", PPT_INPUT_END_ZERO, "list: has no inputs in it");
    REFUSED("aaaa\nb\0c\n", PPT_INPUT_END_LINE, "list:2: has a zero byte in it");
    REFUSED("a\nb\xff\n", PPT_INPUT_END_LINE, "list:2: is not UTF-8");
    REFUSED("a\0b\xff\0", PPT_INPUT_END_ZERO, "list: entry 2 is not UTF-8");
    REFUSED("\xff\xfe"
            "a\0b\0",
            PPT_INPUT_END_LINE, "list: is UTF-16");
}

/* ---- configurations ---- */

static struct ppt_configs load_command(const char *args, const char *rest)
{
    char text[2048];

    snprintf(text, sizeof(text), "{\"task\": \"command\", \"task_args\": {%s}%s}", args, rest);
    return configs_load(text);
}

static void check_config(const char *args, const char *rest, uint64_t tasks, const char *details,
                         const char *warning)
{
    struct ppt_configs configs = load_command(args, rest);

    assert_int_equal(configs.items[0].task_count, tasks);
    assert_string_equal(configs.items[0].details, details);
    if (!warning) {
        assert_null(configs.items[0].warning);
    } else {
        assert_non_null(configs.items[0].warning);
        assert_non_null(strstr(configs.items[0].warning, warning));
    }
    ppt_configs_free(&configs);
}

#define ABC "\"argv\": [\"echo\", \"{}\"], \"inputs\": [\"a\", \"b\", \"c\"]"

static void every_input_is_a_task(void **state)
{
    (void)state;
    check_config(ABC, "", 3, "echo {} ::: 3 inputs", NULL);
    check_config(ABC ", \"timeout\": 5", "", 3, "echo {} ::: 3 inputs, timeout: 5", NULL);
    check_config(ABC, ", \"task_count\": 3", 3, "echo {} ::: 3 inputs", NULL);
    check_config("\"argv\": [\"echo\", \"{}\"], \"inputs\": \"a\"", "", 1, "echo {} ::: 1 input",
                 NULL);
    check_config("\"argv\": [\"echo\"], \"inputs\": []", "", 100, "echo", NULL);
    place_put("list", "x\ny\n");
    check_config("\"argv\": [\"echo\", \"{/}\"], \"inputs\": {\"file\": \"list\"}", "", 2,
                 "echo {/} ::: 2 inputs", NULL);
    place_put("zeros", "x\ny");
    check_config("\"argv\": [\"echo\", \"{}\"], \"inputs\": {\"file\": \"zeros\", \"null\": true}",
                 "", 1, "echo {} ::: 1 input", NULL);
}

static void fewer_tasks_are_a_sample(void **state)
{
    static const char *const sampled[] = {"0", "2", "5", "7"};
    struct ppt_configs configs =
        load_command("\"argv\": [\"echo\", \"{}\"], \"inputs\": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
                     ", \"task_count\": 4");
    const struct ppt_use *use = &configs.items[0].uses[0];

    (void)state;
    assert_string_equal(use->kernel->params[1].name, "inputs");
    assert_int_equal(use->args[1].words.count, 4);
    assert_int_equal(use->args[2].integer, 10);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(use->args[1].words.items[i], sampled[i]);
    }
    assert_string_equal(configs.items[0].details, "echo {} ::: 4 inputs, sample_of: 10");
    assert_non_null(strstr(configs.items[0].warning, "a sample of 4 of the 10 inputs"));
    ppt_configs_free(&configs);
    configs_refuse("{\"task\": \"command\", \"task_count\": 4, \"task_args\": {" ABC "}}",
                   "c.json:1:35: task_count: 4 tasks, but there are 3 inputs");
}

static void where_inputs_go(void **state)
{
    (void)state;
    check_config("\"argv\": [\"gzip\", \"-k\"], \"inputs\": [\"a\"]", "", 1,
                 "gzip -k {} ::: 1 input", "so that each input becomes the last one");
    check_config("\"argv\": [\"gzip\", \"{task}{#}\"], \"inputs\": [\"a\"]", "", 1,
                 "gzip '{task}{#}' {} ::: 1 input", "the last one");
    check_config("\"argv\": [\"sh\", \"-c\", \"sort '{}' | wc\"], \"inputs\": [\"a\"]", "", 1,
                 "sh -c \"sort '{}' | wc\" ::: 1 input", NULL);
}

/* What other programs have in braces goes through without a word. */
static void braces_of_others(void **state)
{
    static const char *const words[] = {
        "awk {print}", "/x/{print}",     "HEAD@{upstream}", "%{http_code}", "{{.State}}",
        "{name}",      "{a,b}",          "a{1,2}",          "{Foo}",        "{x y}",
        "print({})",   "f'{foo}'",       "${foo}",          "x{a}|y",       "\\\\begin{document}",
        "{ foo}",      "{\\\"a\\\": 1}", "NR==2{next}",     "a{1}",         "[{foo}]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        char args[256];

        snprintf(args, sizeof(args), "\"argv\": [\"echo\", \"%s\"]", words[i]);
        struct ppt_configs configs = load_command(args, "");
        assert_null(configs.items[0].warning);
        ppt_configs_free(&configs);
    }
}

static void names_that_nobody_fills_in(void **state)
{
    static const char *const words[] = {"in-{foo}.png", "-j{threads}",   "{foo}.txt",
                                        "--n={n}",      "{task}-{tusk}", "x{inner_thread}"};

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        char text[256];

        snprintf(text, sizeof(text), "{\"task\": \"command\", \"task_args\": [\"echo\", \"%s\"]}",
                 words[i]);
        configs_refuse(text, "c.json:1:34: task_args: \"");
    }
    configs_refuse("{\"task\": \"command\", \"task_args\": [\"make\", \"-j{cpus}\"]}",
                   "c.json:1:34: task_args: \"-j{cpus}\": nothing is called {cpus}; there are "
                   "{task}, {worker}, {workers}, {inner_threads}, {scratch}; for inputs {}, {.}");
    check_config("\"argv\": [\"echo\", \"{tasks}\"]", "", 100, "echo {tasks}",
                 "{tasks} stays as it is; did you mean {task}?");
}

static void places_without_inputs(void **state)
{
    static const char *const words[] = {"{}", "in-{}.png", "{.}", "{/}", "out/{#}", "{%}"};

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        char args[256], details[256];

        snprintf(args, sizeof(args), "\"argv\": [\"echo\", \"%s\", \"{}\"]", words[i]);
        snprintf(details, sizeof(details), strchr(words[i], '#') ? "echo '%s' {}" : "echo %s {}",
                 words[i]);
        check_config(args, "", 100, details, "stays as it is, since there are no inputs");
    }
}

static void wrong_inputs(void **state)
{
    (void)state;
    place_put("empty", "");
    configs_refuse(
        "{\"task\": \"command\", \"task_args\": {\"argv\": [\"a\"], \"inputs\": [null]}}",
        "c.json:1:61: task_args.inputs[0]: must be a text");
    configs_refuse("{\"task\": \"command\", \"task_args\": {\"argv\": [\"a\"], \"inputs\": {}}}",
                   "c.json:1:60: task_args.inputs: ");
    configs_refuse("{\"task\": \"command\", \"task_args\": {\"inputs\": {\"file\": \"nowhere\"}}}",
                   "c.json:1:54: task_args.inputs.file: there is no file \"nowhere\"");
    configs_refuse("{\"task\": \"command\", \"task_args\": {\"inputs\": {\"files\": \"a\"}}}",
                   "c.json:1:55: task_args.inputs.files: unknown key; did you mean \"file\"?");
    configs_refuse("{\"task\": \"command\", \"task_args\": {\"inputs\": {\"file\": \"empty\"}}}",
                   "c.json:1:54: task_args.inputs.file: ");
}

/* A journal that names a file has it not read. */
static void what_was_recorded_is_a_list(void **state)
{
    const char *text = "{\"task\": \"command\", \"task_args\": {\"argv\": [\"a\"], "
                       "\"inputs\": {\"file\": \"list\"}}}";
    struct ppt_configs configs = {0};
    struct ppt_source source = {0};
    struct ppt_error error = {""};
    json_object *value = NULL;

    (void)state;
    place_put("list", "a\n");
    ppt_source_from_line(&source, "j", text, strlen(text), 1);
    require(ppt_json_parse(&source, &value, &error), &error);
    const struct ppt_item item = {.value = value, .source = &source};
    assert_int_equal(ppt_config_from_item(&item, &configs, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "must be the list itself"));
    json_object_put(value);
    ppt_source_free(&source);
    ppt_configs_free(&configs);
}

/* ---- what they were ---- */

static uint64_t digest_of(const char *const *items, size_t count)
{
    return ppt_inputs_digest(&(const struct ppt_texts){items, count});
}

static void what_they_were(void **state)
{
    const char *const two[] = {"one", "two"}, *const turned[] = {"two", "one"};
    const char *const joined[] = {"onetwo"};

    (void)state;
    place_put("one", "1");
    const uint64_t before = digest_of(two, 2);
    assert_true(before == digest_of(two, 2));
    assert_true(before != digest_of(turned, 2));
    assert_true(before != digest_of(two, 1));
    assert_true(digest_of(two, 2) != digest_of(joined, 1));
    place_put("one", "2");
    assert_true(before != digest_of(two, 2));
    place_put("one", "1");
    assert_true(before == digest_of(two, 2));
    place_put("two", "");
    assert_true(before != digest_of(two, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(entries_of_a_file),
        PLACED(what_is_no_list),
        PLACED(every_input_is_a_task),
        PLACED(fewer_tasks_are_a_sample),
        PLACED(where_inputs_go),
        PLACED(braces_of_others),
        PLACED(names_that_nobody_fills_in),
        PLACED(places_without_inputs),
        PLACED(wrong_inputs),
        PLACED(what_was_recorded_is_a_list),
        PLACED(what_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
