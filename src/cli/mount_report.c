/* SPDX-License-Identifier: MIT */
/* The end of it is commands that can be pasted, each on a line of its own. */
#include "cli/mount_report.h"

#include "cli/json_output.h"
#include "cli/mount_helper.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/pasted.h"
#include "cli/report.h"
#include "dataset/shard_glob.h"
#include "fuse/mountpoint.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t shown_bytes(const struct trfs_generation *g)
{
	return trfs_layout_total_size(g->layout, g->plan);
}

static void print_index(const struct trfs_generation *g)
{
	const char *path = trfs_generation_index_path(g);
	char size[TRFS_COUNT_SIZE], shown[PATH_MAX];
	size_t columns, room;
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return;
	columns = trfs_style_columns(stdout);
	trfs_output_bytes((uint64_t)st.st_size, size, sizeof(size));
	room = strlen("Index reused:  ().") + strlen(size);
	trfs_output_line("Index %s: %s (%s).",
			 trfs_generation_was_saved(g) ? "reused" : "saved", size,
			 trfs_style_shorten(path,
					    columns > room ? columns - room : columns,
					    shown, sizeof(shown)));
}

/* In two lines, which Python reads as one, where a terminal would break it elsewhere. */
static void print_train(const char *mountpoint, const char *glob)
{
	static const char call[] = "tf.data.TFRecordDataset(";
	size_t columns = trfs_style_columns(stdout);
	char text[TRFS_PASTED_SIZE], files[TRFS_PASTED_SIZE + TRFS_SHARD_NAME_MAX + 32];
	int len = snprintf(files, sizeof(files), "tf.io.gfile.glob(\"%s/%s\"))",
			   trfs_pasted_glob(mountpoint, text), glob);

	trfs_style_put(stdout, TRFS_STYLE_STRONG, "Train:");
	if (columns == 0 || strlen("Train: ") + strlen(call) + (size_t)len <= columns) {
		trfs_output_line(" %s%s", call, files);
		return;
	}
	putchar('\n');
	trfs_output_line("  %s", call);
	trfs_output_line("      %s", files);
}

/* Where to look next. */
static void print_steps(const struct trfs_settings *settings,
			const struct trfs_generation *g)
{
	const char *mountpoint = settings->positionals[1];
	char name[TRFS_SHARD_NAME_MAX], glob[TRFS_SHARD_NAME_MAX], word[TRFS_PASTED_SIZE];
	const char *typed = trfs_pasted_word(mountpoint, word);

	trfs_plan_shard_name(g->plan, 0, name);
	trfs_style_put(stdout, TRFS_STYLE_STRONG, "Look: ");
	trfs_output_line(" ls -l %s", typed);
	trfs_output_line("       tfrecordfs show %s/%s:0", typed, name);
	if (trfs_shard_glob(g->plan->name_template,
			    trfs_strings_get(&g->plan->split_names, 0), glob,
			    sizeof(glob)))
		print_train(mountpoint, glob);
	if (!settings->data.profile && !settings->data.side_files) {
		trfs_style_put(stdout, TRFS_STYLE_STRONG, "More: ");
		trfs_output_line(" cat %s/README.txt", typed);
		trfs_output_line("       ls %s/epochs/1", typed);
	}
	trfs_style_put(stdout, TRFS_STYLE_STRONG, "End:  ");
	trfs_output_line(" tfrecordfs umount %s", typed);
}

static void print_mounted(const struct trfs_settings *settings,
			  const struct trfs_generation *g, double seconds)
{
	const char *mountpoint = settings->positionals[1];
	uint32_t nr = trfs_plan_nr_shards(g->plan);
	char text[TRFS_COUNT_SIZE], shards[TRFS_COUNT_SIZE + 8], size[TRFS_COUNT_SIZE];

	print_index(g);
	snprintf(shards, sizeof(shards), "%s shard%s", trfs_count_text(nr, text),
		 nr == 1 ? "" : "s");
	trfs_output_bytes(shown_bytes(g), size, sizeof(size));
	if (trfs_mountpoint_descriptor(mountpoint) >= 0) {
		trfs_output_line("Serving %s: %s, %s, none of it written.", mountpoint,
				 shards, size);
		return;
	}
	trfs_paragraph_labelled(stdout, TRFS_STYLE_GOOD, "Mounted",
				"%s in %.0f ms: %s, %s, none of it written.", mountpoint,
				seconds * 1000, shards, size);
	print_steps(settings, g);
}

static json_t *mounted_json(const struct trfs_settings *settings,
			    const struct trfs_generation *g, double seconds)
{
	json_t *json = trfs_report_json(&settings->data, g->catalog, g->plan);
	const char *index = trfs_generation_index_path(g);

	json_object_set_new(json, "mountpoint", trfs_json_text(settings->positionals[1]));
	json_object_set_new(json, "index", trfs_json_text(index));
	json_object_set_new(json, "index_reused",
			    json_boolean(trfs_generation_was_saved(g)));
	json_object_set_new(json, "milliseconds", json_real(seconds * 1000));
	json_object_set_new(json, "bytes_shown",
			    json_integer((json_int_t)shown_bytes(g)));
	return json;
}

void trfs_mount_report_print(const struct trfs_settings *settings,
			     const struct trfs_generation *generation, double seconds,
			     const char *note)
{
	if (settings->json) {
		json_t *json = mounted_json(settings, generation, seconds);

		json_object_set_new(json, "note", trfs_json_text(note));
		(void)trfs_json_print(json, TRFS_EXIT_DONE);
	} else if (!settings->quiet && (!settings->call || settings->call->is_verbose)) {
		trfs_report_print(stdout, &settings->data, generation->catalog,
				  generation->plan);
		print_mounted(settings, generation, seconds);
		if (note)
			trfs_output_note("%s", note);
	}
	fflush(stdout);
}
