#include "file_digest.h"

#include <inttypes.h>
#include <stdio.h>

#include "digest.h"

const char *ppt_file_digest(const char *path, char out[PPT_FILE_DIGEST_SIZE])
{
    FILE *file = fopen(path, "re");
    char block[16384];
    uint64_t digest = 0;
    size_t got;

    while (file && (got = fread(block, 1, sizeof(block), file)) > 0) {
        digest = ppt_digest(digest, block, got);
    }
    if (!file || ferror(file)) {
        snprintf(out, PPT_FILE_DIGEST_SIZE, "unknown");
    } else {
        snprintf(out, PPT_FILE_DIGEST_SIZE, "%016" PRIx64, digest);
    }
    if (file) {
        fclose(file);
    }
    return out;
}
