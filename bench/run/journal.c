#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "file.h"
#include "input.h"
#include "memory.h"
#include "text.h"

struct ppt_journal {
    int fd;
    int folder; /* borrowed */
    char *path; /* for messages */
    off_t length;
    bool broken; /* ends in a part of a line that could not be cut off */
};

/* Takes over the descriptor; two processes must not write into one journal. */
static enum ppt_status take(int fd, const struct ppt_folder *folder, struct ppt_journal **journal,
                            struct ppt_error *error)
{
    struct stat about;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return ppt_fail(error, PPT_FAILED,
                        "%s/" PPT_JOURNAL_NAME ": another process is still writing it",
                        folder->path);
    }
    *journal = ppt_alloc(1, sizeof(**journal));
    **journal = (struct ppt_journal){
        .fd = fd, .folder = folder->fd, .path = ppt_folder_path(folder, PPT_JOURNAL_NAME)};
    (*journal)->length = fstat(fd, &about) == 0 ? about.st_size : 0;
    return PPT_OK;
}

enum ppt_status ppt_journal_create(const struct ppt_folder *folder, struct ppt_journal **journal,
                                   struct ppt_error *error)
{
    int fd;

    do {
        fd = openat(folder->fd, PPT_JOURNAL_NAME,
                    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? ppt_fail(error, PPT_FAILED, "%s/" PPT_JOURNAL_NAME ": cannot be created: %s",
                             folder->path, strerror(errno))
                  : take(fd, folder, journal, error);
}

enum ppt_status ppt_journal_open(const struct ppt_folder *folder, struct ppt_journal **journal,
                                 struct ppt_error *error)
{
    char *path = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    struct ppt_input input;
    /* Opened for reading first: opening a pipe for writing would wake up whoever reads it. */
    enum ppt_status status = ppt_input_open(folder->fd, PPT_JOURNAL_NAME, PPT_INPUT_NO_LINK,
                                            PPT_JOURNAL_MOST, path, &input, error);
    struct stat looked, opened;
    int fd = -1;

    if (status == PPT_OK) {
        do {
            fd = openat(folder->fd, PPT_JOURNAL_NAME,
                        O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        } while (fd < 0 && errno == EINTR);
        if (fd < 0) {
            status = ppt_fail(error, PPT_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
        } else if (fstat(input.fd, &looked) != 0 || fstat(fd, &opened) != 0 ||
                   looked.st_ino != opened.st_ino || looked.st_dev != opened.st_dev) {
            status = ppt_fail(error, PPT_FAILED, "%s: is being replaced", path);
            close(fd);
        } else {
            status = take(fd, folder, journal, error);
        }
        close(input.fd);
    }
    free(path);
    return status;
}

enum ppt_status ppt_journal_read(const struct ppt_journal *journal, char **text, size_t *length,
                                 struct ppt_error *error)
{
    const struct ppt_input input = {.fd = journal->fd, .size = (size_t)journal->length};

    return ppt_input_read(&input, journal->path, text, length, error);
}

enum ppt_status ppt_journal_go_on(struct ppt_journal *journal, size_t whole,
                                  struct ppt_error *error)
{
    const enum ppt_status status = ppt_journal_check(journal, error);

    if (status != PPT_OK) {
        return status;
    }
    if ((off_t)whole < journal->length && ppt_change_cut(journal->fd, (off_t)whole) != 0) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", journal->path,
                        strerror(errno));
    }
    journal->length = (off_t)whole;
    return PPT_OK;
}

enum ppt_status ppt_journal_check(const struct ppt_journal *journal, struct ppt_error *error)
{
    struct stat own, named;
    const char *what = NULL;

    if (fstat(journal->fd, &own) != 0) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot be examined: %s", journal->path,
                        strerror(errno));
    }
    if (fstatat(journal->folder, PPT_JOURNAL_NAME, &named, AT_SYMLINK_NOFOLLOW) != 0) {
        what = own.st_nlink == 0 ? "removed" : "moved away";
    } else if (named.st_ino != own.st_ino || named.st_dev != own.st_dev) {
        what = "replaced by another file";
    } else if (own.st_size != journal->length) {
        what = own.st_size < journal->length ? "cut" : "written to by somebody else";
    }
    return what ? ppt_fail(error, PPT_FAILED, "%s: was %s while it was being written",
                           journal->path, what)
                : PPT_OK;
}

void ppt_journal_close(struct ppt_journal *journal)
{
    if (journal) {
        close(journal->fd);
        free(journal->path);
        free(journal);
    }
}

/* Writes all of it, or fails with nothing written and the cause in errno. What was written of a
 * line is cut off: the next one must not become its end. */
static enum ppt_status write_line(struct ppt_journal *journal, const char *line)
{
    const size_t length = strlen(line);

    if (ppt_file_write_all(journal->fd, line, length) != PPT_OK) {
        const int problem = errno;

        journal->broken = ppt_change_cut(journal->fd, journal->length) != 0;
        errno = problem;
        return PPT_FAILED;
    }
    journal->length += (off_t)length;
    return PPT_OK;
}

/* Onto the disk. */
static enum ppt_status flush(const struct ppt_journal *journal)
{
    while (fdatasync(journal->fd) != 0) {
        if (errno != EINTR) {
            return PPT_FAILED;
        }
    }
    return PPT_OK;
}

/* Appends the object as one line and frees it. */
static enum ppt_status append(struct ppt_journal *journal, json_object *object,
                              struct ppt_error *error)
{
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    char *line = ppt_text_format("%s\n", json_object_to_json_string_ext(object, flags));
    enum ppt_status status = PPT_OK;

    if (journal->broken) {
        status = ppt_fail(error, PPT_FAILED, "%s: ends in half a line", journal->path);
    } else if (ppt_journal_check(journal, error) != PPT_OK) {
        status = PPT_FAILED;
    } else if (write_line(journal, line) != PPT_OK || flush(journal) != PPT_OK) {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", journal->path,
                          strerror(errno));
    }
    free(line);
    json_object_put(object);
    return status;
}

static json_object *line_of(const char *type)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "type", json_object_new_string(type));
    return object;
}

static void add_integer(json_object *object, const char *key, int64_t value)
{
    json_object_object_add(object, key, json_object_new_int64(value));
}

enum ppt_status ppt_journal_run(struct ppt_journal *journal, const struct ppt_config *config,
                                const struct ppt_host *host, const char *started,
                                struct ppt_error *error)
{
    json_object *line = line_of("run");
    char *identity = ppt_config_identity(config);

    add_integer(line, "version", PPT_JOURNAL_VERSION);
    json_object_object_add(line, "program", json_object_new_string("ppt-omp " PPT_VERSION));
    json_object_object_add(line, "started", json_object_new_string(started));
    json_object_object_add(line, "origin", json_object_new_string(config->origin));
    json_object_object_add(line, "config", ppt_config_to_json(config));
    if (identity) {
        json_object_object_add(line, "identity", json_object_new_string(identity));
        free(identity);
    }
    json_object_object_add(line, "host", ppt_host_to_json(host));
    return append(journal, line, error);
}

enum ppt_status ppt_journal_resume(struct ppt_journal *journal, const struct ppt_host *host,
                                   const char *started, struct ppt_error *error)
{
    json_object *line = line_of("resume");

    json_object_object_add(line, "program", json_object_new_string("ppt-omp " PPT_VERSION));
    json_object_object_add(line, "started", json_object_new_string(started));
    json_object_object_add(line, "host", ppt_host_to_json(host));
    return append(journal, line, error);
}

enum ppt_status ppt_journal_tasks(struct ppt_journal *journal, unsigned block,
                                  const struct ppt_tasks *tasks, struct ppt_error *error)
{
    json_object *line = line_of("tasks");
    json_object *list = json_object_new_array();

    for (uint64_t i = 0; tasks->refs && i < tasks->count; i++) {
        const struct ppt_task_group *group = &tasks->groups[tasks->refs[i].group];
        json_object *entry = json_object_new_object();

        json_object_object_add(entry, "task", json_object_new_string(group->kernel->name));
        json_object_object_add(entry, "args",
                               ppt_args_to_json(group->kernel, group->sets[tasks->refs[i].set]));
        json_object_array_add(list, entry);
    }
    add_integer(line, "block", block);
    json_object_object_add(line, "tasks", list);
    return append(journal, line, error);
}

static json_object *usage_to_json(const struct ppt_usage *usage)
{
    json_object *object = json_object_new_object();

    add_integer(object, "user_ns", usage->user_ns);
    add_integer(object, "system_ns", usage->system_ns);
    add_integer(object, "minor_faults", usage->minor_faults);
    add_integer(object, "major_faults", usage->major_faults);
    add_integer(object, "voluntary_switches", usage->voluntary_switches);
    add_integer(object, "involuntary_switches", usage->involuntary_switches);
    return object;
}

static json_object *noise_to_json(const struct ppt_noise *noise)
{
    json_object *object = json_object_new_object();

    add_integer(object, "steal_ns", noise->steal_ns);
    add_integer(object, "pressure_ns", noise->pressure_ns);
    add_integer(object, "throttled_ns", noise->throttled_ns);
    add_integer(object, "stopped", noise->stopped);
    add_integer(object, "cpus", noise->cpus);
    return object;
}

static json_object *times_to_json(const struct ppt_task_times *times)
{
    json_object *object = json_object_new_object();

    add_integer(object, "sum_ns", times->sum_ns);
    add_integer(object, "smallest_ns", times->smallest_ns);
    add_integer(object, "median_ns", times->median_ns);
    add_integer(object, "p95_ns", times->p95_ns);
    add_integer(object, "p99_ns", times->p99_ns);
    add_integer(object, "largest_ns", times->largest_ns);
    json_object_object_add(object, "resolution", json_object_new_double(times->resolution));
    return object;
}

static json_object *workers_to_json(const struct ppt_sample *sample)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < sample->worker_count; i++) {
        const struct ppt_worker_sample *worker = &sample->workers[i];
        json_object *object = json_object_new_object();

        add_integer(object, "tasks", (int64_t)worker->tasks);
        add_integer(object, "busy_ns", worker->busy_ns);
        add_integer(object, "cpu_ns", worker->cpu_ns);
        add_integer(object, "start_ns", worker->start_ns);
        add_integer(object, "end_ns", worker->end_ns);
        add_integer(object, "faults", worker->faults);
        add_integer(object, "cpu", worker->cpu);
        if (sample->rank_count > 0) {
            add_integer(object, "waited_ns", worker->waited_ns);
        }
        if (worker->bound) {
            json_object_object_add(object, "bound", json_object_new_string(worker->bound));
        }
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *ranks_to_json(const struct ppt_sample *sample)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < sample->rank_count; i++) {
        const struct ppt_rank_sample *rank = &sample->ranks[i];
        json_object *object = json_object_new_object();

        add_integer(object, "begin_ns", rank->begin_ns);
        add_integer(object, "end_ns", rank->end_ns);
        add_integer(object, "mpi_ns", rank->mpi_ns);
        add_integer(object, "requests", rank->requests);
        add_integer(object, "answer_ns", rank->answer_ns);
        add_integer(object, "offset_ns", rank->offset_ns);
        add_integer(object, "offset_error_ns", rank->offset_error_ns);
        json_object_array_add(list, object);
    }
    return list;
}

static void add_point(json_object *object, struct ppt_point point)
{
    add_integer(object, "workers", point.workers);
    add_integer(object, "inner_threads", point.inner_threads);
    if (point.ranks > 0) {
        add_integer(object, "ranks", point.ranks);
    }
}

enum ppt_status ppt_journal_pass(struct ppt_journal *journal, const struct ppt_sample *sample,
                                 struct ppt_error *error)
{
    json_object *line = line_of("pass");
    char digest[17];

    /* As text: many JSON readers round numbers of 64 bits. */
    snprintf(digest, sizeof(digest), "%016" PRIx64, sample->digest);
    add_integer(line, "position", (int64_t)sample->position);
    add_integer(line, "block", sample->block);
    add_point(line, sample->point);
    add_integer(line, "started_ns", sample->started_ns);
    add_integer(line, "init_ns", sample->init_ns);
    add_integer(line, "work_ns", sample->work_ns);
    add_integer(line, "cleanup_ns", sample->cleanup_ns);
    add_integer(line, "total_ns", sample->total_ns);
    add_integer(line, "scratch_ns", sample->scratch_ns);
    add_integer(line, "task_count", (int64_t)sample->task_count);
    json_object_object_add(line, "digest", json_object_new_string(digest));
    json_object_object_add(line, "usage", usage_to_json(&sample->usage));
    json_object_object_add(line, "noise", noise_to_json(&sample->noise));
    add_integer(line, "peak_bytes", sample->peak_bytes);
    add_integer(line, "clock_khz", sample->clock_khz);
    json_object_object_add(line, "task_times", times_to_json(&sample->times));
    json_object_object_add(line, "worker_times", workers_to_json(sample));
    if (sample->rank_count > 0) {
        json_object_object_add(line, "rank_times", ranks_to_json(sample));
    }
    if (sample->task_ns) {
        json_object *list = json_object_new_array_ext((int)sample->task_count);

        for (uint64_t i = 0; i < sample->task_count; i++) {
            json_object_array_add(list, json_object_new_int64(sample->task_ns[i]));
        }
        json_object_object_add(line, "task_ns", list);
    }
    return append(journal, line, error);
}

enum ppt_status ppt_journal_failed(struct ppt_journal *journal, const struct ppt_failure *failure,
                                   struct ppt_error *error)
{
    json_object *line = line_of("failed");

    add_integer(line, "block", failure->block);
    add_point(line, failure->point);
    json_object_object_add(line, "message", json_object_new_string(failure->message));
    return append(journal, line, error);
}

enum ppt_status ppt_journal_end(struct ppt_journal *journal, enum ppt_status status,
                                struct ppt_error *error)
{
    json_object *line = line_of("end");

    add_integer(line, "status", status);
    return append(journal, line, error);
}
