#include "cli.h"

#include <ctype.h>
#include <string.h>

#include "keys.h"
#include "take.h"

#define SUMMARY_COLUMN 41
#define HELP_COLUMN 21

static void add_forms(const struct ppt_verb *verb, struct ppt_text *out)
{
    for (size_t i = 0; i < PPT_FORMS && verb->forms[i].words; i++) {
        const size_t start = out->length;

        ppt_text_addf(out, "  ppt-omp %s", verb->forms[i].words);
        ppt_text_pad(out, start, SUMMARY_COLUMN);
        ppt_text_addf(out, "%s\n", verb->forms[i].summary);
    }
}

/* "--workers, -j LIST": with the first of its other names, if that is a short one. */
static void add_face(const struct ppt_option *face, struct ppt_text *out)
{
    const char *also = face->also && face->also[1] != '-' ? face->also : "";

    ppt_text_addf(out, "%s%s%.*s", face->name, *also ? ", " : "", (int)strcspn(also, " "), also);
    if (face->metavar) {
        ppt_text_addf(out, face->bare ? "[=%s]" : " %s", face->metavar);
    }
}

/* What a setting is where nothing says it. */
static void add_default(const struct ppt_option *face, struct ppt_text *out)
{
    const struct ppt_key *key = ppt_keys;

    while (key->field.key && &key->option != face) {
        key++;
    }
    if (key->value) {
        const bool off = strcmp(key->value, "null") == 0;
        const char *value = off ? "off" : key->value + (*key->value == '"');

        ppt_text_addf(out, " (%.*s)", (int)strcspn(value, "\""), value);
    }
}

/* Ends the line before it, not its own. */
static void add_option(const struct ppt_option *face, struct ppt_text *out)
{
    if (face->heading) {
        ppt_text_addf(out, "\n%s", face->heading);
    }
    ppt_text_add(out, face->joins ? " " : "\n  ");
    const size_t start = out->length;
    add_face(face, out);
    if (!face->joins) {
        ppt_text_pad(out, start, HELP_COLUMN - 2);
    } else if (!ispunct((unsigned char)face->help[0])) {
        ppt_text_add(out, " ");
    }
    for (const char *line = face->help; *line;) {
        const size_t length = strcspn(line, "\n");

        ppt_text_addf(out, "%.*s", (int)length, line);
        line += length;
        if (*line) {
            ppt_text_addf(out, "\n%*s", HELP_COLUMN, "");
            line++;
        }
    }
    add_default(face, out);
}

static bool has(const struct ppt_verb *verb, const struct ppt_option *face)
{
    const struct ppt_option *option;

    for (size_t i = 0; (option = ppt_verb_option(verb, i)); i++) {
        if (ppt_option_face(option) == face) {
            break;
        }
    }
    return option != NULL;
}

/* What several verbs share is told with the first of them. */
static void add_options(const struct ppt_verb *const *verbs, bool general, struct ppt_text *out)
{
    const struct ppt_option *option;

    for (size_t v = 0; verbs[v]; v++) {
        for (size_t i = 0; (option = ppt_verb_option(verbs[v], i)); i++) {
            const struct ppt_option *face = ppt_option_face(option);
            size_t first = 0;

            while (first < v && !has(verbs[first], face)) {
                first++;
            }
            if (face->help && face->general == general && first == v) {
                add_option(face, out);
            }
        }
    }
}

void ppt_cli_help(const struct ppt_verb *const *verbs, struct ppt_text *out)
{
    for (size_t v = 0; verbs[v]; v++) {
        add_forms(verbs[v], out);
    }
    add_options(verbs, false, out);
    add_options(verbs, true, out);
    ppt_text_add(out, "; --help; --version\n");
}
