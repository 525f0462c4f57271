# ---- the look of all charts: one meaning has one colour and one mark, whatever the chart ----
# The colours are those of Okabe and Ito, which people with any kind of colour vision tell apart; in
# grey and on paper marks, dashes and places do it. Text is black or dark enough to be read.
font = 'sans-serif'
ink = '#000000'
soft = '#595959'
pale = '#d9d9d9'
frame = '#009E73' # of what is recommended
# Curves side by side: series 1 is what was measured, where there is one curve.
series_colours = '#0072B2 #D55E00 #009E73 #E69F00 #CC79A7 #56B4E9 #000000 #8C6D1F'
series_marks = '7 5 9 11 13 6 4 8'
do for [i = 1:8] { set style line i lc rgb word(series_colours, i) pt int(word(series_marks, i)) ps 0.7 lw 1.5 }
do for [i = 1:8] { set style line i+8 lc rgb word(series_colours, i) pt int(word(series_marks, i)) ps 0.7 lw 1.5 dt 2 }
measured = 1
# What is no series, but lies behind all of them.
ideal = 21; baseline = 22; cpus = 23; recommended = 24; beyond = 25; before = 26
set style line ideal lc rgb '#7f7f7f' dt 2 lw 1.5
set style line baseline lc rgb '#7f7f7f' lw 1
set style line cpus lc rgb '#7f7f7f' dt 3 lw 1.5
set style line recommended lc rgb '#cfeadf'
set style line beyond lc rgb '#000000' pt 6 ps 1.3 lw 1 # a ring, which hides no mark
set style line before lc rgb '#7f7f7f' pt 5 ps 0.7 lw 1.5
# The parts of a pass, and what speedup is lost to: where they are the same, so is the colour.
startup = 31; work = 32; cleanup = 33; scheduling = 34; balance = 35; communication = 36
reference = 37; disturbed = 38; together = 39
set style line startup lc rgb '#E69F00' pt 9 ps 0.9 lw 1.2
set style line work lc rgb '#56B4E9' pt 11 ps 0.9 lw 1.2
set style line cleanup lc rgb '#CC79A7' pt 13 ps 0.9 lw 1.2
set style line scheduling lc rgb '#009E73' pt 5 ps 0.8 lw 1.2
set style line balance lc rgb '#0072B2' pt 7 ps 0.8 lw 1.2
set style line communication lc rgb '#8C6D1F' pt 3 ps 0.8 lw 1.2
set style line reference lc rgb '#000000' pt 12 ps 0.9 lw 1.2
set style line disturbed lc rgb '#573790' pt 2 ps 1 lw 1.2
set style line together lc rgb '#7f7f7f' lw 1
# Times that a share of the tasks stays below.
median = 41; p95 = 42; p99 = 43; longest = 44
set style line median lc rgb '#0072B2' pt 7 ps 0.8
set style line p95 lc rgb '#E69F00' pt 5 ps 0.8
set style line p99 lc rgb '#CC79A7' pt 11 ps 0.9
set style line longest lc rgb '#000000' pt 8 ps 0.9

# Fields of a map: light enough throughout for black numbers.
set palette defined (0 '#ffffff', 1 '#56B4E9')

set encoding utf8
set termoption noenhanced
set border 3 lw 1 lc rgb soft
set tics nomirror out textcolor rgb ink
set grid ytics lc rgb pale lt 1 lw 1
set style fill solid 1 border lc rgb soft
set boxwidth 0.6
set errorbars 0.7
set pointintervalbox 0.01
set samples 500
