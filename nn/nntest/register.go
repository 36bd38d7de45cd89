package nntest

import (
	"testing"

	"ventral/nn"
)

// RegisterFunction registers f until the end of t.
func RegisterFunction(t *testing.T, f nn.Function) {
	t.Helper()
	t.Cleanup(nn.RegisterFunction(f))
}

// RegisterOp registers op until the end of t.
func RegisterOp(t *testing.T, op nn.Op) {
	t.Helper()
	t.Cleanup(nn.RegisterOp(op))
}

// Showing returns the cases of operations and functions called name, and of
// their gradients.
func Showing(name string) []Case {
	var cs []Case
	for _, c := range Cases() {
		if shows(c.Op, name) {
			cs = append(cs, c)
		}
	}
	return cs
}

func shows(op nn.Op, name string) bool {
	switch o := op.(type) {
	case nn.Unary:
		return o.Fn == name
	case nn.UnaryGrad:
		return o.Fn == name
	}
	return op.Name() == name
}
