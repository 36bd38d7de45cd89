// Package theorem shows by numbers what Liao and Poggio (2016) show on paper: a
// very deep residual network whose layers share their weights is a shallow
// recurrent network, unrolled.
//
// One side is package residual: many layers, no time. The other is a cortex of
// one area per stage, which is connected to itself by an identity and a double
// norm-relu-convolution, and runs for as many steps. Both get the same weights
// and images; outputs and every gradient must agree.
package theorem

import "fmt"

// Options say which networks are compared. A zero number takes its default.
type Options struct {
	Depths   []int  // residual layers of a stage; nil is 1, 2, 5, 10, 20
	Channels int    // of every layer; 0 is 8
	Size     int    // height and width of the images; 0 is 8
	Batch    int    // images; 0 is 4
	Seed     uint64 // of weights and images
	// Perturb is added to one weight of the recurrent side: a test of the test.
	// Anything well above a row's Bound must make that row fail.
	Perturb float64
}

const (
	inputs  = 3 // channels of an image
	classes = 10
	// epsilon is the distance from 1 to the next float64.
	epsilon = 0x1p-52
)

// Difference is the largest one between two arrays, on its own and as part of
// the largest magnitude in them.
type Difference struct{ Absolute, Relative float64 }

// Row compares one pair of networks.
type Row struct {
	// Network is what both are:
	//
	//	tied      one stage, one set of weights: homogeneous and time-invariant
	//	untied    one stage, weights for each step: homogeneous and
	//	          time-variant, an ordinary residual network
	//	stages    two stages, each with one set of weights, the second on a map
	//	          of half the size: each area runs while the other is silent
	Network string
	Depth   int // residual layers of a stage, transitions of an area
	Layers  int // convolutions and the dense layer of the residual side, one after another
	// Parameters and Instructions are those of the residual side and of the
	// recurrent side.
	Parameters, Instructions [2]int

	Logits, Loss Difference
	// Gradient is the worst of all variables and the image. A gradient that
	// vanishes, as that of a bias before a norm, is only rounding: where it is
	// below 1e-6 of the largest gradient it is held against that.
	Gradient Difference

	// Bound is what relative differences may be at most. Both sides evaluate the
	// same real numbers in an order of their own. A sum of n terms is wrong by
	// at most n·ε of their magnitude, in float64 with ε = 2⁻⁵²; the longest of
	// these networks add 9·channels terms in a convolution and
	// images·height·width in a norm or a kernel's gradient; and the errors of
	// layers add up, forward and back: 2·layers·n·ε.
	Bound float64
	// Identical reports that both sides are the same program: operation for
	// operation on the same values. Then they agree to the last bit, in every
	// engine, and relative differences are 0.
	Identical bool
	// OK reports that both sides have as many parameters and gradients, and that
	// all relative differences are within Bound.
	OK bool
}

// Prove compares recurrent with residual networks of every depth in float64 and
// returns a row for each; that they disagree is not an error but a row that is
// not OK.
func Prove(o Options) ([]Row, error) {
	if o.Depths == nil {
		o.Depths = []int{1, 2, 5, 10, 20}
	}
	for _, x := range []struct {
		name  string
		value *int
		or    int
	}{{"channels", &o.Channels, 8}, {"size", &o.Size, 8}, {"batch", &o.Batch, 4}} {
		if *x.value == 0 {
			*x.value = x.or
		}
		if *x.value < 2 {
			return nil, fmt.Errorf("theorem: %s: found %d, want 2 or more: norms need something to compare", x.name, *x.value)
		}
	}
	var rows []Row
	for _, depth := range o.Depths {
		if depth < 1 {
			return nil, fmt.Errorf("theorem: depths: found %d, want 1 or more", depth)
		}
		for _, p := range []pair{
			{name: "tied", stages: []int{depth}, tied: true},
			{name: "untied", stages: []int{depth}},
			{name: "stages", stages: []int{depth, depth}, tied: true},
		} {
			row, err := p.compare(o)
			if err != nil {
				return nil, fmt.Errorf("theorem: %s, depth %d: %w", p.name, depth, err)
			}
			row.Depth = depth
			rows = append(rows, row)
		}
	}
	return rows, nil
}
