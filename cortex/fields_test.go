package cortex

import (
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/nntest"
)

// TestEveryOperationHasItsField perturbs pixels of the images that every
// operation reads, on the oracle: what changes must lie within the receptive
// field that the operation is said to have. An operation that nobody described
// would get the field of one that works pixel by pixel.
func TestEveryOperationHasItsField(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range nntest.Cases() {
		p, err := c.Program(true)
		if err != nil {
			t.Fatal(err)
		}
		in := c.Inputs(p)
		x := p.Instrs[len(p.Instrs)-1]
		batched := p.Batched()
		if strings.Contains(x.Op.Name(), "_grad") {
			continue // only gradients have them, which nobody asks for a field
		}
		for k, a := range x.Args {
			y := x.Results[0]
			if !batched[a] || !batched[y] || p.Shapes[a].Rank() != 4 || p.Shapes[y].Rank() != 4 {
				continue
			}
			port := -1
			for i, q := range p.Inputs {
				if q.Value == a {
					port = i
				}
			}
			if port < 0 {
				continue
			}
			tried[x.Op.Name()] = true
			r := newReader(p)
			s, out := p.Shapes[a], p.Shapes[y]
			eval := func() nn.Array {
				args, results := make([]nn.Array, len(x.Args)), make([]nn.Array, len(x.Results))
				for i, v := range x.Args {
					for j, q := range p.Inputs {
						if q.Value == v {
							args[i] = in[j]
						}
					}
				}
				for i, v := range x.Results {
					results[i] = nn.NewArray(p.Shapes[v])
				}
				x.Op.Eval(args, results)
				return results[0]
			}
			if len(p.Instrs) != 1 {
				continue
			}
			before := eval()
			for _, at := range [][2]int{{0, 0}, {s[1] / 2, s[2] / 2}, {s[1] - 1, s[2] - 1}} {
				first := (at[0]*s[2] + at[1]) * s[3]
				kept := append([]float64(nil), in[port].Data[first:first+s[3]]...)
				for ch := range s[3] {
					in[port].Data[first+ch] += 0.37
				}
				after := eval()
				copy(in[port].Data[first:], kept)
				for i := range out.Image() {
					if before.Data[i] == after.Data[i] {
						continue
					}
					row, column := i/out[3]/out[2], i/out[3]%out[2]
					rows, columns := r.back(x, span{row, row}, 1, s), r.back(x, span{column, column}, 2, s)
					if !reads(x.Op, k) || at[0] < rows.lo || at[0] > rows.hi || at[1] < columns.lo || at[1] > columns.hi {
						t.Fatalf("%s: pixel %v of argument %d changes pixel (%d, %d), whose field is said to be rows %v, columns %v (read: %v)",
							c.Name, at, k, row, column, rows, columns, reads(x.Op, k))
					}
				}
			}
		}
	}
	if len(tried) < 20 {
		t.Errorf("only %d operations tried: %v", len(tried), tried)
	}
}
