/* SPDX-License-Identifier: MIT */
/*
 * Reading a part, which anybody may have written: what its header says must add up to the
 * file, its checksum must be right, and then each number is looked at that others use to
 * find something.
 */
#include "index/part_file.h"

#include "base/crc32c.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define ALIGNMENT	8u
#define ORIENTATION_MAX 8 /* of EXIF */

/* What the header says. */
struct header {
	struct trfs_bytes magic;
	struct trfs_bytes fingerprint;
	uint32_t version;
	uint32_t number;
	uint32_t nr;
	int64_t looked_ns;
	uint64_t inputs;
	uint64_t nr_images;
	uint64_t image_name_bytes;
	uint64_t nr_masks;
	uint64_t mask_name_bytes;
	uint64_t has_made;
	uint64_t made_bytes;
	uint64_t size;
};

/* The file in memory, from which sections are taken one after the other. */
struct sections {
	const uint8_t *start;
	uint64_t offset;
	uint64_t end;
	bool are_odd;
};

TRFS_COLD
static int fail_odd(struct trfs_error *err, const char *what)
{
	return trfs_fail(err, -EBADMSG, "it is damaged: %s", what);
}

static struct header parse_header(const uint8_t *bytes)
{
	struct trfs_reader r = trfs_reader_of(bytes, TRFS_PART_HEADER_SIZE);
	struct header h;

	h.magic = trfs_reader_bytes(&r, 8);
	h.version = trfs_reader_u32le(&r);
	h.number = trfs_reader_u32le(&r);
	h.nr = trfs_reader_u32le(&r);
	trfs_reader_u32le(&r);
	h.fingerprint = trfs_reader_bytes(&r, TRFS_FINGERPRINT_SIZE);
	h.looked_ns = (int64_t)trfs_reader_u64le(&r);
	h.inputs = trfs_reader_u64le(&r);
	h.nr_images = trfs_reader_u64le(&r);
	h.image_name_bytes = trfs_reader_u64le(&r);
	h.nr_masks = trfs_reader_u64le(&r);
	h.mask_name_bytes = trfs_reader_u64le(&r);
	h.has_made = trfs_reader_u64le(&r);
	h.made_bytes = trfs_reader_u64le(&r);
	h.size = trfs_reader_u64le(&r);
	return h;
}

/* @len bytes, and the zeroes behind them; NULL where there are not as many. */
static const void *take(struct sections *s, uint64_t len)
{
	const uint8_t *section = s->start + s->offset;

	if (s->are_odd || len > s->end - s->offset) {
		s->are_odd = true;
		return NULL;
	}
	s->offset += len;
	s->offset += (ALIGNMENT - s->offset % ALIGNMENT) % ALIGNMENT;
	s->are_odd = s->offset > s->end;
	return section;
}

/* The same of @nr items, of which there can be no more than bytes. */
static const void *take_items(struct sections *s, uint64_t nr, size_t size)
{
	s->are_odd |= nr > s->end;
	return s->are_odd ? NULL : take(s, nr * size);
}

static void take_names(struct sections *s, uint64_t nr, uint64_t nr_bytes,
		       struct trfs_names *ret)
{
	uint64_t nr_starts = nr ? trfs_names_nr_blocks(nr) + 1 : 0;

	ret->starts = take_items(s, nr_starts, sizeof(*ret->starts));
	ret->bytes = take(s, nr_bytes);
	ret->nr = nr;
	if (s->are_odd)
		return;
	s->are_odd = nr ? ret->starts[nr_starts - 1] != nr_bytes : nr_bytes > 0;
	for (uint64_t i = 1; i < nr_starts; i++)
		s->are_odd |= ret->starts[i] < ret->starts[i - 1];
}

static const struct trfs_seen *take_seen(struct sections *s, uint64_t nr)
{
	const struct trfs_seen *seen = take_items(s, nr, sizeof(*seen));

	if (s->are_odd)
		return NULL;
	for (uint64_t i = 0; i < nr; i++) {
		const struct trfs_appearance *a = &seen[i].appearance;

		s->are_odd |= a->format == TRFS_IMAGE_UNKNOWN ||
			      a->format >= TRFS_IMAGE_NR_FORMATS ||
			      a->orientation > ORIENTATION_MAX;
	}
	return seen;
}

static void take_made(struct sections *s, uint64_t nr, uint64_t nr_bytes,
		      struct trfs_earlier_part *known)
{
	uint64_t end = 0;

	known->rows = take_items(s, nr, sizeof(*known->rows));
	known->made.ends = take_items(s, nr, sizeof(*known->made.ends));
	known->made.bytes = take(s, nr_bytes);
	known->made.nr = nr;
	if (s->are_odd)
		return;
	for (uint64_t i = 0; i < nr; i++) {
		s->are_odd |= known->made.ends[i] < end ||
			      known->made.ends[i] % sizeof(struct trfs_made) > 0;
		end = known->made.ends[i];
	}
	s->are_odd |= end != nr_bytes;
}

static bool take_all(const struct header *h, struct sections *s,
		     struct trfs_earlier_part *known)
{
	s->are_odd = h->nr_images >= UINT32_MAX || h->nr_masks >= UINT32_MAX;
	known->images_seen = take_seen(s, h->nr_images);
	take_names(s, h->nr_images, h->image_name_bytes, &known->images);
	known->masks_seen = take_seen(s, h->nr_masks);
	take_names(s, h->nr_masks, h->mask_name_bytes, &known->masks);
	if (h->has_made)
		take_made(s, h->nr_images, h->made_bytes, known);
	known->inputs = h->inputs;
	known->looked_ns = h->looked_ns;
	return !s->are_odd && s->offset == s->end && h->has_made <= 1 &&
	       (h->has_made || h->made_bytes == 0);
}

/*
 * Read all of it, held to its checksum.  It is not mapped, as a file that somebody cuts
 * short, or a disk that fails, would end the process.
 */
static int read_whole(int fd, uint64_t size, uint8_t **ret, struct trfs_error *err)
{
	uint64_t end = size - sizeof(uint32_t);
	uint8_t *data = malloc((size_t)size);
	uint32_t crc;
	int rc;

	if (!data)
		return trfs_fail_memory(err, "the part");
	rc = trfs_file_read(fd, 0, data, (size_t)size);
	if (rc < 0) {
		free(data);
		return trfs_fail_errno(err, rc, "it cannot be read");
	}
	crc = trfs_crc32c(0, data, (size_t)end);
	if (memcmp(&crc, data + end, sizeof(crc)) != 0) {
		free(data);
		return fail_odd(err, "its checksum is wrong");
	}
	*ret = data;
	return 0;
}

/* Whether it is the part that is wanted; nothing else of it is known to be right yet. */
static int check_header(const struct header *h, const uint8_t *fingerprint,
			uint32_t number, uint32_t nr, uint64_t size,
			struct trfs_error *err)
{
	if (memcmp(h->magic.data, TRFS_PART_MAGIC, 8) != 0)
		return fail_odd(err, "it is no part of an index");
	if (h->version != TRFS_PART_VERSION)
		return trfs_fail(
			err, -EBADMSG,
			"it is of another version of tfrecordfs (format %u, this "
			"one reads %u)",
			h->version, TRFS_PART_VERSION);
	if (h->size != size)
		return fail_odd(err, "it is not as long as its header says");
	if (memcmp(h->fingerprint.data, fingerprint, TRFS_FINGERPRINT_SIZE) != 0)
		return trfs_fail(err, -EBADMSG, "it was made for other options");
	if (h->number != number || h->nr != nr)
		return trfs_fail(err, -EBADMSG, "it is part %u of %u by its content",
				 h->number, h->nr);
	return 0;
}

static int take_whole(struct trfs_part_file *file, int fd, const struct header *h,
		      struct trfs_error *err)
{
	struct sections s = { .offset = TRFS_PART_HEADER_SIZE,
			      .end = h->size - sizeof(uint32_t) };
	uint8_t *data = NULL;
	int rc = read_whole(fd, h->size, &data, err);

	if (rc < 0)
		return rc;
	*file = (struct trfs_part_file){ .data = data };
	s.start = data;
	if (take_all(h, &s, &file->known))
		return 0;
	trfs_part_file_close(file);
	return fail_odd(err, "a number is out of bounds");
}

int trfs_part_file_open(struct trfs_part_file *file, const char *path,
			const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE], uint32_t number,
			uint32_t nr, struct trfs_error *err)
{
	uint8_t bytes[TRFS_PART_HEADER_SIZE];
	struct trfs_file_identity identity;
	struct header h;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc;

	if (fd < 0)
		return trfs_fail_errno(err, -errno, "it cannot be opened");
	rc = trfs_file_identify(fd, &identity, NULL);
	if (rc < 0)
		trfs_fail_errno(err, rc, "it cannot be looked at");
	else if (identity.size < sizeof(bytes) + sizeof(uint32_t) ||
		 trfs_file_read(fd, 0, bytes, sizeof(bytes)) < 0)
		rc = fail_odd(err, "it is too short");
	if (rc == 0) {
		h = parse_header(bytes);
		rc = check_header(&h, fingerprint, number, nr, identity.size, err);
	}
	if (rc == 0)
		rc = take_whole(file, fd, &h, err);
	if (rc == 0)
		file->identity = identity;
	trfs_file_close(fd);
	return rc;
}

void trfs_part_file_close(struct trfs_part_file *file)
{
	free(file->data);
	*file = (struct trfs_part_file){ .data = NULL };
}
