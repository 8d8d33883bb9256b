/* SPDX-License-Identifier: MIT */
/*
 * The record of an export that somebody else wrote: each name is there once and is found,
 * and the record that the next export begins says the same of all but the sums.
 */
#include "feed_file.h"
#include "source_files.h"

#include "stream/export.h"
#include "stream/export_record.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entries(const struct trfs_export_record *record)
{
	for (size_t i = 0; i < record->nr; i++) {
		const char *name = record->entries[i].name;

		insist(*name != '\0' && !strchr(name, '\n'));
		insist(i == 0 || strcmp(record->entries[i - 1].name, name) < 0);
		insist(trfs_export_record_find(record, name) == &record->entries[i]);
	}
}

static void check_same(const struct trfs_export_entry *a,
		       const struct trfs_export_entry *b)
{
	insist(strcmp(a->name, b->name) == 0 && a->size == b->size &&
	       a->inode == b->inode && a->mtime_ns == b->mtime_ns &&
	       memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0);
}

static void check_same_identity(const struct trfs_export_identity *a,
				const struct trfs_export_identity *b)
{
	insist(strcmp(a->source, b->source) == 0 && strcmp(a->view, b->view) == 0 &&
	       strcmp(a->fingerprint, b->fingerprint) == 0 &&
	       strcmp(a->content, b->content) == 0);
}

/* Begin another as the next export does, and add the entry of the sums. */
static void go_on(const struct trfs_export_record *before)
{
	const struct trfs_export_entry sums = { .size = 1, .name = TRFS_EXPORT_SUMS };
	struct trfs_export_record after;
	size_t nr = 0;
	int fd;

	insist(trfs_export_record_begin(source_directory(), &before->identity,
					before->gzip, before, &fd, NULL) == 0);
	insist(trfs_export_record_add(fd, &sums) == 0);
	close(fd);
	insist(trfs_export_record_read(source_directory(), &after, NULL) == 0);
	check_entries(&after);
	check_same_identity(&before->identity, &after.identity);
	insist(before->gzip == after.gzip);
	for (size_t i = 0; i < before->nr; i++) {
		const char *name = before->entries[i].name;

		if (strcmp(name, sums.name) == 0)
			continue;
		check_same(&before->entries[i], trfs_export_record_find(&after, name));
		nr++;
	}
	insist(after.nr == nr + 1);
	check_same(&sums, trfs_export_record_find(&after, sums.name));
	trfs_export_record_done(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_export_record record;
	struct trfs_error err = { 0 };
	int rc;

	source_write(TRFS_EXPORT_RECORD, data, size);
	rc = trfs_export_record_read(source_directory(), &record, &err);
	if (rc == 0) {
		check_entries(&record);
		go_on(&record);
	} else {
		insist(rc == -EINVAL && err.code == rc);
		check_sentence(err.message);
	}
	trfs_export_record_done(&record);
	return 0;
}
