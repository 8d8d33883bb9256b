/* SPDX-License-Identifier: MIT */
#include "mounted.h"

#include "feed_file.h"
#include "index_forge.h"
#include "index_seed.h"
#include "source_files.h"

#include "dataset/options.h"
#include "fuse/control.h"
#include "fuse/handle.h"
#include "index/same_shards.h"
#include "index/saved_index.h"

#define NR_TRIES_MAX 8000 /* of a millisecond */

/* A file of its own for each, as others stay mapped. */
static int load_index(const struct trfs_buffer *file, bool is_whole,
		      struct trfs_generation *g, struct trfs_error *err)
{
	int fd = memfd_create("fuzz.index", MFD_CLOEXEC);
	char path[64];
	int rc;

	insist(fd >= 0 && write(fd, file->data, file->len) == (ssize_t)file->len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = trfs_saved_index_load(path, seed_fingerprint, is_whole ? UINT64_MAX : 0,
				   &g->catalog, &g->plan, &g->layout, err);
	close(fd);
	return rc;
}

/* The generation of an index that was damaged; as trfs_generation_open(). */
static int load(struct trfs_bytes edits, struct trfs_generation **ret,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_generation_freep)
	struct trfs_generation *g = calloc(1, sizeof(*g));
	struct trfs_options options = seed_options();
	struct trfs_bytes seed = seed_index();
	struct trfs_buffer file;
	int rc;

	insist(g && trfs_options_copy(&options, &g->options) == 0);
	g->directory = strdup(source_directory());
	trfs_buffer_init(&file, 1u << 22);
	forge_index(seed, edits, &file);
	rc = load_index(&file, edits.len % 2 == 0, g, err);
	trfs_buffer_done(&file);
	if (rc == 0)
		rc = seed_bind(g, err);
	if (rc == 0)
		*ret = TRFS_STEAL(g);
	return rc;
}

struct trfs_stream *mounted_sound_stream(void)
{
	static struct trfs_generation *sound;
	static struct trfs_stream *stream;

	if (!stream) {
		insist(load((struct trfs_bytes){ NULL, 0 }, &sound, NULL) == 0);
		insist(trfs_stream_open(sound, &stream, NULL) == 0);
	}
	return stream;
}

static void log_line(void *user, enum trfs_log_level level, const char *line)
{
	(void)user;
	(void)level;
	check_sentence(line);
}

static bool obey(void *user, const char *text, char *answer, size_t size)
{
	(void)user;
	insist(strlen(text) < TRFS_CONTROL_TEXT_MAX);
	snprintf(answer, size, "%s", text);
	return *text == 'x';
}

bool mounted_start(struct mounted *m)
{
	struct trfs_generation *g;
	struct trfs_error err = { 0 };

	trfs_log_init(&m->service.log, TRFS_LOG_DEBUG, log_line, NULL);
	m->service.control = obey;
	if (load(m->edits, &g, &err) < 0 || trfs_service_init(&m->service, g, &err) < 0) {
		check_sentence(err.message);
		insist(m->edits.len > 0);
		trfs_log_done(&m->service.log);
		return false;
	}
	kernel_connect(&m->kernel, &m->service);
	return true;
}

void mounted_stop(struct mounted *m)
{
	kernel_disconnect(&m->kernel);
	trfs_service_done(&m->service);
	trfs_log_done(&m->service.log);
}

void mounted_start_anew(struct mounted *m)
{
	unsigned int nr_before = m->service.nr_workers_before + 1;

	mounted_stop(m);
	m->service = (struct trfs_service){ .nr_workers_before = nr_before };
	insist(mounted_start(m));
}

/* As fuse/reload.c, but for the thread. */
void mounted_reload(struct mounted *m, bool as_before)
{
	struct trfs_served *current = m->service.served, *next;
	struct trfs_generation *g;
	struct trfs_error err = { 0 };
	uint32_t *same_as;

	if (load(as_before ? m->edits : (struct trfs_bytes){ NULL, 0 }, &g, &err) < 0) {
		check_sentence(err.message);
		return;
	}
	if (trfs_service_prepare(&m->service, g, &next, &err) < 0) {
		check_sentence(err.message);
		trfs_generation_free(g);
		return;
	}
	same_as = calloc((size_t)trfs_plan_nr_shards(g->plan) + 1, sizeof(*same_as));
	insist(same_as != NULL);
	if (trfs_same_shards(current->generation, g, same_as, &err) == 0) {
		insist(trfs_served_keep(next, current, same_as) == 0);
		trfs_service_switch(&m->service, next);
	} else {
		check_sentence(err.message);
		trfs_view_nodes_forget(m->service.nodes, next->number, 1);
		trfs_served_free(next);
	}
	free(same_as);
}

void mounted_forget(struct mounted *m)
{
	struct trfs_service *service = &m->service;

	kernel_drop_all(&m->kernel);
	insist(service->handles == NULL);
	/* A thread whose answer was not needed is done with its file soon. */
	(void)trfs_service_age(service);
	(void)trfs_service_sweep(service);
	for (int i = 0; i < NR_TRIES_MAX && trfs_service_nr_served(service) > 1; i++) {
		usleep(1000);
		(void)trfs_service_sweep(service);
	}
	insist(trfs_service_nr_served(service) == 1);
	insist(trfs_view_nodes_nr(service->nodes) == (service->served->number != 0));
}

bool mounted_find_shard(struct mounted *m, uint64_t inode, uint32_t *ret)
{
	struct trfs_place_shown place;
	bool found;

	if (trfs_service_take(&m->service, inode, &place, NULL) < 0)
		return false;
	found = place.view == 0 && trfs_tree_shard(&place.shown->tree, place.local, ret);
	trfs_service_give(&place);
	return found;
}
