package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/nntest"
)

// programs returns a program of every case, its gradient, and a training batch.
func programs(t testing.TB) map[string]*nn.Program {
	t.Helper()
	ps := map[string]*nn.Program{}
	add := func(name string, p *nn.Program, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ps[name] = p
	}
	for _, c := range nntest.Cases() {
		p, err := c.Program(true)
		add(c.Name, p, err)
		if len(c.Diff) > 0 {
			p, err := c.GradientProgram()
			add(c.Name+" gradient", p, err)
		}
	}
	p, err := nntest.Training()
	add("training", p, err)
	p, err = nntest.Inference()
	add("inference", p, err)
	return ps
}

func TestTextRoundTrip(t *testing.T) {
	for name, p := range programs(t) {
		back, err := nn.Parse(p.String())
		if err != nil {
			t.Errorf("%s: %v\n%v", name, err, p)
		} else if !reflect.DeepEqual(back, p) {
			t.Errorf("%s: got\n%vwant\n%v", name, back, p)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for name, p := range programs(t) {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back nn.Program
		if err := json.Unmarshal(text, &back); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		} else if !reflect.DeepEqual(&back, p) {
			t.Errorf("%s: got\n%vwant\n%v", name, &back, p)
		}
	}
}

// TestTags checks that any tag survives, also one that reads like another.
func TestTags(t *testing.T) {
	for _, tag := range []nn.Tag{
		{Step: -1}, {Area: "V1", Step: 3, Part: "V2->V1"}, {Area: "V1", Step: 3, Part: "V2->V1", Backward: true}, {Area: "statistics", Step: -1, Part: "V1/norm@2"},
		{Step: 0}, {Area: "a@b", Step: -1}, {Area: "a/b", Step: 2}, {Area: "a", Step: -5, Part: "b"}, {Area: "a\nb", Step: -1}, {Area: ` "a" `, Step: -1},
		{Area: "a", Step: -1, Part: "b (gradient)"}, {Area: "V1 ; x=3", Step: 1}, {Step: -1, Backward: true}, {Area: "(gradient)", Step: -1}, {Area: "(gradient)", Step: -1, Backward: true}, {Area: " V1", Step: -1, Backward: true}, {Part: " ", Step: -1}, {Area: "a", Step: -1, Part: "b\u2028é"},
	} {
		b := nn.NewBuilder()
		b.Tag = tag
		b.Output("x", b.One(nn.Constant{Value: math.Pi}))
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		back, err := nn.Parse(p.String())
		if err != nil {
			t.Errorf("%+v: %v\n%v", tag, err, p)
		} else if got := back.Instrs[0].Tag; got != tag {
			t.Errorf("got %+v, want %+v\n%v", got, tag, p)
		}
	}
}

const small = `format = 2

input "image" = %0 [4 6 6 3] batched
var "kernel" = %1 [3 3 3 8] trainable uses=2 init="he_normal" fanin=27 fanout=72 value=0

# a comment
%2 [4 3 3 8] = conv2d(%0, %1) stride=2 ; V1@3/V2->V1
%3 [8], %4 [8] = moments(%2) ; V1@3/norm
%5 [3 3 3 8] = linear(%1) a=0.5 b=-1e-09

output "mean" = %3
update %1 = %5
`

// TestText holds the form of the text: it is read by people and kept in files.
func TestText(t *testing.T) {
	p, err := nn.Parse(small)
	if err != nil {
		t.Fatal(err)
	}
	want := &nn.Program{
		Shapes: []nn.Shape{{4, 6, 6, 3}, {3, 3, 3, 8}, {4, 3, 3, 8}, {8}, {8}, {3, 3, 3, 8}},
		Inputs: []nn.Port{{Name: "image", Value: 0, Batched: true}},
		Vars:   []nn.Var{{Name: "kernel", Value: 1, Init: nn.Init{Kind: "he_normal", FanIn: 27, FanOut: 72}, Trainable: true, Uses: 2}},
		Instrs: []nn.Instr{
			{Op: nn.Conv2D{Stride: 2}, Args: []nn.Value{0, 1}, Results: []nn.Value{2}, Tag: nn.Tag{Area: "V1", Step: 3, Part: "V2->V1"}},
			{Op: nn.Moments{}, Args: []nn.Value{2}, Results: []nn.Value{3, 4}, Tag: nn.Tag{Area: "V1", Step: 3, Part: "norm"}},
			{Op: nn.Linear{A: 0.5, B: -1e-9}, Args: []nn.Value{1}, Results: []nn.Value{5}, Tag: nn.Tag{Step: -1}},
		},
		Outputs: []nn.Port{{Name: "mean", Value: 3}},
		Updates: []nn.Update{{Var: 1, From: 5}},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got\n%vwant\n%v", p, want)
	}
	if got, want := p.String(), strings.Replace(small, "# a comment\n", "", 1); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParseFaults(t *testing.T) {
	edit := func(old, new string) string { return strings.Replace(small, old, new, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "found nothing"},
		"no format":         {edit("format = 2", ""), `line 3: found "input`},
		"another format":    {edit("format = 2", "format = 3"), "line 1: format = 3: this version reads format 2; print the program again"},
		"unknown line":      {edit("output", "result"), `line 11: found "result`},
		"unknown operation": {edit("moments", "momentum"), `line 8: found operation "momentum", want one of adam, add_bias`},
		"attribute missing": {edit(" stride=2", ""), `line 7: conv2d: found "; V1`},
		"attribute twice":   {edit("stride=2", "stride=2 stride=2"), `line 7: found "stride=2`},
		"not a number":      {edit("stride=2", "stride=two"), `line 7: conv2d: found "two", want a whole number`},
		"NaN":               {edit("a=0.5", "a=NaN"), "found a NaN, want a finite number"},
		"infinite":          {edit("value=0", "value=+Inf"), "begins as +Inf"},
		"value":             {edit("(%0, %1)", "(%0, %x)"), `line 7: found value "x"`},
		"read before":       {edit("(%0, %1)", "(%0, %5)"), "reads %5, which is not defined before"},
		"defined twice":     {edit("%4 [8]", "%3 [8]"), "defines %3 a second time"},
		"never defined":     {edit("%5 [", "%2000000000 ["), "found %2000000000, want the 6 values"},
		"negative value":    {edit("%5 [", "%-5 ["), `found value "-5"`},
		"wrong shape":       {edit("%2 [4 3 3 8]", "%2 [4 3 3 9]"), "gives [4 3 3 8], stated [4 3 3 9]"},
		"wrong results":     {edit("%3 [8], %4 [8] =", "%3 [8] ="), "want the 5 values"},
		"huge axis":         {edit("[4 6 6 3]", "[4 6 6 30000000000]"), "want axes of 1 to"},
		"huge shape":        {edit("[4 6 6 3]", "[2147483647 2147483647 2147483647 2147483647]"), "elements"},
		"zero axis":         {edit("[4 6 6 3]", "[4 0 6 3]"), `found axis "0"`},
		"five axes":         {edit("[4 6 6 3]", "[4 6 6 3 1]"), "found 5 axes"},
		"open shape":        {edit("[4 6 6 3]", "[4 6 6 3"), `want "]"`},
		"open quotes":       {edit(`"image"`, `"image`), "text in double quotes"},
		"update of input":   {edit("update %1", "update %0"), "which is not a variable"},
		"tag's step":        {edit("V1@3/V2", "V1@x/V2"), `line 7: found step "x"`},
		"variable twice":    {edit("output", "var \"kernel\" = %6 [2] uses=1 init=\"constant\" fanin=0 fanout=0 value=0\noutput"), `variable "kernel" is there twice`},
		"output twice":      {small + "output \"mean\" = %4\n", `output "mean" is there twice`},
		"vector of images":  {edit("[4 6 6 3]", "[4]"), "want four axes"},
		"not UTF-8":         {edit(`"mean"`, `"\xff"`), "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := nn.Parse(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q\n%v", err, c.want, p)
			}
		})
	}
}

func TestJSONFaults(t *testing.T) {
	p, err := nn.Parse(small)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"format":             {`"format":2`, `"format":7`, "format = 7: this version reads format 2"},
		"unknown field":      {`"format":2`, `"format":2,"formula":2`, "formula"},
		"attribute missing":  {`{"stride":2}`, `{}`, "instruction 0: conv2d: attribute stride is missing"},
		"attribute null":     {`{"stride":2}`, `{"stride":null}`, "attribute stride is missing"},
		"attribute's type":   {`{"stride":2}`, `{"stride":2.5}`, "attribute stride: json"},
		"one attribute more": {`{"stride":2}`, `{"stride":2,"pad":1}`, "found 2 attributes, want 1"},
		"operation":          {`"op":"moments"`, `"op":"moment"`, `found operation "moment"`},
		"axis":               {`[4,6,6,3]`, `[4,0,6,3]`, "value 0 has an axis of 0"},
		"axes":               {`[4,6,6,3]`, `[4,6,6,3,1]`, "value 0 has 5 axes"},
		"undefined":          {`"values":[`, `"values":[[1],`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(string(text), c.old, c.new, 1)
			if bad == string(text) {
				t.Fatalf("nothing to replace in %s", text)
			}
			var q nn.Program
			if err := json.Unmarshal([]byte(bad), &q); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestHostileShapes gives every operation arguments and attributes that it does
// not expect: Verify says what is wrong, or the shapes can be counted.
func TestHostileShapes(t *testing.T) {
	shapes := []nn.Shape{{}, {1}, {7}, {2, 3}, {2, 3, 4}, {2, 2, 2, 2}, {1, 1, 1, 1}, {1 << 20, 1 << 20, 1, 1}, {1, 1, 1, 1 << 30}}
	check := func(op nn.Op, args []nn.Shape) {
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("%s%+v of %v: panic: %v", op.Name(), op, args, r)
			}
		}()
		if out, err := op.Results(args); err == nil {
			p := &nn.Program{Shapes: append(append([]nn.Shape{}, args...), out...)}
			in := nn.Instr{Op: op}
			for i := range args {
				p.Inputs = append(p.Inputs, nn.Port{Name: fmt.Sprint(i), Value: nn.Value(i)})
				in.Args = append(in.Args, nn.Value(i))
			}
			for i := range out {
				in.Results = append(in.Results, nn.Value(len(args)+i))
			}
			p.Instrs = []nn.Instr{in}
			if p.Verify() == nil {
				for _, s := range out {
					if s.Len() < 1 || s.Len() > 1<<40 {
						t.Errorf("%s%+v of %v: verified with result %v", op.Name(), op, args, s)
					}
				}
			}
		}
	}
	for _, zero := range nn.Ops() {
		for _, n := range []int{0, 1, 2, 1 << 31, math.MaxInt, -1, math.MinInt} {
			for _, fn := range []string{"", "relu", "max"} {
				v := reflect.New(reflect.TypeOf(zero)).Elem()
				for i := range v.NumField() {
					switch f := v.Field(i); f.Kind() {
					case reflect.Int:
						f.SetInt(int64(n))
					case reflect.Float64:
						f.SetFloat(float64(n))
					case reflect.String:
						f.SetString(fn)
					}
				}
				op := v.Interface().(nn.Op)
				check(op, nil)
				for _, a := range shapes {
					for count := 1; count <= 7; count++ {
						args := make([]nn.Shape, count)
						for i := range args {
							args[i] = a
						}
						check(op, args)
						for _, b := range shapes {
							args[count-1] = b
							check(op, args)
						}
					}
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range programs(f) {
		f.Add(p.String())
	}
	f.Add(small)
	f.Add("format = 2\n%0 [] = constant() value=-0 ; \"\" 3 \"\"")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := nn.Parse(text)
		if err != nil {
			return
		}
		again, err := nn.Parse(p.String())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("what was read does not survive printing: %v\ngot\n%vwant\n%v", err, again, p)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, p := range programs(f) {
		text, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var p, again nn.Program
		if json.Unmarshal(text, &p) != nil {
			return
		}
		out, err := json.Marshal(&p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("what was read does not survive writing: %v\ngot\n%vwant\n%v", err, &again, &p)
		}
		if parsed, err := nn.Parse(p.String()); err != nil || !reflect.DeepEqual(parsed, &p) {
			t.Fatalf("JSON and text differ: %v\ngot\n%vwant\n%v", err, parsed, &p)
		}
	})
}
