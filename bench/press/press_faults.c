/* Maps memory, touches each of its pages, and unmaps it, in this process: it takes the lock of the
 * process's mappings, and that of the system's free pages. Memory of small pages, as most is. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "presser.h"

/* Every unmapping interrupts the CPUs that run the process's other threads, which even a task that
 * has no faults would mind if there were many. */
#define PAGES 512

static int step_faults(struct ppt_presser *presser)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory =
        mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        return errno;
    }
    (void)madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < PAGES; i++) {
        *(volatile char *)(memory + i * page) = 1;
    }
    munmap(memory, PAGES * page);
    ppt_presser_add(presser, PAGES);
    return 0;
}

const struct ppt_press ppt_press_faults = {.step = step_faults};
