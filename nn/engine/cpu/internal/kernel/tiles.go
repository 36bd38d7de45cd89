package kernel

// Tiles is a row of tiles of the minimal filtering F(2×2, 3×3) (Winograd 1980;
// Lavin and Gray 2016), which computes 2×2 pixels of a 3×3 convolution with 16
// products instead of 36. Pixel (p, q) of tile t and channel j is
// Image[p*Row+(2*t+q)*Channels+j], part (u, v) of the tile is
// Parts[(4*u+v)*Step+t*Channels+j].
type Tiles struct {
	Image, Parts []float32
	Count        int // tiles
	Channels     int // a multiple of 16
	Row, Step    int // elements from a row of pixels, or a part, to the next
}

// check panics where t, of tiles of so many pixels on a side, reaches beyond its memory.
func (t *Tiles) check(side int) {
	if t.Count < 1 || t.Channels < 1 || t.Channels%16 != 0 {
		panic("kernel: empty row of tiles, or channels not a multiple of 16")
	}
	_ = t.Image[(side-1)*t.Row+(2*(t.Count-1)+side)*t.Channels-1]
	_ = t.Parts[15*t.Step+t.Count*t.Channels-1]
}

// analyseGo is Set.Analyse.
func analyseGo(t *Tiles) {
	t.check(4)
	for n := range t.Count {
		for j := range t.Channels {
			var d [4][4]float32
			for p := range 4 {
				for q := range 4 {
					d[p][q] = t.Image[p*t.Row+(2*n+q)*t.Channels+j]
				}
			}
			for q := range 4 {
				d[0][q], d[1][q], d[2][q], d[3][q] = d[0][q]-d[2][q], d[1][q]+d[2][q], d[2][q]-d[1][q], d[1][q]-d[3][q]
			}
			for u := range 4 {
				e := &d[u]
				to := t.Parts[4*u*t.Step+n*t.Channels+j:]
				to[0], to[t.Step], to[2*t.Step], to[3*t.Step] = e[0]-e[2], e[1]+e[2], e[2]-e[1], e[1]-e[3]
			}
		}
	}
}

// synthesiseGo is Set.Synthesise.
func synthesiseGo(t *Tiles) {
	t.check(2)
	for n := range t.Count {
		for j := range t.Channels {
			var m [2][4]float32
			for v := range 4 {
				from := t.Parts[v*t.Step+n*t.Channels+j:]
				b, c := from[4*t.Step], from[8*t.Step]
				m[0][v], m[1][v] = from[0]+b+c, b-c-from[12*t.Step]
			}
			for p := range 2 {
				e, to := &m[p], t.Image[p*t.Row+2*n*t.Channels+j:]
				to[0], to[t.Channels] = e[0]+e[1]+e[2], e[1]-e[2]-e[3]
			}
		}
	}
}

// spreadGo is Set.Spread.
func spreadGo(t *Tiles) {
	t.check(2)
	for n := range t.Count {
		for j := range t.Channels {
			from := t.Image[2*n*t.Channels+j:]
			a, b, c, d := from[0], from[t.Channels], from[t.Row], from[t.Row+t.Channels]
			for u, e := range [4][2]float32{{a, b}, {a + c, b + d}, {a - c, b - d}, {-c, -d}} {
				to := t.Parts[4*u*t.Step+n*t.Channels+j:]
				to[0], to[t.Step], to[2*t.Step], to[3*t.Step] = e[0], e[0]+e[1], e[0]-e[1], -e[1]
			}
		}
	}
}
