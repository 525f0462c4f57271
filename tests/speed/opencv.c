#include "opencv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS PPT_DATA "/../tests/speed/python_tasks.py"

extern char **environ;

/* Python, with these ends of two pipes as its input and output; what it complains of is not shown.
 */
static int spawn(struct opencv *opencv, int input, int output)
{
    char python[] = "python3", tasks[] = TASKS;
    char *const words[] = {python, tasks, NULL};
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int code = posix_spawnp(&opencv->process, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        opencv->process = 0;
    }
    return code;
}

enum ppt_status opencv_start(struct opencv *opencv, const char *image)
{
    int orders[2], answers[2];
    struct ppt_error ignored;

    *opencv = (struct opencv){.image = image};
    /* A process that has ended is seen by what it does not answer. */
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(orders, O_CLOEXEC) != 0) {
        return PPT_FAILED;
    }
    if (pipe2(answers, O_CLOEXEC) != 0) {
        close(orders[0]);
        close(orders[1]);
        return PPT_FAILED;
    }
    opencv->to = fdopen(orders[1], "w");
    opencv->from = fdopen(answers[0], "r");
    const int code = spawn(opencv, orders[0], answers[1]);
    close(orders[0]);
    close(answers[1]);
    return code == 0 && opencv->to && opencv->from ? opencv_run(opencv, &ignored) : PPT_FAILED;
}

enum ppt_status opencv_run(void *state, struct ppt_error *error)
{
    struct opencv *opencv = state;
    char line[256] = "";
    double seconds = 0;

    fprintf(opencv->to, "{\"task\": \"img\", \"args\": [[\"%s\"]], \"count\": 1}\n", opencv->image);
    if (fflush(opencv->to) != 0 || !fgets(line, sizeof(line), opencv->from) ||
        sscanf(line, "{\"wall\": %lf", &seconds) != 1) {
        return ppt_fail(error, PPT_FAILED, "OpenCV's process has ended");
    }
    opencv->span_ns = (int64_t)(seconds * 1e9);
    return PPT_OK;
}

int64_t opencv_span_ns(const void *state)
{
    return ((const struct opencv *)state)->span_ns;
}

void opencv_stop(struct opencv *opencv)
{
    /* The end of its input ends it. */
    if (opencv->to) {
        fclose(opencv->to);
    }
    if (opencv->from) {
        fclose(opencv->from);
    }
    if (opencv->process > 0) {
        waitpid(opencv->process, NULL, 0);
    }
}
