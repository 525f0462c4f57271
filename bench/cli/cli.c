#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "search_path.h"
#include "take.h"

/* Those that every verb has. */
static const struct ppt_option for_all[] = {
    {.name = "--help", .kind = PPT_OPTION_HELP},
    {.name = "-h", .kind = PPT_OPTION_HELP},
    {.name = "--version", .kind = PPT_OPTION_VERSION, .elsewhere = "-V -v"},
};

/* Looked at as a verb's. */
static const struct ppt_verb general_verb = {
    .options = for_all,
    .option_count = sizeof(for_all) / sizeof(for_all[0]),
};

/* One argument after the other. */
struct reader {
    const struct ppt_verb *const *verbs;
    char *const *arguments;
    int count, at;
};

/* Whether one of the words of a list, which blanks separate, is that name. */
static bool is_among(const char *words, const char *name, size_t length)
{
    while (words && *words) {
        const size_t one = strcspn(words, " ");

        if (one == length && strncmp(words, name, length) == 0) {
            return true;
        }
        words += one + (words[one] == ' ');
    }
    return false;
}

static const struct ppt_option *find_in(const struct ppt_verb *verb, const char *name,
                                        size_t length)
{
    const struct ppt_option *option;

    for (size_t i = 0; (option = ppt_verb_option(verb, i)); i++) {
        const struct ppt_option *face = ppt_option_face(option);

        if (is_among(face->name, name, length) || is_among(face->also, name, length)) {
            break;
        }
    }
    return option;
}

/* How much of an argument is the option's name. A number may follow a letter at once: "-j4". */
static size_t name_length(const char *argument)
{
    return argument[1] != '-' && argument[1] != '\0' && isdigit((unsigned char)argument[2])
               ? 2
               : strcspn(argument, "=");
}

/* The value that is part of the argument, or NULL. */
static const char *own_value(const char *argument)
{
    const char *behind = argument + name_length(argument);

    return *behind == '=' ? behind + 1 : *behind ? behind : NULL;
}

/* The verb's own, a general one, or one of another verb, which `owner` tells; NULL: it is none at
 * all. */
static const struct ppt_option *find_option(const struct ppt_verb *const *verbs,
                                            const struct ppt_verb *verb, const char *argument,
                                            const struct ppt_verb **owner)
{
    const size_t length = name_length(argument);
    const struct ppt_option *found = find_in(verb, argument, length);

    *owner = verb;
    if (!found) {
        found = find_in(&general_verb, argument, length);
    }
    for (size_t i = 0; !found && verbs[i]; i++) {
        *owner = verbs[i];
        found = find_in(verbs[i], argument, length);
    }
    return found;
}

static bool looks_like_option(const char *argument)
{
    /* What xargs says for zero bytes is no number. */
    return argument[0] == '-' && (!ppt_option_is_number(argument) || strcmp(argument, "-0") == 0);
}

/* ---- before anything is read: what the first operand and what lies under the others say ---- */

/* Moves over the option's value if that is an argument of its own. Returns the option if it is one
 * of the verb's, of that kind; or else NULL. */
static const struct ppt_option *pass_option(struct reader *reader, const struct ppt_verb *verb,
                                            enum ppt_option_kind kind)
{
    const char *argument = reader->arguments[reader->at];
    const struct ppt_verb *owner;
    const struct ppt_option *option = find_option(reader->verbs, verb, argument, &owner);

    if (option && ppt_option_takes_next(ppt_option_face(option)) && !own_value(argument)) {
        reader->at++;
    }
    return option && owner == verb && ppt_option_face(option)->kind == kind ? option : NULL;
}

/* The place of the verb's name among the arguments; 0: there is none. */
static int find_verb(struct reader reader, const struct ppt_verb **verb)
{
    *verb = reader.verbs[0];
    for (; reader.at < reader.count; reader.at++) {
        const char *argument = reader.arguments[reader.at];

        if (strcmp(argument, "--") == 0) {
            return 0;
        }
        if (looks_like_option(argument)) {
            if (pass_option(&reader, *verb, PPT_OPTION_OPERAND)) {
                return 0;
            }
            continue;
        }
        for (size_t i = 1; reader.verbs[i]; i++) {
            if (strcmp(argument, reader.verbs[i]->name) == 0) {
                *verb = reader.verbs[i];
                return reader.at;
            }
        }
        return 0;
    }
    return 0;
}

bool ppt_cli_asks(const struct ppt_verb *const *verbs, int count, char *const *arguments,
                  const struct ppt_verb **verb)
{
    struct reader reader = {verbs, arguments, count, 1};

    find_verb(reader, verb);
    for (; reader.at < count && strcmp(arguments[reader.at], "--") != 0; reader.at++) {
        struct reader here = reader;

        if (looks_like_option(arguments[reader.at]) &&
            (pass_option(&here, *verb, PPT_OPTION_HELP) ||
             pass_option(&reader, *verb, PPT_OPTION_VERSION))) {
            return true;
        }
    }
    return false;
}

/* They lie under the other options whatever their order, so they are taken first. */
static enum ppt_status take_presets(struct reader reader, struct ppt_line *line,
                                    struct ppt_error *error)
{
    for (; reader.at < reader.count; reader.at++) {
        const char *argument = reader.arguments[reader.at];

        if (strcmp(argument, "--") == 0) {
            break;
        }
        const struct ppt_option *option = looks_like_option(argument)
                                              ? pass_option(&reader, line->verb, PPT_OPTION_PRESET)
                                              : NULL;
        if (option) {
            PPT_TRY(ppt_option_take(option, "", line->options, line->overrides, error));
        }
    }
    return PPT_OK;
}

/* ---- reading ---- */

static enum ppt_status take_option(struct ppt_line *line, const struct ppt_option *option,
                                   const char *value, struct ppt_error *error)
{
    line->given[line->given_count++] = option;
    switch (ppt_option_face(option)->kind) {
    case PPT_OPTION_HELP:
    case PPT_OPTION_VERSION:
        line->asked = option;
        return PPT_OK;
    case PPT_OPTION_OPERAND:
        line->operands[line->operand_count++] = value;
        return PPT_OK;
    case PPT_OPTION_PRESET:
        return PPT_OK; /* has been taken */
    default:
        return ppt_option_take(option, value, line->options, line->overrides, error);
    }
}

/* One of another verb, for which its value must be right all the same. */
static enum ppt_status take_foreign(struct ppt_line *line, const struct ppt_verb *owner,
                                    const struct ppt_option *option, const char *value,
                                    struct ppt_error *error)
{
    void *options PPT_FREED = ppt_alloc(1, owner->size);
    struct ppt_overrides *overrides = ppt_overrides_create();
    const enum ppt_status status = ppt_option_take(option, value, options, overrides, error);

    line->foreign = line->foreign ? line->foreign : option;
    ppt_overrides_destroy(overrides);
    return status;
}

/* Adds the names of a verb's options to a list that ends in NULL, and grows. Returns how many are
 * in it then. */
static size_t add_names(const struct ppt_verb *verb, const char ***names, size_t count)
{
    const struct ppt_option *option;

    for (size_t i = 0; (option = ppt_verb_option(verb, i)); i++) {
        *names = ppt_realloc(*names, count + 2, sizeof(**names));
        (*names)[count++] = ppt_option_face(option)->name;
        (*names)[count] = NULL;
    }
    return count;
}

/* The verb's option that other tools call so; NULL: none is known. */
static const char *called_elsewhere(const struct ppt_verb *verb, const char *name)
{
    const struct ppt_option *option;

    for (size_t i = 0; (option = ppt_verb_option(verb, i)); i++) {
        const struct ppt_option *face = ppt_option_face(option);

        if (is_among(face->elsewhere, name, strlen(name))) {
            return face->name;
        }
    }
    return NULL;
}

/* A name with a slip of the pen in it. Letters are all near each other. */
static const char *misspelled(const struct ppt_verb *const *verbs, const char *name)
{
    const char **names PPT_FREED = NULL;
    size_t count = 0;

    if (name[1] != '-') {
        return NULL;
    }
    for (size_t i = 0; verbs[i]; i++) {
        count = add_names(verbs[i], &names, count);
    }
    add_names(&general_verb, &names, count);
    return ppt_text_suggest(name, names);
}

static enum ppt_status reject_option(const struct ppt_verb *const *verbs,
                                     const struct ppt_verb *verb, const char *argument,
                                     struct ppt_error *error)
{
    char *name PPT_FREED = ppt_text_format("%.*s", (int)name_length(argument), argument);
    const char *meant = called_elsewhere(verb, name);

    meant = meant ? meant : called_elsewhere(&general_verb, name);
    meant = meant ? meant : misspelled(verbs, name);
    return ppt_fail(error, PPT_BAD_INPUT,
                    meant ? "unknown option %s; did you mean %s?" : "unknown option %s; see %s",
                    name, meant ? meant : "ppt-omp --help");
}

/* Reads an option, and its value from "=..." or the next argument. */
static enum ppt_status read_option(struct reader *reader, struct ppt_line *line,
                                   struct ppt_error *error)
{
    const char *argument = reader->arguments[reader->at];
    const char *value = own_value(argument);
    const struct ppt_verb *owner;
    const struct ppt_option *option = find_option(reader->verbs, line->verb, argument, &owner);

    if (!option) {
        return reject_option(reader->verbs, line->verb, argument, error);
    }
    const char *name = ppt_option_face(option)->name;
    if (!ppt_option_takes_value(ppt_option_face(option))) {
        if (value) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s takes no value", name);
        }
        value = "";
    } else if (!value && !ppt_option_takes_next(ppt_option_face(option))) {
        value = ppt_option_face(option)->bare;
    } else if (!value && reader->at + 1 < reader->count) {
        value = reader->arguments[++reader->at];
    }
    if (!value) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s needs a value", name);
    }
    return owner == line->verb ? take_option(line, option, value, error)
                               : take_foreign(line, owner, option, value, error);
}

/* How a program is called that an operand names, perhaps one of this folder: a text to be given to
 * free(); NULL: it names none. */
static char *program_named(const char *operand)
{
    char *here PPT_FREED = ppt_text_format("./%s", operand);
    char found[PATH_MAX];

    return ppt_search_path_find(operand, found) ? ppt_strdup(operand)
           : ppt_search_path_find(here, found)  ? ppt_given(&here)
                                                : NULL;
}

/* A word that no operand can be may be a verb that is not spelled right. */
static enum ppt_status reject_operand(const struct ppt_verb *const *verbs, const char *operand,
                                      struct ppt_error *error)
{
    size_t count = 0, named = 0;

    while (verbs[count]) {
        count++;
    }
    const char **names PPT_FREED = ppt_alloc(count, sizeof(*names));
    for (size_t i = 1; i < count; i++) {
        if (verbs[i]->forms[0].words) {
            names[named++] = verbs[i]->name;
        }
    }
    const char *meant = ppt_text_suggest(operand, names);
    char *program PPT_FREED = program_named(operand);
    char *first PPT_FREED = ppt_text_format("%.*s", (int)strcspn(operand, " "), operand);
    char *of_words PPT_FREED = program ? NULL : program_named(first);
    if (of_words) {
        /* What other benchmarks want in quotes. */
        return ppt_fail(
            error, PPT_BAD_INPUT,
            "\"%s\" is a program with arguments; these go behind \"--\", each a word of "
            "its own: ppt-omp -- %s%s; or with a shell: ppt-omp -- sh -c '...'",
            operand, of_words, operand + strlen(first));
    }
    if (program) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "\"%s\" is a program, which goes behind \"--\": ppt-omp -- %s ...", operand,
                        program);
    }
    return meant ? ppt_fail(error, PPT_BAD_INPUT,
                            "\"%s\" is neither a command nor a file; did you mean \"%s\"?", operand,
                            meant)
                 : ppt_fail(error, PPT_BAD_INPUT,
                            "\"%s\" is neither a command nor a file; see ppt-omp --help", operand);
}

static enum ppt_status read_operand(const struct reader *reader, struct ppt_line *line,
                                    struct ppt_error *error)
{
    const struct ppt_verb *verb = line->verb;
    const char *operand = reader->arguments[reader->at];

    if (line->asked) {
        return PPT_OK; /* help comes whatever they are */
    }
    if (line->operand_count >= verb->most) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s takes no argument \"%s\"", verb->name, operand);
    }
    if (verb->accepts && !verb->accepts(operand)) {
        return reject_operand(reader->verbs, operand, error);
    }
    line->operands[line->operand_count++] = operand;
    return PPT_OK;
}

static enum ppt_status separate(struct ppt_line *line, struct ppt_error *error)
{
    line->rest = PPT_REST_OPERANDS;
    return line->verb->separate && !line->asked ? line->verb->separate(line, error) : PPT_OK;
}

static enum ppt_status read_argument(struct reader *reader, struct ppt_line *line,
                                     struct ppt_error *error)
{
    const char *argument = reader->arguments[reader->at];

    if (line->rest == PPT_REST_PROGRAM) {
        line->program[line->program_count++] = argument;
        return PPT_OK;
    }
    if (line->rest == PPT_REST_ALL && strcmp(argument, "--") == 0) {
        return separate(line, error);
    }
    return line->rest == PPT_REST_ALL && looks_like_option(argument)
               ? read_option(reader, line, error)
               : read_operand(reader, line, error);
}

/* What can be said once everything is read. */
static enum ppt_status check_line(struct ppt_line *line, struct ppt_error *error)
{
    const struct ppt_verb *verb = line->verb;

    if (line->foreign) {
        /* It would be ignored: its author believes that it does something. */
        const char *name = ppt_option_face(line->foreign)->name;
        const char *meant = called_elsewhere(verb, name);

        return ppt_fail(error, PPT_BAD_INPUT, "%s does not belong to %s%s%s%s", name, verb->name,
                        meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
    }
    if (verb->needs && line->operand_count == 0 && line->rest != PPT_REST_PROGRAM) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s needs %s", verb->name, verb->needs);
    }
    return verb->check ? verb->check(line, error) : PPT_OK;
}

enum ppt_status ppt_cli_read(const struct ppt_verb *const *verbs, int count, char *const *arguments,
                             struct ppt_line *line, struct ppt_error *error)
{
    struct reader reader = {verbs, arguments, count, 1};
    const size_t most = (size_t)count + 1;

    *line = (struct ppt_line){0};
    const int verb_at = find_verb(reader, &line->verb);
    line->options = ppt_alloc(1, line->verb->size);
    memcpy(line->options, line->verb->defaults, line->verb->size);
    line->operands = ppt_alloc(most, sizeof(*line->operands));
    line->program = ppt_alloc(most, sizeof(*line->program));
    line->given = ppt_alloc(most, sizeof(*line->given));
    line->overrides = ppt_overrides_create();
    PPT_TRY(take_presets(reader, line, error));
    for (; reader.at < count; reader.at++) {
        if (reader.at != verb_at) {
            PPT_TRY(read_argument(&reader, line, error));
        }
    }
    return line->asked ? PPT_OK : check_line(line, error);
}

void ppt_cli_free(struct ppt_line *line)
{
    free(line->options);
    free(line->operands);
    free(line->program);
    free(line->given);
    ppt_overrides_destroy(line->overrides);
    *line = (struct ppt_line){0};
}
