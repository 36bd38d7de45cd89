package nntest

import (
	"encoding/json"
	"reflect"
	"testing"

	"ventral/nn"
)

// RoundTrip writes the program of c and of its gradient as text and as JSON,
// and reads both back: the same program comes out.
func RoundTrip(t *testing.T, c Case) {
	t.Helper()
	p, err := c.Program(true)
	roundTrip(t, p, err)
	if len(c.Diff) > 0 {
		p, err = c.GradientProgram()
		roundTrip(t, p, err)
	}
}

func roundTrip(t *testing.T, p *nn.Program, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if q, err := nn.Parse(p.String()); err != nil || !reflect.DeepEqual(q, p) {
		t.Errorf("text: %v\ngot\n%vwant\n%v", err, q, p)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var q nn.Program
	if err := json.Unmarshal(text, &q); err != nil || !reflect.DeepEqual(&q, p) {
		t.Errorf("JSON: %v\ngot\n%vwant\n%v", err, &q, p)
	}
}
