package connectivity

import (
	"fmt"
	"slices"
)

// Matrix is the connectivity of a cortex: connections with their windows, and
// what they share. Seen as a 3-D matrix its cells are At(target, source, step).
type Matrix struct {
	Connections []Connection
	Sharing     Sharing
}

// At returns the connections that deliver a signal of source to target at a step.
func (m *Matrix) At(target, source string, step int) []*Connection {
	var cell []*Connection
	for i := range m.Connections {
		c := &m.Connections[i]
		if c.To == target && c.From == source && c.Window.Has(step) {
			cell = append(cell, c)
		}
	}
	return cell
}

// Find returns the connection called name, or nil.
func (m *Matrix) Find(name string) *Connection {
	for i := range m.Connections {
		if m.Connections[i].Name == name {
			return &m.Connections[i]
		}
	}
	return nil
}

// Windows cuts steps 0 … steps-1 into the ranges in which the same connections
// deliver, in order.
func (m *Matrix) Windows(steps int) []Window {
	var out []Window
	start := 0
	for t := 1; t <= steps; t++ {
		if t < steps && m.same(t-1, t) {
			continue
		}
		out = append(out, Between(start, t-1))
		start = t
	}
	return out
}

func (m *Matrix) same(a, b int) bool {
	for i := range m.Connections {
		if w := m.Connections[i].Window; w.Has(a) != w.Has(b) {
			return false
		}
	}
	return true
}

// Pair is a place of a matrix: indices in the order of areas.
type Pair struct{ From, To int }

// Patterns lists the names that Pattern knows.
var Patterns = []string{"feedforward", "feedback", "lateral", "bypass", "adjacent", "full"}

// Pattern returns the pairs of n ordered areas that a named pattern joins:
//
//	feedforward  each area to the next
//	feedback     each area to the one before
//	lateral      each area to itself
//	bypass       forward past one or more areas
//	adjacent     feedforward, lateral and feedback
//	full         every pair, with each area to itself
func Pattern(name string, n int) ([]Pair, error) {
	has := func(from, to int) bool {
		switch d := to - from; name {
		case "feedforward":
			return d == 1
		case "feedback":
			return d == -1
		case "lateral":
			return d == 0
		case "bypass":
			return d > 1
		case "adjacent":
			return d >= -1 && d <= 1
		}
		return name == "full"
	}
	if !slices.Contains(Patterns, name) {
		return nil, fmt.Errorf("found pattern %q, want some of %v", name, Patterns)
	}
	var pairs []Pair
	for from := range n {
		for to := range n {
			if has(from, to) {
				pairs = append(pairs, Pair{from, to})
			}
		}
	}
	return pairs, nil
}
