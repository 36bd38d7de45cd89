//go:build !purego

package kernel

//go:noescape
func narrowAVX512(hi, lo *uint16, x *float32, n int)

//go:noescape
func narrowPairsAVX512(hi, lo *uint16, x, y *float32, n int)

//go:noescape
func narrowTurnedAVX512(hi, lo *uint16, x *float32, pixels, channels, step, pitch int)

// half returns the address of element i, which is there, or nil of nil.
func half(s []uint16, i int) *uint16 {
	if s == nil {
		return nil
	}
	return &s[i]
}

func narrowAll(hi, lo []uint16, x []float32) {
	n := len(x)
	if n == 0 {
		return
	}
	_, _ = hi[n-1], half(lo, n-1)
	narrowAVX512(&hi[0], half(lo, 0), &x[0], n)
}

func narrowAllPairs(hi, lo []uint16, x, y []float32) {
	n := len(x)
	if n == 0 {
		return
	}
	_, _, _ = hi[2*n-1], half(lo, 2*n-1), y[n-1]
	narrowPairsAVX512(&hi[0], half(lo, 0), &x[0], &y[0], n)
}

// narrowAllTurned takes blocks of 32 pixels by 16 channels.
func narrowAllTurned(hi, lo []uint16, t *Turn) {
	t.check(hi, lo)
	for p := 0; p < t.Pixels; p += 32 {
		for c := 0; c < t.Channels; c += 16 {
			at := c*t.Pitch + p
			narrowTurnedAVX512(&hi[at], half(lo, at), &t.X[p*t.Step+c], min(t.Pixels-p, 32), min(t.Channels-c, 16), t.Step, t.Pitch)
		}
	}
}
