#include "name.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "status.h"

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
