/*
 * subjects.h - what there is to be measured, a file each.
 *
 * Each function holds its contests one after the other and prints as it goes; it fails only when
 * something cannot be run or gives a wrong result, never because of a figure.
 */
#ifndef PPT_SPEED_SUBJECTS_H
#define PPT_SPEED_SUBJECTS_H

#include "contest.h"

enum ppt_status speed_sum(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_multi(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_io(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_zip(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_tensor(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_matrix(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_sort(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_password(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_random(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_img(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_isa(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_harness(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_scaling(const struct venue *venue, struct ppt_error *error);
enum ppt_status speed_ceilings(const struct venue *venue, struct ppt_error *error);

/* The rows of "ceilings", each in the file of the subject whose references it shares. */
enum ppt_status bound_sum(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_multi(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_io(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_zip(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_tensor(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_matrix(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_sort(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_password(const struct venue *venue, struct ppt_error *error);
enum ppt_status bound_img(const struct venue *venue, struct ppt_error *error);

#endif
