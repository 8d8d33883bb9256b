/* SPDX-License-Identifier: MIT */
/* A block a mount: a word in front of each row, numbers behind it. */
#include "cli/status_print.h"

#include "cli/output.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORST_MAX 5u

static const char *string(const json_t *mount, const char *key)
{
	const char *value = json_string_value(json_object_get(mount, key));

	return value ? value : "";
}

static uint64_t number(const json_t *mount, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(mount, key));

	return value > 0 ? (uint64_t)value : 0;
}

/* A number with its commas, one of a few that a line may have. */
struct room {
	char text[4][TRFS_COUNT_SIZE];
};

static const char *count(struct room *room, int i, const json_t *mount, const char *key)
{
	return trfs_count_text(number(mount, key), room->text[i]);
}

static const char *bytes(struct room *room, int i, const json_t *mount, const char *key)
{
	return trfs_output_bytes(number(mount, key), room->text[i],
				 sizeof(room->text[i]));
}

static const char *duration(uint64_t seconds, char *buf, size_t size)
{
	uint64_t minutes = seconds / 60, hours = minutes / 60;

	if (minutes == 0)
		snprintf(buf, size, "%" PRIu64 " s", seconds);
	else if (hours == 0)
		snprintf(buf, size, "%" PRIu64 " min %" PRIu64 " s", minutes,
			 seconds % 60);
	else if (hours < 48)
		snprintf(buf, size, "%" PRIu64 " h %" PRIu64 " min", hours, minutes % 60);
	else
		snprintf(buf, size, "%" PRIu64 " days %" PRIu64 " h", hours / 24,
			 hours % 24);
	return buf;
}

static const char *index_text(const json_t *mount, char *buf, size_t size)
{
	const char *index = string(mount, "index");

	if (!*index)
		return "none";
	snprintf(buf, size, "%s, %s", index,
		 json_is_true(json_object_get(mount, "index_damaged"))
			 ? "damaged: tfrecordfs reload builds another"
		 : json_is_true(json_object_get(mount, "index_reused")) ? "reused"
									: "built");
	return buf;
}

static void print_what(const json_t *mount)
{
	char text[8192];
	struct room room;

	trfs_output_line("  source    %s", string(mount, "source"));
	printf("  shows     %s records in %s shards, %s",
	       count(&room, 0, mount, "num_examples"),
	       count(&room, 1, mount, "num_shards"), bytes(&room, 2, mount, "size"));
	if (number(mount, "problems") > 0)
		printf("; %s rows left out", count(&room, 3, mount, "problems"));
	putchar('\n');
	trfs_output_line("  index     %s", index_text(mount, text, sizeof(text)));
}

static void print_process(const json_t *mount)
{
	char up[64];
	struct room room;

	printf("  process   %" PRIu64, number(mount, "pid"));
	if (number(mount, "worker_pid") > 0)
		printf(", worker %" PRIu64, number(mount, "worker_pid"));
	if (number(mount, "restarts") > 0)
		printf(" (replaced %s times)", count(&room, 0, mount, "restarts"));
	printf(", up %s, %s threads\n",
	       duration(number(mount, "uptime_seconds"), up, sizeof(up)),
	       count(&room, 1, mount, "threads"));
	printf("  version   %s", string(mount, "version"));
	if (json_object_get(mount, "generation"))
		printf(", generation %s", count(&room, 0, mount, "generation"));
	printf(", log level %s\n", string(mount, "log_level"));
	printf("  confined  %s\n", json_object_get(mount, "confinement")
					   ? string(mount, "confinement")
					   : "not known");
}

static void print_counters(const json_t *mount)
{
	struct room room;

	printf("  reads     %s, %s; %s failed, %s wait\n",
	       count(&room, 0, mount, "reads"), bytes(&room, 1, mount, "read_bytes"),
	       count(&room, 2, mount, "failed_reads"),
	       count(&room, 3, mount, "waiting_reads"));
	printf("  open      %s files, %s views (%s), chunks of %s\n",
	       count(&room, 0, mount, "open_files"), count(&room, 1, mount, "views"),
	       bytes(&room, 2, mount, "view_bytes"),
	       bytes(&room, 3, mount, "chunk_bytes"));
}

static void print_failing(const json_t *mount)
{
	const json_t *failing = json_object_get(mount, "failing");
	struct room room;
	size_t i;
	json_t *one;

	if (number(mount, "failed_reads") > 0)
		trfs_output_line("  last      %s", string(mount, "last_failure"));
	if (json_array_size(failing) == 0)
		return;
	printf("  failing   %s of the source's files\n",
	       count(&room, 0, mount, "failing_images"));
	json_array_foreach(failing, i, one)
	{
		if (i == WORST_MAX) {
			printf("            ... and others: problems.csv lists all\n");
			break;
		}
		trfs_output_line("    %5s x %s", count(&room, 0, one, "times"),
				 string(one, "reason"));
	}
}

static void print_stuck(const json_t *mount)
{
	const json_t *stuck = json_object_get(mount, "stuck");
	size_t i;
	json_t *one;

	if (json_array_size(stuck) > 0)
		printf("  stuck     %zu reads of the source\n", json_array_size(stuck));
	json_array_foreach(stuck, i, one)
	{
		char age[64];

		if (i == WORST_MAX) {
			printf("            ... and others\n");
			break;
		}
		trfs_output_line("    %9s %s",
				 duration(number(one, "seconds"), age, sizeof(age)),
				 string(one, "path"));
	}
}

static void print_mount(const json_t *mount)
{
	const char *mountpoint = string(mount, "mountpoint");
	const char *state = string(mount, "state");

	if (strcmp(state, "dead") == 0)
		trfs_output_line("%s: dead; clear it with tfrecordfs umount %s",
				 mountpoint, mountpoint);
	else if (strcmp(state, "hung") == 0)
		trfs_output_line("%s: hung; tfrecordfs debug %s collects what is known, "
				 "tfrecordfs umount --lazy %s ends it",
				 mountpoint, mountpoint, mountpoint);
	else
		trfs_output_line("%s: %s", mountpoint, state);
	if (strcmp(state, "serving") != 0 || !json_object_get(mount, "version"))
		return;
	print_what(mount);
	print_process(mount);
	print_counters(mount);
	print_failing(mount);
	print_stuck(mount);
}

void trfs_status_print(const json_t *mounts)
{
	size_t i;
	json_t *mount;

	json_array_foreach(mounts, i, mount) print_mount(mount);
	if (json_array_size(mounts) == 0)
		printf("No mounts.\n");
}
