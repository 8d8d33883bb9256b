/* SPDX-License-Identifier: MIT */
/*
 * Shares from text.  A share is a whole number of billionths, read digit by digit and
 * never a double: a tenth of ten images is then exactly one, on every machine.
 */
#include "dataset/split_shares.h"
#include "base/error.h"
#include "dataset/split_names.h"
#include "manifest/roles.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define DECIMALS  9
#define WHOLE_MAX 1000000 /* larger numbers are no shares, whatever their unit */

static const char *const plain_names[] = { "train", "validation", "test" };

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "0.8", ".8", "80%": in billionths, rounded where there are more decimals. */
static bool parse_number(struct trfs_bytes text, uint64_t *ret_parts)
{
	bool percent = trfs_bytes_ends_with(text, "%");
	size_t end = text.len - (percent ? 1 : 0), at = 0, nr_digits = 0;
	unsigned int wanted = percent ? DECIMALS - 2 : DECIMALS, nr_decimals = 0;
	uint64_t parts = 0;

	for (; at < end && is_digit(text.data[at]); at++, nr_digits++) {
		parts = parts * 10 + (uint64_t)(text.data[at] - '0');
		if (parts > WHOLE_MAX)
			return false;
	}
	if (at < end && text.data[at] == '.') {
		for (at++; at < end && is_digit(text.data[at]); at++, nr_digits++) {
			uint64_t digit = (uint64_t)(text.data[at] - '0');

			if (nr_decimals < wanted)
				parts = parts * 10 + digit;
			else if (nr_decimals == wanted && digit >= 5)
				parts++;
			nr_decimals++;
		}
	}
	if (at < end || nr_digits == 0)
		return false;
	for (; nr_decimals < wanted; nr_decimals++)
		parts *= 10;
	*ret_parts = parts;
	return true;
}

/* Cut the text before the first @separator off @left. */
static struct trfs_bytes cut(struct trfs_bytes *left, char separator)
{
	const uint8_t *found = memchr(left->data, separator, left->len);
	struct trfs_bytes head = { left->data,
				   found ? (size_t)(found - left->data) : left->len };
	size_t taken = head.len + (found ? 1 : 0);

	left->data += taken;
	left->len -= taken;
	return trfs_bytes_trim(head);
}

static int add_share(struct trfs_shares *shares, struct trfs_bytes given,
		     struct trfs_bytes number, struct trfs_error *err)
{
	struct trfs_bytes name = trfs_split_name(given);
	const char *objection = trfs_split_names_objection(name);
	uint64_t parts;

	if (objection)
		return trfs_fail(err, -EINVAL, "--split: the name \"%.*s\" %s",
				 TRFS_BYTES_ARG(given), objection);
	if (!parse_number(number, &parts))
		return trfs_fail(
			err, -EINVAL,
			"--split: the share of \"%.*s\" is \"%.*s\"; type a number "
			"such as 0.8 or 80%%",
			TRFS_BYTES_ARG(name), TRFS_BYTES_ARG(number));
	if (parts == 0)
		return trfs_fail(err, -EINVAL,
				 "--split: the share of \"%.*s\" is 0; leave it out",
				 TRFS_BYTES_ARG(name));
	if (shares->nr == TRFS_SPLITS_MAX)
		return trfs_fail(err, -EINVAL, "--split names more than %d splits",
				 TRFS_SPLITS_MAX);
	for (uint32_t i = 0; i < shares->nr; i++) {
		if (trfs_bytes_equal(trfs_bytes_of(shares->names[i]), name))
			return trfs_fail(err, -EINVAL, "--split names \"%.*s\" twice",
					 TRFS_BYTES_ARG(name));
	}
	memcpy(shares->names[shares->nr], name.data, name.len);
	shares->names[shares->nr][name.len] = '\0';
	shares->parts[shares->nr++] = parts;
	shares->total += parts;
	return 0;
}

static int parse_plain(const char *text, struct trfs_shares *shares,
		       struct trfs_error *err)
{
	struct trfs_bytes left = trfs_bytes_of(text);
	size_t nr = 1;

	for (const char *p = text; *p; p++)
		nr += *p == ',';
	if (nr < 2 || nr > TRFS_COUNT(plain_names))
		return trfs_fail(err, -EINVAL,
				 "--split %s: type names with the shares, such as "
				 "train=0.8,validation=0.1,test=0.1",
				 text);
	for (size_t i = 0; i < nr; i++) {
		int rc = add_share(shares, trfs_bytes_of(plain_names[i]), cut(&left, ','),
				   err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int parse_named(const char *text, struct trfs_shares *shares,
		       struct trfs_error *err)
{
	struct trfs_bytes left = trfs_bytes_of(text);
	bool more = true;

	while (more) {
		struct trfs_bytes item, name;
		int rc;

		more = memchr(left.data, ',', left.len) != NULL;
		item = cut(&left, ',');
		if (item.len == 0 || !memchr(item.data, '=', item.len))
			return trfs_fail(
				err, -EINVAL,
				"--split %s: \"%.*s\" is not NAME=SHARE, such as "
				"train=0.8",
				text, TRFS_BYTES_ARG(item));
		name = cut(&item, '=');
		rc = add_share(shares, name, trfs_bytes_trim(item), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

const char *trfs_share_print(uint64_t parts, char buf[TRFS_SHARE_TEXT_MAX])
{
	uint64_t decimals = parts % TRFS_SHARES_ONE;
	int width = DECIMALS;

	while (decimals > 0 && decimals % 10 == 0) {
		decimals /= 10;
		width--;
	}
	if (decimals == 0)
		snprintf(buf, TRFS_SHARE_TEXT_MAX, "%" PRIu64, parts / TRFS_SHARES_ONE);
	else
		snprintf(buf, TRFS_SHARE_TEXT_MAX, "%" PRIu64 ".%0*" PRIu64,
			 parts / TRFS_SHARES_ONE, width, decimals);
	return buf;
}

static int check_sum(const char *text, const struct trfs_shares *shares,
		     struct trfs_error *err)
{
	const uint64_t tolerance = TRFS_SHARES_ONE / 1000000;
	const uint64_t hundred = 100 * TRFS_SHARES_ONE;
	char sum[TRFS_SHARE_TEXT_MAX];
	bool percents = shares->total + tolerance >= hundred &&
			shares->total <= hundred + tolerance;

	if (shares->total + tolerance >= TRFS_SHARES_ONE &&
	    shares->total <= TRFS_SHARES_ONE + tolerance)
		return 0;
	return trfs_fail(err, -EINVAL, "--split %s adds up to %s; it must be 1%s", text,
			 trfs_share_print(shares->total, sum),
			 percents ? " (percentages end in %)" : "");
}

static void swap(struct trfs_shares *shares, uint32_t i, uint32_t j)
{
	char name[TRFS_SPLIT_NAME_MAX];
	uint64_t parts = shares->parts[i];

	memcpy(name, shares->names[i], sizeof(name));
	memcpy(shares->names[i], shares->names[j], sizeof(name));
	memcpy(shares->names[j], name, sizeof(name));
	shares->parts[i] = shares->parts[j];
	shares->parts[j] = parts;
}

/* train, validation, test to the front; the others keep the order they were typed in. */
static void put_usual_first(struct trfs_shares *shares)
{
	uint32_t front = 0;

	for (size_t n = 0; n < TRFS_COUNT(plain_names); n++) {
		for (uint32_t i = front; i < shares->nr; i++) {
			if (strcmp(shares->names[i], plain_names[n]) != 0)
				continue;
			for (uint32_t at = i; at > front; at--)
				swap(shares, at, at - 1);
			front++;
			break;
		}
	}
}

int trfs_shares_parse(const char *text, struct trfs_shares *ret, struct trfs_error *err)
{
	struct trfs_shares shares = { .nr = 0 };
	int rc;

	if (strchr(text, '='))
		rc = parse_named(text, &shares, err);
	else
		rc = parse_plain(text, &shares, err);
	if (rc == 0)
		rc = check_sum(text, &shares, err);
	if (rc < 0)
		return rc;
	put_usual_first(&shares);
	*ret = shares;
	return 0;
}
