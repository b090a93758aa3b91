# SPDX-License-Identifier: BSD-2-Clause
# What fetch.sh and fetch-deb.sh share: the per-user cache, keyed by sha256,
# and one private apt root per download. Sourced, with $here being this folder.
# No step needs root.

. "$here/apt-root.sh"

cache_root=${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead
apt_as_root=

# cache_folder <sha256>: where the file of this sum lies
cache_folder()
{
	echo "$cache_root/sha256/$1"
}

# verify <sha256> <file>
verify()
{
	echo "$1  $2" | sha256sum --quiet --check -
}

# cache_has <sha256> <file name>: whether the cache has it undamaged
cache_has()
{
	cached=$(cache_folder "$1")/$2
	[ -e "$cached" ] || return 1
	verify "$1" "$cached" && return
	echo "fetch: discarding a damaged $cached" >&2
	rm -f "$cached"
	return 1
}

# place <file> <destination>: the whole file or nothing
place()
{
	mkdir -p "$(dirname "$2")"
	cp "$1" "$2.$$"
	mv "$2.$$" "$2"
}

# download_begin <what> <architecture> <sources line of apt_root_create>:
# makes $scratch and the private apt root in it, removed at the end
download_begin()
{
	command -v apt-get > /dev/null ||
		give_up "$1 is fetched with apt-get, which is not here"
	echo "fetch: downloading $1"
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' INT TERM HUP	# not every shell calls that an EXIT
	apt_architecture=$2
	apt_root_create "$scratch/apt" "$3" ||
		give_up "no package list of Debian ${3#*@ }"
}

# download <what> <apt arguments>...: the file lies in $scratch afterwards
download()
{
	what=$1
	shift
	(
		cd "$scratch"
		apt_private apt-get -qq "$@" > log 2>&1 || { cat log >&2; exit 1; }
	) || give_up "could not download $what"
}
