/* SPDX-License-Identifier: MIT */
/*
 * Lists of what is wrong, sorted by what it is wrong with.  Reasons are interned: fifty
 * thousand missing images share one sentence.
 */
#include "dataset/findings.h"

#include <errno.h>
#include <stdlib.h>

#define NR_FIRST 16

void trfs_findings_done(struct trfs_findings *findings)
{
	free(findings->items);
	trfs_string_table_free(findings->reasons);
	*findings = (struct trfs_findings){ 0 };
}

static int reserve(struct trfs_findings *findings)
{
	size_t capacity = findings->capacity ? findings->capacity * 2 : NR_FIRST;
	struct trfs_finding *items;

	if (findings->nr < findings->capacity)
		return 0;
	items = reallocarray(findings->items, capacity, sizeof(*items));
	if (!items)
		return -ENOMEM;
	findings->items = items;
	findings->capacity = capacity;
	return 0;
}

static int add(struct trfs_findings *findings, uint32_t subject, uint32_t kind,
	       struct trfs_bytes reason)
{
	uint32_t number;
	int rc;

	if (!findings->reasons)
		findings->reasons = trfs_string_table_new();
	if (!findings->reasons || reserve(findings) < 0)
		return -ENOMEM;
	rc = trfs_string_table_intern(findings->reasons, reason, &number, NULL);
	if (rc < 0)
		return rc;
	findings->items[findings->nr++] = (struct trfs_finding){ .subject = subject,
								 .kind = kind,
								 .reason = number };
	return 0;
}

int trfs_findings_add(struct trfs_findings *findings, uint32_t subject, uint32_t kind,
		      const char *reason)
{
	return add(findings, subject, kind, trfs_bytes_of(reason));
}

int trfs_findings_merge(struct trfs_findings *to, const struct trfs_findings *from)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < from->nr; i++) {
		const struct trfs_finding *item = &from->items[i];

		rc = add(to, item->subject, item->kind, trfs_findings_reason(from, item));
	}
	return rc;
}

static int compare(const void *a, const void *b)
{
	const struct trfs_finding *x = a, *y = b;

	return (x->subject > y->subject) - (x->subject < y->subject);
}

void trfs_findings_sort(struct trfs_findings *findings)
{
	if (findings->nr > 0)
		qsort(findings->items, findings->nr, sizeof(*findings->items), compare);
}

const struct trfs_finding *trfs_findings_find(const struct trfs_findings *findings,
					      uint32_t subject)
{
	struct trfs_finding wanted = { .subject = subject };

	if (findings->nr == 0)
		return NULL;
	return bsearch(&wanted, findings->items, findings->nr, sizeof(wanted), compare);
}

struct trfs_bytes trfs_findings_reason(const struct trfs_findings *findings,
				       const struct trfs_finding *finding)
{
	struct trfs_strings reasons = trfs_string_table_view(findings->reasons);

	return trfs_strings_get(&reasons, finding->reason);
}
