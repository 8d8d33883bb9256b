/* SPDX-License-Identifier: MIT */
/* Lists of paths with labels behind them. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *name, const char *text, const char *rows)
{
	assert_string_equal(manifest_read_text(name, text), rows);
}

static void the_label_is_the_last_word(void **state)
{
	(void)state;
	expect("a.lst", "a.jpg 3\nb.png\tcat\r\n\nsub/c.JPEG  -1 \n",
	       "1 path='a.jpg' label='3'\n2 path='b.png' label='cat'\n"
	       "4 path='sub/c.JPEG' label='-1'\n");
}

static void a_path_may_hold_blanks(void **state)
{
	(void)state;
	expect("a.lst", "my photo.jpg 3\nmy .jpg photo.jpg golden retriever\n",
	       "1 path='my photo.jpg' label='3'\n"
	       "2 path='my .jpg photo.jpg' label='golden retriever'\n");
	expect("a.lst", "id one 3\nid 4",
	       "1 path='id one' label='3'\n2 path='id' label='4'\n");
}

static void several_numbers_are_several_labels(void **state)
{
	(void)state;
	expect("a.lst", "a.jpg 0 1  0\nb.jpg 2\n",
	       "1 path='a.jpg' label=['0','1','0']\n2 path='b.jpg' label='2'\n");
}

static void all_lines_have_labels_or_none(void **state)
{
	(void)state;
	expect("a.lst", "a.jpg\nb c.jpg\n", "1 path='a.jpg'\n2 path='b c.jpg'\n");
	expect("a.lst", "a.jpg 1\nb c.jpg\n",
	       "1 path='a.jpg' label='1'\nEBADMSG: $/a.lst:2: has no label, as the lines "
	       "before have: write it behind the path\n");
	expect("a.lst", "a.jpg\nb.jpg 1\n",
	       "1 path='a.jpg'\nEBADMSG: $/a.lst:2: has a label, which the lines before "
	       "have "
	       "not\n");
}

static void text_files_are_known_by_their_first_line(void **state)
{
	(void)state;
	expect("val.txt", "ILSVRC2012_val_00000001.JPEG 65\n",
	       "1 path='ILSVRC2012_val_00000001.JPEG' label='65'\n");
	expect("val.txt", "filename,label\na.jpg,3\n", "2 filename='a.jpg' label='3'\n");
	expect("val.txt", "filename\tlabel\na.jpg\t3\n",
	       "2 filename='a.jpg' label='3'\n");
	expect("val.txt", "[{\"a\": \"x.jpg\"}]", "1 a='x.jpg'\n");
}

static void bytes_that_are_not_utf8_are_told_with_their_line(void **state)
{
	(void)state;
	expect("a.lst", "a.jpg 1\nb\xff.jpg 1\n",
	       "1 path='a.jpg' label='1'\nEBADMSG: $/a.lst:2: byte 2 of the line (0xff) "
	       "is "
	       "not UTF-8; save the file as UTF-8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(the_label_is_the_last_word),
		MANIFEST_TEST(a_path_may_hold_blanks),
		MANIFEST_TEST(several_numbers_are_several_labels),
		MANIFEST_TEST(all_lines_have_labels_or_none),
		MANIFEST_TEST(text_files_are_known_by_their_first_line),
		MANIFEST_TEST(bytes_that_are_not_utf8_are_told_with_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
