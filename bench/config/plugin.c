#include "plugin.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "guard.h"
#include "input.h"
#include "owned.h"
#include "registry.h"
#include "text.h"

/* Names end up in names of folders. */
#define LONGEST_NAME 32

#define LARGEST_KERNEL ((size_t)1 << 30)

bool ppt_plugin_is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    const size_t length = strlen(name);

    return length > 0 && length <= LONGEST_NAME && strspn(name, allowed) == length &&
           name[0] != '-';
}

static bool is_taken(const char *name)
{
    for (size_t i = 0; ppt_kernels[i]; i++) {
        if (strcmp(ppt_kernels[i]->name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "random") == 0;
}

static enum ppt_status check_param(const char *path, const struct ppt_kernel *kernel, size_t i,
                                   struct ppt_error *error)
{
    const struct ppt_param *param = &kernel->params[i];
    const char *wrong = NULL;

    if (!param->name || !ppt_plugin_is_name(param->name)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: the name of parameter %zu must be made of small letters, digits, _ "
                        "and -",
                        path, i + 1);
    }
    for (size_t j = 0; j < i && !wrong; j++) {
        wrong = strcmp(kernel->params[j].name, param->name) == 0 ? "is there twice" : NULL;
    }
    if ((unsigned)param->kind > PPT_PARAM_INPUTS) {
        wrong = "is of no kind that this program knows";
    } else if (param->kind == PPT_PARAM_INPUTS &&
               (i + 1 >= kernel->param_count || kernel->params[i + 1].kind != PPT_PARAM_INTEGER)) {
        wrong = "needs an integer behind it: how many inputs there were where these are a sample";
    } else if (!param->value || !param->unit || !param->help) {
        wrong = "needs a default value, a unit (perhaps \"\") and a help text";
    } else if (param->kind == PPT_PARAM_CHOICE && (!param->choices || !param->choices[0])) {
        wrong = "is a choice without choices";
    } else if (ppt_param_has_bounds(param) && !(param->smallest <= param->largest)) {
        wrong = "has a smallest value above its largest";
    } else if (ppt_param_has_bounds(param) && param->kind != PPT_PARAM_REAL &&
               (param->smallest < -PPT_LARGEST_WHOLE || param->largest > PPT_LARGEST_WHOLE)) {
        wrong = "has bounds beyond 2^53, up to which JSON keeps whole numbers";
    }
    return wrong
               ? ppt_fail(error, PPT_BAD_INPUT, "%s: parameter \"%s\" %s", path, param->name, wrong)
               : PPT_OK;
}

/* What the author of a kernel may have got wrong; the rest of the program takes it for granted. */
static enum ppt_status check_kernel(const char *path, const struct ppt_kernel *kernel,
                                    struct ppt_error *error)
{
    if (kernel->version != PPT_KERNEL_VERSION) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: was built for version %" PRIu32 " of the kernel contract, but this "
                        "program has version %d: build it with the kernel.h of this program",
                        path, kernel->version, PPT_KERNEL_VERSION);
    }
    if (kernel->struct_size < PPT_KERNEL_LEAST_SIZE || kernel->struct_size > sizeof(*kernel)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: its descriptor has %" PRIu32 " bytes, but this program's has %zu: "
                        "build it with the kernel.h of this program",
                        path, kernel->struct_size, sizeof(*kernel));
    }
    if (!kernel->name || !ppt_plugin_is_name(kernel->name)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: the kernel's name must be made of small letters, digits, _ and -, at "
                        "most %d of them",
                        path, LONGEST_NAME);
    }
    if (is_taken(kernel->name)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: there already is a kernel \"%s\"; give this one another name", path,
                        kernel->name);
    }
    if (!kernel->run || !kernel->category || !kernel->summary ||
        (kernel->param_count > 0 && !kernel->params)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: kernel \"%s\" lacks a function run, a category, a summary or its "
                        "table of parameters",
                        path, kernel->name);
    }
    for (size_t i = 0; i < kernel->param_count; i++) {
        PPT_TRY(check_param(path, kernel, i, error));
    }
    return PPT_OK;
}

/* Of the names that programs use of a CBLAS, one that is not stood in for (blas.c). */
#define CBLAS_NAME "cblas_dgemv"

/* What the program itself needs is looked through first, and GSL needs a CBLAS of its own, which is
 * slow. One that brings another is to have it. (Its exit() is not ours then; see guard.c on what
 * comes by others.) */
static void *open_library(const char *place)
{
    void *library = dlopen(place, RTLD_NOW | RTLD_LOCAL);
    const void *own = library ? dlsym(library, CBLAS_NAME) : NULL;

    if (own && own != dlsym(RTLD_DEFAULT, CBLAS_NAME)) {
        dlclose(library);
        library = dlopen(place, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    }
    return library;
}

enum ppt_status ppt_plugin_load(const char *path, const struct ppt_kernel **kernel,
                                struct ppt_error *error)
{
    /* Without a slash it would be looked for in the system's folders. */
    char *place PPT_FREED = ppt_text_format("%s%s", strchr(path, '/') ? "" : "./", path);
    struct ppt_input input;

    /* The loader would wait for a pipe. */
    PPT_TRY(ppt_input_open(AT_FDCWD, path, PPT_INPUT_ANY, LARGEST_KERNEL, path, &input, error));
    close(input.fd);

    ppt_guard_expect(path);
    /* Its constructors run. */
    ppt_guard_enter(true);
    void *library = open_library(place);
    ppt_guard_leave(true);
    if (!library) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be loaded: %s", path, dlerror());
    }
    *kernel = dlsym(library, PPT_KERNEL_SYMBOL);
    if (!*kernel) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: is no kernel of ppt-omp: it exports no constant \"%s\"", path,
                        PPT_KERNEL_SYMBOL);
    }
    return check_kernel(path, *kernel, error);
}
