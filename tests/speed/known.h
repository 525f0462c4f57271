/*
 * known.h - the best code that is known for what some tasks do, from libraries that are loaded if
 * they are installed. The program knows nothing of them, and no header of theirs is needed.
 */
#ifndef PPT_SPEED_KNOWN_H
#define PPT_SPEED_KNOWN_H

#include <gsl/gsl_cblas.h>
#include <stddef.h>

/* What the functions are called with, as far as it is used here. */
extern int bli_arch_query_id(void);
extern const char *bli_arch_string(int id);

struct libdeflate_compressor;
struct libdeflate_decompressor;
extern struct libdeflate_compressor *libdeflate_alloc_compressor(int level);
extern size_t libdeflate_gzip_compress(struct libdeflate_compressor *compressor, const void *in,
                                       size_t in_bytes, void *out, size_t room);
extern void libdeflate_free_compressor(struct libdeflate_compressor *compressor);
extern struct libdeflate_decompressor *libdeflate_alloc_decompressor(void);
extern int libdeflate_gzip_decompress(struct libdeflate_decompressor *decompressor, const void *in,
                                      size_t in_bytes, void *out, size_t room, size_t *bytes);
extern void libdeflate_free_decompressor(struct libdeflate_decompressor *decompressor);

extern int sodium_init(void);
extern int crypto_hash_sha256(unsigned char *out, const unsigned char *in,
                              unsigned long long in_bytes);
extern int crypto_pwhash(unsigned char *out, unsigned long long out_bytes, const char *password,
                         unsigned long long password_bytes, const unsigned char *salt,
                         unsigned long long passes, size_t memory_bytes, int algorithm);
#define KNOWN_ARGON2ID 2 /* crypto_pwhash_ALG_ARGON2ID13 */

/* hwy::Sorter and its sort of doubles, ascending; the last argument is an empty type, which takes
 * no place in a call. */
extern void _ZN3hwy6SorterC1Ev(void *sorter);
extern void _ZN3hwy6Sorter6DeleteEv(void *sorter);
extern void _ZNK3hwy6SorterclEPdmNS_13SortAscendingE(const void *sorter, double *values,
                                                     size_t count);

#define KNOWN_BLIS(DO)                                                                             \
    DO(cblas_dgemm)                                                                                \
    DO(bli_arch_query_id)                                                                          \
    DO(bli_arch_string)
#define KNOWN_DEFLATE(DO)                                                                          \
    DO(libdeflate_alloc_compressor)                                                                \
    DO(libdeflate_gzip_compress)                                                                   \
    DO(libdeflate_free_compressor)                                                                 \
    DO(libdeflate_alloc_decompressor)                                                              \
    DO(libdeflate_gzip_decompress)                                                                 \
    DO(libdeflate_free_decompressor)
#define KNOWN_SODIUM(DO)                                                                           \
    DO(sodium_init)                                                                                \
    DO(crypto_hash_sha256)                                                                         \
    DO(crypto_pwhash)
#define KNOWN_SORT(DO)                                                                             \
    DO(_ZN3hwy6SorterC1Ev)                                                                         \
    DO(_ZN3hwy6Sorter6DeleteEv)                                                                    \
    DO(_ZNK3hwy6SorterclEPdmNS_13SortAscendingE)

#define KNOWN_POINTER(function) __typeof__(&(function)) function;
struct known_blis {
    KNOWN_BLIS(KNOWN_POINTER)
};
struct known_deflate {
    KNOWN_DEFLATE(KNOWN_POINTER)
};
struct known_sodium {
    KNOWN_SODIUM(KNOWN_POINTER)
};
struct known_sort {
    KNOWN_SORT(KNOWN_POINTER)
};

/* Each is loaded once, to stay; NULL: it is not installed, or is another than it was. */
const struct known_blis *known_blis(void);
const struct known_deflate *known_deflate(void);
const struct known_sodium *known_sodium(void);
const struct known_sort *known_sort(void);

/* What a table says then. */
#define KNOWN_NO_BLIS "BLIS (libblis.so.4) is not installed"
#define KNOWN_NO_DEFLATE "libdeflate (libdeflate.so.0) is not installed"
#define KNOWN_NO_SODIUM "libsodium (libsodium.so.23) is not installed"
#define KNOWN_NO_SORT "VQSort (libhwy_contrib.so.1) is not installed"

#endif
