#include "gnuplot.h"

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

#include "clock.h"
#include "file.h"
#include "memory.h"

extern char **environ;

const char *const ppt_chart_colours[PPT_CHART_COLOURS] = {
    "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#8C6D1F"};
const int ppt_chart_marks[PPT_CHART_COLOURS] = {7, 5, 9, 11, 13, 6, 4, 8};

void ppt_gnuplot_quote(struct ppt_text *out, const char *text)
{
    ppt_text_add(out, "'");
    for (const char *c = text; *c; c++) {
        /* A control character would end the command. */
        ppt_text_addf(out, *c == '\'' ? "''" : "%c", (unsigned char)*c < ' ' ? ' ' : *c);
    }
    ppt_text_add(out, "'");
}

static void add_head(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "# Draw with: gnuplot %s.gp   (makes %s.svg and %s.png; the data is in "
                  "%s.dat)\n"
                  "reset session\n"
                  "set encoding utf8\n"
                  "set border 3 lw 1\n"
                  "set tics nomirror out\n"
                  "set grid ytics lc rgb '#d9d9d9' lw 1\n"
                  "set key outside bottom center horizontal reverse Left samplen 3\n"
                  "set pointintervalbox 0\n"
                  "set termoption noenhanced\n",
                  chart->name, chart->name, chart->name, chart->name);
}

static void add_tail(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "set terminal push\n"
                  "set terminal pngcairo noenhanced size 1440,900 font 'DejaVu Sans,22' lw 2 "
                  "pointscale 2 background rgb 'white'\n"
                  "set output '%s.png'\n"
                  "replot\n"
                  "set output\n",
                  chart->name);
}

static enum ppt_status write_file(const char *folder, const char *name, const char *ending,
                                  const struct ppt_text *text, struct ppt_error *error)
{
    char *path = ppt_text_format("%s/%s.%s", folder, name, ending);
    const enum ppt_status status = ppt_file_write(path, text->data, text->length, error);

    free(path);
    return status;
}

enum ppt_status ppt_chart_write(struct ppt_chart *chart, const char *folder,
                                struct ppt_error *error)
{
    struct ppt_text script = {0};
    enum ppt_status status;

    add_head(chart, &script);
    /* The name prefixes the ids inside, so that several charts can be put into one page. */
    ppt_text_addf(&script,
                  "set terminal svg noenhanced size 720,450 dynamic font 'DejaVu Sans,12' name "
                  "'%s' background rgb 'white'\n"
                  "set output '%s.svg'\n",
                  chart->name, chart->name);
    ppt_text_add(&script, chart->plot.data);
    add_tail(chart, &script);
    status = write_file(folder, chart->name, "dat", &chart->data, error);
    if (status == PPT_OK) {
        status = write_file(folder, chart->name, "gp", &script, error);
    }
    ppt_text_free(&script);
    ppt_text_free(&chart->data);
    ppt_text_free(&chart->plot);
    return status;
}

/* Starts gnuplot in the folder, its output going nowhere; 0 or an errno. */
static int start(const char *folder, char *const *arguments, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all;
    int problem = posix_spawn_file_actions_init(&actions);

    if (problem != 0) {
        return problem;
    }
    /* Signals that this program ignores are not ignored there. */
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
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

static double deadline_s(void)
{
    const char *text = getenv("PPT_CHART_SECONDS");
    char *end = NULL;
    const double seconds = text ? strtod(text, &end) : 0;

    return text && end != text && *end == '\0' && seconds > 0 ? seconds : DEADLINE_S;
}

/* Waits for its end and returns why it drew nothing, or NULL. */
static const char *await(pid_t pid)
{
    const int64_t end_ns = ppt_clock_ns() + (int64_t)(fmin(deadline_s(), 1e9) * 1e9);
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

static void remove_pictures(const char *folder, const char *const *names)
{
    static const char *const endings[] = {"svg", "png"};

    for (size_t i = 0; names[i]; i++) {
        for (size_t e = 0; e < sizeof(endings) / sizeof(endings[0]); e++) {
            char *path = ppt_text_format("%s/%s.%s", folder, names[i], endings[e]);

            unlink(path);
            free(path);
        }
    }
}

void ppt_gnuplot_draw(const char *folder, const char *const *names, struct ppt_text *notes)
{
    size_t count = 0;
    char **arguments;
    pid_t pid;

    while (names[count]) {
        count++;
    }
    arguments = ppt_alloc(count + 2, sizeof(*arguments));
    arguments[0] = ppt_strdup("gnuplot");
    for (size_t i = 0; i < count; i++) {
        arguments[i + 1] = ppt_text_format("%s.gp", names[i]);
    }
    const int problem = start(folder, arguments, &pid);
    const char *why = problem == ENOENT ? "is not installed"
                      : problem != 0    ? strerror(problem)
                                        : await(pid);
    if (problem == 0 && why) {
        remove_pictures(folder, names);
    }
    if (why) {
        ppt_text_addf(notes, "charts were not drawn: gnuplot %s; draw them with: cd ", why);
        add_shell_word(notes, folder);
        ppt_text_add(notes, " && gnuplot *.gp\n");
    }
    for (size_t i = 0; i <= count; i++) {
        free(arguments[i]);
    }
    free(arguments);
}
