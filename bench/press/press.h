/*
 * press.h - calibrated pressure on one resource of the machine while a pass is measured beside it.
 *
 * What presses are threads of this process, each bound to a CPU of its own: on some resources, such
 * as the lock of the process's mappings, no other process could press. Otherwise they keep out of
 * the way: they block all signals, so that an interrupt reaches whom it is for; while they press
 * they take no memory from malloc() and no lock that a task could hold; and when the process dies
 * they die with it, and their files are in its scratch folder.
 *
 *     start    threads begin, and work alone for a while: the rate alone
 *       mark   a pass begins: from here the rate beside it counts
 *     stop     all is given back
 */
#ifndef PPT_PRESS_PRESS_H
#define PPT_PRESS_PRESS_H

#include "folder.h"
#include "kernel.h"
#include "resource.h"
#include "status.h"
#include "topology.h"

/* What to press on, and beside whom. Everything is borrowed until ppt_pressure_start() returns; the
 * folder until the pressure was stopped. */
struct ppt_pressing {
    enum ppt_resource resource;
    const struct ppt_binding *task; /* where the workers are bound; what of the CPUs that the
                                       process may use is in none of its sets, they do not use */
    unsigned most_cpus;             /* CPUs that the process may keep busy at a time, by its quota:
                                       with the task's no more are used; 0: there is no quota */
    const struct ppt_folder *scratch; /* for files */
};

/* Units of the resource's row a second, of all that press together. */
struct ppt_pressed {
    double alone;          /* before the pass */
    double beside;         /* from mark to stop; without a mark as `alone` */
    double handover_ns;    /* of a resource that is pressed on through a cache: between a CPU of the
                              task and one that presses, which should share it, the longer of before
                              and after (handover.h); 0: there are no such CPUs */
    struct ppt_usage used; /* by the threads, from mark to stop: it is none of the pass */
};

struct ppt_pressure;

/* Starts a thread for each CPU to press on. Returns when they have pressed alone for a while, some
 * 30 ms; of a resource that is pressed on through a cache up to 200 ms more, until the CPUs do
 * share it. Fails with PPT_UNSUPPORTED and the reason where that resource cannot be pressed here:
 * no CPU is free, or none that shares a cache with the task (cache), the scratch folder is in
 * memory (disk), the workers are not bound, or to a made-up machine; with PPT_FAILED where threads,
 * memory or files cannot be had. */
enum ppt_status ppt_pressure_start(const struct ppt_pressing *pressing,
                                   struct ppt_pressure **pressure, struct ppt_error *error);

/* The pass begins: from here it counts. Takes about a microsecond, no lock and no memory. */
void ppt_pressure_mark(struct ppt_pressure *pressure);

/* Ends the threads and gives everything back, the pressure itself included; NULL is fine. Fails
 * with PPT_FAILED when a thread could not go on pressing (the disk is full): the pass was then not
 * under pressure all the time. */
enum ppt_status ppt_pressure_stop(struct ppt_pressure *pressure, struct ppt_pressed *pressed,
                                  struct ppt_error *error);

#endif
