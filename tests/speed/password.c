/*
 * password: the hash bounds it. SHA-256 through the kernel's module against the two interfaces of
 * libcrypto, the kernel against hashing as many passwords, Argon2id against libargon2's plain call,
 * which takes its memory anew for every hash.
 */
#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "hash.h"
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

/* ---- all of them ---- */

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
        .limit = 100,
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

enum ppt_status speed_password(const struct venue *venue, struct ppt_error *error)
{
    struct hashing *h = ppt_scratch_alloc(sizeof(*h), "password", error);
    enum ppt_status status;

    if (!h) {
        return PPT_FAILED;
    }
    status = hashing_start(h, error);
    if (status == PPT_OK) {
        status = password_check(h, error);
    }
    if (status == PPT_OK) {
        status = hold_sha256(venue, h, error);
    }
    if (status == PPT_OK) {
        status = hold_kernel(venue, h, error);
    }
    if (status == PPT_OK) {
        status = hold_argon2id(venue, h, error);
    }
    EVP_MD_CTX_free(h->context);
    EVP_MD_free(h->digest);
    free(h->argon2id.at);
    free(h);
    return status;
}
