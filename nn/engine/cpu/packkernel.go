package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// packKernel is the engine's own operation that rounds a convolution kernel
// [Kh Kw Cin Cout] and lays it out for products: panels of output channels, in
// each the pairs of (row, column, input channel) and then the channels. With a
// Stride it is for a transposed convolution: so for each parity, input and
// output channels exchanged and the kernel turned around.
type packKernel struct{ Stride, Parts int }

func (packKernel) Name() string { return "pack_kernel" }

func (o packKernel) format(k nn.Shape) format {
	from, to := k[2], k[3]
	if o.Stride > 0 {
		from, to = to, from
	}
	return kernelFormat(k[0]*k[1]*filled(from)/2, to, o.Parts)
}

var packKernelImpl = impl{whole: 1, run: runPackKernel}

func runPackKernel(c *call) {
	o, k, w := c.in.op.(packKernel), c.in.aux, c.args[0].Data
	f, to := o.format(k), kernel.Halves(c.results[0].Data)
	hi, lo := to[:f.size], []uint16(nil)
	if f.parts == 2 {
		lo = to[f.size : 2*f.size]
	}
	from, outputs, fromStep, toStep := k[2], k[3], k[3], 1
	if o.Stride > 0 {
		from, outputs, fromStep, toStep = outputs, from, toStep, fromStep
	}
	at := 0
	for _, taps := range o.taps(k) {
		for out := 0; out < outputs; out += kernel.ProductWidth {
			for _, element := range taps {
				for i := 0; i < filled(from); i += 2 {
					var a, b [kernel.ProductWidth]float32
					for j := range min(kernel.ProductWidth, outputs-out) {
						e := element*k[2]*k[3] + (out+j)*toStep
						if i < from {
							a[j] = w[e+i*fromStep]
						}
						if i+1 < from {
							b[j] = w[e+(i+1)*fromStep]
						}
					}
					c.set.NarrowPairs(hi[at:], fromElement(lo, at), a[:], b[:])
					at += panelStep
				}
			}
		}
	}
}

// taps returns the elements of a kernel in the order of their use, for each parity.
func (o packKernel) taps(k nn.Shape) [][]int {
	if o.Stride == 0 {
		all := make([]int, k[0]*k[1])
		for i := range all {
			all[i] = i
		}
		return [][]int{all}
	}
	var parities [][]int
	for pr := range o.Stride {
		for pc := range o.Stride {
			rows, columns := parityTaps(k[0], o.Stride, pr), parityTaps(k[1], o.Stride, pc)
			var elements []int
			for r := range rows.count {
				for col := range columns.count {
					elements = append(elements, rows.element(r)*k[1]+columns.element(col))
				}
			}
			parities = append(parities, elements)
		}
	}
	return parities
}
