package cpu

import (
	"fmt"
	"math"

	"ventral/nn"
)

// check returns a *nn.NonFinite where a scalar output or an update is not finite.
func (x *Executable) check() error {
	x.faulty.Store(false)
	p := x.plan.program
	for _, o := range p.Outputs {
		if p.Shapes[o.Value] == (nn.Shape{}) && !finite(x.view(nil, &x.plan.places[o.Value], 1, 0, 1)) {
			x.faulty.Store(true)
		}
	}
	x.do(len(x.plan.stages), 0, len(x.stores), len(x.stores) < 4)
	if !x.faulty.Load() {
		return nil
	}
	x.checking, x.fault = true, nn.NonFinite{Index: math.MaxInt}
	for i := range x.plan.stages {
		x.do(i, 0, x.plan.stages[i].count(), true)
	}
	x.checking, x.trials = false, nil
	if x.fault.Index == math.MaxInt {
		return fmt.Errorf("cpu: an input or variable is not finite")
	}
	fault := x.fault
	return &fault
}

// inspect notes whether a piece of an update is not finite.
func (x *Executable) inspect(s piece) {
	if !finite(x.view(nil, &x.plan.places[x.plan.updates[s.index].From], 1, s.lo, s.hi)) {
		x.faulty.Store(true)
	}
}

// look keeps the results of c where they are the program's first fault: of the
// first instruction, its first result, its first element.
func (x *Executable) look(c *call) {
	at := c.in.origin
	if at < 0 || at > x.fault.Index {
		return
	}
	for i, r := range c.results {
		if at == x.fault.Index && i >= x.result {
			return
		}
		for _, v := range r.Data {
			if v-v != 0 {
				x.fault, x.result = nn.NonFinite{Index: at, Instr: x.plan.program.Instrs[at], Value: float64(v)}, i
				return
			}
		}
	}
}

// trial returns an accumulator of instruction j's own, to find which of those
// that share one is at fault.
func (x *Executable) trial(j int) []float32 {
	if x.trials[j] == nil {
		if x.trials == nil {
			x.trials = map[int][]float32{}
		}
		x.trials[j] = make([]float32, x.plan.steps[j].acc.size)
	}
	return x.trials[j]
}

// lookJoined looks at the results of the instructions that share s's accumulator.
func (x *Executable) lookJoined(s *step) {
	for j, acc := range x.trials {
		if of := &x.plan.steps[j]; of.acc == s.acc {
			x.look(&call{in: of.instr, results: []Buf{{Data: acc}}})
		}
	}
}

// finite reports whether s has neither NaN nor infinity.
func finite(s []float32) bool {
	var a, b, c, d float32
	for ; len(s) >= 4; s = s[4:] {
		a += s[0] - s[0]
		b += s[1] - s[1]
		c += s[2] - s[2]
		d += s[3] - s[3]
	}
	for _, v := range s {
		a += v - v
	}
	return a+b+c+d == 0
}
