/*
 * unit.h - what unit tests begin with: cmocka after the headers that it expects, and two words that
 * most of them use.
 */
#ifndef PPT_TEST_UNIT_H
#define PPT_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "status.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Fails the running test, with the message, when something did not go well. */
static inline void require(enum ppt_status status, const struct ppt_error *error)
{
    if (status != PPT_OK) {
        fail_msg("status %d: %s", (int)status, error->text);
    }
}

#endif
