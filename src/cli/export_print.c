/* SPDX-License-Identifier: MIT */
#include "cli/export_print.h"

#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/pasted.h"
#include "dataset/source_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many files that failed are named; --json names all. */
#define NR_NAMED 5

static size_t nr_shards(const struct trfs_export_source *source)
{
	size_t nr = 0;

	while (nr < source->nr && source->files[nr].is_shard)
		nr++;
	return nr;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Where in the name of the first shard a star stands for all of its split: in place of
 * the number in which the names of the first two differ.  False: there is none.
 */
static bool find_star(const struct trfs_export_source *source, size_t *ret_start,
		      size_t *ret_end)
{
	const char *first = source->files[0].name;
	const char *second = nr_shards(source) > 1 ? source->files[1].name : first;
	size_t start = 0, end;

	while (first[start] && first[start] == second[start])
		start++;
	if (!is_digit(first[start]) || !is_digit(second[start]))
		return false;
	end = start;
	while (start > 0 && is_digit(first[start - 1]))
		start--;
	while (is_digit(first[end]))
		end++;
	*ret_start = start;
	*ret_end = end;
	return true;
}

static void print_pattern(const struct trfs_export_request *request)
{
	const char *name = request->source->files[0].name;
	size_t start = strlen(name), end = start;
	bool has_star = find_star(request->source, &start, &end);
	char before[TRFS_PASTED_SIZE], behind[TRFS_PASTED_SIZE], *path;

	if (asprintf(&path, "%s/%.*s", request->destination, (int)start, name) < 0)
		return;
	trfs_output_line("To read them:  "
			 "tf.data.TFRecordDataset(tf.io.gfile.glob(\"%s%s%s%s\")%s)",
			 trfs_pasted_glob(path, before), has_star ? "*" : "",
			 trfs_pasted_glob(name + end, behind), request->gzip ? ".gz" : "",
			 request->gzip ? ", compression_type=\"GZIP\"" : "");
	free(path);
}

static void print_next(const struct trfs_export_request *request)
{
	char text[TRFS_PASTED_SIZE];

	trfs_output_line("To check the copies:  (cd %s && sha256sum --quiet "
			 "-c " TRFS_EXPORT_SUMS ")",
			 trfs_pasted_word(request->destination, text));
	print_pattern(request);
}

static void print_complete(const struct trfs_export_request *request,
			   const struct trfs_export_result *result)
{
	size_t shards = nr_shards(request->source);
	size_t others = request->source->nr - shards;
	char nr[TRFS_COUNT_SIZE], nr_others[TRFS_COUNT_SIZE], size[TRFS_COUNT_SIZE],
		rate[TRFS_COUNT_SIZE], seconds[TRFS_COUNT_SIZE];
	double spent = result->seconds > 0.001 ? result->seconds : 0.001;

	trfs_count_text(shards, nr);
	trfs_count_text(others, nr_others);
	if (result->nr_kept == request->source->nr)
		trfs_output_line("%s holds all already: %s shards and %s other files.",
				 request->destination, nr, nr_others);
	else
		trfs_output_line(
			"%s holds all: %s shards and %s other files.  Wrote %s in %s, "
			"%s/s.",
			request->destination, nr, nr_others,
			trfs_output_bytes(result->bytes_written, size, sizeof(size)),
			trfs_output_seconds(spent, seconds, sizeof(seconds)),
			trfs_output_bytes(
				(uint64_t)((double)result->bytes_written / spent), rate,
				sizeof(rate)));
	if (result->nr_kept > 0 && result->nr_kept < request->source->nr)
		trfs_output_line("Of these, %s files were whole before.",
				 trfs_count_text(result->nr_kept, nr));
	if (result->nr_mended > 0)
		trfs_output_line("Of these, %s files had been changed, and were written "
				 "anew.",
				 trfs_count_text(result->nr_mended, nr));
	print_next(request);
}

/* Why a file failed, without its name and without advice; NULL: no memory. */
static char *reason_of(const struct trfs_export_request *request,
		       const struct trfs_export_failure *failure)
{
	const char *name = request->source->files[failure->file].name;
	const char *message = failure->error.message;
	size_t len = strlen(name);
	const char *advice = strstr(message, TRFS_SOURCE_ADVICE);

	if (strncmp(message, name, len) == 0 && message[len] == ' ')
		message += len + 1;
	return advice ? strndup(message, (size_t)(advice - message)) : strdup(message);
}

static bool has_changed(const struct trfs_export_failure *failure)
{
	return failure->error.code == -ESTALE || failure->error.code == -ENOENT;
}

/*
 * What can be typed then.  What changed is not exported by typing the same again, as it
 * does not mix with what is there already.
 */
static void print_advice(const struct trfs_export_request *request,
			 const struct trfs_export_result *result, const char *mountpoint)
{
	static const char restore[] =
		"restore in place, with their times, the images that changed since they "
		"were indexed, and type the same again, or export all as it is now into "
		"another directory";
	char nr[TRFS_COUNT_SIZE], all[TRFS_COUNT_SIZE], word[TRFS_PASTED_SIZE];
	size_t nr_changed = 0;

	for (size_t i = 0; i < result->nr_failures; i++)
		nr_changed += has_changed(&result->failures[i]);
	trfs_count_text(result->nr_failures, nr);
	trfs_count_text(request->source->nr, all);
	if (mountpoint)
		trfs_output_error("%s of %s files could not be read and are not in %s, "
				  "the others are; mend the images, or %s, after "
				  "tfrecordfs reload %s",
				  nr, all, request->destination, restore,
				  trfs_pasted_word(mountpoint, word));
	else if (nr_changed == 0)
		trfs_output_error("%s of %s files could not be read and are not in %s, "
				  "the others are; mend the images, and type the same "
				  "again",
				  nr, all, request->destination);
	else
		trfs_output_error("%s of %s files could not be read and are not in %s, "
				  "the others are; %s%s, with --reindex",
				  nr, all, request->destination,
				  nr_changed < result->nr_failures
					  ? "mend the images that cannot be read, "
					  : "",
				  restore);
}

/* Which files failed, and why: the first by name. */
static void print_failures(const struct trfs_export_request *request,
			   const struct trfs_export_result *result,
			   const char *mountpoint)
{
	char nr[TRFS_COUNT_SIZE];

	for (size_t i = 0; i < result->nr_failures && i < NR_NAMED; i++) {
		char *reason = reason_of(request, &result->failures[i]);

		trfs_output_line("%s: %s",
				 request->source->files[result->failures[i].file].name,
				 reason ? reason : "no memory");
		free(reason);
	}
	if (result->nr_failures > NR_NAMED)
		trfs_output_line("... and %s more; --json lists all",
				 trfs_count_text(result->nr_failures - NR_NAMED, nr));
	print_advice(request, result, mountpoint);
}

/* What ended it before it was done, and how to go on where something was written. */
static void print_end(const struct trfs_export_request *request,
		      const struct trfs_export_result *result,
		      const struct trfs_error *err)
{
	char nr[TRFS_COUNT_SIZE], all[TRFS_COUNT_SIZE];

	/* What was reloaded has to be exported elsewhere. */
	if (!result->has_begun || err->code == -ESTALE)
		trfs_output_error("%s", err->message);
	else
		trfs_output_error("%s; %s of %s files are whole in %s, and the same "
				  "command goes on from there",
				  err->message, trfs_count_text(result->nr_whole, nr),
				  trfs_count_text(request->source->nr, all),
				  request->destination);
}

static json_t *failures_json(const struct trfs_export_request *request,
			     const struct trfs_export_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < result->nr_failures; i++) {
		const struct trfs_export_failure *f = &result->failures[i];
		char *reason = reason_of(request, f);
		json_t *one =
			json_pack("{s:o, s:o}", "file",
				  trfs_json_text(request->source->files[f->file].name),
				  "error", trfs_json_text(reason));

		free(reason);
		if (json_array_append_new(list, one) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static int print_json(const struct trfs_export_request *request,
		      const struct trfs_export_result *result,
		      const struct trfs_error *err, int code)
{
	size_t shards = nr_shards(request->source);
	json_t *json = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:b}", "destination",
		trfs_json_text(request->destination), "shards", trfs_json_count(shards),
		"other_files", trfs_json_count(request->source->nr - shards), "whole",
		trfs_json_count(result->nr_whole), "kept",
		trfs_json_count(result->nr_kept), "mended",
		trfs_json_count(result->nr_mended), "bytes_written",
		trfs_json_count(result->bytes_written), "compression",
		trfs_json_text(request->gzip ? "gzip" : "none"), "seconds",
		result->seconds, "complete", result->is_complete);

	json = trfs_json_with(json, "failed", failures_json(request, result));
	json = trfs_json_with(json, "failure",
			      trfs_json_text(err->code ? err->message : NULL));
	return trfs_json_print(json, code);
}

int trfs_export_print(const struct trfs_settings *settings,
		      const struct trfs_export_request *request,
		      const struct trfs_export_result *result, const char *mountpoint,
		      int rc, const struct trfs_error *err)
{
	int code = rc < 0		     ? trfs_output_exit_code(err)
		   : result->nr_failures > 0 ? TRFS_EXIT_DATA
					     : TRFS_EXIT_DONE;

	if (rc < 0)
		print_end(request, result, err);
	else if (result->nr_failures > 0 && !settings->json)
		print_failures(request, result, mountpoint);
	if (settings->json)
		return print_json(request, result, err, code);
	if (code == TRFS_EXIT_DONE && !settings->quiet)
		print_complete(request, result);
	return code;
}
