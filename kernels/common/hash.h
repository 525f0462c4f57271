/*
 * hash.h - hashes of passwords: SHA-256 by libcrypto and Argon2id by its reference library.
 *
 * Threads: SHA-256 by any thread; an object for Argon2id belongs to one thread at a time.
 */
#ifndef PPT_HASH_H
#define PPT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define PPT_HASH_BYTES 32

struct ppt_hash_argon2id;

/* What is borrowed and may be empty. */
struct ppt_bytes {
    const void *data;
    uint32_t count;
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

void ppt_hash_sha256(struct ppt_bytes message, unsigned char out[PPT_HASH_BYTES]);

/* Takes and touches the memory for recipes up to that m_cost_kib. NULL after a failure. */
struct ppt_hash_argon2id *ppt_hash_argon2id_create(uint64_t m_cost_kib, struct ppt_error *error);
enum ppt_status ppt_hash_argon2id_compute(struct ppt_hash_argon2id *hash,
                                          const struct ppt_argon2id_recipe *recipe,
                                          struct ppt_bytes password,
                                          unsigned char out[PPT_HASH_BYTES],
                                          struct ppt_error *error);
void ppt_hash_argon2id_destroy(struct ppt_hash_argon2id *hash);

#endif
