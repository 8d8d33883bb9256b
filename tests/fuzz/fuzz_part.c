/* SPDX-License-Identifier: MIT */
/*
 * Parts of an index that somebody else wrote: whatever was believed lies in the file, is
 * found by name, and is something that a join can go on with.
 *
 *	u8: 0: the file as it is; else with what its reader compares made right (size,
 *	checksum, whose part it is), so that all behind it is reached
 *	then the file
 */
#include "feed_file.h"

#include "base/crc32c.h"
#include "index/part_file.h"

#define NR_TRIED 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE] = "what the part was made for";

static void make_right(uint8_t *file, size_t len)
{
	if (len < TRFS_PART_HEADER_SIZE + sizeof(uint32_t))
		return;
	memcpy(file, TRFS_PART_MAGIC, 8);
	trfs_store_u32le(file + 8, TRFS_PART_VERSION);
	trfs_store_u32le(file + 12, 1);
	trfs_store_u32le(file + 16, 1);
	memcpy(file + 24, fingerprint, sizeof(fingerprint));
	trfs_store_u64le(file + 120, len);
	trfs_store_u32le(file + len - 4, trfs_crc32c(0, file, len - 4));
}

static void check_inside(const struct trfs_part_file *file, const void *data,
			 uint64_t len)
{
	uintptr_t start = (uintptr_t)file->data, at = (uintptr_t)data;

	insist(len == 0 || (at >= start && at - start <= file->identity.size &&
			    len <= file->identity.size - (at - start)));
}

static void use_files(const struct trfs_part_file *file, struct trfs_earlier_files *known,
		      const struct trfs_names *names, const struct trfs_seen *seen)
{
	check_inside(file, seen, names->nr * sizeof(*seen));
	check_inside(file, names->starts,
		     names->nr ? (trfs_names_nr_blocks(names->nr) + 1) * sizeof(uint64_t)
			       : 0);
	check_inside(file, names->bytes, trfs_names_nr_bytes(names));
	for (uint64_t i = 0; i < names->nr && i < NR_TRIED; i++) {
		struct trfs_name room, other_room;
		struct trfs_bytes name = trfs_names_get(names, i, &room);
		uint32_t found = trfs_earlier_find(known, name);
		struct trfs_seen then;
		int64_t looked_ns;

		insist(name.len < sizeof(room.text) && name.data[name.len] == '\0');
		insist((found == TRFS_NOT_EARLIER) == (name.len == 0));
		if (found == TRFS_NOT_EARLIER)
			continue;
		insist(found <= i);
		insist(trfs_bytes_equal(trfs_names_get(names, found, &other_room), name));
		then = trfs_earlier_seen(known, found, &looked_ns);
		insist(trfs_seen_is_good(&then) && looked_ns == file->known.looked_ns);
		insist(memcmp(&then, &seen[found], sizeof(then)) == 0);
		insist(*trfs_image_format_name(then.appearance.format) != '\0');
		known->confirmed[found] = 1;
	}
}

/* As a join asks for what was made of images that it has just confirmed. */
static void use_made(const struct trfs_part_file *file, struct trfs_earlier *known)
{
	struct trfs_catalog catalog = { .names = file->known.images };

	trfs_earlier_meet(known, &catalog);
	for (uint64_t i = 0; i < catalog.names.nr && i < NR_TRIED; i++) {
		struct trfs_content_ref ref = {
			.example = i, .hole = trfs_content_hole(TRFS_CONTENT_IMAGE, 0)
		};
		struct trfs_bytes all;
		struct trfs_made made;

		if (file->known.rows) {
			all = trfs_strings_get(&file->known.made, i);
			check_inside(file, all.data, all.len);
			check_inside(file, &file->known.rows[i], sizeof(uint32_t));
		}
		if (trfs_earlier_made(known, &catalog, ref, &made))
			insist(file->known.rows && made.copy == 0 &&
			       made.hole == ref.hole);
		insist(file->known.rows ||
		       !trfs_earlier_made(known, &catalog, ref, NULL));
	}
}

static void use(const struct trfs_part_file *file)
{
	struct trfs_earlier known;

	insist(trfs_earlier_init_parts(&known, &file->known, 1, true) == 0);
	use_files(file, &known.images, &file->known.images, file->known.images_seen);
	use_files(file, &known.masks, &file->known.masks, file->known.masks_seen);
	use_made(file, &known);
	trfs_earlier_done(&known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(size + 1);
	struct trfs_error err = { 0 };
	struct trfs_part_file file;
	const char *path;
	int rc;

	insist(bytes != NULL);
	memcpy(bytes, data + (size > 0), size - (size > 0));
	size -= size > 0;
	if (size > 0 && data[0] > 0)
		make_right(bytes, size);
	path = feed_file("fuzz.part", bytes, size);
	free(bytes);
	rc = trfs_part_file_open(&file, path, fingerprint, 1, 1, &err);
	if (rc == 0) {
		use(&file);
		trfs_part_file_close(&file);
	} else {
		insist(err.code == rc);
		check_sentence(err.message);
	}
	return 0;
}
