/*
 * owned.h - what a block owns is released however the block is left, so that a function may return
 * at its first failure:
 *
 *     char *path PPT_FREED = ppt_folder_path(folder, name);
 *     struct ppt_text notes PPT_OWNED(ppt_text_free) = {0};
 *
 *     PPT_TRY(check(path, error));
 *
 * Such a variable must have a value from the start. What is to outlive the block is handed over
 * by ppt_given(), which leaves NULL behind.
 */
#ifndef PPT_OWNED_H
#define PPT_OWNED_H

#include <stdlib.h>
#include <string.h>

/* `release` is called with the variable's address, and has to bear its first value. */
#define PPT_OWNED(release) __attribute__((cleanup(release)))

/* The same of a pointer that goes to free(). */
#define PPT_FREED PPT_OWNED(ppt_free_at)

static inline void ppt_free_at(void *place)
{
    void *memory;

    memcpy(&memory, place, sizeof(memory));
    free(memory);
}

/* What the pointer at this place points to; the pointer becomes NULL. */
static inline void *ppt_given(void *place)
{
    void *const none = NULL;
    void *memory;

    memcpy(&memory, place, sizeof(memory));
    memcpy(place, &none, sizeof(none));
    return memory;
}

#endif
