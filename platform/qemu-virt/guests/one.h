// SPDX-License-Identifier: BSD-2-Clause
// One unmodified system and the server of its disk. Whoever includes this defines
//
//	TITLE	the model
//	GUEST	the compartment's name
//	MEMORY	its memory
//	IMAGE	what it starts with, and in WITH more of its properties
//
// and either MODE_GRANT or MODE_WINDOW is defined.
#include "machine.h"
#include "harts.h"

/dts-v1/;

/ {
	compatible = "bulkhead,manifest-v1";
	#address-cells = <2>;
	#size-cells = <2>;
	model = TITLE;
	cold-boot = <&server>;

	compartments {
		server: server {
			harts = <0>;
			memory = <RAM_AT(0x10000000) 0x0 0x400000>;
			image = "server";
			criticality = <2>;
			restart = "always";

			devices {
				disk {
					path = DISK;
					dma = "trusted";
				};
			};
		};

		guest: GUEST {
			harts = <HARTS_OF_ONE>;
			memory = <MEMORY>;
			image = IMAGE;
			console = "uart";
			criticality = <1>;
			WITH
		};
	};

	windows {
		// The server's own: its record, and behind it the control page, which
		// it shares with the firmware.
		own: own {
			reg = <RAM_AT(0x11000000) 0x0 0x4000>;
			members = <&server>;
			access = "rw";
		};

		registers: registers {
			reg = <RAM_AT(0x11010000) 0x0 0x1000>;
			members = <&guest>;
			access = "r";
		};

#ifdef MODE_WINDOW
		pool: pool {
			reg = <RAM_AT(0x14000000) 0x0 0x4000000>;
			members = <&server &guest>;
			access = "rw", "rw";
		};
#endif
	};

	links {
		disk_link: disk-link {
			between = <&server &guest>;
		};
	};

	channels {
		disk {
			device = "block";
			server = <&server>;
			client = <&guest>;
			link = <&disk_link>;
			control = <&own 0x3000>;
			registers = <&registers 0x0>;
			record = <&own 0x0 0x3000>;
#ifdef MODE_WINDOW
			pool = <&pool 0x0 0x4000000>;
			data = "window";
#else
			data = "grant";
#endif
			queues = <1>;
			queue-size = <256>;
			bit = <0>;
			publish-timeout-ms = <10000>;
		};
	};
};
