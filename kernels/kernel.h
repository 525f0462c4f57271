/*
 * kernel.h - the contract between a kind of work (a kernel) and the bench that measures it.
 *
 * A kernel is one module that ends in one constant `struct ppt_kernel`. It knows nothing of the
 * bench: it is handed arguments that were checked against its parameter table, and does its work.
 *
 * The life of a kernel in one sweep, and who pays for it:
 *
 *     open                    not timed    read-only input that all workers share
 *       attach  per worker    init (*)     lays out scratch that this worker has just touched
 *         run   per task      work         one task
 *       detach  per worker    cleanup (*)
 *     close                   not timed
 *
 * (*) Less what it takes one worker alone, which plain calls would pay as well; to measure that,
 * attach and detach are called a few times by one thread outside of a pass. Taking the scratch (as
 * many bytes as `needs` states) and giving it back belong to attach and detach.
 *
 * open and close are called once per process that measures (for a random mix once per block), of
 * which a run has one for each block, and once before, to see whether they can be; attach and
 * detach in every pass. With "memory": "fresh", attach and detach surround every single task inside
 * its timed span instead, as a program would do that allocates anew each time.
 *
 * Rules for `run`:
 *  - it prints nothing, reads no clock and takes no lock (unless locking is what it measures);
 *  - it does not allocate: what it needs is laid out by attach (scratch.h);
 *  - it computes the same result for the same (arguments, seed, task index) on every worker, at
 *    every worker count, in every run: randomness comes from a generator keyed by these (rng.h);
 *  - it returns a digest of that result. The bench adds up the digests of a pass and compares them
 *    between worker counts; a difference is reported as a failure, never as a figure.
 *
 * Threads: attach, run and detach of different workers run at the same time. What open built must
 * not be written after it returned. A kernel that starts threads inside a task starts
 * setup->inner_threads of them (inner.h), and computes the same with any number; OpenMP's own
 * setting for the calling thread is already that number.
 *
 * A kernel may also be built outside of the program, as a shared object whose descriptor is named
 * PPT_KERNEL_SYMBOL. Such a kernel cannot call the program's functions; the headers beside this one
 * (status.h, owned.h, rng.h, scratch.h, inner.h) hold all they declare, and setup->services has the
 * rest.
 */
#ifndef PPT_KERNEL_H
#define PPT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "status.h"

/* Grows with every incompatible change to what follows. */
#define PPT_KERNEL_VERSION 3

/* The name of the constant `struct ppt_kernel` that a shared object exports. */
#define PPT_KERNEL_SYMBOL "ppt_kernel"

struct ppt_rng;
struct ppt_scratch;
struct ppt_task;

enum ppt_param_kind {
    PPT_PARAM_INTEGER, /* value.integer */
    PPT_PARAM_REAL,    /* value.real, always finite */
    PPT_PARAM_CHOICE,  /* value.choice: an index into the parameter's choices */
    PPT_PARAM_SPAN,    /* value.span: two integers, low <= high */
    PPT_PARAM_PATHS,   /* value.paths: one or more existing files */
    PPT_PARAM_WORDS,   /* value.words: one or more texts; of a positional list all that is left */
    PPT_PARAM_INPUTS   /* value.words: an input for each task, or none; given by name alone. Behind
                          it comes an integer: how many there were where these are a sample, or 0 */
};

struct ppt_span {
    int64_t low, high;
};

struct ppt_texts {
    const char *const *items;
    size_t count;
};

/* An argument; the kind of the parameter at the same place in the table says which member. */
union ppt_value {
    int64_t integer;
    double real;
    int choice;
    struct ppt_span span;
    struct ppt_texts paths;
    struct ppt_texts words;
};

/*
 * One parameter. The order of a kernel's table is the order of positional arguments and the index
 * into an argument set. Parameters of the same group share one positional argument, an object.
 */
struct ppt_param {
    const char *name;
    enum ppt_param_kind kind;
    const char *value;          /* the default, written as in a configuration (JSON) */
    bool optional;              /* may be missing at the end of a positional list */
    const char *when_left;      /* what an optional one means when left out of a positional list,
                                   where that differs from the default; else NULL */
    const char *group;          /* the name of the shared object, or NULL */
    bool apart;                 /* in a positional list's object, says nothing of the others: alone
                                   there, it leaves them what they mean without an object */
    double smallest, largest;   /* bounds of numbers, both allowed */
    const char *const *choices; /* NULL-terminated, for PPT_PARAM_CHOICE; else NULL */
    const char *unit;           /* "" for a plain count */
    const char *help;
    const char *joint; /* what stands before it when arguments are shown; NULL: ", " */
};

/* What the program does for kernels. Those that are built outside of it have the widest
 * instructions of the machine by way of these; none removes or replaces a file by itself. */
struct ppt_services {
    /* Uniform in [low, high), keyed by (seed, task index, stream): see enum ppt_stream in rng.h. */
    void (*fill_doubles)(const struct ppt_task *task, int stream, double *out, size_t count,
                         double low, double high);
    void (*fill_bytes)(const struct ppt_task *task, int stream, void *out, size_t bytes);
    /* 64 bits that tell different data apart, continuing from `start` (0 for a new digest). */
    uint64_t (*digest)(uint64_t start, const void *data, size_t bytes);
    /* Creates a file for writing in a folder of the setup, in the place of a file of that name, and
     * returns its descriptor; removes such a file and returns 0. -1: not done, the cause is in
     * errno. Only regular files and links are replaced or removed. */
    int (*renew_file)(int folder, const char *name);
    int (*remove_file)(int folder, const char *name);
};

/*
 * What a sweep tells a kernel. Everything is borrowed and outlives the kernel's use of it.
 * A kernel's tasks may use several argument sets (the random mix): open and attach must serve all
 * of the sets they are given. With "memory": "fresh" attach is given the one set of its task.
 */
struct ppt_setup {
    uint64_t seed;
    const char *scratch_dir; /* private directory for temporary files, absolute */
    const char *results_dir; /* directory of the run's results, for what is worth keeping; NULL
                                where there is none */
    const union ppt_value *const *sets;
    size_t set_count;       /* at least 1 */
    unsigned workers;       /* in open: the most that will attach at a time; in attach: this
                               pass's; 0 for sequential calls */
    unsigned inner_threads; /* threads that one task uses, at least 1; in open: the most */
    const struct ppt_services *services;
    /* Environment variables that the program set for itself, separated by commas: they are not for
     * programs that tasks start. NULL: none. */
    const char *own_variables;
    /* Whether the pass is being given up, because of the user or of another worker: 0 no, 1 yes, 2
     * at once. A task that may take long asks now and then, and returns PPT_INTERRUPTED. Any thread
     * may call it. */
    int (*given_up)(const void *pass);
    const void *pass; /* for given_up */
    /* The two directories, held open: a file that is created by its descriptor gets nowhere else.
     */
    int scratch_fd;
    int results_fd; /* where there is a results_dir */
    /* Where programs that tasks start are to work, absolute; NULL: in this process's own folder. Of
     * tasks that have one each it is the folder named by the task's index in there. */
    const char *work_dir;
    bool work_dir_of_task;
    /* What is to be said of a program that fails though the like of it has ended well before; NULL:
     * nothing. And whether passes have ended well already. */
    const char *used_up;
    bool repeated;
};

struct ppt_task {
    uint64_t seed;
    uint64_t index;              /* 0 ... task_count - 1 */
    size_t set;                  /* which of the sets that open was given */
    const union ppt_value *args; /* that set */
};

/* What one argument set costs, for refusing a run before it does harm. Zero means negligible. */
struct ppt_needs {
    uint64_t shared_bytes;  /* memory that open takes */
    uint64_t worker_bytes;  /* scratch that each attach is given: of several sets, the most */
    uint64_t library_bytes; /* memory that each attach has libraries take beside it */
    uint64_t disk_bytes;    /* temporary files at a time, per worker */
    uint64_t most_threads;  /* that may run such tasks at a time, those of all workers together:
                               more are too many for a library; 0: any number */
};

/* What one task does at least, whatever way it is done, of what machines have ceilings for (`doctor
 * --ceilings`). 0: none of it, or not known. Grows at its end alone. */
struct ppt_work {
    double flops;         /* floating-point operations; a multiplication with an addition are two */
    double moved_bytes;   /* of memory: bytes read and bytes written, each time */
    double set_bytes;     /* of the memory that these are of, all of it: which cache it fits in */
    double additions;     /* of whole numbers, each waiting for the one before */
    double products;      /* of doubles, likewise */
    double written_bytes; /* to files */
};

/* What processes have used, as getrusage() tells it. */
struct ppt_usage {
    int64_t user_ns, system_ns;
    int64_t minor_faults, major_faults;
    int64_t voluntary_switches, involuntary_switches;
};

/* What tasks cost beside the thread that runs them: in processes that they start. */
struct ppt_outside {
    int64_t cpu_ns;
    int64_t peak_bytes;     /* the most memory that a task had resident there; 0: unknown */
    struct ppt_usage usage; /* of these processes, but of those that this process has waited for
                               itself: of them the bench knows */
    int64_t queued_ns;      /* for which they were ready to run, but had no CPU; -1: unknown */
    int64_t failed;         /* tasks that failed, and count as done all the same */
    int64_t io_blocks;      /* that these processes read from devices or wrote, 512 bytes each */
};

struct ppt_kernel {
    uint32_t version;     /* PPT_KERNEL_VERSION */
    uint32_t struct_size; /* sizeof(struct ppt_kernel) */
    const char *name;     /* what "task" in a configuration says */
    const char *category; /* computation, memory, storage, ... */
    const char *summary;  /* one line, no full stop */
    const char
        *missing; /* why this build cannot run it, e.g. "built without libargon2"; else NULL */
    const struct ppt_param *params;
    size_t param_count;
    bool inner_threads; /* a task uses setup->inner_threads threads, if its arguments let it; false:
                           always one */

    /* Only run is required; the others may be NULL. Functions that return a status write a message
     * with ppt_fail() when it is not PPT_OK: PPT_BAD_INPUT for a file of the user's that cannot be
     * used, PPT_FAILED for everything else. After a failure the out pointer is not used; open and
     * attach release what they had taken themselves. The scratch is not theirs: it is there until
     * detach has returned. */
    enum ppt_status (*open)(const struct ppt_setup *setup, void **shared, struct ppt_error *error);
    enum ppt_status (*attach)(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error);
    enum ppt_status (*run)(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error);
    void (*detach)(void *local);
    void (*close)(void *shared);

    /* Adds up what the tasks of this local cost outside since it was attached; called before
     * detach, by the thread that ran them. `outside` is zeroed. */
    void (*outside)(void *local, struct ppt_outside *outside);

    /* What a task consists of besides its arguments: files it reads, programs it runs, so that a
     * run is not gone on with when these have changed. Writes a text of at most `size` bytes, its
     * zero byte included. */
    void (*identify)(const union ppt_value *args, char *out, size_t size);

    /* Draws arguments for one task of the random mix. `args` holds the defaults; paths must be left
     * as they are. */
    void (*draw)(struct ppt_rng *rng, union ppt_value *args);

    /* What one argument set needs at that many inner threads; `needs` is zeroed. */
    void (*needs)(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs);

    /* Writes what the task makes (an image, the sorted numbers, ...) to `file`, which the caller
     * opens, checks for write errors and closes. Called after run of the same task on the same
     * local; it may compute the result again. */
    enum ppt_status (*dump)(void *local, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error);

    /* From here on a kernel that was built earlier may have less: struct_size says how far it goes.
     */

    /* What a task with these arguments does; `work` is zeroed. */
    void (*work)(const union ppt_value *args, struct ppt_work *work);
};

/* The least that a descriptor of this version has. */
#define PPT_KERNEL_LEAST_SIZE offsetof(struct ppt_kernel, work)

/* For descriptors: what each begins with, and its table of parameters. */
#define PPT_KERNEL_HEAD .version = PPT_KERNEL_VERSION, .struct_size = sizeof(struct ppt_kernel)
#define PPT_KERNEL_PARAMS(table)                                                                   \
    .params = (table), .param_count = sizeof(table) / sizeof((table)[0])

#endif
