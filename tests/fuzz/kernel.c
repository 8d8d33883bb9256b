/* SPDX-License-Identifier: MIT */
/* Replies come while the request is processed, on the same thread. */
#include "kernel.h"

#include "feed_file.h"
#include "fuse/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/stat.h>

#define REQUEST_MAX 8192u
#define REPLY_MAX   ((1u << 20) + 4096u)

/* libfuse's user data is the service; there is one kernel at a time. */
static struct kernel *current;

static ssize_t take_reply(int fd, struct iovec *iov, int count, void *user)
{
	const struct fuse_out_header *header = iov[0].iov_base;
	struct kernel *k = current;
	size_t total = 0;

	(void)fd;
	(void)user;
	insist(iov[0].iov_len >= sizeof(*header));
	for (int i = 0; i < count; i++)
		total += iov[i].iov_len;
	insist(header->len == total);
	/* What libfuse says of interrupts for requests that it does not have. */
	if (header->unique < k->unique && header->error == -EAGAIN) {
		insist(k->nr_interrupts-- > 0);
		return (ssize_t)total;
	}
	insist(header->unique == k->unique);
	insist(header->error <= 0 && header->error > -512);
	insist(header->error == 0 || total == sizeof(*header));
	k->nr_replies++;
	k->error = -header->error;
	trfs_buffer_reset(&k->reply);
	for (int i = 0; i < count; i++) {
		size_t skip = i == 0 ? sizeof(*header) : 0;

		trfs_buffer_put(&k->reply, (const uint8_t *)iov[i].iov_base + skip,
				iov[i].iov_len - skip);
	}
	insist(!k->reply.failed);
	return (ssize_t)total;
}

static ssize_t take_nothing(int fd, void *buf, size_t len, void *user)
{
	(void)fd;
	(void)buf;
	(void)len;
	(void)user;
	return -1;
}

static void log_nothing(enum fuse_log_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
}

static void send(struct kernel *k, uint32_t opcode, uint64_t node, const void *head,
		 size_t head_len, const void *tail, size_t tail_len)
{
	uint8_t *request = malloc(REQUEST_MAX);
	size_t len = sizeof(struct fuse_in_header) + head_len + tail_len;
	struct fuse_in_header header = { .len = (uint32_t)len,
					 .opcode = opcode,
					 .unique = k->unique += 2,
					 .nodeid = node };
	struct fuse_buf buf = { .size = len, .mem = request };

	insist(request && len <= REQUEST_MAX);
	memcpy(request, &header, sizeof(header));
	if (head_len > 0)
		memcpy(request + sizeof(header), head, head_len);
	if (tail_len > 0)
		memcpy(request + sizeof(header) + head_len, tail, tail_len);
	k->nr_replies = 0;
	fuse_session_process_buf(k->session, &buf);
	free(request);
}

int kernel_ask(struct kernel *k, uint32_t opcode, uint64_t node, const void *head,
	       size_t head_len, const void *tail, size_t tail_len)
{
	send(k, opcode, node, head, head_len, tail, tail_len);
	insist(k->nr_replies == 1);
	insist(!k->is_sound || k->error != EIO);
	return k->error;
}

void kernel_connect(struct kernel *k, struct trfs_service *service)
{
	static const struct fuse_custom_io io = { .writev = take_reply,
						  .read = take_nothing };
	const struct fuse_init_in init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = 1u << 17,
		.flags = FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS | FUSE_DO_READDIRPLUS |
			 FUSE_READDIRPLUS_AUTO | FUSE_MAX_PAGES,
	};
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_lowlevel_ops ops;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	current = k;
	k->service = service;
	if (k->nr_nodes == 0)
		k->nodes[k->nr_nodes++] = (struct kernel_node){ .id = FUSE_ROOT_ID };
	trfs_buffer_init(&k->reply, REPLY_MAX);
	fuse_set_log_func(log_nothing);
	trfs_ops_fill(&ops);
	insist(fuse_opt_add_arg(&args, "tfrecordfs") == 0);
	k->session = fuse_session_new(&args, &ops, sizeof(ops), service);
	insist(k->session && fd >= 0 && fuse_session_custom_io(k->session, &io, fd) == 0);
	fuse_opt_free_args(&args);
	insist(kernel_ask(k, FUSE_INIT, 0, &init, sizeof(init), NULL, 0) == 0);
}

void kernel_disconnect(struct kernel *k)
{
	/* With each request libfuse lets go of one, which it would leak at the end. */
	for (unsigned int nr = k->nr_interrupts; nr > 0; nr--)
		insist(kernel_ask(k, FUSE_STATFS, FUSE_ROOT_ID, NULL, 0, NULL, 0) == 0);
	k->nr_interrupts = 0;
	fuse_session_destroy(k->session);
	trfs_buffer_done(&k->reply);
}

/* One more look-up of an inode, or of one that has to be forgotten at once. */
static void count(struct kernel *k, const struct fuse_entry_out *entry)
{
	const struct fuse_forget_in forget = { .nlookup = 1 };

	insist(entry->attr.ino == entry->nodeid);
	insist(S_ISDIR(entry->attr.mode) || S_ISREG(entry->attr.mode));
	insist(!(entry->attr.mode & 0222) && entry->attr.size <= INT64_MAX);
	for (size_t i = 0; i < k->nr_nodes; i++) {
		if (k->nodes[i].id != entry->nodeid)
			continue;
		k->nodes[i].nr_lookups++;
		return;
	}
	if (k->nr_nodes < KERNEL_NODES_MAX) {
		k->nodes[k->nr_nodes++] = (struct kernel_node){
			.id = entry->nodeid, .nr_lookups = 1, .size = entry->attr.size
		};
		return;
	}
	send(k, FUSE_FORGET, entry->nodeid, &forget, sizeof(forget), NULL, 0);
	insist(k->nr_replies == 0);
}

void kernel_look_up(struct kernel *k, size_t which, const char *name)
{
	uint64_t parent = k->nodes[which % k->nr_nodes].id;
	struct fuse_entry_out entry;

	if (kernel_ask(k, FUSE_LOOKUP, parent, NULL, 0, name, strlen(name) + 1) != 0)
		return;
	insist(k->reply.len == sizeof(entry));
	memcpy(&entry, k->reply.data, sizeof(entry));
	if (entry.nodeid != 0)
		count(k, &entry);
}

void kernel_forget(struct kernel *k, size_t which, bool in_a_batch)
{
	struct {
		struct fuse_batch_forget_in head;
		struct fuse_forget_one one;
	} batch = { .head = { .count = 1 } };
	struct fuse_forget_in single;
	struct kernel_node *node;

	if (k->nr_nodes < 2)
		return;
	node = &k->nodes[1 + which % (k->nr_nodes - 1)];
	single.nlookup = node->nr_lookups;
	batch.one = (struct fuse_forget_one){ node->id, node->nr_lookups };
	if (in_a_batch)
		send(k, FUSE_BATCH_FORGET, 0, &batch, sizeof(batch), NULL, 0);
	else
		send(k, FUSE_FORGET, node->id, &single, sizeof(single), NULL, 0);
	insist(k->nr_replies == 0);
	*node = k->nodes[--k->nr_nodes];
}

void kernel_open(struct kernel *k, size_t which, bool as_directory, uint32_t flags)
{
	const struct kernel_node *node = &k->nodes[which % k->nr_nodes];
	const struct fuse_open_in in = { .flags = flags };
	struct fuse_open_out out;

	if (k->nr_handles == KERNEL_HANDLES_MAX)
		return;
	if (kernel_ask(k, as_directory ? FUSE_OPENDIR : FUSE_OPEN, node->id, &in,
		       sizeof(in), NULL, 0) != 0)
		return;
	insist(k->reply.len == sizeof(out));
	memcpy(&out, k->reply.data, sizeof(out));
	k->handles[k->nr_handles++] =
		(struct kernel_handle){ *node, out.fh, as_directory };
}

void kernel_release(struct kernel *k, size_t which)
{
	struct kernel_handle *handle;
	struct fuse_release_in in;

	if (k->nr_handles == 0)
		return;
	handle = &k->handles[which % k->nr_handles];
	in = (struct fuse_release_in){ .fh = handle->fh };
	insist(kernel_ask(k, handle->is_directory ? FUSE_RELEASEDIR : FUSE_RELEASE,
			  handle->node.id, &in, sizeof(in), NULL, 0) == 0);
	*handle = k->handles[--k->nr_handles];
}

/* The next handle of that kind, from @which on. */
static const struct kernel_handle *handle_of(const struct kernel *k, size_t which,
					     bool is_directory)
{
	for (size_t i = 0; i < k->nr_handles; i++) {
		const struct kernel_handle *handle =
			&k->handles[(which + i) % k->nr_handles];

		if (handle->is_directory == is_directory)
			return handle;
	}
	return NULL;
}

/* One entry off the front of a listing. */
static void take_entry(struct kernel *k, struct trfs_reader *r, bool with_attributes)
{
	struct fuse_entry_out attributes = { .nodeid = 0 };
	struct fuse_dirent entry;
	struct trfs_bytes bytes;

	if (with_attributes) {
		bytes = trfs_reader_bytes(r, sizeof(attributes));
		insist(!r->failed);
		memcpy(&attributes, bytes.data, sizeof(attributes));
	}
	bytes = trfs_reader_bytes(r, FUSE_NAME_OFFSET);
	insist(!r->failed);
	memcpy(&entry, bytes.data, FUSE_NAME_OFFSET);
	bytes = trfs_reader_bytes(r, entry.namelen);
	trfs_reader_bytes(r, FUSE_DIRENT_ALIGN(entry.namelen) - entry.namelen);
	insist(!r->failed && entry.namelen > 0 && entry.namelen <= 255);
	insist(!memchr(bytes.data, '/', bytes.len) && !memchr(bytes.data, 0, bytes.len));
	if (attributes.nodeid != 0 && !trfs_bytes_equal(bytes, trfs_bytes_of(".")) &&
	    !trfs_bytes_equal(bytes, trfs_bytes_of("..")))
		count(k, &attributes);
}

void kernel_list(struct kernel *k, size_t which, uint64_t offset, uint32_t size,
		 bool with_attributes)
{
	const struct kernel_handle *handle = handle_of(k, which, true);
	struct fuse_read_in in = { .offset = offset, .size = size };
	struct trfs_buffer listing;
	struct trfs_reader r;

	if (!handle)
		return;
	in.fh = handle->fh;
	if (kernel_ask(k, with_attributes ? FUSE_READDIRPLUS : FUSE_READDIR,
		       handle->node.id, &in, sizeof(in), NULL, 0) != 0)
		return;
	insist(k->reply.len <= size);
	/* Forgetting asks again. */
	listing = k->reply;
	trfs_buffer_init(&k->reply, REPLY_MAX);
	r = trfs_reader_of(listing.data, listing.len);
	while (r.left.len > 0)
		take_entry(k, &r, with_attributes);
	trfs_buffer_done(&listing);
}

const struct kernel_handle *kernel_read(struct kernel *k, size_t which, uint64_t offset,
					uint32_t size)
{
	const struct kernel_handle *handle = handle_of(k, which, false);
	struct fuse_read_in in = { .offset = offset, .size = size };

	if (!handle)
		return NULL;
	in.fh = handle->fh;
	if (kernel_ask(k, FUSE_READ, handle->node.id, &in, sizeof(in), NULL, 0) == 0)
		insist(k->reply.len <= size);
	return handle;
}

void kernel_interrupt(struct kernel *k, bool in_advance)
{
	/* The request after this one, or the one before it. */
	const struct fuse_interrupt_in in = { .unique =
						      k->unique + (in_advance ? 4 : 0) };

	k->nr_interrupts++;
	send(k, FUSE_INTERRUPT, 0, &in, sizeof(in), NULL, 0);
	insist(k->nr_replies == 0);
}

void kernel_drop_all(struct kernel *k)
{
	while (k->nr_handles > 0)
		kernel_release(k, 0);
	while (k->nr_nodes > 1)
		kernel_forget(k, 0, k->nr_nodes % 2);
}
