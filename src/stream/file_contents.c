/* SPDX-License-Identifier: MIT */
/*
 * Reading files.  Checksums and hashes are added up in the pass that reads, while the
 * bytes are in the processor's cache, and remembered beside the index.
 */
#include "stream/file_contents.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "dataset/source_file.h"
#include "stream/image_files.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

/* How much is read at a time where only the checksum is wanted. */
#define CHECKSUM_PIECE (256u * 1024u)

/*
 * @hashed: hashes are made of whatever is read, not only where one is asked for
 */
struct trfs_file_contents {
	const struct trfs_catalog *catalog;
	const struct trfs_root *root;
	struct trfs_known_sums *sums;
	struct trfs_image_files files;
	bool hashed;
};

int trfs_file_contents_open(const struct trfs_catalog *catalog,
			    const struct trfs_root *root, struct trfs_known_sums *sums,
			    bool hashed, struct trfs_file_contents **ret,
			    struct trfs_error *err)
{
	struct trfs_file_contents *files = calloc(1, sizeof(*files));

	if (!files)
		return trfs_fail_memory(err, "the stream");
	files->catalog = catalog;
	files->root = root;
	files->sums = sums;
	files->hashed = hashed;
	trfs_image_files_init(&files->files);
	*ret = files;
	return 0;
}

struct trfs_file_contents *trfs_file_contents_close(struct trfs_file_contents *files)
{
	if (files) {
		trfs_image_files_done(&files->files);
		free(files);
	}
	return NULL;
}

/* Masks have none. */
static bool lacks_hash(const struct trfs_file_contents *files, uint64_t file)
{
	return file < files->catalog->nr_examples &&
	       !trfs_known_sha256(files->sums, file, NULL);
}

/* Whether there is nothing to add up any more. */
static bool all_known(const struct trfs_file_contents *files, uint64_t file)
{
	return trfs_known_crc(files->sums, file, NULL) &&
	       !(files->hashed && lacks_hash(files, file));
}

/* Under the file's lock.  A hash that libcrypto will not compute stays unknown. */
static void begin_hash(struct trfs_image_file *file)
{
	file->hash = EVP_MD_CTX_new();
	if (file->hash && EVP_DigestInit_ex(file->hash, EVP_sha256(), NULL) != 1)
		trfs_image_file_drop_hash(file);
}

/* Under the file's lock, once all is added up. */
static void keep_sums(struct trfs_file_contents *files, struct trfs_image_file *file)
{
	uint8_t hash[TRFS_SHA256_SIZE];

	if (!trfs_known_crc(files->sums, file->number, NULL))
		trfs_known_crc_set(files->sums, file->number, file->crc);
	if (file->hash && EVP_DigestFinal_ex(file->hash, hash, NULL) == 1)
		trfs_known_sha256_set(files->sums, file->number, hash);
	trfs_image_file_drop_hash(file);
}

/*
 * Add bytes to the sums where they come next; true when these are complete.  A hash goes
 * on where one was begun.
 */
static bool add_up(struct trfs_file_contents *files, struct trfs_image_file *file,
		   bool hashed, uint64_t offset, const void *buf, size_t len)
{
	uint32_t size = trfs_source_file_get(files->catalog, file->number).indexed->size;
	bool complete;

	pthread_mutex_lock(&file->lock);
	if (file->crc_len == offset) {
		if (hashed && file->crc_len == 0 && !file->hash &&
		    lacks_hash(files, file->number))
			begin_hash(file);
		if (file->hash && EVP_DigestUpdate(file->hash, buf, len) != 1)
			trfs_image_file_drop_hash(file);
		file->crc = trfs_crc32c(file->crc, buf, len);
		file->crc_len += len;
	}
	complete = file->crc_len == size;
	if (complete)
		keep_sums(files, file);
	pthread_mutex_unlock(&file->lock);
	return complete;
}

static bool is_open(struct trfs_image_file *file)
{
	bool open;

	pthread_mutex_lock(&file->lock);
	open = file->fd >= 0;
	pthread_mutex_unlock(&file->lock);
	return open;
}

/* Without the lock, which nobody shall have to wait for when storage does not answer.
 * Where two open the same, one was too many. */
static int open_pinned(struct trfs_file_contents *files, struct trfs_image_file *file,
		       struct trfs_error *err)
{
	struct trfs_source_file source =
		trfs_source_file_get(files->catalog, file->number);
	int fd;

	if (is_open(file))
		return 0;
	fd = trfs_source_file_open(&source, files->root, err);
	if (fd < 0)
		return fd;
	pthread_mutex_lock(&file->lock);
	if (file->fd < 0) {
		file->fd = fd;
		fd = -1;
	}
	pthread_mutex_unlock(&file->lock);
	trfs_file_close(fd);
	return 0;
}

static struct trfs_image_file *pin_open(struct trfs_file_contents *files, uint64_t number,
					int *ret_rc, struct trfs_error *err)
{
	struct trfs_image_file *file = trfs_image_files_pin(&files->files, number);

	if (!file) {
		*ret_rc = trfs_fail_memory(err, "an open image");
		return NULL;
	}
	*ret_rc = open_pinned(files, file, err);
	if (*ret_rc < 0) {
		trfs_image_files_unpin(&files->files, file, true);
		return NULL;
	}
	return file;
}

/* Sums of a file that was read in one piece. */
static void sum_up(struct trfs_file_contents *files, uint64_t number, const void *buf,
		   size_t len)
{
	uint8_t hash[TRFS_SHA256_SIZE];

	if (files->hashed && lacks_hash(files, number) &&
	    EVP_Digest(buf, len, hash, NULL, EVP_sha256(), NULL) == 1)
		trfs_known_sha256_set(files->sums, number, hash);
	if (!trfs_known_crc(files->sums, number, NULL))
		trfs_known_crc_set(files->sums, number, trfs_crc32c(0, buf, len));
}

/* The usual case, as chunks hold whole records: nobody will come back to this file. */
static int read_whole(struct trfs_file_contents *files, uint64_t number,
		      const struct trfs_source_file *source, void *buf,
		      struct trfs_error *err)
{
	size_t len = source->indexed->size;
	int fd = trfs_source_file_open(source, files->root, err);
	int rc;

	if (fd < 0)
		return fd;
	rc = trfs_source_file_read(source, files->root, fd, 0, buf, len, err);
	trfs_file_close(fd);
	if (rc == 0 && !all_known(files, number))
		sum_up(files, number, buf, len);
	return rc;
}

int trfs_file_contents_read(struct trfs_file_contents *files, uint64_t number,
			    uint64_t offset, void *buf, size_t len,
			    struct trfs_error *err)
{
	struct trfs_source_file source = trfs_source_file_get(files->catalog, number);
	bool at_end = offset + len == source.indexed->size;
	struct trfs_image_file *file;
	int rc;

	if (at_end && offset == 0)
		return read_whole(files, number, &source, buf, err);
	file = pin_open(files, number, &rc, err);
	if (!file)
		return rc;
	rc = trfs_source_file_read(&source, files->root, file->fd, offset, buf, len, err);
	if (rc == 0 && !all_known(files, number))
		at_end &= add_up(files, file, files->hashed, offset, buf, len);
	trfs_image_files_unpin(&files->files, file, rc < 0 || at_end);
	return rc;
}

/* How much of it, and the checksum of that. */
static uint64_t added_up(struct trfs_image_file *file, uint32_t *ret_crc)
{
	uint64_t len;

	pthread_mutex_lock(&file->lock);
	len = file->crc_len;
	*ret_crc = file->crc;
	pthread_mutex_unlock(&file->lock);
	return len;
}

/* What was added up without a hash does not help who wants one. */
static void begin_again(const struct trfs_file_contents *files,
			struct trfs_image_file *file)
{
	pthread_mutex_lock(&file->lock);
	if (!file->hash && lacks_hash(files, file->number)) {
		file->crc = 0;
		file->crc_len = 0;
		begin_hash(file);
	}
	pthread_mutex_unlock(&file->lock);
}

/* Read from where the sums stand to the end of the file. */
static int add_up_rest(struct trfs_file_contents *files, struct trfs_image_file *file,
		       bool hashed, uint32_t *ret_crc, struct trfs_error *err)
{
	struct trfs_source_file source =
		trfs_source_file_get(files->catalog, file->number);
	uint32_t size = source.indexed->size;
	uint8_t *piece = malloc(CHECKSUM_PIECE);
	uint64_t offset = added_up(file, ret_crc);
	int rc = 0;

	if (!piece)
		return trfs_fail_memory(err, "a checksum");
	while (offset < size && rc == 0) {
		size_t len = size - offset < CHECKSUM_PIECE ? (size_t)(size - offset)
							    : CHECKSUM_PIECE;

		rc = trfs_source_file_read(&source, files->root, file->fd, offset, piece,
					   len, err);
		if (rc == 0)
			add_up(files, file, hashed, offset, piece, len);
		/* Where another thread is ahead of us, go on from where it is. */
		offset = added_up(file, ret_crc);
	}
	free(piece);
	return rc;
}

/* Add up all of a file, of which something is not known. */
static int add_up_all(struct trfs_file_contents *files, uint64_t number, bool hashed,
		      uint32_t *ret_crc, struct trfs_error *err)
{
	struct trfs_image_file *file;
	int rc;

	file = pin_open(files, number, &rc, err);
	if (!file)
		return rc;
	if (hashed)
		begin_again(files, file);
	rc = add_up_rest(files, file, hashed, ret_crc, err);
	trfs_image_files_unpin(&files->files, file, true);
	return rc;
}

int trfs_file_contents_crc(struct trfs_file_contents *files, uint64_t file,
			   uint32_t *ret_crc, struct trfs_error *err)
{
	if (trfs_known_crc(files->sums, file, ret_crc))
		return 0;
	return add_up_all(files, file, files->hashed, ret_crc, err);
}

int trfs_file_contents_hash(struct trfs_file_contents *files, uint64_t file,
			    char ret_hex[TRFS_HASH_HEX_LEN], struct trfs_error *err)
{
	uint8_t hash[TRFS_SHA256_SIZE];
	uint32_t crc;

	if (!trfs_known_sha256(files->sums, file, hash)) {
		int rc = add_up_all(files, file, true, &crc, err);

		if (rc < 0)
			return rc;
		if (!trfs_known_sha256(files->sums, file, hash))
			return trfs_fail(err, -EIO,
					 "SHA-256 cannot be computed, or not be kept");
	}
	trfs_hexadecimal(hash, sizeof(hash), ret_hex);
	return 0;
}
