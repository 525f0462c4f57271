#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_WIDTH 80
#define SMALLEST_WIDTH 20

struct ppt_terminal ppt_terminal_of(FILE *stream)
{
    struct ppt_terminal terminal = {.width = USUAL_WIDTH};
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    struct winsize size = {0};

    if (!isatty(fileno(stream))) {
        return terminal;
    }
    terminal.present = true;
    terminal.colour = !(no_colour && *no_colour) && !(kind && strcmp(kind, "dumb") == 0);
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        terminal.width = size.ws_col < SMALLEST_WIDTH ? SMALLEST_WIDTH : size.ws_col;
    }
    return terminal;
}
