#include "presser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "change.h"

/* Large pages have to begin at a multiple of their size, which a mapping of several does somewhere
 * inside. */
int ppt_presser_map(struct ppt_presser *presser, size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        return errno;
    }
    presser->memory = memory;
    presser->bytes = bytes;
    (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a hint */
    memset(memory, 1, bytes);                    /* else every page would be the one of zeros */
    return 0;
}

void ppt_presser_unmap(struct ppt_presser *presser)
{
    if (presser->memory) {
        munmap(presser->memory, presser->bytes);
        presser->memory = NULL;
    }
}

void ppt_presser_name(struct ppt_presser *presser, const char *role)
{
    snprintf(presser->name, sizeof(presser->name), "press-%s-%u", role, presser->id);
}

void ppt_presser_drop(struct ppt_presser *presser)
{
    if (presser->fd >= 0) {
        close(presser->fd);
        presser->fd = -1;
    }
    if (presser->name[0]) {
        (void)ppt_change_remove(presser->scratch->fd, presser->name);
        presser->name[0] = '\0';
    }
}
