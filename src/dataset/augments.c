/* SPDX-License-Identifier: MIT */
/* Augmented copies: which classes have them, and what is done to each. */
#include "dataset/augments.h"

#include "base/random.h"
#include "dataset/augment.h"

int trfs_catalog_present(struct trfs_catalog *catalog,
			 const struct trfs_presentation *presentation,
			 const struct trfs_options *options, struct trfs_error *err)
{
	struct trfs_class_rules rules;
	int rc = trfs_augment_parse(options, catalog, &rules, err);

	if (rc < 0)
		return rc;
	catalog->presentation = *presentation;
	for (uint32_t i = 0; i < presentation->nr_augments; i++)
		catalog->presentation.augments[i].class = rules.items[i].class;
	return 0;
}

uint32_t trfs_augments_count(const struct trfs_catalog *catalog, uint64_t example)
{
	const struct trfs_presentation *p = &catalog->presentation;
	uint32_t nr = 0;

	for (unsigned int i = 0; i < p->nr_augments; i++)
		nr += trfs_catalog_has_class(catalog, example, p->augments[i].class);
	return nr;
}

const struct trfs_augmentation *trfs_augments_of_copy(const struct trfs_catalog *catalog,
						      uint64_t example, uint32_t copy)
{
	const struct trfs_presentation *p = &catalog->presentation;

	for (unsigned int i = 0; copy > 0 && i < p->nr_augments; i++) {
		if (trfs_catalog_has_class(catalog, example, p->augments[i].class) &&
		    --copy == 0)
			return &p->augments[i].what;
	}
	return NULL;
}

uint64_t trfs_augments_random(const struct trfs_catalog *catalog, uint64_t example,
			      uint32_t copy)
{
	struct trfs_name room;
	uint64_t of_image = trfs_random_hash(catalog->presentation.seed,
					     trfs_catalog_name(catalog, example, &room));
	uint8_t number[4];

	trfs_store_u32le(number, copy);
	return trfs_random_hash(of_image, (struct trfs_bytes){ number, sizeof(number) });
}
