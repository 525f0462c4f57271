/*
 * faults.h - makes the reads and writes of a test program go wrong on purpose.
 *
 * Linking faults.c replaces read() and write(); C's own streams are not affected. One fault is in
 * place at a time, for files whose path ends in `suffix`. Not for several threads.
 */
#ifndef PPT_TEST_FAULTS_H
#define PPT_TEST_FAULTS_H

#include <stdint.h>

void faults_none(void);

/* From offset `at` on, writes or reads fail with that errno. */
void faults_fail_write(const char *suffix, int64_t at, int error);
void faults_fail_read(const char *suffix, int64_t at, int error);

/* The byte at that offset is read with one bit changed. */
void faults_flip_read(const char *suffix, int64_t at);

/* The file reads as if it ended there. */
void faults_end_read(const char *suffix, int64_t at);

/* Every other call is interrupted, and none does more than a few thousand bytes. */
void faults_stutter(const char *suffix);

#endif
