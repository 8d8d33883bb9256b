/* SPDX-License-Identifier: MIT */
/*
 * An ordinary build of a catalog, but of the share alone, and of what was seen on the way
 * a part is made.  The catalog itself is only good for telling what is wrong.
 */
#include "index/part_build.h"

#include "base/error.h"
#include "dataset/problems.h"
#include "index/parts.h"
#include "index/preparation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * struct part_job - a part being made
 * @options: of the user, but that problems are listed
 * @before: the same part as it was made before, while it is open
 */
struct part_job {
	struct trfs_options options;
	struct trfs_preparation preparation;
	uint8_t fingerprint[TRFS_FINGERPRINT_SIZE];
	struct trfs_part part;
	char name[TRFS_INDEX_NAME_MAX];
	char *path;
	struct trfs_part_file before;
	struct trfs_catalog *catalog;
};

static int check_number(uint32_t number, uint32_t nr, struct trfs_error *err)
{
	if (nr >= 1 && nr <= TRFS_PARTS_MAX && number >= 1 && number <= nr)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "there is no part %" PRIu32 " of %" PRIu32
			 "; of eight parts they are 1/8 to 8/8, and there are at most %u",
			 number, nr, TRFS_PARTS_MAX);
}

static int locate(struct part_job *job, const char *directory, struct trfs_error *err)
{
	char index_name[TRFS_INDEX_NAME_MAX];

	trfs_fingerprint_file_name(job->options.source, job->fingerprint, index_name);
	trfs_part_name(index_name, job->part.number, job->part.nr, job->name);
	if (asprintf(&job->path, "%s/%s", directory, job->name) >= 0)
		return 0;
	job->path = NULL;
	return trfs_fail_memory(err, "the part");
}

/* Fills job->part.  @known may be NULL. */
static int look(struct part_job *job, struct trfs_earlier *known,
		const struct trfs_progress *progress, struct trfs_error *err)
{
	struct trfs_schema *schema = NULL;
	int rc = trfs_preparation_run(&job->preparation, &job->options, known, &job->part,
				      progress, &job->catalog, &schema, err);

	trfs_schema_free(schema);
	return rc;
}

/* Without opening again what the part that is there has seen; it saves time at most. */
static int look_again(struct part_job *job, const struct trfs_progress *progress,
		      struct trfs_error *err)
{
	struct trfs_earlier known;
	int rc;

	if (trfs_part_file_open(&job->before, job->path, job->fingerprint,
				job->part.number, job->part.nr, NULL) < 0)
		return look(job, NULL, progress, err);
	rc = trfs_earlier_init_parts(&known, &job->before.known, 1, false);
	if (rc < 0)
		trfs_fail_memory(err, "the part");
	else
		rc = look(job, &known, progress, err);
	trfs_earlier_done(&known);
	trfs_part_file_close(&job->before);
	return rc;
}

static int summarize(struct part_job *job, enum trfs_on_bad on_bad,
		     struct trfs_part_summary *ret)
{
	const struct trfs_problems *problems = &job->catalog->problems;
	const char *place =
		job->options.manifest ? job->options.manifest : job->options.source;

	*ret = (struct trfs_part_summary){
		.nr_images = job->part.images.names.nr,
		.nr_masks = job->part.masks.names.nr,
		.nr_problems = problems->nr,
		.nr_rows = job->catalog->nr_rows,
	};
	ret->path = TRFS_STEAL(job->path);
	/* Its sentence is all that is wanted of it. */
	if (problems->nr == 0 || on_bad != TRFS_ON_BAD_FAIL ||
	    trfs_problems_fail(problems, place, ret->nr_rows, false, &ret->doubt) !=
		    -ENOMEM)
		return 0;
	free(TRFS_STEAL(ret->path));
	return -ENOMEM;
}

static int make(struct part_job *job, const char *directory, bool rebuild,
		int64_t looked_ns, const struct trfs_progress *progress,
		struct trfs_error *err)
{
	int rc = trfs_preparation_fingerprint(&job->preparation, &job->options,
					      job->fingerprint, err);

	/* Listed, not failed: of the others a part is made all the same. */
	job->options.on_bad = TRFS_ON_BAD_LIST;
	if (rc == 0)
		rc = locate(job, directory, err);
	if (rc < 0)
		return rc;
	/* A full check is one of every image, whenever it is made. */
	rc = rebuild || job->options.check == TRFS_CHECK_FULL
		     ? look(job, NULL, progress, err)
		     : look_again(job, progress, err);
	if (rc < 0)
		return rc;
	trfs_file_make_directories(directory);
	return trfs_part_file_write(directory, job->name, job->fingerprint, &job->part,
				    looked_ns, err);
}

int trfs_part_build(const struct trfs_options *options, const char *index_directory,
		    uint32_t number, uint32_t nr, bool rebuild,
		    const struct trfs_progress *progress, struct trfs_part_summary *ret,
		    struct trfs_error *err)
{
	struct part_job job = { .options = *options,
				.part = { .number = number, .nr = nr } };
	int64_t looked_ns = trfs_file_now_ns();
	int rc = check_number(number, nr, err);

	if (rc < 0)
		return rc;
	rc = trfs_preparation_init(&job.preparation, options, err);
	if (rc == 0)
		rc = make(&job, index_directory, rebuild, looked_ns, progress, err);
	if (rc == 0 && summarize(&job, options->on_bad, ret) < 0)
		rc = trfs_fail_memory(err, "the list of problems");
	trfs_catalog_free(job.catalog);
	trfs_preparation_done(&job.preparation);
	trfs_part_done(&job.part);
	free(job.path);
	return rc;
}
