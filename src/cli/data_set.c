/* SPDX-License-Identifier: MIT */
/* The environment says where the index is kept. */
#include "cli/data_set.h"

#include "base/error.h"
#include "cli/hints.h"
#include "cli/mount_attribute.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "index/generation.h"
#include "stream/side_files.h"
#include <errno.h>
#include <limits.h>
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

bool trfs_data_set_is_walked(const struct trfs_options *options)
{
	return !options->manifest && options->parts.nr == 0 && !options->profile;
}

/* A mount's folders hold no images, but it knows where they are. */
static int check_no_mount(const struct trfs_options *options, struct trfs_error *err)
{
	const char *source = options->source;
	char shown[PATH_MAX];

	if (!trfs_data_set_is_walked(options) ||
	    !trfs_mount_attribute(source, "source", shown, sizeof(shown)))
		return 0;
	return trfs_fail(
		err, -EINVAL,
		"%s is a mount of tfrecordfs, which shows %s: name that, or type "
		"tfrecordfs status %s",
		source, shown, source);
}

int trfs_data_set_options(const struct trfs_settings *settings, struct trfs_options *ret,
			  struct trfs_error *err)
{
	int rc;

	*ret = settings->data;
	ret->source = settings->positionals[0];
	rc = check_no_mount(ret, err);
	return rc < 0 ? rc : trfs_side_files_check(ret->side_files, err);
}

int trfs_data_set_load(const struct trfs_settings *settings,
		       const struct trfs_progress *progress, struct trfs_generation **ret,
		       struct trfs_error *err)
{
	struct trfs_options options;
	const char *directory;
	char buf[4096];
	int rc = trfs_data_set_options(settings, &options, err);

	if (rc < 0)
		return rc;
	directory = trfs_data_set_index_directory(settings, buf, sizeof(buf));
	if (settings->join)
		return trfs_generation_join(&options, directory, settings->reindex,
					    progress, ret, err);
	return trfs_generation_open(&options, directory, settings->reindex, progress, ret,
				    err);
}

int trfs_data_set_part(const struct trfs_settings *settings, const char *directory,
		       uint32_t number, uint32_t nr, struct trfs_part_summary *ret,
		       struct trfs_error *err)
{
	struct trfs_progress_bar bar;
	struct trfs_progress progress = trfs_progress_bar_init(&bar, settings->quiet);
	struct trfs_options options;
	int rc = trfs_data_set_options(settings, &options, err);

	if (rc == 0)
		rc = trfs_part_build(&options, directory, number, nr, settings->reindex,
				     &progress, ret, err);
	trfs_progress_bar_done(&bar);
	return rc;
}

struct two_listeners {
	struct trfs_progress first, second;
};

static void report_to(const struct trfs_progress *listener, const char *what,
		      uint64_t done, uint64_t total)
{
	if (listener->report)
		listener->report(listener->user, what, done, total);
}

static void report_to_both(void *user, const char *what, uint64_t done, uint64_t total)
{
	const struct two_listeners *both = user;

	report_to(&both->first, what, done, total);
	report_to(&both->second, what, done, total);
}

int trfs_data_set_open(const struct trfs_settings *settings,
		       const struct trfs_progress *also, struct trfs_generation **ret,
		       struct trfs_error *err)
{
	struct trfs_progress_bar bar;
	struct two_listeners both = {
		.first = trfs_progress_bar_init(&bar, settings->quiet),
		.second = also ? *also : (struct trfs_progress){ .report = NULL },
	};
	struct trfs_progress progress = { .report = report_to_both, .user = &both };
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
