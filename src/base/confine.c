/* SPDX-License-Identifier: MIT */
/* The order of the parts, capabilities, and what is said of it. */
#include "base/confine.h"

#include "base/buffer.h"
#include <dlfcn.h>
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NR_CAPABILITIES_MAX 64

static const struct {
	enum trfs_confine_part part;
	const char *name;
} names[] = {
	{ TRFS_CONFINE_LANDLOCK, "landlock" },
	{ TRFS_CONFINE_PRIVILEGES, "no new privileges" },
	{ TRFS_CONFINE_SECCOMP, "seccomp" },
	{ TRFS_CONFINE_CAPABILITIES, "capabilities dropped" },
};

/*
 * What the C library would open only when it is needed: a thread that is cancelled needs
 * libgcc, the first line in the system's log the time zone.
 */
static void load_what_comes_late(void)
{
	/* Stays for as long as the process, as it would if it came late. */
	(void)dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_GLOBAL);
	tzset();
}

/* A word of 32 capabilities of 64. */
static uint32_t word_of(uint64_t set, int i)
{
	return (uint32_t)(set >> (32 * i));
}

/*
 * Images of other users are read, and their times of access left alone: for that root
 * needs capabilities.  The second would also allow to change modes, which seccomp
 * forbids.
 */
static uint64_t kept_capabilities(const struct trfs_confine_rules *rules,
				  unsigned int parts)
{
	uint64_t kept = UINT64_C(1) << CAP_DAC_READ_SEARCH;

	if (parts & TRFS_CONFINE_SECCOMP)
		kept |= UINT64_C(1) << CAP_FOWNER;
	if (rules->overrides_access)
		kept |= UINT64_C(1) << CAP_DAC_OVERRIDE;
	return kept;
}

static int drop_capabilities(uint64_t kept, unsigned int *ret_nr_kept)
{
	struct __user_cap_header_struct header = { .version =
							   _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	/* Those that could be had by starting programs; needs the right to, or there are
	 * none that could be. */
	for (int i = 0; i < NR_CAPABILITIES_MAX; i++)
		if (!(kept >> i & 1))
			(void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	*ret_nr_kept = 0;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= word_of(kept, i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
		*ret_nr_kept += (unsigned int)__builtin_popcount(data[i].permitted);
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

void trfs_confine(const struct trfs_confine_rules *rules, struct trfs_confinement *ret)
{
	unsigned int wanted = rules->parts;

	*ret = (struct trfs_confinement){ .wanted = wanted,
					  .read_everywhere = rules->read_everywhere };
	if (wanted)
		load_what_comes_late();
	/* Landlock and seccomp ask for it of those who are not privileged. */
	if (wanted & (TRFS_CONFINE_PRIVILEGES | TRFS_CONFINE_LANDLOCK |
		      TRFS_CONFINE_SECCOMP) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		ret->parts |= wanted & TRFS_CONFINE_PRIVILEGES;
	if (wanted & TRFS_CONFINE_LANDLOCK &&
	    trfs_confine_files(rules, &ret->landlock) == 0)
		ret->parts |= TRFS_CONFINE_LANDLOCK;
	/* Behind it nothing more could be taken but capabilities. */
	if (wanted & TRFS_CONFINE_SECCOMP && trfs_confine_calls() == 0)
		ret->parts |= TRFS_CONFINE_SECCOMP;
	if (wanted & TRFS_CONFINE_CAPABILITIES &&
	    drop_capabilities(kept_capabilities(rules, ret->parts), &ret->nr_kept) == 0)
		ret->parts |= TRFS_CONFINE_CAPABILITIES;
}

void trfs_confinement_print(const struct trfs_confinement *c, struct trfs_buffer *ret)
{
	const char *separator = "";

	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		if (!(c->parts & names[i].part))
			continue;
		trfs_buffer_printf(ret, "%s%s", separator, names[i].name);
		separator = ", ";
		if (names[i].part == TRFS_CONFINE_LANDLOCK)
			trfs_buffer_printf(ret, " %d%s", c->landlock,
					   c->read_everywhere ? " for writing only" : "");
		if (names[i].part == TRFS_CONFINE_CAPABILITIES && c->nr_kept > 0)
			trfs_buffer_printf(ret, " but %u", c->nr_kept);
	}
	if (!c->parts)
		trfs_buffer_printf(ret, "none");
}

void trfs_confinement_print_missing(const struct trfs_confinement *c,
				    struct trfs_buffer *ret)
{
	const char *separator = "";

	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		if (!(c->wanted & ~c->parts & names[i].part))
			continue;
		trfs_buffer_printf(ret, "%s%s", separator, names[i].name);
		separator = " and ";
	}
}
