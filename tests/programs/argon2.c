/*
 * argon2.c - stands in for a libargon2 whose blocks take as many additions of registers as
 * FAKE_BLOCK_CYCLES says, and as many again at the start of every hash as a hundred of them. It
 * hashes nothing; FAKE_FAILS: and says so.
 */
#include <argon2.h>
#include <stdlib.h>

int argon2id_ctx(argon2_context *context)
{
    const char *cycles = getenv("FAKE_BLOCK_CYCLES");
    const unsigned long long blocks = 100 + (unsigned long long)context->t_cost * context->m_cost;
    unsigned long long left = blocks * strtoull(cycles ? cycles : "0", NULL, 10);

    while (left > 0) {
        left--;
        __asm__ volatile("" : "+r"(left));
    }
    return getenv("FAKE_FAILS") ? ARGON2_MEMORY_ALLOCATION_ERROR : ARGON2_OK;
}

const char *argon2_error_message(int code)
{
    return code == ARGON2_OK ? "OK" : "it hashes nothing";
}
