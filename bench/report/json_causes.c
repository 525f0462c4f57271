/*
 * What tasks of a point waited for, and what hardware counters say of them.
 */
#include "json_causes.h"

#include "json_value.h"

static json_object *waits_grow(const struct ppt_waiting_growth *growth)
{
    json_object *object;

    if (!growth->exists) {
        return NULL;
    }
    object = json_object_new_object();
    add(object, "most", text(ppt_wait_names[growth->most]));
    add(object, "cpu", ppt_json_measured(&growth->grows[PPT_WAIT_CPU]));
    add(object, "device", ppt_json_measured(&growth->grows[PPT_WAIT_DEVICE]));
    add(object, "other", ppt_json_measured(&growth->grows[PPT_WAIT_OTHER]));
    add(object, "on_cpu", ppt_json_measured(&growth->on_cpu));
    add(object, "switches_per_task", ppt_json_measured(&growth->switches));
    return object;
}

json_object *ppt_json_waits(const struct ppt_point_answer *point)
{
    const struct ppt_waiting *waiting = &point->waiting;
    json_object *object = json_object_new_object();

    add(object, "off_cpu", ppt_json_stat(&waiting->off));
    add(object, "cpu", ppt_json_stat(&waiting->cpu));
    add(object, "device", ppt_json_stat(&waiting->device));
    add(object, "other", ppt_json_stat(&waiting->other));
    add(object, "switches_per_task", ppt_json_stat(&waiting->switches));
    add(object, "grows", waits_grow(&point->growth));
    return object;
}

static json_object *counted_factors(const struct ppt_counted *counted)
{
    json_object *object;

    if (!(counted->inflation.value > 0)) {
        return NULL;
    }
    object = json_object_new_object();
    for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
        add(object, ppt_counted_names[f], ppt_json_ratio(&counted->factor[f]));
    }
    return object;
}

json_object *ppt_json_counted(const struct ppt_counted *counted)
{
    json_object *object = json_object_new_object();

    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        add(object, ppt_events[e].key, ppt_json_stat(&counted->per_task[e]));
    }
    add(object, "instructions_per_cycle", ppt_json_stat(&counted->ipc));
    add(object, "ghz", ppt_json_stat(&counted->ghz));
    add(object, "user_only", json_object_new_boolean(counted->user_only));
    add(object, "inflation", ppt_json_ratio(&counted->inflation));
    add(object, "factors", counted_factors(counted));
    return object;
}
