/*
 * process: what a run starts for the passes of a block, see process.h. It is for the program alone,
 * and thus not in --help.
 */
#include "process.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "verbs.h"

static enum ppt_status serve(const struct ppt_line *line, struct ppt_error *error)
{
    struct stat about;
    char *end;
    const long channel = strtol(line->operands[0], &end, 10);

    if (*end || channel < 0 || channel > 1 << 20 || fstat((int)channel, &about) != 0 ||
        !S_ISSOCK(about.st_mode)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "\"" PPT_PROCESS_VERB "\" is what a run starts for its passes");
    }
    return ppt_process_serve((int)channel, error);
}

const struct ppt_verb ppt_verb_process = {
    .name = PPT_PROCESS_VERB,
    .most = 1,
    .needs = "a descriptor that a run has opened",
    .run = serve,
};
