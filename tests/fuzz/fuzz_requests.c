/* SPDX-License-Identifier: MIT */
/*
 * Requests of the kernel, in any sequence that it could send, to a mount of an index that
 * was damaged; without damage, nothing may fail and the bytes must be the stream's.
 *
 *	u8 length of the edits (index_forge.h), and these; then steps of four bytes:
 *	u8 what (enum step), u8 which node or handle, u16 value, and for names (value odd)
 *	u8 length, bytes
 */
#include "feed_file.h"
#include "mounted.h"

#include "fuse/control.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>

#define NR_STEPS_MAX 200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step {
	STEP_LOOK_UP,
	STEP_OPEN,
	STEP_OPEN_DIRECTORY,
	STEP_READ,
	STEP_LIST,
	STEP_LIST_PLUS,
	STEP_ATTRIBUTES,
	STEP_EXTENDED,
	STEP_EXTENDED_LIST,
	STEP_STATFS,
	STEP_FORGET,
	STEP_RELEASE,
	STEP_INTERRUPT,
	STEP_WRITING,	 /* one of the requests that would change something */
	STEP_AGE,	 /* time passes: what nobody uses is let go */
	STEP_NEW_WORKER, /* the one before died, and its handles and inodes with it */
	STEP_RELOAD,	 /* another generation: of the same index, or the sound one */
	STEP_CONTROL,	 /* an ioctl, which is how commands reach who serves */
	NR_STEPS
};

static const char *const names[] = {
	"epochs",
	"7",
	"from",
	"2",
	"shards",
	"3",
	"folds",
	"1",
	"by-class",
	"cat",
	"filter",
	"age=7",
	"balanced",
	"first",
	"schemas",
	"tfds",
	"by-index",
	"train",
	"bysize",
	"1KB",
	"train-00000-of-00002.tfrecord",
	"test-00000-of-00001.tfrecord",
	"train-00000-of-00003.tfrecord",
	".tfrecordfs",
	"metrics",
	"version",
	"index",
	"labels.txt",
	"stats.json",
	"dataset.json",
	"report.html",
	"SHA256SUMS",
	"leaks-content.csv",
	"splits.csv",
	"label.txt",
	"example.json",
	"image",
	"user.tfrecordfs.num_examples",
	"user.tfrecordfs.shard",
	"user.tfrecordfs.split",
	"user.tfrecordfs.failed_reads",
	"user.tfrecordfs.view",
	"user.tfrecordfs.where.100",
	"security.capability",
};

/* Those of an input, or one of the table; the caller's to free. */
static char *take_name(struct trfs_reader *r, uint16_t value)
{
	struct trfs_bytes bytes;
	char *name;

	if (!(value & 1))
		return strdup(names[value / 2 % TRFS_COUNT(names)]);
	bytes.len = trfs_reader_u8(r);
	bytes.len = bytes.len < r->left.len ? bytes.len : r->left.len;
	bytes = trfs_reader_bytes(r, bytes.len);
	name = feed_text(bytes.data, bytes.len);
	for (char *slash = strchr(name, '/'); slash; slash = strchr(slash, '/'))
		*slash = '_';
	if (name[0])
		return name;
	free(name);
	return strdup("x");
}

/* Small ones, those around an end, and the largest there are. */
static uint64_t offset_of(uint16_t value, uint64_t size)
{
	switch (value >> 14) {
	case 0:
		return value;
	case 1:
		return (size > 20 ? size - 20 : 0) + (value & 63);
	case 2:
		return (uint64_t)(value & 0x3fff) << 12;
	default:
		return INT64_MAX - (value & 0x3fff) - (1u << 20);
	}
}

static uint32_t size_of(uint16_t value)
{
	static const uint32_t sizes[] = {
		1, 100, 4096, 65536, 131072, 1u << 20, 24, 300
	};

	return sizes[value >> 3 & 7];
}

/* A shard of the root has the bytes that the stream gives. */
static void check_bytes(struct mounted *m, const struct kernel_handle *handle,
			uint64_t offset, uint32_t size)
{
	const struct kernel *k = &m->kernel;
	struct trfs_error err = { 0 };
	uint32_t shard;
	size_t got = 0;
	uint8_t *bytes;

	if (k->error == ESTALE || k->error == EINTR ||
	    !mounted_find_shard(m, handle->node.id, &shard))
		return;
	bytes = malloc(size);
	insist(bytes && k->error == 0);
	insist(trfs_stream_read(mounted_sound_stream(), shard, offset, bytes, size, &got,
				&err) == 0);
	insist(got == k->reply.len && memcmp(bytes, k->reply.data, got) == 0);
	free(bytes);
}

static void read_file(struct mounted *m, size_t which, uint16_t value)
{
	struct kernel *k = &m->kernel;
	size_t i = k->nr_handles > 0 ? which % k->nr_handles : 0;
	uint64_t offset = offset_of(value, k->handles[i].node.size);
	uint32_t size = size_of((uint16_t)(value ^ value >> 8));
	const struct kernel_handle *handle = kernel_read(k, which, offset, size);

	if (handle && k->is_sound)
		check_bytes(m, handle, offset, size);
}

static void ask_extended(struct kernel *k, uint64_t node, uint16_t value,
			 const char *name)
{
	const struct fuse_getxattr_in in = { .size = value & 2 ? size_of(value) : 0 };
	int rc = kernel_ask(k, name ? FUSE_GETXATTR : FUSE_LISTXATTR, node, &in,
			    sizeof(in), name, name ? strlen(name) + 1 : 0);

	if (rc == 0 && in.size == 0)
		insist(k->reply.len == sizeof(struct fuse_getxattr_out));
	else if (rc == 0)
		insist(k->reply.len <= in.size);
}

static void ask_to_write(struct kernel *k, uint64_t node, uint16_t value,
			 const char *name)
{
	static const struct {
		uint32_t opcode;
		size_t head_len;
		bool is_named;
	} requests[] = {
		{ FUSE_SETATTR, sizeof(struct fuse_setattr_in), false },
		{ FUSE_MKNOD, sizeof(struct fuse_mknod_in), true },
		{ FUSE_MKDIR, sizeof(struct fuse_mkdir_in), true },
		{ FUSE_UNLINK, 0, true },
		{ FUSE_RMDIR, 0, true },
		{ FUSE_CREATE, sizeof(struct fuse_create_in), true },
		{ FUSE_REMOVEXATTR, 0, true },
		{ FUSE_READLINK, 0, false },
		{ FUSE_ACCESS, sizeof(struct fuse_access_in), false },
		{ FUSE_FALLOCATE, sizeof(struct fuse_fallocate_in), false },
		{ FUSE_LSEEK, sizeof(struct fuse_lseek_in), false },
		{ FUSE_IOCTL, sizeof(struct fuse_ioctl_in), false },
		{ FUSE_POLL, sizeof(struct fuse_poll_in), false },
		{ FUSE_SYNCFS, sizeof(struct fuse_syncfs_in), false },
		{ 4000, 0, false },
	};
	static const uint8_t head[256];
	size_t i = value / 2 % TRFS_COUNT(requests);

	insist(kernel_ask(k, requests[i].opcode, node, head, requests[i].head_len, name,
			  requests[i].is_named ? strlen(name) + 1 : 0) != 0 ||
	       requests[i].opcode == FUSE_ACCESS);
}

static void control(struct kernel *k, uint64_t node, uint16_t value, const char *name)
{
	struct trfs_control_message message = { "" };
	const struct fuse_ioctl_in in = {
		.flags = value & 0x800 ? FUSE_IOCTL_DIR : 0,
		.cmd = value & 0x400 ? (uint32_t)value : (uint32_t)TRFS_CONTROL,
		.in_size = sizeof(message),
		.out_size = sizeof(message),
	};

	memset(message.text, value >> 12, sizeof(message.text));
	memcpy(message.text, name, strnlen(name, sizeof(message.text) - 1) + 1);
	if (kernel_ask(k, FUSE_IOCTL, node, &in, sizeof(in), &message, sizeof(message)))
		return;
	insist(k->reply.len == sizeof(struct fuse_ioctl_out) + sizeof(message));
}

static void take_step(struct mounted *m, struct trfs_reader *r)
{
	enum step what = trfs_reader_u8(r) % NR_STEPS;
	size_t which = trfs_reader_u8(r);
	uint16_t value = trfs_reader_u8(r);
	struct kernel *k = &m->kernel;
	const struct kernel_node *node = &k->nodes[which % k->nr_nodes];
	const struct fuse_getattr_in no_handle = { .getattr_flags = 0 };
	bool is_named = what == STEP_LOOK_UP || what == STEP_EXTENDED ||
			what == STEP_WRITING || what == STEP_CONTROL;
	char *name;

	value = (uint16_t)(value | trfs_reader_u8(r) << 8);
	name = is_named ? take_name(r, value) : NULL;
	switch (what) {
	case STEP_LOOK_UP:
		kernel_look_up(k, which, name);
		break;
	case STEP_OPEN:
		kernel_open(k, which, false, value & 0x100 ? value : O_RDONLY);
		break;
	case STEP_OPEN_DIRECTORY:
		kernel_open(k, which, true, O_RDONLY);
		break;
	case STEP_READ:
		read_file(m, which, value);
		break;
	case STEP_LIST:
	case STEP_LIST_PLUS:
		kernel_list(k, which, value & 0x4000 ? offset_of(value, 0) : value & 7,
			    size_of(value), what == STEP_LIST_PLUS);
		break;
	case STEP_ATTRIBUTES:
		(void)!kernel_ask(k, FUSE_GETATTR, node->id, &no_handle,
				  sizeof(no_handle), NULL, 0);
		break;
	case STEP_EXTENDED:
	case STEP_EXTENDED_LIST:
		ask_extended(k, node->id, value, name);
		break;
	case STEP_STATFS:
		insist(kernel_ask(k, FUSE_STATFS, node->id, NULL, 0, NULL, 0) == 0);
		break;
	case STEP_FORGET:
		kernel_forget(k, which, value & 1);
		break;
	case STEP_RELEASE:
		kernel_release(k, which);
		break;
	case STEP_INTERRUPT:
		kernel_interrupt(k, value & 1);
		break;
	case STEP_WRITING:
		ask_to_write(k, node->id, value, name);
		break;
	case STEP_AGE:
		(void)trfs_service_age(&m->service);
		(void)trfs_service_sweep(&m->service);
		break;
	case STEP_NEW_WORKER:
		mounted_start_anew(m);
		break;
	case STEP_CONTROL:
		control(k, node->id, value, name);
		break;
	case STEP_RELOAD:
		mounted_reload(m, value & 1);
		break;
	case NR_STEPS:
		break;
	}
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_reader r = trfs_reader_of(data, size);
	static struct mounted m;
	size_t len = trfs_reader_u8(&r);

	m = (struct mounted){ .kernel.is_sound = len == 0 };
	m.edits = trfs_reader_bytes(&r, len < r.left.len ? len : r.left.len);
	if (!mounted_start(&m))
		return 0;
	for (size_t i = 0; i < NR_STEPS_MAX && r.left.len >= 4; i++)
		take_step(&m, &r);
	mounted_forget(&m);
	mounted_stop(&m);
	return 0;
}
