/* SPDX-License-Identifier: MIT */
#include "cli/mount_place.h"

#include "cli/mount_attribute.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A number and the blank behind it. */
static bool take_number(const char **text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(*text, &end, 10);
	if (errno || end == *text || *end != ' ')
		return false;
	*text = end + 1;
	return true;
}

bool trfs_mount_place(const char *shard, uint64_t offset, struct trfs_mount_place *ret)
{
	char name[64];

	snprintf(name, sizeof(name), "where.%" PRIu64, offset);
	if (!trfs_mount_attribute(shard, name, ret->answer, sizeof(ret->answer)))
		return false;
	ret->image = ret->answer;
	return take_number(&ret->image, &ret->record) &&
	       take_number(&ret->image, &ret->offset) &&
	       take_number(&ret->image, &ret->size);
}
