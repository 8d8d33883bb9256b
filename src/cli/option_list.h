/* SPDX-License-Identifier: MIT */
/* "a=b,c": options in one word, as fstab(5) and mount(8) have them. */
#ifndef TRFS_CLI_OPTION_LIST_H
#define TRFS_CLI_OPTION_LIST_H

#include <stdbool.h>

/*
 * The first option of *@list, which is cut off there and ends with a NUL; NULL behind the
 * last.  A comma that belongs to an option has a backslash in front or stands between
 * double quotes; backslash and quotes are taken away, but for a quote with a backslash.
 */
char *trfs_option_list_next(char **list);

/* The option of @list with a quote that no other closes, to the end; NULL: there is none.
 */
const char *trfs_option_list_unclosed(const char *list);

/* Whether it is about the mount as such, and so means nothing to us: ro, nofail, x-... */
bool trfs_option_list_is_mounts(const char *word);

#endif
