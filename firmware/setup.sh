#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes sure that every tool the build and the tests need is there.
#
# Silent and quick if so. Otherwise, on Debian 12 and 13, it installs what is
# missing (as root, or through sudo) and nothing else, without questions; on
# any other system it names what is missing and stops.
#
# Environment: CROSS_COMPILE, QEMU (as in the Makefile).

set -eu

here=$(dirname "$0")
default_cross=riscv64-linux-gnu-
default_qemu=qemu-system-riscv64
cross=${CROSS_COMPILE:-$default_cross}
qemu=${QEMU:-$default_qemu}
qemu_needed=10
apt_as_root=

# have <command>...
have()
{
	for tool; do
		command -v "$tool" > /dev/null || return 1
	done
}

# have_header <file under an include directory>
have_header()
{
	[ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] ||
	echo "#include <$1>" | ${CC:-cc} -E -x c - > /dev/null 2>&1
}

qemu_major()
{
	"$qemu" --version 2>/dev/null |
	sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p'
}

have_qemu()
{
	have "$qemu" && [ "$(qemu_major)" -ge $qemu_needed ] 2>/dev/null
}

# need <Debian packages> <what to tell others> <test>...
need()
{
	packages=$1
	wording=$2
	shift 2
	"$@" && return
	missing="$missing $packages"
	wanted="$wanted
  - $wording"
}

find_missing()
{
	missing=
	wanted=
	need 'gcc libc6-dev' 'gcc 12 or later with the C library headers and the address, undefined and thread sanitisers' \
		have gcc
	need binutils 'binutils' have nm size
	need clang 'clang 14 or later' have clang
	need gcc-riscv64-linux-gnu \
		"a riscv64 gcc 12 or later and binutils, found as ${cross}gcc (or set CROSS_COMPILE=)" \
		have "${cross}gcc" "${cross}ld" "${cross}objcopy"
	need device-tree-compiler 'dtc and fdtget (device-tree-compiler)' have dtc fdtget
	need u-boot-tools 'mkimage (u-boot-tools)' have mkimage
	need python3 'python3 (for the Kconfig scripts of OpenSBI)' have python3
	need perl 'prove (perl)' have prove
	need util-linux 'flock (util-linux)' have flock
	need libcunit1-dev 'the CUnit 2.1 library and headers' have_header CUnit/CUnit.h
	need libfdt-dev 'the libfdt library and headers' have_header libfdt.h
	if have_qemu; then
		need_qemu=false
	else
		need_qemu=true
		wanted="$wanted
  - QEMU $qemu_needed.0 or later, found as $qemu (or set QEMU=)"
	fi
}

give_up()
{
	echo "setup: $1; please install:$wanted" >&2
	exit 1
}

become_root()
{
	if [ "$(id -u)" -ne 0 ]; then
		have sudo || give_up 'not root, and there is no sudo'
		apt_as_root=sudo
		[ -t 0 ] || apt_as_root='sudo -n'
		$apt_as_root true || give_up 'sudo did not let us in'
	fi
	apt_as_root="$apt_as_root env DEBIAN_FRONTEND=noninteractive"
}

# apt_install <command prefix> <packages or options>...
apt_install()
{
	runner=$1
	shift
	$runner apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install "$@" > "$log" 2>&1 ||
	{
		cat "$log" >&2
		echo "setup: apt-get could not install: $*" >&2
		exit 1
	}
}

# Debian 12's own QEMU has no smepmp= and loses AIA interrupts, so there it
# comes from bookworm-backports, whether or not the machine has that enabled.
install_qemu()
{
	case $VERSION_CODENAME in
	bookworm)
		echo "setup: installing qemu-system-riscv from bookworm-backports"
		. "$here/apt-root.sh"
		apt_root_create "$scratch/apt" 'deb @ bookworm main' \
			'deb @ bookworm-updates main' 'deb @ bookworm-backports main'
		apt_install apt_private -t bookworm-backports qemu-system-riscv
		;;
	*)
		echo "setup: installing qemu-system-riscv"
		apt_install "$apt_as_root" qemu-system-riscv
		;;
	esac
	have_qemu || give_up "the installed $qemu is too old"
}

find_missing
[ -z "$missing" ] && ! $need_qemu && exit 0

VERSION_CODENAME=
[ ! -r /etc/os-release ] || . /etc/os-release
case $VERSION_CODENAME in
bookworm|trixie)	;;
*)	give_up 'only Debian 12 and 13 are set up by themselves' ;;
esac
# Where another name was given, a package is no remedy.
if [ "$qemu" != $default_qemu ] && $need_qemu; then
	give_up "QEMU=$qemu is not usable"
fi
if [ "$cross" != $default_cross ] && ! have "${cross}gcc"; then
	give_up "CROSS_COMPILE=$cross is not usable"
fi

become_root
scratch=$(mktemp -d)
trap '$apt_as_root rm -rf "$scratch"' EXIT
log=$scratch/log
if [ -n "$missing" ]; then
	echo "setup: installing$missing"
	$apt_as_root apt-get -qq update
	apt_install "$apt_as_root" $missing
fi
! $need_qemu || install_qemu
find_missing
[ -z "$wanted" ] || give_up 'still missing after installation'
echo "setup: done"
