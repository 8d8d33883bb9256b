/* SPDX-License-Identifier: MIT */
/* Class names and ids out of each form of labels file. */
#include "manifest_fixture.h"

#include "manifest/label_lines.h"
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static bool by_line;
static char result[4096];

/* "id=name ..." of a file with this text, or its message after the directory. */
static const char *load(const char *name, const char *text)
{
	struct trfs_labels labels = { .names = NULL };
	struct trfs_strings names;
	size_t used = 0;
	int rc;

	if (text)
		manifest_put(name, text);
	source.err = (struct trfs_error){ 0 };
	rc = (by_line ? trfs_label_lines_load : trfs_labels_load)(
		manifest_path(name), &source.inputs, &labels, &source.err);
	if (rc < 0) {
		assert_null(labels.names);
		assert_int_equal(rc, source.err.code);
		assert_memory_equal(source.err.message, source.directory,
				    strlen(source.directory));
		snprintf(result, sizeof(result), "%s",
			 source.err.message + strlen(source.directory) + 1);
		return result;
	}
	names = trfs_string_table_view(labels.names);
	assert_int_equal(names.nr, labels.nr);
	result[0] = '\0';
	for (uint32_t i = 0; i < labels.nr; i++) {
		struct trfs_bytes class = trfs_strings_get(&names, i);
		uint32_t found;

		assert_true(trfs_string_table_find(labels.names, class, &found));
		assert_int_equal(found, i);
		used += (size_t)snprintf(result + used, sizeof(result) - used,
					 "%s%" PRId64 "=%.*s", i ? " " : "",
					 labels.ids[i], TRFS_BYTES_ARG(class));
	}
	trfs_labels_done(&labels);
	return result;
}

static void first_line_is_id_0(void **state)
{
	(void)state;
	assert_string_equal(load("l.txt", "cat\ndog\nbird"), "0=cat 1=dog 2=bird");
	assert_string_equal(load("l.txt", "\xef\xbb\xbf cat\t\r\ndog\r\n\r\n \n"),
			    "0=cat 1=dog");
	assert_string_equal(load("l.txt", "cat\rdog\r"), "0=cat 1=dog");
}

static void numbered_lines_carry_their_ids(void **state)
{
	(void)state;
	assert_string_equal(load("l.txt", "5:cat\n 0 : dog house\n"),
			    "5=cat 0=dog house");
	assert_string_equal(load("l.txt", "1:a:b\n"), "1=a:b");
	assert_string_equal(load("l.txt", "cat\n1:dog\n"), "0=cat 1=1:dog");
	assert_string_equal(
		load("l.txt", "1:cat\ndog\n"),
		"l.txt:2: \"dog\" is not \"id:name\", as the lines before are");
	assert_string_equal(
		load("l.txt", "1:cat\n99999999999999999999:dog\n"),
		"l.txt:2: \"99999999999999999999:dog\" is not \"id:name\", as "
		"the lines before are");
	assert_string_equal(load("l.txt", "-1:cat\n"), "l.txt:1: the id -1 is negative");
}

static void csv_has_names_and_ids_in_either_order(void **state)
{
	(void)state;
	assert_string_equal(load("l.csv", "class,class_id\ncat,3\n\"a,b\",1\n"),
			    "3=cat 1=a,b");
	assert_string_equal(load("l.csv", "id,name\n0,cat\n1,dog\n"), "0=cat 1=dog");
	assert_string_equal(load("l.csv", "label_id,x,label\n0,?,cat\n"), "0=cat");
	assert_string_equal(load("l.csv", "breed,breed_id\npug,4\n"), "4=pug");
	assert_string_equal(load("l.csv", "breed,number\npug,4\n"), "4=pug");
}

static void csv_errors_name_their_line(void **state)
{
	(void)state;
	assert_string_equal(load("l.csv", "cat,0\ndog,1\n"),
			    "l.csv:1: the header must name one column of classes (class, "
			    "name or label) and one of ids (id, class_id or label_id)");
	assert_string_equal(load("l.csv", "class,id\ncat,one\n"),
			    "l.csv:2: the id \"one\" is not an integer");
	assert_string_equal(load("l.csv", "class,id\ncat,\n"), "l.csv:2: has no id");
	assert_string_equal(load("l.csv", "class,id\n,1\n"),
			    "l.csv:2: has no class name");
	assert_string_equal(load("l.csv", "class,id\n"), "l.csv: has no classes");
	assert_string_equal(load("l.csv", "class,id\ncat\n"),
			    "l.csv:2: has 1 field, the header has 2");
}

static void names_and_ids_come_once(void **state)
{
	(void)state;
	assert_string_equal(load("l.txt", "cat\ndog\ncat\n"),
			    "l.txt:3: class \"cat\" is there already, on line 1");
	assert_string_equal(load("l.txt", "7:a\n1:b\n2:c\n7:d\n1:e\n"),
			    "l.txt:4: id 7 is there already, on line 1");
	assert_string_equal(load("l.csv", "class,id\na,1\nb,1\n"),
			    "l.csv:3: id 1 is there already, on line 2");
}

static void files_that_hold_no_names_are_refused(void **state)
{
	(void)state;
	assert_string_equal(
		load("l.txt", "cat\n\ndog\n"),
		"l.txt:2: is blank; every line is a class, in the order of ids");
	assert_string_equal(
		load("l.txt", "\ncat\n"),
		"l.txt:1: is blank; every line is a class, in the order of ids");
	assert_string_equal(
		load("l.txt", "\n \n"),
		"l.txt: is empty; the name of a class was expected on each line");
	assert_string_equal(
		load("l.txt", "cat\nd\xf6g\n"),
		"l.txt:2: the byte 0xf6 is not UTF-8; save the file as UTF-8");
	assert_string_equal(load("none.txt", NULL),
			    "none.txt: cannot open the labels: No "
			    "such file or directory");
	assert_int_equal(source.err.code, -ENOENT);
	manifest_mkdir("folder");
	assert_string_equal(
		load("folder", NULL),
		"folder: is not a regular file; --labels takes a file with the "
		"name of a class on each line");
}

/* The same, numbered by line alone. */
static const char *load_lines(const char *text)
{
	by_line = true;
	load("l.txt", text);
	by_line = false;
	return result;
}

static void lines_may_be_all_that_counts(void **state)
{
	(void)state;
	assert_string_equal(load_lines(" cat\r\n\n7:dog\n \n"), "0=cat 2=7:dog");
	assert_string_equal(load_lines("cat\n\ndog\ncat\n"),
			    "l.txt:4: class \"cat\" is there already, on line 1");
	assert_string_equal(
		load_lines("\n"),
		"l.txt: is empty; the name of a class was expected on each line");
	assert_string_equal(load_lines("a\n\xff\n"),
			    "l.txt:2: byte 1 of the line (0xff) is not UTF-8; save the "
			    "file as UTF-8");
}

static void file_is_an_input(void **state)
{
	size_t before = source.inputs.nr;

	(void)state;
	load("l.txt", "cat\n");
	load("l.csv", "class,id\ncat,0\n");
	assert_int_equal(source.inputs.nr, before + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(first_line_is_id_0),
		MANIFEST_TEST(numbered_lines_carry_their_ids),
		MANIFEST_TEST(csv_has_names_and_ids_in_either_order),
		MANIFEST_TEST(csv_errors_name_their_line),
		MANIFEST_TEST(names_and_ids_come_once),
		MANIFEST_TEST(files_that_hold_no_names_are_refused),
		MANIFEST_TEST(lines_may_be_all_that_counts),
		MANIFEST_TEST(file_is_an_input),
	};

	return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
