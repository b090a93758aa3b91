/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "checks.h"

/* The search: one function body at a time. */
struct search {
	const struct source *source;
	check_fn found;
	void *context;
	struct range function;
	bool is_bool;
	/* The return that an if already disables; it is no check of its own. */
	int guarded;
};

static void report(struct search *search, enum check_way way,
		   struct range expression)
{
	struct check check = { way, expression, search->function };

	if (expression.first < expression.end)
		search->found(search->context, &check);
}

/* Report each operand of a chain of @mark, or the whole if there is none. */
static void report_operands(struct search *search, enum check_way way,
			    struct range range, const char *mark)
{
	struct range operand = range;

	while (operand.first < range.end) {
		operand.end = source_find(
			search->source,
			(struct range){ operand.first, range.end }, mark);
		report(search, way, operand);
		operand.first = operand.end + 1;
	}
}

static bool has(const struct search *search, struct range range,
		const char *mark)
{
	return source_find(search->source, range, mark) < range.end;
}

/* What refuses when it is true: one operand of || after the other. */
static void report_refusal(struct search *search, struct range range)
{
	report_operands(search, CHECK_NEVER, range, "||");
}

/* What refuses when it is false. With || it holds if any operand does. */
static void report_demand(struct search *search, struct range range)
{
	if (has(search, range, "||"))
		report(search, CHECK_ALWAYS, range);
	else
		report_operands(search, CHECK_ALWAYS, range, "&&");
}

/* Nothing tells which of the two ways is the strict one. */
static void report_both(struct search *search, struct range range)
{
	report_refusal(search, range);
	report_demand(search, range);
}

static bool is_error_constant(const struct source *source, int i)
{
	const struct token *token = &source->tokens[i];
	char name[64] = "";

	if (token->kind != TOKEN_NAME || token->end - token->start > 63)
		return false;
	memcpy(name, &source->text[token->start], token->end - token->start);
	return !strncmp(name, "VIRTIO_ERR_", 11) ||
	       !strncmp(name, "LOOPBACK_ERR_", 13) ||
	       !strncmp(name, "DOORBELL_ERR_", 13) ||
	       !strncmp(name, "CALL_ERR_", 9) ||
	       !strncmp(name, "COMPARTMENT_ERR_", 16) ||
	       !strcmp(name, "VIRTIO_BLK_S_IOERR") ||
	       !strcmp(name, "VIRTIO_BLK_S_UNSUPP");
}

static bool names_error_constant(const struct source *source,
				 struct range range)
{
	int i;

	for (i = range.first; i < range.end; i++) {
		if (is_error_constant(source, i))
			return true;
	}
	return false;
}

/* An error by name, or a variable that by our custom holds one. */
static bool names_error(const struct source *source, struct range range)
{
	static const char *const names[] = { "error", "ret", NULL };
	int i;

	for (i = range.first; i < range.end; i++) {
		if (source_is_one_of(source, i, names))
			return true;
	}
	return names_error_constant(source, range);
}

/* Would end or skip what follows, and says that it failed, or nothing. */
static bool is_refusal(const struct source *source, struct range statement)
{
	static const char *const jumps[] = { "break", "continue", "goto",
					     NULL };
	static const char *const failures[] = { ";", "-", "false", "NULL",
						NULL };
	/* What lib/compartment reports an error with, before it looks on. */
	static const char *const reports[] = { "refuse", "tree_error",
					       "compartment_report_error",
					       NULL };

	if (source_is_one_of(source, statement.first, jumps) ||
	    source_is_one_of(source, statement.first, reports))
		return true;
	if (!source_is(source, statement.first, "return"))
		return false;
	return source_is_one_of(source, statement.first + 1, failures) ||
	       names_error(source, statement);
}

/* X = <error>; or, after a comparison of X with Y, X = Y; */
static bool is_correction(const struct source *source, struct range statement,
			  struct range condition)
{
	static const char *const compare[] = { "<", ">", "<=", ">=", NULL };
	int equal = source_find(source, statement, "="), i;
	struct range left = { statement.first, equal };
	struct range right = { equal + 1, statement.end - 1 };

	if (equal == statement.end)
		return false;
	if (names_error_constant(source, right))
		return true;
	for (i = condition.first; i < condition.end; i++) {
		struct range a = { condition.first, i };
		struct range b = { i + 1, condition.end };

		if (source_is_one_of(source, i, compare))
			return source_same(source, a, left) &&
			       source_same(source, b, right);
	}
	return false;
}

/* The last statement that the one at @first controls: itself, or a block's. */
static struct range last_statement(const struct source *source, int first)
{
	struct range last = { first, source_statement_end(source, first) };
	int close, at;

	if (!source_is(source, first, "{"))
		return last;
	close = source->tokens[first].partner;
	for (at = first + 1; at < close; at = last.end) {
		last.first = at;
		last.end = source_statement_end(source, at);
	}
	return last;
}

static void search_if(struct search *search, int at)
{
	const struct source *source = search->source;
	int close = source->tokens[at + 1].partner;
	struct range condition = { at + 2, close };
	struct range last = last_statement(source, close + 1);

	if (is_refusal(source, last) || is_correction(source, last, condition))
		report_refusal(search, condition);
	else if (source_is(source, last.first, "return"))
		report_both(search, condition);
	else
		report_demand(search, condition);
	search->guarded = last.first;
}

/* A loop goes on while all operands of its condition say so. */
static void search_loop(struct search *search, int at)
{
	const struct source *source = search->source;
	struct range condition = { at + 2, source->tokens[at + 1].partner };

	if (source_is(source, at, "for")) {
		condition.first = source_find(source, condition, ";") + 1;
		condition.end = source_find(source, condition, ";");
	}
	if (has(search, condition, "&&"))
		report_demand(search, condition);
}

/* What a predicate returns. */
static void search_verdict(struct search *search, struct range range)
{
	static const char *const compare[] = { "==", "!=", "<", ">", "<=",
					       ">=", "!",  "&", NULL };
	int i;

	if (has(search, range, "?")) {
		range.first = source_find(search->source, range, "?") + 1;
		i = source_find(search->source, range, ":");
		search_verdict(search, (struct range){ range.first, i });
		search_verdict(search, (struct range){ i + 1, range.end });
	} else if (has(search, range, "||")) {
		report_refusal(search, range);
	} else if (has(search, range, "&&")) {
		report_demand(search, range);
	} else {
		for (i = range.first; i < range.end; i++) {
			if (source_is_one_of(search->source, i, compare)) {
				report_both(search, range);
				break;
			}
		}
	}
}

static void search_return(struct search *search, int at)
{
	const struct source *source = search->source;
	struct range value = { at + 1, source_statement_end(source, at) - 1 };
	bool choice = has(search, value, "?");

	if (search->is_bool ||
	    (!choice && (has(search, value, "&&") || has(search, value, "||"))))
		search_verdict(search, value);
	else if (at != search->guarded && !choice &&
		 names_error_constant(source, value))
		report(search, CHECK_SUCCESS, value);
}

/* The choice around the ? at @at: the three operands. */
static void choice_operands(const struct source *source, int at,
			    struct range operands[3])
{
	static const char *const before[] = { "=",  ",",  ";",	"?", ":",
					      "(",  "[",  "{",	"}", "return",
					      "+=", "|=", "&=", NULL };
	static const char *const after[] = {
		",", ";", ")", "]", "}", ":", NULL
	};
	int first = at, colon = at, end, depth = 1;

	while (!source_is_one_of(source, first - 1, before) ||
	       (source->tokens[first - 1].partner >= 0 &&
		source->tokens[first - 1].partner < first - 1)) {
		first--;
		if (source->tokens[first].partner >= 0 &&
		    source->tokens[first].partner < first)
			first = source->tokens[first].partner;
	}
	while (depth) {
		colon++;
		if (source->tokens[colon].partner > colon)
			colon = source->tokens[colon].partner;
		else if (source_is(source, colon, "?"))
			depth++;
		else if (source_is(source, colon, ":"))
			depth--;
	}
	for (end = colon + 1, depth = 0;
	     depth || !source_is_one_of(source, end, after); end++) {
		if (source->tokens[end].partner > end)
			end = source->tokens[end].partner;
		else if (source_is(source, end, "?"))
			depth++;
		else if (source_is(source, end, ":"))
			depth--;
	}
	operands[0] = (struct range){ first, at };
	operands[1] = (struct range){ at + 1, colon };
	operands[2] = (struct range){ colon + 1, end };
}

/* a < b ? a : b, whichever way round. */
static bool is_clamp(const struct source *source, struct range operands[3])
{
	static const char *const compare[] = { "<", ">", "<=", ">=", NULL };
	int i;

	for (i = operands[0].first; i < operands[0].end; i++) {
		struct range a = { operands[0].first, i };
		struct range b = { i + 1, operands[0].end };

		if (source_is_one_of(source, i, compare))
			return (source_same(source, a, operands[1]) &&
				source_same(source, b, operands[2])) ||
			       (source_same(source, b, operands[1]) &&
				source_same(source, a, operands[2]));
	}
	return false;
}

static void search_choice(struct search *search, int at)
{
	const struct source *source = search->source;
	struct range operands[3];
	bool refuses, demands;

	choice_operands(source, at, operands);
	refuses = names_error(source, operands[1]);
	demands = names_error(source, operands[2]);
	if (refuses && !demands)
		report_refusal(search, operands[0]);
	else if (demands && !refuses)
		report_demand(search, operands[0]);
	else if (is_clamp(source, operands))
		report_both(search, operands[0]);
}

static void search_body(struct search *search, struct range body)
{
	const struct source *source = search->source;
	int i;

	search->guarded = -1;
	for (i = body.first; i < body.end; i++) {
		if (source_is(source, i, "if"))
			search_if(search, i);
		else if (source_is(source, i, "while") ||
			 source_is(source, i, "for"))
			search_loop(search, i);
		else if (source_is(source, i, "return"))
			search_return(search, i);
		else if (source_is(source, i, "?"))
			search_choice(search, i);
	}
}

void checks_find(const struct source *source, check_fn found, void *context)
{
	struct search search = { .source = source,
				 .found = found,
				 .context = context };
	int i, begin = 0, name, j;

	for (i = 0; i < source->count; i++) {
		const struct token *token = &source->tokens[i];

		if (source_is(source, i, ";")) {
			begin = i + 1;
		} else if (source_is(source, i, "{")) {
			if (i && source_is(source, i - 1, ")")) {
				name = source->tokens[i - 1].partner - 1;
				search.function =
					(struct range){ name, name + 1 };
				search.is_bool = false;
				for (j = begin; j < name; j++)
					search.is_bool |=
						source_is(source, j, "bool");
				search_body(&search,
					    (struct range){ i + 1,
							    token->partner });
			}
			begin = token->partner + 1;
			i = token->partner;
		} else if (token->partner > i) {
			i = token->partner;
		}
	}
}
