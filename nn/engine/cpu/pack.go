package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// packForward is the engine's own operation that lays out a convolution kernel
// [Kh Kw Cin Cout] for conv2D: panels of set.Panel output channels, in each
// (row, column, input channel) and then the channels of the panel.
type packForward struct{}

// packTranspose lays out a convolution kernel for convTranspose2D: for each
// parity of rows and of columns, panels of set.Panel input channels, in each
// (row, column, output channel) of the kernel turned around.
type packTranspose struct{ Stride int }

func (packForward) Name() string   { return "pack" }
func (packTranspose) Name() string { return "pack_transpose" }

// packedLen returns the elements of a packed kernel, forward or transposed.
func packedLen(k nn.Shape, set *kernel.Set, transposed bool) int {
	from, to := k[2], k[3]
	if transposed {
		from, to = to, from
	}
	return k[0] * k[1] * from * up(to, set.Panel)
}

// up rounds n up to a multiple of by.
func up(n, by int) int { return (n + by - 1) / by * by }

var packForwardImpl = impl{whole: 1, run: runPackForward}

func runPackForward(c *call) {
	k, w, to, n := c.in.aux, c.args[0].Data, c.results[0].Data, c.set.Panel
	for o := 0; o < k[3]; o += n {
		width := min(n, k[3]-o)
		for at := o; at < len(w); at += k[3] {
			copy(to[:width], w[at:])
			clear(to[width:n])
			to = to[n:]
		}
	}
}

var packTransposeImpl = impl{whole: 1, run: runPackTranspose}

func runPackTranspose(c *call) {
	k, w, to, n := c.in.aux, c.args[0].Data, c.results[0].Data, c.set.Panel
	s := c.in.op.(packTranspose).Stride
	for pr := range s {
		for pc := range s {
			rows, columns := parityTaps(k[0], s, pr), parityTaps(k[1], s, pc)
			for o := 0; o < k[2]; o += n {
				width := min(n, k[2]-o)
				for mr := range rows.count {
					for mc := range columns.count {
						// [Cin Cout] of one element, turned to [Cout][panel of Cin]
						e := w[(rows.element(mr)*k[1]+columns.element(mc))*k[2]*k[3]:][:k[2]*k[3]]
						for d := range k[3] {
							for j := range width {
								to[j] = e[(o+j)*k[3]+d]
							}
							clear(to[width:n])
							to = to[n:]
						}
					}
				}
			}
		}
	}
}
