# SPDX-License-Identifier: BSD-2-Clause
# A private apt root: package lists of Debian suites that this machine is not
# configured for, without touching its own configuration. Sourced by setup.sh,
# fetch.sh and fetch-deb.sh.
#
# The mirror is the machine's own; the signatures are checked against the
# archive keyring that Debian installed.

apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_mirror: address of the mirror this machine takes Debian itself from,
# not its -security or -updates companions.
apt_mirror()
{
	apt-get indextargets --no-release-info \
		--format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
	awk '$1 ~ /^(old)*stable$|^testing$|^bookworm$|^trixie$/ { print $2; exit }'
}

# apt_root_create <directory> <sources line without the address>...
# In each line, @ stands for options and mirror: "deb @ trixie main".
# Afterwards apt_private runs apt commands inside that root, for the machine's
# own architecture or, to download only, that of $apt_architecture.
apt_root_create()
{
	apt_root=$1
	shift
	apt_uri=$(apt_mirror)
	if [ -z "$apt_uri" ]; then
		echo "apt-root: no Debian mirror among this machine's apt sources" >&2
		return 1
	fi
	mkdir -p "$apt_root/lists/partial" "$apt_root/cache/archives/partial"
	for apt_line in "$@"; do
		echo "${apt_line%%@*}[signed-by=$apt_keyring] $apt_uri${apt_line#*@}"
	done > "$apt_root/sources.list"
	apt_private apt-get -qq update
}

# apt_private <apt command> <arguments>...
apt_private()
{
	apt_command=$1
	shift
	if [ -n "${apt_architecture:-}" ]; then
		set -- -o APT::Architecture="$apt_architecture" \
			-o APT::Architectures="$apt_architecture" \
			-o Dir::State::status=/dev/null "$@"
	fi
	$apt_as_root "$apt_command" \
		-o Dir::Etc::sourcelist="$apt_root/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::Lists="$apt_root/lists" \
		-o Dir::Cache="$apt_root/cache" \
		-o APT::Sandbox::User=root \
		-o Acquire::Languages=none \
		"$@"
}
