/* SPDX-License-Identifier: MIT */
/*
 * Reading images: open beneath the root, read, then look whether the file is the one
 * that was indexed.  Checksums are added up in the pass that reads, while the bytes are
 * in the processor's cache, and kept for the life of the store.
 */
#include "stream/content.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "stream/image_files.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>

/* How much is read at a time where only the checksum is wanted. */
#define CHECKSUM_PIECE (256u * 1024u)

/*
 * @crcs: of each image; 0 while unknown.  An image whose checksum really is 0 is added up
 * each time, which is slower and just as right.
 */
struct trfs_content_store {
	const struct trfs_catalog *catalog;
	struct trfs_root root;
	struct trfs_image_files files;
	_Atomic uint32_t *crcs;
};

int trfs_content_store_open(const struct trfs_catalog *catalog,
			    struct trfs_content_store **ret, struct trfs_error *err)
{
	struct trfs_content_store *store = calloc(1, sizeof(*store));
	int rc;

	if (!store)
		return trfs_fail_memory(err, "the stream");
	store->catalog = catalog;
	store->crcs = calloc((size_t)catalog->nr_examples + 1, sizeof(*store->crcs));
	if (!store->crcs) {
		free(store);
		return trfs_fail_memory(err, "checksums");
	}
	rc = trfs_root_open(&store->root, catalog->root_path, catalog->follow, err);
	if (rc < 0) {
		free(store->crcs);
		free(store);
		return rc;
	}
	trfs_image_files_init(&store->files);
	*ret = store;
	return 0;
}

struct trfs_content_store *trfs_content_store_close(struct trfs_content_store *store)
{
	if (store) {
		trfs_image_files_done(&store->files);
		trfs_root_close(&store->root);
		free(store->crcs);
		free(store);
	}
	return NULL;
}

static int fail_image(const struct trfs_content_store *store, uint64_t example, int rc,
		      struct trfs_error *err)
{
	struct trfs_bytes name = trfs_catalog_name(store->catalog, example);

	if (rc == -ENOENT)
		return trfs_fail(err, rc,
				 "%.*s vanished after it was indexed; mount again with "
				 "--reindex to leave it out",
				 TRFS_BYTES_ARG(name));
	return trfs_fail_errno(err, rc, "reading %.*s", TRFS_BYTES_ARG(name));
}

/* Under the file's lock. */
static int open_image(struct trfs_content_store *store, struct trfs_image_file *file,
		      struct trfs_error *err)
{
	struct trfs_bytes name = trfs_catalog_name(store->catalog, file->example);
	char path[PATH_MAX];

	if (file->fd >= 0)
		return 0;
	if (name.len >= sizeof(path))
		return fail_image(store, file->example, -ENAMETOOLONG, err);
	memcpy(path, name.data, name.len);
	path[name.len] = '\0';
	file->fd = trfs_root_open_file(&store->root, path);
	if (file->fd < 0) {
		int rc = file->fd;

		file->fd = -1;
		return fail_image(store, file->example, rc, err);
	}
	return 0;
}

/* Whether what @fd has open is what was indexed. */
static int check_unchanged(const struct trfs_content_store *store, uint64_t example,
			   int fd, struct trfs_error *err)
{
	const struct trfs_example *indexed = &store->catalog->examples[example];
	struct trfs_bytes name = trfs_catalog_name(store->catalog, example);
	struct trfs_file_identity now;
	int rc = trfs_file_identify(fd, &now, NULL);

	if (rc < 0)
		return fail_image(store, example, rc, err);
	if (now.size != indexed->size)
		return trfs_fail(err, -ESTALE,
				 "%.*s changed after it was indexed (size %" PRIu32
				 " -> %" PRIu64 "); mount again with --reindex",
				 TRFS_BYTES_ARG(name), indexed->size, now.size);
	if (now.mtime_ns != indexed->mtime_ns || now.inode != indexed->inode)
		return trfs_fail(err, -ESTALE,
				 "%.*s changed after it was indexed; mount again with "
				 "--reindex",
				 TRFS_BYTES_ARG(name));
	return 0;
}

static int read_unchanged(const struct trfs_content_store *store, uint64_t example,
			  int fd, uint64_t offset, void *buf, size_t len,
			  struct trfs_error *err)
{
	int read_rc = trfs_file_read(fd, offset, buf, len);
	/* First: a file that shrank makes the read end early, and should be named so. */
	int rc = check_unchanged(store, example, fd, err);

	if (rc < 0)
		return rc;
	return read_rc < 0 ? fail_image(store, example, read_rc, err) : 0;
}

/* Add bytes to the checksum where they come next; true when it is complete. */
static bool add_up(struct trfs_content_store *store, struct trfs_image_file *file,
		   uint64_t offset, const void *buf, size_t len)
{
	uint32_t size = store->catalog->examples[file->example].size;
	bool complete;

	pthread_mutex_lock(&file->lock);
	if (file->crc_len == offset) {
		file->crc = trfs_crc32c(file->crc, buf, len);
		file->crc_len += len;
	}
	complete = file->crc_len == size;
	if (complete)
		atomic_store_explicit(&store->crcs[file->example], file->crc,
				      memory_order_relaxed);
	pthread_mutex_unlock(&file->lock);
	return complete;
}

static struct trfs_image_file *pin_open(struct trfs_content_store *store,
					uint64_t example, int *ret_rc,
					struct trfs_error *err)
{
	struct trfs_image_file *file = trfs_image_files_pin(&store->files, example);

	if (!file) {
		*ret_rc = trfs_fail_memory(err, "an open image");
		return NULL;
	}
	pthread_mutex_lock(&file->lock);
	*ret_rc = open_image(store, file, err);
	pthread_mutex_unlock(&file->lock);
	if (*ret_rc < 0) {
		trfs_image_files_unpin(&store->files, file, true);
		return NULL;
	}
	return file;
}

int trfs_content_read(struct trfs_content_store *store, uint64_t example, uint64_t offset,
		      void *buf, size_t len, struct trfs_error *err)
{
	uint64_t end = offset + len;
	bool at_end = end == store->catalog->examples[example].size;
	struct trfs_image_file *file;
	int rc;

	file = pin_open(store, example, &rc, err);
	if (!file)
		return rc;
	rc = read_unchanged(store, example, file->fd, offset, buf, len, err);
	if (rc == 0 &&
	    atomic_load_explicit(&store->crcs[example], memory_order_relaxed) == 0)
		at_end &= add_up(store, file, offset, buf, len);
	trfs_image_files_unpin(&store->files, file, rc < 0 || at_end);
	return rc;
}

/* Read from where the checksum stands to the end of the image. */
static int add_up_rest(struct trfs_content_store *store, struct trfs_image_file *file,
		       struct trfs_error *err)
{
	uint32_t size = store->catalog->examples[file->example].size;
	uint8_t *piece = malloc(CHECKSUM_PIECE);
	uint64_t offset;
	int rc = 0;

	if (!piece)
		return trfs_fail_memory(err, "a checksum");
	pthread_mutex_lock(&file->lock);
	offset = file->crc_len;
	pthread_mutex_unlock(&file->lock);
	while (offset < size && rc == 0) {
		size_t len = size - offset < CHECKSUM_PIECE ? (size_t)(size - offset)
							    : CHECKSUM_PIECE;

		rc = read_unchanged(store, file->example, file->fd, offset, piece, len,
				    err);
		if (rc == 0)
			add_up(store, file, offset, piece, len);
		/* Where another thread is ahead of us, go on from where it is. */
		pthread_mutex_lock(&file->lock);
		offset = file->crc_len;
		pthread_mutex_unlock(&file->lock);
	}
	free(piece);
	return rc;
}

int trfs_content_crc(struct trfs_content_store *store, uint64_t example,
		     uint32_t *ret_crc, struct trfs_error *err)
{
	uint32_t crc = atomic_load_explicit(&store->crcs[example], memory_order_relaxed);
	struct trfs_image_file *file;
	int rc;

	if (crc != 0) {
		*ret_crc = crc;
		return 0;
	}
	file = pin_open(store, example, &rc, err);
	if (!file)
		return rc;
	rc = add_up_rest(store, file, err);
	if (rc == 0) {
		pthread_mutex_lock(&file->lock);
		*ret_crc = file->crc;
		pthread_mutex_unlock(&file->lock);
	}
	trfs_image_files_unpin(&store->files, file, true);
	return rc;
}
