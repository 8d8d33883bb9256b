/* SPDX-License-Identifier: MIT */
/*
 * Templates of shard names: a byte of how many shards, then the template, the data set's
 * name and the split's, a NUL between them.  Names lead nowhere but into the mount, and
 * back to the shard that they are of.
 */
#include "feed_file.h"

#include "dataset/shard_glob.h"
#include "dataset/shard_name.h"
#include "dataset/split_names.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const char *template, struct trfs_bytes split, uint32_t nr_shards)
{
	struct trfs_shard_name_traits traits = trfs_shard_name_traits(template);
	char name[256], glob[256];

	(void)!trfs_shard_glob(template, split, glob, sizeof(glob));
	for (uint32_t i = 0; i < nr_shards; i++) {
		uint32_t found;

		if (!trfs_shard_name_format(template, split, i, nr_shards, name,
					    sizeof(name)))
			continue;
		insist(strlen(name) < sizeof(name));
		check_path(name);
		insist(trfs_shard_name_find(template, split, nr_shards, name, &found));
		insist(found == i || !traits.shard);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *texts[3];
	char *template = NULL;
	struct trfs_error err = { 0 };
	uint32_t nr_shards, unused;
	int rc;

	if (size < 1)
		return 0;
	nr_shards = data[0] < 0x80 ? data[0] : data[0] * UINT32_C(33554432);
	data++;
	size--;
	for (size_t i = 0; i < 3; i++) {
		size_t used;

		texts[i] = feed_text(data, size);
		used = strlen(texts[i]) + 1;
		used = used < size ? used : size;
		data += used;
		size -= used;
	}
	rc = trfs_shard_name_prepare(texts[0], *texts[1] ? texts[1] : NULL, &template,
				     &err);
	if (rc == 0) {
		insist(trfs_shard_name_sound(template));
		if (!trfs_split_names_objection(trfs_bytes_of(texts[2])))
			check_names(template, trfs_bytes_of(texts[2]),
				    nr_shards < 300 ? nr_shards : 300);
		(void)!trfs_shard_name_find(template, trfs_bytes_of("train"), nr_shards,
					    texts[2], &unused);
	} else {
		insist(rc == -EINVAL);
		check_sentence(err.message);
	}
	/* An index can hold any. */
	if (trfs_shard_name_sound(texts[0]))
		check_names(texts[0], trfs_bytes_of("train"), 3);
	free(template);
	for (size_t i = 0; i < 3; i++)
		free(texts[i]);
	return 0;
}
