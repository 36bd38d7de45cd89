package compare

import (
	"math"
	"strings"
	"testing"

	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/spec"
)

// TestMatchSpoerer holds matching to numbers that were worked out from the
// published specification by hand: to BLT's 37,546 parameters come B with 63
// channels (9c² + 21c + 10 parameters), BT with 45 and BL with 37.
func TestMatchSpoerer(t *testing.T) {
	list := named(t, builtin(t, "Spoerer_2017"), "BLT", "B", "BT", "BL")
	if err := Match(list, spec.Match{Quantity: "parameters", To: "BLT", By: "channels"}); err != nil {
		t.Fatal(err)
	}
	want := []struct{ channels, parameters int }{{32, 37_546}, {63, 37_054}, {45, 37_405}, {37, 37_750}}
	for i, v := range list {
		c, err := run.SizeOf(v.e)
		if err != nil {
			t.Fatal(err)
		}
		if w := want[i]; c.Parameters != w.parameters || v.e.Areas[0].Shape[2] != w.channels || v.e.Areas[1].Shape[2] != w.channels {
			t.Errorf("%s: got %d channels and %d parameters, want %+v", v.Name, v.e.Areas[0].Shape[2], c.Parameters, w)
		}
		t.Logf("%s: %s multiply-adds; %v", v.Name, readable.Short(c.MultiplyAdds), v.Changes)
	}
}

// TestMatchRefuses holds that what cannot be matched is refused with the nearest
// that can.
func TestMatchRefuses(t *testing.T) {
	for _, c := range []struct {
		m    spec.Match
		want string
	}{
		{spec.Match{Quantity: "parameters", To: "BLT", By: "kernel"}, `by = "kernel" cannot bring B (9,898 parameters) within 2 % of the 37,546 of BLT; the nearest is 26,794`},
		{spec.Match{Quantity: "parameters", To: "BLT", By: "depth"}, `by = "depth" changes nothing of B`},
		{spec.Match{Quantity: "parameters", To: "BTL", By: "channels"}, `no variant is called "BTL"`},
	} {
		err := Match(named(t, builtin(t, "Spoerer_2017"), "BLT", "B"), c.m)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.m, err, c.want)
		}
	}
}

// TestKernels: all kernels larger than 1×1 change by an even number; where none is
// nothing is said, and where one would vanish there is no experiment to reach.
func TestKernels(t *testing.T) {
	m := matcher{count: func(c run.Cost) float64 { return float64(c.Parameters) }}
	for _, c := range []struct {
		size, by int
		says     string
		want     int // 0: no experiment
	}{
		{3, 1, "kernels +2", 5}, {3, -1, "kernels -2", 1}, {3, -2, "kernels -4", 0}, {2, -1, "kernels -2", 0}, {4, -1, "kernels -2", 2}, {1, 3, "", 1},
	} {
		v := named(t, builtin(t, "debris"), "feedforward")[0]
		said := ""
		r, ok, err := m.try(v, "", func(e *spec.Experiment) {
			for i := range e.Input.Net {
				e.Input.Net[i].Kernel = c.size
			}
			for _, t := range spec.Transforms(e) {
				setting(t, "Kernel").SetInt(int64(c.size))
			}
			said = kernels(e, c.by)
		})
		if err != nil || said != c.says || ok != (c.want > 0) {
			t.Errorf("%+v: said %q, an experiment: %v, %v", c, said, ok, err)
		}
		if ok && int(setting(spec.Transforms(r.e)[0], "Kernel").Int()) != c.want {
			t.Errorf("%+v: got %d", c, setting(spec.Transforms(r.e)[0], "Kernel").Int())
		}
	}
}

// TestMatchMultiplyAdds matches the other quantity, and depth where it is a
// lever.
func TestMatchMultiplyAdds(t *testing.T) {
	list, err := builtin(t, "debris").Derive("", []string{"adjacent", "lateral"})
	if err != nil {
		t.Fatal(err)
	}
	if err := Match(list, spec.Match{Quantity: "multiply_adds", By: "channels"}); err != nil {
		t.Fatal(err)
	}
	a, err := run.SizeOf(list[0].e)
	if err != nil {
		t.Fatal(err)
	}
	b, err := run.SizeOf(list[1].e)
	if err != nil {
		t.Fatal(err)
	}
	if off := math.Abs(float64(b.MultiplyAdds)/float64(a.MultiplyAdds) - 1); off > Tolerance {
		t.Errorf("multiply-adds %d and %d differ by %.1f %%", a.MultiplyAdds, b.MultiplyAdds, 100*off)
	}
	v := named(t, builtin(t, "W1"))[0]
	before, after := *v, *v
	e, err := v.changed(func(e *spec.Experiment) {
		if depth(e, 1) == "" {
			t.Error("depth changes nothing of W1")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := after.take(e); err != nil {
		t.Fatal(err)
	}
	x, _ := run.CostOf(before.e)
	y, _ := run.CostOf(after.e)
	if y.Longest <= x.Longest || y.Parameters <= x.Parameters {
		t.Errorf("one more time: longest path %d from %d, parameters %d from %d", y.Longest, x.Longest, y.Parameters, x.Parameters)
	}
}

// TestMatchProposes: where the variants cannot be brought to the first, those to
// which they can are named. Kernels of 1×1 cannot grow, those of 3×3 can shrink.
func TestMatchProposes(t *testing.T) {
	one := func(s Source, kernel string) *Variant {
		t.Helper()
		v, err := s.One("")
		if err != nil {
			t.Fatal(err)
		}
		v.Name = kernel
		return v
	}
	kernel := func(n string) *Variant {
		s := builtin(t, "debris")
		s.Set = []string{`input.net=[{kind="conv",kernel=` + n + `}]`}
		for _, role := range []string{"feedforward", "lateral", "feedback"} {
			s.Set = append(s.Set, "role."+role+".kernel="+n)
		}
		return one(s, "kernel"+n)
	}
	m := spec.Match{Quantity: "parameters", By: "kernel"}
	err := Match([]*Variant{kernel("3"), kernel("1")}, m)
	if err == nil || !strings.HasSuffix(err.Error(), "; all can be matched with --to kernel1") {
		t.Errorf("got %v", err)
	}
	m.To = "kernel1"
	if err := Match([]*Variant{kernel("3"), kernel("1")}, m); err != nil {
		t.Errorf("what was proposed: %v", err)
	}
}
