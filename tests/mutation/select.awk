# SPDX-License-Identifier: BSD-2-Clause
# select.awk allowed table tests: of the checks in the sample, the number and
# what to run, the quickest first. A run is a program, the processor time in
# seconds after which it has hung, and those of its tests in which the check
# decided something, with commas between.

FILENAME ~ /\/allowed$/ {
	if (/^[^#[:space:]]/) {
		split($0, place, /: */)
		fresh = 1
	} else if (/^[[:space:]]+[^[:space:]]/ && fresh) {
		sub(/^[[:space:]]+/, "")
		allowed[place[1], place[2], $0] = 1
		fresh = 0
	}
	next
}
FILENAME ~ /\/table$/ {
	split($0, row, "\t")
	if (count++ % stride == start || (row[2], row[4], row[5]) in allowed)
		order[++taken] = row[1]
	next
}
{
	file = work "/" $1 "," $2
	getline times < (file ".time")
	close(file ".time")
	split(times, second, " ")
	while ((getline number < (file ".decisive")) > 0) {
		if (!((number, $1) in tests))
			programs[number] = programs[number] " " $1
		tests[number, $1] = tests[number, $1] "," $2
		takes[number, $1] += second[1] + second[2]
	}
	close(file ".decisive")
}
END {
	for (i = 1; i <= taken; i++) {
		number = order[i]
		line = number
		left = split(programs[number], program, " ")
		while (left) {
			best = 1
			for (j = 2; j <= left; j++) {
				if (takes[number, program[j]] < takes[number, program[best]])
					best = j
			}
			name = program[best]
			line = line " " name "," \
				int(2 + 20 * takes[number, name]) tests[number, name]
			program[best] = program[left--]
		}
		print line
	}
}
