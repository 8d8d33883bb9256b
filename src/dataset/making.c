/* SPDX-License-Identifier: MIT */
/*
 * The pass that makes contents.  Each thread appends what it made to a list of its own;
 * where an example's part of it lies is put together afterwards, in the catalog's order.
 */
#include "dataset/making.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "base/workers.h"
#include "dataset/augments.h"
#include "dataset/catalog_finish.h"
#include "dataset/catalog_memory.h"

#include <errno.h>
#include <stdlib.h>

/* Few: a large image takes a second. */
#define EXAMPLES_PER_WORK 4

/* One thread's own. */
struct making_worker {
	struct trfs_content_maker maker;
	struct trfs_buffer out;	 /* of one content */
	struct trfs_buffer made; /* struct trfs_made, one after the other */
	struct trfs_findings findings;
};

/* Where an example's part of a worker's list is. */
struct making_span {
	uint64_t offset;
	uint32_t len;
	uint32_t worker;
};

struct making {
	const struct trfs_catalog *catalog;
	const struct trfs_needs *needs;
	const struct trfs_earlier *known;
	struct trfs_part *part;
	bool check_all;
	struct making_worker *workers;
	unsigned int nr_workers;
	struct making_span *spans;
};

/* 1: made; 0: it cannot be, which is noted; else a negative errno. */
static int make(struct making_worker *w, const struct trfs_content_kind *kind,
		struct trfs_content_ref ref, struct trfs_error *err)
{
	struct trfs_error why = { 0 };
	int rc;

	trfs_buffer_reset(&w->out);
	rc = kind->make(&w->maker, ref, &w->out, &why);
	if (rc == 0)
		return w->out.failed ? trfs_fail_memory(err, kind->name) : 1;
	if (rc == -EBADMSG || rc == -EFBIG) {
		enum trfs_problem_kind problem =
			kind->needs_masks ? TRFS_PROBLEM_MASK : TRFS_PROBLEM_BAD_IMAGE;

		return trfs_findings_add(&w->findings, (uint32_t)ref.example, problem,
					 why.message);
	}
	return trfs_fail(err, rc, "%s", why.message);
}

static void keep(struct making_worker *w, struct trfs_content_ref ref)
{
	const struct trfs_made made = {
		.copy = ref.copy,
		.hole = ref.hole,
		.size = (uint32_t)w->out.len,
		.crc = trfs_crc32c(0, w->out.data, w->out.len),
	};

	trfs_buffer_put(&w->made, &made, sizeof(made));
}

/* All contents of one kind of an example or a copy; as make(). */
static int make_kind(const struct making *m, struct making_worker *w,
		     struct trfs_content_ref ref, enum trfs_content content,
		     struct trfs_error *err)
{
	uint32_t nr = trfs_content_nr_items(m->catalog, content, ref.example);
	const struct trfs_content_kind *kind;
	struct trfs_made before;
	int rc = 1;

	kind = trfs_content_kind(trfs_content_hole(content, 0));
	for (uint32_t item = 0; item < nr && rc > 0; item++) {
		uint64_t len;
		bool known;

		ref.hole = trfs_content_hole(content, item);
		known = kind->length(m->catalog, ref, &len);
		if (known &&
		    !(m->check_all && kind->origin(m->catalog, ref) == TRFS_ORIGIN_MADE))
			continue;
		if (trfs_earlier_made(m->known, m->catalog, ref,
				      known ? NULL : &before)) {
			if (!known)
				trfs_buffer_put(&w->made, &before, sizeof(before));
			continue;
		}
		rc = make(w, kind, ref, err);
		if (rc > 0 && !known)
			keep(w, ref);
	}
	return rc;
}

static int make_example(const struct making *m, unsigned int worker, uint64_t example,
			struct trfs_error *err)
{
	struct making_worker *w = &m->workers[worker];
	uint32_t nr_copies = trfs_augments_count(m->catalog, example);
	struct making_span *span = &m->spans[example];
	int rc = 1;

	*span = (struct making_span){ .offset = w->made.len, .worker = worker };
	for (uint32_t copy = 0; copy <= nr_copies && rc > 0; copy++) {
		struct trfs_content_ref ref = { .example = example, .copy = copy };

		for (unsigned int k = 1; k < TRFS_NR_CONTENTS && rc > 0; k++) {
			if (m->needs->contents & (1u << k))
				rc = make_kind(m, w, ref, (enum trfs_content)k, err);
		}
	}
	if (w->made.failed)
		return trfs_fail_memory(err, "lengths of images");
	span->len = (uint32_t)(w->made.len - span->offset);
	return rc;
}

static int make_range(void *user, unsigned int worker, uint64_t first, uint64_t end,
		      struct trfs_error *err)
{
	for (uint64_t example = first; example < end; example++) {
		int rc = make_example(user, worker, example, err);

		if (rc == -ENOMEM)
			return trfs_fail_memory(err, "making images");
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* For the part, before examples are dropped. */
static int tell_part(const struct making *m, uint64_t example, struct trfs_bytes made)
{
	struct trfs_name room;

	return trfs_part_add_made(m->part, trfs_catalog_name(m->catalog, example, &room),
				  trfs_catalog_row(m->catalog, example), made);
}

/* What was made of the examples that stay. */
static int gather(const struct making *m, const struct trfs_findings *findings,
		  struct trfs_string_table **ret)
{
	struct trfs_string_table *made = trfs_string_table_new();
	int rc = made ? 0 : -ENOMEM;

	if (rc == 0 && m->part)
		rc = trfs_part_begin_made(m->part, m->catalog);
	for (uint64_t i = 0; rc == 0 && i < m->catalog->nr_examples; i++) {
		const struct making_span *span = &m->spans[i];
		const struct trfs_buffer *list = &m->workers[span->worker].made;
		const struct trfs_bytes bytes = { list->data ? list->data + span->offset
							     : NULL,
						  span->len };

		if (trfs_findings_find(findings, (uint32_t)i))
			continue;
		rc = trfs_string_table_add(made, bytes, NULL);
		if (rc == 0 && m->part)
			rc = tell_part(m, i, bytes);
	}
	if (rc < 0) {
		trfs_string_table_free(made);
		return rc;
	}
	*ret = made;
	return 0;
}

static int finish(struct trfs_catalog *catalog, struct making *m,
		  const struct trfs_options *options, struct trfs_error *err)
{
	struct trfs_findings findings = { 0 };
	struct trfs_string_table *made = NULL;
	int rc = 0;

	for (unsigned int i = 0; i < m->nr_workers && rc == 0; i++)
		rc = trfs_findings_merge(&findings, &m->workers[i].findings);
	trfs_findings_sort(&findings);
	if (rc == 0)
		rc = gather(m, &findings, &made);
	if (rc < 0)
		trfs_fail_memory(err, "lengths of images");
	else
		rc = trfs_catalog_finish(catalog, &findings, made, options->on_bad, err);
	trfs_findings_done(&findings);
	return rc;
}

static int start(struct making *m, const struct trfs_root *root, unsigned int nr_threads)
{
	m->spans = calloc((size_t)m->catalog->nr_examples + 1, sizeof(*m->spans));
	m->workers = calloc(nr_threads, sizeof(*m->workers));
	if (!m->spans || !m->workers)
		return -ENOMEM;
	m->nr_workers = nr_threads;
	for (unsigned int i = 0; i < nr_threads; i++) {
		struct making_worker *w = &m->workers[i];

		trfs_content_maker_init(&w->maker, m->catalog, root);
		trfs_buffer_init(&w->out, UINT32_MAX);
		trfs_buffer_init(&w->made, SIZE_MAX / 2);
	}
	return 0;
}

static void end(struct making *m)
{
	for (unsigned int i = 0; i < m->nr_workers; i++) {
		struct making_worker *w = &m->workers[i];

		trfs_content_maker_done(&w->maker);
		trfs_buffer_done(&w->out);
		trfs_buffer_done(&w->made);
		trfs_findings_done(&w->findings);
	}
	free(m->workers);
	free(m->spans);
}

int trfs_making_run(struct trfs_catalog *catalog, const struct trfs_needs *needs,
		    struct trfs_earlier *known, struct trfs_part *part,
		    const struct trfs_options *options,
		    const struct trfs_progress *progress, struct trfs_error *err)
{
	struct making m = {
		.catalog = catalog,
		.needs = needs,
		.known = known,
		.part = part,
		.check_all = options->check == TRFS_CHECK_FULL,
	};
	struct trfs_root root;
	int rc;

	if (!needs->measuring)
		return 0;
	if (known)
		trfs_earlier_meet(known, catalog);
	rc = trfs_root_open(&root, catalog->root_path, catalog->follow, err);
	if (rc < 0)
		return rc;
	if (start(&m, &root, trfs_workers_nr_threads(options->threads)) < 0)
		rc = trfs_fail_memory(err, "making images");
	else
		rc = trfs_workers_run(m.nr_workers, catalog->nr_examples,
				      EXAMPLES_PER_WORK, make_range, &m,
				      "Encoding images", progress, err);
	if (rc == 0)
		rc = finish(catalog, &m, options, err);
	end(&m);
	trfs_root_close(&root);
	return rc;
}
