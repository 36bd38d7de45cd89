package connectivity

// Nearest returns the size of a map that is related to that of another by one
// whole factor, fits, and is nearest to the size that was wanted, by the sum of
// the differences of height and width; of two as near it is the larger. Channels
// are those wanted. Ok is false where none fits.
func Nearest(other, wanted [3]int, fits func(size [3]int) bool) (nearest [3]int, ok bool) {
	best := 0
	try := func(height, width int) {
		size := [3]int{height, width, wanted[2]}
		distance := abs(height-wanted[0]) + abs(width-wanted[1])
		if (!ok || distance < best || distance == best && height > nearest[0]) && fits(size) {
			nearest, best, ok = size, distance, true
		}
	}
	for f := 1; f <= max(other[0], other[1]); f++ {
		try((other[0]+f-1)/f, (other[1]+f-1)/f)
	}
	for f := 2; f <= max(wanted[0]/other[0], wanted[1]/other[1])+1; f++ {
		try(other[0]*f, other[1]*f)
	}
	return nearest, ok
}

func abs(n int) int { return max(n, -n) }
