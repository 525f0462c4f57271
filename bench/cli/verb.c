#include "verb.h"

#include "keys.h"

const struct ppt_option *ppt_verb_option(const struct ppt_verb *verb, size_t place)
{
    for (size_t i = 0; i < verb->option_count; i++) {
        const struct ppt_key *key = ppt_key_at(PPT_KEYS_LISTED, 1);

        if (verb->options[i].kind != PPT_OPTION_SETTINGS) {
            if (place-- == 0) {
                return &verb->options[i];
            }
            continue;
        }
        for (unsigned listed = 2; key; listed++) {
            if (place-- == 0) {
                return &key->option;
            }
            key = ppt_key_at(PPT_KEYS_LISTED, listed);
        }
    }
    return NULL;
}

bool ppt_line_has(const struct ppt_line *line, const struct ppt_option *option)
{
    for (size_t i = 0; i < line->given_count; i++) {
        if (line->given[i] == option) {
            return true;
        }
    }
    return false;
}
