/* Maps memory, touches each of its pages, and unmaps it, in this process: it takes the lock of the
 * process's mappings, and that of the system's free pages. Memory of small pages, as most is. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "presser.h"

/* Every unmapping of pages interrupts the CPUs that run the process's other threads, which even a
 * task without any faults would mind if there were many: so many pages at a time. What was never
 * touched goes without that, but not without the lock. */
#define PAGES 512
#define UNTOUCHED 64

static int map_pages(size_t touched)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory =
        mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        return errno;
    }
    if (touched > 0) {
        (void)madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
    }
    for (size_t i = 0; i < touched; i++) {
        *(volatile char *)(memory + i * page) = 1;
    }
    return munmap(memory, PAGES * page) == 0 ? 0 : errno;
}

static int step_faults(struct ppt_presser *presser)
{
    int problem = map_pages(PAGES);

    for (int i = 0; i < UNTOUCHED && problem == 0; i++) {
        problem = map_pages(0);
    }
    ppt_presser_add(presser, problem == 0 ? PAGES : 0);
    return problem;
}

const struct ppt_press ppt_press_faults = {.step = step_faults};
