#include "calls.h"

#include "memory.h"
#include "owned.h"
#include "wire.h"

#define LONGEST_NAP_NS 1000000

enum ppt_status ppt_call(const struct ppt_group *group, int tag, const void *data, size_t bytes,
                         struct ppt_error *error)
{
    for (unsigned r = 1; r < group->ranks; r++) {
        PPT_TRY(ppt_world_send(group, r, tag, data, bytes, error));
    }
    return PPT_OK;
}

enum ppt_status ppt_call_alive(const struct ppt_group *group, struct ppt_error *error)
{
    return ppt_world_beat(group->world) ? ppt_call(group, PPT_TAG_ALIVE, NULL, 0, error) : PPT_OK;
}

/* Answers that have come and are still to come. */
struct answers {
    bool *has; /* by rank; borrowed, as is `well` */
    bool *well;
    unsigned missing;
    enum ppt_status first;
};

static enum ppt_status take_one(const struct ppt_group *group, const struct ppt_incoming *incoming,
                                struct answers *answers, struct ppt_error *error)
{
    union ppt_wire_short message;
    char name[PPT_RANK_NAME_SIZE];

    PPT_TRY(ppt_world_receive(group, incoming, &message, error));
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
        ppt_fail(error, answers->first, "%s: %s",
                 ppt_world_name(group->world, incoming->rank, name), message.answer.error.text);
    }
    return PPT_OK;
}

static enum ppt_status check_missing(const struct ppt_group *group, const bool *has,
                                     struct ppt_error *error)
{
    for (unsigned r = 1; r < group->ranks; r++) {
        PPT_TRY(has[r] ? PPT_OK : ppt_world_check(group->world, r, error));
    }
    return PPT_OK;
}

/* `well` is written to by take_one(). NOLINTNEXTLINE(readability-non-const-parameter) */
enum ppt_status ppt_call_answers(const struct ppt_group *group, bool *well, struct ppt_error *error)
{
    struct ppt_nap nap = {.most_ns = LONGEST_NAP_NS};
    bool *has PPT_FREED = ppt_alloc(group->ranks, sizeof(*has));
    struct answers answers = {.has = has, .well = well, .missing = group->ranks - 1};
    struct ppt_incoming incoming;

    for (unsigned r = 1; r < group->ranks; r++) {
        ppt_world_expect(group->world, r);
    }
    while (answers.missing > 0) {
        PPT_TRY(ppt_call_alive(group, error));
        if (ppt_world_peek(group, &incoming)) {
            PPT_TRY(take_one(group, &incoming, &answers, error));
            ppt_nap_reset(&nap);
        } else {
            PPT_TRY(check_missing(group, has, error));
            ppt_nap_take(&nap);
        }
    }
    return answers.first;
}
