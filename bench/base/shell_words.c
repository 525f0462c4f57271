#include "shell_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define BLANKS " \t\n"

/* Copies a word from *from on, without its quotes, and moves *from behind it. Returns what lies
 * behind its zero byte; NULL: something in it has no end. */
static char *copy_word(const char **from, char *to)
{
    const char *c = *from;
    char quote = '\0';

    for (; *c && (quote || !strchr(BLANKS, *c)); c++) {
        const bool escapes =
            *c == '\\' && quote != '\'' && (!quote || (c[1] && strchr("\\\"$`", c[1])));

        if (escapes) {
            c++;
        } else if (quote ? *c == quote : *c == '\'' || *c == '"') {
            quote = quote ? '\0' : *c;
            continue;
        }
        if (!*c) {
            return NULL;
        }
        *to++ = *c;
    }
    *from = c;
    *to++ = '\0';
    return quote ? NULL : to;
}

struct ppt_shell_words ppt_shell_words_of(const char *line)
{
    /* Each word has a character at least and one behind it, but for an empty one, with its quotes.
     */
    const size_t most = strlen(line) / 2 + 2;
    struct ppt_shell_words words = {0};
    char *to;

    words.items = ppt_alloc(most * sizeof(char *) + strlen(line) + 1, 1);
    to = (char *)(words.items + most);
    while (line += strspn(line, BLANKS), *line) {
        words.items[words.count++] = to;
        to = copy_word(&line, to);
        if (!to) {
            ppt_shell_words_free(&words);
            break;
        }
    }
    return words;
}

void ppt_shell_words_free(struct ppt_shell_words *words)
{
    free(words->items);
    *words = (struct ppt_shell_words){0};
}
