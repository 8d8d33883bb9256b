/* SPDX-License-Identifier: MIT */
/* Only what known sums look at is in the catalog. */
#include "known_fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct trfs_appearance nothing;
static const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE] = { 1, 2, 3 };

struct known_fixture *known_set_up(void)
{
	struct known_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->catalog = (struct trfs_catalog){ .nr_examples = KNOWN_NR,
					    .examples = f->examples,
					    .appearances = &nothing,
					    .nr_appearances = 1 };
	for (uint32_t i = 0; i < KNOWN_NR; i++) {
		f->examples[i].size = 7000;
		known_identify(f, i, 100 + i, 5);
	}
	known_rename(f, KNOWN_NR);
	f->directory_fd = open(".", O_RDONLY | O_DIRECTORY);
	assert_true(f->directory_fd >= 0);
	return f;
}

void known_identify(struct known_fixture *f, uint64_t number, uint64_t inode,
		    int64_t mtime_ns)
{
	const struct trfs_file_identity identity = { .inode = inode,
						     .mtime_ns = mtime_ns };

	f->examples[number].who = trfs_example_who(&identity);
}

void known_rename(struct known_fixture *f, uint64_t number)
{
	trfs_name_list_done(&f->names);
	for (uint32_t i = 0; i < KNOWN_NR; i++) {
		char name[32];

		snprintf(name, sizeof(name), "cat/%u.%s", i, i == number ? "pnG" : "png");
		assert_int_equal(trfs_name_list_add(&f->names, trfs_bytes_of(name)), 0);
	}
	f->catalog.names = trfs_name_list_view(&f->names);
}

void known_tear_down(struct known_fixture *f)
{
	trfs_name_list_done(&f->names);
	close(f->directory_fd);
	free(f);
}

struct trfs_known_column *known_open(struct known_fixture *f, uint32_t value_size)
{
	struct trfs_known_column *column = calloc(1, sizeof(*column));

	assert_non_null(column);
	assert_int_equal(trfs_known_column_init(column, &f->catalog, KNOWN_NR, value_size,
						f->directory_fd, KNOWN_NAME, fingerprint),
			 0);
	return column;
}

void known_close(struct trfs_known_column *column)
{
	trfs_known_column_done(column);
	free(column);
}

void known_value(uint64_t number, uint32_t value_size, uint8_t *ret)
{
	for (uint32_t i = 0; i < value_size; i++)
		ret[i] = (uint8_t)(number * 31 + (number >> 8) + i);
}

void known_set(struct trfs_known_column *column, uint64_t number)
{
	uint8_t value[TRFS_KNOWN_VALUE_MAX];

	known_value(number, column->value_size, value);
	trfs_known_column_set(column, number, value);
}

bool known_is(struct trfs_known_column *column, uint64_t number)
{
	uint8_t value[TRFS_KNOWN_VALUE_MAX], right[TRFS_KNOWN_VALUE_MAX];

	if (!trfs_known_column_get(column, number, value))
		return false;
	known_value(number, column->value_size, right);
	assert_memory_equal(value, right, column->value_size);
	return true;
}

uint32_t known_count(struct trfs_known_column *column)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < KNOWN_NR; i++)
		nr += known_is(column, i);
	return nr;
}

uint32_t known_count_anew(struct known_fixture *f, uint32_t value_size)
{
	struct trfs_known_column *column = known_open(f, value_size);
	uint32_t nr = known_count(column);

	known_close(column);
	return nr;
}

void known_write_all(struct known_fixture *f, uint32_t value_size)
{
	struct trfs_known_column *column = known_open(f, value_size);

	for (uint32_t i = 0; i < KNOWN_NR; i++)
		known_set(column, i);
	known_close(column);
}

uint8_t *known_read_file(size_t *ret_len)
{
	struct stat st;
	uint8_t *bytes;
	int fd = open(KNOWN_NAME, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(trfs_file_read(fd, 0, bytes, (size_t)st.st_size), 0);
	close(fd);
	*ret_len = (size_t)st.st_size;
	return bytes;
}

void known_write_file(const uint8_t *bytes, size_t len)
{
	int fd = open(KNOWN_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}
