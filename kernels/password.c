/*
 * password - hashes passwords and stores them, then hashes passwords that somebody tries and looks
 * each of them up.
 *
 * Argon2id is what passwords deserve: most of its time is memory traffic. SHA-256, which is made
 * to be fast, is plain computation and measures the rest of the loop as well: with many passwords
 * stored, that is mostly the comparing of hashes one after the other, until one is equal. A set
 * ("lookup": "set") spares that.
 */
#include "digest.h"
#include "hash.h"
#include "hash_set.h"
#include "kernel.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "tries.h"

#define SALT_BYTES 16
#define LONGEST 1024
#define KIB_PER_LANE 8 /* RFC 9106, 3.1: m is at least 8 p */

#define LETTERS 26
#define CHARACTERS (2 * LETTERS + 10)

enum { STORED, TRIED, LENGTHS, RATIO, HASH, T_COST, M_COST, LANES, LOOKUP };
enum hash_kind { HASH_SHA256, HASH_ARGON2ID };
enum lookup { LOOKUP_SCAN, LOOKUP_SET };

static const char *const hashes[] = {[HASH_SHA256] = "sha256", [HASH_ARGON2ID] = "argon2id", NULL};
static const char *const lookups[] = {[LOOKUP_SCAN] = "scan", [LOOKUP_SET] = "set", NULL};

static const struct ppt_param password_params[] = {
    [STORED] = {.name = "stored",
                .kind = PPT_PARAM_INTEGER,
                .value = "5",
                .largest = PPT_HASH_SET_LARGEST,
                .unit = "",
                .help = "passwords that are hashed and stored"},
    [TRIED] = {.name = "tried",
               .kind = PPT_PARAM_INTEGER,
               .value = "20",
               .largest = 1e9,
               .unit = "",
               .help = "passwords that are hashed and looked up",
               .joint = "/"},
    [LENGTHS] = {.name = "lengths",
                 .kind = PPT_PARAM_SPAN,
                 .value = "[12, 20]",
                 .largest = LONGEST,
                 .unit = "characters",
                 .help = "shortest and longest password",
                 .joint = "; "},
    [RATIO] = {.name = "ratio",
               .kind = PPT_PARAM_REAL,
               .value = "0.8",
               .largest = 1,
               .unit = "",
               .help = "share of the tried passwords that are stored ones, exactly",
               .joint = "; "},
    [HASH] = {.name = "hash",
              .kind = PPT_PARAM_CHOICE,
              .value = "\"argon2id\"",
              .optional = true,
              .when_left = "\"sha256\"",
              .group = "options",
              .choices = hashes,
              .unit = "",
              .help = "how passwords are hashed",
              .joint = "; "},
    [T_COST] = {.name = "t_cost",
                .kind = PPT_PARAM_INTEGER,
                .value = "2",
                .optional = true,
                .group = "options",
                .smallest = 1,
                .largest = 1e6,
                .unit = "",
                .help = "Argon2id: passes over the memory"},
    [M_COST] = {.name = "m_cost_kib",
                .kind = PPT_PARAM_INTEGER,
                .value = "19456",
                .optional = true,
                .group = "options",
                .smallest = KIB_PER_LANE,
                .largest = 1 << 30,
                .unit = "KiB",
                .help = "Argon2id: memory of one hash, at least 8 KiB for each lane"},
    [LANES] = {.name = "lanes",
               .kind = PPT_PARAM_INTEGER,
               .value = "1",
               .optional = true,
               .group = "options",
               .smallest = 1,
               .largest = 1024,
               .unit = "",
               .help = "Argon2id: lanes of one hash, which inner threads share"},
    [LOOKUP] = {.name = "lookup",
                .kind = PPT_PARAM_CHOICE,
                .value = "\"scan\"",
                .optional = true,
                .group = "options",
                .apart = true,
                .choices = lookups,
                .unit = "",
                .help = "how hashes are looked up: one after the other, or in a set"},
};

/* Characters are made many at a time, which compilers vectorise, and handed out in pieces. */
struct characters {
    struct ppt_rng_bulk rng;
    uint16_t numbers[2 * LONGEST];
    char text[2 * LONGEST];
    size_t used;
};

struct password_local {
    unsigned inner_threads;
    struct characters characters;
    struct ppt_scratch scratch; /* what is left, in which every task lays out its parts */
};

/* A task under way. */
struct password_job {
    struct password_local *local;
    const union ppt_value *args;
    struct ppt_rng rng;
    unsigned char salt[SALT_BYTES];
    struct ppt_argon2id_recipe recipe;
    uint64_t digest;
    uint64_t matches;  /* tried ones that are stored */
    uint64_t compared; /* stored hashes that they were compared with, one by one */
    /* parts of the scratch */
    char *passwords; /* one every lengths.high characters */
    uint16_t *lengths;
    uint32_t *deck; /* for the order in which stored ones are tried */
    struct ppt_hash_set set;
    struct ppt_argon2id_memory memory; /* none if another hash is used */
};

static void password_lay_out(struct ppt_scratch *scratch, const union ppt_value *args,
                             struct password_job *job)
{
    const size_t stored = (size_t)args[STORED].integer;

    if (args[HASH].choice == HASH_ARGON2ID) {
        job->memory.bytes = (size_t)args[M_COST].integer * 1024;
    }
    job->memory.at = ppt_scratch_take(scratch, 1, job->memory.bytes);
    job->passwords = ppt_scratch_take(scratch, stored, (size_t)args[LENGTHS].span.high);
    job->lengths = ppt_scratch_take(scratch, stored, sizeof(*job->lengths));
    job->deck = ppt_scratch_take(scratch, stored, sizeof(*job->deck));
    job->set = ppt_hash_set_lay_out(scratch, (uint32_t)stored);
}

/* How many of the tried passwords are stored ones. */
static uint64_t right_of(const union ppt_value *args)
{
    return ppt_tries_right(args[TRIED].integer, args[RATIO].real);
}

static enum ppt_status open_kernel(const struct ppt_setup *setup, void **shared,
                                   struct ppt_error *error)
{
    for (size_t i = 0; i < setup->set_count; i++) {
        const union ppt_value *args = setup->sets[i];
        const long long m_cost = args[M_COST].integer, lanes = args[LANES].integer;

        if (args[HASH].choice == HASH_ARGON2ID && m_cost < KIB_PER_LANE * lanes) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "password: m_cost_kib: %lld is too little for %lld lanes; Argon2 needs "
                            "at least %d KiB for each, which makes %lld",
                            m_cost, lanes, KIB_PER_LANE, KIB_PER_LANE * lanes);
        }
        if (args[STORED].integer == 0 && right_of(args) > 0) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "password: stored: 0 leaves none to be the %llu right ones of those "
                            "tried; a ratio of 0 needs none",
                            (unsigned long long)right_of(args));
        }
        if (args[HASH].choice == HASH_SHA256) {
            PPT_TRY(ppt_hash_load_sha256(error));
        }
    }
    *shared = NULL;
    return PPT_OK;
}

static enum ppt_status password_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                       struct ppt_scratch *scratch, void **local,
                                       struct ppt_error *error)
{
    struct password_local *l = ppt_scratch_take(scratch, 1, sizeof(*l));

    (void)shared;
    (void)worker;
    (void)error;
    l->inner_threads = setup->inner_threads;
    l->scratch = *scratch;
    *local = l;
    return PPT_OK;
}

static void characters_start(struct characters *c, const struct ppt_task *task)
{
    ppt_rng_bulk_seed_task(&c->rng, task);
    c->used = sizeof(c->text);
}

/* Of 'a' to 'z', 'A' to 'Z', '0' to '9'; of 65536 numbers, each gets 1057 or 1058. */
static inline char character(uint16_t number)
{
    const int32_t place = (int32_t)((uint32_t)number * CHARACTERS >> 16);

    return (char)('a' + place - (place >= LETTERS) * ('a' + LETTERS - 'A') -
                  (place >= 2 * LETTERS) * ('A' + LETTERS - '0'));
}

/* At most LONGEST characters, which stay there until the next call. */
static const char *characters_take(struct characters *c, size_t count)
{
    if (count > sizeof(c->text) - c->used) {
        ppt_rng_fill_bytes(&c->rng, c->numbers, sizeof(c->numbers));
        for (size_t i = 0; i < sizeof(c->text); i++) {
            c->text[i] = character(c->numbers[i]);
        }
        c->used = 0;
    }
    c->used += count;
    return c->text + c->used - count;
}

/* A hash is a digest itself, so folding it is enough, and cheap next to a SHA-256 of 80 ns. */
static uint64_t digest_hash(uint64_t start, const unsigned char *hash)
{
    uint64_t words[PPT_HASH_BYTES / sizeof(uint64_t)];

    memcpy(words, hash, sizeof(words));
    return ppt_digest_word(start, words[0] ^ ppt_rotate_left(words[1], 13) ^
                                      ppt_rotate_left(words[2], 29) ^
                                      ppt_rotate_left(words[3], 47));
}

static void job_start(struct password_job *job, struct password_local *local,
                      const struct ppt_task *task)
{
    const union ppt_value *args = task->args;
    const uint32_t lanes = (uint32_t)args[LANES].integer;
    struct ppt_scratch scratch = local->scratch;

    *job = (struct password_job){.local = local, .args = args};
    ppt_rng_seed(&job->rng, task->seed, task->index, PPT_STREAM_SIDE);
    characters_start(&local->characters, task);
    password_lay_out(&scratch, args, job);
    ppt_hash_set_clear(&job->set);
    /* One salt for the whole task, although each password should have its own: with salts of their
     * own, a tried password would have to be hashed once for every stored one to find it. */
    for (size_t i = 0; i < SALT_BYTES; i += sizeof(uint64_t)) {
        const uint64_t random = ppt_rng_next(&job->rng);

        memcpy(job->salt + i, &random, sizeof(random));
    }
    job->recipe = (struct ppt_argon2id_recipe){
        .t_cost = (uint32_t)args[T_COST].integer,
        .m_cost_kib = (uint32_t)args[M_COST].integer,
        .lanes = lanes,
        .threads = local->inner_threads < lanes ? local->inner_threads : lanes,
        .salt = {job->salt, SALT_BYTES},
    };
}

static enum ppt_status hash_password(const struct password_job *job, const char *password,
                                     size_t length, unsigned char *out, struct ppt_error *error)
{
    const struct ppt_bytes bytes = {password, (uint32_t)length};

    if (job->args[HASH].choice == HASH_SHA256) {
        ppt_hash_sha256(bytes, out);
        return PPT_OK;
    }
    return ppt_hash_argon2id(&job->memory, &job->recipe, bytes, out, error);
}

static size_t draw_length(struct password_job *job)
{
    const struct ppt_span lengths = job->args[LENGTHS].span;

    return (size_t)ppt_rng_between(&job->rng, lengths.low, lengths.high);
}

static enum ppt_status store_passwords(struct password_job *job, struct ppt_error *error)
{
    struct characters *characters = &job->local->characters;
    const size_t count = (size_t)job->args[STORED].integer;
    const size_t stride = (size_t)job->args[LENGTHS].span.high;

    for (size_t i = 0; i < count; i++) {
        const size_t length = draw_length(job);
        char *password = job->passwords + i * stride;
        unsigned char *hash = ppt_hash_set_next(&job->set);

        memcpy(password, characters_take(characters, length), length);
        job->lengths[i] = (uint16_t)length;
        PPT_TRY(hash_password(job, password, length, hash, error));
        ppt_hash_set_add(&job->set);
        job->digest = digest_hash(job->digest, hash);
    }
    return PPT_OK;
}

static bool look_up(struct password_job *job, const unsigned char *hash)
{
    const struct ppt_hash_set *set = &job->set;

    return job->args[LOOKUP].choice == LOOKUP_SET ? ppt_hash_set_has(set, hash)
                                                  : ppt_hash_set_scan(set, hash, &job->compared);
}

static enum ppt_status try_passwords(struct password_job *job, struct ppt_error *error)
{
    struct characters *characters = &job->local->characters;
    const size_t stride = (size_t)job->args[LENGTHS].span.high;
    struct ppt_tries tries;

    ppt_tries_start(&tries, (uint64_t)job->args[TRIED].integer, right_of(job->args), job->deck,
                    (uint64_t)job->args[STORED].integer);
    for (int64_t i = 0; i < job->args[TRIED].integer; i++) {
        unsigned char hash[PPT_HASH_BYTES];
        const char *password;
        uint64_t which;
        size_t length;

        if (ppt_tries_next(&tries, &job->rng, &which)) {
            password = job->passwords + which * stride;
            length = job->lengths[which];
        } else {
            length = draw_length(job);
            password = characters_take(characters, length);
        }
        PPT_TRY(hash_password(job, password, length, hash, error));
        job->matches += look_up(job, hash);
        job->digest = digest_hash(job->digest, hash);
    }
    return PPT_OK;
}

static enum ppt_status password_work(struct password_local *l, const struct ppt_task *task,
                                     struct password_job *job, struct ppt_error *error)
{
    const uint64_t right = right_of(task->args);

    job_start(job, l, task);
    PPT_TRY(store_passwords(job, error));
    PPT_TRY(try_passwords(job, error));
    return job->matches >= right
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED,
                          "password: %llu of the passwords tried by task %llu were found, but %llu "
                          "are stored",
                          (unsigned long long)job->matches, (unsigned long long)task->index,
                          (unsigned long long)right);
}

static enum ppt_status password_run(void *local, const struct ppt_task *task, uint64_t *digest,
                                    struct ppt_error *error)
{
    struct password_job job;
    const enum ppt_status status = password_work(local, task, &job, error);

    *digest = ppt_digest_word(job.digest, job.matches);
    return status;
}

static enum ppt_status password_dump(void *local, const struct ppt_task *task, FILE *file,
                                     struct ppt_error *error)
{
    struct password_job job;

    PPT_TRY(password_work(local, task, &job, error));
    for (size_t i = 0; i < job.set.count; i++) {
        for (size_t j = 0; j < PPT_HASH_BYTES; j++) {
            fprintf(file, "%02x", job.set.hashes[i * PPT_HASH_BYTES + j]);
        }
        fputc('\n', file);
    }
    fprintf(file, "compared %llu\nmatches %llu\n", (unsigned long long)job.compared,
            (unsigned long long)job.matches);
    return PPT_OK;
}

/* SHA-256 always: the ranges are meant for it. With Argon2id, one task would take minutes. */
static void password_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[STORED].integer = ppt_rng_between(rng, 1000, 10000);
    args[TRIED].integer = ppt_rng_between(rng, 100, 1000);
    args[LENGTHS].span.low = ppt_rng_between(rng, 6, 20);
    args[LENGTHS].span.high = ppt_rng_between(rng, 21, 30);
    args[RATIO].real = 0.1 + 0.8 * ppt_rng_double(rng);
    args[HASH].choice = HASH_SHA256;
}

static void password_needs(const union ppt_value *args, unsigned inner_threads,
                           struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;
    struct password_job job = {0};

    (void)inner_threads;
    ppt_scratch_take(&ruler, 1, sizeof(struct password_local));
    password_lay_out(&ruler, args, &job);
    needs->worker_bytes = ruler.used;
}

const struct ppt_kernel ppt_kernel_password = {
    PPT_KERNEL_HEAD,
    .name = "password",
    .category = "computation, memory",
    .summary = "hash passwords, then hash tried ones and look each of them up",
    PPT_KERNEL_PARAMS(password_params),
    .inner_threads = true,
    .open = open_kernel,
    .attach = password_attach,
    .run = password_run,
    .draw = password_draw,
    .needs = password_needs,
    .dump = password_dump,
};
