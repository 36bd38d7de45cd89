package cpu

// enlargeKernel and its gradient are small: they run once a batch, not once an
// image.
var (
	enlargeKernel     = impl{whole: all, run: runEnlargeKernel}
	enlargeKernelGrad = impl{whole: all, run: runEnlargeKernelGrad}
)

// runEnlargeKernel is
//
//	for a, b, o, c: K[a,b,o,c] = Σ_{r,s ∈ {0,1}} w[k-1-a+r, k-1-b+s, c, o]
func runEnlargeKernel(c *call) {
	w, out := c.args[0], c.results[0]
	k, cin, cout := w.Shape[0], w.Shape[2], w.Shape[3]
	for a := range k + 1 {
		for b := range k + 1 {
			dst := out.Data[(a*(k+1)+b)*cin*cout:][:cin*cout]
			clear(dst)
			tapsOfBox(k, a, b, func(i, j int) {
				src := w.Data[(i*k+j)*cin*cout:][:cin*cout]
				for ci := range cin {
					for o, v := range src[ci*cout:][:cout] {
						dst[o*cin+ci] += v
					}
				}
			})
		}
	}
}

// runEnlargeKernelGrad is
//
//	for i, j, c, o: g[i,j,c,o] = Σ_{r,s ∈ {0,1}} d[k-1-i+r, k-1-j+s, o, c]
func runEnlargeKernelGrad(c *call) {
	d, g := c.args[0], c.results[0]
	k, cin, cout := g.Shape[0], g.Shape[2], g.Shape[3]
	clear(g.Data[:k*k*cin*cout])
	for a := range k + 1 {
		for b := range k + 1 {
			src := d.Data[(a*(k+1)+b)*cin*cout:][:cin*cout]
			tapsOfBox(k, a, b, func(i, j int) {
				dst := g.Data[(i*k+j)*cin*cout:][:cin*cout]
				for ci := range cin {
					row := dst[ci*cout:][:cout]
					for o := range row {
						row[o] += src[o*cin+ci]
					}
				}
			})
		}
	}
}

// tapsOfBox calls f with every element of a k×k kernel that element (a, b) of the
// enlarged one adds up.
func tapsOfBox(k, a, b int, f func(i, j int)) {
	for i := max(k-1-a, 0); i <= min(k-a, k-1); i++ {
		for j := max(k-1-b, 0); j <= min(k-b, k-1); j++ {
			f(i, j)
		}
	}
}
