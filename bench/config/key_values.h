/*
 * key_values.h - keys whose values only functions of their own understand, for the rows of keys.c.
 *
 * `config` is a struct ppt_config. What is read may stand in need of keys that come before it in
 * the order of reading: numbers of workers make points of those of ranks and inner threads.
 */
#ifndef PPT_CONFIG_KEY_VALUES_H
#define PPT_CONFIG_KEY_VALUES_H

#include "item.h"

#define PPT_KEY_VALUE(name)                                                                        \
    enum ppt_status ppt_read_##name(const struct ppt_item *item, void *config,                     \
                                    struct ppt_error *error);                                      \
    json_object *ppt_record_##name(const void *config);

PPT_KEY_VALUE(workers)
PPT_KEY_VALUE(inner_threads)
PPT_KEY_VALUE(ranks)
PPT_KEY_VALUE(schedule)
PPT_KEY_VALUE(distribution)
PPT_KEY_VALUE(precision)
PPT_KEY_VALUE(task_counts)
PPT_KEY_VALUE(objective)
PPT_KEY_VALUE(cheapest)
PPT_KEY_VALUE(latency)
PPT_KEY_VALUE(latency_limit)
PPT_KEY_VALUE(memory_limit)
PPT_KEY_VALUE(arrivals)
PPT_KEY_VALUE(arrival_rate)
PPT_KEY_VALUE(arrival_process)

json_object *ppt_record_task_args(const void *config);
json_object *ppt_record_vs(const void *config);
json_object *ppt_record_vary(const void *config);

/* What "vary" may say beside numbers and ranges. */
extern const char *const ppt_vary_words[];

/* What arrivals may be by a rate. */
extern const char *const ppt_arrival_processes[];

enum ppt_status ppt_read_seed(const struct ppt_item *item, void *config, struct ppt_error *error);
enum ppt_status ppt_read_max_seconds(const struct ppt_item *item, void *config,
                                     struct ppt_error *error);
enum ppt_status ppt_read_name(const struct ppt_item *item, void *config, struct ppt_error *error);
enum ppt_status ppt_read_start_method(const struct ppt_item *item, void *config,
                                      struct ppt_error *error);

#endif
