/* SPDX-License-Identifier: MIT */
/*
 * Where a program asks for something that there may be too little of, and which of these
 * places is refused.
 *
 * A site is a stack of calls: the same function called by another is another site.  The
 * table is in memory that parent and children share, so that one child finds the sites,
 * and each later one is refused at one of them.
 */
#ifndef TRFS_SCARCITY_SITES_H
#define TRFS_SCARCITY_SITES_H

#include <stdbool.h>
#include <stdint.h>

#define SITE_DEPTH 14

enum resource {
	RESOURCE_MEMORY,
	RESOURCE_MAPPING,
	RESOURCE_THREAD,
	RESOURCE_DESCRIPTOR,
	RESOURCE_SPACE,
	RESOURCE_NR
};

/**
 * struct site - one of them
 * @hash: of its stack; 0: not used
 * @nr_seen: how often it was passed while sites were found
 * @nr_tried: what runner.c has done with it
 */
struct site {
	uint64_t hash;
	enum resource resource;
	uint32_t nr_seen;
	uint32_t nr_tried;
	int depth;
	void *stack[SITE_DEPTH];
};

/**
 * struct refusal - what befalls this process
 * @site: the hash of the site that is refused; 0: none
 * @resource: its
 * @when: its passages before the refused one
 * @lasting: it and everything of its kind from then on, as when all is used up
 */
struct refusal {
	uint64_t site;
	enum resource resource;
	uint32_t when;
	bool lasting;
};

/* Once, by the parent: the shared table. */
void sites_init(unsigned int resources);
uint32_t sites_nr(void);
struct site *sites_get(uint32_t i);
/* Where a site is, for a person. */
void sites_print(const struct site *site);

/* Find sites, or refuse one, from now on; until sites_end(), which says whether anything
 * was refused. */
void sites_find(void);
void sites_refuse(const struct refusal *refusal);
bool sites_end(void);

/* Whether the caller's caller is refused; notes it otherwise. */
bool site_is_refused(enum resource resource);

#endif
