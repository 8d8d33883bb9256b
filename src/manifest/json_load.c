/* SPDX-License-Identifier: MIT */
/*
 * Without memory jansson 2.14 calls a good string an invalid token or says nothing at
 * all; and where the buffer that it collects a string in cannot grow, it leaves a byte
 * out and goes on: to wrong text, a failed assertion, or past the end of a buffer.  So
 * its allocator is watched: what was parsed while one call failed is not believed, and
 * that buffer, whose sizes are powers of two, then grows into memory that was set aside.
 */
#include "manifest/json_load.h"

#include <stdlib.h>

/* The smallest that the buffer of a string grows to. */
#define GROWN_SIZE_MIN 32u

/*
 * All sizes of that buffer together are less than four times the text; strings, whose
 * sizes may be powers of two as well, take about twice theirs before something else stops
 * the parser.
 */
#define RESERVE_A_BYTE 16u
#define RESERVE_MIN    4096u

/**
 * struct loading - one call of jansson's parser
 * @reserve: @reserve_len bytes, of which @used are taken
 */
struct loading {
	char *reserve;
	size_t reserve_len;
	size_t used;
	bool lacked_memory;
};

/* jansson's allocator takes no user data. */
static _Thread_local struct loading *json_loading;

static void *allocate(size_t size)
{
	struct loading *loading = json_loading;
	void *place = malloc(size);
	bool may_be_buffer = size >= GROWN_SIZE_MIN && (size & (size - 1)) == 0;

	if (place || !loading)
		return place;
	loading->lacked_memory = true;
	if (!may_be_buffer || size > loading->reserve_len - loading->used)
		return NULL;
	/* Powers of two from 32 on, so that all are aligned. */
	place = loading->reserve + loading->used;
	loading->used += size;
	return place;
}

static void release(void *place)
{
	const struct loading *loading = json_loading;
	uintptr_t at = (uintptr_t)place;
	uintptr_t reserve = loading ? (uintptr_t)loading->reserve : 0;

	if (!loading || at < reserve || at >= reserve + loading->reserve_len)
		free(place);
}

/* Before there are threads, as jansson wants it. */
__attribute__((constructor)) static void watch_allocator(void)
{
	json_set_alloc_funcs(allocate, release);
}

json_t *trfs_json_load(struct trfs_bytes text, size_t flags, json_error_t *ret_error,
		       bool *ret_lacked_memory)
{
	struct loading loading = { .reserve_len =
					   text.len * RESERVE_A_BYTE + RESERVE_MIN };
	json_t *json = NULL;

	*ret_error = (json_error_t){ .text = "" };
	loading.reserve = malloc(loading.reserve_len);
	loading.lacked_memory = !loading.reserve;
	json_loading = &loading;
	if (loading.reserve)
		json = json_loadb((const char *)text.data, text.len, flags, ret_error);
	if (loading.lacked_memory) {
		json_decref(json);
		json = NULL;
	}
	json_loading = NULL;
	*ret_lacked_memory = loading.lacked_memory;
	free(loading.reserve);
	return json;
}
