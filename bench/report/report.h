/*
 * report.h - one run's outcome, and the formats it can be written in.
 *
 * A format is one file here and one line in tables.h.
 */
#ifndef PPT_REPORT_REPORT_H
#define PPT_REPORT_REPORT_H

#include "answer.h"
#include "config.h"
#include "folder.h"
#include "host.h"
#include "index.h"
#include "law.h"
#include "policy.h"
#include "ranking.h"
#include "summary.h"
#include "tables.h"
#include "terminal.h"
#include "text.h"

/* Everything is borrowed. */
struct ppt_outcome {
    const struct ppt_config *config;
    const struct ppt_host *host;
    const struct ppt_index *index; /* passes, and points that failed */
    const struct ppt_summary *summary;
    const struct ppt_answer *answer;
    const char *started;                   /* ISO 8601 */
    const char *program;                   /* that measured it, with version */
    unsigned resumed;                      /* how often it was gone on with after it ended early */
    const struct ppt_folder *folder;       /* where its files are */
    const struct ppt_folder *suite_folder; /* of those that concern it and other runs; or NULL */
    double chart_mm;                       /* width of its charts for print; 0: as usual */
    /* Of a run of several variants, each of which has an outcome: */
    const char *label; /* its name; NULL: there is one variant */
    unsigned number;   /* which one it is, from 1 */
    /* What is said of all of them; NULL also where others are not reported with it. */
    const struct ppt_ranking *ranking; /* of programs */
    const struct ppt_policy *policies; /* of sizes, one for each combination of what else varies */
    size_t policy_count;
};

/* Whether others are reported with it, which are variants of the same task. */
static inline bool ppt_outcome_is_variant(const struct ppt_outcome *outcome)
{
    return outcome->ranking || outcome->policies;
}

/* Passes that last as long as tasks arrive are as long with any number of workers. */
static inline bool ppt_outcome_has_speedups(const struct ppt_outcome *outcome)
{
    return !outcome->answer->context.arriving;
}

/* What people know it by: its program's name, or the run's. */
static inline const char *ppt_outcome_name(const struct ppt_outcome *outcome)
{
    return outcome->label ? outcome->label : ppt_config_title(outcome->config);
}

/* CPUs that a run's points may use, on all hosts. */
unsigned ppt_outcome_cpus(const struct ppt_outcome *outcome);

/* Writes all files of a run into outcome->folder and draws its charts. `notes` gets lines for the
 * user, each with a newline, about what could not be done but is no failure. */
enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);

/* The name of the folder of one of several variants, in that of the run: "program-2", "size-512".
 * Returns `out`. */
#define PPT_VARIANT_FOLDER_SIZE 160
const char *ppt_variant_folder(const struct ppt_outcome *outcome,
                               char out[PPT_VARIANT_FOLDER_SIZE]);

/* The same of a run of several variants: what concerns all of them into the run's folder, and what
 * concerns one into a folder of its own in there. */
enum ppt_status ppt_report_write_variants(const struct ppt_outcome *outcomes, size_t count,
                                          struct ppt_text *notes, struct ppt_error *error);

/* Writes what concerns several runs together into their suite_folder: tables, a page, an overview.
 */
enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       struct ppt_text *notes, struct ppt_error *error);

/* ---- formats ---- */

/* Adds the document of one or more runs, in the order given; at least one. */
typedef void ppt_format_write(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out);

struct ppt_format {
    const char *name;  /* as --format has it */
    const char *file;  /* that every run gets; NULL: only on demand */
    const char *suite; /* that several runs get together; NULL likewise */
    bool shows_charts; /* is written when they are drawn */
    ppt_format_write *write;
    bool of_sizes; /* a file of their runs alone, which is not asked for by name; behind others */
};

/* All formats; a name of NULL ends the table. */
extern const struct ppt_format ppt_formats[];

/* The format of that name. Fails with PPT_BAD_INPUT, naming those that there are. */
enum ppt_status ppt_format_find(const char *name, const struct ppt_format **format,
                                struct ppt_error *error);

/* The file among a run's that people look at first. */
const char *ppt_report_page(void);

/* One writes results.csv, one table; results.json, where several runs, or programs of a run, are
 * the list "runs" of one object; report.html, the page of a run with the charts that were drawn, or
 * of several a page that leads to theirs; what other tools read, of which Bencher's is bmf and
 * github-action-benchmark's ghab; and what people paste. */
#define PPT_FORMAT_DECLARE(name, ...) ppt_format_write ppt_##name##_write;
PPT_FORMATS(PPT_FORMAT_DECLARE)
PPT_SIZE_FORMATS(PPT_FORMAT_DECLARE)
#undef PPT_FORMAT_DECLARE

/* What a run prints: its table and verdict, or the verdict alone. */
void ppt_text_table(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                    struct ppt_text *out);
void ppt_text_verdict(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                      struct ppt_text *out);

/* What slows the task, where that was searched for: how much longer it takes beside each pressure.
 */
void ppt_text_why(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                  struct ppt_text *out);
void ppt_text_why_sentence(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                           struct ppt_text *out);

/* How several programs stand: as a table with a sentence, and the sentence alone. */
void ppt_text_ranking(const struct ppt_outcome *outcomes, size_t count,
                      const struct ppt_terminal *terminal, struct ppt_text *out);
void ppt_text_ranking_sentence(const struct ppt_ranking *ranking,
                               const struct ppt_terminal *terminal, struct ppt_text *out);

/* What several sizes come to: a table of all points at each with the policies, or these alone. */
void ppt_text_policies(const struct ppt_outcome *outcomes, size_t count, bool quiet,
                       const struct ppt_terminal *terminal, struct ppt_text *out);

/* The table where the sizes are rates of arrivals: how long tasks take at each, by count. */
void ppt_text_rates(const struct ppt_outcome *outcomes, size_t count,
                    const struct ppt_terminal *terminal, struct ppt_text *out);

/* Parts of results.json that commands print by themselves; the caller owns them. */
json_object *ppt_json_verdict(const struct ppt_answer *answer);
json_object *ppt_json_policy(const struct ppt_policy *policy);
json_object *ppt_json_why(const struct ppt_answer *answer);
json_object *ppt_json_law(const struct ppt_law *law, double largest); /* as ppt_law_roof() */
json_object *ppt_json_refusals(unsigned refusals);

#endif
