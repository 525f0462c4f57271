/*
 * name.h - what a run may be called, and what a program is called that it measures. A name becomes
 * a part of the names of files and folders, of titles and of series that other tools keep, so it is
 * plain.
 */
#ifndef PPT_CONFIG_NAME_H
#define PPT_CONFIG_NAME_H

#include "kernel.h"

#define PPT_LONGEST_NAME 64

/* What is wrong with a name, to be put behind it in a message; NULL: nothing. It is 1 to
 * PPT_LONGEST_NAME bytes long, consists of letters (of any script), digits, '.', '_', '+' and '-',
 * and begins with neither '.' nor '-'. */
const char *ppt_name_wrong(const char *name);

/* Such a name of any text, to be given to free(): '_' stands for what no name has, and what is too
 * long is cut. NULL: the text has no letter and no digit. */
char *ppt_name_fitting(const char *text);

/* The name of a program by its words: that of its file, without folders, "gzip"; where the program
 * is an interpreter, that of the script that it is given, "work.py". To be given to free(); NULL:
 * there is none, as when the program is an input ("{}"). */
char *ppt_name_of_program(const struct ppt_texts *words);

#endif
