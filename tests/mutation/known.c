/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of each form that the instrumenter looks for, and what it must not trip
 * over; known.table is what it has to find. if (this) return VIRTIO_ERR_FULL;
 */
#include <stdbool.h>
#include <stddef.h>

#define CHECK(x) do { if (x) return VIRTIO_ERR_RANGE; \
	} while (0)

enum { VIRTIO_OK, VIRTIO_ERR_RANGE = -1, VIRTIO_ERR_INDEX = -2,
       VIRTIO_BLK_S_IOERR = 1, COMPARTMENT_ERR_INVALID = -3 };

struct thing {
	int size, used;
	const char *text;
};

static const int table[] = { sizeof(int) > 2 ? 1 : 2, VIRTIO_ERR_RANGE };

static bool in_thing(const struct thing *thing, int at)
{
	return thing->size && (at >= 0 || at == -1) && at < thing->size;
}

static bool overlap(int a, int b, int size)
{
	return a > b ? a - b < size : b - a < size;
}

static int find(const struct thing *things, int count, int size)
{
	int i;

	for (i = 0; i < count; i++)
		if (things[i].size == size && things[i].text)
			return i;
	return VIRTIO_ERR_INDEX;
}

/* Not a check: neither operand of a choice without an error is one. */
static int choose(bool first, int a, int b)
{
	return first ? a : b;
}

static int check(struct thing *thing, int at, int size)
{
	char quote = '"', brace = '{'; /* " { ( */
	int error, rest, status = 0;

	if (!thing || (size < 0 && at) || quote == brace)
		return VIRTIO_ERR_RANGE;
	if (!in_thing(thing, at)) {
		thing->text = "if (\"x) return VIRTIO_ERR_RANGE;";
		return VIRTIO_ERR_INDEX;
	}
	error = at > 5 || size > 50 ? VIRTIO_ERR_INDEX : VIRTIO_OK;
	if (error)
		return error;
	rest = size < thing->size ? size : thing->size;
	if (rest > table[0] * 8)
		rest = table[0] * 8;
	if (thing->used > rest)
		status = VIRTIO_BLK_S_IOERR;
	while (rest > 0 && thing->used < 3) {
		rest--;
		if (rest == 2)
			continue;
		thing->used++;
	}
	if (overlap(at, thing->used, 1) && !status)
		thing->used = 0;
	else if (thing->used == 9)
		return 5;
	return status ? choose(true, 4, 5) : VIRTIO_OK;
}

static void refuse(struct thing *thing)
{
	thing->text = NULL;
}

/* What is wrong is reported, and the next thing looked at. */
static int report(struct thing *thing)
{
	if (thing->used > 8 || thing->size == 4)
		refuse(thing);
	if (!thing->text)
		return COMPARTMENT_ERR_INVALID;
	return VIRTIO_OK;
}

int main(void)
{
	struct thing thing = { 4, 0, "text" };

	return check(&thing, 4, 1) != VIRTIO_ERR_INDEX ||
	       check(NULL, 0, 0) != VIRTIO_ERR_RANGE ||
	       check(&thing, 1, 2) != VIRTIO_OK || find(&thing, 1, 4) != 0 ||
	       find(&thing, 1, 5) != VIRTIO_ERR_INDEX ||
	       report(&thing) != COMPARTMENT_ERR_INVALID;
}
