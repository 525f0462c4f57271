/*
 * counting.c - a library for LD_PRELOAD that counts what a program asks of the libraries that do
 * its work, so that two programs can be shown to do the same amount of it (against_python.py).
 *
 *     PPT_COUNTS    a file that gets a line "NAME NUMBER" for each count when the program exits
 *
 * What a library does inside itself to fulfil a call does not count again. Operations are those of
 * the textbook: 2mnk for a product, 2/3 n^3 for a factorisation into triangles, and so on.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum count { PRODUCTS, PRODUCT_FLOP, LAPACK_FLOP, HASHES, DEFLATED, INFLATED, COUNTS };

static const char *const names[COUNTS] = {
    [PRODUCTS] = "products", [PRODUCT_FLOP] = "product_flop", [LAPACK_FLOP] = "lapack_flop",
    [HASHES] = "hashes",     [DEFLATED] = "deflated_bytes",   [INFLATED] = "inflated_bytes",
};

static atomic_uint_fast64_t counts[COUNTS];

/* How many counted functions this thread is inside of. */
static _Thread_local unsigned depth;

static void enter(enum count count, double amount)
{
    if (depth++ == 0) {
        atomic_fetch_add(&counts[count], (uint_fast64_t)(amount + 0.5));
    }
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("PPT_COUNTS");
    FILE *file = path ? fopen(path, "we") : NULL;

    if (!file) {
        return;
    }
    for (size_t i = 0; i < COUNTS; i++) {
        fprintf(file, "%s %llu\n", names[i], (unsigned long long)atomic_load(&counts[i]));
    }
    fclose(file);
}

/* The linker's, which stands behind the one below. */
static void *look_up(void *handle, const char *name)
{
    static __typeof__(dlsym) *real;

    if (!real) {
        void *found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");

        found = found ? found : dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
        memcpy(&real, &found, sizeof(real));
    }
    return real(handle, name);
}

/* What Python's modules are linked with, and what ppt-omp loads, is theirs alone, where RTLD_NEXT
 * does not look, or finds GSL's CBLAS. */
static void *find(const char *name)
{
    static const char *const libraries[] = {"libopenblas.so.0", "libblas.so.3", "liblapack.so.3",
                                            "libcrypto.so.3", "libz.so.1"};
    void *found = NULL;

    for (size_t i = 0; !found && i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);

        found = library ? look_up(library, name) : NULL;
    }
    found = found ? found : look_up(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "counting: no library has %s\n", name);
        abort();
    }
    return found;
}

/* Makes `real` the function of that name that this library stands before. A function pointer cannot
 * be made from what dlsym() returns without a detour in ISO C. */
#define NEXT(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real) {                                                                                   \
        void *found = find(#name);                                                                 \
        memcpy(&real, &found, sizeof(real));                                                       \
    }

/* ---- linear algebra; declared here, since headers of BLAS and LAPACK differ in their details ----
 */

void cblas_dgemm(int order, int turn_a, int turn_b, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
void dgetri_(const int *n, double *a, const int *lda, const int *pivots, double *work,
             const int *work_count, int *info);
void dgesv_(const int *n, const int *columns, double *a, const int *lda, int *pivots, double *b,
            const int *ldb, int *info);

void cblas_dgemm(int order, int turn_a, int turn_b, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc)
{
    NEXT(cblas_dgemm)
    if (depth == 0) {
        atomic_fetch_add(&counts[PRODUCTS], 1);
    }
    enter(PRODUCT_FLOP, 2.0 * m * n * k);
    real(order, turn_a, turn_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    depth--;
}

void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info)
{
    NEXT(dgetrf_)
    enter(LAPACK_FLOP, 2.0 / 3.0 * *m * *n * *n);
    real(m, n, a, lda, pivots, info);
    depth--;
}

void dgetri_(const int *n, double *a, const int *lda, const int *pivots, double *work,
             const int *work_count, int *info)
{
    NEXT(dgetri_)
    enter(LAPACK_FLOP, 4.0 / 3.0 * *n * *n * *n);
    real(n, a, lda, pivots, work, work_count, info);
    depth--;
}

void dgesv_(const int *n, const int *columns, double *a, const int *lda, int *pivots, double *b,
            const int *ldb, int *info)
{
    NEXT(dgesv_)
    enter(LAPACK_FLOP, 2.0 / 3.0 * *n * *n * *n + 2.0 * *n * *n * *columns);
    real(n, columns, a, lda, pivots, b, ldb, info);
    depth--;
}

/* ---- hashes: whichever way libcrypto is asked, each ends in one of these ---- */

int SHA256_Final(unsigned char *out, void *context);
int EVP_DigestFinal(void *context, unsigned char *out, unsigned *bytes);
int EVP_DigestFinal_ex(void *context, unsigned char *out, unsigned *bytes);

int SHA256_Final(unsigned char *out, void *context)
{
    NEXT(SHA256_Final)
    enter(HASHES, 1);
    const int done = real(out, context);
    depth--;
    return done;
}

int EVP_DigestFinal(void *context, unsigned char *out, unsigned *bytes)
{
    NEXT(EVP_DigestFinal)
    enter(HASHES, 1);
    const int done = real(context, out, bytes);
    depth--;
    return done;
}

int EVP_DigestFinal_ex(void *context, unsigned char *out, unsigned *bytes)
{
    NEXT(EVP_DigestFinal_ex)
    enter(HASHES, 1);
    const int done = real(context, out, bytes);
    depth--;
    return done;
}

/* ---- zlib: bytes of the plain side ---- */

int deflate(z_streamp stream, int flush)
{
    NEXT(deflate)
    const uInt before = stream->avail_in;
    const int done = real(stream, flush);

    atomic_fetch_add(&counts[DEFLATED], before - stream->avail_in);
    return done;
}

int inflate(z_streamp stream, int flush)
{
    NEXT(inflate)
    const uInt before = stream->avail_out;
    const int done = real(stream, flush);

    atomic_fetch_add(&counts[INFLATED], before - stream->avail_out);
    return done;
}

/* ---- for who looks these up by their names ---- */

void *dlsym(void *handle, const char *name)
{
    void *found = look_up(handle, name);

    if (found) {
#define STAND_BEFORE(function)                                                                     \
    if (strcmp(name, #function) == 0) {                                                            \
        __typeof__(function) *own = function;                                                      \
        memcpy(&found, &own, sizeof(found));                                                       \
    }
        STAND_BEFORE(cblas_dgemm)
        STAND_BEFORE(dgetrf_)
        STAND_BEFORE(dgetri_)
        STAND_BEFORE(SHA256_Final)
    }
    return found;
}
