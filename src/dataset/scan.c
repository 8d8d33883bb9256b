/* SPDX-License-Identifier: MIT */
/*
 * The parallel scan.  A sound image costs system calls and nothing else: its result goes
 * to its own place in one array, so there is nothing to allocate and nothing to lock.
 * Only findings are kept in a list, one a thread, put in order at the end.
 */
#include "dataset/scan.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/workers.h"
#include "dataset/extensions.h"
#include "dataset/scan_earlier.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAD_SIZE	1024
#define LARGE_FILE_MIN	65536
#define SMALL_FILE_MAX	2048 /* read whole at once: its end is looked at anyway */
#define IMAGES_PER_WORK 64
#define REASON_MAX	512

/* Of an image that may be whole, and is of a format that is not let in. */
#define NOT_LET_IN (-EMEDIUMTYPE)

/* One thread's own; whole files and other names are only needed now and then. */
struct scan_worker {
	struct trfs_findings findings;
	struct trfs_buffer whole;
	struct trfs_buffer scratch;
	struct trfs_scan_directory directory;
};

struct scan_job {
	const struct trfs_root *root;
	const struct trfs_strings *paths;
	const struct trfs_scan_rules *rules;
	struct trfs_earlier_files *known;
	struct trfs_seen *seen;
	const uint32_t *wanted;
	struct scan_worker *workers;
};

void trfs_scan_done(struct trfs_scan *scan)
{
	free(scan->wanted);
	free(scan->seen);
	trfs_findings_done(&scan->findings);
	*scan = (struct trfs_scan){ 0 };
}

static const char *error_text(int rc, char *buf, size_t len)
{
	return strerror_r(-rc, buf, len);
}

/* "does not exist", and the file that may be meant instead. */
static int note_missing(const struct scan_job *job, struct scan_worker *worker,
			uint32_t image, struct trfs_bytes path)
{
	bool has_extension = trfs_extension_format(path) != TRFS_IMAGE_UNKNOWN;
	const uint8_t *slash = memrchr(path.data, '/', path.len);
	const uint8_t *name = slash ? slash + 1 : path.data;
	struct trfs_extension_hits hits = { 0 };
	char reason[REASON_MAX];
	struct trfs_bytes stem = path;
	int rc;

	if (!has_extension)
		return trfs_findings_add(
			&worker->findings, image, TRFS_PROBLEM_MISSING,
			"does not exist, nor with an extension such as .jpg");
	stem.len =
		(size_t)((const uint8_t *)memrchr(path.data, '.', path.len) - path.data);
	rc = trfs_extension_look(job->root, stem, job->rules->allowed, &worker->scratch,
				 &hits);
	if (rc < 0)
		return rc;
	if (hits.nr == 0)
		return trfs_findings_add(&worker->findings, image, TRFS_PROBLEM_MISSING,
					 "does not exist");
	snprintf(reason, sizeof(reason), "does not exist (did you mean %.*s%s?)",
		 (int)(stem.data + stem.len - name), (const char *)name,
		 trfs_extension_get(hits.first));
	return trfs_findings_add(&worker->findings, image, TRFS_PROBLEM_MISSING, reason);
}

static int note_open_failure(const struct scan_job *job, struct scan_worker *worker,
			     uint32_t image, struct trfs_bytes path, int failure)
{
	enum trfs_problem_kind kind = TRFS_PROBLEM_UNREADABLE;
	char text[REASON_MAX / 2], sentence[REASON_MAX];
	const char *reason = sentence;

	switch (failure) {
	case -ENOENT:
	case -ENOTDIR:
		return note_missing(job, worker, image, path);
	case -ENAMETOOLONG:
		kind = TRFS_PROBLEM_MISSING;
		reason = "does not exist: no name is as long";
		break;
	case -EXDEV:
		kind = TRFS_PROBLEM_OUTSIDE;
		reason = "is reached by a symbolic link out of the source (--follow "
			 "allows it)";
		break;
	case -EISDIR:
		reason = "is a directory";
		break;
	case -EINVAL:
		reason = "is not a regular file";
		break;
	case -ELOOP:
		reason = "is a loop of symbolic links";
		break;
	default:
		snprintf(sentence, sizeof(sentence), "cannot be opened: %s",
			 error_text(failure, text, sizeof(text)));
		break;
	}
	return trfs_findings_add(&worker->findings, image, kind, reason);
}

static int note_bad(struct scan_worker *worker, uint32_t image, int failure,
		    const struct trfs_error *why)
{
	char text[REASON_MAX / 2], reason[REASON_MAX];

	if (failure == -EBADMSG || failure == NOT_LET_IN)
		return trfs_findings_add(&worker->findings, image,
					 failure == NOT_LET_IN ? TRFS_PROBLEM_FORMAT
							       : TRFS_PROBLEM_BAD_IMAGE,
					 why->message[0] ? why->message : "is bad");
	snprintf(reason, sizeof(reason), "cannot be read: %s",
		 error_text(failure, text, sizeof(text)));
	return trfs_findings_add(&worker->findings, image, TRFS_PROBLEM_UNREADABLE,
				 reason);
}

static int read_image(void *user, uint64_t offset, void *buf, size_t len)
{
	return trfs_file_read(*(const int *)user, offset, buf, len);
}

static int decode(struct scan_worker *worker, int fd, uint32_t size,
		  struct trfs_image_info *info, struct trfs_error *why)
{
	uint8_t *whole;
	int rc;

	trfs_buffer_reset(&worker->whole);
	whole = trfs_buffer_extend(&worker->whole, size);
	if (!whole)
		return -ENOMEM;
	rc = trfs_file_read(fd, 0, whole, size);
	return rc < 0 ? rc
		      : trfs_image_decode_check(trfs_buffer_bytes(&worker->whole), info,
						why);
}

/* Whether pixels can be made of an image, where they will have to be. */
static int check_pixels(const struct trfs_scan_rules *rules,
			const struct trfs_image_info *info, struct trfs_bytes path,
			struct trfs_error *why)
{
	if (!rules->recipe)
		return 0;
	if (!rules->pixels && !trfs_recipe_applies(rules->recipe, path, info))
		return 0;
	return trfs_pixels_check(info, rules->recipe->max_pixels, why);
}

/* What is to be kept of an image. */
static struct trfs_appearance appearance_of(const struct trfs_image_info *info,
					    struct trfs_bytes path)
{
	enum trfs_image_format promised = trfs_extension_format(path);
	struct trfs_appearance appearance = {
		.height = info->height,
		.width = info->width,
		.oddities = info->oddities,
		.format = info->format,
		.channels = info->channels,
		.depth = info->depth,
		.orientation = info->orientation,
	};

	if (promised != TRFS_IMAGE_UNKNOWN && promised != info->format)
		appearance.oddities |= TRFS_EXAMPLE_MISNAMED;
	return appearance;
}

/* Fill @ret from an open image; -EBADMSG and @why when it is bad. */
static int look_at(const struct scan_job *job, struct scan_worker *worker, int fd,
		   const struct trfs_file_identity *identity, struct trfs_bytes path,
		   struct trfs_appearance *ret, struct trfs_error *why)
{
	struct trfs_image_source source = { .read = read_image, .user = &fd };
	struct trfs_image_info info;
	uint8_t head[SMALL_FILE_MAX];
	size_t head_len;
	int rc;

	if (identity->size > UINT32_MAX)
		return trfs_fail(why, -EBADMSG,
				 "is of 4 GiB or more, which no record can hold");
	head_len = identity->size <= SMALL_FILE_MAX ? (size_t)identity->size : HEAD_SIZE;
	/* Of a large file the kernel would read more ahead than is looked at. */
	if (identity->size > LARGE_FILE_MIN && job->rules->check != TRFS_CHECK_FULL)
		posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	rc = trfs_file_read(fd, 0, head, head_len);
	if (rc < 0)
		return rc;
	source.head = (struct trfs_bytes){ head, head_len };
	source.size = identity->size;
	rc = trfs_image_probe(&source, job->rules->allowed, &info, why);
	if (rc == -EBADMSG && info.format != TRFS_IMAGE_UNKNOWN &&
	    !(job->rules->allowed & 1u << info.format))
		rc = NOT_LET_IN;
	if (rc == 0 && job->rules->check == TRFS_CHECK_FULL)
		rc = decode(worker, fd, (uint32_t)identity->size, &info, why);
	if (rc == 0)
		rc = check_pixels(job->rules, &info, path, why);
	if (rc == 0)
		*ret = appearance_of(&info, path);
	return rc;
}

/* A negative errno for our own trouble; what is wrong with the image is noted. */
static int scan_image(const struct scan_job *job, struct scan_worker *worker,
		      uint32_t image)
{
	struct trfs_bytes path = trfs_strings_get(job->paths, image);
	struct trfs_file_identity identity;
	struct trfs_appearance appearance = { 0 };
	struct trfs_file_owner owner;
	char name[PATH_MAX];
	struct trfs_error why;
	int fd = -ENAMETOOLONG;
	int rc;

	if (job->known && trfs_scan_earlier(job->known, job->root, &worker->directory,
					    path, &job->seen[image]))
		return 0;
	if (path.len < sizeof(name)) {
		memcpy(name, path.data, path.len);
		name[path.len] = '\0';
		fd = trfs_root_open_identified(job->root, name, &identity, &owner);
	}
	if (fd < 0)
		return trfs_is_shortage(fd)
			       ? fd
			       : note_open_failure(job, worker, image, path, fd);
	why.message[0] = '\0';
	rc = look_at(job, worker, fd, &identity, path, &appearance, &why);
	trfs_file_close(fd);
	if (rc == 0)
		job->seen[image] = trfs_seen_of(
			&identity, trfs_access_of_file(&job->root->access, &owner),
			&appearance);
	if (rc == 0 || trfs_is_shortage(rc))
		return rc;
	return note_bad(worker, image, rc, &why);
}

static int scan_range(void *user, unsigned int worker, uint64_t first, uint64_t end,
		      struct trfs_error *err)
{
	const struct scan_job *job = user;

	for (uint64_t i = first; i < end; i++) {
		uint32_t image = job->wanted ? job->wanted[i] : (uint32_t)i;
		int rc = scan_image(job, &job->workers[worker], image);

		if (rc < 0)
			return trfs_fail_errno(
				err, rc, "cannot look at %.*s",
				TRFS_BYTES_ARG(trfs_strings_get(job->paths, image)));
	}
	return 0;
}

/* A source that was removed or replaced makes every image look missing. */
static int check_root(const struct trfs_root *root, struct trfs_error *err)
{
	struct trfs_file_identity before, now;
	struct trfs_root again;
	int rc;

	rc = trfs_root_open(&again, root->path[0] ? root->path : "/", root->follow, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc,
					 "the source vanished while it was scanned");
	rc = trfs_file_identify(root->fd, &before, NULL);
	if (rc == 0)
		rc = trfs_file_identify(again.fd, &now, NULL);
	trfs_root_close(&again);
	if (rc < 0)
		return trfs_fail_errno(err, rc,
				       "the source %s vanished while it was scanned",
				       root->path);
	if (before.inode != now.inode)
		return trfs_fail(err, -ENOENT,
				 "the source %s was replaced while it was scanned; "
				 "start again",
				 root->path);
	return 0;
}

static bool any_missing(const struct trfs_findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++) {
		if (findings->items[i].kind == TRFS_PROBLEM_MISSING ||
		    findings->items[i].kind == TRFS_PROBLEM_UNREADABLE)
			return true;
	}
	return false;
}

/* Who may read all that is good. */
static uint32_t access_to_all(const struct trfs_seen *seen, uint64_t nr, uint32_t mode)
{
	for (uint64_t i = 0; i < nr; i++) {
		if (trfs_seen_is_good(&seen[i]))
			mode &= seen[i].access;
	}
	return mode;
}

static int gather(struct trfs_scan *scan, struct scan_job *job, unsigned int nr_threads)
{
	int rc = 0;

	for (unsigned int i = 0; i < nr_threads; i++) {
		struct scan_worker *worker = &job->workers[i];

		if (rc == 0)
			rc = trfs_findings_merge(&scan->findings, &worker->findings);
		trfs_findings_done(&worker->findings);
		trfs_buffer_done(&worker->whole);
		trfs_buffer_done(&worker->scratch);
		trfs_scan_directory_done(&worker->directory);
	}
	trfs_findings_sort(&scan->findings);
	free(job->workers);
	return rc;
}

int trfs_scan_run(struct trfs_scan *scan, const struct trfs_root *root,
		  const struct trfs_strings *paths, const struct trfs_scan_rules *rules,
		  struct trfs_earlier_files *known, unsigned int wanted_threads,
		  const char *what, const struct trfs_progress *progress,
		  struct trfs_error *err)
{
	struct scan_job job = {
		.root = root,
		.paths = paths,
		.rules = rules,
		.known = known,
		.wanted = scan->wanted,
	};
	uint64_t nr_wanted = scan->wanted ? scan->nr_wanted : paths->nr;
	unsigned int nr_threads = trfs_workers_nr_waiting(wanted_threads);
	int rc;

	scan->access = root->access;
	scan->seen = calloc(paths->nr ? paths->nr : 1, sizeof(*scan->seen));
	job.seen = scan->seen;
	job.workers = calloc(nr_threads, sizeof(*job.workers));
	if (!scan->seen || !job.workers) {
		free(job.workers);
		return trfs_fail_memory(err, "the examples");
	}
	for (unsigned int i = 0; i < nr_threads; i++) {
		trfs_buffer_init(&job.workers[i].whole, UINT32_MAX);
		trfs_buffer_init(&job.workers[i].scratch, UINT32_MAX);
	}
	rc = trfs_workers_run_waiting(trfs_workers_nr_threads(wanted_threads), nr_threads,
				      nr_wanted, IMAGES_PER_WORK, scan_range, &job, what,
				      progress, err);
	if (gather(scan, &job, nr_threads) < 0 && rc == 0)
		rc = trfs_fail_memory(err, "the list of problems");
	scan->access.mode = access_to_all(scan->seen, paths->nr, scan->access.mode);
	if (rc == 0 && any_missing(&scan->findings))
		rc = check_root(root, err);
	return rc;
}
