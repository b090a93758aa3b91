/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of the shared block; see the header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

static const unsigned char *shared_block;
static size_t shared_bytes;
static unsigned int count;
static struct {
	const unsigned char *at;
	size_t size;
	uint64_t first;
	struct {
		uint64_t value;
		unsigned int writer;
	} later[LATER];			/* written so far */
	unsigned int later_known;	/* what loads may return of them */
	unsigned int later_count;
} fields[FIELDS];

void model_refuse(const char *why)
{
	printf("Bail out! the model of memory cannot go on: %s\n", why);
	fflush(stdout);
	exit(1);
}

void fields_start(const void *shared, size_t size)
{
	shared_block = shared;
	shared_bytes = size;
	count = 0;
	memset(fields, 0, sizeof(fields));
}

bool field_is_shared(const volatile void *p)
{
	return (uintptr_t)p - (uintptr_t)shared_block < shared_bytes;
}

static uint64_t read_plain(const unsigned char *at, size_t size)
{
	switch (size) {
	case 1:
		return *at;
	case 2:
		return *(const uint16_t *)(const void *)at;
	case 4:
		return *(const uint32_t *)(const void *)at;
	case 8:
		return *(const uint64_t *)(const void *)at;
	}
	model_refuse("an access of a size that no field has");
}

int field_find(const void *p, size_t size)
{
	const unsigned char *at = p;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (fields[i].at == at && fields[i].size == size)
			return (int)i;
		if (at < fields[i].at + fields[i].size &&
		    fields[i].at < at + size)
			return -1;
	}
	if ((uintptr_t)at % size)
		return -1;
	if (count == FIELDS)
		model_refuse("too many fields");
	fields[count].at = at;
	fields[count].size = size;
	fields[count].first = read_plain(at, size);
	return (int)count++;
}

unsigned int field_count(void)
{
	return count;
}

uint64_t field_first(unsigned int field)
{
	return fields[field].first;
}

size_t field_offset(unsigned int field)
{
	return (size_t)(fields[field].at - shared_block);
}

void field_note(unsigned int field, unsigned int writer, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < fields[field].later_count; i++)
		if (fields[field].later[i].value == value &&
		    fields[field].later[i].writer == writer)
			return;
	if (i == LATER)
		model_refuse("too many values of one field");
	fields[field].later[i].value = value;
	fields[field].later[i].writer = writer;
	fields[field].later_count++;
}

bool fields_learn(void)
{
	bool learned = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		learned |= fields[i].later_known != fields[i].later_count;
		fields[i].later_known = fields[i].later_count;
	}
	return learned;
}

unsigned int field_later(unsigned int field, unsigned int writer,
			 uint64_t values[LATER])
{
	unsigned int i, n = 0;

	for (i = 0; i < fields[field].later_known; i++)
		if (fields[field].later[i].writer == writer)
			values[n++] = fields[field].later[i].value;
	return n;
}
