#include "fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blas.h"

static int remove_file(int directory, const char *name)
{
    return unlinkat(directory, name, 0);
}

const struct ppt_services fixture_services = {.remove_file = remove_file};

static struct ppt_task task(const struct fixture *f, uint64_t index)
{
    return (struct ppt_task){.seed = f->setup.seed, .index = index, .set = 0, .args = f->sets[0]};
}

void fixture_start(struct fixture *f, const struct ppt_kernel *kernel, const union ppt_value *args)
{
    fixture_start_sets(f, kernel, &args, 1);
}

void fixture_start_sets(struct fixture *f, const struct ppt_kernel *kernel,
                        const union ppt_value *const *sets, size_t count)
{
    struct ppt_error error = {""};

    *f = (struct fixture){
        .kernel = kernel, .sets = {sets[0]}, .scratch = "/tmp/ppt-omp-test-XXXXXX"};
    assert_non_null(mkdtemp(f->scratch));
    f->setup = (struct ppt_setup){.seed = 1,
                                  .scratch_dir = f->scratch,
                                  .scratch_fd = open(f->scratch, O_RDONLY | O_DIRECTORY),
                                  .services = &fixture_services,
                                  .sets = count == 1 ? f->sets : sets,
                                  .set_count = count,
                                  .workers = 1,
                                  .inner_threads = 1};
    if (kernel->open) {
        require(kernel->open(&f->setup, &f->shared, &error), &error);
    }
    fixture_attach(f, 1);
}

static void detach(struct fixture *f)
{
    if (f->kernel->detach) {
        f->kernel->detach(f->local);
    }
    free(f->block.memory);
    f->block.memory = NULL;
    f->local = NULL;
}

void fixture_attach(struct fixture *f, unsigned inner_threads)
{
    struct ppt_error error = {""};

    detach(f);
    f->setup.inner_threads = inner_threads;
    if (f->kernel->attach) {
        require(ppt_scratch_begin(f->kernel, ppt_scratch_needed(f->kernel, &f->setup), &f->block,
                                  &error),
                &error);
        require(f->kernel->attach(&f->setup, f->shared, 0, &f->block, &f->local, &error), &error);
    }
}

uint64_t fixture_run(struct fixture *f, uint64_t index)
{
    const struct ppt_task t = task(f, index);
    struct ppt_error error = {""};
    uint64_t digest = 0;

    require(f->kernel->run(f->local, &t, &digest, &error), &error);
    return digest;
}

FILE *fixture_dump(struct fixture *f, uint64_t index)
{
    const struct ppt_task t = task(f, index);
    struct ppt_error error = {""};
    FILE *file = tmpfile();

    assert_non_null(file);
    fixture_run(f, index);
    require(f->kernel->dump(f->local, &t, file, &error), &error);
    rewind(file);
    return file;
}

void fixture_stop(struct fixture *f)
{
    detach(f);
    detach(f); /* of nothing */
    if (f->kernel->close) {
        f->kernel->close(f->shared);
        f->kernel->close(NULL);
    }
    close(f->setup.scratch_fd);
    assert_int_equal(rmdir(f->scratch), 0); /* fails when anything is left in it */
}

void fixture_openblas(const char *name, void *function)
{
    struct ppt_error error = {""};

    require(ppt_blas_load(&error), &error);
    void *library = dlopen(PPT_LIBOPENBLAS, RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(library);
    void *const symbol = dlsym(library, name);
    assert_non_null(symbol);
    memcpy(function, &symbol, sizeof(symbol)); /* ISO C has no cast for it */
    dlclose(library);
}
