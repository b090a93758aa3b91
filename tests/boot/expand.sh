#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# expand.sh <tests.conf> <folder>: writes <folder>/<case>.case for every case
# that the stanzas declare, one "key = value" per line with one value each.
# expand.sh --list <tests.conf>: prints <case>:<arch>:<system>:<aia>:<start> of
# each instead. The form of tests.conf is described at its top.

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
function inherit(from, to,    arch, key)
{
	for (arch in architectures) {
		for (key in known)
			if ((from, key, arch) in single)
				single[to, key, arch] = single[from, key, arch]
		lines[to, arch] = lines[from, arch]
	}
}

# set(key, value, arch): in the stanza, for that architecture
function set(key, value, arch)
{
	if (key in repeated)
		lines[stanza, arch] = lines[stanza, arch] key " = " value "\n"
	else
		single[stanza, key, arch] = value
}

function emit(stanza, arch, name, chosen,    out, key)
{
	if (list) {
		print name ":" arch ":" single[stanza, "system", arch] ":" \
			chosen["aia"] ":" single[stanza, "start", arch]
		return
	}
	out = folder "/" name ".case"
	print "name = " name > out
	print "arch = " arch > out
	for (key in known)
		if (key in chosen)
			print key " = " chosen[key] > out
		else if (key != "arch" && single[stanza, key, arch] != "")
			print key " = " single[stanza, key, arch] > out
	printf "%s", lines[stanza, arch] > out
	close(out)
}

# One case for each choice of a word of aia, cpu and harts.
function expand(stanza, arch,    aias, cpus, harts, na, nc, nh, i, j, k, name, chosen)
{
	na = split(single[stanza, "aia", arch], aias, " ")
	nc = split(single[stanza, "cpu", arch], cpus, " ")
	nh = split(single[stanza, "harts", arch], harts, " ")
	for (i = 1; i <= na; i++)
		for (j = 1; j <= nc; j++)
			for (k = 1; k <= nh; k++) {
				name = stanza "-" arch
				if (na > 1)
					name = name "-" aias[i]
				if (nc > 1)
					name = name "-" cpus[j]
				if (nh > 1)
					name = name "-" harts[k] "harts"
				chosen["aia"] = aias[i]
				chosen["cpu"] = cpus[j]
				chosen["harts"] = harts[k]
				emit(stanza, arch, name, chosen)
			}
}

function expand_all(stanza,    words, n, i)
{
	n = split(single[stanza, "arch", "riscv"], words, " ")
	for (i = 1; i <= n; i++) {
		if (!(words[i] in architectures))
			fail("no architecture " words[i])
		expand(stanza, words[i])
	}
}

BEGIN {
	n = split("system arch aia harts cpu mem disk write timeout status " \
		"damage tree start after", words, " ")
	for (i = 1; i <= n; i++)
		known[words[i]] = 1
	repeated["expect"] = repeated["order"] = repeated["forbid"] = repeated["type"] = 1
	architectures["riscv"] = architectures["arm64"] = 1
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

/^[a-z]+(-riscv|-arm64)? *= */ {
	key = $1
	value = $0
	sub(/^[a-z0-9-]+ *= */, "", value)
	if (stanza == "")
		fail("a key before the first stanza")
	only = ""
	if (match(key, /-(riscv|arm64)$/)) {
		only = substr(key, RSTART + 1)
		key = substr(key, 1, RSTART - 1)
	}
	if (key == "arch" && only != "")
		fail("arch is that of the stanza")
	if (key == "like") {
		if (!(value in seen))
			fail("like = " value " names no stanza above")
		inherit(value, stanza)
	} else if (key in repeated || key in known) {
		for (arch in architectures)
			if (only == "" || only == arch)
				set(key, value, arch)
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
		expand_all(order[i])
}' "$1"
