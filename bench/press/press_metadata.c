/* Creates a file, lets another take its place, and removes that, in the scratch folder itself: it
 * takes the locks of the folder and of the file system, where those of a task are that creates
 * files there. No byte is written. */
#include <errno.h>
#include <unistd.h>

#include "change.h"
#include "presser.h"

static int take_metadata(struct ppt_presser *presser)
{
    ppt_presser_name(presser, "metadata");
    return 0;
}

static int step_metadata(struct ppt_presser *presser)
{
    const int folder = presser->scratch->fd;
    const int old = ppt_change_renew(folder, presser->name);

    if (old < 0) {
        return errno;
    }
    close(old);
    const int new = ppt_change_begin(folder);
    if (new < 0) {
        return errno;
    }
    const int problem = ppt_change_place(folder, new, presser->name) == 0 ? 0 : errno;
    close(new);
    if (problem != 0 || ppt_change_remove(folder, presser->name) != 0) {
        return problem != 0 ? problem : errno;
    }
    ppt_presser_add(presser, 2);
    return 0;
}

const struct ppt_press ppt_press_metadata = {take_metadata, step_metadata, ppt_presser_drop, NULL};
