# SPDX-License-Identifier: BSD-2-Clause
# Makes records of a command's output, so that it gets through a console which
# shows printable lines of a limited length, and can be told from all else there:
#
#	@<tag> <number> = <text>;	a line
#	@<tag> <number> + <text>;	a part of one, more follows
#	@<tag> <number> ~ ;		the last line had no end
#	@<tag> <number> ! <status>;	the command has ended
#
# Numbers count from 0. What is not printable, ";" and "\" are "\0" and three
# octal digits. The input ends with a line that is the tag, behind the end of a
# line; by then status_file has the status.

BEGIN {
	for (i = 1; i < 256; i++) {
		c = sprintf("%c", i)
		if (c ~ /[^ -~]/ || c ~ /[\\;]/)
			code[c] = sprintf("\\0%03o", i)
	}
	longest = 100
}

function put(kind, text)
{
	printf "@%s %d %s %s;\n", tag, number++, kind, text
	fflush()
}

function put_line(line,    i, c, text)
{
	text = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		text = text (c in code ? code[c] : c)
		if (length(text) >= longest && i < length(line)) {
			put("+", text)
			text = ""
		}
	}
	put("=", text)
}

# An empty line may be the end of the one before.
$0 == tag {
	if (!empty && NR > 1)
		put("~", "")
	exit
}

empty {
	put("=", "")
	empty = 0
}

$0 == "" {
	empty = 1
	next
}

{
	put_line($0)
}

END {
	getline status < status_file
	put("!", status)
}
