/* SPDX-License-Identifier: MIT */
/* What the mount counts, in the text format that Prometheus scrapes. */
#include "fuse/service.h"
#include "fuse/watchdog.h"

#include <inttypes.h>
#include <string.h>

static void put(struct trfs_buffer *ret, const char *name, const char *type,
		const char *help, uint64_t value)
{
	trfs_buffer_printf(ret,
			   "# HELP tfrecordfs_%s %s\n# TYPE tfrecordfs_%s %s\n"
			   "tfrecordfs_%s %" PRIu64 "\n",
			   name, help, name, type, name, value);
}

static void put_failures(const struct trfs_failure_counts *failures,
			 struct trfs_buffer *ret)
{
	put(ret, "failing_images", "gauge", "Files of the source that cannot be read.",
	    failures->nr_files);
	put(ret, "recovered_images_total", "counter",
	    "Files that could not be read, and then could again.",
	    failures->nr_recovered);
	trfs_buffer_printf(
		ret,
		"# HELP tfrecordfs_source_errors_total Failures of the source's files.\n"
		"# TYPE tfrecordfs_source_errors_total counter\n");
	for (unsigned int i = 0; i < failures->nr_codes; i++) {
		const char *name = strerrorname_np(-failures->codes[i].code);

		trfs_buffer_printf(
			ret, "tfrecordfs_source_errors_total{errno=\"%s\"} %" PRIu64 "\n",
			name ? name : "other", failures->codes[i].nr);
	}
}

static void put_waiting(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_stuck_reads stuck =
		trfs_source_reads_stuck(&service->reads, TRFS_STUCK_MS);
	struct trfs_stuck_reads all = trfs_source_reads_stuck(&service->reads, 0);
	unsigned int nr;

	put(ret, "stuck_reads", "gauge",
	    "Reads of the source's files that take longer than ten seconds.", stuck.nr);
	put(ret, "oldest_read_seconds", "gauge",
	    "How long the oldest read of the source's files takes.",
	    all.oldest_ms / 1000);
	put(ret, "waiting_reads", "gauge",
	    "Reads of the mount that have waited for more than a second.",
	    trfs_pending_nr_waiting(&service->pending, 1000, &nr));
	put(ret, "open_files", "gauge", "Files of the mount that are open.",
	    trfs_service_nr_open(service));
	put(ret, "threads", "gauge", "Threads of the process that serves.",
	    trfs_service_nr_threads());
}

void trfs_service_print_metrics(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_served *served = trfs_service_current(service);
	const struct trfs_generation *g = served->generation;
	struct trfs_read_ahead_counts counts = trfs_read_ahead_count(served->read_ahead);
	struct trfs_failure_counts failures = trfs_failures_count(&service->failures);
	uint64_t nr_views, memory;

	trfs_cache_count(served->views, &nr_views, &memory);
	put(ret, "images", "gauge", "Images that are shown.", g->catalog->nr_examples);
	put(ret, "problems", "gauge", "Rows that were left out.",
	    g->catalog->problems.nr);
	put(ret, "records", "gauge", "Records of all shards in the root.",
	    g->plan->nr_records);
	put(ret, "shards", "gauge", "Shards in the root.", g->plan->nr_shards);
	put(ret, "generations", "gauge",
	    "Data sets in memory: the one that is shown, and those before that are open.",
	    trfs_service_nr_served(service));
	put(ret, "reads_total", "counter", "Reads of shards, as the kernel asked.",
	    __atomic_load_n(&service->nr_reads, __ATOMIC_RELAXED));
	put(ret, "read_bytes_total", "counter", "Bytes of shards that were served.",
	    __atomic_load_n(&service->nr_bytes, __ATOMIC_RELAXED));
	put(ret, "failed_reads_total", "counter", "Reads of shards that failed.",
	    failures.nr_replies);
	put(ret, "chunks_total", "counter", "Chunks of shards that were loaded.",
	    counts.nr_chunks);
	put(ret, "chunks_ahead_total", "counter", "Chunks loaded ahead of their reader.",
	    counts.nr_ahead);
	put(ret, "chunk_waits_total", "counter", "Waits for a chunk being loaded.",
	    counts.nr_waits);
	put(ret, "window_reads_total", "counter",
	    "Windows that were read without a chunk.", counts.nr_by_window);
	put(ret, "chunk_bytes", "gauge", "Memory of chunks.", counts.nr_bytes);
	put(ret, "loader_threads", "gauge", "Threads that load ahead.",
	    counts.nr_loaders);
	put(ret, "source_is_cold", "gauge", "Whether loading waits for storage.",
	    counts.is_cold);
	put(ret, "view_directories", "gauge", "Directories of views the kernel knows.",
	    trfs_view_nodes_nr(service->nodes));
	put(ret, "views", "gauge", "Views that are kept in memory.", nr_views);
	put(ret, "view_bytes", "gauge", "Memory of views when they were last used.",
	    memory);
	put_failures(&failures, ret);
	put_waiting(service, ret);
	trfs_service_release(service, served);
}
