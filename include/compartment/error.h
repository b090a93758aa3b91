/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can go wrong in lib/compartment, and how it is said.
 *
 * A function that reads a manifest, a bundle or a device tree returns one of
 * these numbers and explains itself, line by line, to the caller's report.
 * Every line names the node, the property and the rule that is broken, and
 * says what would be right.
 *
 * Memory: the report belongs to the caller; a line lives on the stack of the
 * function that reports and is valid only during the callback.
 * Concurrency: none; one report serves one caller at a time.
 * Trust: what is reported quotes untrusted blobs: a line is bounded and holds
 * only printable ASCII, and no more than COMPARTMENT_ERRORS_MAX are handed out.
 */
#ifndef COMPARTMENT_ERROR_H
#define COMPARTMENT_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compartment_error {
	COMPARTMENT_OK = 0,
	COMPARTMENT_ERR_MALFORMED = -1,	/* not a well-formed tree or bundle */
	COMPARTMENT_ERR_INVALID = -2,	/* well-formed, but breaks a rule */
	COMPARTMENT_ERR_NOT_FOUND = -3,	/* the named thing is not there */
	COMPARTMENT_ERR_HASH = -4,	/* no sha256, or not the right one */
	COMPARTMENT_ERR_NO_SPACE = -5,	/* the caller's buffer is too small */
};

/* Longest line a report or a map hands out, with the final NUL. */
#define COMPARTMENT_LINE_MAX	256
/* Lines of errors handed out before the rest is only counted. */
#define COMPARTMENT_ERRORS_MAX	32

/* Receives one line without a newline. `text` is valid during the call only. */
typedef void (*compartment_line_fn)(void *context, const char *text);

struct compartment_report {
	compartment_line_fn line;	/* NULL: errors are counted only */
	void *context;
	unsigned int errors;		/* set to 0 by the caller */
	unsigned int warnings;		/* set to 0 by the caller */
};

/*
 * Count an error (a warning) and hand its text to the report, cut to
 * COMPARTMENT_LINE_MAX. `where` is the node's path or a file's role, `property`
 * may be NULL. The line reads "where: property: text"; a warning's begins with
 * "warning: ". `format` knows %s, %u, %lu, %lx and %%. `report` may be NULL.
 */
void compartment_report_error(struct compartment_report *report,
			      const char *where, const char *property,
			      const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void compartment_report_warning(struct compartment_report *report,
				const char *where, const char *property,
				const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
