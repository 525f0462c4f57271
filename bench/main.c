#include "program.h"
#include "start.h"

int main(int count, char **arguments)
{
    ppt_start_prepare(arguments, ppt_program_measures(count, arguments));
    return ppt_program(count, arguments, NULL);
}
