#include "library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "owned.h"

/* ISO C has no cast from an object pointer to a function pointer; POSIX sees to it that they are of
 * one kind. */
typedef void function(void);
_Static_assert(sizeof(function *) == sizeof(void *), "dlsym() returns what may be a function");

static void *open_file(const struct ppt_library *library)
{
    const char *name = strrchr(library->path, '/');
    void *handle = dlopen(library->asked && *library->asked ? library->asked : library->path,
                          RTLD_NOW | RTLD_LOCAL);

    return handle || !name || (library->asked && *library->asked)
               ? handle
               : dlopen(name + 1, RTLD_NOW | RTLD_LOCAL);
}

enum ppt_status ppt_library_load(struct ppt_library *library, struct ppt_error *error)
{
    library->handle = open_file(library);
    if (!library->handle) {
        return ppt_fail(error, PPT_FAILED, "a library that this task needs cannot be loaded: %s",
                        dlerror());
    }
    void **found PPT_FREED = calloc(library->count, sizeof(*found));
    for (size_t i = 0; found && i < library->count; i++) {
        found[i] = dlsym(library->handle, library->names[i]);
        if (!found[i]) {
            ppt_fail(error, PPT_FAILED, "a library that this task needs is another: %s", dlerror());
            ppt_library_unload(library);
            return PPT_FAILED;
        }
    }
    if (!found) {
        ppt_library_unload(library);
        return ppt_fail(error, PPT_FAILED, "%s: not enough memory to load it", library->path);
    }
    memcpy(library->functions, found, library->count * sizeof(*found));
    return PPT_OK;
}

void ppt_library_unload(struct ppt_library *library)
{
    if (library->handle) {
        dlclose(library->handle);
        library->handle = NULL;
    }
}
