/* SPDX-License-Identifier: MIT */
/* A clock that only goes forward, and waiting by it: nobody's setting of the time of day
 * makes a wait longer or shorter. */
#ifndef TRFS_BASE_CLOCK_H
#define TRFS_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since some moment; costs some tens of nanoseconds. */
uint64_t trfs_clock_ms(void);

/* A condition for trfs_clock_wait_until(). */
void trfs_clock_cond_init(pthread_cond_t *cond);

/*
 * Wait for @cond, under @lock, until trfs_clock_ms() is @ms: false then.  As with all
 * conditions it may also be woken for nothing.
 */
bool trfs_clock_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t ms);

#endif
