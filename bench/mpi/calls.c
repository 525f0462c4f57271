#include "calls.h"

#include <stdlib.h>

#include "memory.h"
#include "wire.h"

#define LONGEST_NAP_NS 1000000

enum ppt_status ppt_call(struct ppt_world *world, MPI_Comm comm, unsigned ranks, int tag,
                         const void *data, size_t bytes, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (unsigned r = 1; r < ranks && status == PPT_OK; r++) {
        status = ppt_world_send(world, comm, r, tag, data, bytes, error);
    }
    return status;
}

enum ppt_status ppt_call_alive(struct ppt_world *world, MPI_Comm comm, unsigned ranks,
                               struct ppt_error *error)
{
    return ppt_world_beat(world) ? ppt_call(world, comm, ranks, PPT_TAG_ALIVE, NULL, 0, error)
                                 : PPT_OK;
}

/* Answers that have come and are still to come. */
struct answers {
    bool *has; /* by rank */
    bool *well;
    unsigned missing;
    enum ppt_status first;
};

static enum ppt_status take_one(struct ppt_world *world, MPI_Comm comm,
                                const struct ppt_incoming *incoming, struct answers *answers,
                                struct ppt_error *error)
{
    union ppt_wire_short message;
    struct ppt_error problem;
    char name[PPT_RANK_NAME_SIZE];
    const enum ppt_status status = ppt_world_receive(world, comm, incoming, &message, &problem);

    if (status != PPT_OK) {
        *error = problem;
        return status;
    }
    if (incoming->tag != PPT_TAG_ANSWER) {
        return PPT_OK;
    }
    answers->has[incoming->rank] = true;
    answers->missing--;
    if (answers->well) {
        answers->well[incoming->rank] = message.answer.status == PPT_OK;
    }
    if (message.answer.status != PPT_OK && answers->first == PPT_OK) {
        answers->first = (enum ppt_status)message.answer.status;
        ppt_fail(error, answers->first, "%s: %s", ppt_world_name(world, incoming->rank, name),
                 message.answer.error.text);
    }
    return PPT_OK;
}

static enum ppt_status check_missing(struct ppt_world *world, unsigned ranks,
                                     const struct answers *answers, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (unsigned r = 1; r < ranks && status == PPT_OK; r++) {
        status = answers->has[r] ? PPT_OK : ppt_world_check(world, r, error);
    }
    return status;
}

/* `well` is written to by take_one(). NOLINTNEXTLINE(readability-non-const-parameter) */
enum ppt_status ppt_call_answers(struct ppt_world *world, MPI_Comm comm, unsigned ranks, bool *well,
                                 struct ppt_error *error)
{
    struct ppt_nap nap = {.most_ns = LONGEST_NAP_NS};
    struct answers answers = {
        .has = ppt_alloc(ranks, sizeof(*answers.has)), .well = well, .missing = ranks - 1};
    enum ppt_status status = PPT_OK;
    struct ppt_incoming incoming;

    for (unsigned r = 1; r < ranks; r++) {
        ppt_world_expect(world, r);
    }
    while (answers.missing > 0 && status == PPT_OK) {
        status = ppt_call_alive(world, comm, ranks, error);
        if (status == PPT_OK && ppt_world_peek(world, comm, &incoming)) {
            status = take_one(world, comm, &incoming, &answers, error);
            ppt_nap_reset(&nap);
        } else if (status == PPT_OK) {
            status = check_missing(world, ranks, &answers, error);
            ppt_nap_take(&nap);
        }
    }
    free(answers.has);
    return status == PPT_OK ? answers.first : status;
}
