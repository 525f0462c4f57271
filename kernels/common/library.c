#include "library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "owned.h"

/* ISO C has no cast from an object pointer to a function pointer; POSIX sees to it that they are of
 * one kind. */
typedef void function(void);
_Static_assert(sizeof(function *) == sizeof(void *), "dlsym() returns what may be a function");

enum ppt_status ppt_library_load(const char *path, const char *const *names, size_t count,
                                 void *functions, struct ppt_error *error)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const char *slash = strrchr(path, '/');

    if (!library && slash) {
        library = dlopen(slash + 1, RTLD_NOW | RTLD_LOCAL);
    }
    if (!library) {
        return ppt_fail(error, PPT_FAILED, "a library that this task needs cannot be loaded: %s",
                        dlerror());
    }
    void **found PPT_FREED = calloc(count, sizeof(*found));
    for (size_t i = 0; found && i < count; i++) {
        found[i] = dlsym(library, names[i]);
        if (!found[i]) {
            return ppt_fail(error, PPT_FAILED, "a library that this task needs has changed: %s",
                            dlerror());
        }
    }
    if (!found) {
        return ppt_fail(error, PPT_FAILED, "%s: not enough memory to load it", path);
    }
    memcpy(functions, found, count * sizeof(*found));
    return PPT_OK;
}
