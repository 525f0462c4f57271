/*
 * password: the hash bounds it. SHA-256 through the kernel's module against the two interfaces of
 * libcrypto, the kernel against hashing as many passwords, Argon2id against libargon2's plain call,
 * which takes its memory anew for every hash.
 */
#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "bounds.h"
#include "hash.h"
#include "known.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define LENGTH 20
#define STORED 100
#define TRIED 1000
#define HASHES (STORED + TRIED)
#define T_COST 2
#define M_COST_KIB 19456

extern const struct ppt_kernel ppt_kernel_password;

static const unsigned char salt[16] = "a salt of 16 by";

struct hashing {
    unsigned char passwords[HASHES][LENGTH];
    unsigned char out[HASHES][PPT_HASH_BYTES];
    struct ppt_argon2id_memory argon2id;
    EVP_MD *digest;
    EVP_MD_CTX *context;
};

/* ---- SHA-256 ---- */

static enum ppt_status run_module(void *state, struct ppt_error *error)
{
    struct hashing *h = state;

    (void)error;
    for (size_t i = 0; i < HASHES; i++) {
        ppt_hash_sha256((struct ppt_bytes){h->passwords[i], LENGTH}, h->out[i]);
    }
    return PPT_OK;
}

static enum ppt_status run_evp(void *state, struct ppt_error *error)
{
    struct hashing *h = state;

    for (size_t i = 0; i < HASHES; i++) {
        if (!EVP_DigestInit_ex2(h->context, h->digest, NULL) ||
            !EVP_DigestUpdate(h->context, h->passwords[i], LENGTH) ||
            !EVP_DigestFinal_ex(h->context, h->out[i], NULL)) {
            return ppt_fail(error, PPT_FAILED, "libcrypto refuses SHA-256");
        }
    }
    return PPT_OK;
}

/* The interface is deprecated because it knows nothing of providers, which is why it is fast. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static enum ppt_status run_low_level(void *state, struct ppt_error *error)
{
    struct hashing *h = state;

    (void)error;
    for (size_t i = 0; i < HASHES; i++) {
        SHA256_CTX context;

        SHA256_Init(&context);
        SHA256_Update(&context, h->passwords[i], LENGTH);
        SHA256_Final(h->out[i], &context);
    }
    return PPT_OK;
}
#pragma GCC diagnostic pop

/* ---- Argon2id ---- */

static enum ppt_status run_argon2id(void *state, struct ppt_error *error)
{
    struct hashing *h = state;
    const struct ppt_argon2id_recipe recipe = {.t_cost = T_COST,
                                               .m_cost_kib = M_COST_KIB,
                                               .lanes = 1,
                                               .threads = 1,
                                               .salt = {salt, sizeof(salt)}};
    const struct ppt_bytes password = {h->passwords[0], LENGTH};

    return ppt_hash_argon2id(&h->argon2id, &recipe, password, h->out[0], error);
}

static enum ppt_status run_bare_argon2id(void *state, struct ppt_error *error)
{
    struct hashing *h = state;
    const int code = argon2id_hash_raw(T_COST, M_COST_KIB, 1, h->passwords[0], LENGTH, salt,
                                       sizeof(salt), h->out[0], PPT_HASH_BYTES);

    return code == ARGON2_OK
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "libargon2: %s", argon2_error_message(code));
}

/* ---- against each other ---- */

/* That two ways give the same hashes. */
static enum ppt_status compare(struct hashing *h,
                               enum ppt_status (*one)(void *state, struct ppt_error *error),
                               enum ppt_status (*other)(void *state, struct ppt_error *error),
                               struct ppt_error *error)
{
    unsigned char *first = ppt_scratch_alloc(sizeof(h->out), "password", error);
    enum ppt_status status = PPT_FAILED;

    if (!first) {
        return status;
    }
    memset(h->out, 0, sizeof(h->out));
    status = one(h, error);
    memcpy(first, h->out, sizeof(h->out));
    memset(h->out, 0, sizeof(h->out));
    if (status == PPT_OK) {
        status = other(h, error);
    }
    if (status == PPT_OK && memcmp(first, h->out, sizeof(h->out)) != 0) {
        status = ppt_fail(error, PPT_DIFFERS, "password: two ways to hash differ");
    }
    free(first);
    return status;
}

static enum ppt_status password_check(struct hashing *h, struct ppt_error *error)
{
    enum ppt_status status = compare(h, run_module, run_evp, error);

    if (status == PPT_OK) {
        status = compare(h, run_module, run_low_level, error);
    }
    return status == PPT_OK ? compare(h, run_argon2id, run_bare_argon2id, error) : status;
}

static enum ppt_status hold_sha256(const struct venue *venue, struct hashing *h,
                                   struct ppt_error *error)
{
    struct contest contest = {
        .measured = {"SHA-256 of 20 bytes", run_module, .state = h, .units = HASHES},
        .reference = {"libcrypto's EVP, digest fetched and context reused", run_evp, .state = h,
                      .units = HASHES},
        .unit = "ns",
        .unit_ns = 1,
        .bar = CONTEST_VALUE,
        .limit = 60,
    };
    const enum ppt_status status = contest_hold(venue, &contest, error);

    contest.reference.name = "libcrypto's SHA256_Init, _Update, _Final";
    contest.reference.run = run_low_level;
    return status == PPT_OK ? contest_hold(venue, &contest, error) : status;
}

static enum ppt_status hold_kernel(const struct venue *venue, struct hashing *h,
                                   struct ppt_error *error)
{
    const union ppt_value args[] = {
        {.integer = STORED},     {.integer = TRIED}, {.span = {LENGTH, LENGTH}},
        {.real = 0.8},           {.choice = 0},      {.integer = T_COST},
        {.integer = M_COST_KIB}, {.integer = 1},     {.choice = 0}};
    struct solo solo;
    struct contest contest = {
        .measured = {"100 stored, 1000 tried, 20 characters", solo_run, .state = &solo, .units = 1},
        .reference = {"1100 hashes by SHA256_Init, _Update, _Final", run_low_level, .state = h,
                      .units = 1},
        .unit = "µs",
        .unit_ns = 1e3,
    };
    enum ppt_status status = solo_start(&solo, &ppt_kernel_password, args, venue->scratch, error);

    if (status == PPT_OK) {
        status = contest_hold(venue, &contest, error);
    }
    solo_stop(&solo);
    return status;
}

static enum ppt_status hold_argon2id(const struct venue *venue, struct hashing *h,
                                     struct ppt_error *error)
{
    const struct contest contest = {
        .measured = {"Argon2id, t = 2, 19456 KiB", run_argon2id, .state = h, .units = 1},
        .reference = {"argon2id_hash_raw", run_bare_argon2id, .state = h, .units = 1},
        .unit = "ms",
        .unit_ns = 1e6,
    };

    return contest_hold(venue, &contest, error);
}

static enum ppt_status hashing_start(struct hashing *h, struct ppt_error *error)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    ppt_rng_fill_bytes(&rng, h->passwords, sizeof(h->passwords));
    h->argon2id.bytes = (size_t)M_COST_KIB * 1024;
    h->argon2id.at = ppt_scratch_alloc(h->argon2id.bytes, "password", error);
    if (!h->argon2id.at) {
        return PPT_FAILED;
    }
    if (ppt_hash_load_sha256(error) != PPT_OK) {
        return PPT_FAILED;
    }
    h->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    h->context = EVP_MD_CTX_new();
    return h->digest && h->context ? PPT_OK
                                   : ppt_fail(error, PPT_FAILED, "libcrypto lacks SHA-256");
}

/* ---- against the ceilings ---- */

static enum ppt_status run_blocks(void *state, struct ppt_error *error)
{
    static const unsigned char block[PPT_HASH_BLOCK_BYTES];
    struct hashing *h = state;

    (void)error;
    ppt_hash_sha256_blocks(block, HASHES, h->out[0]);
    return PPT_OK;
}

static enum ppt_status run_sodium(void *state, struct ppt_error *error)
{
    const struct known_sodium *sodium = known_sodium();
    struct hashing *h = state;

    (void)error;
    for (size_t i = 0; i < HASHES; i++) {
        sodium->crypto_hash_sha256(h->out[i], h->passwords[i], LENGTH);
    }
    return PPT_OK;
}

static enum ppt_status run_sodium_argon2id(void *state, struct ppt_error *error)
{
    struct hashing *h = state;
    const int code = known_sodium()->crypto_pwhash(
        h->out[0], PPT_HASH_BYTES, (const char *)h->passwords[0], LENGTH, salt, T_COST,
        (size_t)M_COST_KIB * 1024, KNOWN_ARGON2ID);

    return code == 0 ? PPT_OK : ppt_fail(error, PPT_FAILED, "libsodium refuses Argon2id");
}

/* The library's call, with memory that is there as the module's is. */
static struct hashing *lender;

static int lend(uint8_t **memory, size_t bytes)
{
    *memory = bytes <= lender->argon2id.bytes ? lender->argon2id.at : NULL;
    return *memory ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the library decides on the type. */
static void take_back(uint8_t *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

static enum ppt_status run_lent_argon2id(void *state, struct ppt_error *error)
{
    struct hashing *h = state;
    argon2_context context = {
        .out = h->out[0],
        .outlen = PPT_HASH_BYTES,
        .pwd = h->passwords[0],
        .pwdlen = LENGTH,
        .salt = (uint8_t *)(uintptr_t)salt,
        .saltlen = sizeof(salt),
        .t_cost = T_COST,
        .m_cost = M_COST_KIB,
        .lanes = 1,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = lend,
        .free_cbk = take_back,
    };

    lender = h;
    const int code = argon2id_ctx(&context);
    return code == ARGON2_OK
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "libargon2: %s", argon2_error_message(code));
}

static enum ppt_status check_ceilings(struct hashing *h, struct ppt_error *error)
{
    PPT_TRY(compare(h, run_argon2id, run_lent_argon2id, error));
    if (known_sodium()) {
        if (known_sodium()->sodium_init() < 0) {
            return ppt_fail(error, PPT_FAILED, "libsodium cannot start");
        }
        PPT_TRY(compare(h, run_module, run_sodium, error));
        PPT_TRY(compare(h, run_argon2id, run_sodium_argon2id, error));
    }
    return PPT_OK;
}

static enum ppt_status password_hold_ceilings(const struct venue *venue, struct hashing *h,
                                              struct ppt_error *error)
{
    struct bound sha256 = {
        .measured = {"password: SHA-256 of 20 bytes", run_module, .state = h, .units = HASHES},
        .ceiling = {"a block of SHA-256 by libcrypto", run_blocks, .state = h, .units = HASHES},
        .known = {KNOWN_NO_SODIUM},
        .unit = "ns",
        .unit_ns = 1,
        .most_units = 60,
    };
    struct bound argon2id = {
        .measured = {"password: Argon2id, t = 2, 19456 KiB", run_argon2id, .state = h, .units = 1},
        .ceiling = {"argon2id_ctx alone, with memory that is there", run_lent_argon2id, .state = h,
                    .units = 1},
        .known = {KNOWN_NO_SODIUM},
        .unit = "ms",
        .unit_ns = 1e6,
    };

    PPT_TRY(check_ceilings(h, error));
    if (known_sodium()) {
        sha256.known = (struct contestant){"crypto_hash_sha256 of libsodium", run_sodium,
                                           .state = h, .units = HASHES};
        argon2id.known = (struct contestant){"crypto_pwhash of libsodium", run_sodium_argon2id,
                                             .state = h, .units = 1};
    }
    PPT_TRY(bound_hold(venue, &sha256, error));
    return bound_hold(venue, &argon2id, error);
}

/* ---- all of them ---- */

static enum ppt_status password_hold_all(const struct venue *venue, struct hashing *h,
                                         struct ppt_error *error)
{
    PPT_TRY(password_check(h, error));
    PPT_TRY(hold_sha256(venue, h, error));
    PPT_TRY(hold_kernel(venue, h, error));
    return hold_argon2id(venue, h, error);
}

static enum ppt_status password_measure(const struct venue *venue,
                                        enum ppt_status (*hold)(const struct venue *venue,
                                                                struct hashing *h,
                                                                struct ppt_error *error),
                                        struct ppt_error *error)
{
    struct hashing *h = ppt_scratch_alloc(sizeof(*h), "password", error);
    enum ppt_status status;

    if (!h) {
        return PPT_FAILED;
    }
    status = hashing_start(h, error);
    if (status == PPT_OK) {
        status = hold(venue, h, error);
    }
    EVP_MD_CTX_free(h->context);
    EVP_MD_free(h->digest);
    free(h->argon2id.at);
    free(h);
    return status;
}

enum ppt_status speed_password(const struct venue *venue, struct ppt_error *error)
{
    return password_measure(venue, password_hold_all, error);
}

enum ppt_status bound_password(const struct venue *venue, struct ppt_error *error)
{
    return password_measure(venue, password_hold_ceilings, error);
}
