/*
 * replay FOLDER: gives a fuzz target every file of a corpus, with any compiler.
 */
#include <dirent.h>

#include "file.h"
#include "input.h"
#include "text.h"

int main(int count, char **arguments)
{
    struct dirent **entries = NULL;
    struct ppt_error error = {""};
    int replayed = 0;

    MUST(count == 2);
    const int found = scandir(arguments[1], &entries, NULL, alphasort);

    for (int i = 0; i < found; i++) {
        char *path = ppt_text_format("%s/%s", arguments[1], entries[i]->d_name);
        char *data = NULL;
        size_t length = 0;

        if (entries[i]->d_name[0] != '.') {
            MUST(ppt_file_read(path, SIZE_MAX, &data, &length, &error) == PPT_OK);
            /* The last line that is printed names the file that something is wrong with. */
            printf("%s\n", path);
            fflush(stdout);
            LLVMFuzzerTestOneInput((const uint8_t *)data, length);
            replayed++;
        }
        free(data);
        free(path);
        free(entries[i]);
    }
    free(entries);
    MUST(replayed > 0);
    return 0;
}
