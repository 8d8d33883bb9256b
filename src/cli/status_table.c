/* SPDX-License-Identifier: MIT */
/*
 * STATE        RECORDS      NOW FAIL STUCK      UP  MOUNTPOINT
 * serving    1,281,167 1.9 GB/s    0     0     3 h  /mnt/imagenet
 *
 * What may be long is last, so that the columns stay where they are.
 */
#include "cli/status_values.h"

#include <string.h>

#define COLUMNS_FOR_RECORDS 80

/* "12 s", "5 min", "7 h", "3 days": one unit is enough in a table. */
static const char *short_age(uint64_t seconds, char buf[TRFS_STATUS_AGE_SIZE])
{
	char *second_unit;

	trfs_status_age(seconds, buf);
	second_unit = strchr(buf, ' ');
	second_unit = second_unit ? strchr(second_unit + 1, ' ') : NULL;
	if (second_unit)
		*second_unit = '\0';
	return buf;
}

/* How many records it shows, where there is room for that. */
static void print_records(size_t columns, const char *text)
{
	if (columns == 0 || columns >= COLUMNS_FOR_RECORDS)
		printf(" %11s", text);
}

static void print_numbers(const json_t *mount, size_t columns)
{
	char rate[TRFS_COUNT_SIZE + 2], age[TRFS_STATUS_AGE_SIZE];
	struct trfs_status_room room;

	print_records(columns, trfs_status_count(&room, 0, mount, "num_examples"));
	snprintf(rate, sizeof(rate), "%s/s",
		 trfs_status_bytes(&room, 1, mount, "bytes_per_second"));
	printf(" %8s %4s %5zu %7s", rate,
	       trfs_status_count(&room, 2, mount, "failing_images"),
	       json_array_size(json_object_get(mount, "stuck")),
	       short_age(trfs_status_number(mount, "uptime_seconds"), age));
}

static void print_row(const json_t *mount)
{
	const char *state = trfs_status_string(mount, "state");
	size_t columns = trfs_style_columns(stdout);
	char padded[32];

	/* "another user's" has no place in a column. */
	snprintf(padded, sizeof(padded), "%-8s",
		 strcmp(state, "another user's") == 0 ? "other's" : state);
	trfs_style_put(stdout, trfs_status_style(mount), padded);
	if (json_object_get(mount, "version")) {
		print_numbers(mount, columns);
	} else {
		print_records(columns, "-");
		printf(" %8s %4s %5s %7s", "-", "-", "-", "-");
	}
	/* Whole, as it is what one pastes next, and nothing stands behind it. */
	trfs_output_line("  %s", trfs_status_string(mount, "mountpoint"));
}

void trfs_status_print_table(const json_t *mounts)
{
	size_t i;
	json_t *mount;

	printf("%-8s", "STATE");
	print_records(trfs_style_columns(stdout), "RECORDS");
	printf(" %8s %4s %5s %7s  %s\n", "NOW", "FAIL", "STUCK", "UP", "MOUNTPOINT");
	json_array_foreach(mounts, i, mount) print_row(mount);
}
