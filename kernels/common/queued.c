#include "queued.h"

#include <fcntl.h>
#include <unistd.h>

/* The number that the text begins with, and in *rest what is behind it; -1: there is none. */
static int64_t take_number(const char *text, const char **rest)
{
    int64_t number = 0;
    const char *at = text;

    while (*at >= '0' && *at <= '9' && number < INT64_MAX / 10 - 1) {
        number = 10 * number + (*at++ - '0');
    }
    *rest = at;
    return at == text ? -1 : number;
}

/* Time on a CPU, time waiting for one, time slices. */
int64_t ppt_queued_ns(const char *path)
{
    char text[64];
    const char *rest;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

    if (fd >= 0) {
        close(fd);
    }
    text[got > 0 ? got : 0] = '\0';
    return take_number(text, &rest) < 0 || *rest != ' ' ? -1 : take_number(rest + 1, &rest);
}

int64_t ppt_queued_of_ns(int64_t pid)
{
    char digits[20], path[48] = "/proc/";
    const char name[] = "/schedstat";
    int count = 0, at = 6;

    do {
        digits[count++] = (char)('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    while (count > 0) {
        path[at++] = digits[--count];
    }
    for (int i = 0; name[i]; i++) {
        path[at++] = name[i];
    }
    path[at] = '\0';
    return ppt_queued_ns(path);
}
