/* SPDX-License-Identifier: MIT */
/* The only reader of the environment: it says where the index is kept. */
#include "cli/data_set.h"
#include "cli/hints.h"

#include "cli/output.h"
#include "cli/progress.h"

#include "stream/side_files.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *trfs_data_set_index_directory(const struct trfs_settings *settings, char *buf,
					  size_t len)
{
	const char *given = settings->index_directory;
	const char *systemd = getenv("CACHE_DIRECTORY");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int needed;

	if (given)
		return strcmp(given, "none") == 0 ? NULL : given;
	if (systemd && *systemd == '/')
		needed = snprintf(buf, len, "%.*s", (int)strcspn(systemd, ":"), systemd);
	else if (xdg && *xdg == '/')
		needed = snprintf(buf, len, "%s/tfrecordfs", xdg);
	else if (home && *home == '/')
		needed = snprintf(buf, len, "%s/.cache/tfrecordfs", home);
	else
		return NULL;
	return needed > 0 && (size_t)needed < len ? buf : NULL;
}

int trfs_data_set_load(const struct trfs_settings *settings,
		       const struct trfs_progress *progress, struct trfs_generation **ret,
		       struct trfs_error *err)
{
	struct trfs_options options = settings->data;
	char directory[4096];
	int rc;

	options.source = settings->positionals[0];
	/* First, so that nobody waits for a scan that ends in a mistyped name. */
	rc = trfs_side_files_check(options.side_files, err);
	if (rc < 0)
		return rc;
	return trfs_generation_open(
		&options,
		trfs_data_set_index_directory(settings, directory, sizeof(directory)),
		settings->reindex, progress, ret, err);
}

int trfs_data_set_open(const struct trfs_settings *settings, struct trfs_generation **ret,
		       struct trfs_error *err)
{
	struct trfs_progress_bar bar;
	struct trfs_progress progress = trfs_progress_bar_init(&bar, settings->quiet);
	const char *note;
	int rc = trfs_data_set_load(settings, &progress, ret, err);

	trfs_progress_bar_done(&bar);
	if (rc < 0) {
		trfs_hint_missing(settings, err);
		return rc;
	}
	note = trfs_generation_note(*ret);
	if (note && !settings->quiet)
		trfs_output_note("%s", note);
	return 0;
}
