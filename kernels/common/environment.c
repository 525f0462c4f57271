#include "environment.h"

#include <string.h>

#include "scratch.h"

extern char **environ;

/* Whether a variable is in a list of names. */
static bool is_listed(const char *own, const char *variable)
{
    const size_t length = strcspn(variable, "=");

    while (own && *own) {
        const size_t one = strcspn(own, ",");

        if (one == length && strncmp(own, variable, length) == 0) {
            return true;
        }
        own += one + (own[one] == ',');
    }
    return false;
}

char **ppt_environment_create(const char *own, const char *left_out, struct ppt_error *error)
{
    size_t count = 0, kept = 0;

    while (environ[count]) {
        count++;
    }
    char **environment = ppt_scratch_alloc((count + 2) * sizeof(char *), "command", error);
    for (size_t i = 0; environment && i < count; i++) {
        const bool out = left_out && strncmp(environ[i], left_out, strlen(left_out)) == 0;

        if (!out && !is_listed(own, environ[i])) {
            environment[kept++] = environ[i];
        }
    }
    return environment;
}
