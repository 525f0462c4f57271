#include "hash.h"

#include <argon2.h>
#include <endian.h>
#include <pthread.h>
#include <string.h>

/* The library would have the EVP interface used instead, which takes 1.7 times as long for a
 * password: libcrypto 3.0 allocates and frees 112 bytes for every hash, even with a digest that was
 * fetched and a context that is used again. What is measured here is hashing. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "library.h"

#define EACH(DO)                                                                                   \
    DO(SHA256_Init)                                                                                \
    DO(SHA256_Transform)                                                                           \
    DO(SHA256_Update)                                                                              \
    DO(SHA256_Final)

static const char *const names[] = {EACH(PPT_LIBRARY_NAME)};

/* Mutable and global, as the library in the process is; written once. */
static struct {
    EACH(PPT_LIBRARY_POINTER)
} crypto;
static struct ppt_error problem;

static void load(void)
{
    struct ppt_library library = {
        .path = PPT_LIBCRYPTO,
        .names = names,
        .count = sizeof(names) / sizeof(names[0]),
        .functions = &crypto,
    };

    (void)ppt_library_load(&library, &problem);
}

enum ppt_status ppt_hash_load_sha256(struct ppt_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    return problem.text[0] ? ppt_fail(error, PPT_FAILED, "%s", problem.text) : PPT_OK;
}

static void write_state(const SHA256_CTX *context, unsigned char out[PPT_HASH_BYTES])
{
    for (size_t i = 0; i < PPT_HASH_BYTES / sizeof(uint32_t); i++) {
        const uint32_t word = htobe32(context->h[i]);

        memcpy(out + i * sizeof(word), &word, sizeof(word));
    }
}

/* A message of one block is padded here (FIPS 180-4, 5.1.1): the library, which takes messages
 * piece by piece, needs half as long again for one that fits a block. */
static void hash_block(struct ppt_bytes message, unsigned char out[PPT_HASH_BYTES])
{
    unsigned char block[SHA256_CBLOCK] = {0};
    SHA256_CTX context;

    memcpy(block, message.data, message.count);
    block[message.count] = 0x80;
    block[SHA256_CBLOCK - 2] = (unsigned char)(message.count >> 5);
    block[SHA256_CBLOCK - 1] = (unsigned char)(message.count << 3);
    crypto.SHA256_Init(&context);
    crypto.SHA256_Transform(&context, block);
    write_state(&context, out);
}

_Static_assert(PPT_HASH_BLOCK_BYTES == SHA256_CBLOCK, "a block is one of SHA-256");

void ppt_hash_sha256_blocks(const unsigned char block[PPT_HASH_BLOCK_BYTES], uint64_t times,
                            unsigned char out[PPT_HASH_BYTES])
{
    SHA256_CTX context;

    crypto.SHA256_Init(&context);
    for (; times > 0; times--) {
        crypto.SHA256_Transform(&context, block);
    }
    write_state(&context, out);
}

/* Bytes of a message that leave room for the padding in its last block. */
#define LONGEST_OF_ONE_BLOCK (SHA256_CBLOCK - 9)

void ppt_hash_sha256(struct ppt_bytes message, unsigned char out[PPT_HASH_BYTES])
{
    SHA256_CTX context;

    if (message.count <= LONGEST_OF_ONE_BLOCK) {
        hash_block(message, out);
        return;
    }
    /* Each of them returns 1 whatever it is given. */
    crypto.SHA256_Init(&context);
    crypto.SHA256_Update(&context, message.data, message.count);
    crypto.SHA256_Final(out, &context);
}

const char *ppt_hash_argon2id_version(void)
{
    return PPT_LIBARGON2_VERSION;
}

/*
 * The library would take its memory from malloc and give it back for every hash, which above
 * malloc's mmap threshold means a page fault for every page. Its callbacks are told nothing of the
 * context they are called for, so the lender is noted for the time of the call, in the calling
 * thread, which is the one that allocates however many threads the library starts.
 */
static _Thread_local const struct ppt_argon2id_memory *lender;

static int lend(uint8_t **memory, size_t bytes)
{
    *memory = lender && bytes <= lender->bytes ? lender->at : NULL;
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

enum ppt_status ppt_hash_argon2id(const struct ppt_argon2id_memory *memory,
                                  const struct ppt_argon2id_recipe *recipe,
                                  struct ppt_bytes password, unsigned char out[PPT_HASH_BYTES],
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

    context.out = out;
    lender = memory;
    int code = argon2id_ctx(&context);
    lender = NULL;
    if (code != ARGON2_OK) {
        return ppt_fail(error, PPT_FAILED, "Argon2id: %s", argon2_error_message(code));
    }
    return PPT_OK;
}
