#include "search_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool is_program(const char *path)
{
    struct stat about;

    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        errno = S_ISDIR(about.st_mode) ? EISDIR : EACCES;
        return false;
    }
    return access(path, X_OK) == 0;
}

bool ppt_search_path_find(const char *name, char found[PATH_MAX])
{
    const char *path = getenv("PATH");

    if (strchr(name, '/')) {
        snprintf(found, PATH_MAX, "%s", name);
        return is_program(name);
    }
    path = *name == '\0' ? NULL : path ? path : PPT_SEARCH_PATH_DEFAULT;
    while (ppt_search_path_next(&path, name, found)) {
        if (is_program(found)) {
            return true;
        }
    }
    return false;
}
