#include "witness.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "file_digest.h"
#include "memory.h"

/* File systems record times by the clock's tick, and some by the second. */
#define FRESH_NS INT64_C(2000000000)

#define WITNESS(member) PPT_FIELD(struct ppt_witness, member, #member)
/* Many readers of JSON round numbers of 64 bits. */
#define WITNESS_BITS(member)                                                                       \
    {                                                                                              \
        .key = #member, .kind = PPT_FIELD_DIGEST, .offset = offsetof(struct ppt_witness, member)   \
    }

const struct ppt_field ppt_witness_fields[] = {
    {WITNESS(path)},
    {WITNESS(size), .largest = 9e18},
    {WITNESS(mtime_ns), .smallest = -9e18, .largest = 9e18},
    {WITNESS(ctime_ns), .smallest = -9e18, .largest = 9e18},
    WITNESS_BITS(device),
    WITNESS_BITS(inode),
    {WITNESS(digest)},
    {WITNESS(fresh)},
    {0},
};

static int64_t ns_of(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* What the system records of a file. */
static bool look(const char *path, struct ppt_witness *seen)
{
    struct stat about;

    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        return false;
    }
    *seen = (struct ppt_witness){
        .size = (uint64_t)about.st_size,
        .mtime_ns = ns_of(about.st_mtim),
        .ctime_ns = ns_of(about.st_ctim),
        .device = (uint64_t)about.st_dev,
        .inode = (uint64_t)about.st_ino,
    };
    return true;
}

static bool looks_alike(const struct ppt_witness *a, const struct ppt_witness *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
           a->device == b->device && a->inode == b->inode;
}

bool ppt_witness_take(const char *path, struct ppt_witness *witness)
{
    char digest[PPT_FILE_DIGEST_SIZE];
    struct ppt_witness after;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (!look(path, witness) || strcmp(ppt_file_digest(path, digest), "unknown") == 0) {
        *witness = (struct ppt_witness){0};
        return false;
    }
    witness->fresh = !look(path, &after) || !looks_alike(witness, &after) ||
                     witness->ctime_ns > ns_of(now) - FRESH_NS;
    witness->path = ppt_strdup(path);
    witness->digest = ppt_strdup(digest);
    return true;
}

void ppt_witness_free(struct ppt_witness *witness)
{
    ppt_fields_free(ppt_witness_fields, witness);
    *witness = (struct ppt_witness){0};
}

bool ppt_witness_holds(const struct ppt_witness *witness)
{
    char digest[PPT_FILE_DIGEST_SIZE];
    struct ppt_witness now;

    if (!look(witness->path, &now) || now.size != witness->size) {
        return false;
    }
    return (!witness->fresh && looks_alike(witness, &now)) ||
           strcmp(ppt_file_digest(witness->path, digest), witness->digest) == 0;
}
