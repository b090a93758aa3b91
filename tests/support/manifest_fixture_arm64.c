/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What QEMU 10.0 dumps of its machine virt,virtualization=on,gic-version=3 with
 * four cores, but for what nobody looks at.
 */
#include "manifest_fixture_tree.h"

#define GIC		0x8005
#define ITS		0x8006
#define CLOCK		0x8000
#define SLOTS		32
#define SLOT_SIZE	0x200
#define LEVEL		4
#define EDGE		1

static void put_strings(void *fdt, const char *name, const char *strings,
			size_t size)
{
	must(fdt_property(fdt, name, strings, (int)size));
}

#define STRINGS(fdt, name, text)	put_strings(fdt, name, text, sizeof(text))

static void put_peripheral(void *fdt, const char *name, const char *compatible,
			   uint32_t base, uint32_t interrupt)
{
	begin(fdt, name);
	STRINGS(fdt, "clock-names", "apb_pclk");
	PUT(fdt, "clocks", CLOCK);
	PUT(fdt, "interrupts", 0, interrupt, LEVEL);
	put_strings(fdt, "compatible", compatible, strlen(compatible) + 1);
	put_reg(fdt, base, 0x1000);
	end(fdt);
}

/* Eight to a page. */
static void put_slots(void *fdt)
{
	char name[32];
	uint32_t slot, base;

	for (slot = 0; slot < SLOTS; slot++) {
		base = 0xa000000 + slot * SLOT_SIZE;
		snprintf(name, sizeof(name), "virtio_mmio@%x", base);
		begin(fdt, name);
		must(fdt_property(fdt, "dma-coherent", NULL, 0));
		PUT(fdt, "interrupts", 0, 16 + slot, EDGE);
		put_reg(fdt, base, SLOT_SIZE);
		STRINGS(fdt, "compatible", "virtio,mmio");
		end(fdt);
	}
}

static void put_gic(void *fdt)
{
	begin(fdt, "intc@8000000");
	PUT(fdt, "phandle", GIC);
	PUT(fdt, "interrupts", 1, 9, LEVEL);
	PUT(fdt, "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000);
	PUT(fdt, "#redistributor-regions", 1);
	STRINGS(fdt, "compatible", "arm,gic-v3");
	must(fdt_property(fdt, "ranges", NULL, 0));
	PUT(fdt, "#size-cells", 2);
	PUT(fdt, "#address-cells", 2);
	must(fdt_property(fdt, "interrupt-controller", NULL, 0));
	PUT(fdt, "#interrupt-cells", 3);
	begin(fdt, "its@8080000");
	PUT(fdt, "phandle", ITS);
	put_reg(fdt, 0x8080000, 0x20000);
	PUT(fdt, "#msi-cells", 1);
	must(fdt_property(fdt, "msi-controller", NULL, 0));
	STRINGS(fdt, "compatible", "arm,gic-v3-its");
	end(fdt);
	end(fdt);
}

/* A core's phandle is for the tree of sockets and clusters. */
static void put_cpus(void *fdt)
{
	char name[16];
	uint32_t hart;

	begin(fdt, "cpus");
	PUT(fdt, "#size-cells", 0);
	PUT(fdt, "#address-cells", 1);
	begin(fdt, "cpu-map");
	begin(fdt, "socket0");
	end(fdt);
	end(fdt);
	for (hart = 0; hart < FIXTURE_HARTS; hart++) {
		snprintf(name, sizeof(name), "cpu@%u", hart);
		begin(fdt, name);
		PUT(fdt, "phandle", 0x8004 - hart);
		PUT(fdt, "reg", hart);
		STRINGS(fdt, "enable-method", "psci");
		STRINGS(fdt, "compatible", "arm,cortex-a72");
		STRINGS(fdt, "device_type", "cpu");
		end(fdt);
	}
	end(fdt);
}

/* Buses whose children's addresses are others than the processors'. */
static void put_buses(void *fdt)
{
	begin(fdt, "platform-bus@c000000");
	PUT(fdt, "interrupt-parent", GIC);
	PUT(fdt, "ranges", 0, 0, 0xc000000, 0x2000000);
	PUT(fdt, "#address-cells", 1);
	PUT(fdt, "#size-cells", 1);
	STRINGS(fdt, "compatible", "qemu,platform\0simple-bus");
	end(fdt);
	begin(fdt, "pcie@10000000");
	PUT(fdt, "interrupt-map-mask", 0x1800, 0, 0, 7);
	PUT(fdt, "interrupt-map", 0, 0, 0, 1, GIC, 0, 0, 0, 3, LEVEL);
	PUT(fdt, "#interrupt-cells", 1);
	PUT(fdt, "ranges", 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000,
	    0x2000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000,
	    0x3000000, 0x80, 0, 0x80, 0, 0x80, 0);
	PUT(fdt, "reg", 0x40, 0x10000000, 0, 0x10000000);
	PUT(fdt, "msi-map", 0, ITS, 0, 0x10000);
	must(fdt_property(fdt, "dma-coherent", NULL, 0));
	PUT(fdt, "#size-cells", 2);
	PUT(fdt, "#address-cells", 3);
	STRINGS(fdt, "device_type", "pci");
	STRINGS(fdt, "compatible", "pci-host-ecam-generic");
	end(fdt);
}

static void put_processor_nodes(void *fdt)
{
	begin(fdt, "psci");
	STRINGS(fdt, "method", "smc");
	STRINGS(fdt, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
	end(fdt);
	put_cpus(fdt);
	begin(fdt, "timer");
	PUT(fdt, "interrupts", 1, 13, LEVEL, 1, 14, LEVEL, 1, 11, LEVEL, 1, 10,
	    LEVEL);
	must(fdt_property(fdt, "always-on", NULL, 0));
	STRINGS(fdt, "compatible", "arm,armv8-timer\0arm,armv7-timer");
	end(fdt);
	begin(fdt, "pmu");
	PUT(fdt, "interrupts", 1, 7, LEVEL);
	STRINGS(fdt, "compatible", "arm,armv8-pmuv3");
	end(fdt);
}

static void put_devices(void *fdt)
{
	begin(fdt, "fw-cfg@9020000");
	must(fdt_property(fdt, "dma-coherent", NULL, 0));
	put_reg(fdt, 0x9020000, 0x18);
	STRINGS(fdt, "compatible", "qemu,fw-cfg-mmio");
	end(fdt);
	put_slots(fdt);
	put_peripheral(fdt, "pl061@9030000", "arm,pl061", 0x9030000, 7);
	put_buses(fdt);
	put_peripheral(fdt, "pl031@9010000", "arm,pl031", 0x9010000, 2);
	put_peripheral(fdt, "pl011@9000000", "arm,pl011", 0x9000000, 1);
	put_gic(fdt);
	begin(fdt, "flash@0");
	PUT(fdt, "bank-width", 4);
	PUT(fdt, "reg", 0, 0, 0, 0x4000000, 0, 0x4000000, 0, 0x4000000);
	STRINGS(fdt, "compatible", "cfi-flash");
	end(fdt);
	begin(fdt, "apb-pclk");
	PUT(fdt, "phandle", CLOCK);
	STRINGS(fdt, "clock-output-names", "clk24mhz");
	PUT(fdt, "clock-frequency", 24000000);
	PUT(fdt, "#clock-cells", 0);
	STRINGS(fdt, "compatible", "fixed-clock");
	end(fdt);
}

void fixture_make_arm64(void *fdt)
{
	start_tree(fdt, "linux,dummy-virt");
	PUT(fdt, "interrupt-parent", GIC);
	must(fdt_property(fdt, "dma-coherent", NULL, 0));
	begin(fdt, "memory@40000000");
	put_reg(fdt, 0x40000000, 0x20000000);
	STRINGS(fdt, "device_type", "memory");
	end(fdt);
	put_processor_nodes(fdt);
	put_devices(fdt);
	begin(fdt, "chosen");
	STRINGS(fdt, "stdout-path", "/pl011@9000000");
	end(fdt);
	end(fdt);
	must(fdt_finish(fdt));
}
