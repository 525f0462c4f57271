#include "file_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "digest.h"
#include "input.h"

const char *ppt_file_digest(const char *path, char out[PPT_FILE_DIGEST_SIZE])
{
    struct ppt_error ignored;
    struct ppt_input input;
    char block[16384];
    uint64_t digest = 0;
    ssize_t got = -1;

    if (ppt_input_open(AT_FDCWD, path, PPT_INPUT_ANY, SIZE_MAX, path, &input, &ignored) == PPT_OK) {
        while ((got = read(input.fd, block, sizeof(block))) > 0 || (got < 0 && errno == EINTR)) {
            digest = got > 0 ? ppt_digest(digest, block, (size_t)got) : digest;
        }
        close(input.fd);
    }
    if (got < 0) {
        snprintf(out, PPT_FILE_DIGEST_SIZE, "unknown");
    } else {
        snprintf(out, PPT_FILE_DIGEST_SIZE, "%016" PRIx64, digest);
    }
    return out;
}
