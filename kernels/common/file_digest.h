/*
 * file_digest.h - tells whether a file still is what it was.
 */
#ifndef PPT_FILE_DIGEST_H
#define PPT_FILE_DIGEST_H

#define PPT_FILE_DIGEST_SIZE 17

/* A digest of the file's content as 16 digits, or "unknown" when it cannot be read. Returns `out`.
 */
const char *ppt_file_digest(const char *path, char out[PPT_FILE_DIGEST_SIZE]);

#endif
