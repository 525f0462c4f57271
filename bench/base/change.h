/*
 * change.h - the one place that removes, cuts, renames or overwrites anything on a disk. No other
 * file of bench/ or kernels/ calls unlink(), rmdir(), ftruncate(), rename() or their kin, and a
 * test of the tree says so.
 *
 * What it touches, and why nothing else can be hit:
 *
 * - A scratch folder, with all that is in it: when its process ends, or a later one finds it left
 *   behind. It must hold the marker that ppt_change_mark() put there, whose name tells the folder's
 *   own name and inode, so that neither a folder of the user's, nor a copy, nor a renamed one is
 *   taken for it; it must have mode 0700, belong to this user, and be locked by the caller. It is
 *   emptied by descriptors alone (openat, O_NOFOLLOW), never across a mount. A folder in there may
 *   go before it, in the same way.
 *
 * - A file being made. It has no name, or one that tells its own inode (".ppt-omp-1f3c"), until it
 *   takes the place of a regular file or a link of the final name in one step: what a link led to,
 *   and other hard links of it, stay as they are.
 *
 * - A file of a run that this program makes: a picture that could not be drawn anew, the journal of
 *   a run that could not begin, a task's temporary file. Regular files and links alone, by their
 *   name inside a folder that is held open.
 *
 * - The journal is cut behind its last whole line, after all of it was read and checked
 *   (run/journal.h), or where half a line was written.
 *
 * - The link "latest", if it leads to a neighbour with the name of a run.
 *
 * - A folder of a run that could not begin, when it is empty and still the one that was created.
 *
 * Everything else in the file system is never changed. Functions return 0, or -1 with the cause in
 * errno; whoever calls knows the words for a message.
 */
#ifndef PPT_BASE_CHANGE_H
#define PPT_BASE_CHANGE_H

#include <stdbool.h>
#include <sys/types.h>

/* Creates a file for writing in the folder, with the mode that umask leaves, and returns its
 * descriptor. It has no name, so that nothing is left of it when the process dies; or, where the
 * file system knows no such files, one that tells its inode. */
int ppt_change_begin(int folder);

/* Gives that file its name, in the place of what is there. Fails with EEXIST when that is neither a
 * regular file nor a link. A file that cannot be placed is gone. */
int ppt_change_place(int folder, int fd, const char *name);

/* Removes what ppt_change_begin() created and was not placed; its descriptor stays open. */
void ppt_change_abandon(int folder, int fd);

/* Removes files that were on their way when a process of before died. */
void ppt_change_clear(int folder);

/* Creates a new file for writing in the place of a regular file or link of that name, which is
 * removed; returns its descriptor. For files that are written often: not whole or not at all. */
int ppt_change_renew(int folder, const char *name);

/* Removes a regular file or a link. */
int ppt_change_remove(int folder, const char *name);

/* Cuts the file to `length` bytes. */
int ppt_change_cut(int fd, off_t length);

/* Makes "latest" in `folder` a link to `name`, an entry of it. Only a link that leads to a
 * neighbour named like a run (TASK__DATE) is replaced: any other thing of that name is somebody's,
 * and stays. */
int ppt_change_set_latest(int folder, const char *name);

/* Removes the folder `name` in `outer` if it is empty and the one that is open as `folder`; -1 as
 * `folder`: the caller has just created it with mkdtemp(), and could not open it. */
int ppt_change_remove_empty(int outer, const char *name, int folder);

/* Whether a folder is named as those of runs are: TASK__DATE. */
bool ppt_change_is_run(const char *name);

/* Creates a link that leads to `target`, where nothing of that name is. */
int ppt_change_link(int folder, const char *name, const char *target);

/* Marks a folder of that name, just created, as one of scratch. */
int ppt_change_mark(int folder, const char *name);

/* Removes the folder that is open as `folder`, and `name` in `outer`, with all that is in it, if it
 * is a marked one of this user's, as described above; what cannot be removed stays. The caller has
 * locked it. Others are not touched. */
void ppt_change_remove_scratch(int outer, const char *name, int folder);

/* Removes the folder `inner` with all that is in it from the one that is open as `folder` and
 * called `name`, if that is a marked one of this user's; what cannot be removed stays. */
void ppt_change_remove_inner(int folder, const char *name, const char *inner);

#endif
