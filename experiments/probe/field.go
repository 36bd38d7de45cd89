package probe

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

var fieldKind = Kind{
	Name:   "field",
	About:  "effective receptive fields of the middle units of every area and step, by gradients at the image, beside the theoretical ones",
	Source: "Luo et al. 2016, Understanding the effective receptive field in deep convolutional neural networks",
	Images: 16,
	New:    func() Probe { return &Field{Threshold: 0.0455, Seed: 1} },
}

// Field measures which pixels move the state of the middle unit of an area at a step. For
// an image it is the gradient
//
//	g = ∂ Σ_c ±x_c(t) / ∂ image
//
// of the unit's channels c with random signs, which the seed, the area, the step and the
// image determine: the expectation of g² is the sum of the squared gradients of the
// channels, which no other signs cancel. The map of an image is the root of Σ g² over
// colours and frames. It gives the frames
//
//   - "effective field map" [area, step, y, x], the root of the mean square over images, and of
//     images of more than 64 pixels a side over blocks of pixels;
//   - "effective spread" [area, step, image], the standard deviation of the map, taken as a
//     density, in pixels: the root of the mean of the variances along y and x;
//   - "effective side" [area, step, image], the root of the number of pixels above the
//     threshold times the largest;
//   - "elongation" [area, step, image], the ratio of the standard deviations along the
//     principal axes, 1 of a round field; none where the shorter is 0;
//   - "theoretical side" [area, step], the root of height times width of the pixels that can
//     move the unit at all, not cut at the border of the image; up to step 63.
//
// Effective fields are cut at the border.
type Field struct {
	Threshold float64 `toml:"threshold" above:"0" below:"1" doc:"share of the largest gradient that a pixel needs to belong to the field; 0.0455 is that of two standard deviations"`
	Seed      int     `toml:"seed" min:"0" doc:"of the signs of channels"`
}

var _ Probe = (*Field)(nil)

// Measure implements Probe.
func (p *Field) Measure(ctx context.Context, s *Subject) ([]analysis.Frame, error) {
	n := nodesOf(s)
	batch := n.batch(n.numbers())
	b := nn.NewBuilder()
	b.Plain = s.Graph.Plain
	s.Norms.Missing = nil
	u := s.Graph.Unroll(b, cortex.Options{Batch: batch, Taps: s.Taps, Source: s.Norms.Source})
	grads := imageGradients(b, n, u)
	for k, v := range grads {
		if v != nn.None {
			b.Output(fmt.Sprintf("gradient/%d", k), v)
		}
	}
	x, err := compile(s, b)
	if err != nil {
		return nil, err
	}
	defer x.close()
	f := &fields{Field: *p, n: n, height: s.Graph.Image[0], width: s.Graph.Image[1], channels: s.Graph.Image[2]}
	f.block = (max(f.height, f.width) + mostSide - 1) / mostSide
	f.frames(s)
	quiet := *s
	for k, at := range n.list {
		quiet.Work = func(done, _ int64) {
			s.Work(int64(k*len(s.IDs))+done, int64(len(n.list)*len(s.IDs)))
		}
		sum := make([]float64, f.height*f.width)
		err := quiet.each(ctx, x, batch, f.seeds(at), func(first, images int) {
			for i := range images {
				f.add(x, len(grads), at, first, i, sum)
			}
		})
		if err != nil {
			return nil, err
		}
		small := pooled(sum, f.width, f.block)
		for i, v := range small {
			f.maps.Data[(at.Area*s.Graph.Steps+at.Step)*len(small)+i] = math.Sqrt(v / float64(len(s.IDs)))
		}
	}
	if err := f.theory(s); err != nil {
		return nil, err
	}
	return []analysis.Frame{*f.maps, *f.spread, *f.side, *f.elongation, *f.theoretical}, nil
}

// imageGradients emits Σ seed·state over all nodes, with an input of seeds for each, and
// its gradients at the frames of the image.
func imageGradients(b *nn.Builder, n *nodes, u *cortex.Unrolled) []nn.Value {
	var parts []nn.Value
	for k, t := range n.s.Taps {
		v := u.Taps[k]
		seed := b.Input(seedPort+n.name(cortex.Node{Area: t.Area, Step: t.Step}), b.Shape(v), true)
		parts = append(parts, b.One(nn.Inner{}, v, seed))
	}
	var images []nn.Value
	for k := range mostFrames(u) {
		if v, ok := u.Frames[k]; ok {
			images = append(images, v)
		}
	}
	return b.Gradient(b.Sum(parts...), images)
}

// seedPort begins the names of the inputs that choose what is differentiated.
const seedPort = "seed/"

// mostFrames is one more than the last frame that is shown.
func mostFrames(u *cortex.Unrolled) (n int) {
	for k := range u.Frames {
		n = max(n, k+1)
	}
	return n
}

// fields collects maps and what is measured of them.
type fields struct {
	Field
	n                                           *nodes
	height, width, channels                     int
	block                                       int // pixels along a side of what is one in maps
	maps, spread, side, elongation, theoretical *analysis.Frame
	shown                                       int // images that were shown of the present node
}

// frames makes those that are filled.
func (f *fields) frames(s *Subject) {
	const of = " of the middle unit's field, by gradients at the image of its channels with random signs; cut at the border of the image"
	f.spread = f.n.frame("effective spread", "pixels", "standard deviation"+of)
	f.side = f.n.frame("effective side", "pixels", fmt.Sprintf("root of the number of pixels above %g of the largest gradient", f.Threshold)+of)
	f.elongation = f.n.frame("elongation", "", "ratio of the standard deviations along the principal axes"+of)
	axes := f.spread.Axes[:2:2]
	y, x := analysis.Axis{Name: "y", Unit: "pixels"}, analysis.Axis{Name: "x", Unit: "pixels"}
	for i := 0; i < f.height; i += f.block {
		y.Values = append(y.Values, float64(i)+float64(f.block-1)/2)
	}
	for i := 0; i < f.width; i += f.block {
		x.Values = append(x.Values, float64(i)+float64(f.block-1)/2)
	}
	f.maps = &analysis.Frame{Name: "effective field map", Note: fmt.Sprintf("root mean square, over %d images, of the gradient%s", len(s.IDs), of), Axes: append(axes, y, x)}
	f.maps.Data = missing(axes[0].Len() * axes[1].Len() * y.Len() * x.Len())
	if f.block > 1 {
		f.maps.Note += fmt.Sprintf("; over blocks of %d×%d pixels", f.block, f.block)
	}
	f.theoretical = &analysis.Frame{Name: "theoretical side", Unit: "pixels", Note: "root of height times width of the pixels that can move the middle unit, not cut at the border of the image", Axes: axes}
	f.theoretical.Data = missing(axes[0].Len() * axes[1].Len())
}

// seeds fills the seeds of a node with random signs of the middle unit's channels, and
// those of others with zeros.
func (f *fields) seeds(at cortex.Node) func(string, []float32) error {
	f.shown = 0
	return func(port string, data []float32) error {
		clear(data)
		if port != seedPort+f.n.name(at) {
			return nil
		}
		shape := f.n.s.Graph.Areas[at.Area].Shape
		units := shape[0] * shape[1] * shape[2]
		middle := (shape[0]/2*shape[1] + shape[1]/2) * shape[2]
		for i := range len(data) / units {
			r := rand.New(rand.NewPCG(uint64(f.Seed), uint64(f.shown+i)<<32|uint64(at.Area)<<16|uint64(at.Step)))
			for c := range shape[2] {
				data[i*units+middle+c] = float32(2*r.IntN(2) - 1)
			}
		}
		f.shown += len(data) / units
		return nil
	}
}

// add measures the map of an image, and adds its squares to sum.
func (f *fields) add(x *program, frames int, at cortex.Node, first, i int, sum []float64) {
	pixels := f.height * f.width
	size := make([]float64, pixels)
	for k := range frames {
		g := x.outputs[fmt.Sprintf("gradient/%d", k)]
		for p := range pixels {
			for c := range f.channels {
				if g != nil {
					v := float64(g[(i*pixels+p)*f.channels+c])
					size[p] += v * v
				}
			}
		}
	}
	largest := 0.0
	for p, v := range size {
		sum[p] += v
		size[p] = math.Sqrt(v)
		largest = math.Max(largest, size[p])
	}
	if largest == 0 {
		return
	}
	above := 0
	for _, v := range size {
		if v > f.Threshold*largest {
			above++
		}
	}
	spread, elongation := moments(size, f.width)
	put(f.side, at, first+i, math.Sqrt(float64(above)))
	put(f.spread, at, first+i, spread)
	put(f.elongation, at, first+i, elongation)
}

// mostSide bounds the sides of maps.
const mostSide = 64

// pooled is the mean of an image of so many columns over square blocks; those at the end
// are smaller.
func pooled(image []float64, columns, block int) (list []float64) {
	rows := len(image) / columns
	for y := 0; y < rows; y += block {
		for x := 0; x < columns; x += block {
			sum, n := 0.0, 0
			for i := y; i < min(y+block, rows); i++ {
				for j := x; j < min(x+block, columns); j++ {
					sum, n = sum+image[i*columns+j], n+1
				}
			}
			list = append(list, sum/float64(n))
		}
	}
	return list
}

// moments takes an image of so many columns as a density. It returns the root of the mean
// of its variances along both axes, and the ratio of its standard deviations along the
// principal axes, NaN where the shorter is 0.
func moments(density []float64, columns int) (spread, elongation float64) {
	var mass, y, x, yy, xx, yx float64
	for i, v := range density {
		mass, y, x = mass+v, y+v*float64(i/columns), x+v*float64(i%columns)
	}
	y, x = y/mass, x/mass
	for i, v := range density {
		a, b := float64(i/columns)-y, float64(i%columns)-x
		yy, xx, yx = yy+v*a*a/mass, xx+v*b*b/mass, yx+v*a*b/mass
	}
	half, root := (yy+xx)/2, math.Hypot((yy-xx)/2, yx) // the eigenvalues are half ± root
	if half-root <= 1e-12*half {
		return math.Sqrt(half), math.NaN()
	}
	return math.Sqrt(half), math.Sqrt((half + root) / (half - root))
}

// theory fills in theoretical fields.
func (f *fields) theory(s *Subject) error {
	all, err := cortex.ReceptiveFields(s.Graph)
	if err != nil {
		return err
	}
	for _, at := range f.n.list {
		if r := all[at.Step][at.Area]; r.Height > 0 {
			f.theoretical.Data[at.Area*s.Graph.Steps+at.Step] = math.Sqrt(float64(r.Height * r.Width))
		}
	}
	return nil
}
