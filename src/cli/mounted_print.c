/* SPDX-License-Identifier: MIT */
#include "cli/mounted_print.h"

#include "cli/json_output.h"
#include "cli/mount_helper.h"
#include "cli/output.h"
#include "cli/report.h"

#include "dataset/shard_glob.h"
#include "fuse/mountpoint.h"
#include "index/generation.h"
#include <sys/stat.h>

static uint64_t shown_bytes(const struct trfs_generation *g)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < trfs_plan_nr_shards(g->plan); i++)
		size += trfs_generation_shard_size(g, i);
	return size;
}

static void print_index(const struct trfs_generation *g)
{
	const char *path = trfs_generation_index_path(g);
	char size[TRFS_COUNT_SIZE];
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return;
	trfs_output_line(
		"Index %s: %s (%s).", trfs_generation_was_saved(g) ? "reused" : "saved",
		trfs_output_bytes((uint64_t)st.st_size, size, sizeof(size)), path);
}

/* Where to look next: commands that can be pasted. */
static void print_mounted(const struct trfs_settings *settings,
			  const struct trfs_generation *g, double seconds)
{
	const char *mountpoint = settings->positionals[1];
	char shards[TRFS_COUNT_SIZE], size[TRFS_COUNT_SIZE], name[TRFS_SHARD_NAME_MAX],
		glob[TRFS_SHARD_NAME_MAX];

	trfs_plan_shard_name(g->plan, 0, name);
	print_index(g);
	if (trfs_mountpoint_descriptor(mountpoint) >= 0) {
		trfs_output_line("Serving %s: %s shards, %s, none of it written.",
				 mountpoint,
				 trfs_count_text(trfs_plan_nr_shards(g->plan), shards),
				 trfs_output_bytes(shown_bytes(g), size, sizeof(size)));
		return;
	}
	trfs_output_line("Mounted %s in %.0f ms: %s shards, %s, none of it written.",
			 mountpoint, seconds * 1000,
			 trfs_count_text(trfs_plan_nr_shards(g->plan), shards),
			 trfs_output_bytes(shown_bytes(g), size, sizeof(size)));
	trfs_output_line("Look:  ls -l %s;  tfrecordfs show %s/%s:0", mountpoint,
			 mountpoint, name);
	if (trfs_shard_glob(g->plan->name_template,
			    trfs_strings_get(&g->plan->split_names, 0), glob,
			    sizeof(glob)))
		trfs_output_line(
			"Train: tf.data.TFRecordDataset(tf.io.gfile.glob(\"%s/%s\"))",
			mountpoint, glob);
	if (!settings->data.profile && !settings->data.side_files)
		trfs_output_line(
			"More:  cat %s/README.txt;  epochs/1/, folds/5/0/ and other "
			"views",
			mountpoint);
	trfs_output_line("End:   tfrecordfs umount %s", mountpoint);
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

void trfs_mounted_print(const struct trfs_settings *settings,
			const struct trfs_generation *g, double seconds, const char *note)
{
	if (settings->json) {
		json_t *json = mounted_json(settings, g, seconds);

		json_object_set_new(json, "note", trfs_json_text(note));
		(void)trfs_json_print(json, TRFS_EXIT_DONE);
	} else if (!settings->quiet && (!settings->call || settings->call->is_verbose)) {
		trfs_report_print(stdout, &settings->data, g->catalog, g->plan);
		print_mounted(settings, g, seconds);
		if (note)
			trfs_output_note("%s", note);
	}
	fflush(stdout);
}
