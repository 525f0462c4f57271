/*
 * Tables of passes that were timed elsewhere, through the verbs that answer them; the answer for
 * programs must be JSON, whatever figures there were.
 */
#include <gsl/gsl_errno.h>
#include <string.h>

#include "cli.h"
#include "input.h"
#include "json.h"
#include "verbs.h"

static void check_json(const char *text)
{
    struct ppt_source source = {0};
    struct ppt_error error = {""};
    json_object *value = NULL;

    ppt_source_from_text(&source, "answer", text);
    if (ppt_json_parse(&source, &value, &error) != PPT_OK) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    json_object_put(value);
    ppt_source_free(&source);
}

static void answer(const struct ppt_verb *verb, const char *path, bool json)
{
    static char program[] = "ppt-omp", cpus[] = "--cpus=4", as_json[] = "--json";
    char *const arguments[] = {program, (char *)(uintptr_t)verb->name, (char *)(uintptr_t)path,
                               cpus, as_json};
    const struct ppt_verb *const verbs[] = {verb, verb, NULL};
    struct ppt_error error = {""};
    struct ppt_line line;
    FILE *const before = stdout;
    char *text = NULL;
    size_t length = 0;

    MUST(ppt_cli_read(verbs, json ? 5 : 4, arguments, &line, &error) == PPT_OK);
    /* The verbs print; glibc lets a program choose where to. */
    stdout = open_memstream(&text, &length);
    MUST(stdout);
    const enum ppt_status status = verb->run(&line, &error);
    MUST(fclose(stdout) == 0);
    stdout = before;
    MUST(length > 0 || error.text[0] != '\0');
    if (json && length > 0) {
        MUST(status == PPT_OK || status == PPT_INCONCLUSIVE);
        check_json(text);
    }
    free(text);
    ppt_cli_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct input input = input_open(data, size);

    gsl_set_error_handler_off();
    for (int json = 0; json < 2; json++) {
        answer(&ppt_verb_judge, input.path, json);
        answer(&ppt_verb_fit, input.path, json);
    }
    input_close(&input);
    return 0;
}
