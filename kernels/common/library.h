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

/* Loads a library, unless it is there already: the file that the program was built with, since
 * there may be others of the name which the system prefers; if it is gone, the one that the system
 * has. Writes the addresses of the named functions to `functions`, pointers in the same order.
 * Fails with PPT_FAILED, and then writes nothing. */
enum ppt_status ppt_library_load(const char *path, const char *const *names, size_t count,
                                 void *functions, struct ppt_error *error);

#endif
