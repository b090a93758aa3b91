#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# expand.sh <tests.conf> <folder>: writes <folder>/<case>.case for every case
# that the stanzas declare, one "key = value" per line with one value each.
# expand.sh --list <tests.conf>: prints <case>:<system>:<aia> of each instead.
# The form of tests.conf is described at its top.

list=0
if [ "$1" = --list ]; then
	list=1
	shift
fi
[ $list = 1 ] || { mkdir -p "$2" && rm -f "$2"/*.case; }

exec awk -v list=$list -v folder="$2" '
function fail(message)
{
	print FILENAME ":" FNR ": " message > "/dev/stderr"
	failed = 1
	exit 1
}

# A stanza starts as a copy of another one.
function inherit(from, to,    key)
{
	for (key in known)
		if ((from, key) in single)
			single[to, key] = single[from, key]
	lines[to] = lines[from]
}

function emit(stanza, name, aia, harts,    out, key)
{
	if (list) {
		print name ":" single[stanza, "system"] ":" aia
		return
	}
	out = folder "/" name ".case"
	print "name = " name > out
	print "aia = " aia > out
	print "harts = " harts > out
	for (key in known)
		if (key != "aia" && key != "harts" && key != "like" &&
		    single[stanza, key] != "")
			print key " = " single[stanza, key] > out
	printf "%s", lines[stanza] > out
	close(out)
}

function expand(stanza,    aias, harts, na, nh, i, j, name)
{
	na = split(single[stanza, "aia"], aias, " ")
	nh = split(single[stanza, "harts"], harts, " ")
	for (i = 1; i <= na; i++)
		for (j = 1; j <= nh; j++) {
			name = stanza
			if (na > 1)
				name = name "-" aias[i]
			if (nh > 1)
				name = name "-" harts[j] "harts"
			emit(stanza, name, aias[i], harts[j])
		}
}

BEGIN {
	n = split("system aia harts cpu mem disk write timeout status damage after like", words, " ")
	for (i = 1; i <= n; i++)
		known[words[i]] = 1
	repeated["expect"] = repeated["order"] = repeated["forbid"] = 1
	count = 0
}

/^[ \t]*(#|$)/ { next }

/^\[\*?[a-z0-9-]+\]$/ {
	stanza = substr($0, 2, length($0) - 2)
	pattern = sub(/^\*/, "", stanza)
	if (stanza in seen)
		fail("a second [" stanza "]")
	seen[stanza] = 1
	if (!pattern)
		order[++count] = stanza
	if (stanza != "defaults" && "defaults" in seen)
		inherit("defaults", stanza)
	next
}

/^[a-z]+ *= */ {
	key = $1
	value = $0
	sub(/^[a-z]+ *= */, "", value)
	if (stanza == "")
		fail("a key before the first stanza")
	if (key == "like") {
		if (!(value in seen))
			fail("like = " value " names no stanza above")
		inherit(value, stanza)
	} else if (key in repeated) {
		lines[stanza] = lines[stanza] key " = " value "\n"
	} else if (key in known) {
		single[stanza, key] = value
	} else {
		fail("unknown key " key)
	}
	next
}

{ fail("neither a stanza nor a key") }

END {
	if (failed)
		exit 1
	for (i = 1; i <= count; i++)
		expand(order[i])
}' "$1"
