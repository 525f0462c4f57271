#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "owned.h"

#define TICK_MS 100

#define FOLDER(member)                                                                             \
    {                                                                                              \
        PPT_FIELD_INNER(struct ppt_channel_start, member, #member, folder_fields)                  \
    }

static const struct ppt_field folder_fields[] = {
    {PPT_FIELD(struct ppt_channel_folder, fd, "fd"), .smallest = -1, .largest = 1e9},
    {PPT_FIELD(struct ppt_channel_folder, path, "path"), .flags = PPT_FIELD_SPARSE},
    {0},
};

const struct ppt_field ppt_channel_start_fields[] = {
    FOLDER(scratch),
    FOLDER(results),
    {PPT_FIELD(struct ppt_channel_start, blas, "blas"), .flags = PPT_FIELD_SPARSE},
    {0},
};

#define REQUEST(member, ...)                                                                       \
    {                                                                                              \
        PPT_FIELD(struct ppt_channel_request, member, #member), __VA_ARGS__                        \
    }

const struct ppt_field ppt_channel_request_fields[] = {
    REQUEST(open, .flags = PPT_FIELD_SPARSE),
    REQUEST(warm, .flags = PPT_FIELD_SPARSE),
    REQUEST(block, .largest = 1e18),
    {PPT_FIELD_INNER(struct ppt_channel_request, point, NULL, ppt_point_fields)},
    REQUEST(at_most, .flags = PPT_FIELD_SPARSE, .largest = 1e18),
    REQUEST(repeated, .flags = PPT_FIELD_SPARSE),
    REQUEST(work_dir, .flags = PPT_FIELD_SPARSE),
    {0},
};

const struct ppt_field ppt_channel_reply_fields[] = {
    {PPT_FIELD(struct ppt_channel_reply, status, "status"), .smallest = -1, .largest = 1e9},
    {PPT_FIELD(struct ppt_channel_reply, message, "message"), .flags = PPT_FIELD_SPARSE},
    {0},
};

/* Signals that stop the process and let it go on interrupt it. */
static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t sent = TEMP_FAILURE_RETRY(send(fd, data, length, MSG_NOSIGNAL));

        if (sent < 0) {
            return false;
        }
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool ppt_channel_send(const struct ppt_channel *channel, json_object *message)
{
    size_t length;
    const char *text = json_object_to_json_string_length(
        message, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(&line, "%s\n", text);
    json_object_put(message);
    return send_all(channel->fd, line.data, line.length);
}

/* The line that is there already, or NULL. */
static char *take_line(struct ppt_channel *channel)
{
    char *from = channel->buffer.data + channel->taken;
    char *end = channel->buffer.length > channel->taken
                    ? memchr(from, '\n', channel->buffer.length - channel->taken)
                    : NULL;

    if (!end) {
        return NULL;
    }
    *end = '\0';
    channel->taken += (size_t)(end - from) + 1;
    return from;
}

/* What was handed out makes room. */
static void move_down(struct ppt_channel *channel)
{
    if (channel->taken > 0) {
        channel->buffer.length -= channel->taken;
        memmove(channel->buffer.data, channel->buffer.data + channel->taken,
                channel->buffer.length + 1);
        channel->taken = 0;
    }
}

char *ppt_channel_receive(struct ppt_channel *channel, bool (*wait)(void *context), void *context)
{
    struct pollfd readable = {.fd = channel->fd, .events = POLLIN};
    char part[4096], *line;

    while (!(line = take_line(channel))) {
        move_down(channel);
        if (wait && !wait(context)) {
            return NULL;
        }
        /* A signal just before it is seen a moment later. */
        if (poll(&readable, 1, wait ? TICK_MS : -1) <= 0) {
            continue;
        }
        const ssize_t length = recv(channel->fd, part, sizeof(part) - 1, 0);
        if (length == 0 || (length < 0 && errno != EINTR)) {
            return NULL;
        }
        if (length > 0) {
            part[length] = '\0';
            ppt_text_add(&channel->buffer, part);
        }
    }
    return line;
}

void ppt_channel_close(struct ppt_channel *channel)
{
    if (channel->fd >= 0) {
        close(channel->fd);
        channel->fd = -1;
    }
    ppt_text_free(&channel->buffer);
}
