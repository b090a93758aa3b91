/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A C source as tokens: what the search for checks walks over.
 *
 * Comments and preprocessor lines are no tokens. Brackets know their partner.
 * Ranges of tokens are half open: from `first` up to, not including, `end`.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_TEXT, /* string or character constant */
	TOKEN_MARK, /* operators and brackets */
};

struct token {
	enum token_kind kind;
	size_t start; /* offsets into the text */
	size_t end;
	int line;
	int partner; /* of a bracket, the other one; or -1 */
};

struct source {
	const char *name;
	char *text;
	size_t length;
	struct token *tokens;
	int count;
};

struct range {
	int first;
	int end;
};

/* Read and take apart; says what is wrong and exits if that cannot be done. */
void source_read(struct source *source, const char *name);

/* Is token @i spelt @text? False past the end. */
bool source_is(const struct source *source, int i, const char *text);
bool source_is_one_of(const struct source *source, int i,
		      const char *const *texts);
/* Do both ranges spell the same, but for space and outer parentheses? */
bool source_same(const struct source *source, struct range a, struct range b);
/* The first token spelt @text outside all brackets of the range, or its end. */
int source_find(const struct source *source, struct range in, const char *text);
/* Behind the statement that starts at token @i. */
int source_statement_end(const struct source *source, int i);
/* The range as text in one line, runs of white space and comments as one
 * space; to be freed. */
char *source_text(const struct source *source, struct range range);

#endif
