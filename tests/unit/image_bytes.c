/* SPDX-License-Identifier: MIT */
/* See image_bytes.h. */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

uint8_t *image_bytes_load(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long len;

	if (!file)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	len = ftell(file);
	assert_true(len >= 0);
	rewind(file);
	bytes = malloc(len ? (size_t)len : 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)len, file), len);
	fclose(file);
	*ret_len = (size_t)len;
	return bytes;
}

struct trfs_bytes image_bytes_sample(const char *name)
{
	struct trfs_bytes bytes = { NULL, 0 };
	char path[256];

	snprintf(path, sizeof(path), "tests/data/torture/%s", name);
	bytes.data = image_bytes_load(path, &bytes.len);
	if (!bytes.data)
		fail_msg("%s is missing: run from the top of the tree", path);
	return bytes;
}

void image_bytes_free(struct trfs_bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

static int read_bytes(void *user, uint64_t offset, void *buf, size_t len)
{
	struct image_bytes_source *s = user;

	s->nr_reads++;
	s->nr_read += len;
	assert_true(len > 0);
	assert_true(offset <= s->whole.len && len <= s->whole.len - offset);
	if (s->fail)
		return -s->fail;
	memcpy(buf, s->whole.data + offset, len);
	return 0;
}

void image_bytes_source_init(struct image_bytes_source *s, struct trfs_bytes whole,
			     size_t head_len)
{
	*s = (struct image_bytes_source){ .whole = whole };
	if (head_len > whole.len)
		head_len = whole.len;
	s->head = malloc(head_len ? head_len : 1);
	assert_non_null(s->head);
	if (head_len > 0)
		memcpy(s->head, whole.data, head_len);
	s->source = (struct trfs_image_source){
		.read = read_bytes,
		.user = s,
		.head = { s->head, head_len },
		.size = whole.len,
	};
}

void image_bytes_source_done(struct image_bytes_source *s)
{
	free(s->head);
	s->head = NULL;
}

int image_bytes_probe(struct trfs_bytes whole, struct trfs_image_info *info,
		      struct trfs_error *err)
{
	struct image_bytes_source s;
	int rc;

	image_bytes_source_init(&s, whole, 4096);
	rc = trfs_image_probe(&s.source, TRFS_IMAGE_FORMATS_DEFAULT, info, err);
	image_bytes_source_done(&s);
	return rc;
}

int image_bytes_check(struct trfs_bytes whole, struct trfs_image_info *info,
		      struct trfs_error *err)
{
	int rc = image_bytes_probe(whole, info, err);

	return rc < 0 ? rc : trfs_image_decode_check(whole, info, err);
}

size_t image_bytes_count_accepted_prefixes(struct trfs_bytes whole)
{
	struct trfs_image_info info;
	size_t nr_accepted = 0;

	for (size_t len = 0; len < whole.len; len++) {
		struct trfs_bytes prefix = { whole.data, len };

		nr_accepted += image_bytes_probe(prefix, &info, NULL) == 0;
	}
	return nr_accepted;
}
