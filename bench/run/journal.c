#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "file.h"
#include "input.h"
#include "journal_content.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "sample_fields.h"
#include "text.h"

#define PROGRAM "ppt-omp " PPT_VERSION

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
    const int fd = (int)TEMP_FAILURE_RETRY(
        openat(folder->fd, PPT_JOURNAL_NAME,
               O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666));

    return fd < 0 ? ppt_fail(error, PPT_FAILED, "%s/" PPT_JOURNAL_NAME ": cannot be created: %s",
                             folder->path, strerror(errno))
                  : take(fd, folder, journal, error);
}

/* For writing, too, what was opened for reading. */
static enum ppt_status open_again(const struct ppt_folder *folder, int reading, const char *path,
                                  struct ppt_journal **journal, struct ppt_error *error)
{
    struct stat looked, opened;
    int fd;

    fd = (int)TEMP_FAILURE_RETRY(
        openat(folder->fd, PPT_JOURNAL_NAME,
               O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd < 0) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (fstat(reading, &looked) != 0 || fstat(fd, &opened) != 0 || looked.st_ino != opened.st_ino ||
        looked.st_dev != opened.st_dev) {
        close(fd);
        return ppt_fail(error, PPT_FAILED, "%s: is being replaced", path);
    }
    return take(fd, folder, journal, error);
}

enum ppt_status ppt_journal_expect(const struct ppt_folder *folder, struct ppt_error *error)
{
    struct stat about;

    return fstatat(folder->fd, PPT_JOURNAL_NAME, &about, AT_SYMLINK_NOFOLLOW) != 0 &&
                   errno == ENOENT
               ? ppt_fail(error, PPT_BAD_INPUT,
                          "%s: is not the folder of a run, such as output/latest: it has "
                          "no " PPT_JOURNAL_NAME,
                          folder->path)
               : PPT_OK;
}

enum ppt_status ppt_journal_open(const struct ppt_folder *folder, struct ppt_journal **journal,
                                 struct ppt_error *error)
{
    char *path PPT_FREED = ppt_folder_path(folder, PPT_JOURNAL_NAME);
    struct ppt_input input;

    PPT_TRY(ppt_journal_expect(folder, error));
    /* Opened for reading first: opening a pipe for writing would wake up whoever reads it. */
    PPT_TRY(ppt_input_open(folder->fd, PPT_JOURNAL_NAME, PPT_INPUT_NO_LINK, PPT_JOURNAL_MOST, path,
                           &input, error));
    const int reading PPT_OWNED(ppt_file_close) = input.fd;
    return open_again(folder, reading, path, journal, error);
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
    PPT_TRY(ppt_journal_check(journal, error));
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
    char *line PPT_FREED = ppt_text_format("%s\n", json_object_to_json_string_ext(object, flags));

    json_object_put(object);
    if (journal->broken) {
        return ppt_fail(error, PPT_FAILED, "%s: ends in half a line", journal->path);
    }
    PPT_TRY(ppt_journal_check(journal, error));
    return write_line(journal, line) == PPT_OK && flush(journal) == PPT_OK
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", journal->path,
                          strerror(errno));
}

static json_object *line_of(const char *type)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "type", json_object_new_string(type));
    return object;
}

enum ppt_status ppt_journal_run(struct ppt_journal *journal, const struct ppt_config *config,
                                const struct ppt_host *host, const char *started,
                                struct ppt_error *error)
{
    json_object *line = line_of("run");
    char program[] = PROGRAM;
    char *time PPT_FREED = ppt_strdup(started), *identity PPT_FREED = ppt_config_identity(config);
    struct ppt_config copy = *config;
    const struct ppt_journal_content run = {
        .version = PPT_JOURNAL_VERSION,
        .program = program,
        .started = time,
        .origin = copy.origin,
        .details = copy.kernel_file ? copy.details : NULL,
        .configs = {.items = &copy, .count = 1},
        .identity = identity,
        .samples.first_ns = config->first_ns,
        .host = *host,
    };

    ppt_fields_write(ppt_version_fields, &run, 0, line);
    ppt_fields_write(ppt_run_fields, &run, PPT_FIELD_SOMETIMES, line);
    return append(journal, line, error);
}

enum ppt_status ppt_journal_resume(struct ppt_journal *journal, const struct ppt_host *host,
                                   const char *started, struct ppt_error *error)
{
    json_object *line = line_of("resume");
    char program[] = PROGRAM;
    char *time PPT_FREED = ppt_strdup(started);
    const struct ppt_journal_content run = {.program = program, .started = time, .host = *host};

    ppt_fields_write(ppt_run_fields, &run, 0, line);
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
    json_object_object_add(line, "block", json_object_new_int64(block));
    json_object_object_add(line, "tasks", list);
    return append(journal, line, error);
}

enum ppt_status ppt_journal_sizes(struct ppt_journal *journal, const struct ppt_more_sizes *more,
                                  struct ppt_error *error)
{
    json_object *line = line_of("sizes"), *values = json_object_new_array();
    json_object *counts = more->task_counts ? json_object_new_array() : NULL;

    for (size_t i = 0; i < more->count; i++) {
        json_object_array_add(values, json_object_new_double(more->values[i]));
        if (counts) {
            json_object_array_add(counts, json_object_new_int64((int64_t)more->task_counts[i]));
        }
    }
    json_object_object_add(line, "block", json_object_new_int64(more->block));
    json_object_object_add(line, "values", values);
    if (counts) {
        json_object_object_add(line, ppt_key_name(PPT_KEY_TASK_COUNTS), counts);
    }
    return append(journal, line, error);
}

enum ppt_status ppt_journal_why(struct ppt_journal *journal, const struct ppt_why *why,
                                struct ppt_error *error)
{
    json_object *line = line_of(ppt_key_name(PPT_KEY_WHY)), *workers = json_object_new_array();

    for (size_t i = 0; i < why->count; i++) {
        json_object_array_add(workers, json_object_new_int64(why->workers[i]));
    }
    json_object_object_add(line, "block", json_object_new_int64(why->block));
    json_object_object_add(line, ppt_key_name(PPT_KEY_WORKERS), workers);
    json_object_object_add(line, ppt_key_name(PPT_KEY_INNER_THREADS),
                           json_object_new_int64(why->inner_threads));
    json_object_object_add(line, ppt_key_name(PPT_KEY_TASK_COUNT),
                           json_object_new_int64((int64_t)why->task_count));
    return append(journal, line, error);
}

enum ppt_status ppt_journal_pass(struct ppt_journal *journal, const struct ppt_sample *sample,
                                 struct ppt_error *error)
{
    json_object *line = line_of("pass");

    ppt_sample_write(sample, line);
    return append(journal, line, error);
}

enum ppt_status ppt_journal_failed(struct ppt_journal *journal, const struct ppt_failure *failure,
                                   struct ppt_error *error)
{
    json_object *line = line_of("failed");

    ppt_fields_write(ppt_failure_fields, failure, 0, line);
    return append(journal, line, error);
}

enum ppt_status ppt_journal_end(struct ppt_journal *journal, enum ppt_status status,
                                struct ppt_error *error)
{
    json_object *line = line_of("end");

    ppt_fields_write(ppt_end_fields, &(int){status}, 0, line);
    return append(journal, line, error);
}
