/* SPDX-License-Identifier: MIT */
/* A table with open addresses that is filled without locks, as malloc() may be called
 * while any lock is held. */
#include "sites.h"

#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

#define NR_PLACES 65536u
/* Our own functions on top of the stack: unwind(), site_is_refused(). */
#define OWN_DEPTH 2
/* And unwind(), find_bottom(), sites_find(), who called that, and then the bottom. */
#define BOTTOM_DEPTH 4

enum mode { MODE_NONE, MODE_FIND, MODE_REFUSE };

struct table {
	_Atomic uint32_t nr;
	_Atomic uint32_t order[NR_PLACES];
	_Atomic uint64_t hashes[NR_PLACES];
	struct site sites[NR_PLACES];
};

static struct table *table;
static unsigned int wanted;
static _Atomic int mode;
static struct refusal refused;
/* Where the program was called from: what is below differs from run to run. */
static void *bottom;
static _Atomic uint32_t nr_passed;
static atomic_bool has_refused;
/* Unwinding may itself ask for memory. */
static _Thread_local bool is_inside;

struct unwinding {
	void **stack;
	int depth;
	int max;
};

static _Unwind_Reason_Code keep_frame(struct _Unwind_Context *context, void *user)
{
	struct unwinding *u = user;

	if (u->depth == u->max)
		return _URC_END_OF_STACK;
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): that is how it comes */
	u->stack[u->depth++] = (void *)_Unwind_GetIP(context);
	return _URC_NO_REASON;
}

/* As backtrace(), which sanitizers put a frame of theirs on top of.  The first frame is
 * the caller's. */
__attribute__((noinline)) static int unwind(void **stack, int max)
{
	struct unwinding u = { .stack = stack, .max = max };

	_Unwind_Backtrace(keep_frame, &u);
	return u.depth;
}

struct range {
	uintptr_t begin;
	uintptr_t end;
};

static struct range program, libcrypto;

static struct range range_of(const struct dl_phdr_info *library)
{
	struct range range = { .begin = library->dlpi_addr };

	for (int i = 0; i < library->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &library->dlpi_phdr[i];

		if (part->p_type == PT_LOAD)
			range.end = range.begin + part->p_vaddr + part->p_memsz;
	}
	return range;
}

/*
 * libcrypto asks thousands of times at its first use, and dies of some refusals: its
 * functions are refused as a whole, see refusals.c.
 */
static int find_ranges(struct dl_phdr_info *library, size_t size, void *user)
{
	(void)size;
	(void)user;
	if (!library->dlpi_name[0] && program.end == 0)
		program = range_of(library);
	else if (strstr(library->dlpi_name, "libcrypto"))
		libcrypto = range_of(library);
	return 0;
}

static bool is_in(const struct range *range, void *const *stack, int depth)
{
	for (int i = 0; i < depth; i++)
		if ((uintptr_t)stack[i] >= range->begin &&
		    (uintptr_t)stack[i] < range->end)
			return true;
	return false;
}

/* Not libcrypto, and not a sanitizer on its own, as it is where a thread begins.  The
 * first function is the one that refuses. */
static bool is_asked_by_us(void *const *stack, int depth)
{
	return !is_in(&libcrypto, stack, depth) && depth > 1 &&
	       is_in(&program, stack + 1, depth - 1);
}

void sites_init(unsigned int resources)
{
	void *stack[4];

	wanted = resources;
	unwind(stack, 4); /* loads what it needs */
	dl_iterate_phdr(find_ranges, NULL);
	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (table == MAP_FAILED) {
		perror("sites");
		exit(2);
	}
}

uint32_t sites_nr(void)
{
	return atomic_load(&table->nr);
}

struct site *sites_get(uint32_t i)
{
	return &table->sites[atomic_load(&table->order[i])];
}

void sites_print(const struct site *site)
{
	static const char *const names[RESOURCE_NR] = { "memory", "a mapping", "a thread",
							"a descriptor", "space" };

	printf("  %s was refused at\n", names[site->resource]);
	fflush(stdout);
	backtrace_symbols_fd(site->stack, site->depth, 1);
}

__attribute__((noinline)) static void find_bottom(void)
{
	void *stack[BOTTOM_DEPTH + 1];

	if (unwind(stack, BOTTOM_DEPTH + 1) == BOTTOM_DEPTH + 1)
		bottom = stack[BOTTOM_DEPTH];
}

__attribute__((noinline)) void sites_find(void)
{
	find_bottom();
	atomic_store(&mode, MODE_FIND);
}

__attribute__((noinline)) void sites_refuse(const struct refusal *refusal)
{
	find_bottom();
	refused = *refusal;
	atomic_store(&nr_passed, 0);
	atomic_store(&has_refused, false);
	atomic_store(&mode, MODE_REFUSE);
}

bool sites_end(void)
{
	atomic_store(&mode, MODE_NONE);
	return atomic_load(&has_refused);
}

static uint64_t hash_of(enum resource resource, void *const *stack, int depth)
{
	uint64_t hash = 0xcbf29ce484222325u + resource;

	for (int i = 0; i < depth; i++) {
		hash ^= (uintptr_t)stack[i];
		hash *= 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash ? hash : 1;
}

static void note(uint64_t hash, enum resource resource, void *const *stack, int depth)
{
	for (uint32_t at = (uint32_t)hash % NR_PLACES;; at = (at + 1) % NR_PLACES) {
		struct site *site = &table->sites[at];
		uint64_t there = 0;

		if (atomic_compare_exchange_strong(&table->hashes[at], &there, hash)) {
			uint32_t number = atomic_fetch_add(&table->nr, 1);

			site->hash = hash;
			site->resource = resource;
			site->depth = depth;
			for (int i = 0; i < depth; i++)
				site->stack[i] = stack[i];
			atomic_store(&table->order[number], at);
			there = hash;
		}
		if (there == hash) {
			__atomic_fetch_add(&site->nr_seen, 1, __ATOMIC_RELAXED);
			return;
		}
	}
}

static bool refuse(uint64_t hash, enum resource resource)
{
	if (refused.lasting && resource == refused.resource && atomic_load(&has_refused))
		return true;
	if (hash != refused.site || atomic_fetch_add(&nr_passed, 1) != refused.when)
		return false;
	atomic_store(&has_refused, true);
	return true;
}

bool site_is_refused(enum resource resource)
{
	void *stack[SITE_DEPTH + OWN_DEPTH];
	bool is_refused = false;
	uint64_t hash;
	int depth;

	if (atomic_load_explicit(&mode, memory_order_relaxed) == MODE_NONE || is_inside ||
	    !(wanted & 1u << resource))
		return false;
	is_inside = true;
	depth = unwind(stack, SITE_DEPTH + OWN_DEPTH) - OWN_DEPTH;
	if (depth < 0)
		depth = 0;
	for (int i = 0; i < depth; i++)
		if (stack[OWN_DEPTH + i] == bottom)
			depth = i;
	hash = hash_of(resource, stack + OWN_DEPTH, depth);
	if (!is_asked_by_us(stack + OWN_DEPTH, depth))
		is_refused = false;
	else if (atomic_load(&mode) == MODE_FIND)
		note(hash, resource, stack + OWN_DEPTH, depth);
	else
		is_refused = refuse(hash, resource);
	is_inside = false;
	return is_refused;
}
