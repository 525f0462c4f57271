#include "counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "text.h"

#define MOST_PERCENT 10000

/* One entry on its way into the list. */
struct entry {
    const char *text;
    const struct ppt_counts_rule *rule;
    struct ppt_counts *counts;
    struct ppt_error *error;
};

/* "1-9:2" */
struct range {
    unsigned first, last;
    double step;
    bool by_factor;
};

static void add_number(struct ppt_counts *counts, unsigned number)
{
    counts->numbers = ppt_realloc(counts->numbers, counts->count + 1, sizeof(*counts->numbers));
    counts->numbers[counts->count++] = number;
}

static enum ppt_status reject(const struct entry *entry)
{
    return ppt_fail(entry->error, PPT_BAD_INPUT, "\"%s\" is no count; give %s", entry->text,
                    entry->rule->example);
}

/* Digits alone, from *at on. Returns false where there are none. */
static bool take_digits(const char **at, double *value)
{
    char *end = NULL;

    if (**at < '0' || **at > '9') {
        return false;
    }
    *value = (double)strtoull(*at, &end, 10);
    *at = end;
    return true;
}

/* A number from *at on that may stand in the list. */
static enum ppt_status take_number(const struct entry *entry, const char **at, unsigned *number)
{
    const bool negative = **at == '-';
    const char *start = *at;
    double value = 0;

    *at += negative;
    if (!take_digits(at, &value)) {
        return reject(entry);
    }
    if (negative || value < entry->rule->smallest) {
        return **at != '\0' && negative
                   ? reject(entry)
                   : ppt_fail(entry->error, PPT_BAD_INPUT, "%.*s is below %u", (int)(*at - start),
                              start, entry->rule->smallest);
    }
    if (value > entry->rule->largest) {
        return ppt_fail(entry->error, PPT_BAD_INPUT, "%.*s is above %u", (int)(*at - start), start,
                        entry->rule->largest);
    }
    *number = (unsigned)value;
    return PPT_OK;
}

/* What follows a colon: "2", "+2" or "*2". */
static enum ppt_status take_step(const struct entry *entry, const char *at, struct range *range)
{
    char *end = NULL;

    range->by_factor = *at == '*';
    at += *at == '*' || *at == '+';
    range->step = *at >= '0' && *at <= '9' ? strtod(at, &end) : 0;
    const bool right = end && *end == '\0' &&
                       (range->by_factor ? range->step > 1
                                         : range->step >= 1 && range->step == floor(range->step));
    return right
               ? PPT_OK
               : ppt_fail(entry->error, PPT_BAD_INPUT,
                          "\"%s\": behind the colon stands a step, as in 1-9:2, or a factor above "
                          "1, as in 1-16:*2",
                          entry->text);
}

static double next_of(const struct range *range, double value)
{
    return range->by_factor ? fmax(value + 1, round(value * range->step)) : value + range->step;
}

static void add_range(struct ppt_counts *counts, const struct range *range)
{
    for (double value = range->first; value <= range->last; value = next_of(range, value)) {
        add_number(counts, (unsigned)value);
    }
}

/* `at` is behind the hyphen. */
static enum ppt_status read_range(const struct entry *entry, const char *at, unsigned first)
{
    struct range range = {.first = first, .step = 1};

    PPT_TRY(take_number(entry, &at, &range.last));
    if (range.last < first) {
        return ppt_fail(entry->error, PPT_BAD_INPUT, "\"%s\" runs backwards; say %u-%u",
                        entry->text, range.last, first);
    }
    if (*at == ':') {
        PPT_TRY(take_step(entry, at + 1, &range));
    } else if (*at != '\0') {
        return reject(entry);
    }
    add_range(entry->counts, &range);
    return PPT_OK;
}

/* Whether it is one that depends on the machine: "auto", "50%". */
static enum ppt_status read_of_machine(const struct entry *entry, bool *is)
{
    const struct ppt_counts_rule *rule = entry->rule;
    const char *at = entry->text;
    const bool automatic = strcmp(at, "auto") == 0;
    double percent = 0;

    *is = automatic || (take_digits(&at, &percent) && strcmp(at, "%") == 0);
    if (!*is) {
        return PPT_OK;
    }
    if (!rule->of_machine || (!automatic && (percent < 1 || percent > MOST_PERCENT))) {
        return reject(entry);
    }
    entry->counts->of_machine = true;
    for (size_t i = 0; automatic && i < rule->choice_count; i++) {
        add_number(entry->counts, rule->choice[i]);
    }
    if (!automatic && rule->cpus > 0) {
        const double number = fmax(1, round(rule->cpus * percent / 100));

        if (number > rule->largest) {
            return ppt_fail(entry->error, PPT_BAD_INPUT, "\"%s\" of %u CPUs is above %u",
                            entry->text, rule->cpus, rule->largest);
        }
        add_number(entry->counts, (unsigned)number);
    }
    return PPT_OK;
}

static enum ppt_status read_entry(const struct entry *entry)
{
    const char *at = entry->text;
    unsigned number = 0;
    bool of_machine = false;

    PPT_TRY(read_of_machine(entry, &of_machine));
    if (of_machine) {
        return PPT_OK;
    }
    PPT_TRY(take_number(entry, &at, &number));
    if (*at == '-') {
        return read_range(entry, at + 1, number);
    }
    if (*at != '\0') {
        return reject(entry);
    }
    add_number(entry->counts, number);
    return PPT_OK;
}

/* The next entry without the blanks around it, as a text of its own; *at moves behind its comma, or
 * becomes NULL behind the last. */
static char *next_entry(const char **at)
{
    const char *start = *at + strspn(*at, " ");
    const size_t length = strcspn(start, ",");
    char *text = ppt_text_format("%.*s", (int)length, start);

    for (size_t end = strlen(text); end > 0 && text[end - 1] == ' '; end--) {
        text[end - 1] = '\0';
    }
    *at = start[length] ? start + length + 1 : NULL;
    return text;
}

enum ppt_status ppt_counts_read(const char *text, const struct ppt_counts_rule *rule,
                                struct ppt_counts *counts, struct ppt_error *error)
{
    struct ppt_counts read = {0};
    enum ppt_status status = PPT_OK;

    while (text && status == PPT_OK) {
        char *one PPT_FREED = next_entry(&text);
        const struct entry entry = {one, rule, &read, error};

        status = read_entry(&entry);
    }
    if (status != PPT_OK) {
        free(read.numbers);
        return status;
    }
    *counts = read;
    return PPT_OK;
}
