/* SPDX-License-Identifier: MIT */
/*
 * A page for one mount: a word in front of each row, what is not as it should be in the
 * first ones.  Several mounts are a table, and below it what to do with those that need
 * it.
 */
#include "cli/status_print.h"

#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/pasted.h"
#include "cli/status_values.h"
#include "cli/style.h"
#include <string.h>

#define WORST_MAX     5u
#define LABEL_COLUMNS 12u

/* "  label     " in front of a row. */
static void put_label(const char *label)
{
	printf("  %-*s", (int)LABEL_COLUMNS - 2, label);
}

/* A path, which nobody pastes, within what is left of the line. */
static void put_path(const char *path, size_t nr_behind)
{
	size_t columns = trfs_style_columns(stdout), taken = LABEL_COLUMNS + nr_behind;
	char shown[8192];

	trfs_output_text(stdout,
			 trfs_bytes_of(trfs_style_shorten(
				 path, columns > taken ? columns - taken : columns, shown,
				 sizeof(shown))));
}

static void print_what(const json_t *mount)
{
	const char *index = trfs_status_string(mount, "index");
	const char *how = json_is_true(json_object_get(mount, "index_damaged"))
				  ? ", damaged: tfrecordfs reload builds another"
			  : json_is_true(json_object_get(mount, "index_reused"))
				  ? ", reused"
				  : ", built";
	struct trfs_status_room room;

	put_label("source");
	put_path(trfs_status_string(mount, "source"), 0);
	putchar('\n');
	put_label("shows");
	printf("%s records in %s shards, %s",
	       trfs_status_count(&room, 0, mount, "num_examples"),
	       trfs_status_count(&room, 1, mount, "num_shards"),
	       trfs_status_bytes(&room, 2, mount, "size"));
	if (trfs_status_number(mount, "problems") > 0)
		printf("; %s rows left out",
		       trfs_status_count(&room, 3, mount, "problems"));
	putchar('\n');
	put_label("index");
	put_path(*index ? index : "none", *index ? strlen(how) : 0);
	printf("%s\n", *index ? how : "");
}

static void print_reads(const json_t *mount)
{
	struct trfs_status_room room;

	put_label("now");
	printf("%s reads/s, %s/s; %s files open\n",
	       trfs_status_count(&room, 0, mount, "reads_per_second"),
	       trfs_status_bytes(&room, 1, mount, "bytes_per_second"),
	       trfs_status_count(&room, 2, mount, "open_files"));
	put_label("reads");
	printf("%s, %s; %s failed, %s wait\n",
	       trfs_status_count(&room, 0, mount, "reads"),
	       trfs_status_bytes(&room, 1, mount, "read_bytes"),
	       trfs_status_count(&room, 2, mount, "failed_reads"),
	       trfs_status_count(&room, 3, mount, "waiting_reads"));
}

static void print_failing(const json_t *mount)
{
	const json_t *failing = json_object_get(mount, "failing");
	struct trfs_status_room room;
	size_t i;
	json_t *one;

	put_label("failing");
	if (json_array_size(failing) == 0) {
		trfs_style_put(stdout, TRFS_STYLE_GOOD, "nothing");
	} else {
		trfs_style_put(stdout, TRFS_STYLE_BAD,
			       trfs_status_count(&room, 0, mount, "failing_images"));
		fputs(" of the source's files", stdout);
	}
	putchar('\n');
	json_array_foreach(failing, i, one)
	{
		char age[TRFS_STATUS_AGE_SIZE];

		if (i == WORST_MAX) {
			printf("            ... and others: problems.csv lists all\n");
			break;
		}
		put_label("");
		trfs_paragraph_behind(
			stdout, LABEL_COLUMNS, "%s %s in %s: %s",
			trfs_status_count(&room, 0, one, "times"),
			trfs_status_number(one, "times") == 1 ? "time" : "times",
			trfs_status_age(trfs_status_number(one, "seconds"), age),
			trfs_status_string(one, "reason"));
	}
	/* What is said to do about it may be done, where nothing fails any more. */
	if (json_array_size(failing) > 0 &&
	    trfs_status_number(mount, "failed_reads") > 0) {
		put_label("last");
		trfs_paragraph_behind(stdout, LABEL_COLUMNS, "%s",
				      trfs_status_string(mount, "last_failure"));
	}
}

static void print_stuck(const json_t *mount)
{
	const json_t *stuck = json_object_get(mount, "stuck");
	char text[32];
	size_t i;
	json_t *one;

	put_label("stuck");
	snprintf(text, sizeof(text), "%zu", json_array_size(stuck));
	if (json_array_size(stuck) == 0)
		trfs_style_put(stdout, TRFS_STYLE_GOOD, "nothing");
	else
		trfs_style_put(stdout, TRFS_STYLE_BAD, text);
	printf("%s\n", json_array_size(stuck) == 0 ? "" : " waiting for the source");
	json_array_foreach(stuck, i, one)
	{
		char age[TRFS_STATUS_AGE_SIZE];

		if (i == WORST_MAX) {
			printf("            ... and others\n");
			break;
		}
		trfs_output_line("            for %s: %s",
				 trfs_status_age(trfs_status_number(one, "seconds"), age),
				 trfs_status_string(one, "path"));
	}
}

static void print_process(const json_t *mount)
{
	char age[TRFS_STATUS_AGE_SIZE];
	struct trfs_status_room room;
	uint64_t restarts = trfs_status_number(mount, "restarts");

	put_label("memory");
	printf("%s views, %s; read ahead, %s\n",
	       trfs_status_count(&room, 0, mount, "views"),
	       trfs_status_bytes(&room, 1, mount, "view_bytes"),
	       trfs_status_bytes(&room, 2, mount, "chunk_bytes"));
	put_label("process");
	printf("%s", trfs_status_plain(&room, 0, mount, "pid"));
	if (trfs_status_number(mount, "worker_pid") > 0)
		printf(", worker %s", trfs_status_plain(&room, 1, mount, "worker_pid"));
	if (restarts > 0)
		printf(" (replaced %s %s)",
		       trfs_status_count(&room, 2, mount, "restarts"),
		       restarts == 1 ? "time" : "times");
	printf(", %s threads\n", trfs_status_count(&room, 3, mount, "threads"));
	put_label("up");
	printf("%s; ", trfs_status_age(trfs_status_number(mount, "uptime_seconds"), age));
	if (trfs_status_number(mount, "generation") > 1)
		printf("reloaded, and shows generation %s",
		       trfs_status_count(&room, 0, mount, "generation"));
	else
		printf("not reloaded");
	printf("\n");
	put_label("version");
	printf("%s, log level %s\n", trfs_status_string(mount, "version"),
	       trfs_status_string(mount, "log_level"));
	put_label("confined");
	trfs_paragraph_behind(stdout, LABEL_COLUMNS, "%s",
			      json_object_get(mount, "confinement")
				      ? trfs_status_string(mount, "confinement")
				      : "not known");
}

/* What to do with one that does not serve. */
static void print_way_out(const json_t *mount)
{
	const char *state = trfs_status_string(mount, "state");
	char text[TRFS_PASTED_SIZE];
	const char *mountpoint =
		trfs_pasted_word(trfs_status_string(mount, "mountpoint"), text);

	if (strcmp(state, "dead") == 0) {
		trfs_output_line("To clear it:       tfrecordfs umount %s", mountpoint);
	} else if (strcmp(state, "hung") == 0) {
		trfs_output_line("To see why:        tfrecordfs debug %s", mountpoint);
		trfs_output_line("To end it anyway:  tfrecordfs umount --lazy %s",
				 mountpoint);
	}
}

static bool says_more(const json_t *mount)
{
	return strcmp(trfs_status_string(mount, "state"), "serving") == 0 &&
	       json_object_get(mount, "version");
}

static void print_page(const json_t *mount)
{
	const char *state = trfs_status_string(mount, "state");

	trfs_output_text(stdout, trfs_bytes_of(trfs_status_string(mount, "mountpoint")));
	fputs(": ", stdout);
	trfs_style_put(stdout, trfs_status_style(mount), state);
	putchar('\n');
	print_way_out(mount);
	if (!says_more(mount))
		return;
	print_failing(mount);
	print_stuck(mount);
	print_reads(mount);
	print_what(mount);
	print_process(mount);
}

void trfs_status_print(const json_t *mounts)
{
	size_t i;
	json_t *mount;

	if (json_array_size(mounts) == 0)
		printf("No mounts.\n");
	else if (json_array_size(mounts) == 1)
		print_page(json_array_get(mounts, 0));
	else
		trfs_status_print_table(mounts);
	if (json_array_size(mounts) > 1)
		json_array_foreach(mounts, i, mount) print_way_out(mount);
}
