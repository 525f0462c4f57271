#include "journal_content.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "item.h"
#include "journal.h"
#include "journal_pass.h"
#include "owned.h"
#include "sample_fields.h"
#include "text.h"

/* ---- rows ---- */

#define RUN(member) PPT_FIELD(struct ppt_journal_content, member, #member)

static enum ppt_status read_config(const struct ppt_item *item, void *record,
                                   struct ppt_error *error)
{
    return ppt_config_from_item(item, &((struct ppt_journal_content *)record)->configs, error);
}

static json_object *config_to_json(const void *record)
{
    return ppt_config_to_json(((const struct ppt_journal_content *)record)->configs.items);
}

static enum ppt_status read_host(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    return ppt_host_from_item(item, &((struct ppt_journal_content *)record)->host, error);
}

static json_object *host_to_json(const void *record)
{
    return ppt_host_to_json(&((const struct ppt_journal_content *)record)->host);
}

const struct ppt_field ppt_version_fields[] = {
    {RUN(version), .smallest = -1, .largest = 1e18},
    {0},
};

const struct ppt_field ppt_run_fields[] = {
    {RUN(program)},
    {RUN(started)},
    {RUN(origin), .flags = PPT_FIELD_SOMETIMES},
    {.key = "config",
     .kind = PPT_FIELD_SPECIAL,
     .flags = PPT_FIELD_SOMETIMES,
     .offset = offsetof(struct ppt_journal_content, configs.items),
     .read = read_config,
     .write = config_to_json},
    {RUN(details), .flags = PPT_FIELD_SOMETIMES | PPT_FIELD_SPARSE},
    {RUN(identity), .flags = PPT_FIELD_SOMETIMES | PPT_FIELD_SPARSE},
    {PPT_FIELD(struct ppt_journal_content, samples.first_ns, "first_ns"),
     .flags = PPT_FIELD_SOMETIMES | PPT_FIELD_SPARSE, .largest = 1e18},
    {.key = "host",
     .kind = PPT_FIELD_SPECIAL,
     .offset = offsetof(struct ppt_journal_content, host),
     .read = read_host,
     .write = host_to_json},
    {0},
};

/* ---- lines ---- */

/* In place of what is there already, if anything was recorded. */
static void hand_over(char **from, char **to)
{
    if (*from) {
        free(*to);
        *to = ppt_given(from);
    }
}

static enum ppt_status read_run(const struct ppt_item *line, struct ppt_journal_content *content,
                                struct ppt_error *error)
{
    PPT_TRY(ppt_fields_read(ppt_version_fields, line, 0, content, error));
    if (content->version != PPT_JOURNAL_VERSION) {
        return ppt_item_reject(line, error, "version %lld; this program reads version %d",
                               (long long)content->version, PPT_JOURNAL_VERSION);
    }
    PPT_TRY(ppt_fields_read(ppt_run_fields, line, PPT_FIELD_SOMETIMES, content, error));
    hand_over(&content->origin, &content->configs.items[0].origin);
    hand_over(&content->details, &content->configs.items[0].details);
    return PPT_OK;
}

static enum ppt_status read_line(const struct ppt_item *line, struct ppt_journal_content *content,
                                 struct ppt_error *error)
{
    static const char *const types[] = {"run",    "pass",  "tasks", "end", "resume",
                                        "failed", "sizes", "why",   NULL};
    struct ppt_place place;
    struct ppt_item item;
    int type = 0;

    PPT_TRY(ppt_item_member(line, "type", &place, &item, error));
    PPT_TRY(ppt_item_choice(&item, types, &type, error));
    if ((type == 0) != (content->configs.count == 0)) {
        return ppt_item_reject(line, error, "a line \"run\" must come first, and only once");
    }
    switch (type) {
    case 0:
        return read_run(line, content, error);
    case 1:
        return ppt_journal_take_pass(line, content, error);
    case 3:
        content->ended = true;
        return ppt_fields_read(ppt_end_fields, line, 0, &content->status, error);
    case 4:
        content->ended = false;
        content->resumed++;
        return PPT_OK;
    case 5:
        return ppt_journal_take_failure(line, content, error);
    case 6:
        return ppt_journal_take_sizes(line, content, error);
    case 7:
        return ppt_journal_take_why(line, content, error);
    default:
        /* The tasks of a mix follow from the configuration's seed. */
        return PPT_OK;
    }
}

/* A line ends where its newline is; no text has a byte of 0 in it. */
static enum ppt_status parse_line(const char *path, const char *text, size_t length, size_t line,
                                  struct ppt_journal_content *content, struct ppt_error *error)
{
    const char *zero = memchr(text, '\0', length);
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;

    if (zero) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu:%zu: a byte of 0, as a power cut leaves: the file is damaged", path,
                        line, (size_t)(zero - text) + 1);
    }
    ppt_source_from_line(&source, path, text, length, line);
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    return read_line(&item, content, error);
}

enum ppt_status ppt_journal_content_of(const char *path, const char *text, size_t length,
                                       struct ppt_journal_content *content, struct ppt_error *error)
{
    struct ppt_journal_content read PPT_OWNED(ppt_journal_content_free) = {0};
    const char *from = text, *end;

    *content = (struct ppt_journal_content){0};
    for (size_t line = 1; (end = memchr(from, '\n', length - (size_t)(from - text))); line++) {
        PPT_TRY(parse_line(path, from, (size_t)(end - from), line, &read, error));
        from = end + 1;
    }
    if (read.configs.count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: holds no run", path);
    }
    read.whole = (size_t)(from - text);
    for (const char *c = from; c < text + length; c++) {
        read.zeros += *c == '\0';
    }
    *content = read;
    read = (struct ppt_journal_content){0};
    return PPT_OK;
}

char *ppt_journal_content_note(const char *path, const struct ppt_journal_content *content)
{
    return content->zeros > 0
               ? ppt_text_format("%s: has %zu bytes of 0 behind its last line, as a power cut "
                                 "leaves; what was being written there is left out",
                                 path, content->zeros)
               : NULL;
}

enum ppt_status ppt_journal_content_read(const struct ppt_folder *folder,
                                         struct ppt_journal_content *content,
                                         struct ppt_error *error)
{
    char *path PPT_FREED = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    char *text PPT_FREED = NULL;
    size_t length = 0;

    *content = (struct ppt_journal_content){0};
    PPT_TRY(ppt_journal_expect(folder, error));
    PPT_TRY(ppt_file_read_in(folder, PPT_JOURNAL_NAME, PPT_JOURNAL_MOST, &text, &length, error));
    return ppt_journal_content_of(path, text, length, content, error);
}

void ppt_journal_content_free(struct ppt_journal_content *content)
{
    ppt_configs_free(&content->configs);
    ppt_host_free(&content->host);
    ppt_samples_free(&content->samples);
    ppt_fields_free(ppt_run_fields, content);
    *content = (struct ppt_journal_content){0};
}
