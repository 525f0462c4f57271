/*
 * hash.h - hashes of passwords: SHA-256 by libcrypto and Argon2id by its reference library.
 *
 * Threads: any; memory for Argon2id belongs to one at a time.
 */
#ifndef PPT_HASH_H
#define PPT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define PPT_HASH_BYTES 32

/* What is borrowed and may be empty. */
struct ppt_bytes {
    const void *data;
    uint32_t count;
};

/* Borrowed; a recipe takes m_cost_kib times 1024 bytes of it, of any content. */
struct ppt_argon2id_memory {
    unsigned char *at; /* on a cache line boundary */
    size_t bytes;
};

/* The parameters of RFC 9106; the length of the tag is PPT_HASH_BYTES, the version 1.3. */
struct ppt_argon2id_recipe {
    uint32_t t_cost;       /* passes over the memory, at least 1 */
    uint32_t m_cost_kib;   /* at least 8 for each lane */
    uint32_t lanes;        /* at least 1 */
    uint32_t threads;      /* at least 1; does not change the result */
    struct ppt_bytes salt; /* at least 8 bytes */
    struct ppt_bytes secret;
    struct ppt_bytes associated;
};

/* Loads libcrypto, which takes a process a millisecond: it must have been, before the next one. */
enum ppt_status ppt_hash_load_sha256(struct ppt_error *error);

void ppt_hash_sha256(struct ppt_bytes message, unsigned char out[PPT_HASH_BYTES]);

/* What its time is made of: takes that block so many times, one after the other. */
#define PPT_HASH_BLOCK_BYTES 64
void ppt_hash_sha256_blocks(const unsigned char block[PPT_HASH_BLOCK_BYTES], uint64_t times,
                            unsigned char out[PPT_HASH_BYTES]);

/* The version of the library that the program was built with. */
const char *ppt_hash_argon2id_version(void);

enum ppt_status ppt_hash_argon2id(const struct ppt_argon2id_memory *memory,
                                  const struct ppt_argon2id_recipe *recipe,
                                  struct ppt_bytes password, unsigned char out[PPT_HASH_BYTES],
                                  struct ppt_error *error);

#endif
