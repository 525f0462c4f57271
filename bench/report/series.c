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
    ppt_text_add(out, ppt_config_title(config));
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

/* "/inner:2"; "/sequential" for 0 workers. */
static void add_dimension(struct ppt_point point, size_t d, struct ppt_text *out)
{
    const unsigned number = ppt_point_get(point, d);

    if (number == 0) {
        ppt_text_addf(out, "/%s", ppt_dimensions[d].none);
    } else {
        const char *name = ppt_dimensions[d].series;

        ppt_text_addf(out, "/%s:%u", name ? name : ppt_dimension_key(d), number);
    }
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
    for (size_t d = PPT_WORKERS + 1; d < PPT_DIMENSION_COUNT; d++) {
        if (ppt_config_several(config) & PPT_ONLY(d) ||
            ppt_point_get(point, d) != ppt_dimensions[d].least) {
            add_dimension(point, d, &name);
        }
    }
    if (middle) {
        ppt_text_addf(&name, "/%s", middle);
    }
    for (size_t d = 0; d <= PPT_WORKERS; d++) {
        if (ppt_point_shown(point, 0) & PPT_ONLY(d)) {
            add_dimension(point, d, &name);
        }
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
