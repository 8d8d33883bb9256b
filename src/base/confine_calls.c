/* SPDX-License-Identifier: MIT */
/*
 * The filter of system calls: a list of those that fail with EPERM, and a few that do for
 * some arguments.  A list of what is allowed would break with the next C library; what is
 * dangerous changes slowly, and Landlock and capabilities stand behind it.
 *
 * Only the lower half of an argument is looked at where the kernel takes an int.
 */
#include "base/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

#ifdef OUR_ARCHITECTURE

#define CODE_MAX 512

/* Numbers above are another set of calls (x32). */
#define OTHER_NUMBERS 0x40000000u

#define NEW_NAMESPACES                                                                   \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |   \
	 CLONE_NEWPID | CLONE_NEWNET)

/* Calls that headers may be too old for have the same number everywhere. */
enum {
	CALL_PIDFD_GETFD = 438,
	CALL_PROCESS_MADVISE = 440,
	CALL_MOUNT_SETATTR = 442,
	CALL_QUOTACTL_FD = 443,
	CALL_FCHMODAT2 = 452,
	CALL_SETXATTRAT = 463,
	CALL_REMOVEXATTRAT = 466,
	CALL_OPEN_TREE_ATTR = 467,
	CALL_FILE_SETATTR = 469,
};

static const unsigned int denied[] = {
	/* other programs, and other processes */
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	CALL_PIDFD_GETFD,
	CALL_PROCESS_MADVISE,
	/* what is mounted, and other views of the system */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_move_mount,
	SYS_open_tree,
	CALL_MOUNT_SETATTR,
	CALL_OPEN_TREE_ATTR,
	SYS_setns,
	SYS_unshare,
	SYS_swapon,
	SYS_swapoff,
	SYS_quotactl,
	CALL_QUOTACTL_FD,
	SYS_acct,
	/* the kernel itself */
	SYS_kexec_load,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_reboot,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_syslog,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_clock_adjtime,
	SYS_adjtimex,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	/* files by other ways, and what is known of them beside their content */
	SYS_open_by_handle_at,
	SYS_fchmod,
	SYS_fchmodat,
	CALL_FCHMODAT2,
	SYS_fchown,
	SYS_fchownat,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_fsetxattr,
	CALL_SETXATTRAT,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_fremovexattr,
	CALL_REMOVEXATTRAT,
	CALL_FILE_SETATTR,
	SYS_truncate,
	SYS_linkat,
	SYS_symlinkat,
	SYS_mknodat,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
	SYS_link,
	SYS_symlink,
	SYS_mknod,
	SYS_utime,
	SYS_utimes,
	SYS_futimesat,
	SYS_iopl,
	SYS_ioperm,
	SYS_modify_ldt,
	SYS_uselib,
#endif
};

struct program {
	struct sock_filter code[CODE_MAX];
	unsigned short nr;
};

static void put(struct program *p, uint16_t code, uint32_t k, uint8_t if_true,
		uint8_t if_false)
{
	/* There is room for all that is put; see build(). */
	if (p->nr < CODE_MAX)
		p->code[p->nr++] = (struct sock_filter){ code, if_true, if_false, k };
}

static void load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The lower half of argument @i; little-endian, as all of this program. */
static void load_argument(struct program *p, unsigned int i)
{
	load(p, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t));
}

static void answer(struct program *p, uint32_t action)
{
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

static void fail_with(struct program *p, uint32_t code)
{
	answer(p, SECCOMP_RET_ERRNO | code);
}

static void allow(struct program *p)
{
	answer(p, SECCOMP_RET_ALLOW);
}

/* What follows, @len instructions that all answer, is of call @nr. */
static void only_of(struct program *p, unsigned int nr, uint8_t len)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, nr, 0, len);
}

/* The next instruction is for those equal to @value, the one behind it for others. */
static void if_equal(struct program *p, uint32_t value)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}

static void if_any_bit(struct program *p, uint32_t bits)
{
	put(p, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
}

/* Threads of this process, but no other process and no namespace. */
static void put_threads(struct program *p)
{
	only_of(p, SYS_clone, 6);
	load_argument(p, 0);
	if_any_bit(p, NEW_NAMESPACES);
	fail_with(p, EPERM);
	if_any_bit(p, CLONE_THREAD);
	allow(p);
	fail_with(p, EPERM);
#ifdef SYS_clone3
	/* Its flags cannot be seen; the C library then takes the other. */
	only_of(p, SYS_clone3, 1);
	fail_with(p, ENOSYS);
#endif
}

static void put_arguments(struct program *p)
{
	only_of(p, SYS_socket, 4);
	load_argument(p, 0);
	if_equal(p, AF_UNIX);
	allow(p);
	fail_with(p, EPERM);

	/* Words put into a terminal as if they were typed. */
	only_of(p, SYS_ioctl, 6);
	load_argument(p, 1);
	if_equal(p, TIOCSTI);
	fail_with(p, EPERM);
	if_equal(p, TIOCLINUX);
	fail_with(p, EPERM);
	allow(p);

	/* No memory is written and executed, nor first the one and then the other. */
	only_of(p, SYS_mmap, 5);
	load_argument(p, 2);
	put(p, BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC, 0, 0);
	if_equal(p, PROT_WRITE | PROT_EXEC);
	fail_with(p, EPERM);
	allow(p);
	only_of(p, SYS_mprotect, 4);
	load_argument(p, 2);
	if_any_bit(p, PROT_EXEC);
	fail_with(p, EPERM);
	allow(p);
	only_of(p, SYS_pkey_mprotect, 4);
	load_argument(p, 2);
	if_any_bit(p, PROT_EXEC);
	fail_with(p, EPERM);
	allow(p);

	/* Times of files that are open (no path), as those of the index are set. */
	only_of(p, SYS_utimensat, 6);
	load_argument(p, 1);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
	load(p, offsetof(struct seccomp_data, args[1]) + sizeof(uint32_t));
	if_equal(p, 0);
	allow(p);
	fail_with(p, EPERM);
}

static void build(struct program *p)
{
	_Static_assert(2 * TRFS_COUNT(denied) + 64 < CODE_MAX, "room for all");

	p->nr = 0;
	/* Calls of another architecture have other numbers. */
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0);
	fail_with(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_JMP | BPF_JGE | BPF_K, OTHER_NUMBERS, 0, 1);
	fail_with(p, EPERM);
	for (size_t i = 0; i < TRFS_COUNT(denied); i++) {
		only_of(p, denied[i], 1);
		fail_with(p, EPERM);
	}
	put_threads(p);
	put_arguments(p);
	allow(p);
}

int trfs_confine_calls(void)
{
	struct program program;
	struct sock_fprog filter = { .filter = program.code };

	build(&program);
	filter.len = program.nr;
	/* Older kernels would slow the process down for the sake of programs that run
	 * code of others. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) < 0
		       ? -errno
		       : 0;
}

#else

int trfs_confine_calls(void)
{
	return -EOPNOTSUPP;
}

#endif
