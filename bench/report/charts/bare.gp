# Draw on the default terminal with: gnuplot -d -p THIS_FILE
reset
set encoding utf8
set termoption noenhanced
set border 3
set tics nomirror out
set grid ytics
set key outside bottom center horizontal reverse Left samplen 3
