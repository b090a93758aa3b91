# SPDX-License-Identifier: BSD-2-Clause
# report.awk allowed table runs results: TAP, one line per source.

function complain(text)
{
	print text > "/dev/stderr"
	wrong[source]++
}

FILENAME ~ /\/allowed$/ {
	if (/^[^#[:space:]]/) {
		split($0, place, /: */)
		fresh = 1
	} else if (/^[[:space:]]+[^[:space:]]/) {
		sub(/^[[:space:]]+/, "")
		if (fresh) {
			key = place[1] SUBSEP place[2] SUBSEP $0
			allowed[key] = $0
			where[key] = place[1] ": " place[2]
			fresh = 0
		} else {
			reason[key] = $0
		}
	}
	next
}
FILENAME ~ /\/table$/ {
	order[++count] = $0
	next
}
FILENAME ~ /\/runs$/ {
	taken[$1] = NF > 1 ? "run" : "unreached"
	next
}
{
	result[$1] = $2
}
END {
	for (i = 1; i <= count; i++) {
		split(order[i], row, "\t")
		number = row[1]
		source = row[2]
		key = row[2] SUBSEP row[4] SUBSEP row[5]
		if (!(source in seen)) {
			seen[source] = ++sources
			name[sources] = source
		}
		if (key in allowed)
			known[key] = 1
		if (!(number in taken))
			continue
		tried[source]++
		total++
		text = source ":" row[3] ": " row[4] ": " row[5]
		if (!(number in result)) {
			complain(text ": was not tried")
		} else if (result[number] == "noticed") {
			noticed++
			if (key in allowed)
				complain(text ": is on the list of what no test " \
					"need notice, but one does")
		} else if (key in allowed) {
			spared++
		} else {
			complain(text (taken[number] == "unreached" ? \
				": no test gets there" : ""))
		}
	}
	for (i = 1; i <= sources; i++) {
		source = name[i]
		printf "%s %d - %s: each of %d checks is noticed when gone\n",
			wrong[source] ? "not ok" : "ok", ++tests, source,
			tried[source]
		failed += wrong[source] > 0
	}
	source = "allowed"
	for (key in allowed) {
		if (!(key in known))
			complain(where[key] ": " allowed[key] \
				": is on the list of what no test need notice, but is no check")
		else if (reason[key] == "")
			complain(where[key] ": " allowed[key] ": has no reason")
	}
	printf "%s %d - the list of what no test need notice is true\n",
		wrong[source] ? "not ok" : "ok", ++tests
	printf "# %d of %d checks were tried", total, count
	if (stride > 1)
		printf ": one in %d, from number %d", stride, start + 1
	printf "; %d noticed, %d on the list, %d wrong\n", noticed,
		spared, total - noticed - spared
	print "1.." tests
	exit failed > 0 || wrong[source] > 0
}
