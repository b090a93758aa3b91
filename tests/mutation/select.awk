# SPDX-License-Identifier: BSD-2-Clause
# select.awk allowed table programs: of the checks in the sample, the number and
# the programs in which each decided something.

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
	file = work "/" $2 ".decisive"
	while ((getline number < file) > 0)
		programs[number] = programs[number] " " $2
	close(file)
}
END {
	for (i = 1; i <= taken; i++)
		print order[i] programs[order[i]]
}
