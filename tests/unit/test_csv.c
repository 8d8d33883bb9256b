/* SPDX-License-Identifier: MIT */
/* CSV and TSV: what is read, and what each kind of broken file is told. */
#include "manifest_fixture.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *csv, const char *rows)
{
	assert_string_equal(manifest_read_text("a.csv", csv), rows);
}

static void expect_bytes(const void *csv, size_t len, const char *rows)
{
	manifest_write("a.csv", csv, len);
	assert_string_equal(manifest_read("a.csv"), rows);
}

static void plain_rows_have_their_line(void **state)
{
	(void)state;
	expect("file,label\na.jpg,cat\nb.jpg,dog\n",
	       "2 file='a.jpg' label='cat'\n3 file='b.jpg' label='dog'\n");
}

static void last_line_needs_no_end(void **state)
{
	(void)state;
	expect("file,label\na.jpg,cat", "2 file='a.jpg' label='cat'\n");
	expect("file,label\na.jpg,\"cat\"", "2 file='a.jpg' label='cat'\n");
	expect("file,label\na.jpg,", "2 file='a.jpg'\n");
}

static void all_line_ends_count_the_same(void **state)
{
	(void)state;
	expect("f,l\r\na,1\r\n\r\nb,2\r\n", "2 f='a' l='1'\n4 f='b' l='2'\n");
	expect("f,l\ra,1\r\rb,2\r", "2 f='a' l='1'\n4 f='b' l='2'\n");
	expect("f,l\na,1\n\nb,2\n", "2 f='a' l='1'\n4 f='b' l='2'\n");
}

static void byte_order_mark_is_no_part_of_a_name(void **state)
{
	(void)state;
	expect("\xef\xbb\xbf"
	       "file\na\n",
	       "2 file='a'\n");
}

static void quotes_protect_separators_newlines_and_blanks(void **state)
{
	(void)state;
	expect("f,l\n\"a,b\",\" x \"\n", "2 f='a,b' l=' x '\n");
	expect("f,l\n\"a\nb\",1\nc,2\n", "2 f='a\nb' l='1'\n4 f='c' l='2'\n");
	expect("f,l\n\"a\r\nb\rc\",1\nc,2\n", "2 f='a\r\nb\rc' l='1'\n5 f='c' l='2'\n");
	expect("f\n\"say \"\"hi\"\" \"\"\"\n", "2 f='say \"hi\" \"'\n");
	expect("f,l\n\"\"\"\",\"\"\n", "2 f='\"'\n");
}

static void quote_inside_a_plain_field_is_a_letter(void **state)
{
	(void)state;
	expect("f,l\n5\" disk,x\n", "2 f='5\" disk' l='x'\n");
}

static void blanks_around_plain_fields_go(void **state)
{
	(void)state;
	expect(" file , label\t\n a.jpg ,\tcat \n \"b\" , \"c\" \n",
	       "2 file='a.jpg' label='cat'\n3 file='b' label='c'\n");
	expect("file\na b\n", "2 file='a b'\n");
}

static void blank_lines_are_no_rows(void **state)
{
	(void)state;
	expect("\n\nf,l\n\n  \t\na,1\n\n", "6 f='a' l='1'\n");
	expect("f\n\"\"\na\n", "2\n3 f='a'\n");
	expect("f,l\n,\n", "2\n");
}

static void tabs_separate_tsv(void **state)
{
	(void)state;
	assert_string_equal(manifest_read_text("a.tsv", "f\tl\na,b\t \"c\td\" \n\t\n"),
			    "2 f='a,b' l='c\td'\n3\n");
}

static void headerless_form_is_known_by_its_first_word(void **state)
{
	(void)state;
	expect("TRAIN,a.jpg,cat\nUNASSIGNED,b.jpg,dog\nTEST,c.jpg,\n",
	       "1 split='TRAIN' file='a.jpg' label='cat'\n"
	       "2 file='b.jpg' label='dog'\n3 split='TEST' file='c.jpg'\n");
	expect("VALIDATION,a\n",
	       "EBADMSG: $/a.csv:1: has 2 fields; a file without a header must have "
	       "three: "
	       "TRAIN (or VALIDATION, TEST, UNASSIGNED), file, label\n");
	/* With a header the word is a value like any other. */
	expect("split,f\nUNASSIGNED,a\n", "2 split='UNASSIGNED' f='a'\n");
}

static void ragged_rows_are_counted_for_the_user(void **state)
{
	(void)state;
	expect("a,b,c,d\n1,2,3,4\n1,2,3\n",
	       "2 a='1' b='2' c='3' d='4'\n"
	       "EBADMSG: $/a.csv:3: has 3 fields, the header "
	       "has 4\n");
	expect("a\n1\n1,2\n", "2 a='1'\nEBADMSG: $/a.csv:3: has 2 fields, the header has "
			      "1; a value with a "
			      "comma in it must stand in quotes\n");
	expect("a,b\n\"x\ny\",1\n1\n",
	       "2 a='x\ny' b='1'\nEBADMSG: $/a.csv:4: has 1 field, the header has 2\n");
}

static void open_quote_is_told_where_it_opened(void **state)
{
	(void)state;
	expect("a,b\n1,2\n1,\"x\ny\nz\n", "2 a='1' b='2'\nEBADMSG: $/a.csv:3: a quote "
					  "opens here and never closes\n");
	expect("a,b\n\"1\n2\",\"x",
	       "EBADMSG: $/a.csv:3: a quote opens here and never closes\n");
}

static void text_behind_a_quote_is_refused(void **state)
{
	(void)state;
	expect("a,b\n\"x\"y,1\n", "EBADMSG: $/a.csv:2: text follows a closing quote; a "
				  "quote inside a quoted "
				  "field is written twice\n");
}

static void byte_that_is_not_utf8_has_line_and_place(void **state)
{
	(void)state;
	expect("a,b\nx,caf\xe9\n", "EBADMSG: $/a.csv:2: byte 6 of the line (0xe9) is not "
				   "UTF-8; save the file as UTF-8\n");
	expect("a,b\n\"x\nyz\xff\",1\n",
	       "EBADMSG: $/a.csv:3: byte 3 of the line (0xff) is "
	       "not UTF-8; save the file as UTF-8\n");
	expect("a\n\xc3\xa9\xf0\x9f\x90\x88\n", "2 a='\xc3\xa9\xf0\x9f\x90\x88'\n");
	/* The head of a character, cut by the end of its field. */
	expect("a,b\n\xc3,\xa9\n", "EBADMSG: $/a.csv:2: byte 1 of the line (0xc3) is not "
				   "UTF-8; save the file as UTF-8\n");
}

static void nul_bytes_are_refused(void **state)
{
	static const char plain[] = "a,b\nx,y\0z\n";
	static const char quoted[] = "a,b\n\"x\ny\0\",z\n";
	static const char utf16[] = "\xff\xfe"
				    "a\0,\0b\0\n";

	(void)state;
	expect_bytes(plain, sizeof(plain) - 1,
		     "EBADMSG: $/a.csv:2: holds a NUL byte: this is not text\n");
	expect_bytes(quoted, sizeof(quoted) - 1,
		     "EBADMSG: $/a.csv:3: holds a NUL byte: this is not text\n");
	expect_bytes(utf16, sizeof(utf16) - 1,
		     "EBADMSG: $/a.csv:1: holds a NUL byte: this is not text, or it is "
		     "UTF-16; save it as UTF-8\n");
}

static void bad_headers_are_refused(void **state)
{
	(void)state;
	expect("",
	       "EBADMSG: $/a.csv: is empty; a first line with the names of the columns "
	       "was expected\n");
	expect("\n \n", "EBADMSG: $/a.csv: is empty; a first line with the names of the "
			"columns was expected\n");
	expect(",file\n0,a\n", "EBADMSG: $/a.csv:1: column 1 of the header has no name; "
			       "pandas writes such "
			       "a column unless told index=False\n");
	expect("a,b,\n", "EBADMSG: $/a.csv:1: column 3 of the header has no name\n");
	expect("\na,b, a\n",
	       "EBADMSG: $/a.csv:2: the header names the column \"a\" twice, as 1 and as "
	       "3\n");
	expect("a,b\n", "");
}

static void too_many_columns_are_refused(void **state)
{
	struct trfs_buffer header;

	(void)state;
	trfs_buffer_init(&header, 1 << 20);
	for (int i = 0; i < 5000; i++)
		trfs_buffer_printf(&header, "%sc%d", i ? "," : "", i);
	expect(trfs_buffer_text(&header),
	       "EBADMSG: $/a.csv:1: has 5000 columns, 4096 are the limit\n");
	trfs_buffer_done(&header);
}

static void giant_field_is_refused_where_it_begins(void **state)
{
	size_t len = (17 << 20);
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = '\0';
	memcpy(text, "f,l\na,1\nb,\"", 11);
	expect(text,
	       "2 f='a' l='1'\nEBADMSG: $/a.csv:3: a field that begins here is over "
	       "16 MiB long; is it a quote that never closes?\n");
	text[10] = 'x';
	expect(text,
	       "2 f='a' l='1'\nEBADMSG: $/a.csv:3: a field that begins here is over "
	       "16 MiB long; is it a quote that never closes?\n");
	free(text);
}

/*
 * The same rows wherever the window's end falls: a quoted field of every length near
 * the window's size pushes quotes, CRLFs and characters over the border.
 */
static void windows_end_anywhere(void **state)
{
	static const char tail[] = "\"\"\xc3\xa9\r\n,\",x\r\n\"\"\"q\"\"\",y\r\nz,\"w\"";
	size_t window = 256 << 10;
	size_t size = window + 64;
	char *text = malloc(size + sizeof(tail));

	(void)state;
	assert_non_null(text);
	for (size_t fill = window - 40; fill < window + 4; fill++) {
		const char *got;

		memset(text, 'x', fill);
		memcpy(text, "f,l\n\"", 5);
		memcpy(text + fill, tail, sizeof(tail));
		got = manifest_read_text("a.csv", text);
		got += strlen("2 f='") + fill - 5;
		assert_string_equal(got, "\"\xc3\xa9\r\n,' l='x'\n4 f='\"q\"' l='y'\n"
					 "5 f='z' l='w'\n");
	}
	free(text);
}

static void first_two_columns_may_be_file_and_class_whatever_their_names(void **state)
{
	(void)state;
	manifest_put("a.csv", "TRAIN, class,other\n 1.png , cat\t,x y \n2.png,, \n");
	assert_string_equal(manifest_read_as("image2tfrecords", "a.csv"),
			    "2 TRAIN='1.png'  class='cat' other='x y'\n"
			    "3 TRAIN='2.png'\n");
	manifest_put("a.csv", "file\n1.png\n");
	assert_string_equal(manifest_read_as("image2tfrecords", "a.csv"),
			    "EBADMSG: $/a.csv:1: has one column; two were expected: file "
			    "and class\n");
	manifest_put("a.csv", "file,class\n1.png\n");
	assert_string_equal(manifest_read_as("image2tfrecords", "a.csv"),
			    "EBADMSG: $/a.csv:2: has 1 field, the header has 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(plain_rows_have_their_line),
		MANIFEST_TEST(last_line_needs_no_end),
		MANIFEST_TEST(all_line_ends_count_the_same),
		MANIFEST_TEST(byte_order_mark_is_no_part_of_a_name),
		MANIFEST_TEST(quotes_protect_separators_newlines_and_blanks),
		MANIFEST_TEST(quote_inside_a_plain_field_is_a_letter),
		MANIFEST_TEST(blanks_around_plain_fields_go),
		MANIFEST_TEST(blank_lines_are_no_rows),
		MANIFEST_TEST(tabs_separate_tsv),
		MANIFEST_TEST(headerless_form_is_known_by_its_first_word),
		MANIFEST_TEST(ragged_rows_are_counted_for_the_user),
		MANIFEST_TEST(open_quote_is_told_where_it_opened),
		MANIFEST_TEST(text_behind_a_quote_is_refused),
		MANIFEST_TEST(byte_that_is_not_utf8_has_line_and_place),
		MANIFEST_TEST(nul_bytes_are_refused),
		MANIFEST_TEST(bad_headers_are_refused),
		MANIFEST_TEST(too_many_columns_are_refused),
		MANIFEST_TEST(giant_field_is_refused_where_it_begins),
		MANIFEST_TEST(windows_end_anywhere),
		MANIFEST_TEST(
			first_two_columns_may_be_file_and_class_whatever_their_names),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
