/* SPDX-License-Identifier: BSD-2-Clause */
/* The states that were seen: a hash table of their fingerprints. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "states.h"

static uint64_t key[2];
static struct {
	uint64_t (*keys)[2];
	unsigned long size;		/* a power of two */
	unsigned long used;
} visited;

uint64_t state_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
	return hash ^ hash >> 32;
}

void state_feed(const void *data, size_t size)
{
	const unsigned char *at = data;
	uint64_t word;

	key[0] = state_mix(key[0], size);
	for (; size; size -= size < 8 ? size : 8, at += 8) {
		word = 0;
		memcpy(&word, at, size < 8 ? size : 8);
		key[0] = state_mix(key[0], word);
		key[1] = state_mix(key[1] + key[0], ~word);
	}
}

void state_begin(uint64_t what)
{
	key[0] = key[1] = what + 1;
}

uint64_t state_hash(void)
{
	return key[0];
}

static bool visited_insert(const uint64_t wanted[2])
{
	unsigned long i = wanted[0] & (visited.size - 1);

	while (visited.keys[i][0] || visited.keys[i][1]) {
		if (visited.keys[i][0] == wanted[0] &&
		    visited.keys[i][1] == wanted[1])
			return false;
		i = (i + 1) & (visited.size - 1);
	}
	memcpy(visited.keys[i], wanted, sizeof(visited.keys[i]));
	visited.used++;
	return true;
}

static void visited_grow(void)
{
	uint64_t (*old)[2] = visited.keys;
	unsigned long size = visited.size, i;

	visited.size = size ? 2 * size : 1024;
	visited.used = 0;
	visited.keys = calloc(visited.size, sizeof(*visited.keys));
	if (!visited.keys)
		model_refuse("out of memory");
	for (i = 0; i < size; i++)
		if (old[i][0] || old[i][1])
			visited_insert(old[i]);
	free(old);
}

bool state_note(void)
{
	if (2 * visited.used >= visited.size)
		visited_grow();
	return visited_insert(key);
}

unsigned long states_count(void)
{
	return visited.used;
}

void states_forget(void)
{
	free(visited.keys);
	memset(&visited, 0, sizeof(visited));
}
