#include "gzip.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK PPT_TEMPFILE_CHUNK
#define WINDOW_BITS (15 + 16) /* zlib's way to ask for gzip headers around a 32 KiB window */
#define MEMORY_LEVEL 8        /* zlib's default */
#define PRIMING_BYTES 64

/* Takes memory for zlib and touches it, as scratch is. */
static voidpf touched_alloc(voidpf opaque, uInt items, uInt size)
{
    const size_t bytes = (size_t)items * size;
    void *memory = malloc(bytes);

    (void)opaque;
    if (memory) {
        memset(memory, 0, bytes);
    }
    return memory;
}

static void touched_free(voidpf opaque, voidpf memory)
{
    (void)opaque;
    free(memory);
}

/* `what` is a file or what could not be done. */
static enum ppt_status fail(const char *what, const z_stream *stream, int code,
                            struct ppt_error *error)
{
    return ppt_fail(error, PPT_FAILED, "zip: %s: %s", what,
                    stream->msg ? stream->msg : zError(code));
}

enum ppt_status ppt_gzip_init(struct ppt_gzip *gzip, unsigned char *in, unsigned char *out,
                              struct ppt_error *error)
{
    memset(gzip, 0, sizeof(*gzip));
    gzip->in = in;
    gzip->out = out;
    gzip->inflater.zalloc = touched_alloc;
    gzip->inflater.zfree = touched_free;
    int code = inflateInit2(&gzip->inflater, WINDOW_BITS);
    return code == Z_OK ? PPT_OK : fail("cannot start inflate", &gzip->inflater, code, error);
}

/* Sends a few bytes through both streams: inflate takes its window only when it first has to stop
 * in the middle of a stream, which would otherwise be in the first task. */
static enum ppt_status prime(struct ppt_gzip *gzip, z_stream *deflater, struct ppt_error *error)
{
    z_stream *inflater = &gzip->inflater;

    deflater->next_in = gzip->in;
    deflater->avail_in = PRIMING_BYTES;
    deflater->next_out = gzip->out;
    deflater->avail_out = CHUNK;
    int code = deflate(deflater, Z_FINISH);
    if (code != Z_STREAM_END) {
        return fail("cannot try deflate", deflater, code, error);
    }
    inflateReset(inflater);
    inflater->next_in = gzip->out;
    inflater->avail_in = (uInt)deflater->total_out;
    inflater->next_out = gzip->in;
    inflater->avail_out = PRIMING_BYTES / 2;
    code = inflate(inflater, Z_NO_FLUSH);
    return code == Z_OK ? PPT_OK : fail("cannot try inflate", inflater, code, error);
}

enum ppt_status ppt_gzip_add_level(struct ppt_gzip *gzip, int level, struct ppt_error *error)
{
    z_stream *z = &gzip->deflaters[level];

    if (z->state) {
        return PPT_OK;
    }
    z->zalloc = touched_alloc;
    z->zfree = touched_free;
    int code = deflateInit2(z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    return code == Z_OK ? prime(gzip, z, error) : fail("cannot start deflate", z, code, error);
}

/* Compresses what is in gzip->in and writes what comes out of it. */
static enum ppt_status deflate_chunk(const struct ppt_gzip *gzip, z_stream *z, size_t bytes,
                                     struct ppt_tempfile *to, struct ppt_error *error)
{
    const int flush = bytes < CHUNK ? Z_FINISH : Z_NO_FLUSH;

    z->next_in = gzip->in;
    z->avail_in = (uInt)bytes;
    do {
        z->next_out = gzip->out;
        z->avail_out = CHUNK;
        int code = deflate(z, flush);
        if (code == Z_STREAM_ERROR) {
            return fail("cannot compress", z, code, error);
        }
        PPT_TRY(ppt_tempfile_write(to, gzip->out, CHUNK - z->avail_out, error));
    } while (z->avail_out == 0);
    return PPT_OK;
}

enum ppt_status ppt_gzip_pack(struct ppt_gzip *gzip, int level, struct ppt_tempfile *from,
                              struct ppt_tempfile *to, struct ppt_gzip_result *result,
                              struct ppt_error *error)
{
    z_stream *z = &gzip->deflaters[level];
    size_t got;

    deflateReset(z);
    PPT_TRY(ppt_tempfile_open(from, error));
    PPT_TRY(ppt_tempfile_create(to, error));
    /* The last chunk is less than a whole one, so that it is known to be the last. */
    do {
        PPT_TRY(ppt_tempfile_read(from, gzip->in, CHUNK, &got, error));
        PPT_TRY(deflate_chunk(gzip, z, got, to, error));
    } while (got == CHUNK);
    *result = (struct ppt_gzip_result){.bytes = z->total_out, .crc = z->adler};
    PPT_TRY(ppt_tempfile_close(to, error));
    return ppt_tempfile_close(from, error);
}

enum ppt_status ppt_gzip_unpack(struct ppt_gzip *gzip, struct ppt_tempfile *from,
                                struct ppt_tempfile *to, struct ppt_error *error)
{
    z_stream *z = &gzip->inflater;
    int code = inflateReset(z);

    z->avail_in = 0;
    PPT_TRY(ppt_tempfile_open(from, error));
    PPT_TRY(ppt_tempfile_create(to, error));
    while (code != Z_STREAM_END) {
        if (z->avail_in == 0) {
            size_t got;

            PPT_TRY(ppt_tempfile_read(from, gzip->in, CHUNK, &got, error));
            if (got == 0) {
                return ppt_fail(error, PPT_FAILED, "zip: %s: ends too early", from->path);
            }
            z->next_in = gzip->in;
            z->avail_in = (uInt)got;
        }
        z->next_out = gzip->out;
        z->avail_out = CHUNK;
        code = inflate(z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END) {
            return fail(from->path, z, code, error);
        }
        PPT_TRY(ppt_tempfile_write(to, gzip->out, CHUNK - z->avail_out, error));
    }
    PPT_TRY(ppt_tempfile_close(to, error));
    return ppt_tempfile_close(from, error);
}

uint64_t ppt_gzip_bound(uint64_t bytes)
{
    /* compressBound() counts zlib's wrapper of 6 bytes, gzip's has 18. */
    return compressBound(bytes) + (18 - 6);
}

void ppt_gzip_free(struct ppt_gzip *gzip)
{
    /* Both refuse a stream that was never made, which is fine. */
    for (size_t i = 0; i < PPT_GZIP_LEVELS; i++) {
        deflateEnd(&gzip->deflaters[i]);
    }
    inflateEnd(&gzip->inflater);
}
