#include "basis.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "memory.h"
#include "owned.h"
#include "search_path.h"
#include "text.h"

#define FOUND(member) PPT_FIELD(struct ppt_found_program, member, #member)

const struct ppt_field ppt_found_program_fields[] = {{FOUND(name)}, {FOUND(path)}, {0}};

/* ---- files ---- */

static char *current_folder(void)
{
    char path[PATH_MAX];

    return ppt_strdup(getcwd(path, sizeof(path)) ? path : "unknown");
}

static bool is_listed(const struct ppt_witnesses *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void list_witness(struct ppt_witnesses *list, struct ppt_witness *witness)
{
    list->items = ppt_realloc(list->items, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = *witness;
    *witness = (struct ppt_witness){0};
}

/* Whether there is a regular file of that name, which then is among the witnesses. */
static bool add_file(struct ppt_basis *basis, const char *name)
{
    char *folder PPT_FREED = *name == '/' ? NULL : current_folder();
    char *path PPT_FREED = ppt_text_format("%s%s%s", folder ? folder : "", folder ? "/" : "", name);
    struct ppt_witness witness;
    struct stat about;

    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        return false;
    }
    if (is_listed(&basis->files, path)) {
        return true;
    }
    if (basis->files.count == PPT_MOST_WITNESSES) {
        basis->too_many = true;
    } else if (ppt_witness_take(path, &witness)) {
        list_witness(&basis->files, &witness);
    }
    return true;
}

/* The program that PATH leads to; false: to none. */
static bool find_program(const char *name, char found[PATH_MAX])
{
    const char *path = getenv("PATH");
    struct stat about;

    path = path ? path : PPT_SEARCH_PATH_DEFAULT;
    while (ppt_search_path_next(&path, name, found)) {
        if (access(found, X_OK) == 0 && stat(found, &about) == 0 && S_ISREG(about.st_mode)) {
            return true;
        }
    }
    return false;
}

static void list_program(struct ppt_basis *basis, const char *name, const char *path)
{
    basis->programs =
        ppt_realloc(basis->programs, basis->program_count + 1, sizeof(*basis->programs));
    basis->programs[basis->program_count++] =
        (struct ppt_found_program){ppt_strdup(name), ppt_strdup(path)};
}

/* A file here, and a program that is found by that name: which is meant, the task knows. */
static void add_named(struct ppt_basis *basis, const char *name)
{
    char found[PATH_MAX];

    if (*name == '\0') {
        return;
    }
    add_file(basis, name);
    if (!strchr(name, '/') && basis->program_count < PPT_MOST_WITNESSES &&
        find_program(name, found)) {
        list_program(basis, name, found);
        add_file(basis, found);
    }
}

/* The word itself, what stands behind its '=', and the parts that a shell would see in it. */
static void add_word(struct ppt_basis *basis, const char *word)
{
    static const char between[] = " \t\n;|&<>()'\"`$=";
    char *copy PPT_FREED = ppt_strdup(word);
    char *rest = copy, *part;

    add_named(basis, word);
    if (strchr(word, '=')) {
        add_named(basis, strchr(word, '=') + 1);
    }
    while (strpbrk(word, between) && (part = strsep(&rest, between))) {
        add_named(basis, part);
    }
}

static void add_arguments(struct ppt_basis *basis, const struct ppt_use *use)
{
    for (size_t p = 0; p < use->kernel->param_count; p++) {
        const enum ppt_param_kind kind = use->kernel->params[p].kind;
        const struct ppt_texts *texts = &use->args[p].paths;

        if (kind == PPT_PARAM_PATHS) {
            for (size_t i = 0; i < texts->count; i++) {
                add_file(basis, texts->items[i]);
            }
        } else if (kind == PPT_PARAM_WORDS) {
            texts = &use->args[p].words;
            for (size_t i = 0; i < texts->count; i++) {
                add_word(basis, texts->items[i]);
            }
        }
    }
}

/* Whether a kernel's tasks are programs, which have words. */
static bool runs_programs(const struct ppt_config *config)
{
    bool words = false;

    for (size_t p = 0; p < config->uses[0].kernel->param_count; p++) {
        words |= config->uses[0].kernel->params[p].kind == PPT_PARAM_WORDS;
    }
    return words;
}

void ppt_basis_take(const struct ppt_config *config, const char *const *configs, size_t count,
                    struct ppt_basis *basis)
{
    char self[PATH_MAX];

    *basis = (struct ppt_basis){0};
    ppt_machine_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP, &basis->machine);
    if (runs_programs(config)) {
        basis->folder = current_folder();
    } else {
        const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

        self[length > 0 ? length : 0] = '\0';
        add_file(basis, config->kernel_file ? config->kernel_file : self);
    }
    for (size_t i = 0; i < config->use_count; i++) {
        add_arguments(basis, &config->uses[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add_file(basis, configs[i]);
    }
}

void ppt_basis_again(const struct ppt_basis *before, struct ppt_basis *now)
{
    *now = (struct ppt_basis){.folder = before->folder ? ppt_strdup(before->folder) : NULL};
    ppt_machine_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP, &now->machine);
    for (size_t i = 0; i < before->files.count; i++) {
        struct ppt_witness witness;

        if (ppt_witness_take(before->files.items[i].path, &witness)) {
            list_witness(&now->files, &witness);
        }
    }
    for (size_t i = 0; i < before->program_count; i++) {
        char found[PATH_MAX];
        const char *name = before->programs[i].name;

        list_program(now, name, find_program(name, found) ? found : "");
    }
}

static void free_witnesses(struct ppt_witnesses *list)
{
    for (size_t i = 0; i < list->count; i++) {
        ppt_witness_free(&list->items[i]);
    }
    free(list->items);
}

void ppt_basis_free(struct ppt_basis *basis)
{
    ppt_machine_free(&basis->machine);
    free(basis->folder);
    free_witnesses(&basis->files);
    free_witnesses(&basis->written);
    for (size_t i = 0; i < basis->program_count; i++) {
        free(basis->programs[i].name);
        free(basis->programs[i].path);
    }
    free(basis->programs);
    *basis = (struct ppt_basis){0};
}

/* ---- after a run ---- */

static struct ppt_witness *find_witness(const struct ppt_witnesses *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].path && strcmp(list->items[i].path, path) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

/* The first program that PATH no longer leads to. */
static char *other_found(const struct ppt_basis *basis)
{
    for (size_t i = 0; i < basis->program_count; i++) {
        const struct ppt_found_program *program = &basis->programs[i];
        char found[PATH_MAX];
        const bool any = find_program(program->name, found);

        if (!any || strcmp(found, program->path) != 0) {
            return ppt_text_format("\"%s\" was %s and is %s", program->name, program->path,
                                   any ? found : "not found");
        }
    }
    return NULL;
}

char *ppt_basis_settle(struct ppt_basis *before, struct ppt_basis *now, int64_t last_ns)
{
    char *moved PPT_FREED = ppt_machine_difference(&before->machine, &now->machine);
    char *other = moved ? ppt_text_format("while it was measured, %s", moved) : NULL;
    struct ppt_witnesses kept = {0};

    other = other ? other : other_found(before);
    if (before->too_many) {
        free(other);
        other = ppt_text_format("its words name more than %d files", PPT_MOST_WITNESSES);
    }
    for (size_t i = 0; i < before->files.count; i++) {
        struct ppt_witness *was = &before->files.items[i];
        struct ppt_witness *is = find_witness(&now->files, was->path);

        if (is && strcmp(is->digest, was->digest) == 0) {
            list_witness(&kept, is);
        } else if (!is || is->mtime_ns >= last_ns) {
            list_witness(&now->written, was);
        } else if (!other) {
            other = ppt_text_format("%s was changed while it was measured", was->path);
        }
    }
    free_witnesses(&now->files);
    now->files = kept;
    return other;
}

/* ---- later ---- */

char *ppt_basis_difference(const struct ppt_basis *basis)
{
    char *folder PPT_FREED = basis->folder ? current_folder() : NULL;
    struct ppt_machine now PPT_OWNED(ppt_machine_free) = {0};

    ppt_machine_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP, &now);
    char *other = ppt_machine_difference(&basis->machine, &now);
    if (!other && folder && strcmp(folder, basis->folder) != 0) {
        other = ppt_text_format("the program ran in %s, and the folder now is %s", basis->folder,
                                folder);
    }
    other = other ? other : other_found(basis);
    for (size_t i = 0; i < basis->files.count && !other; i++) {
        const struct ppt_witness *file = &basis->files.items[i];

        if (!ppt_witness_holds(file)) {
            other = ppt_text_format("%s is %s", file->path,
                                    access(file->path, F_OK) == 0 ? "no longer what it was"
                                                                  : "no longer there");
        }
    }
    return other;
}
