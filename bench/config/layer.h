/*
 * layer.h - configurations that lie over one another; see config.h.
 */
#ifndef PPT_CONFIG_LAYER_H
#define PPT_CONFIG_LAYER_H

#include "args.h"
#include "config.h"
#include "item.h"

/* One object of keys and the layer below it; everything is borrowed. */
struct ppt_layer {
    const struct ppt_layer *under;
    struct ppt_item object;
};

struct ppt_found {
    struct ppt_item item; /* item.place points to `place`, so a found thing must not be copied */
    struct ppt_place place;
    const struct ppt_layer *layer;
};

/* Puts an object over a layer (NULL: over nothing), after checking that it is one and that its
 * keys are those of configurations. */
enum ppt_status ppt_layer_over(struct ppt_layer *layer, const struct ppt_layer *under,
                               const struct ppt_item *object, struct ppt_error *error);

/* The uppermost value of a key, from `top` down to the layer `last` included (NULL: to the
 * lowest). */
bool ppt_layer_find(const struct ppt_layer *top, enum ppt_key_id id, const struct ppt_layer *last,
                    struct ppt_found *found);

/* The next value of the same key below *found, where both are options: what can be given several
 * times. *found stays where there is none. */
bool ppt_layer_find_beside(struct ppt_found *found, enum ppt_key_id id);

/* A message about the uppermost layer that comes from a file, or else about the command line. */
__attribute__((format(printf, 3, 4), nonnull(3))) enum ppt_status
ppt_layer_reject(const struct ppt_layer *top, struct ppt_error *error, const char *format, ...);

/* Where that layer comes from: "suite.json: runs[2]"; to be given to free(). */
char *ppt_layer_describe(const struct ppt_layer *top);

/* Where files named in arguments may be: the configuration's folder, the folders of the program's
 * own data. Borrowed from the layer's source. */
struct ppt_search ppt_layer_search(const struct ppt_layer *top);

/* The overrides as layers over `under`, the uppermost first; an array to be given to free(). */
struct ppt_layer *ppt_overrides_stack(const struct ppt_overrides *overrides,
                                      const struct ppt_layer *under);

#endif
