/* SPDX-License-Identifier: MIT */
/* Files are told by their inodes, as calls tell nothing but a descriptor. */
#include "disk_record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void disk_copy_name(char ret[DISK_NAME_MAX], const char *name)
{
	assert_true(strlen(name) < DISK_NAME_MAX);
	memcpy(ret, name, strlen(name) + 1);
}

void disk_content_put(struct disk_content *content, uint64_t offset, const uint8_t *data,
		      size_t len)
{
	size_t end = (size_t)offset + len;

	if (end > content->len) {
		content->data = realloc(content->data, end);
		assert_non_null(content->data);
		memset(content->data + content->len, 0, end - content->len);
		content->len = end;
	}
	if (data && len > 0)
		memcpy(content->data + offset, data, len);
}

static uint32_t add_file(struct disk_record *record, ino_t inode)
{
	assert_true(record->nr_files < DISK_NR_FILES_MAX);
	record->inodes[record->nr_files] = inode;
	return record->nr_files++;
}

/* The latest, as a number is given again once its file is gone. */
static uint32_t number_of(const struct disk_record *record, int fd)
{
	uint32_t i = record->nr_files;
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	while (i > 0 && record->inodes[i - 1] != st.st_ino)
		i--;
	assert_true(i > 0);
	return i - 1;
}

static void take_what_is_there(struct disk_record *record, const char *name)
{
	char path[512];
	struct disk_content *content;
	struct stat st;
	uint32_t file;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", record->directory, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	file = add_file(record, st.st_ino);
	disk_copy_name(record->names[file], name);
	content = &record->before[file];
	disk_content_put(content, 0, NULL, (size_t)st.st_size);
	assert_int_equal(pread(fd, content->data, content->len, 0), content->len);
	content->time = st.st_mtim;
	close(fd);
}

struct disk_record *disk_record_begin(const char *directory)
{
	struct disk_record *record = calloc(1, sizeof(*record));
	DIR *stream;

	assert_non_null(record);
	record->directory = strdup(directory);
	record->calls = calloc(DISK_NR_CALLS_MAX, sizeof(*record->calls));
	assert_non_null(record->directory);
	assert_non_null(record->calls);
	assert_true(mkdir(directory, 0755) == 0 || errno == EEXIST);
	stream = opendir(directory);
	assert_non_null(stream);
	for (struct dirent *e = readdir(stream); e; e = readdir(stream)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			take_what_is_there(record, e->d_name);
	}
	closedir(stream);
	return record;
}

void disk_record_end(struct disk_record *record)
{
	for (size_t i = 0; i < record->nr_calls; i++)
		free(record->calls[i].data);
	for (uint32_t i = 0; i < record->nr_files; i++)
		free(record->before[i].data);
	free(record->calls);
	free(record->directory);
	free(record);
}

static struct disk_call *add_call(struct disk_record *record, enum disk_call_kind kind)
{
	assert_true(record->nr_calls < DISK_NR_CALLS_MAX);
	record->calls[record->nr_calls].kind = kind;
	return &record->calls[record->nr_calls++];
}

void disk_record_create(struct disk_record *record, int fd, const char *name)
{
	struct disk_call *added = add_call(record, DISK_CREATE);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	added->file = add_file(record, st.st_ino);
	disk_copy_name(added->name, name);
}

void disk_record_write(struct disk_record *record, int fd, uint64_t offset,
		       const void *data, size_t len)
{
	struct disk_call *added = add_call(record, DISK_WRITE);

	added->file = number_of(record, fd);
	added->offset = offset;
	added->len = len;
	added->data = malloc(len + 1);
	assert_non_null(added->data);
	memcpy(added->data, data, len);
}

void disk_record_date(struct disk_record *record, int fd, struct timespec time)
{
	struct disk_call *added = add_call(record, DISK_DATE);

	added->file = number_of(record, fd);
	added->time = time;
}

void disk_record_sync(struct disk_record *record, int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	if (S_ISDIR(st.st_mode))
		add_call(record, DISK_SYNC_DIRECTORY);
	else
		add_call(record, DISK_SYNC)->file = number_of(record, fd);
}

void disk_record_rename(struct disk_record *record, const char *name, const char *to)
{
	struct disk_call *added = add_call(record, DISK_RENAME);

	disk_copy_name(added->name, name);
	disk_copy_name(added->to, to);
}

void disk_record_remove(struct disk_record *record, const char *name)
{
	disk_copy_name(add_call(record, DISK_REMOVE)->name, name);
}
