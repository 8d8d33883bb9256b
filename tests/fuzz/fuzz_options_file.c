/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a data set file.  With an odd first byte the command line has said
 * something of every option already, which then wins.
 */
#include "option_feed.h"

#include "cli/options_file.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_applied(const struct trfs_settings *settings, const char *path)
{
	const char *source = settings->positionals[0];

	insist(source && source != path && *source);
	/* Relative paths are relative to the file. */
	insist(source[0] == '/');
	for (unsigned int i = 0; i < settings->data.image_directories.nr; i++)
		insist(settings->data.image_directories.items[i][0] == '/' ||
		       strcmp(settings->data.image_directories.items[i], "none") == 0);
	check_options(&settings->data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *positionals[1];
	struct trfs_settings settings = { .positionals = positionals };
	struct trfs_error err = { 0 };
	int rc;

	if (size < 1)
		return 0;
	positionals[0] = feed_file("dataset.json", data + 1, size - 1);
	trfs_options_init(&settings.data);
	for (size_t i = 0; i < trfs_option_table_len; i++)
		settings.given[i] = data[0] & 1;
	rc = trfs_options_file_apply(&settings, &err);
	if (rc == 0) {
		check_applied(&settings, feed_link);
	} else {
		insist(rc == err.code && rc == -EINVAL);
		check_sentence(err.message);
	}
	settings.options_file = trfs_options_file_free(settings.options_file);
	return 0;
}
