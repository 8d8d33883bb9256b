/* SPDX-License-Identifier: MIT */
/*
 * Reading files.  Checksums and hashes are added up in the pass that reads, while the
 * bytes are in the processor's cache, and kept for the life of the stream.
 */
#include "stream/file_contents.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "dataset/source_file.h"
#include "stream/image_files.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

/* How much is read at a time where only the checksum is wanted. */
#define CHECKSUM_PIECE (256u * 1024u)
#define HASH_SIZE      (TRFS_HASH_HEX_LEN / 2)

/**
 * struct hash_place - the hash of one image
 * @known: set once @bytes are there
 */
struct hash_place {
	uint8_t bytes[HASH_SIZE];
	_Atomic bool known;
};

/*
 * @crcs: of each file; 0 while unknown.  A file whose checksum really is 0 is added up
 *	each time, which is slower and just as right.
 * @hashes: of each image.  Pages of it that no hash was put into take no memory.
 * @hashes_lock: of who puts one there
 * @hashed: hashes are made of whatever is read, not only where one is asked for
 */
struct trfs_file_contents {
	const struct trfs_catalog *catalog;
	const struct trfs_root *root;
	struct trfs_image_files files;
	_Atomic uint32_t *crcs;
	struct hash_place *hashes;
	pthread_mutex_t hashes_lock;
	bool hashed;
};

int trfs_file_contents_open(const struct trfs_catalog *catalog,
			    const struct trfs_root *root, bool hashed,
			    struct trfs_file_contents **ret, struct trfs_error *err)
{
	struct trfs_file_contents *files = calloc(1, sizeof(*files));
	size_t nr = (size_t)trfs_source_file_count(catalog);

	if (!files)
		return trfs_fail_memory(err, "the stream");
	files->catalog = catalog;
	files->root = root;
	files->crcs = calloc(nr + 1, sizeof(*files->crcs));
	files->hashed = hashed;
	files->hashes = calloc((size_t)catalog->nr_examples + 1, sizeof(*files->hashes));
	if (!files->crcs || !files->hashes) {
		free(files->crcs);
		free(files->hashes);
		free(files);
		return trfs_fail_memory(err, "checksums");
	}
	trfs_image_files_init(&files->files);
	pthread_mutex_init(&files->hashes_lock, NULL);
	*ret = files;
	return 0;
}

struct trfs_file_contents *trfs_file_contents_close(struct trfs_file_contents *files)
{
	if (files) {
		trfs_image_files_done(&files->files);
		pthread_mutex_destroy(&files->hashes_lock);
		free(files->crcs);
		free(files->hashes);
		free(files);
	}
	return NULL;
}

/* Where an image's hash is kept; NULL for masks. */
static struct hash_place *hash_place(const struct trfs_file_contents *files,
				     uint64_t file)
{
	return file < files->catalog->nr_examples ? &files->hashes[file] : NULL;
}

static bool hash_known(struct hash_place *place)
{
	return !place || atomic_load_explicit(&place->known, memory_order_acquire);
}

/* Whether there is nothing to add up any more. */
static bool all_known(struct trfs_file_contents *files, uint64_t file)
{
	return atomic_load_explicit(&files->crcs[file], memory_order_relaxed) != 0 &&
	       (!files->hashed || hash_known(hash_place(files, file)));
}

/* Under the file's lock.  A hash that libcrypto will not compute stays unknown. */
static void begin_hash(struct trfs_image_file *file)
{
	file->hash = EVP_MD_CTX_new();
	if (file->hash && EVP_DigestInit_ex(file->hash, EVP_sha256(), NULL) != 1)
		trfs_image_file_drop_hash(file);
}

static void keep_hash_bytes(struct trfs_file_contents *files, struct hash_place *place,
			    const uint8_t bytes[HASH_SIZE])
{
	pthread_mutex_lock(&files->hashes_lock);
	if (!hash_known(place)) {
		memcpy(place->bytes, bytes, HASH_SIZE);
		atomic_store_explicit(&place->known, true, memory_order_release);
	}
	pthread_mutex_unlock(&files->hashes_lock);
}

/* Under the file's lock, once all is added up. */
static void keep_hash(struct trfs_file_contents *files, struct trfs_image_file *file,
		      struct hash_place *place)
{
	uint8_t bytes[HASH_SIZE];

	if (!file->hash)
		return;
	if (!hash_known(place) && EVP_DigestFinal_ex(file->hash, bytes, NULL) == 1)
		keep_hash_bytes(files, place, bytes);
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
	struct hash_place *place = hash_place(files, file->number);
	bool complete;

	pthread_mutex_lock(&file->lock);
	if (file->crc_len == offset) {
		if (place && hashed && !file->hash && file->crc_len == 0)
			begin_hash(file);
		if (file->hash && EVP_DigestUpdate(file->hash, buf, len) != 1)
			trfs_image_file_drop_hash(file);
		file->crc = trfs_crc32c(file->crc, buf, len);
		file->crc_len += len;
	}
	complete = file->crc_len == size;
	if (complete) {
		if (place)
			keep_hash(files, file, place);
		atomic_store_explicit(&files->crcs[file->number], file->crc,
				      memory_order_relaxed);
	}
	pthread_mutex_unlock(&file->lock);
	return complete;
}

static struct trfs_image_file *pin_open(struct trfs_file_contents *files, uint64_t number,
					int *ret_rc, struct trfs_error *err)
{
	struct trfs_image_file *file = trfs_image_files_pin(&files->files, number);

	if (!file) {
		*ret_rc = trfs_fail_memory(err, "an open image");
		return NULL;
	}
	*ret_rc = 0;
	pthread_mutex_lock(&file->lock);
	if (file->fd < 0) {
		struct trfs_source_file source =
			trfs_source_file_get(files->catalog, number);
		int fd = trfs_source_file_open(&source, files->root, err);

		file->fd = fd < 0 ? -1 : fd;
		*ret_rc = fd < 0 ? fd : 0;
	}
	pthread_mutex_unlock(&file->lock);
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
	struct hash_place *place = files->hashed ? hash_place(files, number) : NULL;
	uint8_t bytes[HASH_SIZE];

	if (!hash_known(place) &&
	    EVP_Digest(buf, len, bytes, NULL, EVP_sha256(), NULL) == 1)
		keep_hash_bytes(files, place, bytes);
	atomic_store_explicit(&files->crcs[number], trfs_crc32c(0, buf, len),
			      memory_order_relaxed);
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

static uint64_t added_up(struct trfs_image_file *file)
{
	uint64_t len;

	pthread_mutex_lock(&file->lock);
	len = file->crc_len;
	pthread_mutex_unlock(&file->lock);
	return len;
}

/* What was added up without a hash does not help who wants one. */
static void begin_again(const struct trfs_file_contents *files,
			struct trfs_image_file *file)
{
	pthread_mutex_lock(&file->lock);
	if (!file->hash && !hash_known(hash_place(files, file->number))) {
		file->crc = 0;
		file->crc_len = 0;
		begin_hash(file);
	}
	pthread_mutex_unlock(&file->lock);
}

/* Read from where the sums stand to the end of the file. */
static int add_up_rest(struct trfs_file_contents *files, struct trfs_image_file *file,
		       bool hashed, struct trfs_error *err)
{
	struct trfs_source_file source =
		trfs_source_file_get(files->catalog, file->number);
	uint32_t size = source.indexed->size;
	uint8_t *piece = malloc(CHECKSUM_PIECE);
	uint64_t offset = added_up(file);
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
		offset = added_up(file);
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
	rc = add_up_rest(files, file, hashed, err);
	/* Not the file's own: who wants a hash may have begun again. */
	if (rc == 0)
		*ret_crc =
			atomic_load_explicit(&files->crcs[number], memory_order_relaxed);
	trfs_image_files_unpin(&files->files, file, true);
	return rc;
}

int trfs_file_contents_crc(struct trfs_file_contents *files, uint64_t file,
			   uint32_t *ret_crc, struct trfs_error *err)
{
	uint32_t crc = atomic_load_explicit(&files->crcs[file], memory_order_relaxed);

	if (crc == 0)
		return add_up_all(files, file, files->hashed, ret_crc, err);
	*ret_crc = crc;
	return 0;
}

int trfs_file_contents_hash(struct trfs_file_contents *files, uint64_t file,
			    char ret_hex[TRFS_HASH_HEX_LEN], struct trfs_error *err)
{
	static const char digits[] = "0123456789abcdef";
	struct hash_place *place = hash_place(files, file);
	uint32_t crc;

	if (!hash_known(place)) {
		int rc = add_up_all(files, file, true, &crc, err);

		if (rc < 0)
			return rc;
	}
	if (!place || !hash_known(place))
		return trfs_fail(err, -EIO, "libcrypto cannot compute SHA-256");
	for (size_t i = 0; i < HASH_SIZE; i++) {
		ret_hex[2 * i] = digits[place->bytes[i] >> 4];
		ret_hex[2 * i + 1] = digits[place->bytes[i] & 15];
	}
	return 0;
}
