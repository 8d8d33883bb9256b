/* SPDX-License-Identifier: MIT */
/* Label maps of the Object Detection API. */
#include "manifest/labels.h"
#include "manifest_fixture.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Names and ids as "cat=1 dog=2", or the message without the path. */
static void expect(const char *map, const char *wanted)
{
	struct trfs_labels labels = { .names = NULL };
	struct trfs_error err = { 0 };
	char text[1024] = "";
	struct trfs_strings names;
	int rc;

	manifest_put("label_map.pbtxt", map);
	rc = trfs_labels_load(manifest_path("label_map.pbtxt"), &source.inputs, &labels,
			      &err);
	if (rc < 0) {
		assert_int_equal(rc, -EBADMSG);
		assert_string_equal(strstr(err.message, "pbtxt:") + 6, wanted);
		return;
	}
	names = trfs_string_table_view(labels.names);
	for (uint32_t i = 0; i < labels.nr; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%.*s=%" PRId64, i ? " " : "",
			 TRFS_BYTES_ARG(trfs_strings_get(&names, i)), labels.ids[i]);
	trfs_labels_done(&labels);
	assert_string_equal(text, wanted);
}

static void shipped_files_are_read(void **state)
{
	(void)state;
	expect("item {\n  id: 1\n  name: 'Abyssinian'\n}\n\nitem {\n  id: 2\n  name: "
	       "'american_bulldog'\n}\n",
	       "Abyssinian=1 american_bulldog=2");
	expect("item {\n  name: \"/m/01g317\"\n  id: 1\n  display_name: \"person\"\n}",
	       "/m/01g317=1");
}

static void what_protobuf_allows_is_allowed(void **state)
{
	(void)state;
	expect("# a map\nname: 'x'\nitem: < id:7,name : 'a\\x62' \"c\\'\\143\" ; > # "
	       "end\n"
	       "item{id:3 name:'d' keypoints { id: 1 label: 'nose' } keypoints: [{id: "
	       "2}] "
	       "frequency: FREQUENT ancestor_ids: [1, 2] }",
	       "abc'c=7 d=3");
}

static void background_alone_has_zero(void **state)
{
	(void)state;
	expect("item { id: 0 name: 'background' }\nitem { name: 'none' display_name: "
	       "'background' }\n",
	       "2: id 0 is there already, on line 1");
	expect("item { id: 0 name: 'cat' }", "1: id 0 is reserved for \"background\"");
	expect("\nitem { name: 'cat' }", "2: the item has no id");
	expect("item { id: -1 name: 'cat' }", "1: the id -1 is negative");
}

static void broken_maps_are_told_with_their_line(void **state)
{
	(void)state;
	expect("item {\n id: 1\n name: 'a\n}", "3: a quote opens and never closes");
	expect("item {\n id: 1\n name: a\n}", "3: a name is not in quotes");
	expect("item {\n id: x\n}", "2: the id \"x\" is no integer of 32 bits");
	expect("item {\n id: 1\n", "3: ends within an item");
	expect("item {\n id: 1 }", "1: the item has no name");
	expect("item { id: 1 name: 'a' }\nitem { id: 2 name: 'a' }",
	       "2: class \"a\" is there already, on line 1");
	expect("item 3", "1: an item has no { behind it");
	expect("{\"a\": 1}",
	       "1: is no label map: item { id: 1 name: 'cat' } was expected");
	expect("item { id: 1 name: '\\q' }",
	       "1: a text has an escape sequence that is not known here");
	expect("# nothing\n", " has no items; that is no label map");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(shipped_files_are_read),
		MANIFEST_TEST(what_protobuf_allows_is_allowed),
		MANIFEST_TEST(background_alone_has_zero),
		MANIFEST_TEST(broken_maps_are_told_with_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
