/*
 * The arguments of a configuration's task: by place and by name, their defaults, files and mixes.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "configs.h"
#include "file.h"
#include "registry.h"

#define PATH 256

static void check_details(const char *task, const char *args, const char *details)
{
    char text[2 * PATH];

    snprintf(text, sizeof(text), "{\"task\": \"%s\"%s%s}", task, args ? ", \"task_args\": " : "",
             args ? args : "");
    struct ppt_configs configs = configs_load(text);
    assert_string_equal(configs.items[0].details, details);
    ppt_configs_free(&configs);
}

static int hash_of(const char *args)
{
    char text[2 * PATH];
    int choice;

    snprintf(text, sizeof(text), "{\"task\": \"password\"%s%s}", args ? ", \"task_args\": " : "",
             args ? args : "");
    struct ppt_configs configs = configs_load(text);
    const struct ppt_use *use = &configs.items[0].uses[0];
    assert_string_equal(use->kernel->params[4].name, "hash");
    choice = use->args[4].choice;
    const char *name = use->kernel->params[4].choices[choice];
    choice = strcmp(name, "sha256") == 0 ? 256 : strcmp(name, "argon2id") == 0 ? 2 : 0;
    ppt_configs_free(&configs);
    return choice;
}

/* The original hashes with SHA-256, and its files have four arguments. */
static void four_arguments_of_password_mean_sha256(void **state)
{
    (void)state;
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8]"), 256);
    assert_int_equal(hash_of(NULL), 2);
    assert_int_equal(hash_of("{}"), 2);
    assert_int_equal(hash_of("{\"stored\": 7}"), 2);
    assert_int_equal(hash_of("{\"t_cost\": 1}"), 2);
    assert_int_equal(hash_of("{\"hash\": \"sha256\"}"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"hash\": \"argon2id\"}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"t_cost\": 1}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"t_cost\": 1, \"lookup\": \"set\"}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"lookup\": \"set\"}]"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {}]"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"hash\": \"sha256\"}]"), 256);
}

static void an_empty_list_of_arguments_is_the_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; ppt_kernels[i]; i++) {
        char text[PATH];

        if (ppt_kernels[i]->missing) {
            continue;
        }
        snprintf(text, sizeof(text), "{\"task\": \"%s\"}", ppt_kernels[i]->name);
        struct ppt_configs without = configs_load(text);
        snprintf(text, sizeof(text), "{\"task\": \"%s\", \"task_args\": []}", ppt_kernels[i]->name);
        struct ppt_configs empty = configs_load(text);

        assert_string_equal(empty.items[0].details, without.items[0].details);
        ppt_configs_free(&without);
        ppt_configs_free(&empty);
    }
    assert_int_equal(hash_of("[]"), 2);
}

static void arguments_are_described_as_positional(void **state)
{
    (void)state;
    check_details("sum", NULL, "1000000");
    check_details("tensor", "[64, 3]", "64x3");
    check_details("tensor", "{\"count\": 3}", "256x3");
    check_details("password", "[100, 1000, [20, 20], 0.8]", "100/1000; [20, 20]; 0.8");
    check_details("password", "{\"lengths\": [3, 4], \"hash\": \"sha256\"}", "5/20; [3, 4]; 0.8");
    check_details("password", "[1, 2, [3, 4], 0.5, {\"lookup\": \"set\"}]",
                  "1/2; [3, 4]; 0.5; {lookup: set}");
    check_details("password", "[]", "5/20; [12, 20]; 0.8; {hash: argon2id}");
    check_details("password", "{\"lanes\": 2}", "5/20; [12, 20]; 0.8; {hash: argon2id, lanes: 2}");
    check_details("password", "{\"hash\": \"sha256\", \"t_cost\": 3}",
                  "5/20; [12, 20]; 0.8; {hash: sha256, t_cost: 3}");
    check_details("zip", "[50]", "50");
    check_details("zip", "[50, 6]", "50, 6");
    check_details("img", "[]", "landscape.png");
    check_details("random", "[]", "any");
    check_details("random", NULL, "any");
    check_details("random", "[\"sum\", \"sort\"]", "sum;sort");
}

static void check_title(const char *rest, const char *title)
{
    char text[2 * PATH];

    snprintf(text, sizeof(text), "{\"task\": \"command\", \"workers\": [0], %s}", rest);
    struct ppt_configs configs = configs_load(text);
    assert_string_equal(ppt_config_title(&configs.items[0]), title);
    ppt_configs_free(&configs);
}

static void check_program(const char *argv, const char *title)
{
    char args[PATH];

    snprintf(args, sizeof(args), "\"task_args\": %s", argv);
    check_title(args, title);
}

static void programs_name_what_is_run(void **state)
{
    (void)state;
    check_program("[]", "true");
    check_program("[\"gzip\", \"-9\", \"f\"]", "gzip");
    check_program("[\"/usr/bin/gzip\"]", "gzip");
    check_program("[\"./a tool!.x\"]", "a_tool_.x");
    check_program("[\".-hidden\"]", "_-hidden");
    check_program("[\"dir/\\u00e4b\\u202e\"]", "\u00e4b___");
    check_program("[\"{task}.x\"]", "_task_.x");
    check_program("[\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk\\u00e4\"]",
                  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk");
    /* Nothing of these can be a name. */
    check_program("{\"argv\": [\"{}\"], \"inputs\": [\"a\"]}", "command");
    check_program("[\"bin/\"]", "command");
    check_title("\"task_args\": [\"gzip\"], \"name\": \"mine\"", "mine");
}

static void scripts_name_what_their_interpreters_run(void **state)
{
    (void)state;
    check_program("[\"python3\", \"src/work.py\", \"a.txt\"]", "work.py");
    check_program("[\"/usr/bin/python3.11\", \"-u\", \"work.py\"]", "work.py");
    check_program("[\"python3\", \"-W\", \"ignore\", \"work.py\"]", "work.py");
    check_program("[\"perl\", \"work\", \"a.txt\"]", "work");
    check_program("[\"bash\", \"-e\", \"./build.sh\"]", "build.sh");
    check_program("[\"python3\", \"-m\", \"timeit\", \"a.b\"]", "python3");
    check_program("[\"python3\", \"-c\", \"import a.b\", \"a.b\"]", "python3");
    check_program("[\"sh\", \"-c\", \"./work.sh\"]", "sh");
    check_program("[\"sh\", \"-ec\", \"./work.sh\"]", "sh");
    check_program("[\"perl\", \"-e\", \"print 1.5\"]", "perl");
    check_program("[\"python3\"]", "python3");
    check_program("[\"sh\", \"{}\"]", "sh");
    /* Others have files for arguments. */
    check_program("[\"cat\", \"work.py\"]", "cat");
    check_program("[\"shfmt\", \"work.sh\"]", "shfmt");
}

static void several_programs_name_what_is_run_together(void **state)
{
    (void)state;
    check_title("\"task_args\": [\"gzip\"], \"vs\": [[\"/bin/zstd\"], [\"xz\"]]",
                "gzip-vs-zstd-vs-xz");
    check_title("\"task_args\": [\"gzip\"], \"vs\": [[\"gzip\", \"-1\"]]", "gzip");

    struct ppt_configs configs = configs_load(
        "{\"task\": \"command\", \"workers\": [0], \"task_args\": [\"gzip\"], \"vs\": [[\"xz\"]]}");
    struct ppt_point points[2];
    const struct ppt_config one = ppt_config_of_variant(&configs.items[0], 2, points);
    assert_string_equal(ppt_config_title(&one), "xz");
    ppt_configs_free(&configs);
}

static void words_are_quoted_as_a_shell_reads_them(void **state)
{
    (void)state;
    check_details("command", "[\"echo\", \"a b\", \"\", \"it's\", \"c\"]",
                  "echo 'a b' '' \"it's\" c");
    check_details("command", "[\"echo\", \"'$a'b\"]", "echo ''\\''$a'\\''b'");
}

static void wrong_arguments_are_named(void **state)
{
    static const char *const cases[][2] = {
        {"[5, 10, [20, 12], 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, [12], 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, 12, 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, [-1, 12], 0.8]", "c.json:1:44: task_args[2][0]: -1 is below 0"},
        {"[5, 10, [12, 20], 1.5]", "c.json:1:53: task_args[3]: 1.5 is above 1"},
        {"[5, 10, [12, 20]]", "c.json:1:35: task_args: 3 arguments given"},
        {"[5, 10, [12, 20], 0.8, \"sha256\"]", "c.json:1:58: task_args[4]: "},
        {"[5, 10, [12, 20], 0.8, {\"hash\": \"md5\"}]", "c.json:1:67: task_args[4].hash: "},
        {"[5, 10, [12, 20], 0.8, {\"hesh\": \"sha256\"}]", "c.json:1:67: task_args[4].hesh: "},
        {"{\"lanes\": 0}", "c.json:1:45: task_args.lanes: 0 is below 1"},
        {"{\"hesh\": \"sha256\"}", "c.json:1:44: task_args.hesh: unknown key"},
    };
    char text[2 * PATH];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof(text), "{\"task\": \"password\", \"task_args\": %s}", cases[i][0]);
        configs_refuse(text, cases[i][1]);
    }
}

static void files_are_looked_for_beside_the_configuration(void **state)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("sub/images", &error), &error);
    place_put("sub/images/a.png", "no image yet");
    place_put("b.png", "no image yet");
    place_put("sub/c.json", "{\"task\": \"img\", \"task_args\": [[\"images/a.png\", \"b.png\"]]}");
    require(ppt_configs_load("sub/c.json", NULL, &configs, &error), &error);
    const struct ppt_texts *paths = &configs.items[0].uses[0].args[0].paths;
    assert_int_equal(paths->count, 2);
    assert_int_equal(access(paths->items[0], R_OK), 0);
    assert_int_equal(access(paths->items[1], R_OK), 0);
    ppt_configs_free(&configs);
    place_put("sub/c.json",
              "{\"task\": \"img\", \"task_args\": [[\"images/a.png\", \"images/c.png\"]]}");
    assert_int_equal(ppt_configs_load("sub/c.json", NULL, &configs, &error), PPT_BAD_INPUT);
    assert_memory_equal(error.text, "sub/c.json:1:48: task_args[0][1]: ", 34);
    configs_refuse("{\"task\": \"img\", \"task_args\": [[]]}", "c.json:1:31: task_args[0]: ");
}

static void folders_are_no_files(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("sub", &error), &error);
    configs_refuse("{\"task\": \"img\", \"task_args\": [[\"sub\"]]}",
                   "c.json:1:32: task_args[0][0]: ");
}

static void a_mix_draws_from_the_kernels_named(void **state)
{
    struct ppt_configs configs = configs_load(
        "{\"task\": \"random\", \"task_args\": [\"sum\", \"sort\"], \"task_count\": 5}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_true(c->mix);
    assert_string_equal(c->task, "random");
    assert_int_equal(c->use_count, 2);
    assert_string_equal(c->uses[0].kernel->name, "sum");
    assert_string_equal(c->uses[1].kernel->name, "sort");
    assert_int_equal(c->uses[1].args[0].integer, 1000000);
    ppt_configs_free(&configs);
    configs = configs_load("{\"task\": \"random\", \"task_args\": []}");
    assert_true(configs.items[0].use_count >= 8);
    for (size_t i = 0; i < configs.items[0].use_count; i++) {
        assert_non_null(configs.items[0].uses[i].kernel->draw);
    }
    ppt_configs_free(&configs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(four_arguments_of_password_mean_sha256),
        PLACED(an_empty_list_of_arguments_is_the_defaults),
        PLACED(arguments_are_described_as_positional),
        PLACED(programs_name_what_is_run),
        PLACED(scripts_name_what_their_interpreters_run),
        PLACED(several_programs_name_what_is_run_together),
        PLACED(words_are_quoted_as_a_shell_reads_them),
        PLACED(wrong_arguments_are_named),
        PLACED(files_are_looked_for_beside_the_configuration),
        PLACED(folders_are_no_files),
        PLACED(a_mix_draws_from_the_kernels_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
