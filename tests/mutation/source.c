/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

static const char *const marks[] = {
	"...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==",
	"!=",  "&&",  "||",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
};

static _Noreturn void fail(const struct source *source, int line,
			   const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", source->name, line, what);
	exit(1);
}

static void load(struct source *source)
{
	FILE *file = fopen(source->name, "rb");
	size_t room = 1 << 20;

	source->text = calloc(1, room);
	if (!file || !source->text)
		fail(source, 0, "cannot be read");
	source->length = fread(source->text, 1, room - 1, file);
	if (source->length == room - 1 || ferror(file))
		fail(source, 0, "cannot be read, or is too long");
	fclose(file);
}

/* Behind the comment, preprocessor line or space at @at, or @at itself. */
static size_t skip(const struct source *source, size_t at, bool line_start)
{
	const char *text = source->text;
	const char *end;

	if (isspace((unsigned char)text[at]))
		return at + 1;
	if (!strncmp(&text[at], "/*", 2)) {
		end = strstr(&text[at + 2], "*/");
		return end ? (size_t)(end - text) + 2 : source->length;
	}
	if (!strncmp(&text[at], "//", 2))
		return at + strcspn(&text[at], "\n");
	if (text[at] != '#' || !line_start)
		return at;
	while (text[at] && text[at] != '\n') {
		if (!strncmp(&text[at], "/*", 2))
			at = skip(source, at, false);
		else if (text[at] == '\\' && text[at + 1])
			at += 2;
		else
			at++;
	}
	return at;
}

static size_t mark_length(const char *at)
{
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strncmp(at, marks[i], strlen(marks[i])))
			return strlen(marks[i]);
	}
	return 1;
}

static size_t token_length(const struct source *source, struct token *token)
{
	const char *at = &source->text[token->start];
	size_t n = 1;

	if (*at == '"' || *at == '\'') {
		token->kind = TOKEN_TEXT;
		while (at[n] && at[n] != *at)
			n += at[n] == '\\' ? 2 : 1;
		if (!at[n])
			fail(source, token->line, "a string without an end");
		return n + 1;
	}
	if (!isalnum((unsigned char)*at) && *at != '_') {
		token->kind = TOKEN_MARK;
		return mark_length(at);
	}
	token->kind = isdigit((unsigned char)*at) ? TOKEN_NUMBER : TOKEN_NAME;
	while (isalnum((unsigned char)at[n]) || at[n] == '_' ||
	       (token->kind == TOKEN_NUMBER && at[n] == '.'))
		n++;
	return n;
}

static void split(struct source *source)
{
	bool line_start = true;
	size_t at = 0, next;
	int line = 1;

	source->tokens = calloc(source->length + 1, sizeof(*source->tokens));
	if (!source->tokens)
		fail(source, 0, "too long");
	while (at < source->length) {
		struct token *token = &source->tokens[source->count];

		next = skip(source, at, line_start);
		if (next == at) {
			token->start = at;
			token->line = line;
			token->partner = -1;
			next = at + token_length(source, token);
			token->end = next;
			source->count++;
			line_start = false;
		}
		for (; at < next; at++) {
			if (source->text[at] != '\n')
				continue;
			line++;
			line_start = true;
		}
	}
}

static void pair(struct source *source)
{
	static const char opening[] = "([{", closing[] = ")]}";
	int stack[256], depth = 0, i;

	for (i = 0; i < source->count; i++) {
		struct token *token = &source->tokens[i];
		char c = source->text[token->start];

		if (token->kind != TOKEN_MARK || token->end - token->start != 1)
			continue;
		if (strchr(opening, c)) {
			if (depth == 256)
				fail(source, token->line, "nested too deeply");
			stack[depth++] = i;
		} else if (strchr(closing, c)) {
			if (!depth ||
			    source->text[source->tokens[stack[depth - 1]]
						 .start] !=
				    opening[strchr(closing, c) - closing])
				fail(source, token->line, "unmatched bracket");
			token->partner = stack[--depth];
			source->tokens[token->partner].partner = i;
		}
	}
	if (depth)
		fail(source, source->tokens[stack[depth - 1]].line,
		     "unmatched bracket");
}

void source_read(struct source *source, const char *name)
{
	memset(source, 0, sizeof(*source));
	source->name = name;
	load(source);
	split(source);
	pair(source);
}

bool source_is(const struct source *source, int i, const char *text)
{
	const struct token *token = &source->tokens[i];
	size_t length = strlen(text);

	return i >= 0 && i < source->count &&
	       token->end - token->start == length &&
	       !memcmp(&source->text[token->start], text, length);
}

bool source_is_one_of(const struct source *source, int i,
		      const char *const *texts)
{
	for (; *texts; texts++) {
		if (source_is(source, i, *texts))
			return true;
	}
	return false;
}

static struct range strip(const struct source *source, struct range range)
{
	while (range.end - range.first > 2 &&
	       source_is(source, range.first, "(") &&
	       source->tokens[range.first].partner == range.end - 1) {
		range.first++;
		range.end--;
	}
	return range;
}

bool source_same(const struct source *source, struct range a, struct range b)
{
	int i;

	a = strip(source, a);
	b = strip(source, b);
	if (a.end - a.first != b.end - b.first)
		return false;
	for (i = 0; i < a.end - a.first; i++) {
		const struct token *x = &source->tokens[a.first + i];
		const struct token *y = &source->tokens[b.first + i];

		if (x->end - x->start != y->end - y->start ||
		    memcmp(&source->text[x->start], &source->text[y->start],
			   x->end - x->start))
			return false;
	}
	return true;
}

int source_find(const struct source *source, struct range in, const char *text)
{
	int i;

	for (i = in.first; i < in.end; i++) {
		if (source_is(source, i, text))
			return i;
		if (source->tokens[i].partner > i)
			i = source->tokens[i].partner;
	}
	return in.end;
}

int source_statement_end(const struct source *source, int i)
{
	static const char *const headed[] = { "if", "for", "while", "switch",
					      NULL };
	struct range rest = { i, source->count };

	if (source_is(source, i, "{"))
		return source->tokens[i].partner + 1;
	if (source_is_one_of(source, i, headed)) {
		int end = source_statement_end(
			source, source->tokens[i + 1].partner + 1);

		return source_is(source, i, "if") &&
				       source_is(source, end, "else") ?
			       source_statement_end(source, end + 1) :
			       end;
	}
	if (source_is(source, i, "do"))
		rest.first = source_statement_end(source, i + 1);
	else if (source_is(source, i, "case") ||
		 source_is(source, i, "default"))
		return source_find(source, rest, ":") + 1;
	return source_find(source, rest, ";") + 1;
}

char *source_text(const struct source *source, struct range range)
{
	size_t length = 0, room = 1;
	char *text;
	int i;

	for (i = range.first; i < range.end; i++)
		room += source->tokens[i].end - source->tokens[i].start + 1;
	text = calloc(1, room);
	if (!text)
		exit(1);
	for (i = range.first; i < range.end; i++) {
		const struct token *token = &source->tokens[i];

		if (length && token->start != token[-1].end)
			text[length++] = ' ';
		memcpy(&text[length], &source->text[token->start],
		       token->end - token->start);
		length += token->end - token->start;
	}
	return text;
}
