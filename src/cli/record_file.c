/* SPDX-License-Identifier: MIT */
/*
 * Bytes come through one window that is read ahead.  Where reading ahead fails, only what
 * was asked for is read once more: on a mount a later record's image may be broken, and
 * that is not this record's fault.
 */
#include "cli/record_file.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "base/file.h"
#include "wire/tfrecord.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int trfs_record_file_open(struct trfs_record_file *f, const char *path,
			  size_t window_size, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct trfs_file_identity identity;
	struct trfs_file_owner owner = { .mode = 0 };
	int rc;

	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open %s", path);
	rc = trfs_file_identify(fd, &identity, &owner);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s", path);
	if (S_ISDIR(owner.mode))
		return trfs_fail(err, -EISDIR, "%s is a directory; name a file in it",
				 path);
	if (!S_ISREG(owner.mode))
		return trfs_fail(err, -EINVAL, "%s is not a regular file", path);
	*f = (struct trfs_record_file){
		.fd = fd,
		.path = path,
		.size = identity.size,
		.window = malloc(window_size),
		.window_size = window_size,
	};
	if (!f->window)
		return trfs_fail_memory(err, path);
	fd = -1;
	return 0;
}

void trfs_record_file_close(struct trfs_record_file *f)
{
	free(f->window);
	f->window = NULL;
	trfs_file_close(f->fd);
	f->fd = -1;
}

static int refill(struct trfs_record_file *f, uint64_t offset, size_t want)
{
	uint64_t left = f->size - offset;
	size_t len = left < f->window_size ? (size_t)left : f->window_size;
	int rc;

	f->window_len = 0;
	rc = trfs_file_read(f->fd, offset, f->window, len);
	if (rc < 0 && want < len) {
		len = want;
		rc = trfs_file_read(f->fd, offset, f->window, len);
	}
	if (rc < 0)
		return rc;
	f->window_offset = offset;
	f->window_len = len;
	return 0;
}

/*
 * Bytes at @offset, which with @want more lies in the file: at least one of them, at most
 * @want, and all where they fit the window and @whole is asked for.
 */
static int fetch(struct trfs_record_file *f, uint64_t offset, uint64_t want, bool whole,
		 struct trfs_bytes *ret)
{
	size_t most = want < f->window_size ? (size_t)want : f->window_size;
	bool inside =
		offset >= f->window_offset && offset - f->window_offset < f->window_len;
	size_t left = inside ? f->window_len - (size_t)(offset - f->window_offset) : 0;

	if (left == 0 || (whole && left < most)) {
		int rc = refill(f, offset, most);

		if (rc < 0)
			return rc;
		left = f->window_len;
	}
	*ret = (struct trfs_bytes){ f->window + (offset - f->window_offset),
				    left < most ? left : most };
	return 0;
}

/* The reason is set by the caller, who knows more. */
static struct trfs_record_fault fault_at(const struct trfs_record_span *span, int code)
{
	return (struct trfs_record_fault){ .code = code,
					   .number = span->number,
					   .offset = span->offset };
}

static int fail_read(const struct trfs_record_span *span, int code,
		     struct trfs_record_fault *fault)
{
	char text[64] = "";

	*fault = fault_at(span, code);
	snprintf(fault->reason, sizeof(fault->reason), "cannot be read: %s",
		 strerror_r(-code, text, sizeof(text)));
	return code;
}

static int fail_truncated(const struct trfs_record_span *span, uint64_t size,
			  struct trfs_record_fault *fault)
{
	uint64_t want = span->data_len + TRFS_TFRECORD_FRAMING_SIZE;

	*fault = fault_at(span, -EBADMSG);
	if (span->data_len > TRFS_TFRECORD_MAX_DATA_SIZE)
		snprintf(fault->reason, sizeof(fault->reason),
			 "its length, %" PRIu64 " bytes, is beyond what a record can "
			 "have",
			 span->data_len);
	else
		snprintf(fault->reason, sizeof(fault->reason),
			 "the file ends within it: %" PRIu64 " of %" PRIu64
			 " bytes are there",
			 size - span->offset, want);
	snprintf(fault->tensorflow, sizeof(fault->tensorflow),
		 "truncated record at %" PRIu64, span->offset);
	return -EBADMSG;
}

/* Fewer bytes than a header: TensorFlow takes them for the end. */
static int fail_cut_header(const struct trfs_record_span *span, uint64_t size,
			   struct trfs_record_fault *fault)
{
	*fault = fault_at(span, -EBADMSG);
	snprintf(fault->reason, sizeof(fault->reason),
		 "the file ends within its header; TensorFlow passes over these last "
		 "%" PRIu64 " bytes without a word",
		 size - span->offset);
	return -EBADMSG;
}

static int fail_header(const struct trfs_record_span *span, struct trfs_bytes header,
		       struct trfs_record_fault *fault)
{
	bool gzip = header.data[0] == 0x1f && header.data[1] == 0x8b;

	*fault = fault_at(span, -EBADMSG);
	if (span->number > 0)
		snprintf(fault->reason, sizeof(fault->reason),
			 "the checksum of its length does not match, so that nothing "
			 "behind it can be found");
	else if (gzip)
		snprintf(fault->reason, sizeof(fault->reason),
			 "the file is compressed with gzip; decompress it first");
	else
		snprintf(fault->reason, sizeof(fault->reason),
			 "the checksum of its length does not match; this is probably no "
			 "TFRecord file");
	snprintf(fault->tensorflow, sizeof(fault->tensorflow),
		 "corrupted record at %" PRIu64, span->offset);
	return -EBADMSG;
}

static int fail_data(const struct trfs_record_span *span, struct trfs_record_fault *fault)
{
	*fault = fault_at(span, -EBADMSG);
	snprintf(fault->reason, sizeof(fault->reason),
		 "the checksum of its data does not match");
	snprintf(fault->tensorflow, sizeof(fault->tensorflow),
		 "corrupted record at %" PRIu64,
		 span->offset + TRFS_TFRECORD_HEADER_SIZE);
	return -EBADMSG;
}

int trfs_record_file_next(struct trfs_record_file *f, struct trfs_record_span *ret,
			  struct trfs_record_fault *fault)
{
	struct trfs_record_span span = { f->next_number, f->next_offset, 0 };
	uint64_t left = f->size - f->next_offset;
	struct trfs_bytes header;
	int rc;

	if (left == 0)
		return 0;
	if (left < TRFS_TFRECORD_HEADER_SIZE)
		return fail_cut_header(&span, f->size, fault);
	rc = fetch(f, span.offset, TRFS_TFRECORD_HEADER_SIZE, true, &header);
	if (rc < 0)
		return fail_read(&span, rc, fault);
	if (trfs_tfrecord_parse_header(header.data, &span.data_len) < 0)
		return fail_header(&span, header, fault);
	if (left < TRFS_TFRECORD_FRAMING_SIZE ||
	    span.data_len > left - TRFS_TFRECORD_FRAMING_SIZE)
		return fail_truncated(&span, f->size, fault);
	f->next_number++;
	f->next_offset += span.data_len + TRFS_TFRECORD_FRAMING_SIZE;
	*ret = span;
	return 1;
}

static int check_footer(struct trfs_record_file *f, const struct trfs_record_span *span,
			uint32_t crc, struct trfs_record_fault *fault)
{
	struct trfs_bytes footer;
	int rc = fetch(f, span->offset + TRFS_TFRECORD_HEADER_SIZE + span->data_len,
		       TRFS_TFRECORD_FOOTER_SIZE, true, &footer);

	if (rc < 0)
		return fail_read(span, rc, fault);
	if (!trfs_tfrecord_footer_matches(footer.data, crc))
		return fail_data(span, fault);
	return 0;
}

int trfs_record_file_check(struct trfs_record_file *f,
			   const struct trfs_record_span *span,
			   struct trfs_record_fault *fault)
{
	uint64_t offset = span->offset + TRFS_TFRECORD_HEADER_SIZE;
	uint64_t left = span->data_len;
	uint32_t crc = 0;

	while (left > 0) {
		struct trfs_bytes piece;
		int rc = fetch(f, offset, left, false, &piece);

		if (rc < 0)
			return fail_read(span, rc, fault);
		crc = trfs_crc32c(crc, piece.data, piece.len);
		offset += piece.len;
		left -= piece.len;
	}
	return check_footer(f, span, crc, fault);
}

int trfs_record_file_load(struct trfs_record_file *f, const struct trfs_record_span *span,
			  struct trfs_buffer *data, struct trfs_record_fault *fault)
{
	uint64_t offset = span->offset + TRFS_TFRECORD_HEADER_SIZE;
	uint64_t left = span->data_len;

	trfs_buffer_reset(data);
	if (span->data_len > TRFS_TFRECORD_MAX_DATA_SIZE) {
		*fault = fault_at(span, -EFBIG);
		snprintf(fault->reason, sizeof(fault->reason),
			 "its %" PRIu64 " bytes are more than a tf.train.Example can be",
			 span->data_len);
		return -EFBIG;
	}
	while (left > 0) {
		struct trfs_bytes piece;
		int rc = fetch(f, offset, left, false, &piece);

		if (rc == 0) {
			trfs_buffer_put(data, piece.data, piece.len);
			rc = data->failed ? -ENOMEM : 0;
		}
		if (rc < 0) {
			trfs_buffer_reset(data);
			return fail_read(span, rc, fault);
		}
		offset += piece.len;
		left -= piece.len;
	}
	return check_footer(f, span, trfs_crc32c(0, data->data, data->len), fault);
}

bool trfs_record_file_looks_right(struct trfs_record_file *f)
{
	struct trfs_bytes header;
	uint64_t len;

	return f->size >= TRFS_TFRECORD_HEADER_SIZE &&
	       fetch(f, 0, TRFS_TFRECORD_HEADER_SIZE, true, &header) == 0 &&
	       trfs_tfrecord_parse_header(header.data, &len) == 0;
}

const char *trfs_record_fault_text(const struct trfs_record_fault *fault, char *buf,
				   size_t len)
{
	bool said = fault->tensorflow[0] != '\0';

	snprintf(buf, len, "record %" PRIu64 " at byte %" PRIu64 ": %s%s%s%s",
		 fault->number, fault->offset, fault->reason,
		 said ? " (TensorFlow: \"" : "", fault->tensorflow, said ? "\")" : "");
	return buf;
}
