# SPDX-License-Identifier: BSD-2-Clause
# bounds <riscv|arm64>: how large our part of the firmware may become, as
# text_bound in bytes and lines_bound; firmware/measure.sh says what counts. On
# RISC-V it stands on OpenSBI, whose lines come on top; on AArch64 it is all there
# is at EL2, start-up, interrupt controller and power control included.
bounds()
{
	case $1 in
	riscv)	text_bound=98304 lines_bound=9000 ;;
	arm64)	text_bound=131072 lines_bound=9500 ;;
	esac
}
