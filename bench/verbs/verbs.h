/*
 * verbs.h - the table of verbs, in the order of --help. The first is what is meant when none is
 * named. The build compiles NAME.c for every line.
 */
#ifndef PPT_VERBS_VERBS_H
#define PPT_VERBS_VERBS_H

#include "verb.h"

#define PPT_VERBS(VERB)                                                                            \
    VERB(run)                                                                                      \
    VERB(list)                                                                                     \
    VERB(once)                                                                                     \
    VERB(report)                                                                                   \
    VERB(resume)                                                                                   \
    VERB(predict)                                                                                  \
    VERB(judge)                                                                                    \
    VERB(fit)                                                                                      \
    VERB(compare)                                                                                  \
    VERB(answer)                                                                                   \
    VERB(doctor)                                                                                   \
    VERB(audit)                                                                                    \
    VERB(why)                                                                                      \
    VERB(process)                                                                                  \
    VERB(describe)

#define PPT_VERB_DECLARE(name) extern const struct ppt_verb ppt_verb_##name;
PPT_VERBS(PPT_VERB_DECLARE)
#undef PPT_VERB_DECLARE

#endif
