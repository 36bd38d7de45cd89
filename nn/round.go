package nn

import (
	"fmt"
	"math"
)

// Round rounds every element to Bits significant bits, to nearest, ties to even:
// 8 are those of a bfloat16, 17 those of a high and a signed low bfloat16 part.
type Round struct{ Bits int }

func (Round) Name() string { return "round" }

func (o Round) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || o.Bits < 2 || o.Bits > 23 {
		return nil, fmt.Errorf("found %d arguments, %d bits; want one argument and 2 to 23 bits", len(s), o.Bits)
	}
	return s, nil
}

func (Round) Batch(a []bool) Locality { return perImage(a) }

func (o Round) Eval(args, results []Array) {
	for i, x := range args[0].Data {
		if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
			results[0].Data[i] = x
			continue
		}
		m, e := math.Frexp(x)
		results[0].Data[i] = math.Ldexp(math.RoundToEven(math.Ldexp(m, o.Bits)), e-o.Bits)
	}
}

func (Round) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }

// Precisions are the arithmetics of convolutions, by the significant bits that
// their operands have; 0 is all of float32.
var Precisions = map[string]int{"float32": 0, "split": 17, "bfloat16": 8}
