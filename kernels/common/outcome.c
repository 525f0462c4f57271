#include "outcome.h"

#include <inttypes.h>
#include <string.h>

/* What to say of a program that has left something that will not end: it would load what is
 * measured from now on. */
static enum ppt_status judge_survivor(const struct ppt_outcome *outcome, uint64_t task,
                                      const char *name, struct ppt_error *error)
{
    const struct ppt_descendant *survivor = &outcome->survivor;

    if (survivor->pid == 0) {
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": what \"%s\" left running cannot be found, and "
                        "runs on; is /proc mounted?",
                        task, name);
    }
    return ppt_fail(error, PPT_FAILED,
                    "command: task %" PRIu64 ": \"%s\" left process %d (%s) running, which cannot "
                    "be ended: %s",
                    task, name, (int)survivor->pid, survivor->name,
                    survivor->problem ? strerror(survivor->problem)
                                      : "SIGKILL has had no effect for seconds");
}

enum ppt_status ppt_outcome_judge(const struct ppt_outcome *outcome, uint64_t task,
                                  const char *name, double timeout_s, struct ppt_error *error)
{
    char how[128] = "";

    if (outcome->left) {
        return judge_survivor(outcome, task, name, error);
    }
    switch (outcome->end) {
    case PPT_OUTCOME_EXITED:
        if (outcome->code == 0) {
            return PPT_OK;
        }
        snprintf(how, sizeof(how), "exited with %d", outcome->code);
        break;
    case PPT_OUTCOME_KILLED:
        snprintf(how, sizeof(how), "was killed by signal %d (%s)", outcome->signal,
                 strsignal(outcome->signal));
        break;
    case PPT_OUTCOME_TIMED_OUT:
        snprintf(how, sizeof(how), "took longer than %g s and was ended", timeout_s);
        break;
    case PPT_OUTCOME_TOO_MUCH:
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": \"%s\" writes more than the %d MiB that are "
                        "kept of a task, and was ended",
                        task, name, (int)(PPT_OUTCOME_MOST_KEPT >> 20));
    case PPT_OUTCOME_GIVEN_UP:
        return ppt_fail(error, PPT_INTERRUPTED, "command: task %" PRIu64 ": \"%s\" was given up",
                        task, name);
    }
    return ppt_fail(error, PPT_FAILED, "command: task %" PRIu64 ": \"%s\" %s%s%s", task, name, how,
                    outcome->first_error[0] ? ": " : "", outcome->first_error);
}
