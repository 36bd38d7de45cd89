// Package optim emits optimiser updates as instructions of a training program and
// computes the learning rate of every update.
package optim

import (
	"fmt"
	"strings"

	"ventral/nn"
)

// Optimiser is an update rule. The dynamic type is a pointer to a struct whose
// fields are keys of an experiment file.
type Optimiser interface {
	// Kind is the name in an experiment file.
	Kind() string
	// Emit updates the weight w by its gradient g with weight decay λ, see Rule.
	// Rate is a scalar; update is the scalar number of this update, from 1.
	Emit(b *nn.Builder, w nn.Var, g nn.Value, decay float64, rate, update nn.Value)
}

// SGD is gradient descent with momentum; see [nn.SGD] for the equations.
type SGD struct {
	Momentum float64 `toml:"momentum" min:"0" below:"1" doc:"weight of the velocity of the update before"`
	Nesterov bool    `toml:"nesterov" doc:"Nesterov's form of momentum"`
}

// Adam is the rule of Kingma and Ba (2015); see [nn.Adam].
type Adam struct {
	Beta1 float64 `toml:"beta1" min:"0" below:"1" doc:"decay of the mean of gradients"`
	Beta2 float64 `toml:"beta2" min:"0" below:"1" doc:"decay of the mean of squared gradients"`
	Eps   float64 `toml:"eps" above:"0" doc:"added to the root of the mean square"`
}

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter 2019).
type AdamW struct {
	Adam
}

// Rule is an optimiser with what is common to all kinds.
type Rule struct {
	Optimiser Optimiser
	// Decay is λ: sgd and adam add λ·w to the gradient, that of the penalty
	// (λ/2)·|w|²; adamw multiplies w by 1 - rate·λ.
	Decay float64
	// DecayOn is "kernels" or "all": biases, gains and shifts decay only with "all".
	DecayOn string
	// Accumulate is the number of batches whose mean gradient is followed; 0
	// and 1 follow the gradient of each batch. See [Rule.Update].
	Accumulate int
}

var kinds = []func() Optimiser{
	func() Optimiser { return &SGD{Momentum: 0.9} },
	func() Optimiser { return &Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} },
	func() Optimiser { return &AdamW{Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}} },
}

// Kinds returns the names that New knows.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k().Kind()
	}
	return names
}

// New returns the named optimiser with the defaults of its keys.
func New(kind string) (Optimiser, error) {
	for _, k := range kinds {
		if o := k(); o.Kind() == kind {
			return o, nil
		}
	}
	return nil, fmt.Errorf("found kind %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}

// Kind returns "sgd".
func (*SGD) Kind() string { return "sgd" }

// Kind returns "adam".
func (*Adam) Kind() string { return "adam" }

// Kind returns "adamw".
func (*AdamW) Kind() string { return "adamw" }

// Emit implements Optimiser.
func (o *SGD) Emit(b *nn.Builder, w nn.Var, g nn.Value, decay float64, rate, update nn.Value) {
	v := state(b, w, "velocity")
	if r := b.Do(nn.SGD{Momentum: o.Momentum, Decay: decay, Nesterov: o.Nesterov}, w.Value, g, v, rate); r != nil {
		b.Update(w.Value, r[0])
		b.Update(v, r[1])
	}
}

// Emit implements Optimiser.
func (o *Adam) Emit(b *nn.Builder, w nn.Var, g nn.Value, decay float64, rate, update nn.Value) {
	o.emit(b, w, g, nn.Adam{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: decay}, rate, update)
}

// Emit implements Optimiser.
func (o *AdamW) Emit(b *nn.Builder, w nn.Var, g nn.Value, decay float64, rate, update nn.Value) {
	o.emit(b, w, g, nn.Adam{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: decay, Decoupled: true}, rate, update)
}

func (o *Adam) emit(b *nn.Builder, w nn.Var, g nn.Value, op nn.Adam, rate, update nn.Value) {
	m, v := state(b, w, "mean"), state(b, w, "square")
	if r := b.Do(op, w.Value, g, m, v, rate, update); r != nil {
		b.Update(w.Value, r[0])
		b.Update(m, r[1])
		b.Update(v, r[2])
	}
}

// state returns the variable in which the optimiser remembers something of w.
func state(b *nn.Builder, w nn.Var, what string) nn.Value {
	return b.Var(prefix+w.Name+"/"+what, b.Shape(w.Value), nn.Init{Kind: "constant"}, false)
}

// Emit continues a program with one update of every trainable variable that loss
// depends on; the scalars "rate" and "update" are inputs then. Where gradients are
// accumulated over k batches it adds them up instead,
//
//	G' = keep·G + g/k
//
// in variables of the optimiser; the scalar input "keep" is 0 for the first of
// k batches, else 1.
func (r Rule) Emit(b *nn.Builder, loss nn.Value) {
	var ws []nn.Var
	var wrt []nn.Value
	for _, v := range b.Vars() {
		if v.Trainable {
			ws, wrt = append(ws, v), append(wrt, v.Value)
		}
	}
	grads := b.Gradient(loss, wrt)
	saved := b.Tag
	var s scalars
	if r.Accumulate > 1 {
		s.keep = b.Input(KeepPort, nn.Shape{}, false)
	} else {
		s.inputs(b)
	}
	for i, w := range ws {
		if grads[i] == nn.None || b.Err() != nil {
			continue
		}
		b.Tag = nn.Tag{Area: "optimiser", Step: -1, Part: w.Name}
		if r.Accumulate > 1 {
			sum := state(b, w, gradient)
			b.Update(sum, b.Sum(b.One(nn.ScaleBy{}, sum, s.keep), b.One(nn.Linear{A: 1 / float64(r.Accumulate)}, grads[i])))
		} else {
			r.update(b, w, grads[i], s)
		}
	}
	b.Tag = saved
}

// gradient is what an optimiser calls a sum of gradients.
const gradient = "gradient"

// IsGradient reports whether v holds a sum of gradients, which a training
// program writes for another to read.
func IsGradient(v nn.Var) bool {
	return strings.HasPrefix(v.Name, prefix) && strings.HasSuffix(v.Name, "/"+gradient)
}

// Names of the scalar input ports of programs with an optimiser.
const (
	RatePort   = "rate"   // learning rate
	UpdatePort = "update" // number of the update, from 1
	KeepPort   = "keep"   // 0 for the first of the batches whose gradients are added up, else 1
)

// prefix begins the names of an optimiser's variables.
const prefix = "optimiser/"

// scalars are the scalar inputs of programs with an optimiser.
type scalars struct{ rate, update, keep nn.Value }

func (s *scalars) inputs(b *nn.Builder) {
	s.rate, s.update = b.Input(RatePort, nn.Shape{}, false), b.Input(UpdatePort, nn.Shape{}, false)
}

// update emits one update of w along g.
func (r Rule) update(b *nn.Builder, w nn.Var, g nn.Value, s scalars) {
	decay := r.Decay
	if r.DecayOn != "all" && b.Shape(w.Value).Rank() != 4 {
		decay = 0
	}
	r.Optimiser.Emit(b, w, g, decay, s.rate, s.update)
}

// Update returns the program that follows the gradients that p, made with the
// same rule, has added up; nil where p follows them itself. Its inputs are the
// scalars "rate" and "update", the number of this update from 1.
func (r Rule) Update(p *nn.Program) (*nn.Program, error) {
	if r.Accumulate <= 1 {
		return nil, nil
	}
	b := nn.NewBuilder()
	var s scalars
	s.inputs(b)
	for _, v := range p.Vars {
		if !v.Trainable {
			continue
		}
		w := nn.Var{Name: v.Name, Value: b.Var(v.Name, p.Shapes[v.Value], v.Init, true), Trainable: true}
		b.Tag = nn.Tag{Area: "optimiser", Step: -1, Part: w.Name}
		r.update(b, w, state(b, w, gradient), s)
	}
	return b.Program()
}
