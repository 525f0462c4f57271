/*
 * read.h - the parts of reading a configuration from its layers; inside config/ alone.
 */
#ifndef PPT_CONFIG_READ_H
#define PPT_CONFIG_READ_H

#include "config.h"
#include "counts.h"
#include "layer.h"
#include "range.h"

/* Fills config->task, details, mix and uses. */
enum ppt_status ppt_read_task(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error);

/* Fills everything else; config->origin is set already. */
enum ppt_status ppt_read_keys(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error);

/* A task for each input, where there are any, and what is to be said of words in braces. The rest
 * has been read, but for config->details. */
enum ppt_status ppt_read_inputs(const struct ppt_layer *top, struct ppt_config *config,
                                struct ppt_error *error);

/* The same of another program, which has the inputs of the first. */
enum ppt_status ppt_read_input_words(const struct ppt_layer *top, struct ppt_config *config,
                                     const struct ppt_use *use, struct ppt_error *error);

/* The programs that the one of config->uses is measured beside, if there are any ("vs"), in layers
 * down to `last`; and the points of all. */
enum ppt_status ppt_read_programs(const struct ppt_layer *top, const struct ppt_layer *last,
                                  struct ppt_config *config, struct ppt_error *error);

/* What varies, of the use that there is: "vary", in its layers. */
enum ppt_status ppt_read_axes(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error);

/* A use for each size, in place of the one that has what they have in common; and the points of
 * all. */
enum ppt_status ppt_read_sizes(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error);

/* Rates of arrivals become what varies, where there are several. Numbers of "vary" have been read.
 */
enum ppt_status ppt_read_rates(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error);

/* Whether a number of that name that varies is the rate of arrivals; then *rule is what it may be.
 */
bool ppt_rate_varies(const struct ppt_config *config, const char *name,
                     struct ppt_range_rule *rule);

/* The numbers of a list, a range or a number, added to *range, to be freed in any case. */
enum ppt_status ppt_read_numbers(const struct ppt_item *item, const struct ppt_range_rule *rule,
                                 const char *example, struct ppt_range *range,
                                 struct ppt_error *error);

/* Something varies, and takes these values over, at that place among the others. What was recorded
 * keeps its order: numbers of variants rest on it. */
void ppt_add_axis(const struct ppt_layer *top, struct ppt_config *config, const char *name,
                  struct ppt_range *range, size_t place);

/* Whether something can vary beside what else there is, which `item` asks for. */
enum ppt_status ppt_check_varying(const struct ppt_layer *top, const struct ppt_item *item,
                                  const struct ppt_config *config, struct ppt_error *error);

/* Names what is run by the programs that are, if any: see ppt_config_subject(). */
void ppt_config_name_programs(struct ppt_config *config);

/* Labels programs by their commands, each differently, in at most PPT_LABEL_COLUMNS columns: what
 * is longer is shortened in its middle. */
void ppt_label_programs(const char *const *commands, struct ppt_use *uses, size_t count);

/* Makes the points of one variant, which are there, those of all. */
void ppt_config_spread_variants(struct ppt_config *config);

/* Whether what is to be done beside the passes can be: the words of commands, where no shell reads
 * them. */
enum ppt_status ppt_check_commands(const struct ppt_layer *top, const struct ppt_config *config,
                                   struct ppt_error *error);

/* Whether tasks can have copies of the folder to work in: they start programs, in one process. */
enum ppt_status ppt_check_sandbox(const struct ppt_layer *top, const struct ppt_config *config,
                                  struct ppt_error *error);

/* Whether objective and arrivals go with the rest; how many tasks arrive in a pass, where nothing
 * else says it. All else has been read. */
enum ppt_status ppt_check_goal(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error);

/* Whether the search for causes goes with the rest. All else has been read. */
enum ppt_status ppt_check_why(const struct ppt_layer *top, const struct ppt_config *config,
                              struct ppt_error *error);

/* Makes the ascending list of points: each of these numbers, which ascend, with each of
 * config->inner_threads. */
void ppt_config_set_points(struct ppt_config *config, const unsigned *workers, size_t count);

/* The workers of a text that depends on the machine, once that is known: of `machine` its CPUs and
 * what "auto" stands for. To be freed as those of counts.h. */
enum ppt_status ppt_config_count_workers(const struct ppt_config *config,
                                         const struct ppt_counts_rule *machine,
                                         struct ppt_counts *counts, struct ppt_error *error);

/* Adds something that the user should know, and takes the text over. */
void ppt_config_warn(struct ppt_config *config, char *text);

#endif
