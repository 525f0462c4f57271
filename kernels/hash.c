#include "hash.h"

#include <argon2.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "scratch.h"

struct ppt_hash_sha256 {
    EVP_MD *digest;
    EVP_MD_CTX *context;
};

struct ppt_hash_argon2id {
    unsigned char *memory;
    size_t bytes;
};

static enum ppt_status fail_crypto(struct ppt_error *error)
{
    char reason[256];

    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    return ppt_fail(error, PPT_FAILED, "SHA-256: libcrypto: %s", reason);
}

/* The digest is fetched here: looked up by name in every EVP_DigestInit_ex2(), under a lock of
 * libcrypto's, it makes two threads slower than one. */
struct ppt_hash_sha256 *ppt_hash_sha256_create(struct ppt_error *error)
{
    struct ppt_hash_sha256 *hash = ppt_scratch_alloc(sizeof(*hash), "SHA-256", error);

    if (!hash) {
        return NULL;
    }
    hash->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    hash->context = EVP_MD_CTX_new();
    /* The context takes its memory when it is first used, which is better here than in a task.
     * (libcrypto 3.0 gives it back and takes it again, 112 bytes, for every hash.) */
    if (!hash->digest || !hash->context || !EVP_DigestInit_ex2(hash->context, hash->digest, NULL)) {
        fail_crypto(error);
        ppt_hash_sha256_destroy(hash);
        return NULL;
    }
    return hash;
}

enum ppt_status ppt_hash_sha256_compute(struct ppt_hash_sha256 *hash, struct ppt_bytes message,
                                        unsigned char out[PPT_HASH_BYTES], struct ppt_error *error)
{
    if (!EVP_DigestInit_ex2(hash->context, hash->digest, NULL) ||
        !EVP_DigestUpdate(hash->context, message.data, message.count) ||
        !EVP_DigestFinal_ex(hash->context, out, NULL)) {
        return fail_crypto(error);
    }
    return PPT_OK;
}

void ppt_hash_sha256_destroy(struct ppt_hash_sha256 *hash)
{
    if (!hash) {
        return;
    }
    EVP_MD_CTX_free(hash->context);
    EVP_MD_free(hash->digest);
    free(hash);
}

struct ppt_hash_argon2id *ppt_hash_argon2id_create(uint64_t m_cost_kib, struct ppt_error *error)
{
    struct ppt_hash_argon2id *hash = ppt_scratch_alloc(sizeof(*hash), "Argon2id", error);

    if (!hash) {
        return NULL;
    }
    hash->bytes = (size_t)m_cost_kib * 1024;
    hash->memory = ppt_scratch_alloc(hash->bytes, "Argon2id", error);
    if (!hash->memory) {
        ppt_hash_argon2id_destroy(hash);
        return NULL;
    }
    return hash;
}

/*
 * The library would take its memory from malloc and give it back for every hash, which above
 * malloc's mmap threshold means a page fault for every page. Its callbacks are told nothing of the
 * context they are called for, so the lender is noted for the time of the call, in the calling
 * thread, which is the one that allocates however many threads the library starts.
 */
static _Thread_local struct ppt_hash_argon2id *lender;

static int lend(uint8_t **memory, size_t bytes)
{
    *memory = lender && bytes <= lender->bytes ? lender->memory : NULL;
    return *memory ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the library decides on the type. */
static void take_back(uint8_t *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

/* The library's context wants pointers to what it may clear, which it does only if a flag of the
 * context says so. */
static uint8_t *writable(struct ppt_bytes bytes)
{
    return (uint8_t *)(uintptr_t)bytes.data;
}

enum ppt_status ppt_hash_argon2id_compute(struct ppt_hash_argon2id *hash,
                                          const struct ppt_argon2id_recipe *recipe,
                                          struct ppt_bytes password,
                                          unsigned char out[PPT_HASH_BYTES],
                                          struct ppt_error *error)
{
    argon2_context context = {
        .outlen = PPT_HASH_BYTES,
        .pwd = writable(password),
        .pwdlen = password.count,
        .salt = writable(recipe->salt),
        .saltlen = recipe->salt.count,
        .secret = writable(recipe->secret),
        .secretlen = recipe->secret.count,
        .ad = writable(recipe->associated),
        .adlen = recipe->associated.count,
        .t_cost = recipe->t_cost,
        .m_cost = recipe->m_cost_kib,
        .lanes = recipe->lanes,
        .threads = recipe->threads,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = lend,
        .free_cbk = take_back,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    int code;

    context.out = out;
    lender = hash;
    code = argon2id_ctx(&context);
    lender = NULL;
    if (code != ARGON2_OK) {
        return ppt_fail(error, PPT_FAILED, "Argon2id: %s", argon2_error_message(code));
    }
    return PPT_OK;
}

void ppt_hash_argon2id_destroy(struct ppt_hash_argon2id *hash)
{
    if (!hash) {
        return;
    }
    free(hash->memory);
    free(hash);
}
