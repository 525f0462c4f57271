#include "places.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"{task}",          "{worker}",  "{workers}",
                                    "{inner_threads}", "{scratch}", NULL};
enum { TASK, WORKER, WORKERS, INNER_THREADS, SCRATCH };

/* Which of them a text begins with, or -1. */
static int place_at(const char *text)
{
    for (int i = 0; names[i]; i++) {
        if (strncmp(text, names[i], strlen(names[i])) == 0) {
            return i;
        }
    }
    return -1;
}

bool ppt_places_scratch(const struct ppt_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strstr(words->items[i], names[SCRATCH])) {
            return true;
        }
    }
    return false;
}

size_t ppt_places_size(const struct ppt_places *places, const char *word)
{
    const size_t scratch = places->scratch ? strlen(places->scratch) : 0;
    const size_t longest = scratch > 20 ? scratch : 20; /* digits of 2^64 */
    size_t size = strlen(word) + 1;

    for (; *word; word++) {
        size += *word == '{' ? longest : 0;
    }
    return size;
}

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
    default:
        return sprintf(out, "%s", places->scratch);
    }
}

char *ppt_places_fill(const struct ppt_places *places, const char *word, char *out)
{
    while (*word) {
        const int place = place_at(word);

        if (place >= 0) {
            out += fill_place(places, place, out);
            word += strlen(names[place]);
        } else {
            *out++ = *word++;
        }
    }
    *out++ = '\0';
    return out;
}
