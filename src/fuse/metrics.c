/* SPDX-License-Identifier: MIT */
/* What the mount counts, in the text format that Prometheus scrapes. */
#include "fuse/service.h"

#include <inttypes.h>

static void put(struct trfs_buffer *ret, const char *name, const char *type,
		const char *help, uint64_t value)
{
	trfs_buffer_printf(ret,
			   "# HELP tfrecordfs_%s %s\n# TYPE tfrecordfs_%s %s\n"
			   "tfrecordfs_%s %" PRIu64 "\n",
			   name, help, name, type, name, value);
}

void trfs_service_print_metrics(struct trfs_service *service, struct trfs_buffer *ret)
{
	struct trfs_served *served = trfs_service_current(service);
	const struct trfs_generation *g = served->generation;
	struct trfs_read_ahead_counts counts = trfs_read_ahead_count(served->read_ahead);
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
	    trfs_failures_count(&service->failures));
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
	trfs_service_release(service, served);
}
