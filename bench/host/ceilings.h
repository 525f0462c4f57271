/*
 * ceilings.h - what bounds a task on this machine, for one thread: the cycle, the latency of a
 * multiplication, multiply-adds, copies and lookups within a level of cache, files.
 *
 * Each function is one run of a size that the caller knows, and takes no time itself: a run is to
 * be warmed up, timed and repeated by whoever compares something with it, best in turns. No run
 * depends on a compiler where its result would be another ceiling.
 */
#ifndef PPT_HOST_CEILINGS_H
#define PPT_HOST_CEILINGS_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "topology.h"

/* Links of chains come in blocks of so many, so that what closes the loop does not show. */
#define PPT_CEILING_LINKS 100

/* A chain of additions of registers, each of which takes one cycle: the sum of so many `step`. */
uint64_t ppt_ceiling_add(uint64_t blocks, uint64_t step);

/* A chain of multiplications: that power of `factor`. */
double ppt_ceiling_multiply(uint64_t blocks, double factor);

/* Multiply-adds by the widest vectors that are usable, in so many chains beside each other that no
 * one waits for another; without fused ones, as many multiplications as additions. */
struct ppt_ceiling_flops {
    const char *name;              /* as in isa.h */
    unsigned per_step;             /* floating-point operations */
    double (*run)(uint64_t steps); /* what it has counted: one half of its operations */
};

const struct ppt_ceiling_flops *ppt_ceiling_flops(void);

void ppt_ceiling_copy(const void *from, void *to, size_t bytes, uint64_t times);

/* One copy past the caches where instructions for that are known: what is written is not fetched
 * before, which in memory is a third of the traffic. Both places are on cache lines, and the bytes
 * are whole ones. */
void ppt_ceiling_stream(const void *from, void *to, size_t bytes);

/* The level of cache that a set of so many bytes fits in; 0: none does, or none is known. */
unsigned ppt_ceiling_level(const struct ppt_cache *caches, size_t count, uint64_t bytes);

/* Loads indices and what is at each in a table; the sum. Their count is a multiple of this one, as
 * so many are added up beside each other. */
#define PPT_CEILING_LOOKUPS 4
uint64_t ppt_ceiling_look_up(const uint8_t table[256], const uint8_t *indices, size_t count);

/* What a file system takes at best, from where the descriptors stand. A chunk is written over and
 * over, or read over and over; copies never reach the program. */
struct ppt_ceiling_chunk {
    void *at;
    size_t bytes;
};
enum ppt_status ppt_ceiling_write(int fd, struct ppt_ceiling_chunk chunk, uint64_t bytes,
                                  struct ppt_error *error);
enum ppt_status ppt_ceiling_read(int fd, struct ppt_ceiling_chunk chunk, uint64_t bytes,
                                 struct ppt_error *error);
enum ppt_status ppt_ceiling_copy_file(int from, int to, uint64_t bytes, struct ppt_error *error);

#endif
