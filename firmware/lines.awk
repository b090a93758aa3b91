# SPDX-License-Identifier: BSD-2-Clause
# Counts lines of C, assembly and headers that hold anything but comment.
{
	line = $0
	code = ""
	while (line != "") {
		if (inside) {
			at = index(line, "*/")
			if (!at)
				break
			line = substr(line, at + 2)
			inside = 0
		} else {
			at = index(line, "/*")
			slashes = index(line, "//")
			if (slashes && (!at || slashes < at)) {
				code = code substr(line, 1, slashes - 1)
				break
			}
			if (!at) {
				code = code line
				break
			}
			code = code substr(line, 1, at - 1)
			line = substr(line, at + 2)
			inside = 1
		}
	}
	if (code ~ /[^ \t]/)
		lines++
}
END { print lines + 0 }
