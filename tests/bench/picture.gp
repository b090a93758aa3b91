# SPDX-License-Identifier: BSD-2-Clause
# Horizontal bars, one per ring: the median, and a line from least to most.
# Variables: theirs, ours (rows "number median least most label").
set terminal svg size 800,440 font 'sans-serif,14' background rgb 'white'
set title 'One buffer at a time through a ring of 256, two threads that poll'
set xlabel 'ns per buffer: median, and least to most (shorter is better)'
set xrange [0:*]
set yrange [12.7:0.3]
set border 1
set xtics nomirror out
set ytics scale 0
set grid xtics lc rgb '#dddddd'
set lmargin 32
set rmargin 8
set style fill solid 1.0 noborder
unset key
bar = 0.35
plot theirs using ($2 / 2):1:($2 / 2):(bar):ytic(5) with boxxyerror lc rgb '#9aa5b1', \
	ours using ($2 / 2):1:($2 / 2):(bar):ytic(5) with boxxyerror lc rgb '#2a6fb0', \
	theirs using 2:1:3:4 with xerrorbars lc rgb '#333333' lw 1.3 pt 0, \
	ours using 2:1:3:4 with xerrorbars lc rgb '#333333' lw 1.3 pt 0, \
	theirs using 4:1:(sprintf('  %.0f', $2)) with labels left, \
	ours using 4:1:(sprintf('  %.0f', $2)) with labels left
