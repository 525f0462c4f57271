# Draw on the default terminal with: gnuplot -d -p THIS_FILE
reset
$data << EOD
{data}EOD
data = '$data'
# Most terminals are small, and their letters large: as on a phone.
narrow = 1
width = {narrow_width}.0
height = {narrow_height}.0
{theme}{composition}{plots}