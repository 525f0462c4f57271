/* Writes that have to be on the disk before the next: those of a task queue up with them before the
 * device, and behind the file system's journal. They are so large that the device is busy with each
 * for a while: of small ones it takes several at a time, and nobody has to wait. A folder in memory
 * (tmpfs) has no disk: there is nothing to press on. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "presser.h"
#include "vitals.h"

#define WRITE_BYTES ((size_t)1 << 20)
/* Little, as it is in the caches that the task may share. */
#define FILE_BYTES ((uint64_t)2 << 20)

static enum ppt_status check_disk(const struct ppt_folder *scratch, struct ppt_error *error)
{
    struct ppt_vitals about = {0};

    ppt_vitals_visit_folder(scratch->path, &about);
    if (about.folder_in_memory) {
        return ppt_fail(error, PPT_UNSUPPORTED,
                        "no pressure on the disk: %s is in memory; let TMPDIR name a folder on the "
                        "disk in question",
                        scratch->path);
    }
    return PPT_OK;
}

static int take_disk(struct ppt_presser *presser)
{
    ppt_presser_name(presser, "disk");
    presser->fd = ppt_change_renew(presser->scratch->fd, presser->name);
    return presser->fd < 0 ? errno : ppt_presser_map(presser, WRITE_BYTES);
}

/* Other bytes each time: a device might notice that nothing changes. */
static int step_disk(struct ppt_presser *presser)
{
    const off_t at = (off_t)(presser->place * WRITE_BYTES % FILE_BYTES);

    presser->place++;
    memcpy(presser->memory, &presser->place, sizeof(presser->place));
    const ssize_t done = TEMP_FAILURE_RETRY(pwrite(presser->fd, presser->memory, WRITE_BYTES, at));
    if (done != (ssize_t)WRITE_BYTES) {
        return done < 0 ? errno : ENOSPC;
    }
    if (TEMP_FAILURE_RETRY(fdatasync(presser->fd)) != 0) {
        return errno;
    }
    ppt_presser_add(presser, 1);
    return 0;
}

static void give_disk(struct ppt_presser *presser)
{
    ppt_presser_drop(presser);
    ppt_presser_unmap(presser);
}

const struct ppt_press ppt_press_disk = {take_disk, step_disk, give_disk, check_disk};
