#include "program.h"
#include "runtime.h"

int main(int count, char **arguments)
{
    ppt_runtime_prepare(arguments);
    return ppt_program(count, arguments, NULL);
}
