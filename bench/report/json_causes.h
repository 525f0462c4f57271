/*
 * json_causes.h - members of a point in results.json that tell why its tasks take as long as they
 * do. The caller owns what is returned.
 */
#ifndef PPT_REPORT_JSON_CAUSES_H
#define PPT_REPORT_JSON_CAUSES_H

#include <json-c/json.h>

#include "answer.h"

/* Of a point whose waiting is known; and of one with counters. */
json_object *ppt_json_waits(const struct ppt_point_answer *point);
json_object *ppt_json_counted(const struct ppt_counted *counted);

#endif
