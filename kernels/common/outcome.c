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

const char *ppt_outcome_how(const struct ppt_outcome *outcome, double timeout_s,
                            char how[PPT_OUTCOME_HOW_SIZE])
{
    *how = '\0';
    if (outcome->end == PPT_OUTCOME_EXITED && outcome->code != 0) {
        snprintf(how, PPT_OUTCOME_HOW_SIZE, "exited with %d", outcome->code);
    } else if (outcome->end == PPT_OUTCOME_KILLED) {
        snprintf(how, PPT_OUTCOME_HOW_SIZE, "was killed by signal %d (%s)", outcome->signal,
                 strsignal(outcome->signal));
    } else if (outcome->end == PPT_OUTCOME_TIMED_OUT) {
        snprintf(how, PPT_OUTCOME_HOW_SIZE, "took longer than %g s and was ended", timeout_s);
    }
    return how;
}

enum ppt_status ppt_outcome_judge(const struct ppt_outcome *outcome, uint64_t task,
                                  const char *name, double timeout_s, struct ppt_error *error)
{
    char how[PPT_OUTCOME_HOW_SIZE];

    if (outcome->left) {
        return judge_survivor(outcome, task, name, error);
    }
    if (outcome->end == PPT_OUTCOME_TOO_MUCH) {
        return ppt_fail(error, PPT_FAILED,
                        "command: task %" PRIu64 ": \"%s\" writes more than the %d MiB that are "
                        "kept of a task, and was ended",
                        task, name, (int)(PPT_OUTCOME_MOST_KEPT >> 20));
    }
    if (outcome->end == PPT_OUTCOME_GIVEN_UP) {
        return ppt_fail(error, PPT_INTERRUPTED, "command: task %" PRIu64 ": \"%s\" was given up",
                        task, name);
    }
    if (!*ppt_outcome_how(outcome, timeout_s, how)) {
        return PPT_OK;
    }
    return ppt_fail(error, PPT_FAILED, "command: task %" PRIu64 ": \"%s\" %s%s%s", task, name, how,
                    outcome->first_error[0] ? ": " : "", outcome->first_error);
}
