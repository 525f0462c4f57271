/*
 * io: what the kernel adds to the file system's own work. The references write and copy with plain
 * system calls, in the same chunks and the same folder, and delete the files as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include "bounds.h"
#include "clock.h"
#include "digest.h"
#include "plain.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"
#include "tempfile.h"

#define MIB 50
#define CHUNK PPT_TEMPFILE_CHUNK
#define BYTES ((size_t)MIB << 20)

extern const struct ppt_kernel ppt_kernel_io;

enum bytes_from {
    FROM_MEMORY, /* the kernel's bytes, made beforehand: to see that the files are the same. 50 MiB
                  * are in no cache, where the kernel's buffer is */
    FROM_CHUNK,  /* the first chunk of them, over and over */
    FROM_GETRANDOM /* made anew by the system */
};

struct bare {
    struct plain source, copy;
    unsigned char *bytes;  /* BYTES */
    unsigned char *buffer; /* CHUNK */
    enum bytes_from from;
    bool check; /* compute the kernel's digest, which is not timed then */
    uint64_t digest;
};

static enum ppt_status fill_by_system(unsigned char *buffer, size_t bytes, struct ppt_error *error)
{
    for (size_t at = 0; at < bytes;) {
        const ssize_t got = getrandom(buffer + at, bytes - at, 0);

        if (got < 0 && errno != EINTR) {
            return ppt_fail(error, PPT_FAILED, "getrandom: %s", strerror(errno));
        }
        at += got > 0 ? (size_t)got : 0;
    }
    return PPT_OK;
}

static enum ppt_status write_source(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status = plain_create(&bare->source, error);

    for (size_t at = 0; status == PPT_OK && at < BYTES; at += CHUNK) {
        const unsigned char *chunk = bare->bytes;

        if (bare->from == FROM_MEMORY) {
            chunk = bare->bytes + at;
        } else if (bare->from == FROM_GETRANDOM) {
            status = fill_by_system(bare->buffer, CHUNK, error);
            chunk = bare->buffer;
        }
        if (status == PPT_OK) {
            status = plain_write(&bare->source, chunk, CHUNK, error);
        }
    }
    return status == PPT_OK ? plain_close(&bare->source, error) : status;
}

static enum ppt_status copy_source(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status = plain_open(&bare->source, error);
    size_t got = 1;

    bare->digest = 0;
    if (status == PPT_OK) {
        status = plain_create(&bare->copy, error);
    }
    while (status == PPT_OK && got > 0) {
        status = plain_read(&bare->source, bare->buffer, CHUNK, &got, error);
        if (status == PPT_OK && got > 0) {
            status = plain_write(&bare->copy, bare->buffer, got, error);
        }
        if (bare->check) {
            bare->digest = ppt_digest(bare->digest, bare->buffer, got);
        }
    }
    if (status == PPT_OK) {
        status = plain_close(&bare->copy, error);
    }
    return status == PPT_OK ? plain_close(&bare->source, error) : status;
}

static enum ppt_status run_bare(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    enum ppt_status status = write_source(bare, error);

    if (status == PPT_OK) {
        status = copy_source(bare, error);
    }
    if (status == PPT_OK) {
        status = plain_remove(&bare->source, error);
    }
    return status == PPT_OK ? plain_remove(&bare->copy, error) : status;
}

static enum ppt_status run_fill(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    struct ppt_rng_bulk rng;

    (void)error;
    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    for (size_t at = 0; at < BYTES; at += CHUNK) {
        ppt_rng_fill_bytes(&rng, bare->buffer, CHUNK);
    }
    SPEED_KEEP(bare->buffer);
    return PPT_OK;
}

static enum ppt_status run_getrandom(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    enum ppt_status status = PPT_OK;

    for (size_t at = 0; status == PPT_OK && at < BYTES; at += CHUNK) {
        status = fill_by_system(bare->buffer, CHUNK, error);
    }
    return status;
}

/* The files that the reference makes are those that the kernel makes. */
static enum ppt_status check(struct bare *bare, struct solo *solo, struct ppt_error *error)
{
    enum ppt_status status;

    PPT_TRY(solo_run(solo, error));
    bare->from = FROM_MEMORY;
    bare->check = true;
    status = run_bare(bare, error);
    bare->check = false;
    if (status == PPT_OK && ppt_digest_word(bare->digest, BYTES) != solo->digest) {
        status = ppt_fail(error, PPT_DIFFERS, "io: the reference copied other bytes");
    }
    return status;
}

static enum ppt_status io_hold_all(const struct venue *venue, struct solo *solo, struct bare *bare,
                                   struct ppt_error *error)
{
    struct contest contest = {
        .measured = {"50 MiB", solo_run, .state = solo, .units = 1},
        .reference = {"one chunk over and over, by write and read", run_bare, .state = bare,
                      .units = 1},
        .unit = "ms",
        .unit_ns = 1e6,
        .bar = CONTEST_RATIO,
        .limit = 1.3,
    };
    enum ppt_status status = check(bare, solo, error);

    if (status == PPT_OK) {
        bare->from = FROM_CHUNK;
        status = contest_hold(venue, &contest, error);
    }
    contest.ratio = CONTEST_SPEED;
    contest.limit = 4;
    if (status == PPT_OK) {
        bare->from = FROM_GETRANDOM;
        contest.reference.name = "the same with bytes from getrandom";
        status = contest_hold(venue, &contest, error);
    }
    if (status == PPT_OK) {
        contest.bar = CONTEST_NO_BAR;
        contest.measured = (struct contestant){"50 MiB of random bytes alone", run_fill,
                                               .state = bare, .units = 1};
        contest.reference =
            (struct contestant){"getrandom", run_getrandom, .state = bare, .units = 1};
        status = contest_hold(venue, &contest, error);
    }
    return status;
}

/* ---- against the ceiling ---- */

/* The same bytes written, copied and read once, by the barest calls. */
struct barest {
    struct plain source, copy;
    struct ppt_ceiling_chunk chunk;
    bool by_range; /* copied by the system itself, and read; else read and written */
    bool reserved; /* the room for both files is asked for before they are written */
};

static enum ppt_status create_barest(const struct barest *b, struct plain *file,
                                     struct ppt_error *error)
{
    PPT_TRY(plain_create(file, error));
    return !b->reserved || fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, BYTES) == 0
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "fallocate: %s", strerror(errno));
}

static enum ppt_status read_and_write(struct barest *b, struct ppt_error *error)
{
    for (size_t at = 0; at < BYTES; at += b->chunk.bytes) {
        PPT_TRY(ppt_ceiling_read(b->source.fd, b->chunk, b->chunk.bytes, error));
        PPT_TRY(ppt_ceiling_write(b->copy.fd, b->chunk, b->chunk.bytes, error));
    }
    return PPT_OK;
}

static enum ppt_status copy_and_read(struct barest *b, struct ppt_error *error)
{
    PPT_TRY(ppt_ceiling_copy_file(b->source.fd, b->copy.fd, BYTES, error));
    PPT_TRY(plain_close(&b->source, error));
    PPT_TRY(plain_open(&b->source, error));
    return ppt_ceiling_read(b->source.fd, b->chunk, BYTES, error);
}

static enum ppt_status run_barest(void *state, struct ppt_error *error)
{
    struct barest *b = state;

    PPT_TRY(create_barest(b, &b->source, error));
    PPT_TRY(ppt_ceiling_write(b->source.fd, b->chunk, BYTES, error));
    PPT_TRY(plain_close(&b->source, error));
    PPT_TRY(plain_open(&b->source, error));
    PPT_TRY(create_barest(b, &b->copy, error));
    PPT_TRY(b->by_range ? copy_and_read(b, error) : read_and_write(b, error));
    PPT_TRY(plain_close(&b->copy, error));
    PPT_TRY(plain_close(&b->source, error));
    PPT_TRY(plain_remove(&b->source, error));
    return plain_remove(&b->copy, error);
}

static const char *const ways[] = {"write, then read and write", "write, copy_file_range, read",
                                   "fallocate, write, then read and write",
                                   "fallocate, write, copy_file_range, read"};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void take_way(struct barest *b, size_t way)
{
    b->by_range = way % 2 == 1;
    b->reserved = way / 2 == 1;
}

/* The fastest way here, by the fastest of a few runs of each in turns: the first, which every file
 * system knows, or another that this one knows as well. Returns it. */
static enum ppt_status choose_way(struct barest *b, size_t *best, struct ppt_error *error)
{
    int64_t fastest[WAYS], least = INT64_MAX;
    struct ppt_error ignored;

    for (size_t i = 0; i < 5 * WAYS; i++) {
        const size_t way = i % WAYS;

        take_way(b, way);
        const int64_t start = ppt_clock_ns();
        const enum ppt_status status = run_barest(b, way == 0 ? error : &ignored);
        const int64_t ns = ppt_clock_ns() - start;

        if (status != PPT_OK && way == 0) {
            return status;
        }
        if (status != PPT_OK) {
            plain_clear(&b->source);
            plain_clear(&b->copy);
            fastest[way] = INT64_MAX;
        } else if (i < WAYS || ns < fastest[way]) {
            fastest[way] = ns;
        }
    }
    for (size_t way = 0; way < WAYS; way++) {
        if (fastest[way] < least) {
            least = fastest[way];
            *best = way;
        }
    }
    take_way(b, *best);
    return PPT_OK;
}

enum ppt_status bound_io(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = MIB}};
    struct barest barest = {.chunk = {ppt_scratch_alloc(CHUNK, "io", error), CHUNK}};
    struct bound bound = {
        .measured = {"io: 50 MiB", .units = 1},
        .ceiling = {"", run_barest, .state = &barest, .units = 1},
        .known = {"the same"},
        .unit = "ms",
        .unit_ns = 1e6,
        .rate = "GB/s written",
        .work = 2.0 * BYTES,
        .least_share = 1 / 1.1,
    };
    enum ppt_status status = PPT_FAILED;
    size_t way = 0;

    if (barest.chunk.at) {
        memset(barest.chunk.at, 1, CHUNK);
        plain_name(&barest.source, venue->scratch->path, "barest.source");
        plain_name(&barest.copy, venue->scratch->path, "barest.copy");
        status = choose_way(&barest, &way, error);
    }
    if (status == PPT_OK) {
        bound.ceiling.name = ways[way];
        status = bound_hold_task(venue, &ppt_kernel_io, args, bound, error);
    }
    free(barest.chunk.at);
    return status;
}

enum ppt_status speed_io(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = MIB}};
    struct bare bare = {.from = FROM_MEMORY};
    struct ppt_rng_bulk rng;
    struct solo solo;
    enum ppt_status status = solo_start(&solo, &ppt_kernel_io, args, venue->scratch, error);

    if (status != PPT_OK) {
        goto out;
    }
    status = PPT_FAILED;
    bare.bytes = ppt_scratch_alloc(BYTES, "io", error);
    bare.buffer = ppt_scratch_alloc(CHUNK, "io", error);
    if (!bare.bytes || !bare.buffer) {
        goto out;
    }
    plain_name(&bare.source, venue->scratch->path, "bare.source");
    plain_name(&bare.copy, venue->scratch->path, "bare.copy");
    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    ppt_rng_fill_bytes(&rng, bare.bytes, BYTES);
    status = io_hold_all(venue, &solo, &bare, error);
out:
    free(bare.bytes);
    free(bare.buffer);
    solo_stop(&solo);
    return status;
}
