/* SPDX-License-Identifier: MIT */
/* status: every mount of ours, or one; --probe for scripts that only want to know. */
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_attribute.h"
#include "cli/output.h"

#include "fuse/mountpoint.h"
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 4096

/* What is asked of a mount, in the order printed. */
static const char *const names[] = { "source",	"num_examples", "num_shards",
				     "size",	"failed_reads", "last_failure",
				     "pid",	"restarts",	"index",
				     "version", "confinement" };

static json_t *describe(const struct trfs_mount_entry *entry)
{
	json_t *json = json_object();
	char value[VALUE_MAX];
	bool alive =
		trfs_mount_attribute(entry->mountpoint, "version", value, sizeof(value));

	json_object_set_new(json, "mountpoint", trfs_json_text(entry->mountpoint));
	json_object_set_new(json, "alive", json_boolean(alive));
	for (size_t i = 0; alive && i < TRFS_COUNT(names); i++) {
		char *end;
		long long number;

		if (!trfs_mount_attribute(entry->mountpoint, names[i], value,
					  sizeof(value)))
			continue;
		number = strtoll(value, &end, 10);
		json_object_set_new(json, names[i],
				    *value && !*end ? json_integer(number)
						    : json_string(value));
	}
	return json;
}

static void print(const json_t *mount)
{
	char size[TRFS_COUNT_SIZE], records[TRFS_COUNT_SIZE];
	const char *mountpoint = json_string_value(json_object_get(mount, "mountpoint"));
	json_int_t failed = json_integer_value(json_object_get(mount, "failed_reads"));
	json_int_t restarts = json_integer_value(json_object_get(mount, "restarts"));

	if (!json_is_true(json_object_get(mount, "alive"))) {
		printf("%s: dead; clear it with tfrecordfs umount %s\n", mountpoint,
		       mountpoint);
		return;
	}
	printf("%s: %s, %s records in %lld shards, %s, process %lld\n", mountpoint,
	       json_string_value(json_object_get(mount, "source")),
	       trfs_count_text((uint64_t)json_integer_value(
				       json_object_get(mount, "num_examples")),
			       records),
	       (long long)json_integer_value(json_object_get(mount, "num_shards")),
	       trfs_output_bytes(
		       (uint64_t)json_integer_value(json_object_get(mount, "size")), size,
		       sizeof(size)),
	       (long long)json_integer_value(json_object_get(mount, "pid")));
	if (restarts > 0)
		printf("  the process that serves died %lld times and was replaced\n",
		       (long long)restarts);
	printf("  confined by: %s\n",
	       json_string_value(json_object_get(mount, "confinement")));
	if (failed > 0)
		printf("  %lld reads failed; the last: %s\n", (long long)failed,
		       json_string_value(json_object_get(mount, "last_failure")));
}

/* The entry of @path; of several on top of each other, the last. */
static const struct trfs_mount_entry *find(const struct trfs_mount_entry *entries,
					   unsigned int nr, const char *path)
{
	char real[PATH_MAX];
	const char *wanted = realpath(path, real) ? real : path;

	while (nr-- > 0)
		if (strcmp(entries[nr].mountpoint, wanted) == 0 ||
		    strcmp(entries[nr].mountpoint, path) == 0)
			return &entries[nr];
	return NULL;
}

static void print_mounts(const json_t *mounts)
{
	size_t i;
	json_t *mount;

	json_array_foreach(mounts, i, mount) print(mount);
	if (json_array_size(mounts) == 0)
		printf("No mounts.\n");
}

/* Fill @mounts with what was asked for; the exit code. */
static int collect(const struct trfs_settings *settings,
		   const struct trfs_mount_entry *entries, unsigned int nr,
		   json_t *mounts)
{
	const struct trfs_mount_entry *one = NULL;
	bool all_alive = true;

	if (settings->nr_positionals > 0) {
		one = find(entries, nr, settings->positionals[0]);
		if (!one) {
			if (!settings->probe)
				trfs_output_error("nothing of ours is mounted on %s",
						  settings->positionals[0]);
			return TRFS_EXIT_MOUNT;
		}
	}
	for (unsigned int i = 0; i < nr; i++) {
		json_t *mount;

		if (one && one != &entries[i])
			continue;
		mount = describe(&entries[i]);
		all_alive &= json_is_true(json_object_get(mount, "alive"));
		json_array_append_new(mounts, mount);
	}
	return all_alive ? TRFS_EXIT_DONE : TRFS_EXIT_MOUNT;
}

int trfs_cmd_status(const struct trfs_settings *settings)
{
	struct trfs_mount_entry *entries = NULL;
	struct trfs_error err = { 0 };
	unsigned int nr = 0;
	json_t *mounts;
	bool told;
	int code;

	if (trfs_mount_entries_read(&entries, &nr, &err) < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	mounts = json_array();
	code = collect(settings, entries, nr, mounts);
	trfs_mount_entries_free(entries, nr);
	/* One that was asked for and is not there has been told as an error. */
	told = settings->probe ||
	       (code != TRFS_EXIT_DONE && json_array_size(mounts) == 0);
	if (!told && settings->json)
		return trfs_json_print(mounts, code);
	if (!told)
		print_mounts(mounts);
	json_decref(mounts);
	return code;
}
