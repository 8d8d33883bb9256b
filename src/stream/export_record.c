/* SPDX-License-Identifier: MIT */
#include "stream/export_record.h"

#include "base/error.h"
#include "base/file.h"
#include "stream/export.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_LINE	"tfrecordfs export 1"
#define RECORD_SIZE_MAX ((size_t)1 << 30)

/* The next line of @text, ended by a NUL instead; false where none is whole any more. */
static bool take_line(struct trfs_bytes *text, struct trfs_bytes *ret)
{
	uint8_t *end = text->len ? memchr(text->data, '\n', text->len) : NULL;

	if (!end)
		return false;
	*end = '\0';
	*ret = (struct trfs_bytes){ text->data, (size_t)(end - text->data) };
	text->data = end + 1;
	text->len -= ret->len + 1;
	return true;
}

/* What stands behind @word and a blank on the next line; NULL where that is another. */
static char *take_text(struct trfs_bytes *text, const char *word)
{
	size_t len = strlen(word);
	struct trfs_bytes line;

	if (!take_line(text, &line) || line.len <= len ||
	    memcmp(line.data, word, len) != 0 || line.data[len] != ' ')
		return NULL;
	return (char *)line.data + len + 1;
}

/* 32 bytes in hexadecimal, as we write them. */
static bool take_digest(struct trfs_bytes *line, uint8_t ret[TRFS_SHA256_SIZE])
{
	if (line->len < 2 * TRFS_SHA256_SIZE)
		return false;
	for (size_t i = 0; i < 2 * TRFS_SHA256_SIZE; i++) {
		uint8_t c = line->data[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : -1;

		if (digit < 0)
			return false;
		ret[i / 2] = (uint8_t)(i % 2 ? ret[i / 2] << 4 | digit : digit);
	}
	line->data += 2 * TRFS_SHA256_SIZE;
	line->len -= 2 * TRFS_SHA256_SIZE;
	return true;
}

/* A blank, and a number. */
static bool take_number(struct trfs_bytes *line, uint64_t *ret)
{
	size_t i = 1;

	*ret = 0;
	if (line->len < 2 || line->data[0] != ' ')
		return false;
	for (; i < line->len && line->data[i] >= '0' && line->data[i] <= '9'; i++) {
		if (__builtin_mul_overflow(*ret, 10, ret) ||
		    __builtin_add_overflow(*ret, line->data[i] - '0', ret))
			return false;
	}
	line->data += i;
	line->len -= i;
	return i > 1;
}

static bool take_hex(struct trfs_bytes *text, const char *word,
		     char ret[TRFS_EXPORT_HEX_SIZE])
{
	uint8_t digest[TRFS_SHA256_SIZE];
	const char *hex = take_text(text, word);
	struct trfs_bytes bytes = hex ? trfs_bytes_of(hex) : (struct trfs_bytes){ 0 };

	if (!take_digest(&bytes, digest) || bytes.len > 0)
		return false;
	trfs_export_hex(digest, ret);
	return true;
}

static bool take_head(struct trfs_bytes *text, struct trfs_export_record *ret)
{
	const char *compression;
	struct trfs_bytes line;

	if (!take_line(text, &line) || !trfs_bytes_equal(line, trfs_bytes_of(FIRST_LINE)))
		return false;
	ret->identity.source = take_text(text, "source");
	if (!ret->identity.source ||
	    !take_hex(text, "fingerprint", ret->identity.fingerprint) ||
	    !take_hex(text, "content", ret->identity.content))
		return false;
	ret->identity.view = take_text(text, "view");
	compression = take_text(text, "compression");
	ret->gzip = compression && strcmp(compression, "gzip") == 0;
	return compression && ret->identity.view;
}

/* False for a line that is none. */
static bool take_entry(struct trfs_bytes line, struct trfs_export_entry *ret)
{
	static const char word[] = "file ";
	uint64_t mtime_ns;

	if (line.len < sizeof(word) || memcmp(line.data, word, sizeof(word) - 1) != 0)
		return false;
	line.data += sizeof(word) - 1;
	line.len -= sizeof(word) - 1;
	if (!take_digest(&line, ret->sha256) || !take_number(&line, &ret->size) ||
	    !take_number(&line, &ret->inode) || !take_number(&line, &mtime_ns) ||
	    line.len < 2 || line.data[0] != ' ' || memchr(line.data, '\0', line.len))
		return false;
	ret->mtime_ns = (int64_t)mtime_ns;
	ret->name = (const char *)line.data + 1;
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	const struct trfs_export_entry *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : (left->line < right->line ? 1 : -1);
}

/* Of each name the last line stays. */
static void sort_entries(struct trfs_export_record *record)
{
	struct trfs_export_entry *entries = record->entries;
	size_t nr = 0;

	if (record->nr > 0)
		qsort(entries, record->nr, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < record->nr; i++)
		if (nr == 0 || strcmp(entries[nr - 1].name, entries[i].name) != 0)
			entries[nr++] = entries[i];
	record->nr = nr;
}

static int parse(struct trfs_export_record *ret, const char *destination,
		 struct trfs_error *err)
{
	struct trfs_bytes text = trfs_buffer_bytes(&ret->text), line;
	size_t nr_lines = 0;

	for (size_t i = 0; i < text.len; i++)
		nr_lines += text.data[i] == '\n';
	ret->entries = calloc(nr_lines + 1, sizeof(*ret->entries));
	if (!ret->entries)
		return trfs_fail_memory(err, "the record of an export");
	if (!take_head(&text, ret))
		return trfs_fail(err, -EINVAL,
				 "%s/" TRFS_EXPORT_RECORD
				 " is damaged or of another version, so what is there "
				 "cannot be told apart: export into another directory",
				 destination);
	while (take_line(&text, &line)) {
		struct trfs_export_entry entry = { .line = ret->nr };

		if (take_entry(line, &entry))
			ret->entries[ret->nr++] = entry;
	}
	sort_entries(ret);
	return 0;
}

int trfs_export_record_read(const char *destination, struct trfs_export_record *ret,
			    struct trfs_error *err)
{
	char *path;
	int rc;

	*ret = (struct trfs_export_record){ .entries = NULL };
	trfs_buffer_init(&ret->text, RECORD_SIZE_MAX);
	if (asprintf(&path, "%s/" TRFS_EXPORT_RECORD, destination) < 0)
		return trfs_fail_memory(err, "the record of an export");
	rc = access(path, F_OK) < 0 && errno == ENOENT
		     ? -ENOENT
		     : trfs_file_read_all(path, RECORD_SIZE_MAX, &ret->text, err);
	if (rc == 0)
		rc = parse(ret, destination, err);
	free(path);
	if (rc < 0)
		trfs_export_record_done(ret);
	return rc;
}

void trfs_export_record_done(struct trfs_export_record *record)
{
	free(record->entries);
	trfs_buffer_done(&record->text);
	*record = (struct trfs_export_record){ .entries = NULL };
}

struct trfs_export_entry *trfs_export_record_find(const struct trfs_export_record *record,
						  const char *name)
{
	size_t first = 0, end = record->nr;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int order = strcmp(name, record->entries[middle].name);

		if (order == 0)
			return &record->entries[middle];
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}

static void print_entry(const struct trfs_export_entry *entry, struct trfs_buffer *out)
{
	char hex[TRFS_EXPORT_HEX_SIZE];

	trfs_export_hex(entry->sha256, hex);
	trfs_buffer_printf(out, "file %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", hex,
			   entry->size, entry->inode, (uint64_t)entry->mtime_ns,
			   entry->name);
}

/* On one line whatever it is: it is shown only; the fingerprint says which it is. */
static void print_source(const char *source, struct trfs_buffer *out)
{
	trfs_buffer_printf(out, "source ");
	for (const char *c = source; *c; c++)
		trfs_buffer_put_u8(out, *c == '\n' ? '?' : (uint8_t)*c);
	trfs_buffer_put_u8(out, '\n');
}

static int write_record(const char *destination, struct trfs_bytes text,
			struct trfs_error *err)
{
	struct trfs_atomic_file file;
	int rc = trfs_atomic_file_start(&file, destination, TRFS_EXPORT_RECORD, err);

	if (rc == 0)
		rc = trfs_atomic_file_write(&file, text.data, text.len, err);
	if (rc == 0)
		rc = trfs_atomic_file_commit(&file, err);
	trfs_atomic_file_abort(&file);
	return rc;
}

int trfs_export_record_begin(const char *destination,
			     const struct trfs_export_identity *identity, bool gzip,
			     const struct trfs_export_record *before, int *ret_fd,
			     struct trfs_error *err)
{
	struct trfs_buffer text;
	char *path;
	int rc;

	trfs_buffer_init(&text, RECORD_SIZE_MAX);
	trfs_buffer_printf(&text, FIRST_LINE "\n");
	print_source(identity->source, &text);
	trfs_buffer_printf(&text, "fingerprint %s\ncontent %s\nview %s\ncompression %s\n",
			   identity->fingerprint, identity->content, identity->view,
			   gzip ? "gzip" : "none");
	for (size_t i = 0; i < before->nr; i++)
		if (strcmp(before->entries[i].name, TRFS_EXPORT_SUMS) != 0)
			print_entry(&before->entries[i], &text);
	rc = text.failed ? trfs_fail_memory(err, "the record of an export")
			 : write_record(destination, trfs_buffer_bytes(&text), err);
	trfs_buffer_done(&text);
	if (rc < 0)
		return rc;
	if (asprintf(&path, "%s/" TRFS_EXPORT_RECORD, destination) < 0)
		return trfs_fail_memory(err, "the record of an export");
	*ret_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	rc = *ret_fd < 0 ? trfs_fail_errno(err, -errno, "cannot open %s", path) : 0;
	free(path);
	return rc;
}

int trfs_export_record_add(int fd, const struct trfs_export_entry *entry)
{
	struct trfs_buffer line;
	ssize_t n = 0;
	int rc = 0;

	trfs_buffer_init(&line, RECORD_SIZE_MAX);
	/* What was cut off before, on a full disk, ends here. */
	trfs_buffer_put_u8(&line, '\n');
	print_entry(entry, &line);
	if (line.failed)
		rc = -ENOMEM;
	for (size_t done = 0; rc == 0 && done < line.len; done += (size_t)n) {
		n = write(fd, line.data + done, line.len - done);
		if (n < 0 && errno != EINTR)
			rc = -errno;
		n = n < 0 ? 0 : n;
	}
	trfs_buffer_done(&line);
	if (rc == 0 && fdatasync(fd) < 0)
		rc = -errno;
	return rc;
}
