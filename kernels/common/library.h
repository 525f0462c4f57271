/*
 * library.h - libraries that are loaded when something of them is needed first.
 *
 * The large ones cost every process milliseconds, whatever it is started for. So the program is not
 * linked with them: a file of its own for each names the functions that are used, in a table, of
 * which the compiler knows their types by the library's own headers.
 */
#ifndef PPT_LIBRARY_H
#define PPT_LIBRARY_H

#include <stddef.h>

#include "status.h"

/* A row of such a table as a pointer to the function, and as its name. */
#define PPT_LIBRARY_POINTER(function) __typeof__(&(function)) function;
#define PPT_LIBRARY_NAME(function) #function,

/* Borrowed; the functions are pointers in the order of their names. */
struct ppt_library {
    const char *path;  /* that the program was built with: there may be others of the name which
                          the system prefers */
    const char *asked; /* the user's instead; NULL or empty: none */
    const char *const *names;
    size_t count;
    void *functions;
    void *handle; /* NULL: it is not loaded */
};

/* Loads it; one that is gone since the build from where the system has it. Fails with PPT_FAILED,
 * and then writes no functions. */
enum ppt_status ppt_library_load(struct ppt_library *library, struct ppt_error *error);

/* Nobody may be in one of its functions, or call any before it is loaded again. */
void ppt_library_unload(struct ppt_library *library);

#endif
