#include "name.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "status.h"
#include "text.h"

/* Bytes of the character that a name goes on with; 0: no name has that one. */
static size_t name_character(const char *at)
{
    if ((unsigned char)*at < 0x80) {
        return isalnum((unsigned char)*at) || strchr("._+-", *at) ? 1 : 0;
    }
    return ppt_hidden_length(at) > 0 ? 0 : ppt_utf8_length(at);
}

const char *ppt_name_wrong(const char *name)
{
    if (*name == '\0') {
        return "is empty: a name has 1 to 64 bytes";
    }
    if (strlen(name) > PPT_LONGEST_NAME) {
        return "is too long: a name has at most 64 bytes";
    }
    if (*name == '.' || *name == '-') {
        return "is no name: that begins with a letter, a digit, '_' or '+'";
    }
    while (*name) {
        const size_t length = name_character(name);

        if (length == 0) {
            return "is no name: that consists of letters, digits, '.', '_', '+' and '-'";
        }
        name += length;
    }
    return NULL;
}

char *ppt_name_fitting(const char *text)
{
    struct ppt_text name PPT_OWNED(ppt_text_free) = {0};
    bool speaks = false;

    while (*text) {
        const size_t length = name_character(text), taken = length > 0 ? length : 1;
        const bool fits = length > 0 && !(name.length == 0 && strchr(".-", *text));

        if (name.length + taken > PPT_LONGEST_NAME) {
            break;
        }
        ppt_text_addf(&name, "%.*s", (int)taken, fits ? text : "_");
        speaks |= length > 1 || isalnum((unsigned char)*text);
        text += taken;
    }
    return speaks ? ppt_strdup(name.data) : NULL;
}

/* ---- programs ---- */

/* They run a script that is among their arguments; numbers of versions behind them are left out. */
static const char *const interpreters[] = {
    "bash", "dash", "fish", "julia",  "ksh",  "lua",     "luajit", "node",  "nodejs", "octave",
    "perl", "php",  "pypy", "python", "ruby", "Rscript", "sh",     "tclsh", "zsh",
};

static bool is_interpreter(const char *program)
{
    size_t length = strlen(program);

    while (length > 0 &&
           (isdigit((unsigned char)program[length - 1]) || strchr(".-", program[length - 1]))) {
        length--;
    }
    for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]); i++) {
        if (strlen(interpreters[i]) == length && strncmp(program, interpreters[i], length) == 0) {
            return true;
        }
    }
    return false;
}

/* "-c" and "-m", also as the last letter of several: what follows is no file. */
static bool ends_files(const char *option)
{
    return option[1] != '-' && strchr("cm", option[strlen(option) - 1]);
}

/* The first argument, or behind options, of which nobody knows here whether the next word is
 * theirs, the first one that ends like the name of a file. NULL: none. */
static const char *script_among(const struct ppt_texts *words)
{
    for (size_t i = 1; i < words->count; i++) {
        const char *word = words->items[i], *file = basename(word);

        if (*word == '-' && ends_files(word)) {
            return NULL;
        }
        if (*word != '-' && (i == 1 || (strchr(file, '.') && !ppt_name_wrong(file)))) {
            return file;
        }
    }
    return NULL;
}

char *ppt_name_of_program(const struct ppt_texts *words)
{
    const char *program = basename(words->items[0]);
    const char *script = is_interpreter(program) ? script_among(words) : NULL;
    char *name = script ? ppt_name_fitting(script) : NULL;

    return name ? name : ppt_name_fitting(program);
}
