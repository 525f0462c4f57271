/*
 * zip - writes a file, compresses it to a second one in gzip format, restores that to a third,
 * compares the third with the first and deletes them all.
 */
#include <inttypes.h>

#include "digest.h"
#include "gzip.h"
#include "kernel.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "tempfile.h"

#define MIB_BYTES (UINT64_C(1) << 20)
#define CHUNK PPT_TEMPFILE_CHUNK
#define WORDS 1024
#define WORD_BYTES 16
#define BUFFER_BYTES (CHUNK + (size_t)2 * WORD_BYTES) /* a word may reach over the end */

enum { MIB, LEVEL, CONTENT };
enum content { CONTENT_RANDOM, CONTENT_TEXT };

static const char *const contents[] = {[CONTENT_RANDOM] = "random", [CONTENT_TEXT] = "text", NULL};

static const struct ppt_param zip_params[] = {
    [MIB] = {.name = "mib",
             .kind = PPT_PARAM_INTEGER,
             .value = "50",
             .largest = 1 << 20,
             .unit = "MiB",
             .help = "size of the file that one task compresses and restores"},
    [LEVEL] = {.name = "level",
               .kind = PPT_PARAM_INTEGER,
               .value = "9",
               .optional = true,
               .largest = PPT_GZIP_LEVELS - 1,
               .unit = "",
               .help = "compression level of zlib: 0 stores, 1 is fastest, 9 is smallest"},
    [CONTENT] = {.name = "content",
                 .kind = PPT_PARAM_CHOICE,
                 .value = "\"random\"",
                 .optional = true,
                 .choices = contents,
                 .unit = "",
                 .help = "random bytes cannot be compressed, text shrinks to about a third"},
};

struct word {
    char text[WORD_BYTES - 1];
    unsigned char length;
};

struct zip_local {
    struct ppt_tempfile plain, packed, restored;
    unsigned char *in, *out; /* BUFFER_BYTES each */
    struct word *words;
    struct ppt_gzip gzip;
};

/*
 * The vocabulary of "text", the same for every task: the first words are short and, as
 * fill_text() prefers small indices, frequent, as in natural languages.
 */
static void make_words(struct word *words)
{
    /* Letters about as often as in English. */
    static const char letters[64] =
        "eeeeeeeettttttaaaaaooooooiiiiinnnnnsssshhhhrrrrddllluuccmmffwgpy";
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 0, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < WORDS; i++) {
        const int64_t longest = i < 64 ? 4 : WORD_BYTES - 4;

        words[i].length = (unsigned char)ppt_rng_between(&rng, i < 8 ? 1 : 2, longest);
        for (size_t j = 0; j < sizeof(words[i].text); j++) {
            words[i].text[j] = letters[ppt_rng_below(&rng, sizeof(letters))];
        }
    }
}

/* May write WORD_BYTES + 2 bytes more than `bytes`: copies of a fixed size are fastest. */
static void fill_text(const struct word *words, struct ppt_rng *rng, unsigned char *out,
                      size_t bytes)
{
    static const char separators[16][2] = {"  ", "  ", "  ", "  ", "  ", "  ", "  ", "  ",
                                           "  ", "  ", "  ", "  ", "  ", ", ", ", ", ".\n"};

    for (size_t at = 0; at < bytes;) {
        const uint64_t random = ppt_rng_next(rng);
        const size_t separator = random & 15;
        /* The product of uniform numbers is a small one most of the time. */
        const uint64_t product = (random >> 48) * ((random >> 32) & 0xffff) >> 16;
        const struct word *word = &words[product * WORDS >> 16];

        memcpy(out + at, word->text, sizeof(word->text));
        at += word->length;
        memcpy(out + at, separators[separator], 2);
        at += separator < 13 ? 1 : 2;
    }
}

static void zip_detach(void *local)
{
    struct zip_local *l = local;

    if (l) {
        ppt_gzip_free(&l->gzip);
        ppt_tempfile_free(&l->plain);
        ppt_tempfile_free(&l->packed);
        ppt_tempfile_free(&l->restored);
    }
}

static struct zip_local *zip_lay_out(struct ppt_scratch *scratch)
{
    struct zip_local local = {0};

    local.in = ppt_scratch_take(scratch, 1, BUFFER_BYTES);
    local.out = ppt_scratch_take(scratch, 1, BUFFER_BYTES);
    local.words = ppt_scratch_take(scratch, WORDS, sizeof(struct word));
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* zlib's memory and the names of files, which are not scratch. */
static enum ppt_status zip_start(struct zip_local *l, const struct ppt_setup *setup,
                                 unsigned worker, struct ppt_error *error)
{
    PPT_TRY(ppt_tempfile_init(&l->plain, setup, "zip", worker, "plain", error));
    PPT_TRY(ppt_tempfile_init(&l->packed, setup, "zip", worker, "packed.gz", error));
    PPT_TRY(ppt_tempfile_init(&l->restored, setup, "zip", worker, "restored", error));
    PPT_TRY(ppt_gzip_init(&l->gzip, l->in, l->out, error));
    for (size_t i = 0; i < setup->set_count; i++) {
        PPT_TRY(ppt_gzip_add_level(&l->gzip, (int)setup->sets[i][LEVEL].integer, error));
    }
    return PPT_OK;
}

static enum ppt_status zip_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                  struct ppt_scratch *scratch, void **local,
                                  struct ppt_error *error)
{
    struct zip_local *l = zip_lay_out(scratch);
    const enum ppt_status status = zip_start(l, setup, worker, error);

    (void)shared;
    if (status != PPT_OK) {
        zip_detach(l);
        return status;
    }
    make_words(l->words);
    *local = l;
    return PPT_OK;
}

static enum ppt_status write_plain(struct zip_local *l, const struct ppt_task *task,
                                   struct ppt_error *error)
{
    const bool text = task->args[CONTENT].choice == CONTENT_TEXT;
    uint64_t left = (uint64_t)task->args[MIB].integer * (MIB_BYTES / CHUNK);
    struct ppt_rng_bulk bulk;
    struct ppt_rng rng;

    ppt_rng_bulk_seed_task(&bulk, task);
    ppt_rng_seed(&rng, task->seed, task->index, PPT_STREAM_DATA);
    PPT_TRY(ppt_tempfile_create(&l->plain, error));
    for (; left > 0; left--) {
        if (text) {
            fill_text(l->words, &rng, l->in, CHUNK);
        } else {
            ppt_rng_fill_bytes(&bulk, l->in, CHUNK);
        }
        PPT_TRY(ppt_tempfile_write(&l->plain, l->in, CHUNK, error));
    }
    return ppt_tempfile_close(&l->plain, error);
}

static enum ppt_status differ(const struct zip_local *l, uint64_t at, size_t bytes,
                              struct ppt_error *error)
{
    size_t i = 0;

    while (i < bytes && l->in[i] == l->out[i]) {
        i++;
    }
    return ppt_fail(error, PPT_FAILED, "zip: %s differs at byte %" PRIu64 " from %s",
                    l->restored.path, at + i, l->plain.path);
}

/* Compares the third file with the first, as both are on the disk. */
static enum ppt_status verify(struct zip_local *l, uint64_t *digest, struct ppt_error *error)
{
    size_t got, restored;
    uint64_t at = 0;

    *digest = 0;
    PPT_TRY(ppt_tempfile_open(&l->plain, error));
    PPT_TRY(ppt_tempfile_open(&l->restored, error));
    do {
        PPT_TRY(ppt_tempfile_read(&l->plain, l->in, CHUNK, &got, error));
        PPT_TRY(ppt_tempfile_read(&l->restored, l->out, CHUNK, &restored, error));
        if (restored != got || memcmp(l->in, l->out, got) != 0) {
            return differ(l, at, restored < got ? restored : got, error);
        }
        *digest = ppt_digest(*digest, l->out, restored);
        at += got;
    } while (got == CHUNK);
    PPT_TRY(ppt_tempfile_close(&l->restored, error));
    return ppt_tempfile_close(&l->plain, error);
}

/* `sink` receives the compressed file before it is deleted; NULL for none. After a failure files
 * may be left. */
static enum ppt_status zip_try(struct zip_local *l, const struct ppt_task *task, uint64_t *digest,
                               FILE *sink, struct ppt_error *error)
{
    struct ppt_gzip_result packing = {0};

    PPT_TRY(write_plain(l, task, error));
    PPT_TRY(ppt_gzip_pack(&l->gzip, (int)task->args[LEVEL].integer, &l->plain, &l->packed, &packing,
                          error));
    PPT_TRY(ppt_gzip_unpack(&l->gzip, &l->packed, &l->restored, error));
    PPT_TRY(verify(l, digest, error));
    *digest = ppt_digest_word(*digest, packing.bytes);
    *digest = ppt_digest_word(*digest, packing.crc);
    if (sink) {
        PPT_TRY(ppt_tempfile_dump(&l->packed, l->in, sink, error));
    }
    PPT_TRY(ppt_tempfile_remove(&l->plain, error));
    PPT_TRY(ppt_tempfile_remove(&l->packed, error));
    return ppt_tempfile_remove(&l->restored, error);
}

static enum ppt_status zip_work(struct zip_local *l, const struct ppt_task *task, uint64_t *digest,
                                FILE *sink, struct ppt_error *error)
{
    const enum ppt_status status = zip_try(l, task, digest, sink, error);

    ppt_tempfile_drop(&l->plain);
    ppt_tempfile_drop(&l->packed);
    ppt_tempfile_drop(&l->restored);
    return status;
}

static enum ppt_status zip_run(void *local, const struct ppt_task *task, uint64_t *digest,
                               struct ppt_error *error)
{
    return zip_work(local, task, digest, NULL, error);
}

static enum ppt_status zip_dump(void *local, const struct ppt_task *task, FILE *file,
                                struct ppt_error *error)
{
    uint64_t digest;

    return zip_work(local, task, &digest, file, error);
}

static void zip_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[MIB].integer = ppt_rng_between(rng, 1, 100);
}

static void zip_needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    const uint64_t bytes = (uint64_t)args[MIB].integer * MIB_BYTES;

    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    (void)inner_threads;
    zip_lay_out(&ruler);
    needs->worker_bytes = ruler.used;
    needs->library_bytes = PPT_GZIP_BYTES;
    needs->disk_bytes = 2 * bytes + ppt_gzip_bound(bytes);
}

/* The plain file and the restored one; random bytes do not get fewer between them. */
static void zip_work_of(const union ppt_value *args, struct ppt_work *work)
{
    const double files = args[CONTENT].choice == CONTENT_TEXT ? 2 : 3;

    work->written_bytes = files * (double)args[MIB].integer * (double)MIB_BYTES;
}

const struct ppt_kernel ppt_kernel_zip = {
    PPT_KERNEL_HEAD,
    .name = "zip",
    .category = "computation, storage",
    .summary = "write a file, gzip it, gunzip it, compare, delete all",
    PPT_KERNEL_PARAMS(zip_params),
    .attach = zip_attach,
    .run = zip_run,
    .detach = zip_detach,
    .draw = zip_draw,
    .needs = zip_needs,
    .dump = zip_dump,
    .work = zip_work_of,
};
