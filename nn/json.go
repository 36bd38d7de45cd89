package nn

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The JSON of a program, see docs/program.md.
type (
	programJSON struct {
		Format       int         `json:"format"`
		Values       []shapeJSON `json:"values"`
		Inputs       []inputJSON `json:"inputs"`
		Variables    []varJSON   `json:"variables"`
		Instructions []instrJSON `json:"instructions"`
		Outputs      []portJSON  `json:"outputs"`
		Updates      []updJSON   `json:"updates"`
	}
	shapeJSON []int
	portJSON  struct {
		Name  string `json:"name"`
		Value Value  `json:"value"`
	}
	inputJSON struct {
		Name    string `json:"name"`
		Value   Value  `json:"value"`
		Batched bool   `json:"batched"`
	}
	varJSON struct {
		Name      string   `json:"name"`
		Value     Value    `json:"value"`
		Trainable bool     `json:"trainable"`
		Uses      int      `json:"uses"`
		Init      initJSON `json:"init"`
	}
	initJSON struct {
		Kind   string  `json:"kind"`
		FanIn  int     `json:"fanin"`
		FanOut int     `json:"fanout"`
		Value  float64 `json:"value"`
	}
	instrJSON struct {
		Op         string                     `json:"op"`
		Attributes map[string]json.RawMessage `json:"attributes"`
		Args       []Value                    `json:"args"`
		Results    []Value                    `json:"results"`
		Tag        tagJSON                    `json:"tag"`
	}
	tagJSON struct {
		Area     string `json:"area"`
		Step     int    `json:"step"`
		Part     string `json:"part"`
		Backward bool   `json:"backward"`
	}
	updJSON struct {
		Var  Value `json:"variable"`
		From Value `json:"from"`
	}
)

// MarshalJSON returns the program as JSON that another program can execute:
// operations by name with all attributes, and the shape of every value.
func (p *Program) MarshalJSON() ([]byte, error) {
	j := programJSON{Format: Format, Values: []shapeJSON{}, Inputs: []inputJSON{}, Variables: []varJSON{},
		Instructions: []instrJSON{}, Outputs: []portJSON{}, Updates: []updJSON{}}
	for _, s := range p.Shapes {
		j.Values = append(j.Values, append(shapeJSON{}, s[:s.Rank()]...))
	}
	for _, in := range p.Inputs {
		j.Inputs = append(j.Inputs, inputJSON(in))
	}
	for _, v := range p.Vars {
		j.Variables = append(j.Variables, varJSON{v.Name, v.Value, v.Trainable, v.Uses, initJSON(v.Init)})
	}
	for _, in := range p.Instrs {
		x := instrJSON{in.Op.Name(), map[string]json.RawMessage{}, append([]Value{}, in.Args...), append([]Value{}, in.Results...), tagJSON(in.Tag)}
		for _, a := range Attributes(in.Op) {
			text, err := json.Marshal(a.Value)
			if err != nil {
				return nil, fmt.Errorf("program: %s: %s: %w", x.Op, a.Name, err)
			}
			x.Attributes[a.Name] = text
		}
		j.Instructions = append(j.Instructions, x)
	}
	for _, o := range p.Outputs {
		j.Outputs = append(j.Outputs, portJSON{o.Name, o.Value})
	}
	for _, u := range p.Updates {
		j.Updates = append(j.Updates, updJSON(u))
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes, and verifies the program.
func (p *Program) UnmarshalJSON(text []byte) error {
	var j programJSON
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return fmt.Errorf("program: %w", err)
	}
	if j.Format != Format {
		return fmt.Errorf("program: format = %d: this version reads format %d; print the program again", j.Format, Format)
	}
	var q Program
	for i, axes := range j.Values {
		var s Shape
		if len(axes) > len(s) {
			return fmt.Errorf("program: value %d has %d axes, want at most %d", i, len(axes), len(s))
		}
		for k, n := range axes {
			if n < 1 {
				return fmt.Errorf("program: value %d has an axis of %d, want a positive number", i, n)
			}
			s[k] = n
		}
		q.Shapes = append(q.Shapes, s)
	}
	for _, in := range j.Inputs {
		q.Inputs = append(q.Inputs, Port(in))
	}
	for _, v := range j.Variables {
		q.Vars = append(q.Vars, Var{v.Name, v.Value, Init(v.Init), v.Trainable, v.Uses})
	}
	for i, x := range j.Instructions {
		op, err := newOp(x.Op, func(attribute string, field any) error {
			text, ok := x.Attributes[attribute]
			if !ok || string(text) == "null" {
				return fmt.Errorf("attribute %s is missing", attribute)
			}
			if err := json.Unmarshal(text, field); err != nil {
				return fmt.Errorf("attribute %s: %w", attribute, err)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("program: instruction %d: %w", i, err)
		}
		if n := len(Attributes(op)); n != len(x.Attributes) {
			return fmt.Errorf("program: instruction %d: %s: found %d attributes, want %d", i, x.Op, len(x.Attributes), n)
		}
		in := Instr{Op: op, Tag: Tag(x.Tag)}
		in.Args, in.Results = append(in.Args, x.Args...), append(in.Results, x.Results...)
		q.Instrs = append(q.Instrs, in)
	}
	for _, o := range j.Outputs {
		q.Outputs = append(q.Outputs, Port{Name: o.Name, Value: o.Value})
	}
	for _, u := range j.Updates {
		q.Updates = append(q.Updates, Update(u))
	}
	if err := q.Verify(); err != nil {
		return err
	}
	*p = q
	return nil
}
