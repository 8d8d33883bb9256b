/* SPDX-License-Identifier: MIT */
/* What a mount said of itself, as words and numbers for people; and many mounts as rows.
 */
#ifndef TRFS_CLI_STATUS_VALUES_H
#define TRFS_CLI_STATUS_VALUES_H

#include "cli/output.h"
#include "cli/style.h"
#include <jansson.h>

/* Numbers as text, a few for one line. */
struct trfs_status_room {
	char text[4][TRFS_COUNT_SIZE];
};

#define TRFS_STATUS_AGE_SIZE 64

/* Never NULL; a number that is not there is 0. */
const char *trfs_status_string(const json_t *mount, const char *key);
uint64_t trfs_status_number(const json_t *mount, const char *key);

/* "1,234", "1234" and "1.2 kB", in place @i of @room. */
const char *trfs_status_count(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key);
const char *trfs_status_plain(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key);
const char *trfs_status_bytes(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key);

/* "12 s", "3 min 5 s", "7 h 20 min", "3 days 4 h"; returns @buf. */
const char *trfs_status_age(uint64_t seconds, char buf[TRFS_STATUS_AGE_SIZE]);

/* Green where all is well, red where it does not serve, yellow where reads fail or hang.
 */
enum trfs_style trfs_status_style(const json_t *mount);

/* A row a mount. */
void trfs_status_print_table(const json_t *mounts);

#endif
