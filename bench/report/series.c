#include "series.h"

#include <ctype.h>
#include <string.h>

#include "owned.h"

/* Bencher keeps 1024 characters; nobody reads as many. */
#define LONGEST_ARGUMENTS 200

static bool is_safe(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c && strchr("._-+:=", c));
}

static void add_arguments(const char *details, struct ppt_text *out)
{
    struct ppt_text safe PPT_OWNED(ppt_text_free) = {0};
    bool slash = true;

    for (const char *c = details; *c; c++) {
        if (*c == ',') {
            slash = true;
            c += strspn(c + 1, " ");
        } else if (!strchr("[]{}\"", *c)) {
            ppt_text_addf(&safe, "%s%c", slash ? "/" : "", is_safe(*c) ? *c : '_');
            slash = false;
        }
    }
    if (safe.length > LONGEST_ARGUMENTS) {
        size_t end = LONGEST_ARGUMENTS;

        /* Not inside a character: bytes that continue one look like 10xxxxxx. */
        while (((unsigned char)safe.data[end] & 0xc0) == 0x80) {
            end--;
        }
        ppt_text_addf(out, "%.*s...", (int)end, safe.data);
    } else if (safe.length > 0) {
        ppt_text_add(out, safe.data);
    }
}

static void add_family(const struct ppt_config *config, struct ppt_text *out)
{
    ppt_text_add(out, config->task);
    add_arguments(config->details, out);
}

/* How many runs up to this one look like it, itself included. */
static size_t count_alike(const struct ppt_outcome *outcomes, size_t which, const char *family)
{
    size_t alike = 0;

    for (size_t i = 0; i <= which; i++) {
        struct ppt_text other PPT_OWNED(ppt_text_free) = {0};

        add_family(outcomes[i].config, &other);
        alike += strcmp(other.data, family) == 0;
    }
    return alike;
}

char *ppt_series_name(const struct ppt_outcome *outcomes, size_t which, struct ppt_point point,
                      const char *middle)
{
    const struct ppt_config *config = outcomes[which].config;
    struct ppt_text name = {0};

    add_family(config, &name);
    const size_t alike = count_alike(outcomes, which, name.data);
    if (alike > 1) {
        ppt_text_addf(&name, "/run:%zu", alike);
    }
    if (config->inner_count > 1 || point.inner_threads != 1) {
        ppt_text_addf(&name, "/inner:%u", point.inner_threads);
    }
    if (middle) {
        ppt_text_addf(&name, "/%s", middle);
    }
    if (point.ranks > 0) {
        ppt_text_addf(&name, "/ranks:%u", point.ranks);
    }
    if (point.workers == 0) {
        ppt_text_add(&name, "/sequential");
    } else {
        ppt_text_addf(&name, "/threads:%u", point.workers);
    }
    return name.data;
}

void ppt_series_each(const struct ppt_outcome *outcomes, size_t count, ppt_series_add *add_one,
                     json_object *into)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < outcomes[i].summary->count; p++) {
            const struct ppt_point_summary *summary = &outcomes[i].summary->points[p];
            char *series PPT_FREED = ppt_series_name(outcomes, i, summary->point, NULL);

            add_one(&outcomes[i], summary, series, into);
        }
    }
}
