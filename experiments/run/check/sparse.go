package check

import (
	"ventral/connectivity"
	"ventral/cortex"
)

// sparse warns of kernels that are smaller than the factor between their maps, and
// marks the areas whose receptive fields may have holes for it.
func (c *Check) sparse(g *cortex.Graph) {
	for _, name := range g.Input.To {
		i := g.Area(name)
		for k, stride := range cortex.InputStrides(g, i) {
			l := g.Input.Net[k]
			if size := l.Kernel; l.Kind == "conv" && size < stride { // a pool may not step over pixels
				c.Areas[i].Holes = true
				c.warn("layer %d of input.net, %s, reads %d×%d pixels at strides of %d on the way to %s: %d of %d are read, so that receptive fields may have holes; %d or more reads all",
					k+1, l.Kind, size, size, stride, name, size*size, stride*stride, stride)
			}
		}
	}
	for j := range g.Matrix.Connections {
		x := &g.Matrix.Connections[j]
		from, to := g.Areas[g.Area(x.From)].Shape, g.Areas[g.Area(x.To)].Shape
		kernel, factor, grows := stride(x.Transform, from, to)
		if kernel >= factor {
			continue
		}
		read, of := kernel*kernel, factor*factor // units
		if grows {
			c.warn("%s reaches %d×%d units of %s at strides of %d: %d of %d receive something, the others nothing; kernel = %d or more reaches all",
				x.Name, kernel, kernel, x.To, factor, read, of, factor)
		} else {
			c.Areas[g.Area(x.To)].Holes = true
			c.warn("%s reads %d×%d units of %s at strides of %d: %d of %d are read, so that receptive fields through it may have holes; kernel = %d or more reads all, and so does pool_conv",
				x.Name, kernel, kernel, x.From, factor, read, of, factor)
		}
	}
}

// stride returns the kernel that steps over the larger of two maps, by which
// factor, and whether the map grows; a factor of 1 where none steps. A pool
// covers its factor, and a map that is enlarged first is read whole.
func stride(t connectivity.Transform, from, to [3]int) (kernel, factor int, grows bool) {
	switch t := t.(type) {
	case *connectivity.Conv:
		kernel = t.Kernel
	case *connectivity.BRC:
		kernel = t.Kernel
		if t.Stride == "last" {
			// Its members before the last spread over neighbours what the last reads.
			kernel += (t.Times - 1) * (t.Kernel - 1)
		}
	case *connectivity.TransposedConv:
		kernel, grows = t.Kernel, true
	case *connectivity.BRD:
		kernel, grows = t.Kernel, true
		if t.Stride == "first" {
			kernel += (t.Times - 1) * (t.Kernel - 1)
		}
	default:
		return 1, 1, false
	}
	if grows {
		from, to = to, from
	}
	factor, _, err := connectivity.Factors(from, to)
	if err != nil {
		return 1, 1, false
	}
	return kernel, factor, grows
}
