/* SPDX-License-Identifier: BSD-2-Clause */
/* A recording's text. */
#include <stdbool.h>
#include <string.h>

#include "vectors.h"

const char *const vectors_moment_names[VECTORS_MOMENTS] = {
	[VECTORS_PUBLISHED] = "published",
	[VECTORS_COMPLETED] = "completed",
};

struct cursor {
	const char *at;
	const char *end;
};

static bool take_word(struct cursor *line, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(line->end - line->at) < length ||
	    memcmp(line->at, word, length))
		return false;
	line->at += length;
	return true;
}

static bool take_number(struct cursor *line, unsigned int digits,
			uint64_t *value)
{
	*value = 0;
	for (; digits; digits--, line->at++) {
		unsigned int digit;

		if (line->at == line->end)
			return false;
		if (*line->at >= '0' && *line->at <= '9')
			digit = (unsigned int)(*line->at - '0');
		else if (*line->at >= 'a' && *line->at <= 'f')
			digit = (unsigned int)(*line->at - 'a') + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* The moment and the part that a line begins with: its bytes. */
static uint8_t *take_part(struct cursor *line, struct vectors *vectors,
			  size_t *size)
{
	unsigned int i;

	for (i = 0; i < VECTORS_MOMENTS; i++)
		if (take_word(line, vectors_moment_names[i]))
			break;
	if (i == VECTORS_MOMENTS)
		return NULL;
	if (take_word(line, " control ")) {
		*size = sizeof(vectors->moment[i].control);
		return (uint8_t *)&vectors->moment[i].control;
	}
	if (take_word(line, " pool ")) {
		*size = sizeof(vectors->moment[i].pool);
		return vectors->moment[i].pool;
	}
	return NULL;
}

static bool parse_bytes(struct cursor *line, struct vectors *vectors)
{
	uint64_t offset, byte;
	size_t size, i;
	uint8_t *part = take_part(line, vectors, &size);

	if (!part || !take_number(line, 4, &offset) || !take_word(line, " ") ||
	    offset % VECTORS_LINE || offset >= size)
		return false;
	for (i = 0; i < VECTORS_LINE; i++) {
		if (!take_number(line, 2, &byte))
			return false;
		part[offset + i] = (uint8_t)byte;
	}
	return line->at == line->end;
}

/* Whether the line makes sense; `ended` if it is the last. */
static bool parse_line(struct cursor *line, struct vectors *vectors,
		       bool *ended)
{
	if (line->at < line->end && *line->at == '#')
		return true;
	if (take_word(line, "pool "))
		return take_number(line, 16, &vectors->pool_address) &&
		       line->at == line->end;
	if (take_word(line, "end")) {
		*ended = true;
		return line->at == line->end;
	}
	return parse_bytes(line, vectors);
}

unsigned int vectors_parse(struct vectors *vectors, const char *text,
			   size_t size)
{
	const char *end = text + size;
	unsigned int number = 0;
	bool ended = false;

	memset(vectors, 0, sizeof(*vectors));
	while (text < end) {
		struct cursor line = { text, text };

		while (line.end < end && *line.end != '\n')
			line.end++;
		number++;
		if (ended || line.end == end ||
		    !parse_line(&line, vectors, &ended))
			return number;
		text = line.end + 1;
	}
	return ended && vectors->pool_address ? 0 : number + 1;
}
