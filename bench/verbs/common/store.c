#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"
#include "file.h"
#include "host.h"
#include "input.h"
#include "memory.h"
#include "name.h"
#include "owned.h"
#include "text.h"

#define ENDING ".json"
#define MOST_BYTES (16 << 20)

/* ---- the folder ---- */

/* Of it the folder above, and its own name. */
static enum ppt_status find_store(char **above, char **name, struct ppt_error *error)
{
    const char *own = getenv(PPT_STATE_VARIABLE), *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const char *slash;

    if (own && *own) {
        char *path PPT_FREED = ppt_strdup(own);

        for (size_t end = strlen(path); end > 1 && path[end - 1] == '/'; end--) {
            path[end - 1] = '\0';
        }
        slash = strrchr(path, '/');
        *name = ppt_strdup(slash ? slash + 1 : path);
        *above = !slash         ? ppt_strdup(".")
                 : slash > path ? ppt_text_format("%.*s", (int)(slash - path), path)
                                : ppt_strdup("/");
        return PPT_OK;
    }
    *name = ppt_strdup("ppt-omp");
    /* Relative ones are to be ignored, says the standard that has made it up. */
    if (state && *state == '/') {
        *above = ppt_strdup(state);
        return PPT_OK;
    }
    if (!home || *home != '/') {
        return ppt_fail(error, PPT_FAILED,
                        "there is no folder for verdicts: set %s to one, or HOME",
                        PPT_STATE_VARIABLE);
    }
    *above = ppt_text_format("%s/.local/state", home);
    return PPT_OK;
}

/* Whether nobody but this user can have made of it what it is. */
static enum ppt_status check_owner(int fd, const char *path, enum ppt_status status,
                                   struct ppt_error *error)
{
    struct stat about;

    if (fstat(fd, &about) != 0) {
        return ppt_fail(error, status, "%s: cannot be examined: %s", path, strerror(errno));
    }
    if (about.st_uid != geteuid()) {
        return ppt_fail(error, status, "%s: belongs to another user, and is not believed", path);
    }
    return about.st_mode & (S_IWGRP | S_IWOTH)
               ? ppt_fail(error, status,
                          "%s: others may write to it, so it is not believed; chmod go-w helps",
                          path)
               : PPT_OK;
}

enum ppt_status ppt_store_open(bool create, struct ppt_folder *folder, struct ppt_error *error)
{
    char *above PPT_FREED = NULL, *name PPT_FREED = NULL;
    struct ppt_folder outer PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_folder found PPT_OWNED(ppt_folder_close) = {0};
    struct stat about;

    *folder = (struct ppt_folder){0};
    PPT_TRY(find_store(&above, &name, error));
    char *path PPT_FREED = ppt_text_format("%s/%s", above, name);
    if (!create && lstat(path, &about) != 0 && errno == ENOENT) {
        return PPT_OK;
    }
    if (create) {
        PPT_TRY(ppt_file_make_folders(above, error));
    }
    PPT_TRY(ppt_folder_open(above, &outer, error));
    if (create && mkdirat(outer.fd, name, 0700) != 0 && errno != EEXIST) {
        return ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", path,
                        strerror(errno));
    }
    PPT_TRY(ppt_folder_enter(&outer, name, false, &found, error));
    PPT_TRY(check_owner(found.fd, path, PPT_FAILED, error));
    *folder = found;
    found = (struct ppt_folder){0};
    return PPT_OK;
}

/* ---- a file in it ---- */

enum ppt_status ppt_store_write(const struct ppt_folder *folder, const char *name, const char *text,
                                struct ppt_error *error)
{
    char *file PPT_FREED = ppt_text_format("%s" ENDING, name);
    struct ppt_draft draft PPT_OWNED(ppt_draft_drop) = {.fd = -1};

    PPT_TRY(ppt_draft_open_in(folder, file, &draft, error));
    if (fchown(draft.fd, geteuid(), (gid_t)-1) != 0 || fchmod(draft.fd, 0600) != 0 ||
        ppt_file_write_all(draft.fd, text, strlen(text)) != PPT_OK) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", draft.path,
                        strerror(errno));
    }
    return ppt_draft_place(&draft, error);
}

enum ppt_status ppt_store_read(const struct ppt_folder *folder, const char *name, char **text,
                               struct ppt_error *error)
{
    char *file PPT_FREED = ppt_text_format("%s" ENDING, name);
    char *path PPT_FREED = ppt_folder_path(folder, file);
    struct ppt_input input;
    struct stat about;
    size_t length;

    *text = NULL;
    if (fstatat(folder->fd, file, &about, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        return PPT_OK;
    }
    PPT_TRY(ppt_input_open(folder->fd, file, PPT_INPUT_NO_LINK, MOST_BYTES, path, &input, error));
    const int fd PPT_OWNED(ppt_file_close) = input.fd;
    PPT_TRY(check_owner(fd, path, PPT_BAD_INPUT, error));
    PPT_TRY(ppt_input_read(&input, path, text, &length, error));
    if (strlen(*text) != length) {
        free(*text);
        *text = NULL;
        return ppt_fail(error, PPT_BAD_INPUT, "%s: is damaged: holds a zero byte", path);
    }
    return PPT_OK;
}

/* ---- all of them ---- */

static void close_listing(DIR **entries)
{
    if (*entries) {
        closedir(*entries);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The name that is kept in such a file; NULL: it is none of ours. To be given to free(). */
static char *name_of(const char *file)
{
    const size_t length = strlen(file), ending = strlen(ENDING);
    char *name PPT_FREED = NULL;

    if (length > ending && strcmp(file + length - ending, ENDING) == 0) {
        name = ppt_text_format("%.*s", (int)(length - ending), file);
    }
    return name && !ppt_name_wrong(name) ? ppt_given(&name) : NULL;
}

enum ppt_status ppt_store_parse(const char *text, const char *path, const struct ppt_field *rows,
                                unsigned version, void *record, struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    const unsigned *form = (const unsigned *)(const void *)((const char *)record + rows[0].offset);

    ppt_source_from_text(&source, path, text);
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    if (!json_object_is_type(value, json_type_object)) {
        return ppt_item_reject(&item, error, "must be an object");
    }
    PPT_TRY(ppt_fields_read(rows, &item, 0, record, error));
    return *form == version ? PPT_OK
                            : ppt_fail(error, PPT_BAD_INPUT,
                                       "%s: has the form %u, which this version (%u) cannot read",
                                       path, *form, version);
}

char **ppt_store_names(const struct ppt_folder *folder)
{
    const int fd = fcntl(folder->fd, F_DUPFD_CLOEXEC, 0);
    DIR *entries PPT_OWNED(close_listing) = fd >= 0 ? fdopendir(fd) : NULL;
    char **names = ppt_alloc(1, sizeof(*names));
    const struct dirent *entry;
    size_t count = 0;

    if (!entries) {
        ppt_file_close(&fd);
        return names;
    }
    while ((entry = readdir(entries)) != NULL) {
        char *name = name_of(entry->d_name);

        if (name) {
            names = ppt_realloc(names, count + 2, sizeof(*names));
            names[count++] = name;
        }
    }
    qsort(names, count, sizeof(*names), compare_names);
    names[count] = NULL;
    return names;
}
