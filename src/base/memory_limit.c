/* SPDX-License-Identifier: MIT */
/*
 * Limits of control groups, version 2 (memory.max of the group and of all above) and
 * version 1 (memory.limit_in_bytes).  In a container the group's own path is often not
 * there and its root is what is mounted: so every prefix of the path is tried.
 */
#include "base/memory_limit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t lower(uint64_t limit, const char *mounted, const char *controller,
		      const char *group, const char *file)
{
	char path[PATH_MAX];
	char text[32] = "";
	char *text_end;
	uint64_t found;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s%s%s/%s", mounted, controller, group, file) >=
	    (int)sizeof(path))
		return limit;
	f = fopen(path, "re");
	if (!f)
		return limit;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	found = strtoull(text, &text_end, 10);
	/* "max" is no number, and no limit. */
	return text_end != text && found < limit ? found : limit;
}

/* One line of /proc/self/cgroup: number:controllers:path. */
static uint64_t lower_by_line(uint64_t limit, char *line, const char *mounted)
{
	char *controllers = strchr(line, ':');
	char *group = controllers ? strchr(controllers + 1, ':') : NULL;
	bool is_v2;

	if (!group)
		return limit;
	*group++ = '\0';
	controllers++;
	is_v2 = *controllers == '\0';
	if (!is_v2 && strcmp(controllers, "memory") != 0)
		return limit;
	for (;;) {
		char *slash = strrchr(group, '/');

		limit = is_v2 ? lower(limit, mounted, "", group, "memory.max")
			      : lower(limit, mounted, "/memory", group,
				      "memory.limit_in_bytes");
		if (!slash)
			return limit;
		*slash = '\0';
	}
}

uint64_t trfs_memory_limit_of(uint64_t machine, const char *groups, const char *mounted)
{
	uint64_t limit = machine;
	char line[PATH_MAX];
	FILE *f = fopen(groups, "re");

	if (!f)
		return limit;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		limit = lower_by_line(limit, line, mounted);
	}
	fclose(f);
	return limit;
}

uint64_t trfs_memory_limit(void)
{
	long nr_pages = sysconf(_SC_PHYS_PAGES);
	long page = sysconf(_SC_PAGESIZE);
	uint64_t machine = nr_pages > 0 && page > 0 ? (uint64_t)nr_pages * (uint64_t)page
						    : UINT64_MAX;

	return trfs_memory_limit_of(machine, "/proc/self/cgroup", "/sys/fs/cgroup");
}
