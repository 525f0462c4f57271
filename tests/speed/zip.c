/*
 * zip: what the kernel adds to zlib and to the file system. There are two references, both with
 * the parameters, the chunks and the bytes of the kernel: zlib alone, from memory to memory, and
 * zlib with the plain system calls that write, read and delete the same three files.
 *
 * Neither makes the bytes, compares the restored ones or computes a digest, as the kernel does.
 */
#include <string.h>
#include <zlib.h>

#include "bounds.h"
#include "gzip.h"
#include "known.h"
#include "plain.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define CHUNK PPT_TEMPFILE_CHUNK
#define LEVEL 9
#define WINDOW_BITS (15 + 16) /* gzip headers */
#define MEMORY_LEVEL 8

extern const struct ppt_kernel ppt_kernel_zip;

enum { CONTENT_RANDOM, CONTENT_TEXT }; /* the order of the kernel's choices */

struct bare {
    size_t bytes;
    unsigned char *given;    /* the kernel's bytes */
    unsigned char *expected; /* what it makes of them */
    size_t packed_bytes;     /* of expected, and of what was packed last */
    unsigned char *packed;   /* packed_room */
    size_t packed_room;
    unsigned char *restored; /* bytes */
    unsigned char *in, *out; /* CHUNK each */
    z_stream deflater, inflater;
    struct plain plain_file, packed_file, restored_file;
    struct libdeflate_compressor *packer;
    struct libdeflate_decompressor *unpacker;
};

/* ---- from memory to memory ---- */

static enum ppt_status refuse(const z_stream *z, int code, struct ppt_error *error)
{
    return ppt_fail(error, PPT_FAILED, "zlib: %s", z->msg ? z->msg : zError(code));
}

static enum ppt_status pack_memory(struct bare *bare, struct ppt_error *error)
{
    z_stream *z = &bare->deflater;
    int code = deflateReset(z);

    z->next_out = bare->packed;
    z->avail_out = (uInt)bare->packed_room;
    for (size_t at = 0; at < bare->bytes; at += CHUNK) {
        z->next_in = bare->given + at;
        z->avail_in = CHUNK;
        code = deflate(z, at + CHUNK < bare->bytes ? Z_NO_FLUSH : Z_FINISH);
    }
    return code == Z_STREAM_END ? PPT_OK : refuse(z, code, error);
}

static enum ppt_status unpack_memory(struct bare *bare, struct ppt_error *error)
{
    z_stream *z = &bare->inflater;
    int code = inflateReset(z);

    z->next_in = bare->packed;
    z->avail_in = (uInt)bare->deflater.total_out;
    for (size_t at = 0; code == Z_OK && at < bare->bytes; at += CHUNK) {
        z->next_out = bare->restored + at;
        z->avail_out = CHUNK;
        code = inflate(z, Z_NO_FLUSH);
    }
    return code == Z_OK || code == Z_STREAM_END ? PPT_OK : refuse(z, code, error);
}

static enum ppt_status run_memory(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    const enum ppt_status status = pack_memory(bare, error);

    return status == PPT_OK ? unpack_memory(bare, error) : status;
}

/* ---- through files ---- */

static enum ppt_status write_plain(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status = plain_create(&bare->plain_file, error);

    for (size_t at = 0; status == PPT_OK && at < bare->bytes; at += CHUNK) {
        status = plain_write(&bare->plain_file, bare->given + at, CHUNK, error);
    }
    return status == PPT_OK ? plain_close(&bare->plain_file, error) : status;
}

static enum ppt_status pack_chunk(struct bare *bare, size_t got, struct ppt_error *error)
{
    z_stream *z = &bare->deflater;
    enum ppt_status status = PPT_OK;

    z->next_in = bare->in;
    z->avail_in = (uInt)got;
    do {
        z->next_out = bare->out;
        z->avail_out = CHUNK;
        deflate(z, got == 0 ? Z_FINISH : Z_NO_FLUSH);
        if (z->avail_out < CHUNK) {
            status = plain_write(&bare->packed_file, bare->out, CHUNK - z->avail_out, error);
        }
    } while (status == PPT_OK && z->avail_out == 0);
    return status;
}

static enum ppt_status pack_file(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status = plain_open(&bare->plain_file, error);
    size_t got = 1;

    deflateReset(&bare->deflater);
    if (status == PPT_OK) {
        status = plain_create(&bare->packed_file, error);
    }
    while (status == PPT_OK && got > 0) {
        status = plain_read(&bare->plain_file, bare->in, CHUNK, &got, error);
        if (status == PPT_OK) {
            status = pack_chunk(bare, got, error);
        }
    }
    if (status == PPT_OK) {
        status = plain_close(&bare->packed_file, error);
    }
    return status == PPT_OK ? plain_close(&bare->plain_file, error) : status;
}

static enum ppt_status unpack_chunk(struct bare *bare, size_t got, struct ppt_error *error)
{
    z_stream *z = &bare->inflater;
    enum ppt_status status = PPT_OK;
    int code;

    z->next_in = bare->in;
    z->avail_in = (uInt)got;
    do {
        z->next_out = bare->out;
        z->avail_out = CHUNK;
        code = inflate(z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return refuse(z, code, error);
        }
        if (z->avail_out < CHUNK) {
            status = plain_write(&bare->restored_file, bare->out, CHUNK - z->avail_out, error);
        }
    } while (status == PPT_OK && code == Z_OK && (z->avail_in > 0 || z->avail_out == 0));
    return status;
}

static enum ppt_status unpack_file(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status = plain_open(&bare->packed_file, error);
    size_t got = 1;

    inflateReset(&bare->inflater);
    if (status == PPT_OK) {
        status = plain_create(&bare->restored_file, error);
    }
    while (status == PPT_OK && got > 0) {
        status = plain_read(&bare->packed_file, bare->in, CHUNK, &got, error);
        if (status == PPT_OK && got > 0) {
            status = unpack_chunk(bare, got, error);
        }
    }
    if (status == PPT_OK) {
        status = plain_close(&bare->restored_file, error);
    }
    return status == PPT_OK ? plain_close(&bare->packed_file, error) : status;
}

static enum ppt_status read_through(struct bare *bare, struct plain *file, struct ppt_error *error)
{
    enum ppt_status status = plain_open(file, error);
    size_t got = 1;

    while (status == PPT_OK && got > 0) {
        status = plain_read(file, bare->in, CHUNK, &got, error);
    }
    return status == PPT_OK ? plain_close(file, error) : status;
}

static enum ppt_status run_files(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    struct plain *const files[] = {&bare->plain_file, &bare->packed_file, &bare->restored_file};
    enum ppt_status status = write_plain(bare, error);

    if (status == PPT_OK) {
        status = pack_file(bare, error);
    }
    if (status == PPT_OK) {
        status = unpack_file(bare, error);
    }
    if (status == PPT_OK) {
        status = read_through(bare, &bare->plain_file, error);
    }
    if (status == PPT_OK) {
        status = read_through(bare, &bare->restored_file, error);
    }
    for (size_t i = 0; status == PPT_OK && i < 3; i++) {
        status = plain_remove(files[i], error);
    }
    return status;
}

/* ---- both ---- */

/* Takes the bytes of the kernel's task out of the compressed file that it dumps. */
static enum ppt_status take_given(struct bare *bare, struct solo *solo, struct ppt_error *error)
{
    FILE *file = tmpfile();
    enum ppt_status status;

    if (!file) {
        return ppt_fail(error, PPT_FAILED, "zip: no temporary file");
    }
    status = solo_dump(solo, file, error);
    if (status == PPT_OK) {
        rewind(file);
        bare->packed_bytes = fread(bare->packed, 1, bare->packed_room, file);
        memcpy(bare->expected, bare->packed, bare->packed_bytes);
        bare->deflater.total_out = bare->packed_bytes;
        status = unpack_memory(bare, error);
        memcpy(bare->given, bare->restored, bare->bytes);
    }
    fclose(file);
    return status;
}

static enum ppt_status check(struct bare *bare, struct ppt_error *error)
{
    enum ppt_status status;

    memset(bare->restored, 0, bare->bytes);
    status = run_memory(bare, error);
    if (status == PPT_OK && (bare->deflater.total_out != bare->packed_bytes ||
                             memcmp(bare->packed, bare->expected, bare->packed_bytes) != 0 ||
                             memcmp(bare->restored, bare->given, bare->bytes) != 0)) {
        status = ppt_fail(error, PPT_DIFFERS, "zip: the reference made another file");
    }
    if (status == PPT_OK) {
        status = run_files(bare, error);
    }
    if (status == PPT_OK && (bare->deflater.total_out != bare->packed_bytes ||
                             bare->inflater.total_out != bare->bytes)) {
        status = ppt_fail(error, PPT_DIFFERS, "zip: the reference wrote other files");
    }
    return status;
}

static enum ppt_status bare_start(struct bare *bare, size_t bytes, const struct ppt_folder *scratch,
                                  struct ppt_error *error)
{
    *bare = (struct bare){.bytes = bytes, .packed_room = ppt_gzip_bound(bytes)};
    bare->given = ppt_scratch_alloc(bytes, "zip", error);
    bare->restored = ppt_scratch_alloc(bytes, "zip", error);
    bare->packed = ppt_scratch_alloc(bare->packed_room, "zip", error);
    bare->expected = ppt_scratch_alloc(bare->packed_room, "zip", error);
    bare->in = ppt_scratch_alloc(CHUNK, "zip", error);
    bare->out = ppt_scratch_alloc(CHUNK, "zip", error);
    if (!bare->given || !bare->restored || !bare->packed || !bare->expected || !bare->in ||
        !bare->out) {
        return PPT_FAILED;
    }
    plain_name(&bare->plain_file, scratch->path, "bare.plain");
    plain_name(&bare->packed_file, scratch->path, "bare.packed");
    plain_name(&bare->restored_file, scratch->path, "bare.restored");
    if (deflateInit2(&bare->deflater, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK ||
        inflateInit2(&bare->inflater, WINDOW_BITS) != Z_OK) {
        return ppt_fail(error, PPT_FAILED, "zlib cannot start");
    }
    return PPT_OK;
}

static void bare_stop(struct bare *bare)
{
    deflateEnd(&bare->deflater);
    inflateEnd(&bare->inflater);
    free(bare->given);
    free(bare->restored);
    free(bare->packed);
    free(bare->expected);
    free(bare->in);
    free(bare->out);
}

/* ---- against the best known ---- */

static enum ppt_status run_known(void *state, struct ppt_error *error)
{
    const struct known_deflate *known = known_deflate();
    struct bare *bare = state;
    size_t restored = 0;

    bare->packed_bytes = known->libdeflate_gzip_compress(bare->packer, bare->given, bare->bytes,
                                                         bare->packed, bare->packed_room);
    return known->libdeflate_gzip_decompress(bare->unpacker, bare->packed, bare->packed_bytes,
                                             bare->restored, bare->bytes, &restored) == 0 &&
                   restored == bare->bytes
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "libdeflate cannot restore what it has packed");
}

static enum ppt_status check_known(struct bare *bare, struct ppt_error *error)
{
    memset(bare->restored, 0, bare->bytes);
    PPT_TRY(run_known(bare, error));
    return memcmp(bare->restored, bare->given, bare->bytes) == 0
               ? PPT_OK
               : ppt_fail(error, PPT_DIFFERS, "zip: libdeflate restored other bytes");
}

/* ---- holding ---- */

typedef enum ppt_status hold_function(const struct venue *venue, const char *name,
                                      struct solo *solo, struct bare *bare,
                                      struct ppt_error *error);

static enum ppt_status zip_hold_all(const struct venue *venue, const char *name, struct solo *solo,
                                    struct bare *bare, struct ppt_error *error)
{
    struct contest contest = {
        .measured = {name, solo_run, .state = solo, .units = 1},
        .reference = {"zlib and plain system calls on the same files", run_files, .state = bare,
                      .units = 1},
        .unit = "ms",
        .unit_ns = 1e6,
        .bar = CONTEST_RATIO,
        .limit = 1.05,
    };

    PPT_TRY(contest_hold(venue, &contest, error));
    contest.reference.name = "zlib alone, from memory to memory";
    contest.reference.run = run_memory;
    contest.bar = CONTEST_NO_BAR;
    return contest_hold(venue, &contest, error);
}

static enum ppt_status zip_hold_ceiling(const struct venue *venue, const char *name,
                                        struct solo *solo, struct bare *bare,
                                        struct ppt_error *error)
{
    const struct known_deflate *known = known_deflate();
    struct bound bound = {
        .measured = {name, solo_run, .state = solo, .units = 1},
        .ceiling = {"zlib alone, from memory to memory", run_memory, .state = bare, .units = 1},
        .known = {KNOWN_NO_DEFLATE},
        .unit = "ms",
        .unit_ns = 1e6,
    };
    enum ppt_status status = PPT_OK;

    if (known) {
        bare->packer = known->libdeflate_alloc_compressor(LEVEL);
        bare->unpacker = known->libdeflate_alloc_decompressor();
        bound.known = (struct contestant){"libdeflate alone, from memory to memory", run_known,
                                          .state = bare, .units = 1};
        status = bare->packer && bare->unpacker
                     ? check_known(bare, error)
                     : ppt_fail(error, PPT_FAILED, "libdeflate cannot start");
    }
    if (status == PPT_OK) {
        status = bound_hold(venue, &bound, error);
    }
    if (known) {
        known->libdeflate_free_compressor(bare->packer);
        known->libdeflate_free_decompressor(bare->unpacker);
    }
    return status;
}

static enum ppt_status measure(const struct venue *venue, const char *name, int64_t mib,
                               int content, hold_function *hold, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = mib}, {.integer = LEVEL}, {.choice = content}};
    struct bare bare;
    struct solo solo = {0};
    enum ppt_status status = bare_start(&bare, (size_t)mib << 20, venue->scratch, error);

    if (status == PPT_OK) {
        status = solo_start(&solo, &ppt_kernel_zip, args, venue->scratch, error);
    }
    if (status == PPT_OK) {
        status = take_given(&bare, &solo, error);
    }
    if (status == PPT_OK) {
        status = check(&bare, error);
    }
    if (status == PPT_OK) {
        status = hold(venue, name, &solo, &bare, error);
    }
    solo_stop(&solo);
    bare_stop(&bare);
    return status;
}

enum ppt_status speed_zip(const struct venue *venue, struct ppt_error *error)
{
    PPT_TRY(
        measure(venue, "4 MiB of random bytes, level 9", 4, CONTENT_RANDOM, zip_hold_all, error));
    return measure(venue, "1 MiB of text, level 9", 1, CONTENT_TEXT, zip_hold_all, error);
}

enum ppt_status bound_zip(const struct venue *venue, struct ppt_error *error)
{
    PPT_TRY(measure(venue, "zip: 4 MiB of random bytes, level 9", 4, CONTENT_RANDOM,
                    zip_hold_ceiling, error));
    return measure(venue, "zip: 1 MiB of text, level 9", 1, CONTENT_TEXT, zip_hold_ceiling, error);
}
