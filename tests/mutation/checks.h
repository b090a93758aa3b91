/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a source refuses something, found by form alone (docs/testing.md,
 * "Mutations", lists the forms).
 */
#ifndef CHECKS_H
#define CHECKS_H

#include "source.h"

enum check_way {
	CHECK_NEVER, /* disabled by making the expression false */
	CHECK_ALWAYS, /* disabled by making the expression true */
	CHECK_SUCCESS, /* disabled by putting 0 in place of the expression */
};

struct check {
	enum check_way way;
	struct range expression;
	struct range function; /* its name, one token */
};

typedef void (*check_fn)(void *context, const struct check *check);

/* Call @found for each check, an outer expression before those within it. */
void checks_find(const struct source *source, check_fn found, void *context);

#endif
