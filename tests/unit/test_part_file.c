/* SPDX-License-Identifier: MIT */
/* Parts of an index: what was written is read, and nothing else is believed. */
#include "scratch.h"

#include "base/crc32c.h"
#include "index/part_file.h"
#include "index/parts.h"
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NR_IMAGES 40u
#define NR_MASKS  3u
#define NAME	  "photos-00112233445566778899aabbccddeeff.part-2-of-5"

static const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE] = "made for this";

static struct trfs_seen seen_of(uint32_t i)
{
	return (struct trfs_seen){
		.inode = 1000 + i,
		.mtime_ns = -5 + (int64_t)i,
		.size = 10 * i,
		.access = TRFS_ACCESS_OWNER,
		.appearance = { .height = i, .width = 7, .format = TRFS_IMAGE_PNG },
	};
}

static void add_files(struct trfs_part_files *files, const char *prefix, uint32_t nr)
{
	struct trfs_string_table *paths = trfs_string_table_new();
	struct trfs_seen seen[NR_IMAGES + 1] = { { 0 } };
	struct trfs_strings view;

	assert_non_null(paths);
	for (uint32_t i = 0; i <= nr; i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/%u.png", prefix, i);
		assert_int_equal(trfs_string_table_add(paths, trfs_bytes_of(path), NULL),
				 0);
		/* The last one is no good. */
		if (i < nr)
			seen[i] = seen_of(i);
	}
	view = trfs_string_table_view(paths);
	assert_int_equal(trfs_part_add_files(files, &view, seen), 0);
	trfs_string_table_free(paths);
}

/* With or without contents that were made. */
static void write_part(bool has_made)
{
	const struct trfs_catalog catalog = { .nr_rows = 1 };
	struct trfs_part part = { .number = 2, .nr = 5 };

	add_files(&part.images, "cat", NR_IMAGES);
	add_files(&part.masks, "mask", NR_MASKS);
	if (has_made)
		assert_int_equal(trfs_part_begin_made(&part, &catalog), 0);
	for (uint32_t i = NR_IMAGES; has_made && i > 0; i -= 2) {
		struct trfs_made made[2] = { { .size = i }, { .size = i + 1 } };
		char path[64];

		snprintf(path, sizeof(path), "cat/%u.png", i - 1);
		assert_int_equal(trfs_part_add_made(&part, trfs_bytes_of(path), 100 + i,
						    (struct trfs_bytes){ (uint8_t *)made,
									 sizeof(made) }),
				 0);
	}
	assert_int_equal(trfs_part_file_write(".", NAME, fingerprint, &part, 77, NULL),
			 0);
	trfs_part_done(&part);
}

static int open_part(struct trfs_part_file *file, struct trfs_error *err)
{
	return trfs_part_file_open(file, NAME, fingerprint, 2, 5, err);
}

static void check_files(const struct trfs_names *names, const struct trfs_seen *seen,
			const char *prefix, uint32_t nr)
{
	assert_int_equal(names->nr, nr);
	for (uint32_t i = 0; i < nr; i++) {
		const struct trfs_seen expected = seen_of(i);
		struct trfs_name room;
		char path[64];

		snprintf(path, sizeof(path), "%s/%u.png", prefix, i);
		assert_string_equal((const char *)trfs_names_get(names, i, &room).data,
				    path);
		assert_memory_equal(&seen[i], &expected, sizeof(expected));
	}
}

static void a_part_is_read_as_it_was_written(void **state)
{
	struct trfs_part_file file;

	(void)state;
	write_part(false);
	assert_int_equal(open_part(&file, NULL), 0);
	check_files(&file.known.images, file.known.images_seen, "cat", NR_IMAGES);
	check_files(&file.known.masks, file.known.masks_seen, "mask", NR_MASKS);
	assert_int_equal(file.known.looked_ns, 77);
	assert_null(file.known.rows);
	assert_int_equal(file.known.made.nr, 0);
	trfs_part_file_close(&file);
}

static void what_was_made_of_images_is_with_each(void **state)
{
	struct trfs_part_file file;

	(void)state;
	write_part(true);
	assert_int_equal(open_part(&file, NULL), 0);
	for (uint32_t i = 0; i < NR_IMAGES; i++) {
		struct trfs_bytes bytes = trfs_strings_get(&file.known.made, i);
		struct trfs_made made;

		if (i % 2 == 0) {
			assert_int_equal(file.known.rows[i], TRFS_NO_ROW);
			assert_int_equal(bytes.len, 0);
			continue;
		}
		assert_int_equal(file.known.rows[i], 100 + i + 1);
		assert_int_equal(bytes.len, 2 * sizeof(made));
		memcpy(&made, bytes.data, sizeof(made));
		assert_int_equal(made.size, i + 1);
	}
	trfs_part_file_close(&file);
}

static void an_empty_part_is_one(void **state)
{
	struct trfs_part part = { .number = 2, .nr = 5 };
	struct trfs_part_file file;

	(void)state;
	assert_int_equal(trfs_part_file_write(".", NAME, fingerprint, &part, 0, NULL), 0);
	assert_int_equal(open_part(&file, NULL), 0);
	assert_int_equal(file.known.images.nr + file.known.masks.nr, 0);
	trfs_part_file_close(&file);
}

static void a_part_of_something_else_is_refused(void **state)
{
	static const uint8_t others[TRFS_FINGERPRINT_SIZE] = "made for that";
	struct trfs_part_file file;

	(void)state;
	assert_int_equal(open_part(&file, NULL), -ENOENT);
	write_part(false);
	assert_int_equal(trfs_part_file_open(&file, NAME, others, 2, 5, NULL), -EBADMSG);
	assert_int_equal(trfs_part_file_open(&file, NAME, fingerprint, 3, 5, NULL),
			 -EBADMSG);
	assert_int_equal(trfs_part_file_open(&file, NAME, fingerprint, 2, 4, NULL),
			 -EBADMSG);
}

/* --- Damage --- */

static struct trfs_buffer read_part(void)
{
	struct trfs_buffer bytes;

	trfs_buffer_init(&bytes, 1u << 20);
	assert_int_equal(trfs_file_read_all(NAME, 1u << 20, &bytes, NULL), 0);
	return bytes;
}

static void put_part(const uint8_t *data, size_t len)
{
	FILE *file = fopen(NAME, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void check_refused(void)
{
	struct trfs_part_file file;
	struct trfs_error err = { 0 };

	assert_int_equal(open_part(&file, &err), -EBADMSG);
	assert_int_equal(strncmp(err.message, "it ", 3), 0);
}

/* fault: a byte of a part of an index flipped | when it is opened | refused */
static void a_flipped_byte_is_refused(void **state)
{
	struct trfs_buffer bytes;

	(void)state;
	write_part(true);
	bytes = read_part();
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= (uint8_t)(1u << i % 8);
		put_part(bytes.data, bytes.len);
		check_refused();
		bytes.data[i] ^= (uint8_t)(1u << i % 8);
	}
	trfs_buffer_done(&bytes);
}

/* fault: a part of an index cut | when it is opened | refused, whatever is left of it */
static void a_part_that_is_cut_is_refused(void **state)
{
	struct trfs_buffer bytes;

	(void)state;
	write_part(true);
	bytes = read_part();
	for (size_t len = 0; len < bytes.len; len++) {
		put_part(bytes.data, len);
		check_refused();
	}
	trfs_buffer_done(&bytes);
}

/* Each number of @nr bytes at @offset is made a large one, with a right checksum. */
static void check_numbers(size_t offset, size_t nr)
{
	struct trfs_buffer bytes = read_part();

	for (size_t i = 0; i + 8 <= nr; i += 8) {
		uint8_t *at = bytes.data + offset + i;
		uint64_t before;

		memcpy(&before, at, 8);
		trfs_store_u64le(at, UINT64_MAX - 7);
		trfs_store_u32le(bytes.data + bytes.len - 4,
				 trfs_crc32c(0, bytes.data, bytes.len - 4));
		put_part(bytes.data, bytes.len);
		check_refused();
		memcpy(at, &before, 8);
	}
	trfs_buffer_done(&bytes);
}

/* fault: numbers of a part of an index out of bounds, checksum right | opened | refused
 */
static void numbers_out_of_bounds_are_refused_whatever_the_checksum_says(void **state)
{
	size_t seen = NR_IMAGES * sizeof(struct trfs_seen);
	size_t starts = (trfs_names_nr_blocks(NR_IMAGES) + 1) * sizeof(uint64_t);
	struct trfs_buffer bytes;
	size_t made;

	(void)state;
	write_part(true);
	bytes = read_part();
	made = bytes.len - 4 - NR_IMAGES / 2 * 2 * sizeof(struct trfs_made);
	trfs_buffer_done(&bytes);
	/* Counts and sizes; where blocks of names begin; where what was made ends. */
	check_numbers(72, 56);
	check_numbers(TRFS_PART_HEADER_SIZE + seen, starts);
	check_numbers(made - NR_IMAGES * sizeof(uint64_t), NR_IMAGES * sizeof(uint64_t));
	/* The last word of an image: its format and orientation. */
	check_numbers(TRFS_PART_HEADER_SIZE + 32, 8);
}

/* --- Names --- */

static void a_part_is_named_after_its_index(void **state)
{
	char name[TRFS_INDEX_NAME_MAX];

	(void)state;
	trfs_part_name("photos-00112233445566778899aabbccddeeff.index", 2, 5, name);
	assert_string_equal(name, NAME);
}

static void touch_part(const char *index_name, uint32_t number, uint32_t nr)
{
	char name[TRFS_INDEX_NAME_MAX];

	trfs_part_name(index_name, number, nr, name);
	scratch_write(name, "");
}

/* What only resembles a part is passed over. */
static void names_that_are_no_parts_do_not_count(void **state)
{
	static const char index_name[] = "a-00112233445566778899aabbccddeeff.index";
	struct trfs_parts parts;
	struct trfs_error err = { 0 };

	(void)state;
	scratch_write("a-00112233445566778899aabbccddeeff.part-1-of-02", "");
	scratch_write("a-00112233445566778899aabbccddeeff.part-3-of-2", "");
	scratch_write("a-00112233445566778899aabbccddeeff.part-0-of-2", "");
	scratch_write("a-00112233445566778899aabbccddeeff.part-1-of-4294967295", "");
	scratch_write("a-00112233445566778899aabbccddeeff.part-1-of-2.tmp", "");
	assert_int_equal(trfs_parts_open(&parts, ".", index_name, fingerprint, &err),
			 -ENOENT);
	assert_non_null(strstr(err.message, "has no parts"));
	trfs_parts_close(&parts);
	touch_part(index_name, 2, 2);
	assert_int_equal(trfs_parts_open(&parts, ".", index_name, fingerprint, &err),
			 -ENOENT);
	assert_non_null(strstr(err.message, "part 1 of 2 is missing"));
	trfs_parts_close(&parts);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_part_is_read_as_it_was_written),
		TEST(what_was_made_of_images_is_with_each),
		TEST(an_empty_part_is_one),
		TEST(a_part_of_something_else_is_refused),
		TEST(a_flipped_byte_is_refused),
		TEST(a_part_that_is_cut_is_refused),
		TEST(numbers_out_of_bounds_are_refused_whatever_the_checksum_says),
		TEST(a_part_is_named_after_its_index),
		TEST(names_that_are_no_parts_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
