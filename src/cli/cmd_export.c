/* SPDX-License-Identifier: MIT */
/*
 * export: real files of a data set, or of what a mount shows, for machines and storage
 * that have no FUSE.
 */
#include "cli/command.h"
#include "cli/data_set.h"
#include "cli/export_mount.h"
#include "cli/export_print.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"

#include "base/error.h"
#include "dataset/options.h"
#include "index/generation.h"
#include "stream/export.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Set by a signal. */
static atomic_bool stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	atomic_store(&stopped, true);
}

/*
 * The first one ends what is being done in good order, the second one at once.  What is
 * ignored already stays so, as under nohup and in the background of a script.
 */
static void take_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < TRFS_COUNT(ends); i++) {
		struct sigaction before;

		if (sigaction(ends[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			sigaction(ends[i], &action, NULL);
	}
	/* A file that may not grow is an error like others. */
	sigaction(SIGXFSZ, &ignored, NULL);
}

/* Where the data are; one of the two. */
struct opened {
	struct trfs_generation *generation;
	struct trfs_export_view *view;
	struct trfs_export_mount *mount;
};

static int parse_compression(const struct trfs_settings *settings, bool *ret_gzip,
			     struct trfs_error *err)
{
	const char *word = settings->compression ? settings->compression : "none";

	*ret_gzip = strcmp(word, "gzip") == 0;
	if (*ret_gzip || strcmp(word, "none") == 0)
		return 0;
	return trfs_fail(err, -EINVAL, "--compression is none or gzip, not \"%s\"", word);
}

static bool has_no_side_files(const struct trfs_settings *settings)
{
	const char *names = settings->data.side_files;

	return names && strcmp(names, "none") == 0;
}

static int refuse_option(const struct trfs_settings *settings, const char *name,
			 struct trfs_error *err)
{
	return trfs_fail(err, -EINVAL,
			 "%s is a mount, whose shards are copied as they are: --%s is "
			 "given where it is mounted, or with the source instead",
			 settings->positionals[0], name);
}

/* A mount is as it is: of what describes a data set only this means anything to it. */
static int check_mount_options(const struct trfs_settings *settings,
			       struct trfs_error *err)
{
	const char *mount = settings->positionals[0];

	if (settings->view)
		return trfs_fail(err, -EINVAL,
				 "%s is a mount: instead of --view, name the directory "
				 "%s/%s",
				 mount, mount, settings->view);
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const char *name = trfs_option_table[i].name;

		if (!settings->given[i] || strcmp(name, "threads") == 0 ||
		    (strcmp(name, "side-files") == 0 && has_no_side_files(settings)))
			continue;
		return refuse_option(settings, name, err);
	}
	if (settings->index_directory)
		return refuse_option(settings, "index", err);
	return settings->reindex ? refuse_option(settings, "reindex", err) : 0;
}

/* The path of --view without slashes at its ends; NULL: no memory. */
static char *view_path(const struct trfs_settings *settings)
{
	const char *path = settings->view ? settings->view : "";
	size_t len;

	path += strspn(path, "/");
	len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	return strndup(path, len);
}

static int open_view(const struct trfs_settings *settings, bool with_side_files,
		     struct opened *ret, struct trfs_error *err)
{
	char *path = view_path(settings);
	int rc = path ? trfs_data_set_open(settings, NULL, &ret->generation, err)
		      : trfs_fail_memory(err, "the view's name");

	if (rc == 0 && !settings->quiet)
		trfs_report_note_skipped(trfs_generation_catalog(ret->generation));
	if (rc == 0)
		rc = trfs_export_view_open(ret->generation, path, with_side_files,
					   &ret->view, err);
	free(path);
	return rc;
}

static int open_source(const struct trfs_settings *settings, bool gzip,
		       struct opened *ret, struct trfs_error *err)
{
	/* Side files tell of the shards as they are without compression. */
	bool with_side_files = !gzip && !has_no_side_files(settings);
	bool is_mount;
	int rc = trfs_export_is_mount(settings->positionals[0], &is_mount, err);

	if (rc == 0 && !is_mount)
		return open_view(settings, with_side_files, ret, err);
	if (rc == 0)
		rc = check_mount_options(settings, err);
	if (rc == 0)
		rc = trfs_export_mount_open(settings->positionals[0], with_side_files,
					    &ret->mount, err);
	return rc;
}

static const struct trfs_export_source *source_of(const struct opened *opened)
{
	return opened->mount ? trfs_export_mount_source(opened->mount)
			     : trfs_export_view_source(opened->view);
}

static void close_source(struct opened *opened)
{
	trfs_export_view_close(opened->view);
	trfs_export_mount_close(opened->mount);
	trfs_generation_free(opened->generation);
}

/* The real path of @path, or of what it will be in where it is not there yet. */
static bool real_path(const char *path, char ret[PATH_MAX])
{
	char *parent, *slash;
	bool found;

	if (realpath(path, ret))
		return true;
	parent = strdup(path);
	if (!parent)
		return false;
	while ((slash = strrchr(parent, '/')) && slash[1] == '\0' && slash > parent)
		*slash = '\0';
	if (slash)
		slash[slash == parent] = '\0';
	found = realpath(slash ? parent : ".", ret);
	free(parent);
	return found;
}

static int refuse_place(const char *destination, const char *root, const char *what,
			struct trfs_error *err)
{
	return trfs_fail(err, -EINVAL,
			 "%s lies in %s, which is %s: export into a directory outside",
			 destination, root, what);
}

/*
 * Files that are written among the images would be images, or shards, the next time; also
 * to a mount that shows these images.
 */
static int check_destination(const struct trfs_settings *settings,
			     const struct opened *opened, struct trfs_error *err)
{
	const char *destination = settings->positionals[1];
	const struct trfs_export_source *source = source_of(opened);
	const char *root = opened->mount ? trfs_export_mount_root(opened->mount) : NULL;
	char real[PATH_MAX];

	if (!*destination)
		return trfs_fail(err, -EINVAL, "DEST is empty; name a directory");
	if (!real_path(destination, real))
		return 0;
	if (root && trfs_path_is_beneath(real, root))
		return refuse_place(destination, root, "the mount", err);
	if (trfs_path_is_beneath(real, source->identity.source))
		return refuse_place(destination, source->identity.source,
				    "the source of the images", err);
	return 0;
}

static void note_doubt(uint64_t nr_bytes_at_most, uint64_t nr_bytes_free)
{
	char needed[TRFS_COUNT_SIZE], there[TRFS_COUNT_SIZE];

	trfs_output_note("there are %s bytes free, and %s are to be compressed: they fit "
			 "only if they get so small",
			 trfs_count_text(nr_bytes_free, there),
			 trfs_count_text(nr_bytes_at_most, needed));
}

static int write_files(const struct trfs_settings *settings, const struct opened *opened,
		       bool gzip)
{
	struct trfs_error err = { 0 };
	struct trfs_progress_bar bar;
	struct trfs_progress progress = trfs_progress_bar_init(&bar, settings->quiet);
	struct trfs_export_result result;
	struct trfs_export_request request = {
		.source = source_of(opened),
		.destination = settings->positionals[1],
		.gzip = gzip,
		.threads = settings->data.threads,
		.stopped = &stopped,
		.progress = &progress,
		.doubt = settings->quiet ? NULL : note_doubt,
	};
	int rc, code;

	bar.in_bytes = true;
	take_signals();
	rc = trfs_export_run(&request, &result, &err);
	trfs_progress_bar_done(&bar);
	if (rc == -EINTR)
		trfs_fail(&err, rc, "stopped by a signal");
	code = trfs_export_print(
		settings, &request, &result,
		opened->mount ? trfs_export_mount_root(opened->mount) : NULL, rc, &err);
	trfs_export_result_done(&result);
	return code;
}

int trfs_cmd_export(const struct trfs_settings *settings)
{
	struct opened opened = { .generation = NULL };
	struct trfs_error err = { 0 };
	bool gzip;
	int code, rc = parse_compression(settings, &gzip, &err);

	if (rc == 0)
		rc = open_source(settings, gzip, &opened, &err);
	if (rc == 0)
		rc = check_destination(settings, &opened, &err);
	if (rc < 0) {
		trfs_output_error("%s", err.message);
		code = trfs_output_exit_code(&err);
	} else {
		code = write_files(settings, &opened, gzip);
	}
	close_source(&opened);
	return code;
}
