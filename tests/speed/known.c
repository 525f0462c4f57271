#include "known.h"

#include <stdbool.h>
#include <stdlib.h>

#include "library.h"

/* Loads a library that stays, the first time. */
#define DEFINE_KNOWN(name, file, EACH)                                                             \
    const struct name *name(void)                                                                  \
    {                                                                                              \
        static const char *const names[] = {EACH(PPT_LIBRARY_NAME)};                               \
        static struct name functions;                                                              \
        static bool tried, loaded;                                                                 \
        struct ppt_library library = {.path = file,                                                \
                                      .names = names,                                              \
                                      .count = sizeof(names) / sizeof(names[0]),                   \
                                      .functions = &functions};                                    \
        struct ppt_error ignored;                                                                  \
                                                                                                   \
        if (!tried) {                                                                              \
            loaded = ppt_library_load(&library, &ignored) == PPT_OK;                               \
            tried = true;                                                                          \
        }                                                                                          \
        return loaded ? &functions : NULL;                                                         \
    }

DEFINE_KNOWN(known_blis, "libblis.so.4", KNOWN_BLIS)
DEFINE_KNOWN(known_deflate, "libdeflate.so.0", KNOWN_DEFLATE)
DEFINE_KNOWN(known_sodium, "libsodium.so.23", KNOWN_SODIUM)
DEFINE_KNOWN(known_sort, "libhwy_contrib.so.1", KNOWN_SORT)
