/*
 * price.h - what the scratch of one worker takes a thread that is alone: what a program of plain
 * calls would pay, too, and no pass of workers is to pay for (sample.h).
 */
#ifndef PPT_RUN_PRICE_H
#define PPT_RUN_PRICE_H

#include "sample.h"
#include "workload.h"

/* Measured at the first call for a number of inner threads, on which scratch may depend, in the
 * calling thread; later the same again, so that it adds no noise to the passes. Call it while the
 * workload is at a point with so many (ppt_workload_move()) and no worker is attached. Nothing,
 * where every task has scratch of its own ("memory": "fresh"), or it cannot be taken: then the pass
 * will tell. */
struct ppt_price ppt_price_of(struct ppt_workload *workload, unsigned inner_threads);

#endif
