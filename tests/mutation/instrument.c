/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instrument <folder> <source>...: writes each source to <folder>/<source> with
 * every check turned into a call that can disable it (mutant.h), and a table of
 * the checks to standard output, one line each:
 *
 *	number <tab> file <tab> line <tab> function <tab> what is disabled
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "mutant.h"

#define EDITS_MAX (2 * MUTANT_MAX)
/* Each file's numbers start at a multiple, so that a change of one file leaves
 * the others as they are, and needs no other compiled. */
#define NUMBERS_EACH 256u

/* Text to be put in front of offset @at. */
struct edit {
	size_t at;
	bool closes;
	unsigned int order;
	char text[40];
};

struct output {
	const struct source *source;
	struct edit edits[EDITS_MAX];
	unsigned int edit_count;
	/* What was found in this file, to number what reads the same. */
	char *seen[MUTANT_MAX];
	unsigned int seen_count;
	unsigned int number;
};

static _Noreturn void fail(const char *name, const char *what)
{
	fprintf(stderr, "instrument: %s: %s\n", name, what);
	exit(1);
}

static void add_edit(struct output *output, size_t at, bool closes,
		     const char *text)
{
	struct edit *edit = &output->edits[output->edit_count];

	edit->at = at;
	edit->closes = closes;
	edit->order = output->edit_count++;
	snprintf(edit->text, sizeof(edit->text), "%s", text);
}

/* What closes comes before what opens; outermost opens first, closes last. */
static int compare_edits(const void *one, const void *other)
{
	const struct edit *a = one, *b = other;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->closes != b->closes)
		return a->closes ? -1 : 1;
	return (a->order < b->order) != a->closes ? -1 : 1;
}

/* The check's row: two that read the same in one function get ordinals. */
static void print_row(struct output *output, const struct check *check)
{
	static const char *const ways[] = { "never", "always", "success for" };
	const struct source *source = output->source;
	char *function = source_text(source, check->function);
	char *text = source_text(source, check->expression);
	size_t room = strlen(function) + strlen(text) + 64;
	char *key = malloc(room);
	unsigned int i, same = 1;

	if (!key)
		exit(1);
	snprintf(key, room, "%s\t%s %s", function, ways[check->way], text);
	for (i = 0; i < output->seen_count; i++)
		same += !strcmp(output->seen[i], key);
	output->seen[output->seen_count++] = key;
	printf("%u\t%s\t%d\t%s", output->number, source->name,
	       source->tokens[check->expression.first].line, key);
	if (same > 1)
		printf(" [%u]", same);
	printf("\n");
	free(function);
	free(text);
}

static void add_check(void *context, const struct check *check)
{
	struct output *output = context;
	const struct token *tokens = output->source->tokens;
	char call[40];

	if (++output->number % NUMBERS_EACH == 0 ||
	    output->number >= MUTANT_MAX)
		fail(output->source->name,
		     "more checks than there are numbers");
	snprintf(call, sizeof(call),
		 check->way == CHECK_ALWAYS ? "mutant_always(%u, (_Bool)(" :
		 check->way == CHECK_NEVER  ? "mutant_never(%u, (_Bool)(" :
					      "(!mutant_never(%u, 1) ? 0 : (",
		 output->number);
	add_edit(output, tokens[check->expression.first].start, false, call);
	add_edit(output, tokens[check->expression.end - 1].end, true, "))");
	print_row(output, check);
}

static void create_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			fail(path, strerror(errno));
		*slash = '/';
	}
}

static char *instrumented(struct output *output)
{
	const struct source *source = output->source;
	char *text;
	size_t length, at = 0;
	FILE *file = open_memstream(&text, &length);
	unsigned int i;

	if (!file)
		exit(1);
	qsort(output->edits, output->edit_count, sizeof(output->edits[0]),
	      compare_edits);
	fprintf(file, "#include <mutant.h>\n#line 1 \"%s\"\n", source->name);
	for (i = 0; i < output->edit_count; i++) {
		const struct edit *edit = &output->edits[i];

		fwrite(&source->text[at], 1, edit->at - at, file);
		fputs(edit->text, file);
		at = edit->at;
	}
	fwrite(&source->text[at], 1, source->length - at, file);
	if (fclose(file))
		exit(1);
	return text;
}

/* Only what has other content is written: the rest need not be compiled. */
static void write_source(struct output *output, const char *folder)
{
	size_t room = strlen(folder) + strlen(output->source->name) + 2;
	char *path = malloc(room), *text = instrumented(output);
	struct source old;
	bool same = false;
	FILE *file;

	if (!path)
		exit(1);
	snprintf(path, room, "%s/%s", folder, output->source->name);
	if (!access(path, R_OK)) {
		source_read(&old, path);
		same = !strcmp(old.text, text);
		free(old.text);
		free(old.tokens);
	}
	if (same)
		goto out;
	create_folders(path);
	file = fopen(path, "w");
	if (!file || fputs(text, file) == EOF || fclose(file))
		fail(path, strerror(errno));
out:
	free(path);
	free(text);
}

int main(int argc, char **argv)
{
	static struct output output;
	struct source source;
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: instrument <folder> <source>...\n");
		return 2;
	}
	for (i = 2; i < argc; i++) {
		source_read(&source, argv[i]);
		output.source = &source;
		output.edit_count = 0;
		output.number = (unsigned int)(i - 2) * NUMBERS_EACH;
		checks_find(&source, add_check, &output);
		write_source(&output, argv[1]);
		while (output.seen_count)
			free(output.seen[--output.seen_count]);
		free(source.text);
		free(source.tokens);
	}
	return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
