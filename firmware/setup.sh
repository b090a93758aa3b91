#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# setup.sh [run|guest|check|bench] [riscv|arm64]...: makes sure that every tool
# is there which that target needs; guest (an operating system, as it is, in a
# compartment) needs all of run, check all of guest, bench all of check. Without a
# word, bench. To run a system only the tools of the named architectures are
# needed; without one, and for all else, those of both.
#
# Silent and quick if so. Otherwise, on Debian 12 and 13, it installs what is
# missing (as root, or through sudo) and nothing else, without questions; on
# any other system it names what is missing and stops.
#
# Environment: CROSS_COMPILE, QEMU, AARCH64_CROSS_COMPILE, AARCH64_QEMU (as in
# the Makefile).

set -eu

here=$(dirname "$0")
level=${1:-bench}
case $level in
run|guest|check|bench) ;;
*)	echo "usage: setup.sh [run|guest|check|bench] [riscv|arm64]..." >&2; exit 2 ;;
esac
[ $# -eq 0 ] || shift
architectures='riscv arm64'
case $level in run|guest) architectures=${*:-$architectures} ;; esac
default_cross=riscv64-linux-gnu-
default_qemu=qemu-system-riscv64
default_aarch64_cross=aarch64-linux-gnu-
default_aarch64_qemu=qemu-system-aarch64
cross=${CROSS_COMPILE-$default_cross}
qemu=${QEMU:-$default_qemu}
aarch64_cross=${AARCH64_CROSS_COMPILE-$default_aarch64_cross}
aarch64_qemu=${AARCH64_QEMU:-$default_aarch64_qemu}
qemu_needed=10
apt_as_root=
PATH=$PATH:/usr/sbin:/sbin

# have <command>...
have()
{
	for tool; do
		command -v "$tool" > /dev/null || return 1
	done
}

# have_header <file under an include directory> [<compiler>]
have_header()
{
	echo "#include <$1>" | ${2:-${CC:-cc}} -E -x c - > /dev/null 2>&1
}

# have_cross <prefix> <machine>: a compiler for it, and binutils; without a prefix
# the machine's own
have_cross()
{
	have "$1gcc" "$1ld" "$1objcopy" || return 1
	case $("$1gcc" -dumpmachine) in "$2"*) ;; *) return 1 ;; esac
}

# have_compiler <triple>: a cross compiler and its C library
have_compiler()
{
	have "$1-gcc" "$1-ar" "$1-nm" && have_header stdio.h "$1-gcc"
}

# The runtimes of clang's sanitisers and of libFuzzer are a package of their own.
have_clang_runtimes()
{
	have clang || return 1
	set -- "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer*.a
	[ -e "$1" ]
}

# qemu_major <QEMU>
qemu_major()
{
	"$1" --version 2>/dev/null |
	sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p'
}

# have_qemu <QEMU> <processor> [<device>]
have_qemu()
{
	have "$1" && [ "$(qemu_major "$1")" -ge $qemu_needed ] 2>/dev/null || return 1
	"$1" -cpu help 2>&1 | grep -qw "$2" || return 1
	[ -z "${3:-}" ] || "$1" -device help 2>&1 | grep -q "\"$3\""
}

# covers <architecture>: whether its tools are needed
covers()
{
	case " $architectures " in *" $1 "*) ;; *) return 1 ;; esac
}

# need <Debian packages> <what to tell others> <test>...
need()
{
	packages=$1
	wording=$2
	shift 2
	"$@" && return
	case $packages in
	qemu-*)	missing_qemu="$missing_qemu $packages" ;;
	*)	missing="$missing $packages" ;;
	esac
	wanted="$wanted
  - $wording"
}

# One line for each thing that is needed: its packages, what to tell those who
# have no such packages, and the test that it is there.
needs_of_run()
{
	need 'gcc libc6-dev' 'gcc 12 or later with the C library headers and the address, undefined and thread sanitisers' \
		have_header stdio.h gcc
	need binutils 'binutils' have nm size
	need device-tree-compiler 'dtc and fdtget (device-tree-compiler)' have dtc fdtget
	need u-boot-tools 'mkimage (u-boot-tools)' have mkimage
	need libfdt-dev 'the libfdt library and headers' have_header libfdt.h
	! covers riscv || needs_of_riscv
	! covers arm64 || needs_of_arm64
}

needs_of_riscv()
{
	need gcc-riscv64-linux-gnu \
		"a riscv64 gcc 12 or later and binutils, found as ${cross}gcc (or set CROSS_COMPILE=)" \
		have_cross "$cross" riscv
	need python3 'python3 (for the Kconfig scripts of OpenSBI)' have python3
	need qemu-system-riscv "QEMU $qemu_needed.0 or later for riscv64, found as $qemu (or set QEMU=)" \
		have_qemu "$qemu" rv64
}

needs_of_arm64()
{
	need gcc-aarch64-linux-gnu \
		"an aarch64 gcc 12 or later and binutils, found as ${aarch64_cross}gcc (or set AARCH64_CROSS_COMPILE=)" \
		have_cross "$aarch64_cross" aarch64
	need qemu-system-arm \
		"QEMU $qemu_needed.0 or later for aarch64 with pvpanic-pci, found as $aarch64_qemu (or set AARCH64_QEMU=)" \
		have_qemu "$aarch64_qemu" cortex-a72 pvpanic-pci
}

# To take Debian's packages apart, make file systems, build a kernel.
needs_of_guest()
{
	need dpkg 'dpkg-deb (dpkg)' have dpkg-deb
	need e2fsprogs 'mke2fs, mkfs.ext4 and e2fsck (e2fsprogs)' have mke2fs mkfs.ext4 e2fsck
	need cpio 'cpio' have cpio
	need xz-utils 'xz' have xz
	need flex 'flex' have flex
	need bison 'bison' have bison
	need bc 'bc' have bc
}

needs_of_check()
{
	need clang 'clang 14 or later' have clang
	need libclang-rt-dev "libFuzzer and the sanitisers of clang (compiler-rt)" have_clang_runtimes
	need perl 'prove (perl)' have prove
	need libcunit1-dev 'the CUnit 2.1 library and headers' have_header CUnit/CUnit.h
	need 'gcc-riscv64-linux-gnu libc6-dev-riscv64-cross' 'a gcc and C library for Linux on riscv64' \
		have_compiler riscv64-linux-gnu
	need 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' 'a gcc and C library for Linux on aarch64' \
		have_compiler aarch64-linux-gnu
	need 'gcc-arm-linux-gnueabihf libc6-dev-armhf-cross' 'a gcc and C library for Linux on 32-bit Arm' \
		have_compiler arm-linux-gnueabihf
	need 'gcc-s390x-linux-gnu libc6-dev-s390x-cross' 'a gcc and C library for Linux on s390x' \
		have_compiler s390x-linux-gnu
	need qemu-user "QEMU's user emulation (qemu-riscv64 and others)" \
		have qemu-riscv64 qemu-aarch64 qemu-arm qemu-s390x
	need qemu-utils 'qemu-img, qemu-io and qemu-storage-daemon' have qemu-img qemu-io qemu-storage-daemon
	need spin 'the Spin model checker' have spin
	need zstd 'zstd' have zstd
}

needs_of_bench()
{
	need valgrind 'valgrind with callgrind' have valgrind
	need gnuplot-nox 'gnuplot' have gnuplot
}

find_missing()
{
	missing=
	missing_qemu=
	wanted=
	needs_of_run
	[ "$level" = run ] || needs_of_guest
	case $level in check|bench) needs_of_check ;; esac
	[ "$level" != bench ] || needs_of_bench
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
# comes from bookworm-backports, whether or not the machine has that enabled;
# and all its packages do, since files moved between them.
install_qemu()
{
	case $VERSION_CODENAME in
	bookworm)
		echo "setup: installing$missing_qemu from bookworm-backports"
		. "$here/apt-root.sh"
		apt_root_create "$scratch/apt" 'deb @ bookworm main' \
			'deb @ bookworm-updates main' 'deb @ bookworm-backports main'
		# shellcheck disable=SC2086 # a list
		apt_install apt_private -t bookworm-backports $missing_qemu
		;;
	*)
		echo "setup: installing$missing_qemu"
		# shellcheck disable=SC2086 # a list
		apt_install "$apt_as_root" $missing_qemu
		;;
	esac
	usable_qemus || give_up 'the installed QEMU is too old'
}

# Whether those that are needed will do.
usable_qemus()
{
	! covers riscv || have_qemu "$qemu" rv64 || return 1
	! covers arm64 || have_qemu "$aarch64_qemu" cortex-a72 pvpanic-pci
}

find_missing
[ -n "$missing$missing_qemu" ] || exit 0

VERSION_CODENAME=
[ ! -r /etc/os-release ] || . /etc/os-release
case $VERSION_CODENAME in
bookworm|trixie)	;;
*)	give_up 'only Debian 12 and 13 are set up by themselves' ;;
esac
# Where another name was given, a package is no remedy.
# usable <variable> <value> <default> <test>...
usable()
{
	given="$1=$2"
	[ "$2" != "$3" ] || return 0
	shift 3
	"$@" || give_up "$given is not usable"
}

if covers riscv; then
	usable QEMU "$qemu" $default_qemu have_qemu "$qemu" rv64
	usable CROSS_COMPILE "$cross" $default_cross have_cross "$cross" riscv
fi
if covers arm64; then
	usable AARCH64_QEMU "$aarch64_qemu" $default_aarch64_qemu \
		have_qemu "$aarch64_qemu" cortex-a72 pvpanic-pci
	usable AARCH64_CROSS_COMPILE "$aarch64_cross" $default_aarch64_cross \
		have_cross "$aarch64_cross" aarch64
fi

become_root
scratch=$(mktemp -d)
trap '$apt_as_root rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP	# not every shell calls that an EXIT
log=$scratch/log
$apt_as_root apt-get -qq update
if [ -n "$missing" ]; then
	echo "setup: installing$missing"
	# shellcheck disable=SC2086 # a list
	apt_install "$apt_as_root" $missing
fi
[ -z "$missing_qemu" ] || install_qemu
find_missing
[ -z "$wanted" ] || give_up 'still missing after installation'
echo "setup: done"
