/* SPDX-License-Identifier: MIT */
/* Ask the slots, then memory, then the file. */
#include "index/known_column.h"

#include <errno.h>

/* How many entries are read at once where they are asked for in order. */
#define ENTRIES_AHEAD 64u

int trfs_known_column_init(struct trfs_known_column *column,
			   const struct trfs_catalog *catalog, uint64_t nr,
			   uint32_t value_size, int directory_fd, const char *name,
			   const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE])
{
	*column = (struct trfs_known_column){
		.catalog = catalog,
		.nr = nr,
		.value_size = value_size,
	};
	if (trfs_known_slots_init(&column->slots, nr) < 0)
		return -ENOMEM;
	return trfs_known_file_init(&column->file, directory_fd, name, fingerprint,
				    value_size, nr);
}

void trfs_known_column_done(struct trfs_known_column *column)
{
	trfs_known_memory_free(atomic_load(&column->memory));
	trfs_known_file_done(&column->file);
	trfs_known_slots_done(&column->slots);
}

static uint32_t start_of(const struct trfs_known_column *column, const void *value)
{
	uint32_t start = 0;

	memcpy(&start, value,
	       column->value_size < sizeof(start) ? column->value_size : sizeof(start));
	return start;
}

/* Whether the number before was looked up lately too. */
static bool is_next(const struct trfs_known_column *column, uint64_t number)
{
	uint64_t word;
	uint32_t value;

	return number > 0 && trfs_known_slots_get(&column->slots, number - 1, &word,
						  &value) != TRFS_KNOWN_NOT_HERE;
}

/* Put the values of entries that are right where the next look-ups find them. */
static void remember(struct trfs_known_column *column, uint64_t number,
		     const uint8_t *entries, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		const uint8_t *entry = entries + i * column->file.entry_size;
		struct trfs_source_file file;

		/* Before anything of the catalog is touched. */
		if (!trfs_known_entry_is_set(entry, column->value_size))
			continue;
		file = trfs_source_file_get(column->catalog, number + i);
		if (trfs_known_entry_is_of(entry, &file, column->value_size))
			trfs_known_slots_put(&column->slots, number + i,
					     start_of(column, entry));
	}
}

static bool look_up(struct trfs_known_column *column, uint64_t number, uint64_t word,
		    void *ret_value)
{
	uint8_t entries[ENTRIES_AHEAD * TRFS_KNOWN_ENTRY_MAX];
	struct trfs_source_file file = trfs_source_file_get(column->catalog, number);
	uint64_t nr = is_next(column, number) ? ENTRIES_AHEAD : 1;

	if (nr > column->nr - number)
		nr = column->nr - number;
	nr = trfs_known_file_read(&column->file, number, nr, entries);
	if (nr == 0 || !trfs_known_entry_is_of(entries, &file, column->value_size)) {
		trfs_known_slots_put_unknown(&column->slots, number, word);
		return false;
	}
	trfs_known_slots_put(&column->slots, number, start_of(column, entries));
	remember(column, number + 1, entries + column->file.entry_size, nr - 1);
	if (ret_value)
		memcpy(ret_value, entries, column->value_size);
	return true;
}

static bool get_from_memory(const struct trfs_known_column *column, uint64_t number,
			    void *ret_value)
{
	const struct trfs_known_memory *memory =
		atomic_load_explicit(&column->memory, memory_order_acquire);
	uint8_t value[TRFS_KNOWN_VALUE_MAX];

	if (!memory || !trfs_known_memory_get(memory, number, value))
		return false;
	if (ret_value)
		memcpy(ret_value, value, column->value_size);
	return true;
}

bool trfs_known_column_get(struct trfs_known_column *column, uint64_t number,
			   void *ret_value)
{
	uint64_t word;
	uint32_t value;

	switch (trfs_known_slots_get(&column->slots, number, &word, &value)) {
	case TRFS_KNOWN_YES:
		if (!ret_value)
			return true;
		if (column->value_size == sizeof(value)) {
			memcpy(ret_value, &value, sizeof(value));
			return true;
		}
		break;
	case TRFS_KNOWN_NO:
		return get_from_memory(column, number, ret_value);
	case TRFS_KNOWN_NOT_HERE:
		break;
	}
	return get_from_memory(column, number, ret_value) ||
	       look_up(column, number, word, ret_value);
}

/* Two may make it at once; the second one's goes. */
static struct trfs_known_memory *have_memory(struct trfs_known_column *column)
{
	struct trfs_known_memory *found = atomic_load(&column->memory);
	struct trfs_known_memory *made;

	if (found)
		return found;
	made = trfs_known_memory_new(column->nr, column->value_size);
	if (made && !atomic_compare_exchange_strong(&column->memory, &found, made)) {
		trfs_known_memory_free(made);
		return found;
	}
	return made;
}

void trfs_known_column_set(struct trfs_known_column *column, uint64_t number,
			   const void *value)
{
	struct trfs_source_file file = trfs_source_file_get(column->catalog, number);
	uint8_t entry[TRFS_KNOWN_ENTRY_MAX];

	trfs_known_entry_make(&file, value, column->value_size, entry);
	if (!trfs_known_file_write(&column->file, number, entry)) {
		struct trfs_known_memory *memory = have_memory(column);

		if (memory)
			trfs_known_memory_put(memory, number, value);
	}
	trfs_known_slots_put(&column->slots, number, start_of(column, value));
}
