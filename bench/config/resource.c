#include "resource.h"

#include <string.h>

const struct ppt_resource_row ppt_resources[PPT_RESOURCE_COUNT] = {
    [PPT_RESOURCE_CPU] =
        {
            .name = "cpu",
            .words = "its own CPU",
            .cause = "cpu",
            .unit = "additions",
            .advice = "no more workers than there are free CPUs",
            .own_cpus = true,
        },
    [PPT_RESOURCE_CORE] =
        {
            .name = "core",
            .words = "the other CPUs' arithmetic (shared cores, clock, power)",
            .cause = "cpu",
            .unit = "multiply-adds",
            .advice = "one worker per physical core",
        },
    [PPT_RESOURCE_CACHE] =
        {
            .name = "cache",
            .words = "the last-level cache",
            .cause = "cache",
            .unit = "loads",
            .advice = "smaller pieces of data at a time, or workers that share no cache",
            .through_cache = true,
        },
    [PPT_RESOURCE_MEMORY] =
        {
            .name = "memory",
            .words = "memory bandwidth",
            .cause = "memory",
            .unit = "bytes",
            .advice = "pieces of data that fit into a cache, or smaller types",
            .through_cache = true,
        },
    [PPT_RESOURCE_DISK] =
        {
            .name = "disk",
            .words = "the disk",
            .cause = "disk",
            .unit = "syncs",
            .advice = "fewer and larger writes and syncs",
        },
    [PPT_RESOURCE_FAULTS] =
        {
            .name = "faults",
            .words = "page faults",
            .cause = "faults",
            .unit = "pages",
            .advice = "memory that is kept, another allocator or huge pages",
        },
    [PPT_RESOURCE_METADATA] =
        {
            .name = "metadata",
            .words = "file names",
            .cause = "lock",
            .unit = "files",
            .advice = "fewer files, or a folder for each worker",
        },
};

enum ppt_resource ppt_resource_find(const char *name)
{
    for (int i = PPT_RESOURCE_NONE + 1; i < PPT_RESOURCE_COUNT; i++) {
        if (strcmp(ppt_resources[i].name, name) == 0) {
            return (enum ppt_resource)i;
        }
    }
    return PPT_RESOURCE_NONE;
}
