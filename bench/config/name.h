/*
 * name.h - what a run may be called. A name becomes a part of the names of files and folders, of
 * titles and of series that other tools keep, so it is plain.
 */
#ifndef PPT_CONFIG_NAME_H
#define PPT_CONFIG_NAME_H

#define PPT_LONGEST_NAME 64

/* What is wrong with a name, to be put behind it in a message; NULL: nothing. It is 1 to
 * PPT_LONGEST_NAME bytes long, consists of letters (of any script), digits, '.', '_', '+' and '-',
 * and begins with neither '.' nor '-'. */
const char *ppt_name_wrong(const char *name);

#endif
