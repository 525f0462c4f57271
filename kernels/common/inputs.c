#include "inputs.h"

#include <string.h>
#include <sys/stat.h>

#include "digest.h"
#include "file_digest.h"

#define MOST_READ ((int64_t)256 << 20)

/* Continues from `digest` with a file; `left` is how much may still be read. */
static uint64_t add_file(uint64_t digest, const char *path, const struct stat *about, int64_t *left)
{
    char content[PPT_FILE_DIGEST_SIZE];

    digest = ppt_digest_word(digest, (uint64_t)about->st_size);
    if (about->st_size > *left) {
        digest = ppt_digest_word(digest, (uint64_t)about->st_mtim.tv_sec);
        return ppt_digest_word(digest, (uint64_t)about->st_mtim.tv_nsec);
    }
    *left -= about->st_size;
    ppt_file_digest(path, content);
    return ppt_digest(digest, content, strlen(content));
}

uint64_t ppt_inputs_digest(const struct ppt_texts *inputs)
{
    uint64_t digest = inputs->count;
    int64_t left = MOST_READ;

    for (size_t i = 0; i < inputs->count; i++) {
        struct stat about;

        digest = ppt_digest(digest, inputs->items[i], strlen(inputs->items[i]) + 1);
        if (stat(inputs->items[i], &about) == 0 && S_ISREG(about.st_mode)) {
            digest = add_file(digest, inputs->items[i], &about, &left);
        }
    }
    return digest;
}
