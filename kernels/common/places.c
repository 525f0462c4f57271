#include "places.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const ppt_place_names[] = {
    "task", "worker", "workers", "inner_threads", "scratch", "", ".", "/", "//", "/.",
    "#",    "%",      NULL};
enum {
    TASK,
    WORKER,
    WORKERS,
    INNER_THREADS,
    SCRATCH,
    INPUT,
    WITHOUT_EXTENSION,
    BASE,
    FOLDER,
    BASE_WITHOUT_EXTENSION,
    NUMBER,
    SLOT
};

/* Part of an input. */
struct span {
    const char *start;
    size_t length;
};

int ppt_place_at(const char *text)
{
    for (int i = 0; *text == '{' && ppt_place_names[i]; i++) {
        const size_t length = strlen(ppt_place_names[i]);

        if (strncmp(text + 1, ppt_place_names[i], length) == 0 && text[1 + length] == '}') {
            return i;
        }
    }
    return -1;
}

bool ppt_place_needs_input(int place)
{
    return place >= INPUT;
}

bool ppt_place_names_input(int place)
{
    return place >= INPUT && place <= BASE_WITHOUT_EXTENSION;
}

bool ppt_places_scratch(const struct ppt_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        for (const char *at = words->items[i]; (at = strchr(at, '{')); at++) {
            if (ppt_place_at(at) == SCRATCH) {
                return true;
            }
        }
    }
    return false;
}

size_t ppt_places_size(const struct ppt_places *places, const char *word)
{
    const size_t scratch = places->scratch ? strlen(places->scratch) : 0;
    const size_t input = places->input ? strlen(places->input) : 0;
    size_t longest = 20; /* digits of 2^64 */
    size_t size = strlen(word) + 1;

    longest = scratch > longest ? scratch : longest;
    longest = input > longest ? input : longest;
    for (; *word; word++) {
        size += *word == '{' ? longest : 0;
    }
    return size;
}

/* ---- parts of an input, as GNU parallel has them ---- */

static struct span base_of(const char *input)
{
    const char *slash = strrchr(input, '/');

    return (struct span){slash ? slash + 1 : input, strlen(slash ? slash + 1 : input)};
}

/* The folder that it is in: "." where it names none. */
static struct span folder_of(const char *input)
{
    size_t length = strlen(input);

    while (length > 1 && input[length - 1] == '/') {
        length--;
    }
    while (length > 0 && input[length - 1] != '/') {
        length--;
    }
    if (length == 0) {
        return (struct span){".", 1};
    }
    while (length > 1 && input[length - 1] == '/') {
        length--;
    }
    return (struct span){input, length};
}

/* From the start to before the last full stop of the base. */
static struct span without_extension(const char *start, const char *input)
{
    const char *base = base_of(input).start, *stop = strrchr(base, '.');

    return (struct span){start, stop ? (size_t)(stop - start) : strlen(start)};
}

static struct span part_of(int place, const char *input)
{
    switch (place) {
    case WITHOUT_EXTENSION:
        return without_extension(input, input);
    case BASE:
        return base_of(input);
    case FOLDER:
        return folder_of(input);
    case BASE_WITHOUT_EXTENSION:
        return without_extension(base_of(input).start, input);
    default:
        return (struct span){input, strlen(input)};
    }
}

/* ---- filling in ---- */

static int fill_place(const struct ppt_places *places, int place, char *out)
{
    switch (place) {
    case TASK:
        return sprintf(out, "%" PRIu64, places->task);
    case WORKER:
        return sprintf(out, "%u", places->worker);
    case WORKERS:
        return sprintf(out, "%u", places->workers);
    case INNER_THREADS:
        return sprintf(out, "%u", places->inner_threads);
    case SCRATCH:
        return sprintf(out, "%s", places->scratch);
    case NUMBER:
        return sprintf(out, "%" PRIu64, places->task + 1);
    case SLOT:
        return sprintf(out, "%u", places->worker + 1);
    default: {
        const struct span part = part_of(place, places->input);

        memcpy(out, part.start, part.length);
        return (int)part.length;
    }
    }
}

char *ppt_places_fill(const struct ppt_places *places, const char *word, char *out)
{
    for (const char *at = word; *at;) {
        const int place = ppt_place_at(at);
        const bool filled = place >= 0 && (!ppt_place_needs_input(place) ||
                                           (places->input && (at == word || at[-1] != '$')));

        if (filled) {
            out += fill_place(places, place, out);
            at += strlen(ppt_place_names[place]) + 2;
        } else {
            *out++ = *at++;
        }
    }
    *out++ = '\0';
    return out;
}
