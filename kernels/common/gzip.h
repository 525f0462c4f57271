/*
 * gzip.h - one worker's compressor: from one temporary file to another, in gzip format.
 *
 * zlib's streams are made once, one for each level in use, and reset for every file.
 *
 * Threads: a compressor belongs to one thread at a time.
 */
#ifndef PPT_GZIP_H
#define PPT_GZIP_H

#include <stdint.h>
#include <zlib.h>

#include "status.h"
#include "tempfile.h"

#define PPT_GZIP_LEVELS 10

/* All zero before init, which free accepts. */
struct ppt_gzip {
    unsigned char *in, *out;             /* PPT_TEMPFILE_CHUNK bytes each, borrowed */
    z_stream deflaters[PPT_GZIP_LEVELS]; /* those of the levels in use */
    z_stream inflater;
};

struct ppt_gzip_result {
    uint64_t bytes; /* size of the compressed file */
    uint64_t crc;   /* of the uncompressed bytes, as it stands in the compressed file */
};

/* The buffers are borrowed; both are overwritten by every function below. */
enum ppt_status ppt_gzip_init(struct ppt_gzip *gzip, unsigned char *in, unsigned char *out,
                              struct ppt_error *error);

/* Prepares a level, 0 to 9, for ppt_gzip_pack(). The same one may be added again. */
enum ppt_status ppt_gzip_add_level(struct ppt_gzip *gzip, int level, struct ppt_error *error);

/* `from` exists and is closed, `to` does not exist; both are closed after success. */
enum ppt_status ppt_gzip_pack(struct ppt_gzip *gzip, int level, struct ppt_tempfile *from,
                              struct ppt_tempfile *to, struct ppt_gzip_result *result,
                              struct ppt_error *error);
enum ppt_status ppt_gzip_unpack(struct ppt_gzip *gzip, struct ppt_tempfile *from,
                                struct ppt_tempfile *to, struct ppt_error *error);

/* Memory that init and one level take; in zlib's words "a few kilobytes" are for small objects. */
#define PPT_GZIP_BYTES ((uint64_t)(256 + 32 + 16) * 1024)

/* The largest compressed size of so many bytes. */
uint64_t ppt_gzip_bound(uint64_t bytes);

void ppt_gzip_free(struct ppt_gzip *gzip);

#endif
