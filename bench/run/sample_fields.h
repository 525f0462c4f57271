/*
 * sample_fields.h - what is recorded of a pass and of a run, as rows: journals are written and read
 * by these, and results.json shows what they say.
 */
#ifndef PPT_RUN_SAMPLE_FIELDS_H
#define PPT_RUN_SAMPLE_FIELDS_H

#include "field.h"
#include "sample.h"

/* Of struct ppt_sample: all that is in it, and its lists. These have more where there are ranks
 * (PPT_FIELD_SOMETIMES), which the first table tells. */
extern const struct ppt_field ppt_sample_fields[];
extern const struct ppt_field ppt_sample_list_fields[];

/* Both of them; and what the second one reads once the first has. */
void ppt_sample_write(const struct ppt_sample *sample, json_object *object);
enum ppt_status ppt_sample_read_lists(const struct ppt_item *object, struct ppt_sample *sample,
                                      struct ppt_error *error);

extern const struct ppt_field ppt_failure_fields[]; /* of struct ppt_failure */
extern const struct ppt_field ppt_end_fields[];     /* of an int, the run's status */

#endif
