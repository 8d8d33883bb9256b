/* SPDX-License-Identifier: MIT */
/*
 * One file: read piece by piece, hashed on another thread while it is written and the
 * next piece is read, synced, entered in the record, renamed.
 */
#include "stream/export_run.h"

#include "base/error.h"
#include "base/file.h"
#include "stream/gzip.h"
#include "stream/hasher.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Files that are smaller need no thread to hash them. */
#define SIZE_BESIDE ((uint64_t)4 << 20)

/* The disk begins to write after so many bytes, not only when all are there. */
#define SYNCED_AT_ONCE ((uint64_t)8 << 20)

#define NR_PIECES 2

/**
 * struct writer - a file while it is written
 * @temporary: its name until then
 * @size, @nr_synced: bytes of it
 * @is_unreadable: it failed because of what was to be read
 * @pieces: used in turn: while one is hashed the other is read
 * @gzip: NULL: not compressed
 */
struct writer {
	struct trfs_export_run *run;
	const char *name;
	char temporary[TRFS_EXPORT_NAME_SIZE];
	int fd;
	uint64_t size;
	uint64_t nr_synced;
	bool is_unreadable;
	struct trfs_export_piece pieces[NR_PIECES];
	struct trfs_hasher *hasher;
	struct trfs_gzip *gzip;
};

static int fail_write(const struct writer *w, int rc, struct trfs_error *err)
{
	return trfs_fail_errno(err, rc, "cannot write %s/%s",
			       w->run->request->destination, w->name);
}

/* Drop the first @len bytes of @parts. */
static void skip(struct iovec **parts, int *nr, size_t len)
{
	while (*nr > 0 && len >= (*parts)->iov_len) {
		len -= (*parts)->iov_len;
		(*parts)++;
		(*nr)--;
	}
	if (*nr > 0) {
		(*parts)->iov_base = (uint8_t *)(*parts)->iov_base + len;
		(*parts)->iov_len -= len;
	}
}

static int write_parts(struct writer *w, const struct iovec *parts, int nr,
		       struct trfs_error *err)
{
	struct iovec copy[TRFS_REPLY_PARTS_MAX];
	struct iovec *left = copy;

	memcpy(copy, parts, (size_t)nr * sizeof(*parts));
	skip(&left, &nr, 0);
	while (nr > 0) {
		ssize_t n = writev(w->fd, left, nr);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_write(w, n < 0 ? -errno : -EIO, err);
		skip(&left, &nr, (size_t)n);
		w->size += (uint64_t)n;
		atomic_fetch_add(&w->run->nr_written, (uint64_t)n);
	}
	if (w->size - w->nr_synced >= SYNCED_AT_ONCE) {
		/* Only sooner than it would be otherwise. */
		sync_file_range(w->fd, (off_t)w->nr_synced,
				(off_t)(w->size - w->nr_synced), SYNC_FILE_RANGE_WRITE);
		w->nr_synced = w->size;
	}
	return 0;
}

/* What was compressed; hashed at once, as it is gone afterwards. */
static int take_compressed(void *user, const void *data, size_t len,
			   struct trfs_error *err)
{
	struct writer *w = user;
	struct iovec part = { .iov_base = (void *)data, .iov_len = len };

	trfs_hasher_put(w->hasher, &part, 1);
	return write_parts(w, &part, 1, err);
}

static int put_piece(struct writer *w, const struct iovec *parts, int nr,
		     struct trfs_error *err)
{
	int rc = 0;

	if (!w->gzip) {
		trfs_hasher_put(w->hasher, parts, nr);
		return write_parts(w, parts, nr, err);
	}
	for (int i = 0; rc == 0 && i < nr; i++)
		rc = trfs_gzip_put(w->gzip, parts[i].iov_base, parts[i].iov_len, err);
	return rc;
}

static int read_piece(struct writer *w, void *handle, const struct trfs_export_file *file,
		      uint64_t offset, struct trfs_export_piece *piece,
		      struct trfs_error *err)
{
	const struct trfs_export_source *source = w->run->source;
	int rc = source->ops->read(source->user, handle, offset, w->run->request->stopped,
				   piece, err);

	if (rc == 0 && (piece->len == 0 || piece->len > file->size - offset))
		rc = trfs_fail(err, -EIO, "it is not as long as it was");
	w->is_unreadable = trfs_export_tells_of_file(rc);
	return rc;
}

/* Piece after piece; each is let go of when the next one has been put. */
static int copy_pieces(struct writer *w, void *handle,
		       const struct trfs_export_file *file, struct trfs_error *err)
{
	const struct trfs_export_source *source = w->run->source;
	struct trfs_export_piece *before = NULL;
	unsigned int turn = 0;
	int rc = 0;

	for (uint64_t offset = 0; rc == 0 && offset < file->size;) {
		struct trfs_export_piece *piece = &w->pieces[turn++ % NR_PIECES];

		rc = trfs_export_is_stopped(w->run) ? trfs_fail(err, -EINTR, "stopped")
						    : 0;
		if (rc < 0)
			break;
		rc = read_piece(w, handle, file, offset, piece, err);
		if (rc == 0)
			rc = put_piece(w, piece->parts, piece->nr, err);
		else
			trfs_hasher_put(w->hasher, NULL, 0);
		if (before)
			source->ops->release(source->user, handle, before);
		before = piece;
		offset += piece->len;
		atomic_fetch_add(&w->run->nr_bytes, rc == 0 ? piece->len : 0);
	}
	if (rc == 0 && w->gzip)
		rc = trfs_gzip_finish(w->gzip, err);
	/* Until it is hashed. */
	trfs_hasher_put(w->hasher, NULL, 0);
	if (before)
		source->ops->release(source->user, handle, before);
	return rc;
}

static int copy(struct writer *w, size_t number, struct trfs_error *err)
{
	const struct trfs_export_source *source = w->run->source;
	const struct trfs_export_file *file = &source->files[number];
	struct trfs_error other = { 0 };
	void *handle;
	int finished, rc = source->ops->open(source->user, number, &handle, err);

	if (rc == 0) {
		rc = copy_pieces(w, handle, file, err);
		source->ops->close(source->user, handle);
	} else {
		w->is_unreadable = trfs_export_tells_of_file(rc);
	}
	if (!source->ops->finish || (rc < 0 && !w->is_unreadable))
		return rc;
	/* What shows something else now tells nothing of the file by failing. */
	finished = source->ops->finish(source->user, &other);
	if (finished < 0) {
		w->is_unreadable = false;
		rc = finished;
		if (err)
			*err = other;
	}
	return rc;
}

static int start(struct writer *w, unsigned int number, bool beside, bool gzip,
		 struct trfs_error *err)
{
	int rc = trfs_hasher_new(beside, &w->hasher, err);

	if (rc == 0 && gzip)
		rc = trfs_gzip_new(take_compressed, w, &w->gzip, err);
	if (rc < 0)
		return rc;
	trfs_export_temporary(w->run, number, w->temporary);
	w->fd = openat(w->run->directory, w->temporary,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	return w->fd < 0 ? fail_write(w, -errno, err) : 0;
}

/* What stands under the temporary name could be another's, where locks are not kept. */
static int put_in_place(const struct writer *w, int parent, const char *last,
			struct trfs_error *err)
{
	int directory = w->run->directory;

	if (!trfs_export_is_at(directory, w->temporary, w->fd))
		return trfs_fail(err, -EBUSY,
				 "cannot write %s/%s: its temporary file was taken away "
				 "or replaced, as by another export that writes there",
				 w->run->request->destination, w->name);
	if (renameat(directory, w->temporary, parent, last) < 0)
		return fail_write(w, -errno, err);
	return 0;
}

/* On the disk, in the record, and only then under its name. */
static int publish(struct writer *w, uint8_t ret_sha256[TRFS_SHA256_SIZE],
		   struct trfs_error *err)
{
	struct trfs_export_entry entry = { .name = w->name };
	struct trfs_file_identity identity;
	const char *last;
	TRFS_CLEANUP(trfs_file_closep) int parent = -1;
	int rc = trfs_hasher_finish(w->hasher, entry.sha256, err);

	if (rc < 0)
		return rc;
	if (fsync(w->fd) < 0)
		return fail_write(w, -errno, err);
	parent = trfs_export_open_parent(w->run, w->name, true, &last);
	if (parent < 0)
		return trfs_export_fail_parent(w->run, parent, w->name, err);
	rc = trfs_file_identify(w->fd, &identity, NULL);
	if (rc == 0) {
		entry.size = identity.size;
		entry.inode = identity.inode;
		entry.mtime_ns = identity.mtime_ns;
		pthread_mutex_lock(&w->run->lock);
		rc = trfs_export_record_add(w->run->record, &entry);
		pthread_mutex_unlock(&w->run->lock);
	}
	if (rc < 0)
		return fail_write(w, rc, err);
	rc = put_in_place(w, parent, last, err);
	if (rc < 0)
		return rc;
	memcpy(ret_sha256, entry.sha256, TRFS_SHA256_SIZE);
	return 0;
}

static void end(struct writer *w, bool is_published)
{
	if (w->fd >= 0 && !is_published)
		unlinkat(w->run->directory, w->temporary, 0);
	trfs_file_close(w->fd);
	trfs_hasher_free(w->hasher);
	trfs_gzip_free(w->gzip);
	for (size_t i = 0; i < NR_PIECES; i++)
		free(w->pieces[i].memory);
}

static int note_failure(struct trfs_export_run *run, size_t number,
			const struct trfs_error *error, struct trfs_error *err)
{
	struct trfs_export_result *result = run->result;
	void *more;

	pthread_mutex_lock(&run->lock);
	more = reallocarray(result->failures, result->nr_failures + 1,
			    sizeof(*result->failures));
	if (more) {
		result->failures = more;
		result->failures[result->nr_failures++] =
			(struct trfs_export_failure){ .file = number, .error = *error };
	}
	pthread_mutex_unlock(&run->lock);
	return more ? 0 : trfs_fail_memory(err, "the list of failures");
}

int trfs_export_file(struct trfs_export_run *run, unsigned int worker, size_t number,
		     struct trfs_error *err)
{
	const struct trfs_export_file *file = &run->source->files[number];
	struct trfs_export_target *target = &run->targets[number];
	bool gzip = run->request->gzip && file->is_shard;
	struct writer w = { .run = run, .name = target->name, .fd = -1 };
	struct trfs_error error = { 0 };
	int rc = start(&w, worker, !gzip && file->size > SIZE_BESIDE, gzip, &error);

	if (rc == 0)
		rc = copy(&w, number, &error);
	if (rc == 0)
		rc = publish(&w, target->sha256, &error);
	target->is_whole = rc == 0;
	end(&w, rc == 0);
	if (rc < 0 && w.is_unreadable)
		return note_failure(run, number, &error, err);
	if (rc < 0 && err)
		*err = error;
	return rc;
}

int trfs_export_bytes(struct trfs_export_run *run, const char *name,
		      struct trfs_bytes bytes, struct trfs_error *err)
{
	struct iovec part = { .iov_base = (void *)bytes.data, .iov_len = bytes.len };
	struct writer w = { .run = run, .name = name, .fd = -1 };
	uint8_t sha256[TRFS_SHA256_SIZE];
	int rc = start(&w, TRFS_EXPORT_TEMPORARIES - 1, false, false, err);

	if (rc == 0)
		rc = put_piece(&w, &part, 1, err);
	if (rc == 0)
		rc = publish(&w, sha256, err);
	end(&w, rc == 0);
	return rc;
}
