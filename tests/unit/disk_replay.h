/* SPDX-License-Identifier: MIT */
/*
 * What a disk may hold after a loss of power: any beginning of the calls that were
 * recorded, with what was not synced lost.
 *
 * The model promises no more than POSIX does: what was written to a file since its last
 * fsync may be there, lost, or be anything; names that were made, changed or removed
 * since the directory's last fsync may be as before or as after.
 */
#ifndef TESTS_UNIT_DISK_REPLAY_H
#define TESTS_UNIT_DISK_REPLAY_H

#include "disk_record.h"

/* What became of writes and dates that were not synced. */
enum disk_loss {
	DISK_KEEPS_ALL,
	DISK_LOSES_ALL,
	DISK_KEEPS_SIZES,	/* with zeroes in place of what was written */
	DISK_KEEPS_FIRST_HALF,	/* of the writes */
	DISK_KEEPS_SECOND_HALF, /* so they came there in another order */
	DISK_TEARS_LAST,	/* half of the last write is there */
	DISK_TEARS_SECOND_HALF, /* of each such write every other word of 8 bytes */
	DISK_HAS_RUBBISH,	/* whatever stood there on the disk before */
	DISK_HAS_SOME_RUBBISH,	/* in the second half of the writes */
	DISK_NR_LOSSES
};

/**
 * struct disk_replay - what was replayed already
 */
struct disk_replay {
	const struct disk_record *record;
	uint64_t *seen;
	size_t nr_seen;
};

void disk_replay_begin(struct disk_replay *replay, const struct disk_record *record);
void disk_replay_end(struct disk_replay *replay);

/* How many changes of names may be lost after the first @nr_calls. */
size_t disk_replay_nr_unsynced_names(const struct disk_replay *replay, size_t nr_calls);

/*
 * Make the recorded directory what it may be when the power fails after @nr_calls, with
 * the first @nr_names of the changes of names that were not synced.  False, and nothing
 * is done, where that is the same as an earlier replay.
 */
bool disk_replay(struct disk_replay *replay, size_t nr_calls, size_t nr_names,
		 enum disk_loss loss);

#endif
