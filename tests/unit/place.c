#include "place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

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

    ppt_file_remove_folder(place->folder);
    return chdir(place->before) || access(place->folder, F_OK) == 0;
}
