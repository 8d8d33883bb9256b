/* SPDX-License-Identifier: MIT */
/*
 * Chooses the dialect, asks it for rows, and puts the file's name and the line in front
 * of whatever it complains of.  A new dialect is a row of the table in dialect.h.
 */
#include "manifest/manifest.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/nearest.h"
#include "manifest/beneath.h"
#include "manifest/dialect.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DIALECT(name) &trfs_dialect_##name,

static const struct trfs_dialect *const dialects[] = { TRFS_FILE_DIALECTS(DIALECT) };
static const struct trfs_dialect *const directory_dialects[] = { TRFS_DIRECTORY_DIALECTS(
	DIALECT) };

/* How much a dialect may look at to recognise its own. */
enum { HEAD_SIZE = 16 << 10 };

/* Of all dialects' names together. */
#define NAMES_SIZE_MAX 1024

/**
 * struct trfs_manifest - a reader of any dialect
 * @dialect: NULL until it is open
 * @wanted: the one that the request names; NULL: any
 * @shown: the manifest's path for messages: printable, and cut where it is very long
 * @has_file: false for class folders
 * @size: of the file; 0 for class folders
 */
struct trfs_manifest {
	const struct trfs_dialect *dialect;
	const struct trfs_dialect *wanted;
	void *reader;
	struct trfs_row_builder rows;
	char shown[TRFS_PRINTABLE_SIZE];
	bool has_file;
	uint64_t size;
};

struct trfs_manifest *trfs_manifest_free(struct trfs_manifest *m)
{
	if (m && m->dialect)
		m->dialect->close(m->reader);
	if (m)
		trfs_row_builder_done(&m->rows);
	free(m);
	return NULL;
}

/* Name the file, and the line and column where they are known. */
static int prefix_place(const struct trfs_manifest *m, struct trfs_text_place place,
			int rc, struct trfs_error *err)
{
	if (!m->has_file)
		return rc;
	if (place.line == 0)
		return trfs_error_prefix(err, rc, "%s", m->shown);
	if (place.column == 0)
		return trfs_error_prefix(err, rc, "%s:%" PRIu64, m->shown, place.line);
	return trfs_error_prefix(err, rc, "%s:%" PRIu64 ":%" PRIu64, m->shown, place.line,
				 place.column);
}

static bool has_extension(const struct trfs_dialect *dialect, struct trfs_bytes path)
{
	const char *const *extension = dialect->extensions;

	for (; *extension; extension++) {
		size_t len = strlen(*extension);

		if (path.len > len &&
		    trfs_bytes_equal_nocase(
			    (struct trfs_bytes){ path.data + path.len - len, len },
			    trfs_bytes_of(*extension)))
			return true;
	}
	return false;
}

/*
 * The dialect of a file: by its extension, and where several dialects or none have it by
 * its content.  If nobody knows that, it is the last one with the extension.
 */
static int find_dialect(struct trfs_bytes path, int fd, uint64_t size,
			const struct trfs_dialect **ret, struct trfs_error *err)
{
	uint8_t head[HEAD_SIZE];
	size_t len = size < sizeof(head) ? (size_t)size : sizeof(head);
	const struct trfs_dialect *named = NULL;
	size_t nr_named = 0;
	int rc;

	for (size_t i = 0; i < TRFS_COUNT(dialects); i++) {
		if (!has_extension(dialects[i], path))
			continue;
		named = dialects[i];
		nr_named++;
	}
	*ret = named;
	if (nr_named == 1)
		return 0;
	rc = trfs_file_read(fd, 0, head, len);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read");
	for (size_t i = 0; i < TRFS_COUNT(dialects); i++) {
		if ((named && !has_extension(dialects[i], path)) ||
		    !dialects[i]->recognise ||
		    !dialects[i]->recognise((struct trfs_bytes){ head, len }))
			continue;
		*ret = dialects[i];
		return 0;
	}
	if (named)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "cannot tell what this is: neither its name nor its beginning "
			 "is that of CSV (.csv), TSV (.tsv), JSON (.json), JSON Lines "
			 "(.jsonl, .ndjson) or a list of images (.lst)");
}

/* Open the manifest's file, which must be a regular one. */
static int open_regular(const char *path, uint64_t *ret_size, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct trfs_file_identity identity;
	struct trfs_file_owner owner;
	int opened;
	int rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open the manifest");
	rc = trfs_file_identify(fd, &identity, &owner);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at the manifest");
	if (S_ISDIR(owner.mode))
		return trfs_fail(err, -EISDIR,
				 "is a directory; a manifest is a CSV, TSV, JSON or JSON "
				 "Lines file (class folders need no --manifest)");
	if (!S_ISREG(owner.mode))
		return trfs_fail(err, -EINVAL,
				 "is not a regular file; a manifest is read more than "
				 "once, so write it to a file first");
	*ret_size = identity.size;
	opened = fd;
	fd = -1;
	return opened;
}

/* One of all dialects by number; NULL behind the last. */
static const struct trfs_dialect *dialect_at(size_t i)
{
	if (i < TRFS_COUNT(dialects))
		return dialects[i];
	i -= TRFS_COUNT(dialects);
	return i < TRFS_COUNT(directory_dialects) ? directory_dialects[i] : NULL;
}

const char *trfs_manifest_dialect_name(size_t i)
{
	const struct trfs_dialect *dialect = dialect_at(i);

	return dialect ? dialect->name : NULL;
}

/* "json-lines" is typed for "JSON Lines", and case does not matter. */
static bool is_name_of(const struct trfs_dialect *dialect, const char *typed)
{
	const char *name = dialect->name;

	while (*name &&
	       (tolower((unsigned char)*name) == tolower((unsigned char)*typed) ||
		(*name == ' ' && (*typed == '-' || *typed == '_')))) {
		name++;
		typed++;
	}
	return !*name && !*typed;
}

/* The dialect of that name among all; NULL and @err with the names if none. */
static const struct trfs_dialect *find_by_name(const char *name, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer names;
	const struct trfs_dialect *dialect;
	struct trfs_nearest nearest;
	char hint[96];

	trfs_buffer_init(&names, NAMES_SIZE_MAX);
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; (dialect = dialect_at(i)); i++) {
		if (is_name_of(dialect, name))
			return dialect;
		trfs_nearest_offer(&nearest, trfs_bytes_of(dialect->name));
		/* One of both tables is named once. */
		if (i < TRFS_COUNT(dialects) && dialect->recognise_directory)
			continue;
		trfs_buffer_printf(&names, "%s",
				   trfs_buffer_bytes(&names).len > 0 ? ", " : "");
		for (const char *c = dialect->name; *c; c++)
			trfs_buffer_put_u8(&names, *c == ' ' ? '-' : (uint8_t)*c);
	}
	trfs_fail(err, -EINVAL, "--dialect: there is no \"%s\"%s; there are %.*s", name,
		  trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		  TRFS_BYTES_ARG(trfs_buffer_bytes(&names)));
	return NULL;
}

static int open_file(struct trfs_manifest *m, const struct trfs_root *root,
		     const struct trfs_manifest_request *request,
		     struct trfs_inputs *inputs, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	const struct trfs_dialect *dialect = m->wanted;
	int rc;

	fd = open_regular(request->path, &m->size, err);
	if (fd < 0)
		return fd;
	rc = trfs_inputs_add(inputs, fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at the manifest");
	if (!dialect) {
		rc = find_dialect(trfs_bytes_of(request->path), fd, m->size, &dialect,
				  err);
		if (rc < 0)
			return rc;
	}
	rc = dialect->open(root, request, fd, inputs, &m->rows, &m->reader, ret_place,
			   err);
	if (rc < 0)
		return rc;
	fd = -1;
	m->dialect = dialect;
	return 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The last where none of the others is it. */
static int recognise_directory(const struct trfs_root *root, const char *path,
			       const struct trfs_dialect **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer beneath;
	size_t last = TRFS_COUNT(directory_dialects) - 1;
	int rc;

	*ret = directory_dialects[last];
	trfs_buffer_init(&beneath, TRFS_BENEATH_PATH_MAX);
	rc = trfs_beneath_find(root, path, NULL, &beneath, NULL);
	/* Its own look for it says what is wrong. */
	if (rc < 0)
		return rc == -ENOMEM ? trfs_fail_memory(err, "a path") : 0;
	for (size_t i = 0; i < last; i++) {
		rc = directory_dialects[i]->recognise_directory(
			root, (const char *)beneath.data);
		if (rc < 0)
			return trfs_fail_errno(err, rc, "cannot tell what is in %s",
					       root->path);
		if (rc > 0) {
			*ret = directory_dialects[i];
			break;
		}
	}
	return 0;
}

static bool reads_a_file(const struct trfs_dialect *dialect)
{
	for (size_t i = 0; i < TRFS_COUNT(dialects); i++)
		if (dialects[i] == dialect)
			return !dialect->recognise_directory;
	return false;
}

static int open_directory(struct trfs_manifest *m, const struct trfs_root *root,
			  const struct trfs_manifest_request *request,
			  struct trfs_inputs *inputs, struct trfs_text_place *ret_place,
			  struct trfs_error *err)
{
	const struct trfs_dialect *dialect = m->wanted;
	int rc = 0;

	if (!dialect)
		rc = recognise_directory(root, request->path, &dialect, err);
	if (rc < 0)
		return rc;
	rc = dialect->open(root, request, -1, inputs, &m->rows, &m->reader, ret_place,
			   err);
	if (rc == 0)
		m->dialect = dialect;
	return rc;
}

int trfs_manifest_open(const struct trfs_root *root,
		       const struct trfs_manifest_request *request,
		       struct trfs_inputs *inputs, struct trfs_manifest **ret,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_manifest_freep)
	struct trfs_manifest *m = calloc(1, sizeof(*m));
	const struct trfs_dialect *dialect = NULL;
	struct trfs_text_place place = { 0 };
	bool directory;
	int rc;

	if (!m || trfs_row_builder_init(&m->rows) < 0)
		return trfs_fail_memory(err, "the manifest");
	if (request->dialect) {
		dialect = find_by_name(request->dialect, err);
		if (!dialect)
			return -EINVAL;
	}
	if (!request->path && reads_a_file(dialect))
		return trfs_fail(err, -EINVAL,
				 "--dialect %s reads a file: name it with --manifest "
				 "FILE",
				 request->dialect);
	directory = !request->path || (dialect && dialect->recognise_directory) ||
		    (request->options && is_directory(request->path));
	m->has_file = !directory;
	trfs_text_printable(trfs_bytes_of(request->path ? request->path : root->path),
			    m->shown, sizeof(m->shown));
	m->wanted = dialect;
	rc = (directory ? open_directory : open_file)(m, root, request, inputs, &place,
						      err);
	if (rc < 0)
		return prefix_place(m, place, rc, err);
	*ret = TRFS_STEAL(m);
	return 0;
}

int trfs_manifest_next(struct trfs_manifest *m, struct trfs_row *ret_row,
		       struct trfs_error *err)
{
	struct trfs_text_place place = { 0 };
	int rc;

	trfs_row_builder_reset(&m->rows);
	rc = m->dialect->next(m->reader, &m->rows, &place, err);
	if (rc == 0)
		return 0;
	if (rc > 0)
		rc = trfs_row_builder_row(&m->rows, place.line, ret_row, err);
	if (rc < 0)
		return prefix_place(m, place, rc, err);
	return 1;
}

const char *trfs_manifest_dialect(const struct trfs_manifest *m)
{
	return m->dialect->name;
}

const char *trfs_manifest_role_column(const struct trfs_manifest *m, enum trfs_role role)
{
	const char *column =
		m->dialect->role_column ? m->dialect->role_column(m->reader, role) : NULL;

	return column ? column : m->dialect->role_columns[role];
}

struct trfs_strings trfs_manifest_columns(const struct trfs_manifest *m)
{
	return trfs_string_table_view(m->rows.columns);
}

const char *trfs_manifest_place(const struct trfs_manifest *m, uint64_t line, char *buf,
				size_t len)
{
	if (line == 0)
		snprintf(buf, len, "%s", m->shown);
	else
		snprintf(buf, len, "%s:%" PRIu64, m->shown, line);
	return buf;
}

void trfs_manifest_position(const struct trfs_manifest *m, uint64_t *ret_done,
			    uint64_t *ret_total)
{
	*ret_done = m->dialect->nr_read ? m->dialect->nr_read(m->reader) : 0;
	*ret_total = m->size;
}

uint64_t trfs_manifest_nr_ignored(const struct trfs_manifest *m)
{
	return m->dialect->nr_ignored ? m->dialect->nr_ignored(m->reader) : 0;
}
