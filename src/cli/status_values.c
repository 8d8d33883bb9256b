/* SPDX-License-Identifier: MIT */
/* Members of the JSON that fuse/status.c writes. */
#include "cli/status_values.h"

#include <inttypes.h>
#include <string.h>

const char *trfs_status_string(const json_t *mount, const char *key)
{
	const char *value = json_string_value(json_object_get(mount, key));

	return value ? value : "";
}

uint64_t trfs_status_number(const json_t *mount, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(mount, key));

	return value > 0 ? (uint64_t)value : 0;
}

const char *trfs_status_count(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key)
{
	return trfs_count_text(trfs_status_number(mount, key), room->text[i]);
}

const char *trfs_status_plain(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key)
{
	snprintf(room->text[i], sizeof(room->text[i]), "%" PRIu64,
		 trfs_status_number(mount, key));
	return room->text[i];
}

const char *trfs_status_bytes(struct trfs_status_room *room, int i, const json_t *mount,
			      const char *key)
{
	return trfs_output_bytes(trfs_status_number(mount, key), room->text[i],
				 sizeof(room->text[i]));
}

const char *trfs_status_age(uint64_t seconds, char buf[TRFS_STATUS_AGE_SIZE])
{
	uint64_t minutes = seconds / 60, hours = minutes / 60;
	size_t size = TRFS_STATUS_AGE_SIZE;

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

enum trfs_style trfs_status_style(const json_t *mount)
{
	const char *state = trfs_status_string(mount, "state");

	if (strcmp(state, "dead") == 0 || strcmp(state, "hung") == 0)
		return TRFS_STYLE_BAD;
	if (strcmp(state, "serving") != 0 ||
	    trfs_status_number(mount, "failing_images") > 0 ||
	    json_array_size(json_object_get(mount, "stuck")) > 0)
		return TRFS_STYLE_DOUBT;
	return TRFS_STYLE_GOOD;
}
