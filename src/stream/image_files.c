/* SPDX-License-Identifier: MIT */
/*
 * Readers of one shard come back to an image several times, in pieces; so the last few
 * images stay open.  The set is small enough to be searched from front to back.
 */
#include "stream/image_files.h"

#include "base/file.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/resource.h>

#define NO_FILE UINT64_MAX

void trfs_image_file_drop_hash(struct trfs_image_file *file)
{
	EVP_MD_CTX_free(file->hash);
	file->hash = NULL;
}

static void clear(struct trfs_image_file *file)
{
	trfs_file_close(file->fd);
	file->fd = -1;
	trfs_image_file_drop_hash(file);
	file->crc = 0;
	file->crc_len = 0;
	file->number = NO_FILE;
}

static void init_file(struct trfs_image_file *file)
{
	pthread_mutex_init(&file->lock, NULL);
	file->fd = -1;
	file->hash = NULL;
	file->crc = 0;
	file->crc_len = 0;
	file->pins = 0;
	file->number = NO_FILE;
	file->last_use = 0;
}

/* A quarter of what the process may open, as others read files at the same time. */
static size_t count_places(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur / 4 >= TRFS_IMAGE_FILES_MAX)
		return TRFS_IMAGE_FILES_MAX;
	return limit.rlim_cur / 4 + 1;
}

void trfs_image_files_init(struct trfs_image_files *set)
{
	pthread_mutex_init(&set->lock, NULL);
	set->nr = count_places();
	set->clock = 0;
	for (size_t i = 0; i < TRFS_IMAGE_FILES_MAX; i++) {
		init_file(&set->files[i]);
		set->files[i].keep = true;
	}
}

void trfs_image_files_done(struct trfs_image_files *set)
{
	for (size_t i = 0; i < TRFS_IMAGE_FILES_MAX; i++) {
		clear(&set->files[i]);
		pthread_mutex_destroy(&set->files[i].lock);
	}
	pthread_mutex_destroy(&set->lock);
}

/* The file's own place, or else the unpinned one that was used longest ago. */
static struct trfs_image_file *choose(struct trfs_image_files *set, uint64_t number)
{
	struct trfs_image_file *oldest = NULL;

	for (size_t i = 0; i < set->nr; i++) {
		struct trfs_image_file *file = &set->files[i];

		if (file->number == number)
			return file;
		if (file->pins == 0 && (!oldest || file->last_use < oldest->last_use))
			oldest = file;
	}
	return oldest;
}

static struct trfs_image_file *new_file(uint64_t number)
{
	struct trfs_image_file *file = malloc(sizeof(*file));

	if (file) {
		init_file(file);
		file->keep = false;
		file->pins = 1;
		file->number = number;
	}
	return file;
}

struct trfs_image_file *trfs_image_files_pin(struct trfs_image_files *set,
					     uint64_t number)
{
	struct trfs_image_file *file;

	pthread_mutex_lock(&set->lock);
	file = choose(set, number);
	if (file) {
		if (file->number != number) {
			clear(file);
			file->number = number;
		}
		file->pins++;
		file->last_use = ++set->clock;
	}
	pthread_mutex_unlock(&set->lock);
	return file ? file : new_file(number);
}

void trfs_image_files_unpin(struct trfs_image_files *set, struct trfs_image_file *file,
			    bool finished)
{
	if (!file->keep) {
		clear(file);
		pthread_mutex_destroy(&file->lock);
		free(file);
		return;
	}
	pthread_mutex_lock(&set->lock);
	file->pins--;
	if (finished && file->pins == 0) {
		clear(file);
		file->last_use = 0;
	}
	pthread_mutex_unlock(&set->lock);
}
