/* SPDX-License-Identifier: MIT */
/* What an index is called, and which names are of indexes of the same source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/fingerprint.h"

#include <stdio.h>
#include <string.h>

static const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE] = { 0x01, 0x23, 0x45, 0x67,
							    0x89, 0xab, 0xcd, 0xef };

/* What a name has of it. */
#define HEX "0123456789abcdef0000000000000000"

static void it_is_the_name_of_the_source_and_of_its_fingerprint(void **state)
{
	static const struct {
		const char *source, *name;
	} cases[] = {
		{ "/no/such/photos", "photos-" HEX ".index" },
		{ "/no/such/my photos+1", "my-photos-1-" HEX ".index" },
	};
	char name[TRFS_INDEX_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		trfs_fingerprint_file_name(cases[i].source, fingerprint, name);
		assert_string_equal(name, cases[i].name);
		assert_int_equal(trfs_index_name_stem(name),
				 strlen(name) - strlen(TRFS_INDEX_SUFFIX));
	}
}

static void names_of_other_fingerprints_are_alike_and_no_others(void **state)
{
	static const char index[] = "photos-" HEX ".index";
	static const char other[] = "fedcba98765432100123456789abcdef";
	char name[TRFS_INDEX_NAME_MAX];

	(void)state;
	assert_true(trfs_index_name_is_alike(index, index));
	snprintf(name, sizeof(name), "photos-%s.1-of-2.part", other);
	assert_true(trfs_index_name_is_alike(name, index));
	snprintf(name, sizeof(name), "others-%s.index", other);
	assert_false(trfs_index_name_is_alike(name, index));
	snprintf(name, sizeof(name), "photos-%.31sg.index", other);
	assert_false(trfs_index_name_is_alike(name, index));
	snprintf(name, sizeof(name), "photos-%.31s.index", other);
	assert_false(trfs_index_name_is_alike(name, index));
	snprintf(name, sizeof(name), "photos-%s0.index", other);
	assert_false(trfs_index_name_is_alike(name, index));
	assert_false(trfs_index_name_is_alike("photos", index));
	assert_false(trfs_index_name_is_alike("", index));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_name_of_the_source_and_of_its_fingerprint),
		cmocka_unit_test(names_of_other_fingerprints_are_alike_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
