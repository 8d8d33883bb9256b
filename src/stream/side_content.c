/* SPDX-License-Identifier: MIT */
/* Whole contents are buffers; those of lines are made block by block, as they are read.
 */
#include "stream/side_content.h"

#include "base/error.h"
#include "base/workers.h"

#include <errno.h>
#include <stdlib.h>

#define CONTENT_MAX ((size_t)1 << 31)
/* No block of lines is longer: each line has a name or two in it. */
#define BLOCK_MAX ((size_t)1 << 24)

/* Files of fewer lines are measured by the thread that asks. */
#define LINES_PARALLEL 50000u
#define BLOCKS_BATCH   64u

void trfs_side_content_init(struct trfs_side_content *content)
{
	*content = (struct trfs_side_content){ .starts = NULL };
	pthread_mutex_init(&content->lock, NULL);
	trfs_buffer_init(&content->whole, CONTENT_MAX);
}

void trfs_side_content_done(struct trfs_side_content *content)
{
	trfs_buffer_done(&content->whole);
	free(content->starts);
	free(content->state);
	pthread_mutex_destroy(&content->lock);
}

static int make_whole(struct trfs_side_content *content,
		      const struct trfs_side_kind *kind,
		      const struct trfs_side_request *request, struct trfs_error *err)
{
	int rc;

	trfs_buffer_reset(&content->whole);
	rc = kind->make(request, &content->whole, err);
	if (rc == 0 && content->whole.failed)
		rc = trfs_fail_memory(err, "its content");
	if (rc < 0)
		trfs_buffer_done(&content->whole);
	return rc;
}

/* How many lines block @block has. */
static size_t block_lines(uint64_t nr_lines, uint64_t block)
{
	uint64_t left = nr_lines - block * TRFS_SIDE_BLOCK;

	return left < TRFS_SIDE_BLOCK ? (size_t)left : TRFS_SIDE_BLOCK;
}

static int make_block(const struct trfs_side_kind *kind,
		      const struct trfs_side_request *request, uint64_t block,
		      struct trfs_buffer *out, struct trfs_error *err)
{
	int rc;

	trfs_buffer_reset(out);
	rc = kind->lines(request, block * TRFS_SIDE_BLOCK,
			 block_lines(kind->nr_lines(request), block), out, err);
	return rc == 0 && out->failed ? trfs_fail_memory(err, "its lines") : rc;
}

struct measuring {
	struct trfs_side_content *content;
	const struct trfs_side_kind *kind;
	const struct trfs_side_request *request;
};

static int measure_blocks(void *user, unsigned int worker, uint64_t first, uint64_t end,
			  struct trfs_error *err)
{
	const struct measuring *m = user;
	uint64_t nr_lines = m->kind->nr_lines(m->request);
	struct trfs_buffer lines;
	int rc = 0;

	(void)worker;
	trfs_buffer_init(&lines, BLOCK_MAX);
	for (uint64_t block = first; rc == 0 && block < end; block++) {
		uint64_t *len = &m->content->starts[block];

		if (m->kind->lines_length) {
			rc = m->kind->lines_length(m->request, block * TRFS_SIDE_BLOCK,
						   block_lines(nr_lines, block), len,
						   err);
		} else {
			rc = make_block(m->kind, m->request, block, &lines, err);
			*len = lines.len;
		}
	}
	trfs_buffer_done(&lines);
	return rc;
}

/* Lengths become starts; the place behind the last block gets the size. */
static void add_up(uint64_t *blocks, uint64_t nr_blocks)
{
	uint64_t at = 0;

	for (uint64_t i = 0; i < nr_blocks; i++) {
		uint64_t len = blocks[i];

		blocks[i] = at;
		at += len;
	}
	blocks[nr_blocks] = at;
}

static int measure_lines(struct trfs_side_content *content,
			 const struct trfs_side_kind *kind,
			 const struct trfs_side_request *request, struct trfs_error *err)
{
	struct measuring m = { .content = content, .kind = kind, .request = request };
	uint64_t nr_lines = kind->nr_lines(request);
	unsigned int nr_threads =
		trfs_workers_nr_threads(request->view->options->threads);
	int rc;

	content->nr_blocks = (nr_lines + TRFS_SIDE_BLOCK - 1) / TRFS_SIDE_BLOCK;
	free(content->starts);
	content->starts = calloc(content->nr_blocks + 1, sizeof(*content->starts));
	if (!content->starts)
		return trfs_fail_memory(err, "its lines");
	if (nr_lines >= LINES_PARALLEL)
		rc = trfs_workers_run(nr_threads, content->nr_blocks, BLOCKS_BATCH,
				      measure_blocks, &m, "Adding up lines", NULL, err);
	else
		rc = measure_blocks(&m, 0, 0, content->nr_blocks, err);
	add_up(content->starts, content->nr_blocks);
	return rc;
}

static int make_state(struct trfs_side_content *content,
		      const struct trfs_side_kind *kind,
		      struct trfs_side_request *request, struct trfs_error *err)
{
	if (kind->state_size && !content->state) {
		content->state_size = kind->state_size(request);
		content->state = calloc(1, content->state_size + 1);
		if (!content->state)
			return trfs_fail_memory(err, "what it remembers");
	}
	request->state = content->state;
	return 0;
}

int trfs_side_content_prepare(struct trfs_side_content *content,
			      const struct trfs_side_kind *kind,
			      struct trfs_side_request *request, struct trfs_error *err)
{
	int rc = 0;

	if (trfs_side_content_is_ready(content)) {
		request->state = content->state;
		return 0;
	}
	pthread_mutex_lock(&content->lock);
	if (!trfs_side_content_is_ready(content)) {
		rc = make_state(content, kind, request, err);
		if (rc == 0)
			rc = kind->make ? make_whole(content, kind, request, err)
					: measure_lines(content, kind, request, err);
		if (rc == 0)
			atomic_store_explicit(&content->is_ready, true,
					      memory_order_release);
	}
	request->state = content->state;
	pthread_mutex_unlock(&content->lock);
	return rc;
}

bool trfs_side_content_is_ready(const struct trfs_side_content *content)
{
	return atomic_load_explicit(&content->is_ready, memory_order_acquire);
}

uint64_t trfs_side_content_size(const struct trfs_side_content *content)
{
	return content->starts ? content->starts[content->nr_blocks] : content->whole.len;
}

/* The last block that starts at or before @offset; empty ones do not count. */
static uint64_t find_block(const struct trfs_side_content *content, uint64_t offset)
{
	uint64_t low = 0, high = content->nr_blocks;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (content->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int read_lines(struct trfs_side_content *content,
		      const struct trfs_side_kind *kind,
		      const struct trfs_side_request *request, uint64_t offset,
		      uint8_t *buf, size_t len, struct trfs_error *err)
{
	uint64_t block = find_block(content, offset);
	struct trfs_buffer lines;
	size_t done = 0;
	int rc = 0;

	trfs_buffer_init(&lines, BLOCK_MAX);
	for (; rc == 0 && done < len; block++) {
		uint64_t start = content->starts[block];
		size_t skip = (size_t)(offset + done - start), part;

		rc = make_block(kind, request, block, &lines, err);
		if (rc == 0 && lines.len != content->starts[block + 1] - start)
			rc = trfs_fail(err, -ESTALE, "its lines changed their length");
		if (rc < 0)
			break;
		part = lines.len - skip < len - done ? lines.len - skip : len - done;
		memcpy(buf + done, lines.data + skip, part);
		done += part;
	}
	trfs_buffer_done(&lines);
	return rc;
}

int trfs_side_content_read(struct trfs_side_content *content,
			   const struct trfs_side_kind *kind,
			   struct trfs_side_request *request, uint64_t offset, void *buf,
			   size_t len, size_t *ret_len, struct trfs_error *err)
{
	uint64_t size = trfs_side_content_size(content);
	uint64_t left = offset < size ? size - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	int rc = 0;

	request->state = content->state;
	if (want > 0 && content->starts)
		rc = read_lines(content, kind, request, offset, buf, want, err);
	else if (want > 0)
		memcpy(buf, content->whole.data + offset, want);
	if (rc == 0)
		*ret_len = want;
	return rc;
}

uint64_t trfs_side_content_memory(const struct trfs_side_content *content)
{
	if (!trfs_side_content_is_ready(content))
		return 0;
	return content->whole.capacity + content->state_size +
	       (content->starts ? (content->nr_blocks + 1) * sizeof(*content->starts)
				: 0);
}
