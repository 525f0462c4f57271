#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"
#include "owned.h"

/* Longer ones name nothing that could be opened. */
#define LONGEST_PATH 8192

__attribute__((format(printf, 2, 0))) static bool set_path(char *out, const char *format,
                                                           va_list arguments)
{
    const int length = vsnprintf(out, LONGEST_PATH, format, arguments);

    return length >= 0 && length < LONGEST_PATH;
}

__attribute__((format(printf, 3, 0))) static bool read_start(char *text, size_t size,
                                                             const char *format, va_list arguments)
{
    char path[LONGEST_PATH];
    const int fd PPT_OWNED(ppt_file_close) =
        set_path(path, format, arguments) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;

    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

bool ppt_probe_text(char *text, size_t size, const char *path, ...)
{
    va_list arguments;

    va_start(arguments, path);
    const bool got = read_start(text, size, path, arguments);
    va_end(arguments);
    return got;
}

bool ppt_probe_line(char *line, size_t size, const char *path, ...)
{
    va_list arguments;

    va_start(arguments, path);
    const bool got = read_start(line, size, path, arguments);
    va_end(arguments);
    line[strcspn(line, "\n")] = '\0';
    return got && *line;
}

static bool parse(const char *text, int64_t *number)
{
    char *end = NULL;

    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (end == text || errno != 0) {
        return false;
    }
    *number = value;
    return true;
}

bool ppt_probe_number(int64_t *number, const char *path, ...)
{
    char text[64];
    va_list arguments;

    va_start(arguments, path);
    const bool got = read_start(text, sizeof(text), path, arguments);
    va_end(arguments);
    return got && parse(text, number);
}

__attribute__((format(printf, 2, 0))) static char *find_field(const char *key, const char *format,
                                                              va_list arguments)
{
    char path[LONGEST_PATH];
    FILE *stream PPT_OWNED(ppt_file_close_stream) =
        set_path(path, format, arguments) ? fopen(path, "re") : NULL;
    const size_t length = strlen(key);
    char *line PPT_FREED = NULL, *value = NULL;
    size_t room = 0;

    while (stream && !value && getline(&line, &room, stream) > 0) {
        const size_t gap = strncmp(line, key, length) == 0 ? strspn(line + length, " \t:") : 0;

        if (gap > 0) {
            line[strcspn(line, "\n")] = '\0';
            value = ppt_strdup(line + length + gap);
        }
    }
    return value;
}

char *ppt_probe_field(const char *key, const char *path, ...)
{
    va_list arguments;

    va_start(arguments, path);
    char *value = find_field(key, path, arguments);
    va_end(arguments);
    return value;
}

int64_t ppt_probe_count(const char *key, int64_t missing, const char *path, ...)
{
    int64_t number = missing;
    va_list arguments;

    va_start(arguments, path);
    char *value PPT_FREED = find_field(key, path, arguments);
    va_end(arguments);
    if (value && !parse(value, &number)) {
        number = missing;
    }
    return number;
}
