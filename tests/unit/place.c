#include "place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "unit.h"

/* Whatever a test left; nothing but this folder. */
static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

int place_enter(void **state)
{
    static struct place place;

    strcpy(place.folder, "/tmp/ppt-omp-test-XXXXXX");
    *state = &place;
    return !mkdtemp(place.folder) || !getcwd(place.before, sizeof(place.before)) ||
           chdir(place.folder);
}

int place_leave(void **state)
{
    const struct place *place = *state;

    nftw(place->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return chdir(place->before) || access(place->folder, F_OK) == 0;
}

void place_put(const char *path, const char *text)
{
    struct ppt_error error = {""};
    char folder[sizeof(((struct place *)0)->before)];

    snprintf(folder, sizeof(folder), "%s", path);
    if (strrchr(folder, '/')) {
        *strrchr(folder, '/') = '\0';
        require(ppt_file_make_folders(folder, &error), &error);
    }
    require(ppt_file_write(path, text, strlen(text), &error), &error);
}
