/* SPDX-License-Identifier: MIT */
/* What a cache keeps, what it lets go, and that a thing is made once. */
#include "base/cache.h"

#include "base/error.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define THING_MEMORY 10u

/* What was made and destroyed. */
struct log {
	pthread_mutex_t lock;
	unsigned int nr_made;
	unsigned int nr_destroyed;
	unsigned int delay_us;
};

static int make(void *user, const char *key, const void *argument, void **ret,
		struct trfs_error *err)
{
	struct log *log = user;

	(void)argument;
	if (log->delay_us)
		usleep(log->delay_us);
	if (strcmp(key, "bad") == 0)
		return trfs_fail(err, -ENOENT, "there is none");
	pthread_mutex_lock(&log->lock);
	log->nr_made++;
	pthread_mutex_unlock(&log->lock);
	*ret = strdup(key);
	return 0;
}

static void destroy(void *user, void *thing)
{
	struct log *log = user;

	pthread_mutex_lock(&log->lock);
	log->nr_destroyed++;
	pthread_mutex_unlock(&log->lock);
	free(thing);
}

static uint64_t memory(void *user, const void *thing)
{
	(void)user;
	(void)thing;
	return THING_MEMORY;
}

static struct trfs_cache *new_cache(struct log *log, uint64_t budget)
{
	static const struct trfs_cache_kind kind = { make, destroy, memory };
	struct trfs_cache *cache = NULL;

	assert_int_equal(trfs_cache_new(&kind, log, budget, &cache), 0);
	return cache;
}

static void *take(struct trfs_cache *cache, const char *key)
{
	void *thing = NULL;

	assert_int_equal(trfs_cache_take(cache, key, NULL, &thing, NULL), 0);
	assert_string_equal(thing, key);
	return thing;
}

static void use(struct trfs_cache *cache, const char *key)
{
	trfs_cache_give(cache, take(cache, key));
}

static void a_thing_is_made_once_while_it_fits(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct trfs_cache *cache = new_cache(&log, 100);
	uint64_t nr, bytes;

	(void)state;
	for (int i = 0; i < 5; i++)
		use(cache, "a");
	assert_int_equal(log.nr_made, 1);
	trfs_cache_count(cache, &nr, &bytes);
	assert_int_equal(nr, 1);
	assert_int_equal(bytes, THING_MEMORY);
	trfs_cache_free(cache);
	assert_int_equal(log.nr_destroyed, 1);
}

static void the_longest_unused_goes_first(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct trfs_cache *cache = new_cache(&log, 2 * THING_MEMORY);

	(void)state;
	use(cache, "a");
	use(cache, "b");
	use(cache, "a");
	use(cache, "c"); /* b goes */
	assert_int_equal(log.nr_destroyed, 1);
	use(cache, "a");
	assert_int_equal(log.nr_made, 3);
	use(cache, "b");
	assert_int_equal(log.nr_made, 4);
	trfs_cache_free(cache);
}

static void what_is_used_stays_whatever_the_budget(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct trfs_cache *cache = new_cache(&log, 0);
	void *a = take(cache, "a"), *again;

	(void)state;
	use(cache, "b");
	use(cache, "c");
	assert_int_equal(log.nr_destroyed, 1);
	again = take(cache, "a");
	assert_ptr_equal(a, again);
	assert_false(trfs_cache_age(cache));
	assert_true(trfs_cache_age(cache));
	assert_int_equal(log.nr_destroyed, 2);
	trfs_cache_give(cache, a);
	trfs_cache_give(cache, again);
	/* What was used last stays too, or each use would make it. */
	use(cache, "a");
	assert_int_equal(log.nr_made, 3);
	use(cache, "b");
	assert_int_equal(log.nr_destroyed, 3);
	trfs_cache_free(cache);
}

static void ageing_lets_go_of_what_nobody_used_since(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct trfs_cache *cache = new_cache(&log, 1000);
	uint64_t nr, bytes;

	(void)state;
	use(cache, "a");
	use(cache, "b");
	trfs_cache_age(cache);
	use(cache, "b");
	trfs_cache_age(cache);
	assert_int_equal(log.nr_destroyed, 1);
	trfs_cache_age(cache);
	trfs_cache_count(cache, &nr, &bytes);
	assert_int_equal(nr, 0);
	assert_int_equal(bytes, 0);
	trfs_cache_free(cache);
}

static void a_failure_is_not_remembered(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct trfs_cache *cache = new_cache(&log, 1000);
	struct trfs_error err = { 0 };
	uint64_t nr, bytes;
	void *thing;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(trfs_cache_take(cache, "bad", NULL, &thing, &err),
				 -ENOENT);
		assert_string_equal(err.message, "there is none");
	}
	trfs_cache_count(cache, &nr, &bytes);
	assert_int_equal(nr, 0);
	trfs_cache_free(cache);
}

static void *use_often(void *user)
{
	static const char *const keys[] = { "a", "b", "c", "d", "bad" };

	for (unsigned int i = 0; i < 200; i++) {
		void *thing = NULL;

		if (trfs_cache_take(user, keys[i % 5], NULL, &thing, NULL) == 0)
			trfs_cache_give(user, thing);
		if (i % 50 == 0)
			trfs_cache_age(user);
	}
	return NULL;
}

static void threads_share_it(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER, .delay_us = 10 };
	struct trfs_cache *cache = new_cache(&log, 2 * THING_MEMORY);
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_often, cache), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	trfs_cache_free(cache);
	assert_int_equal(log.nr_made, log.nr_destroyed);
}

static void *take_slow(void *user)
{
	void *thing = NULL;

	return trfs_cache_take(user, "slow", NULL, &thing, NULL) == 0 ? thing : NULL;
}

static void who_comes_meanwhile_waits_for_the_one_that_is_made(void **state)
{
	struct log log = { .lock = PTHREAD_MUTEX_INITIALIZER, .delay_us = 50000 };
	struct trfs_cache *cache = new_cache(&log, 100);
	void *things[4] = { NULL };
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_slow, cache), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &things[i]);
		assert_ptr_equal(things[i], things[0]);
	}
	assert_int_equal(log.nr_made, 1);
	for (size_t i = 0; i < 4; i++)
		trfs_cache_give(cache, things[i]);
	trfs_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thing_is_made_once_while_it_fits),
		cmocka_unit_test(the_longest_unused_goes_first),
		cmocka_unit_test(what_is_used_stays_whatever_the_budget),
		cmocka_unit_test(ageing_lets_go_of_what_nobody_used_since),
		cmocka_unit_test(a_failure_is_not_remembered),
		cmocka_unit_test(threads_share_it),
		cmocka_unit_test(who_comes_meanwhile_waits_for_the_one_that_is_made),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
