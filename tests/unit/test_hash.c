/*
 * The hashes of the password kernel against published vectors, and its hash set.
 */
#include <stdio.h>
#include <string.h>

/* Its state is for those who call it block by block. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "hash.h"
#include "hash_set.h"
#include "unit.h"

static struct ppt_bytes bytes(const char *text)
{
    return (struct ppt_bytes){text, (uint32_t)strlen(text)};
}

static void assert_hash(const unsigned char *hash, const char *hex)
{
    char text[2 * PPT_HASH_BYTES + 1];

    for (size_t i = 0; i < PPT_HASH_BYTES; i++) {
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    assert_string_equal(text, hex);
}

/* The examples for SHA-256 that NIST publishes with FIPS 180-4. */
static void sha256_agrees_with_fips_180(void **state)
{
    static const char *const vectors[][2] = {
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    unsigned char out[PPT_HASH_BYTES];

    struct ppt_error error = {""};

    (void)state;
    require(ppt_hash_load_sha256(&error), &error);
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        ppt_hash_sha256(bytes(vectors[i][0]), out);
        assert_hash(out, vectors[i][1]);
    }
}

/* One block is "abc" with its padding; of more, the library's own state knows. */
static void blocks_of_sha256_are_all_taken(void **state)
{
    unsigned char block[PPT_HASH_BLOCK_BYTES] = "abc\x80", out[PPT_HASH_BYTES];
    SHA256_CTX context;

    (void)state;
    block[sizeof(block) - 1] = 24;
    ppt_hash_sha256_blocks(block, 1, out);
    assert_hash(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    SHA256_Init(&context);
    for (int i = 0; i < 3; i++) {
        SHA256_Update(&context, block, sizeof(block));
    }
    ppt_hash_sha256_blocks(block, 3, out);
    for (size_t i = 0; i < PPT_HASH_BYTES; i++) {
        assert_int_equal(out[i], (unsigned char)(context.h[i / 4] >> (24 - 8 * (i % 4))));
    }
}

/* Of every length around one block and two, against the library's own padding. */
static void sha256_agrees_with_the_library(void **state)
{
    unsigned char text[150], out[PPT_HASH_BYTES], expected[PPT_HASH_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (unsigned char)(i * 37 + 200);
    }
    for (uint32_t length = 0; length <= sizeof(text); length++) {
        SHA256(text, length, expected);
        ppt_hash_sha256((struct ppt_bytes){text, length}, out);
        assert_memory_equal(out, expected, sizeof(out));
    }
}

static struct ppt_argon2id_memory memory_of(size_t kib)
{
    struct ppt_error error;
    const struct ppt_argon2id_memory memory = {ppt_scratch_alloc(kib * 1024, "test", &error),
                                               kib * 1024};

    assert_non_null(memory.at);
    return memory;
}

/* RFC 9106, section 5.3. */
static void argon2id_agrees_with_rfc_9106(void **state)
{
    unsigned char password[32], salt[16], secret[8], associated[12], out[PPT_HASH_BYTES];
    struct ppt_argon2id_recipe recipe = {.t_cost = 3,
                                         .m_cost_kib = 32,
                                         .lanes = 4,
                                         .salt = {salt, sizeof(salt)},
                                         .secret = {secret, sizeof(secret)},
                                         .associated = {associated, sizeof(associated)}};
    struct ppt_error error = {""};
    const struct ppt_argon2id_memory memory = memory_of(32);

    (void)state;
    memset(password, 1, sizeof(password));
    memset(salt, 2, sizeof(salt));
    memset(secret, 3, sizeof(secret));
    memset(associated, 4, sizeof(associated));
    for (uint32_t threads = 1; threads <= 4; threads++) {
        recipe.threads = threads;
        assert_int_equal(ppt_hash_argon2id(&memory, &recipe,
                                           (struct ppt_bytes){password, sizeof(password)}, out,
                                           &error),
                         PPT_OK);
        assert_hash(out, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }
    free(memory.at);
}

/* From the tests of the reference library. The first also leaves the memory full of what the
 * second must not be influenced by. */
static void argon2id_agrees_with_the_reference_library(void **state)
{
    struct ppt_argon2id_recipe recipe = {
        .t_cost = 2, .m_cost_kib = 65536, .lanes = 1, .threads = 1, .salt = bytes("somesalt")};
    struct ppt_error error = {""};
    const struct ppt_argon2id_memory memory = memory_of(65536);
    unsigned char out[PPT_HASH_BYTES];

    (void)state;
    assert_int_equal(ppt_hash_argon2id(&memory, &recipe, bytes("password"), out, &error), PPT_OK);
    assert_hash(out, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    recipe.m_cost_kib = 256;
    assert_int_equal(ppt_hash_argon2id(&memory, &recipe, bytes("password"), out, &error), PPT_OK);
    assert_hash(out, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    free(memory.at);
}

static void argon2id_refuses_what_it_cannot_do(void **state)
{
    struct ppt_argon2id_recipe recipe = {
        .t_cost = 1, .m_cost_kib = 65, .lanes = 1, .threads = 1, .salt = bytes("somesalt")};
    struct ppt_error error = {""};
    const struct ppt_argon2id_memory memory = memory_of(16);
    unsigned char out[PPT_HASH_BYTES];

    (void)state;
    assert_int_equal(ppt_hash_argon2id(&memory, &recipe, bytes("password"), out, &error),
                     PPT_FAILED);
    assert_string_equal(error.text, "Argon2id: Memory allocation error");
    recipe.m_cost_kib = 16;
    recipe.salt.count = 7;
    assert_int_equal(ppt_hash_argon2id(&memory, &recipe, bytes("password"), out, &error),
                     PPT_FAILED);
    assert_string_equal(error.text, "Argon2id: Salt is too short");
    free(memory.at);
}

static void number_hash(unsigned char *hash, uint32_t start, uint32_t number)
{
    memset(hash, 0, PPT_HASH_BYTES);
    memcpy(hash, &start, sizeof(start));
    memcpy(hash + PPT_HASH_BYTES - sizeof(number), &number, sizeof(number));
}

/* All hashes want the last slot, so that the search goes round the end, and the set is full. */
static void set_finds_what_collides(void **state)
{
    const uint32_t capacity = 64;
    uint64_t compared;
    unsigned char hash[PPT_HASH_BYTES];
    _Alignas(PPT_CACHE_LINE) char memory[64 * PPT_HASH_BYTES + 128 * sizeof(uint32_t)];
    struct ppt_scratch scratch = {.memory = memory, .bytes = sizeof(memory)};
    struct ppt_hash_set set = ppt_hash_set_lay_out(&scratch, capacity);

    (void)state;
    assert_int_equal(scratch.used, sizeof(memory));
    ppt_hash_set_clear(&set);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < capacity; i++) {
            number_hash(hash, UINT32_MAX, i);
            assert_false(ppt_hash_set_has(&set, hash));
            compared = 0;
            assert_false(ppt_hash_set_scan(&set, hash, &compared));
            assert_int_equal(compared, i);
            number_hash(ppt_hash_set_next(&set), UINT32_MAX, i);
            ppt_hash_set_add(&set);
            assert_true(ppt_hash_set_has(&set, hash));
            compared = 0;
            assert_true(ppt_hash_set_scan(&set, hash, &compared));
            assert_int_equal(compared, i + 1);
        }
        number_hash(hash, UINT32_MAX, 0);
        assert_true(ppt_hash_set_has(&set, hash));
        assert_int_equal(set.count, capacity);
        ppt_hash_set_clear(&set);
        assert_false(ppt_hash_set_has(&set, hash));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_agrees_with_fips_180),
        cmocka_unit_test(blocks_of_sha256_are_all_taken),
        cmocka_unit_test(sha256_agrees_with_the_library),
        cmocka_unit_test(argon2id_agrees_with_rfc_9106),
        cmocka_unit_test(argon2id_agrees_with_the_reference_library),
        cmocka_unit_test(argon2id_refuses_what_it_cannot_do),
        cmocka_unit_test(set_finds_what_collides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
