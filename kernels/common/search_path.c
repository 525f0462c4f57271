#include "search_path.h"

#include <string.h>

bool ppt_search_path_next(const char **path, const char *name, char out[PATH_MAX])
{
    const size_t name_length = strlen(name);

    while (*path) {
        const char *entry = *path;
        const size_t length = strcspn(entry, ":");

        *path = entry[length] ? entry + length + 1 : NULL;
        if (length + 1 + name_length < PATH_MAX) {
            memcpy(out, entry, length);
            out += length;
            if (length > 0) {
                *out++ = '/';
            }
            memcpy(out, name, name_length + 1);
            return true;
        }
    }
    return false;
}
