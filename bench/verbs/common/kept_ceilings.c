#include "kept_ceilings.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "cgroup.h"
#include "machine.h"
#include "memory.h"
#include "owned.h"
#include "store.h"

/* Names of runs do not begin with a dot. */
#define NAME ".ceilings"

/* Grows when a reader of before would misunderstand what is kept. */
#define CEILINGS_VERSION 1

struct kept_ceilings {
    unsigned version;
    struct ppt_machine machine;
    struct ppt_ceilings ceilings;
};

static const struct ppt_field kept_ceiling_fields[] = {
    {PPT_FIELD(struct kept_ceilings, version, "version"), .smallest = 1, .largest = 1e6},
    {PPT_FIELD_INNER(struct kept_ceilings, machine, "machine", ppt_machine_fields)},
    {PPT_FIELD_INNER(struct kept_ceilings, ceilings, "ceilings", ppt_ceiling_fields)},
    {0},
};

static void kept_free(struct kept_ceilings *kept)
{
    ppt_fields_free(kept_ceiling_fields, kept);
}

/* Variables do not change what it can do. */
static void read_machine(struct ppt_machine *machine)
{
    ppt_machine_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP, machine);
    free(machine->environment);
    machine->environment = ppt_strdup("");
}

enum ppt_status ppt_ceilings_keep(const struct ppt_ceilings *ceilings, struct ppt_error *error)
{
    struct ppt_machine machine PPT_OWNED(ppt_machine_free) = {0};
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
    json_object *object PPT_OWNED(ppt_json_put) = json_object_new_object();

    read_machine(&machine);
    const struct kept_ceilings kept = {CEILINGS_VERSION, machine, *ceilings};
    ppt_fields_write(kept_ceiling_fields, &kept, 0, object);
    char *text PPT_FREED = ppt_text_format(
        "%s\n",
        json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                   JSON_C_TO_STRING_NOSLASHESCAPE));
    PPT_TRY(ppt_store_open(true, &folder, error));
    return ppt_store_write(&folder, NAME, text, error);
}

enum ppt_status ppt_ceilings_find(struct ppt_ceilings *ceilings, bool *found,
                                  struct ppt_error *error)
{
    struct kept_ceilings kept PPT_OWNED(kept_free) = {0};
    struct ppt_machine machine PPT_OWNED(ppt_machine_free) = {0};
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
    char *text PPT_FREED = NULL;

    *found = false;
    if (ppt_store_open(false, &folder, error) != PPT_OK) {
        return PPT_OK; /* for this user there is none */
    }
    if (folder.path) {
        PPT_TRY(ppt_store_read(&folder, NAME, &text, error));
    }
    if (!text) {
        return PPT_OK;
    }
    char *path PPT_FREED = ppt_folder_path(&folder, NAME ".json");
    PPT_TRY(ppt_store_parse(text, path, kept_ceiling_fields, CEILINGS_VERSION, &kept, error));
    read_machine(&machine);
    char *difference PPT_FREED = ppt_machine_difference(&kept.machine, &machine);
    *found = difference == NULL;
    if (*found) {
        *ceilings = kept.ceilings;
        kept.ceilings = (struct ppt_ceilings){0};
    }
    return PPT_OK;
}
