/*
 * config.h - what is to be measured, checked: one struct per configured run.
 *
 * A configuration is made of layers: options of the command line lie over a run of a suite, which
 * lies over the outer keys of its file, which lie over the defaults. A key's value is that of the
 * uppermost layer which has it.
 */
#ifndef PPT_CONFIG_CONFIG_H
#define PPT_CONFIG_CONFIG_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"
#include "goal.h"
#include "kernel.h"
#include "point.h"

/* The keys, in the order in which they are described; their rows are in keys.c. */
enum ppt_key_id {
    PPT_KEY_SCHEMA,
    PPT_KEY_TASK,
    PPT_KEY_TASK_ARGS,
    PPT_KEY_VS,
    PPT_KEY_VARY,
    PPT_KEY_TASK_COUNTS,
    PPT_KEY_KERNEL,
    PPT_KEY_KERNEL_DIGEST,
    PPT_KEY_TASK_COUNT,
    PPT_KEY_WORKERS,
    PPT_KEY_INNER_THREADS,
    PPT_KEY_RANKS,
    PPT_KEY_DISTRIBUTION,
    PPT_KEY_ITERATIONS,
    PPT_KEY_WARMUP,
    PPT_KEY_PROCESSES,
    PPT_KEY_WAIT_AFTER_PASS,
    PPT_KEY_WAIT_AFTER_BLOCK,
    PPT_KEY_TRIM_AFTER_BLOCK,
    PPT_KEY_SETUP,
    PPT_KEY_PREPARE,
    PPT_KEY_CLEANUP,
    PPT_KEY_SHELL,
    PPT_KEY_SANDBOX,
    PPT_KEY_SANDBOX_FILES,
    PPT_KEY_START_METHOD,
    PPT_KEY_SCHEDULE,
    PPT_KEY_PLACEMENT,
    PPT_KEY_MEMORY,
    PPT_KEY_PRECISION,
    PPT_KEY_MAX_SECONDS,
    PPT_KEY_TOLERANCE,
    PPT_KEY_SEED,
    PPT_KEY_NAME,
    PPT_KEY_OBJECTIVE,
    PPT_KEY_MEMORY_LIMIT,
    PPT_KEY_ARRIVALS,
    PPT_KEY_WHY,
    PPT_KEY_RUNS,
    PPT_KEY_COUNT
};

#define PPT_MOST_BLOCKS 100000
/* Names of programs are no longer. */
#define PPT_LABEL_COLUMNS 30
/* Beyond so many tasks a pass keeps a histogram of task times, not each of them. */
#define PPT_MOST_TASK_TIMES 10000

enum ppt_schedule_kind { PPT_SCHEDULE_STATIC, PPT_SCHEDULE_DYNAMIC, PPT_SCHEDULE_GUIDED };

struct ppt_schedule {
    enum ppt_schedule_kind kind;
    unsigned chunk; /* 0: the runtime's default (static alone: equal blocks) */
};

/* How ranks get their tasks. */
struct ppt_distribution {
    bool blocks;    /* "static": equal blocks. Else ranks ask rank 0 for chunks */
    unsigned chunk; /* tasks per worker and request; 0: chosen by how many are left */
};

enum ppt_placement { PPT_PLACEMENT_NONE, PPT_PLACEMENT_CLOSE, PPT_PLACEMENT_SPREAD };

/* What has a private copy of the folder that the program was started in, for programs to work in.
 */
#define PPT_SANDBOX_WORD "task" /* what has one where nothing is said */
enum ppt_sandbox_of { PPT_SANDBOX_OF_NONE, PPT_SANDBOX_OF_TASK, PPT_SANDBOX_OF_PASS };

enum ppt_memory { PPT_MEMORY_REUSE, PPT_MEMORY_FRESH };

/* A number that takes several values in a run ("vary"): an argument, one that words of a program
 * have a place for, or the tasks of a pass. */
struct ppt_axis {
    char *name;
    double *values; /* each once, in the order in which they came: what was added later is last */
    size_t count;
};

/* A kernel with one argument set. */
struct ppt_use {
    const struct ppt_kernel *kernel;
    union ppt_value *args; /* owned */
    char *details;         /* of one of several variants: its arguments as text; else NULL */
    char *label;           /* likewise: short, and like no other one's */
    char *subject;         /* of a program: its name, see name.h; else NULL */
    double *values;      /* that the axes have here, in their order, owned; NULL: there are none */
    uint64_t task_count; /* of its passes; 0: that of the configuration */
};

/* Whether a pass has a task for each of a list of inputs. */
bool ppt_use_has_inputs(const struct ppt_use *use);

struct ppt_config {
    char *origin;        /* the file (and place in it) or option that it comes from */
    char *args_origin;   /* where its arguments come from, for messages about them */
    char *name;          /* that the user gave the run, see name.h; NULL: none */
    char *task;          /* a kernel's name, or "random" */
    char *subject;       /* what is run, where programs are: "gzip", "gzip-vs-zstd"; else NULL */
    char *kernel_file;   /* the shared object that the kernel comes from; NULL: it is built in */
    char *kernel_digest; /* of that file, or NULL */
    struct ppt_stand_in *stand_in; /* of a recorded kernel that is not built in, or NULL */
    struct ppt_work *stated_work;  /* what its tasks do, as recorded with it; NULL: nothing was */
    char *details;                 /* the arguments as text, for people */
    bool mix;                      /* random: tasks are drawn from `uses` once per block */
    struct ppt_use *uses; /* one; for a mix the kernels to draw from, with default arguments; of
                             several variants one for each: programs ("vs") or sizes ("vary") */
    size_t use_count;
    size_t variant_count;  /* of several; 0: there is one */
    struct ppt_axis *axes; /* see vary.h; none unless something varies */
    size_t axis_count;
    bool rates;                 /* what varies is how often tasks arrive: the one axis is that */
    union ppt_value *base_args; /* what all sizes have in common, with the places of the axes;
                                   owned, NULL unless something varies */
    const struct ppt_kernel *base_kernel;
    bool per_worker;       /* the number of tasks grows with the workers */
    uint64_t *task_counts; /* those given for sizes, owned, until they are theirs */
    size_t task_count_count;
    /* Rounds of blocks, each of which has sizes of its own: see plan.h. Of round i + 1 it is the
     * first block, and how many sizes there were before; none: there is one round. */
    struct ppt_round {
        unsigned first_block;
        size_t variants_before;
        bool pressed; /* its points are others: see why.h */
    } * rounds;       /* owned */
    size_t round_count;
    bool workers_auto;  /* the list depends on the machine: ppt_config_settle() makes it */
    char *workers_text; /* of what, see counts.h; NULL where there is a list */
    unsigned *workers;  /* each number once, ascending; none until settled when workers_auto */
    size_t worker_count;
    unsigned *ranks; /* each number once, ascending; at least one, 0 where there is no MPI */
    size_t rank_count;
    unsigned *inner_threads; /* that one task uses: each number once, ascending */
    size_t inner_count;
    bool why; /* what slows the task is searched for, in a round of its own */
    struct ppt_pressed_round {
        size_t point_count; /* its points stand behind the others; 0: there is none yet */
        uint64_t task_count;
    } pressed;
    /* Of every variant every number of ranks with every number of workers, and that with every
     * number of inner threads, ascending; sequential calls once. Empty until settled when
     * workers_auto. */
    struct ppt_point *points;
    size_t point_count;
    bool seed_given;
    uint64_t seed;
    unsigned blocks; /* "iterations"; with `adaptive` the most that max_seconds may be used for */
    bool adaptive;   /* "precision": blocks are added until the verdict is settled */
    double relative_ci; /* adaptive: wanted half-width of speedup intervals, 0.02 for 2 % */
    double max_seconds; /* adaptive: so long it may take */
    bool budget; /* max_seconds was given by itself: what follows is left to ppt_size_config() */
    bool size_tasks, size_warmup;
    int64_t first_ns; /* that the very first task took, by which it was sized; 0: none was */
    double tolerance; /* how much slower is as good as equal, 0.05 for 5 % */
    struct ppt_goal goal;
    struct ppt_arrivals arrivals;
    uint64_t memory_limit; /* bytes that a pass may use; 0: what there is */
    unsigned warmup;       /* discarded rounds before the first block */
    unsigned processes; /* that the blocks are spread over; 0: one for each block; 1: the run's own
                           alone */
    uint64_t task_count;
    double wait_after_pass_s;
    double wait_after_block_s;
    bool trim_after_block; /* "gc_after_iteration" */
    struct ppt_schedule schedule;
    struct ppt_distribution distribution;
    enum ppt_placement placement;
    enum ppt_memory memory;
    /* Commands beside the passes; NULL: there is none. */
    char *setup;   /* before anything else */
    char *prepare; /* before every pass */
    char *cleanup; /* after everything else */
    char *shell;   /* that runs them; NULL: sh */
    enum ppt_sandbox_of sandbox;
    char *sandbox_files; /* what of the folder is copied, as words; NULL: all */
    char *warning;       /* something ignored that the user should know, or NULL */
};

/* What is run, as people call it: the program, or else the task. */
static inline const char *ppt_config_subject(const struct ppt_config *config)
{
    return config->subject ? config->subject : config->task;
}

/* What people call the run: its name, or else what is run. Either is fit for the name of a file. */
static inline const char *ppt_config_title(const struct ppt_config *config)
{
    return config->name ? config->name : ppt_config_subject(config);
}

/* The most ranks that take part in a pass; 0: none is measured over MPI. */
static inline unsigned ppt_config_ranks(const struct ppt_config *config)
{
    return config->ranks[config->rank_count - 1];
}

/* The point with the most of everything. */
static inline struct ppt_point ppt_config_most(const struct ppt_config *config)
{
    return config->points[config->point_count - 1];
}

/* The set of dimensions that several numbers are measured of. */
static inline unsigned ppt_config_several(const struct ppt_config *config)
{
    return (config->rank_count > 1 ? PPT_ONLY(PPT_RANKS) : 0) |
           (config->worker_count > 1 ? PPT_ONLY(PPT_WORKERS) : 0) |
           (config->inner_count > 1 ? PPT_ONLY(PPT_INNER_THREADS) : 0);
}

/* The name of what is run at a point: the task or program, or one of several variants. */
static inline const char *ppt_config_label(const struct ppt_config *config, struct ppt_point point)
{
    const unsigned variant = ppt_point_variant(point);

    return variant > 0 ? config->uses[variant - 1].label : ppt_config_subject(config);
}

/* Of how many programs there is one pass at each point; 0: there is one. */
static inline size_t ppt_config_programs(const struct ppt_config *config)
{
    return config->axis_count > 0 ? 0 : config->variant_count;
}

/* What there are several of. */
static inline const char *ppt_config_variants(const struct ppt_config *config)
{
    return config->rates ? "rates" : config->axis_count > 0 ? "sizes" : "programs";
}

/* How tasks arrive at a point. Borrowed. */
static inline struct ppt_arrivals ppt_config_arrivals(const struct ppt_config *config,
                                                      struct ppt_point point)
{
    struct ppt_arrivals arrivals = config->arrivals;

    if (config->rates && point.size > 0) {
        arrivals.rate = config->uses[point.size - 1].values[0];
    }
    return arrivals;
}

/* What is said behind the number of tasks. */
static inline const char *ppt_config_each(const struct ppt_config *config)
{
    return config->per_worker ? " for each worker" : " per pass";
}

/* Says of which variant a point is: 1, 2, ... */
static inline void ppt_config_set_variant(const struct ppt_config *config, struct ppt_point *point,
                                          unsigned variant)
{
    *(config->axis_count > 0 ? &point->size : &point->program) = variant;
}

/* The tasks of a pass at a point. */
static inline uint64_t ppt_config_tasks(const struct ppt_config *config, struct ppt_point point)
{
    const unsigned variant = ppt_point_variant(point);
    const uint64_t own = point.pressure > 0 ? config->pressed.task_count
                         : variant > 0      ? config->uses[variant - 1].task_count
                                            : 0;

    return (own > 0 ? own : config->task_count) *
           (config->per_worker ? ppt_point_running(point) : 1);
}

/* The command line of the program that is run, as a shell would be told it. False: none is. */
bool ppt_config_command(const struct ppt_config *config, struct ppt_text *out);

/* One of several variants as a configuration of its own, of points that `points` has room for. It
 * borrows everything from `config`, and is not to be freed. */
struct ppt_config ppt_config_of_variant(const struct ppt_config *config, unsigned variant,
                                        struct ppt_point *points);

/* Whether one worker is what sequential calls are: the work is done by programs that are started,
 * and by whom is nothing to them. */
static inline bool ppt_config_same_alone(const struct ppt_config *config)
{
    return !config->mix && config->uses[0].kernel->outside && ppt_config_ranks(config) == 0;
}

/* Whether there are commands beside the passes. */
static inline bool ppt_config_has_commands(const struct ppt_config *config)
{
    return config->setup || config->prepare || config->cleanup;
}

/* Whether what a pass finds is made ready once for all of its tasks, and these are alike, so that
 * the first being longer than the others tells that it has used it up. */
bool ppt_config_readied_once(const struct ppt_config *config);

/* "shell" where commands are to be run without one. */
#define PPT_NO_SHELL "none"

struct ppt_configs {
    struct ppt_config *items;
    size_t count;
};

/* What the task is given, with the names of its parameters; nothing where it is given nothing. */
void ppt_config_describe(const struct ppt_config *config, struct ppt_text *out);

/* ", 2 inner threads" where all tasks use that many, for headings; nothing where it is one, or
 * where several numbers are measured. Returns `out`. */
const char *ppt_config_inner_text(const struct ppt_config *config, char out[PPT_POINT_WORDS_SIZE]);

/* Options of the command line that override a file's values, as JSON: add one by one. */
struct ppt_overrides;
struct ppt_overrides *ppt_overrides_create(void);
void ppt_overrides_destroy(struct ppt_overrides *overrides);

/* `option` ("--workers") names it in messages, `key` is the configuration's, `json` its value. */
enum ppt_status ppt_overrides_add(struct ppt_overrides *overrides, const char *option,
                                  const char *key, const char *json, struct ppt_error *error);

/* Reads a file and appends the configurations in it: one, or those of its "runs". `path` NULL: the
 * overrides alone make one configuration. Nothing is appended after a failure. */
enum ppt_status ppt_configs_load(const char *path, const struct ppt_overrides *overrides,
                                 struct ppt_configs *configs, struct ppt_error *error);
void ppt_configs_free(struct ppt_configs *configs);

/* What "auto" workers are chosen by. */
struct ppt_cpus {
    unsigned logical;          /* CPUs that may be used */
    const unsigned *landmarks; /* numbers of workers, ascending, beyond which the next one has a
                                  slower CPU, or less than a core: fast cores, physical cores */
    size_t landmark_count;
};

/* Fills in what was left to the machine: "auto" workers become 0, 1, 2, 4 ..., the landmarks below
 * the logical CPUs, and these, as far as the kernels bear so many threads, of a program without 1,
 * which would be 0 again; shares such as "50%" are
 * of the logical CPUs; a missing seed is drawn from the system. */
enum ppt_status ppt_config_settle(struct ppt_config *config, const struct ppt_cpus *cpus,
                                  struct ppt_error *error);

/* Reads what ppt_config_to_json() made, as found in a journal. `config` is to be freed as the one
 * item of a struct ppt_configs. */
enum ppt_status ppt_config_from_item(const struct ppt_item *item, struct ppt_configs *configs,
                                     struct ppt_error *error);

/* Loads the kernel that a recorded configuration has a stand-in for; does nothing where there is
 * none. *same says whether the file still is what it was. */
enum ppt_status ppt_config_load_kernel(struct ppt_config *config, bool *same,
                                       struct ppt_error *error);

/* Reads what another process made by ppt_config_to_json() and sent, whose files are where that one
 * found them, and loads its kernel. `from` names the sender in messages. */
enum ppt_status ppt_config_from_message(const char *from, const char *json,
                                        struct ppt_configs *configs, struct ppt_error *error);

/* What the task consists of besides its arguments, see `identify` in kernel.h: a new text, or NULL
 * where there is nothing. */
char *ppt_config_identity(const struct ppt_config *config);

/* The whole configuration with every default filled in; reading it gives an equal one. The caller
 * owns it. */
json_object *ppt_config_to_json(const struct ppt_config *config);

/* The value of a key that is recorded, as it stands there; NULL where it does not. The caller owns
 * it. */
json_object *ppt_config_value(const struct ppt_config *config, enum ppt_key_id key);

#endif
