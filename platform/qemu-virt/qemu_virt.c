/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's "virt" machine. */
#include <libfdt.h>
#include <platform_override.h>
#include <riscv/board.h>
#include <sbi/riscv_io.h>
#include <sbi/sbi_hart.h>
#include <sbi_utils/fdt/fdt_helper.h>

/* SiFive test finisher: the exit status is in the upper half of the word. */
#define FINISHER_PASS	0x5555
#define FINISHER_FAIL	0x3333
#define EXIT_FAILURE	1

static uint64_t finisher;

static void __noreturn qemu_virt_power_off(bool failed)
{
	if (finisher)
		writel(failed ? EXIT_FAILURE << 16 | FINISHER_FAIL :
				FINISHER_PASS, (void *)finisher);
	sbi_hart_hang();
}

static const struct riscv_board qemu_virt_board = {
	.name = "qemu-virt",
	.power_off = qemu_virt_power_off,
};

static void qemu_virt_fw_init(const void *fdt, const struct fdt_match *match)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,test0");

	if (node >= 0)
		fdt_get_node_addr_size(fdt, node, 0, &finisher, NULL);
	firmware_init(fdt, &qemu_virt_board);
}

static const struct fdt_match qemu_virt_match[] = {
	{ .compatible = "riscv-virtio" },
	{ },
};

const struct platform_override qemu_virt = {
	.match_table = qemu_virt_match,
	.fw_init = qemu_virt_fw_init,
};
