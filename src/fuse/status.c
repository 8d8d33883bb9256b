/* SPDX-License-Identifier: MIT */
/* What the mount says of itself to `tfrecordfs status`, as JSON. */
#include "fuse/service.h"

#include "base/clock.h"
#include "fuse/clock_text.h"
#include "fuse/reload.h"
#include "fuse/watchdog.h"
#include "stream/side_file.h"
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of files that fail. */
#define WORST_MAX 20u

uint64_t trfs_service_nr_open(struct trfs_service *service)
{
	uint64_t nr;

	pthread_mutex_lock(&service->handles_lock);
	nr = service->nr_handles;
	pthread_mutex_unlock(&service->handles_lock);
	return nr;
}

/* The kernel counts them as links of a directory, with "." and "..". */
uint64_t trfs_service_nr_threads(void)
{
	struct stat st;

	if (stat("/proc/self/task", &st) < 0 || st.st_nlink < 2)
		return 0;
	return st.st_nlink - 2;
}

static void put_key(struct trfs_buffer *ret, const char *key)
{
	trfs_buffer_printf(ret, ", \"%s\": ", key);
}

static void put_number(struct trfs_buffer *ret, const char *key, uint64_t value)
{
	put_key(ret, key);
	trfs_buffer_printf(ret, "%" PRIu64, value);
}

static void put_text(struct trfs_buffer *ret, const char *key, const char *value)
{
	put_key(ret, key);
	if (value)
		trfs_side_put_json_text(ret, trfs_bytes_of(value));
	else
		trfs_buffer_printf(ret, "null");
}

static void put_bool(struct trfs_buffer *ret, const char *key, bool value)
{
	put_key(ret, key);
	trfs_buffer_printf(ret, value ? "true" : "false");
}

static void put_what(const struct trfs_served *served, struct trfs_buffer *ret)
{
	const struct trfs_tree *tree = &served->root->tree;
	const struct trfs_generation *g = served->generation;
	uint64_t size = 0;

	put_text(ret, "source", g->catalog->root_path);
	put_number(ret, "num_examples", g->plan->nr_records);
	put_number(ret, "num_shards", g->plan->nr_shards);
	if (trfs_tree_directory_size(tree, TRFS_INODE_ROOT, &size, NULL) == 0)
		put_number(ret, "size", size);
	put_number(ret, "problems", g->catalog->problems.nr);
	put_text(ret, "index", trfs_generation_index_path(g));
	put_bool(ret, "index_damaged", trfs_generation_check(g, NULL) < 0);
	put_bool(ret, "index_reused", trfs_generation_was_saved(g));
}

static void put_process(struct trfs_service *service, struct trfs_buffer *ret)
{
	char started[TRFS_CLOCK_TEXT_SIZE];

	trfs_clock_text(service->started, started);
	put_text(ret, "started", started);
	put_number(ret, "uptime_seconds", (trfs_clock_ms() - service->started_ms) / 1000);
	put_number(ret, "pid", (uint64_t)service->keeper_pid);
	put_number(ret, "worker_pid", (uint64_t)getpid());
	put_number(ret, "restarts", service->nr_workers_before);
	put_number(ret, "threads", trfs_service_nr_threads());
	put_text(ret, "log_level",
		 trfs_log_level_name((enum trfs_log_level)__atomic_load_n(
			 &service->log.level, __ATOMIC_RELAXED)));
}

struct trfs_rate_sample trfs_service_sample(struct trfs_service *service)
{
	return (struct trfs_rate_sample){
		.ms = trfs_clock_ms(),
		.nr_reads = __atomic_load_n(&service->nr_reads, __ATOMIC_RELAXED),
		.nr_bytes = __atomic_load_n(&service->nr_bytes, __ATOMIC_RELAXED),
	};
}

static void put_reads(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_rate_sample now = trfs_service_sample(service);
	uint64_t reads, bytes;

	trfs_rates_get(&service->rates, &now, service->started_ms, &reads, &bytes);
	put_number(ret, "reads", now.nr_reads);
	put_number(ret, "read_bytes", now.nr_bytes);
	put_number(ret, "reads_per_second", reads);
	put_number(ret, "bytes_per_second", bytes);
}

static void put_counters(struct trfs_service *service, const struct trfs_served *served,
			 struct trfs_buffer *ret)
{
	struct trfs_read_ahead_counts counts = trfs_read_ahead_count(served->read_ahead);
	uint64_t nr_views, memory;
	unsigned int nr;

	trfs_cache_count(served->views, &nr_views, &memory);
	put_text(ret, "cache", service->direct ? "none" : "kernel");
	put_reads(service, ret);
	put_number(ret, "open_files", trfs_service_nr_open(service));
	put_number(ret, "chunks", counts.nr_chunks);
	put_number(ret, "chunk_bytes", counts.nr_bytes);
	put_number(ret, "views", nr_views);
	put_number(ret, "view_bytes", memory);
	put_number(ret, "waiting_reads",
		   trfs_pending_nr_waiting(&service->pending, 1000, &nr));
}

static void put_failures(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_failure_counts counts = trfs_failures_count(&service->failures);
	struct trfs_buffer last;

	trfs_buffer_init(&last, 1 << 14);
	trfs_failures_print_last(&service->failures, &last);
	put_number(ret, "failed_reads", counts.nr_replies);
	put_text(ret, "last_failure", last.len > 0 ? trfs_buffer_text(&last) : NULL);
	put_number(ret, "failing_images", counts.nr_files);
	put_number(ret, "recovered_images", counts.nr_recovered);
	put_key(ret, "failing");
	trfs_buffer_put_u8(ret, '[');
	trfs_failures_print_json(&service->failures, WORST_MAX, ret);
	trfs_buffer_put_u8(ret, ']');
	trfs_buffer_done(&last);
}

static void put_confinement(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_buffer parts;

	trfs_buffer_init(&parts, 1 << 14);
	trfs_confinement_print(&service->confinement, &parts);
	put_text(ret, "confinement", parts.len > 0 ? trfs_buffer_text(&parts) : "");
	trfs_buffer_done(&parts);
}

struct stuck_list {
	struct trfs_buffer *ret;
	bool has_one;
};

static void put_stuck(void *user, struct trfs_bytes path, uint64_t ms)
{
	struct stuck_list *list = user;

	trfs_buffer_printf(list->ret, "%s{\"path\": ", list->has_one ? ", " : "");
	trfs_side_put_json_text(list->ret, path);
	trfs_buffer_printf(list->ret, ", \"seconds\": %" PRIu64 "}", ms / 1000);
	list->has_one = true;
}

void trfs_service_print_status(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_served *served = trfs_service_current(service);
	struct stuck_list list = { .ret = ret };

	trfs_buffer_printf(ret, "{\"version\": \"%s\"", TRFS_VERSION);
	put_what(served, ret);
	put_number(ret, "generation",
		   service->reload ? trfs_reload_nr_switched(service->reload) + 1 : 1);
	put_process(service, ret);
	put_confinement(service, ret);
	put_counters(service, served, ret);
	put_failures(service, ret);
	put_key(ret, "stuck");
	trfs_buffer_put_u8(ret, '[');
	trfs_source_reads_each_stuck(&service->reads, TRFS_STUCK_MS, put_stuck, &list);
	trfs_buffer_printf(ret, "]}\n");
	trfs_service_release(service, served);
}
