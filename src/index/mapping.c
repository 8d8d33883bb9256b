/* SPDX-License-Identifier: MIT */
/* Mapping a saved index, and judging its blocks when they are used. */
#include "index/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

void trfs_mapping_release(void *mapping)
{
	struct trfs_mapping *m = mapping;

	if (m->users > 0 && --m->users > 0)
		return;
	if (m->address)
		munmap(m->address, m->len);
	trfs_file_close(m->fd);
	if (m->guard)
		free((void *)m->guard->sound);
	free(m->guard);
	free(m->sections);
	free(m->crcs);
	free(m);
}

/* Somebody wrote to it, or cut it off, while it is mapped. */
static bool has_changed(const struct trfs_mapping *m)
{
	struct trfs_file_identity now;

	return trfs_file_identify(m->fd, &now, NULL) < 0 ||
	       !trfs_file_identity_equal(&now, &m->identity);
}

bool trfs_saved_index_damaged(const struct trfs_catalog *catalog)
{
	return trfs_guard_is_damaged(catalog->guard) ||
	       (catalog->release == trfs_mapping_release && has_changed(catalog->owner));
}

/* The first section that ends behind @offset. */
static uint32_t first_behind(const struct trfs_mapping *m, uint64_t offset)
{
	uint32_t low = 0, high = m->nr_sections;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (m->sections[middle].offset + m->sections[middle].len <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* For the guard: a block against the rules of the sections that were not read yet. */
static bool judge_block(const void *user, uint64_t offset, const uint8_t *data,
			size_t len)
{
	const struct trfs_mapping *m = user;
	uint64_t start = m->start + offset, end = start + len;

	for (uint32_t i = first_behind(m, start);
	     i < m->nr_sections && m->sections[i].offset < end; i++) {
		const struct trfs_index_section *s = &m->sections[i];
		uint64_t from = s->offset > start ? s->offset : start;
		uint64_t to = s->offset + s->len < end ? s->offset + s->len : end;

		if (s->is_lazy && from < to &&
		    !trfs_section_check_alone(&s->check, data + (from - start),
					      (size_t)(to - from)))
			return false;
	}
	return true;
}

static int make_guard(struct trfs_index_loader *l, struct trfs_mapping *m)
{
	struct trfs_guard *guard;

	if (l->whole)
		return 0;
	guard = m->guard = calloc(1, sizeof(*guard));
	if (!guard)
		return -ENOMEM;
	guard->sound = calloc((size_t)l->nr_blocks / 64 + 1, sizeof(*guard->sound));
	if (!guard->sound)
		return -ENOMEM;
	m->sections = malloc(l->nr_sections * sizeof(*m->sections));
	if (!m->sections)
		return -ENOMEM;
	memcpy(m->sections, l->sections, l->nr_sections * sizeof(*m->sections));
	m->nr_sections = l->nr_sections;
	m->crcs = TRFS_STEAL(l->crcs);
	m->start = l->start;
	guard->start = (const uint8_t *)m->address + l->start;
	guard->len = l->size - l->start;
	guard->crcs = m->crcs;
	guard->judge = judge_block;
	guard->user = m;
	return 0;
}

int trfs_mapping_open(struct trfs_index_loader *l, struct trfs_mapping **ret,
		      struct trfs_error *err)
{
	struct trfs_mapping *m = calloc(1, sizeof(*m));
	void *address;
	int rc;

	if (!m)
		return trfs_fail_memory(err, "the index");
	m->len = (size_t)l->size;
	m->fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
	address = mmap(NULL, m->len, PROT_READ, MAP_SHARED, l->fd, 0);
	if (address == MAP_FAILED) {
		rc = trfs_fail_errno(err, -errno, "mapping it");
		trfs_mapping_release(m);
		return rc;
	}
	m->address = address;
	rc = trfs_file_identify(m->fd, &m->identity, NULL);
	if (rc < 0) {
		trfs_mapping_release(m);
		return trfs_fail_errno(err, rc, "the index");
	}
	rc = make_guard(l, m);
	if (rc < 0) {
		trfs_mapping_release(m);
		return trfs_fail_memory(err, "the index");
	}
	*ret = m;
	return 0;
}
