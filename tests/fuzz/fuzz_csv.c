/*
 * Tables of passes that were timed elsewhere, through the commands that answer them; the answer for
 * programs must be JSON, whatever figures there were.
 */
#include <gsl/gsl_errno.h>
#include <string.h>

#include "commands.h"
#include "input.h"
#include "json.h"

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

static void answer(const char *path, bool json,
                   enum ppt_status (*command)(const struct ppt_cli *, struct ppt_error *))
{
    const char *const operands[] = {path};
    const struct ppt_cli cli = {.operands = (const char **)(uintptr_t)operands,
                                .operand_count = 1,
                                .cpus = 4,
                                .tolerance = 0.05,
                                .json = json};
    struct ppt_error error = {""};
    FILE *const before = stdout;
    char *text = NULL;
    size_t length = 0;

    /* The commands print; glibc lets a program choose where to. */
    stdout = open_memstream(&text, &length);
    MUST(stdout);
    const enum ppt_status status = command(&cli, &error);
    MUST(fclose(stdout) == 0);
    stdout = before;
    MUST(length > 0 || error.text[0] != '\0');
    if (json && length > 0) {
        MUST(status == PPT_OK || status == PPT_INCONCLUSIVE);
        check_json(text);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct input input = input_open(data, size);

    gsl_set_error_handler_off();
    for (int json = 0; json < 2; json++) {
        answer(input.path, json, ppt_command_judge);
        answer(input.path, json, ppt_command_fit);
    }
    input_close(&input);
    return 0;
}
