/* SPDX-License-Identifier: MIT */
/* Names and files are made in memory, then written where they are looked for. */
#include "disk_replay.h"

#include "base/random.h"
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

#define NR_SEEN_MAX 40000u
#define WORD	    8u
#define RUBBISH	    0xa5

/* Files of which names are known while a disk is made. */
struct entry {
	char name[DISK_NAME_MAX];
	uint32_t file;
};

struct disk {
	struct disk_content files[DISK_NR_FILES_MAX];
	struct entry entries[DISK_NR_FILES_MAX];
	uint32_t nr_entries;
};

static bool is_of_names(enum disk_call_kind kind)
{
	return kind == DISK_CREATE || kind == DISK_RENAME || kind == DISK_REMOVE;
}

static size_t last_sync_of_names(const struct disk_record *record, size_t nr_calls)
{
	while (nr_calls > 0 && record->calls[nr_calls - 1].kind != DISK_SYNC_DIRECTORY)
		nr_calls--;
	return nr_calls;
}

size_t disk_replay_nr_unsynced_names(const struct disk_replay *replay, size_t nr_calls)
{
	const struct disk_record *record = replay->record;
	size_t nr = 0;

	for (size_t i = last_sync_of_names(record, nr_calls); i < nr_calls; i++)
		nr += is_of_names(record->calls[i].kind);
	return nr;
}

/* Where a name stands among the entries; the end where it is not there. */
static uint32_t find(const struct disk *disk, const char *name)
{
	uint32_t i = 0;

	while (i < disk->nr_entries && strcmp(disk->entries[i].name, name) != 0)
		i++;
	return i;
}

static void set_name(struct disk *disk, const char *name, uint32_t file)
{
	uint32_t i = find(disk, name);

	assert_true(i < DISK_NR_FILES_MAX);
	if (i == disk->nr_entries)
		disk->nr_entries++;
	disk_copy_name(disk->entries[i].name, name);
	disk->entries[i].file = file;
}

static void remove_name(struct disk *disk, const char *name)
{
	uint32_t i = find(disk, name);

	if (i < disk->nr_entries)
		disk->entries[i] = disk->entries[--disk->nr_entries];
}

static void replay_names(const struct disk_record *record, size_t nr_calls,
			 size_t nr_names, struct disk *disk)
{
	size_t synced = last_sync_of_names(record, nr_calls);

	for (uint32_t i = 0; i < record->nr_files; i++) {
		if (record->names[i][0])
			set_name(disk, record->names[i], i);
	}
	for (size_t i = 0; i < nr_calls; i++) {
		const struct disk_call *call = &record->calls[i];

		if (!is_of_names(call->kind) || (i >= synced && nr_names-- == 0))
			continue;
		if (call->kind == DISK_CREATE) {
			set_name(disk, call->name, call->file);
		} else if (call->kind == DISK_REMOVE) {
			remove_name(disk, call->name);
		} else if (find(disk, call->name) < disk->nr_entries) {
			set_name(disk, call->to,
				 disk->entries[find(disk, call->name)].file);
			remove_name(disk, call->name);
		}
	}
}

static void put_rubbish(struct disk_content *content, const struct disk_call *call)
{
	uint8_t *rubbish = malloc(call->len + 1);

	assert_non_null(rubbish);
	memset(rubbish, RUBBISH, call->len);
	disk_content_put(content, call->offset, rubbish, call->len);
	free(rubbish);
}

static void put_every_other_word(struct disk_content *content,
				 const struct disk_call *call)
{
	disk_content_put(content, call->offset + call->len, NULL, 0);
	for (size_t i = 0; i < call->len; i++) {
		if ((call->offset + i) / WORD % 2 == 0)
			content->data[call->offset + i] = call->data[i];
	}
}

/* A write that was not synced: the @number-th of @nr. */
static void put_unsynced(struct disk_content *content, const struct disk_call *call,
			 size_t number, size_t nr, enum disk_loss loss)
{
	bool is_first_half = 2 * number < nr;
	size_t len = call->len;

	if (loss == DISK_LOSES_ALL || (loss == DISK_KEEPS_FIRST_HALF && !is_first_half) ||
	    (loss == DISK_KEEPS_SECOND_HALF && is_first_half))
		return;
	if (loss == DISK_HAS_RUBBISH ||
	    (loss == DISK_HAS_SOME_RUBBISH && !is_first_half)) {
		put_rubbish(content, call);
	} else if (loss == DISK_TEARS_SECOND_HALF && !is_first_half) {
		put_every_other_word(content, call);
	} else if (loss == DISK_KEEPS_SIZES) {
		disk_content_put(content, call->offset + len, NULL, 0);
	} else {
		if (loss == DISK_TEARS_LAST && number == nr - 1)
			len /= 2;
		disk_content_put(content, call->offset, call->data, len);
	}
}

static bool is_change_of(const struct disk_call *call, uint32_t file)
{
	return call->file == file &&
	       (call->kind == DISK_WRITE || call->kind == DISK_DATE);
}

static void replay_file(const struct disk_record *record, size_t nr_calls, uint32_t file,
			enum disk_loss loss, struct disk_content *ret)
{
	size_t synced = 0, nr_unsynced = 0, number = 0;

	disk_content_put(ret, 0, record->before[file].data, record->before[file].len);
	ret->time = record->before[file].time;
	for (size_t i = 0; i < nr_calls; i++) {
		if (record->calls[i].file == file && record->calls[i].kind == DISK_SYNC)
			synced = i;
	}
	for (size_t i = synced; i < nr_calls; i++)
		nr_unsynced += is_change_of(&record->calls[i], file);
	for (size_t i = 0; i < nr_calls; i++) {
		const struct disk_call *call = &record->calls[i];

		if (!is_change_of(call, file))
			continue;
		if (call->kind == DISK_DATE) {
			if (i < synced || loss == DISK_KEEPS_ALL)
				ret->time = call->time;
		} else if (i < synced) {
			disk_content_put(ret, call->offset, call->data, call->len);
		} else {
			put_unsynced(ret, call, number, nr_unsynced, loss);
		}
		number += i >= synced;
	}
}

static uint64_t hash_of(const struct disk *disk)
{
	uint64_t hash = 0;

	/* In any order of names. */
	for (uint32_t i = 0; i < disk->nr_entries; i++) {
		const struct entry *entry = &disk->entries[i];
		const struct disk_content *content = &disk->files[entry->file];
		uint64_t key = trfs_random_hash((uint64_t)content->time.tv_nsec,
						trfs_bytes_of(entry->name));

		hash += trfs_random_hash(
			key, (struct trfs_bytes){ content->data, content->len });
	}
	return hash;
}

static bool is_seen(struct disk_replay *replay, uint64_t hash)
{
	for (size_t i = 0; i < replay->nr_seen; i++) {
		if (replay->seen[i] == hash)
			return true;
	}
	assert_true(replay->nr_seen < NR_SEEN_MAX);
	replay->seen[replay->nr_seen++] = hash;
	return false;
}

static void empty(const char *directory)
{
	DIR *stream = opendir(directory);

	assert_non_null(stream);
	for (struct dirent *e = readdir(stream); e; e = readdir(stream)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			assert_int_equal(unlinkat(dirfd(stream), e->d_name, 0), 0);
	}
	closedir(stream);
}

static void write_out(const struct disk *disk, const char *directory)
{
	for (uint32_t i = 0; i < disk->nr_entries; i++) {
		const struct disk_content *content = &disk->files[disk->entries[i].file];
		const struct timespec times[2] = { content->time, content->time };
		char path[512];
		int fd;

		snprintf(path, sizeof(path), "%s/%s", directory, disk->entries[i].name);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, content->data, content->len), content->len);
		assert_int_equal(futimens(fd, times), 0);
		close(fd);
	}
}

void disk_replay_begin(struct disk_replay *replay, const struct disk_record *record)
{
	*replay = (struct disk_replay){ .record = record,
					.seen = calloc(NR_SEEN_MAX, sizeof(uint64_t)) };
	assert_non_null(replay->seen);
}

void disk_replay_end(struct disk_replay *replay)
{
	free(replay->seen);
}

bool disk_replay(struct disk_replay *replay, size_t nr_calls, size_t nr_names,
		 enum disk_loss loss)
{
	const struct disk_record *record = replay->record;
	struct disk *disk = calloc(1, sizeof(*disk));
	bool is_new;

	assert_non_null(disk);
	replay_names(record, nr_calls, nr_names, disk);
	for (uint32_t i = 0; i < disk->nr_entries; i++) {
		uint32_t file = disk->entries[i].file;

		replay_file(record, nr_calls, file, loss, &disk->files[file]);
	}
	is_new = !is_seen(replay, hash_of(disk));
	if (is_new) {
		empty(record->directory);
		write_out(disk, record->directory);
	}
	for (uint32_t i = 0; i < DISK_NR_FILES_MAX; i++)
		free(disk->files[i].data);
	free(disk);
	return is_new;
}
