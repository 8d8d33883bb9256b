/* SPDX-License-Identifier: MIT */
/*
 * Which of the files are whole.  Only what is known not to be there is not there, and
 * only what is known to be another is another: whatever cannot be looked at fails.
 */
#include "stream/export_run.h"

#include "base/error.h"
#include "base/file.h"
#include "stream/hasher.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define HASHED_AT_ONCE ((size_t)1 << 18)

/* Whether the file has that checksum: 1 or 0; -ENOMEM, or -EINTR once it is stopped. */
static int has_hash(const struct trfs_export_run *run, int fd, uint64_t size,
		    const uint8_t *sha256, struct trfs_error *err)
{
	struct trfs_hasher *hasher = NULL;
	uint8_t *buf = malloc(HASHED_AT_ONCE), found[TRFS_SHA256_SIZE] = { 0 };
	int rc = buf ? trfs_hasher_new(false, &hasher, err)
		     : trfs_fail_memory(err, "a checksum");
	bool is_read = true;

	for (uint64_t at = 0; rc == 0 && is_read && at < size; at += HASHED_AT_ONCE) {
		struct iovec part = { .iov_base = buf,
				      .iov_len = size - at < HASHED_AT_ONCE
							 ? (size_t)(size - at)
							 : HASHED_AT_ONCE };

		is_read = trfs_file_read(fd, at, buf, part.iov_len) == 0;
		if (is_read)
			trfs_hasher_put(hasher, &part, 1);
		if (trfs_export_is_stopped(run))
			rc = trfs_fail(err, -EINTR, "stopped");
	}
	if (rc == 0)
		rc = trfs_hasher_finish(hasher, found, err);
	trfs_hasher_free(hasher);
	free(buf);
	return rc < 0 ? rc : is_read && memcmp(found, sha256, TRFS_SHA256_SIZE) == 0;
}

/*
 * Whether the file @name of @directory is what was written, 1 or 0: the same file, or one
 * of the same bytes, as after a move to another disk; the entry is of that one
 * afterwards.  Else what looking fails with, or has_hash().
 */
static int is_as_written(const struct trfs_export_run *run, int directory,
			 const char *name, struct trfs_export_entry *entry,
			 struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep)
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct trfs_file_identity now;
	int rc;

	/* Gone meanwhile, a link, or a socket or the like. */
	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENXIO))
		return 0;
	rc = fd < 0 ? -errno : trfs_file_identify(fd, &now, NULL);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s/%s",
				       run->request->destination, entry->name);
	if (now.size != entry->size)
		return 0;
	if (now.inode == entry->inode && now.mtime_ns == entry->mtime_ns)
		return 1;
	rc = has_hash(run, fd, now.size, entry->sha256, err);
	if (rc == 1) {
		entry->inode = now.inode;
		entry->mtime_ns = now.mtime_ns;
	}
	return rc;
}

/*
 * What is known of the file @name, which is @last in @directory; NULL where it is not
 * there.
 */
static int find_written(const struct trfs_export_run *run, int directory,
			const char *last, const char *name,
			struct trfs_export_entry **ret, struct trfs_error *err)
{
	struct stat st;

	*ret = NULL;
	if (fstatat(directory, last, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : trfs_fail_errno(err, -errno, "cannot look at %s/%s",
						 run->request->destination, name);
	*ret = trfs_export_record_find(&run->before, name);
	if (*ret)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "%s/%s is there, and no tfrecordfs export wrote it: move it "
			 "away, or export into another directory",
			 run->request->destination, name);
}

/* All of a file of the source, which is small. */
static int hash_pieces(const struct trfs_export_run *run, size_t number, void *handle,
		       struct trfs_hasher *hasher, struct trfs_error *err)
{
	const struct trfs_export_source *source = run->source;
	uint64_t size = source->files[number].size;
	struct trfs_export_piece piece = { .nr = 0 };
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < size; at += piece.len) {
		rc = source->ops->read(source->user, handle, at, run->request->stopped,
				       &piece, err);
		if (rc == 0 && (piece.len == 0 || piece.len > size - at))
			rc = trfs_fail(err, -EIO, "it is not as long as it was");
		if (rc == 0)
			trfs_hasher_put(hasher, piece.parts, piece.nr);
		/* Until it is hashed. */
		trfs_hasher_put(hasher, NULL, 0);
		source->ops->release(source->user, handle, &piece);
	}
	free(piece.memory);
	return rc;
}

/*
 * Whether a side file of that checksum is what the source has now, 1 or 0: unlike shards
 * these also tell of options that the source's identity has not in it, and were made when
 * their sizes were found.  What cannot be read is not: writing it says why.
 */
static int is_current(const struct trfs_export_run *run, size_t number,
		      const uint8_t sha256[TRFS_SHA256_SIZE], struct trfs_error *err)
{
	const struct trfs_export_ops *ops = run->source->ops;
	struct trfs_hasher *hasher = NULL;
	uint8_t found[TRFS_SHA256_SIZE] = { 0 };
	void *handle;
	int rc = trfs_hasher_new(false, &hasher, err);

	if (rc < 0)
		return rc;
	rc = ops->open(run->source->user, number, &handle, err);
	if (rc == 0) {
		rc = hash_pieces(run, number, handle, hasher, err);
		ops->close(run->source->user, handle);
	}
	if (rc == 0)
		rc = trfs_hasher_finish(hasher, found, err);
	trfs_hasher_free(hasher);
	if (rc < 0)
		return trfs_export_tells_of_file(rc) ? 0 : rc;
	return memcmp(found, sha256, TRFS_SHA256_SIZE) == 0;
}

/* Of one of the source's files. */
static int check_file(struct trfs_export_run *run, size_t i, struct trfs_error *err)
{
	struct trfs_export_target *target = &run->targets[i];
	struct trfs_export_entry *found;
	const char *last;
	TRFS_CLEANUP(trfs_file_closep)
	int directory = trfs_export_open_parent(run, target->name, false, &last);
	int rc;

	if (directory == -ENOENT || directory == -ENOTDIR)
		return 0;
	if (directory < 0)
		return trfs_export_fail_parent(run, directory, target->name, err);
	rc = find_written(run, directory, last, target->name, &found, err);
	if (rc < 0 || !found)
		return rc;
	rc = is_as_written(run, directory, last, found, err);
	if (rc < 0)
		return rc;
	memcpy(target->sha256, found->sha256, TRFS_SHA256_SIZE);
	if (rc == 0) {
		pthread_mutex_lock(&run->lock);
		run->result->nr_mended++;
		pthread_mutex_unlock(&run->lock);
	} else if (!run->source->files[i].is_shard) {
		rc = is_current(run, i, found->sha256, err);
	}
	target->is_whole = rc == 1;
	return rc < 0 ? rc : 0;
}

static int check_files(void *user, unsigned int worker, uint64_t first, uint64_t end,
		       struct trfs_error *err)
{
	struct trfs_export_run *run = user;
	int rc = 0;

	(void)worker;
	for (uint64_t i = first; rc == 0 && i < end; i++) {
		rc = trfs_export_is_stopped(run) ? trfs_fail(err, -EINTR, "stopped")
						 : check_file(run, (size_t)i, err);
		atomic_fetch_add(&run->nr_bytes, run->source->files[i].size);
	}
	return rc;
}

static uint64_t total_size(const struct trfs_export_source *source)
{
	uint64_t size = 0;

	for (size_t i = 0; i < source->nr; i++)
		size += source->files[i].size;
	return size;
}

int trfs_export_check(struct trfs_export_run *run, struct trfs_error *err)
{
	struct trfs_export_entry *sums;
	int rc = find_written(run, run->directory, TRFS_EXPORT_SUMS, TRFS_EXPORT_SUMS,
			      &sums, err);

	return rc < 0 ? rc
		      : trfs_export_run_workers(run, trfs_workers_nr_threads(0),
						run->source->nr, check_files,
						"Looking at what is there",
						total_size(run->source), err);
}
