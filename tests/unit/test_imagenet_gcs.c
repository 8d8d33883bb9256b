/* SPDX-License-Identifier: MIT */
/* Training folders, and validation files paired with lines. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as("imagenet-gcs", name), rows);
}

static void training_comes_first_then_validation_with_its_lines(void **state)
{
	(void)state;
	manifest_put("train/n02/b.JPEG", "");
	manifest_put("train/n01/a.JPEG", "");
	manifest_put("train/n01/a.jpeg", "");
	manifest_put("train/n03/x.png", "");
	manifest_put("validation/v2.JPEG", "");
	manifest_put("validation/v1.JPEG", "");
	manifest_put("validation/readme", "");
	manifest_put("synset_labels.txt", "n02\nn09");
	expect(NULL, "0 path='train/n01/a.JPEG' label='n01' split='train'\n"
		     "0 path='train/n02/b.JPEG' label='n02' split='train'\n"
		     "$/synset_labels.txt:1 path='validation/v1.JPEG' label='n02' "
		     "split='validation'\n"
		     "$/synset_labels.txt:2 path='validation/v2.JPEG' label='n09' "
		     "split='validation'\n");
}

static void it_may_lie_deeper_in_the_source(void **state)
{
	(void)state;
	manifest_put("raw/train/n02/b.JPEG", "");
	manifest_put("raw/validation/v.JPEG", "");
	manifest_put("raw/synset_labels.txt", "n02\n");
	expect("raw", "0 path='raw/train/n02/b.JPEG' label='n02' split='train'\n"
		      "$/raw/synset_labels.txt:1 path='raw/validation/v.JPEG' "
		      "label='n02' split='validation'\n");
	assert_int_equal(source.inputs.nr, 4);
}

static void lines_and_files_must_be_as_many(void **state)
{
	(void)state;
	manifest_mkdir("train/n01");
	manifest_put("validation/v.JPEG", "");
	manifest_put("synset_labels.txt", "n02\nn03\n");
	expect(NULL, "$/synset_labels.txt:1 path='validation/v.JPEG' label='n02' "
		     "split='validation'\n"
		     "EBADMSG: $/synset_labels.txt:2: there are fewer .JPEG files in "
		     "validation than lines here; each line is the synset of one, in the "
		     "order of names\n");
	manifest_put("synset_labels.txt", "");
	expect(NULL, "EBADMSG: $/synset_labels.txt: has 0 lines, but validation has more "
		     ".JPEG files: the synset of v.JPEG and those behind it is "
		     "missing\n");
	manifest_put("synset_labels.txt", " \n");
	expect(NULL, "EBADMSG: $/synset_labels.txt:1: is blank; the synset of a "
		     "validation file was expected\n");
}

static void what_is_missing_is_named(void **state)
{
	(void)state;
	expect(NULL, "ENOENT: --manifest $/train: cannot open: No such "
		     "file or directory\n");
	manifest_mkdir("train/n01");
	expect(NULL, "ENOENT: --manifest $/validation: cannot open: No "
		     "such file or directory\n");
	manifest_mkdir("validation");
	expect(NULL, "ENOENT: $/synset_labels.txt: cannot open the synsets of the "
		     "validation files: No such file or directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(training_comes_first_then_validation_with_its_lines),
		MANIFEST_TEST(it_may_lie_deeper_in_the_source),
		MANIFEST_TEST(lines_and_files_must_be_as_many),
		MANIFEST_TEST(what_is_missing_is_named),
	};

	return cmocka_run_group_tests_name("imagenet-gcs", tests, NULL, NULL);
}
