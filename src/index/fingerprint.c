/* SPDX-License-Identifier: MIT */
/*
 * The fingerprint is the digest of a text with one line per thing that counts, paths
 * resolved, so that the same data set has one index however its paths were typed.
 */
#include "index/fingerprint.h"

#include "base/buffer.h"
#include "base/error.h"
#include "dataset/options.h"
#include "dataset/schema.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>

#define TEXT_MAX    (64u << 20)
#define NAMED_BYTES 16u /* of the fingerprint, in a name */

/* The real path of @path in @buf; @path itself where there is none (a later error). */
static const char *resolved(const char *path, char buf[PATH_MAX])
{
	const char *real = path ? realpath(path, buf) : NULL;

	return real ? real : path;
}

int trfs_fingerprint(const struct trfs_options *options, struct trfs_bytes schema_text,
		     const char *codecs, uint8_t ret[TRFS_FINGERPRINT_SIZE],
		     struct trfs_error *err)
{
	char source[PATH_MAX], manifest[PATH_MAX], labels[PATH_MAX];
	struct trfs_options o = *options;
	struct trfs_buffer text;
	int rc = 0;

	o.manifest = resolved(options->manifest, manifest);
	o.labels = resolved(options->labels, labels);
	trfs_buffer_init(&text, TEXT_MAX);
	trfs_buffer_printf(&text, "tfrecordfs index %u\nsource=%s\n", TRFS_INDEX_VERSION,
			   resolved(options->source, source));
	trfs_options_print_layout(&o, &text);
	trfs_buffer_printf(&text, "codecs=%s\n", codecs);
	trfs_buffer_put(&text, schema_text.data, schema_text.len);
	/* Where none is named, the catalog decides between this and that of boxes. */
	if (!options->schema)
		trfs_buffer_printf(&text, "%s", trfs_schema_builtin_text("detection"));

	if (text.failed)
		rc = trfs_fail_memory(err, "the fingerprint");
	else if (EVP_Digest(text.data, text.len, ret, NULL, EVP_sha256(), NULL) != 1)
		rc = trfs_fail(
			err, -EIO,
			"libcrypto has no memory for SHA-256, or does not have it");
	trfs_buffer_done(&text);
	return rc;
}

void trfs_fingerprint_file_name(const char *source,
				const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
				char ret[TRFS_INDEX_NAME_MAX])
{
	char real[PATH_MAX];
	const char *path = resolved(source, real);
	const char *slash = strrchr(path, '/');
	size_t len = 0;

	for (const char *p = slash ? slash + 1 : path; *p && len < 64; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || *p == '_';

		ret[len++] = plain ? *p : '-';
	}
	if (len > 0)
		ret[len++] = '-';
	memcpy(trfs_hexadecimal(fingerprint, NAMED_BYTES, ret + len), TRFS_INDEX_SUFFIX,
	       sizeof(TRFS_INDEX_SUFFIX));
}

size_t trfs_index_name_stem(const char *index_name)
{
	return strlen(index_name) - strlen(TRFS_INDEX_SUFFIX);
}

bool trfs_index_name_is_alike(const char *name, const char *index_name)
{
	size_t stem = trfs_index_name_stem(index_name);
	size_t before = stem - 2 * NAMED_BYTES;

	return strlen(name) >= stem && strncmp(name, index_name, before) == 0 &&
	       strspn(name + before, "0123456789abcdef") == 2 * NAMED_BYTES;
}
