/*
 * commands.h - what the program can do; each reads its part of the command line and prints its
 * answer to standard output.
 */
#ifndef PPT_COMMANDS_H
#define PPT_COMMANDS_H

#include "cli.h"
#include "engine.h"
#include "status.h"

/* Measures every configuration, writes its results, prints its table. Points over ranks are for the
 * engine; without one (NULL) there must be none. */
enum ppt_status ppt_command_run(const struct ppt_cli *cli, const struct ppt_engine *engine,
                                struct ppt_error *error);

/* Kernels with their parameters. */
enum ppt_status ppt_command_list(const struct ppt_cli *cli, struct ppt_error *error);

/* One task of one kernel. */
enum ppt_status ppt_command_once(const struct ppt_cli *cli, struct ppt_error *error);

/* Rebuilds every report of a run's folder from its recorded samples. */
enum ppt_status ppt_command_report(const struct ppt_cli *cli, struct ppt_error *error);

/* Goes on with a run that ended early, and reports it. */
enum ppt_status ppt_command_resume(const struct ppt_cli *cli, const struct ppt_engine *engine,
                                   struct ppt_error *error);

/* What a run's scaling law says for a number of workers; PPT_INCONCLUSIVE when it refuses. */
enum ppt_status ppt_command_predict(const struct ppt_cli *cli, struct ppt_error *error);

/* The verdict on a table of block, workers, seconds; PPT_INCONCLUSIVE when there is none. */
enum ppt_status ppt_command_judge(const struct ppt_cli *cli, struct ppt_error *error);

/* The scaling law of a table of workers, throughput. */
enum ppt_status ppt_command_fit(const struct ppt_cli *cli, struct ppt_error *error);

/* Whether the machine is fit for measuring; PPT_INCONCLUSIVE, without a message, when it is not. */
enum ppt_status ppt_command_doctor(const struct ppt_cli *cli, struct ppt_error *error);

/* Whether times or speedups changed between recorded runs; PPT_REGRESSION, without a message, when
 * something got slower. */
enum ppt_status ppt_command_compare(const struct ppt_cli *cli, struct ppt_error *error);

#endif
