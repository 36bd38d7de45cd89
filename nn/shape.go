package nn

import (
	"fmt"
	"strconv"
	"strings"
)

// Shape is the extent of up to four axes, row-major, the last axis fastest:
// N×H×W×C for activations, H×W×Cin×Cout for convolution kernels, C for
// vectors. Absent axes are 0 and come last; the zero Shape is a scalar.
type Shape [4]int

// Rank returns the number of axes, 0 for a scalar.
func (s Shape) Rank() int {
	for i, n := range s {
		if n == 0 {
			return i
		}
	}
	return len(s)
}

// Len returns the number of elements, 1 for a scalar.
func (s Shape) Len() int {
	n := 1
	for _, k := range s[:s.Rank()] {
		n *= k
	}
	return n
}

// Image returns the number of elements of one image: Len without axis 0.
func (s Shape) Image() int {
	if s[0] == 0 {
		return 1
	}
	return s.Len() / s[0]
}

// Valid reports whether every present axis is positive and absent axes come last.
func (s Shape) Valid() bool {
	for i, n := range s {
		if n < 0 || i >= s.Rank() && n != 0 {
			return false
		}
	}
	return true
}

// String returns the axes in brackets, as in "[64 32 32 16]".
func (s Shape) String() string {
	part := make([]string, s.Rank())
	for i := range part {
		part[i] = strconv.Itoa(s[i])
	}
	return "[" + strings.Join(part, " ") + "]"
}

// Array is a float64 tensor: what the reference engine computes with.
type Array struct {
	Shape Shape
	Data  []float64 // row-major, Shape.Len() elements
}

// NewArray returns a zero array of shape s.
func NewArray(s Shape) Array { return Array{s, make([]float64, s.Len())} }

// Tensor is a float32 tensor: what crosses an engine's ports.
type Tensor struct {
	Shape Shape
	Data  []float32 // row-major, Shape.Len() elements
}

// NewTensor returns a zero tensor of shape s.
func NewTensor(s Shape) Tensor { return Tensor{s, make([]float32, s.Len())} }

// activation returns an error unless s has four axes.
func activation(what string, s Shape) error {
	if s.Rank() != 4 {
		return fmt.Errorf("%s: found shape %v, want four axes N×H×W×C", what, s)
	}
	return nil
}

// vector returns an error unless s is a vector of n elements.
func vector(what string, s Shape, n int) error {
	if s != (Shape{n}) {
		return fmt.Errorf("%s: found shape %v, want %v", what, s, Shape{n})
	}
	return nil
}

// same returns an error unless all shapes are equal.
func same(s []Shape) error {
	for _, x := range s {
		if x != s[0] {
			return fmt.Errorf("found shapes %v and %v, want equal ones", s[0], x)
		}
	}
	return nil
}
