# SPDX-License-Identifier: BSD-2-Clause
# Sourced by checks that ask of what an image was made.

# sources_of <pattern> <image>...: the sources that the compiler's debugging
# information says they were made of and that match
sources_of()
{
	pattern=$1
	shift
	for image; do
		LC_ALL=C readelf --debug-dump=info --dwarf-depth=1 "$image" 2>/dev/null
	done |
	sed -nE "s,.*DW_AT_name .*[: /]($pattern)[[:space:]]*\$,\1,p" |
	sort -u
}

# units <image>: of our libraries, without an architecture's glue
units()
{
	sources_of 'lib/(virtio|loopback|doorbell|frontend|compartment|partitioner)/([a-z0-9]+/)?[^/]*\.c' "$1"
}
