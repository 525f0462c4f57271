/*
 * csv_number.h - the numbers of tables: finite decimal ones, with a point if anything.
 */
#ifndef PPT_BASE_CSV_NUMBER_H
#define PPT_BASE_CSV_NUMBER_H

/* NULL, and *value, for a text without blanks around it that is such a number and that a double can
 * hold; otherwise what to say behind "is not a number": nothing, or ": " and what is odd. */
const char *ppt_csv_number(const char *text, double *value);

#endif
