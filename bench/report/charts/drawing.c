/*
 * Drawing happens in a scratch folder: whatever gnuplot does there, and however it ends, the folder
 * of the run only ever gets whole pictures.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "change.h"
#include "chart.h"
#include "charts.h"
#include "clock.h"
#include "file.h"
#include "memory.h"
#include "owned.h"
#include "workspace.h"

extern char **environ;

static const char *const sources[] = {".gp", ".dat", NULL};

#define LARGEST_FILE ((size_t)256 << 20)

/* Starts gnuplot in the folder, its output going nowhere; 0 or an errno. */
static int start(int folder, char *const *arguments, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all;
    int problem = posix_spawn_file_actions_init(&actions);

    if (problem != 0) {
        return problem;
    }
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    /* In the group of this program, so that a Ctrl-C is for it, too; and with no signal ignored. */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addfchdir_np(&actions, folder);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    problem = posix_spawnp(pid, "gnuplot", &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

/* In quotes that a shell reads back as the same word. */
static void add_shell_word(struct ppt_text *out, const char *word)
{
    ppt_text_add(out, "'");
    for (const char *c = word; *c; c++) {
        ppt_text_addf(out, *c == '\'' ? "'\\''" : "%c", *c);
    }
    ppt_text_add(out, "'");
}

/* Drawing takes about a second. What keeps gnuplot for ever is a file system or fonts that do not
 * answer, or a program of that name which is another. */
#define DEADLINE_S 60
#define POLL_S 0.005

/* Waits for its end and returns why it drew nothing, or NULL. */
static const char *await(pid_t pid)
{
    const double deadline_s = ppt_clock_setting_s("PPT_CHART_SECONDS", 1e-9, DEADLINE_S);
    const int64_t end_ns = ppt_clock_ns() + (int64_t)(fmin(deadline_s, 1e9) * 1e9);
    bool late = false;
    int state = 0;
    pid_t ended;

    while ((ended = waitpid(pid, &state, late ? 0 : WNOHANG)) == 0 ||
           (ended < 0 && errno == EINTR)) {
        if (ended == 0 && ppt_clock_ns() > end_ns) {
            late = true;
            kill(pid, SIGKILL);
        } else if (ended == 0) {
            ppt_clock_sleep(POLL_S, NULL);
        }
    }
    return late ? "took too long and was ended" : ended != pid || state != 0 ? "failed" : NULL;
}

/* "gnuplot -d NAME.gp ...": without what is in the user's or the machine's own settings of gnuplot,
 * which may be for other terminals and other data. */
static const char *run_gnuplot(int folder, const struct ppt_chart *charts, bool *ran)
{
    size_t count = 0;
    char **arguments;
    pid_t pid;

    while (charts[count].name) {
        count++;
    }
    arguments = ppt_alloc(count + 3, sizeof(*arguments));
    arguments[0] = ppt_strdup("gnuplot");
    arguments[1] = ppt_strdup("-d");
    for (size_t i = 0; i < count; i++) {
        arguments[i + 2] = ppt_text_format("%s.gp", charts[i].name);
    }
    const int problem = start(folder, arguments, &pid);
    for (size_t i = 0; i < count + 2; i++) {
        free(arguments[i]);
    }
    free(arguments);
    *ran = problem == 0;
    return problem == ENOENT ? "is not installed" : problem != 0 ? strerror(problem) : await(pid);
}

/* What is done with a file that has an ending behind a chart's name, whose data are `data`; as
 * ppt_file_write_in(). */
typedef enum ppt_status each(const struct ppt_folder *to, const char *file, const char *data,
                             size_t length, struct ppt_error *error);

/* The data are those in the folder `from`; NULL: none. */
static enum ppt_status for_each(const struct ppt_folder *from, const struct ppt_folder *to,
                                const struct ppt_chart *charts, const char *const *endings,
                                each *act, struct ppt_error *error)
{
    for (size_t i = 0; charts[i].name; i++) {
        for (size_t e = 0; endings[e]; e++) {
            char *file PPT_FREED = ppt_text_format("%s%s", charts[i].name, endings[e]);
            char *data PPT_FREED = NULL;
            size_t length = 0;

            if (from) {
                PPT_TRY(ppt_file_read_in(from, file, LARGEST_FILE, &data, &length, error));
            }
            PPT_TRY(act(to, file, data, length, error));
        }
    }
    return PPT_OK;
}

/* Of what is only for gnuplot nothing has to be on disk. */
static enum ppt_status lend(const struct ppt_folder *to, const char *file, const char *data,
                            size_t length, struct ppt_error *error)
{
    const int fd PPT_OWNED(ppt_file_close) = ppt_change_renew(to->fd, file);

    return fd >= 0 && ppt_file_write_all(fd, data, length) == PPT_OK
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "%s/%s: cannot be written: %s", to->path, file,
                          strerror(errno));
}

/* Whether it ends with that, but for white space. */
static bool ends_with(const char *data, size_t length, const char *end)
{
    const size_t size = strlen(end);

    while (length > 0 && strchr(" \t\r\n", data[length - 1])) {
        length--;
    }
    return length > size && memcmp(data + length - size, end, size) == 0;
}

bool ppt_svg_is_whole(const char *data, size_t length)
{
    return ends_with(data, length, "</svg>");
}

/* gnuplot does not look whether there was room for what it wrote. */
static bool is_whole(const char *data, size_t length)
{
    return ppt_svg_is_whole(data, length) || ends_with(data, length, "IEND\xae\x42\x60\x82") ||
           ends_with(data, length, "%%EOF");
}

static enum ppt_status look(const struct ppt_folder *to, const char *file, const char *data,
                            size_t length, struct ppt_error *error)
{
    (void)to;
    return is_whole(data, length) ? PPT_OK : ppt_fail(error, PPT_FAILED, "%s: is not whole", file);
}

/* One of an earlier time would show other figures than the rest. Where there is no gnuplot at all
 * it stays: it was drawn elsewhere, by hand. */
static enum ppt_status forget(const struct ppt_folder *to, const char *file, const char *data,
                              size_t length, struct ppt_error *error)
{
    (void)data;
    (void)length;
    (void)error;
    (void)ppt_change_remove(to->fd, file);
    return PPT_OK;
}

enum ppt_status ppt_gnuplot_draw(const struct ppt_folder *folder, const struct ppt_chart *charts,
                                 struct ppt_text *notes, struct ppt_error *error)
{
    struct ppt_workspace workspace PPT_OWNED(ppt_workspace_remove) = {0};
    struct ppt_error problem;
    const struct ppt_folder *scratch = &workspace.folder;
    enum ppt_status status = PPT_OK;
    bool ran = false;
    const bool ready = ppt_workspace_create(&workspace, &problem) == PPT_OK &&
                       for_each(folder, scratch, charts, sources, lend, &problem) == PPT_OK;
    const char *why = ready ? run_gnuplot(scratch->fd, charts, &ran) : problem.text;

    /* A program of that name may be another one. */
    if (!why && for_each(scratch, NULL, charts, ppt_chart_pictures, look, &problem) != PPT_OK) {
        why = "made no whole pictures";
    }
    if (why) {
        ppt_text_addf(notes, "charts were not drawn: %s%s; draw them with: cd ",
                      ready ? "gnuplot " : "", why);
        add_shell_word(notes, folder->path);
        ppt_text_add(notes, " && gnuplot -d *.gp\n");
    } else {
        status = for_each(scratch, folder, charts, ppt_chart_pictures, ppt_file_write_in, error);
    }
    if (ran && (why || status != PPT_OK)) {
        for_each(NULL, folder, charts, ppt_chart_pictures, forget, &problem);
    }
    return status;
}
