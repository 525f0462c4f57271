/*
 * keys.h - the keys of configurations, one row each. Which keys there are, their defaults, reading
 * and recording them, their options of the command line, the schema for editors, the completions
 * and the manual's list of options follow from the rows.
 */
#ifndef PPT_CONFIG_KEYS_H
#define PPT_CONFIG_KEYS_H

#include "field.h"
#include "option.h"

/* What make, xargs and others call a number of workers; of every option for one. */
#define PPT_WORKERS_ALSO "-j -w"

/* Orders of keys that show. That in which they are described is their order in the table. */
enum ppt_key_order {
    PPT_KEYS_READ,     /* from layers; the task's are read apart from the others */
    PPT_KEYS_RECORDED, /* by ppt_config_to_json() */
    PPT_KEYS_LISTED,   /* in --help, with their options */
    PPT_KEY_ORDERS
};

struct ppt_key {
    struct ppt_field field;         /* of struct ppt_config */
    unsigned place[PPT_KEY_ORDERS]; /* from 1 on, without gaps; 0: it is not among them */
    const char *value;              /* the default, as in a configuration (JSON); NULL: none */
    bool or_null;                   /* null is what leaving the key out is */
    const char *form;               /* what its value is, where the field's kind does not say it */
    const char *example;            /* what would be right, for messages of its own functions */
    unsigned chunked;               /* so many of its first choices may have a chunk: "dynamic,4" */
    const struct ppt_key *keys;     /* of an object: its own; one without a name ends them */
    const char *help;               /* NULL: that of the option */
    struct ppt_option option;       /* without a name there is none of its own */
    const struct ppt_option *set_by; /* that of another key, which sets this one as well */
};

/* By number; one without a name ends them. */
extern const struct ppt_key ppt_keys[PPT_KEY_COUNT + 1];

static inline const char *ppt_key_name(enum ppt_key_id id)
{
    return ppt_keys[id].field.key;
}

/* The key with a place in an order, from 1 on; behind the last comes NULL. */
const struct ppt_key *ppt_key_at(enum ppt_key_order order, unsigned place);

/* The option that sets a key, or NULL. */
const struct ppt_option *ppt_key_option(const struct ppt_key *key);

/* The names of all keys, or of an object's, for ppt_item_check_keys(). */
void ppt_key_names(const struct ppt_key *keys, const char *names[PPT_KEY_COUNT + 1]);

/* A key's value into `config`, or the default where it is left out (NULL). */
enum ppt_status ppt_key_read(const struct ppt_key *key, const struct ppt_item *given,
                             struct ppt_config *config, struct ppt_error *error);

/* The members of an object into `config`, or their defaults where it is none; keys that are not
 * among these are refused. */
enum ppt_status ppt_key_read_members(const struct ppt_key *keys, const struct ppt_item *object,
                                     struct ppt_config *config, struct ppt_error *error);

/* Those of objects within an objective. */
extern const struct ppt_key ppt_cheapest_keys[], ppt_latency_keys[];

#endif
