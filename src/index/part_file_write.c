/* SPDX-License-Identifier: MIT */
/* Writing a part: its sizes are known before, so that it is written front to back. */
#include "index/part_file.h"

#include "base/crc32c.h"
#include "base/error.h"

#include <stdlib.h>

#define PIECE_SIZE 65536u
#define ALIGNMENT  8u

/* The file, and what stands in front of it that was not written yet. */
struct writer {
	struct trfs_atomic_file file;
	uint8_t *piece;
	size_t len;
	uint64_t offset;
	uint32_t crc;
};

static uint64_t aligned(uint64_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int flush(struct writer *w, struct trfs_error *err)
{
	int rc = trfs_atomic_file_write(&w->file, w->piece, w->len, err);

	w->len = 0;
	return rc;
}

static int put(struct writer *w, const void *data, size_t len, struct trfs_error *err)
{
	const uint8_t *at = data;
	int rc = 0;

	w->crc = trfs_crc32c(w->crc, at, len);
	w->offset += len;
	while (rc == 0 && len > 0) {
		size_t room = PIECE_SIZE - w->len;
		size_t some = len < room ? len : room;

		memcpy(w->piece + w->len, at, some);
		w->len += some;
		at += some;
		len -= some;
		if (w->len == PIECE_SIZE)
			rc = flush(w, err);
	}
	return rc;
}

/* A whole section, and the zeroes behind it. */
static int put_section(struct writer *w, const void *data, uint64_t len,
		       struct trfs_error *err)
{
	static const uint8_t zeroes[ALIGNMENT];
	int rc = len > 0 ? put(w, data, (size_t)len, err) : 0;

	return rc == 0 ? put(w, zeroes, (size_t)(aligned(w->offset) - w->offset), err)
		       : rc;
}

static uint64_t starts_size(uint64_t nr)
{
	return nr ? (trfs_names_nr_blocks(nr) + 1) * sizeof(uint64_t) : 0;
}

static uint64_t files_size(const struct trfs_part_files *files)
{
	struct trfs_names names = trfs_name_list_view(&files->names);

	return names.nr * sizeof(*files->seen) + starts_size(names.nr) +
	       aligned(trfs_names_nr_bytes(&names));
}

static uint64_t made_size(const struct trfs_part *part)
{
	return part->spans
		       ? aligned(part->images.names.nr * sizeof(uint32_t)) +
				 part->images.names.nr * sizeof(uint64_t) + part->made.len
		       : 0;
}

static int put_header(struct writer *w, const struct trfs_part *part,
		      const uint8_t *fingerprint, int64_t looked_ns,
		      struct trfs_error *err)
{
	struct trfs_names images = trfs_name_list_view(&part->images.names);
	struct trfs_names masks = trfs_name_list_view(&part->masks.names);
	uint8_t header[TRFS_PART_HEADER_SIZE] = { 0 };
	uint64_t size = sizeof(header) + files_size(&part->images) +
			files_size(&part->masks) + made_size(part) + sizeof(uint32_t);

	memcpy(header, TRFS_PART_MAGIC, 8);
	trfs_store_u32le(header + 8, TRFS_PART_VERSION);
	trfs_store_u32le(header + 12, part->number);
	trfs_store_u32le(header + 16, part->nr);
	memcpy(header + 24, fingerprint, TRFS_FINGERPRINT_SIZE);
	trfs_store_u64le(header + 56, (uint64_t)looked_ns);
	trfs_store_u64le(header + 64, part->inputs);
	trfs_store_u64le(header + 72, images.nr);
	trfs_store_u64le(header + 80, trfs_names_nr_bytes(&images));
	trfs_store_u64le(header + 88, masks.nr);
	trfs_store_u64le(header + 96, trfs_names_nr_bytes(&masks));
	trfs_store_u64le(header + 104, part->spans != NULL);
	trfs_store_u64le(header + 112, part->made.len);
	trfs_store_u64le(header + 120, size);
	return put_section(w, header, sizeof(header), err);
}

static int put_files(struct writer *w, const struct trfs_part_files *files,
		     struct trfs_error *err)
{
	struct trfs_names names = trfs_name_list_view(&files->names);
	int rc = put_section(w, files->seen, names.nr * sizeof(*files->seen), err);

	if (rc == 0)
		rc = put_section(w, names.starts, starts_size(names.nr), err);
	if (rc == 0)
		rc = put_section(w, names.bytes, trfs_names_nr_bytes(&names), err);
	return rc;
}

static int put_made(struct writer *w, const struct trfs_part *part,
		    struct trfs_error *err)
{
	uint64_t nr = part->images.names.nr, end = 0;
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < nr; i++)
		rc = put(w, &part->spans[i].row, sizeof(part->spans[i].row), err);
	if (rc == 0)
		rc = put_section(w, NULL, 0, err);
	for (uint64_t i = 0; rc == 0 && i < nr; i++) {
		end += part->spans[i].len;
		rc = put(w, &end, sizeof(end), err);
	}
	for (uint64_t i = 0; rc == 0 && i < nr; i++) {
		const struct trfs_part_span *span = &part->spans[i];

		if (span->len > 0)
			rc = put(w, part->made.data + span->offset, span->len, err);
	}
	return rc;
}

static int put_all(struct writer *w, const struct trfs_part *part,
		   const uint8_t *fingerprint, int64_t looked_ns, struct trfs_error *err)
{
	int rc = put_header(w, part, fingerprint, looked_ns, err);
	uint8_t crc[sizeof(w->crc)];

	if (rc == 0)
		rc = put_files(w, &part->images, err);
	if (rc == 0)
		rc = put_files(w, &part->masks, err);
	if (rc == 0 && part->spans)
		rc = put_made(w, part, err);
	trfs_store_u32le(crc, w->crc);
	if (rc == 0)
		rc = put(w, crc, sizeof(crc), err);
	return rc == 0 ? flush(w, err) : rc;
}

int trfs_part_file_write(const char *directory, const char *name,
			 const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			 const struct trfs_part *part, int64_t looked_ns,
			 struct trfs_error *err)
{
	struct writer w = { .piece = malloc(PIECE_SIZE) };
	int rc;

	if (!w.piece)
		return trfs_fail_memory(err, "the part");
	rc = trfs_atomic_file_start(&w.file, directory, name, err);
	if (rc == 0) {
		rc = put_all(&w, part, fingerprint, looked_ns, err);
		if (rc == 0)
			rc = trfs_atomic_file_commit(&w.file, err);
		trfs_atomic_file_abort(&w.file);
	}
	free(w.piece);
	return rc;
}
