package protocol_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
)

// TestReadKeys reads every key of an item, and of the protocol.
func TestReadKeys(t *testing.T) {
	item := func(change func(x *protocol.Item)) protocol.Item {
		x := protocol.Item{
			Image: protocol.NoImage, Frame: protocol.NoFrame, Every: 1, Tiles: 8, Fresh: "trial",
			Contrast: protocol.Ramp{From: 1, To: 1}, Luminance: protocol.Ramp{From: 1, To: 1}, Scale: protocol.Ramp{From: 1, To: 1},
			Noise: protocol.Noise{SD: 0.1, Fraction: 0.1, Fresh: "trial"}, Occlude: protocol.Occlude{Fraction: 0.5, Fresh: "trial"},
		}
		change(&x)
		return x
	}
	for text, want := range map[string]protocol.Item{
		`steps = "0..2", image = true`:                       item(func(x *protocol.Item) { x.Steps, x.Image = "0..2", 0 }),
		`steps = "7..", image = 0`:                           item(func(x *protocol.Item) { x.Steps, x.Image = "7..", 0 }),
		`for = 3, image = 15`:                                item(func(x *protocol.Item) { x.For.Steps, x.Image = 3, 15 }),
		`for = "3", image = 1`:                               item(func(x *protocol.Item) { x.For.Steps, x.Image = 3, 1 }),
		`for = "rest", frame = "step"`:                       item(func(x *protocol.Item) { x.For.Rest, x.Frame = true, protocol.NextFrame }),
		`for = "40ms", frame = 2, image = 1`:                 item(func(x *protocol.Item) { x.For.MS, x.Frame, x.Image = 40, 2, 1 }),
		`for = "12.5 ms", frame = "step", every = 4`:         item(func(x *protocol.Item) { x.For.MS, x.Frame, x.Every = 12.5, protocol.NextFrame, 4 }),
		`for = 1, blank = "mean"`:                            item(func(x *protocol.Item) { x.For.Steps, x.Blank = 1, "mean" }),
		`for = 1, blank = "grey"`:                            item(func(x *protocol.Item) { x.For.Steps, x.Blank = 1, "grey" }),
		`for = 1, blank = "black"`:                           item(func(x *protocol.Item) { x.For.Steps, x.Blank = 1, "black" }),
		`for = 1, blank = "white"`:                           item(func(x *protocol.Item) { x.For.Steps, x.Blank = 1, "white" }),
		`for = 1, blank = "absent"`:                          item(func(x *protocol.Item) { x.For.Steps, x.Blank = 1, "absent" }),
		`for = 1, mask = "phase_scrambled"`:                  item(func(x *protocol.Item) { x.For.Steps, x.Mask = 1, "phase_scrambled" }),
		`for = 1, mask = "tiles", tiles = 4, fresh = "step"`: item(func(x *protocol.Item) { x.For.Steps, x.Mask, x.Tiles, x.Fresh = 1, "tiles", 4, "step" }),
		`for = 1, mask = "noise"`:                            item(func(x *protocol.Item) { x.For.Steps, x.Mask = 1, "noise" }),
		`for = 1, mask = "image"`:                            item(func(x *protocol.Item) { x.For.Steps, x.Mask = 1, "image" }),
		`for = 1, image = true, contrast = 0.5, luminance = "0.1..1", scale = 2, blur = "1.5..0"`: item(func(x *protocol.Item) {
			x.For.Steps, x.Image = 1, 0
			x.Contrast, x.Luminance = protocol.Ramp{From: 0.5, To: 0.5}, protocol.Ramp{From: 0.1, To: 1}
			x.Scale, x.Blur = protocol.Ramp{From: 2, To: 2}, protocol.Ramp{From: 1.5, To: 0}
		}),
		`for = 1, image = true, shift = [3, -1]`: item(func(x *protocol.Item) { x.For.Steps, x.Image, x.Shift = 1, 0, [2]int{3, -1} }),
		`for = 1, image = true, noise = { kind = "gaussian", sd = 0.3, fresh = "step" }`: item(func(x *protocol.Item) {
			x.For.Steps, x.Image = 1, 0
			x.Noise.Kind, x.Noise.SD, x.Noise.Fresh = "gaussian", 0.3, "step"
		}),
		`for = 1, image = true, noise = { kind = "uniform" }`: item(func(x *protocol.Item) { x.For.Steps, x.Image, x.Noise.Kind = 1, 0, "uniform" }),
		`for = 1, image = true, noise = { kind = "salt_and_pepper", fraction = 0.02 }`: item(func(x *protocol.Item) {
			x.For.Steps, x.Image = 1, 0
			x.Noise.Kind, x.Noise.Fraction = "salt_and_pepper", 0.02
		}),
		`for = 1, image = true, occlude = { kind = "bubbles", fraction = 0.9, size = 3, fresh = "step" }`: item(func(x *protocol.Item) {
			x.For.Steps, x.Image = 1, 0
			x.Occlude = protocol.Occlude{Kind: "bubbles", Fraction: 0.9, Size: 3, Fresh: "step"}
		}),
		`for = 1, image = true, occlude = { kind = "bars" }`:      item(func(x *protocol.Item) { x.For.Steps, x.Image, x.Occlude.Kind = 1, 0, "bars" }),
		`for = 1, image = true, occlude = { kind = "patches" }`:   item(func(x *protocol.Item) { x.For.Steps, x.Image, x.Occlude.Kind = 1, 0, "patches" }),
		`for = 1, image = true, occlude = { kind = "fragments" }`: item(func(x *protocol.Item) { x.For.Steps, x.Image, x.Occlude.Kind = 1, 0, "fragments" }),
	} {
		list, err := read("[protocol.p]\nabout = \"for a test\"\nground = \"grey\"\nlabel = 2\nshow = [{ " + text + " }]\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		p := list[0]
		if want := (protocol.Settings{About: "for a test", Ground: "grey", Label: 2}); p.Name != "p" || p.Settings != want || p.Conditions[0].Settings != want {
			t.Errorf("%s: got %q with %+v, want p with %+v", text, p.Name, p.Settings, want)
		}
		if got := p.Conditions[0].Items; len(p.Conditions) != 1 || !reflect.DeepEqual(got, []protocol.Item{want}) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", text, got, want)
		}
	}
	plain := conditions(t, `show = [{ for = 1, image = true }]`)[0]
	if want := (protocol.Settings{Ground: "mean", Label: -1}); plain.Settings != want {
		t.Errorf("without keys: got %+v, want %+v", plain.Settings, want)
	}
}

// TestConditions reads lists, each value of which is a condition.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		value      func(c protocol.Condition) any // of the last
		last       any
	}{
		{"none", `show = [{ for = 1, image = true }]`, []string{"p"}, nil, nil},
		{"a key of the protocol", "soa = [1, 2, 4, 8]\nshow = [{ for = \"soa\", image = true }, { for = 4, mask = \"tiles\" }, { for = \"rest\", blank = \"grey\" }]",
			[]string{"p[soa=1]", "p[soa=2]", "p[soa=4]", "p[soa=8]"}, func(c protocol.Condition) any { return c.Items[0].For.Steps }, 8},
		{"a key that is no list", "soa = 3\nshow = [{ for = \"soa\", image = true }]", []string{"p"}, func(c protocol.Condition) any { return c.Items[0].For.Steps }, 3},
		{"durations in milliseconds", "soa = [\"10ms\", 2]\nshow = [{ for = \"soa\", image = true }]",
			[]string{"p[soa=10ms]", "p[soa=2]"}, func(c protocol.Condition) any { return c.Items[0].For.Steps }, 2},
		{"a key in two places", "d = [1, 2]\nshow = [{ for = \"d\", image = true }, { for = \"d\", blank = \"mean\" }]",
			[]string{"p[d=1]", "p[d=2]"}, func(c protocol.Condition) any { return [2]int{c.Items[0].For.Steps, c.Items[1].For.Steps} }, [2]int{2, 2}},
		{"a value of an item", `show = [{ for = 1, image = true, contrast = [0.1, 1.0] }]`,
			[]string{"p[contrast=0.1]", "p[contrast=1]"}, func(c protocol.Condition) any { return c.Items[0].Contrast.From }, 1.0},
		{"a value in a table of an item", `show = [{ for = 1, image = true, noise = { kind = "gaussian", sd = [0.0, 0.5] } }]`,
			[]string{"p[sd=0]", "p[sd=0.5]"}, func(c protocol.Condition) any { return c.Items[0].Noise.SD }, 0.5},
		{"words", `show = [{ for = 1, image = true }, { for = 1, mask = ["tiles", "noise"] }]`,
			[]string{"p[mask=tiles]", "p[mask=noise]"}, func(c protocol.Condition) any { return c.Items[1].Mask }, "noise"},
		{"crossed, the last fastest", "a = [1, 2]\nshow = [{ for = \"a\", image = true, contrast = [0.5, 1.0] }]",
			[]string{"p[a=1,contrast=0.5]", "p[a=1,contrast=1]", "p[a=2,contrast=0.5]", "p[a=2,contrast=1]"},
			func(c protocol.Condition) any {
				return [2]float64{float64(c.Items[0].For.Steps), c.Items[0].Contrast.To}
			}, [2]float64{2, 1}},
		{"the same key of two items", `show = [{ for = 1, image = true, contrast = [0.5, 1.0] }, { for = 1, blank = "white", contrast = [0.1, 0.2] }]`,
			[]string{"p[contrast=0.5,contrast2=0.1]", "p[contrast=0.5,contrast2=0.2]", "p[contrast=1,contrast2=0.1]", "p[contrast=1,contrast2=0.2]"},
			func(c protocol.Condition) any { return [2]float64{c.Items[0].Contrast.To, c.Items[1].Contrast.To} }, [2]float64{1, 0.2}},
		{"two numbers of a shift are one value", `show = [{ for = 1, image = true, shift = [1, 2] }]`, []string{"p"}, func(c protocol.Condition) any { return c.Items[0].Shift }, [2]int{1, 2}},
		{"shifts", `show = [{ for = 1, image = true, shift = [[1, 2], [3, 4]] }]`, []string{"p[shift=[1, 2]]", "p[shift=[3, 4]]"}, func(c protocol.Condition) any { return c.Items[0].Shift }, [2]int{3, 4}},
		{"tables", `show = [{ for = 1, image = true, noise = [{ kind = "gaussian" }, { kind = "uniform" }] }]`, nil, func(c protocol.Condition) any { return c.Items[0].Noise.Kind }, "uniform"},
		{"images", "label = 0\n" + `show = [{ for = 1, image = [true, 1] }]`, []string{"p[image=true]", "p[image=1]"}, func(c protocol.Condition) any { return c.Items[0].Image }, protocol.Which(1)},
		{"steps with commas", `show = [{ steps = ["0,2", "1"], image = true }]`, []string{"p[steps=0,2]", "p[steps=1]"}, func(c protocol.Condition) any { return c.Items[0].Steps }, "1"},
		{"a table beside a word", "sd = [0.1, 0.2]\nshow = [{ for = 1, image = true, noise = [\"uniform\", { kind = \"gaussian\", sd = \"sd\" }] }]",
			nil, func(c protocol.Condition) any { return c.Items[0].Noise.SD }, 0.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := read("[protocol.p]\n" + c.text)
			if err != nil {
				t.Fatal(err)
			}
			p := list[0]
			var names []string
			n := 1
			for _, x := range p.Conditions {
				names = append(names, x.Name)
				if len(x.Values) != len(p.Axes) {
					t.Errorf("%s has values %v of %d axes", x.Name, x.Values, len(p.Axes))
				}
			}
			for _, a := range p.Axes {
				n *= len(a.Values)
			}
			if n != len(p.Conditions) {
				t.Errorf("axes %+v make %d conditions", p.Axes, len(p.Conditions))
			}
			if c.want != nil && !slices.Equal(names, c.want) {
				t.Errorf("got conditions %v, want %v", names, c.want)
			}
			if c.value != nil {
				if got := c.value(p.Conditions[len(p.Conditions)-1]); got != c.last {
					t.Errorf("the last condition has %v, want %v", got, c.last)
				}
			}
			for i, name := range names { // each is found by its name, and all by that of the protocol
				found, err := protocol.Find(list, name)
				if err != nil || len(found) != 1 || !reflect.DeepEqual(found[0], p.Conditions[i]) {
					t.Errorf("Find(%q): got %s, %v", name, protocol.Names(found), err)
				}
			}
			if all, err := protocol.Find(list, "p"); err != nil || len(all) != n {
				t.Errorf("Find(p): got %d conditions, %v", len(all), err)
			}
		})
	}
}

// TestFind chooses conditions by some of their values.
func TestFind(t *testing.T) {
	list, err := read("[protocol.p]\na = [1, 2]\nshow = [{ for = \"a\", image = true, contrast = [0.5, 1.0] }]\n[protocol.other]\nshow = [{ for = 1, image = true }]")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"p[a=2]":              "p[a=2,contrast=0.5], p[a=2,contrast=1]",
		"p[contrast=0.5]":     "p[a=1,contrast=0.5], p[a=2,contrast=0.5]",
		"p[contrast=1.0]":     "p[a=1,contrast=1], p[a=2,contrast=1]",
		"p[contrast=.50,a=1]": "p[a=1,contrast=0.5]",
		"p[contrast=0.5,a=1]": "p[a=1,contrast=0.5]",
		"other":               "other",
		"q":                   `no protocol is called "q"`,
		"othr":                `did you mean "other"`,
		"nois_levels":         `did you mean "noise_levels"`,
		"p[a=3]":              "found \"p[a=3]\", which is none of the conditions p[a=1,contrast=0.5], ",
		"p[b=1]":              `has no list called "b"`,
		"p[a=1":               "want values within brackets, as in \"p[a=1,contrast=0.5]\"",
		"other[a=1]":          `has no list called "a"`,
	} {
		found, err := protocol.Find(list, name)
		got := protocol.Names(found)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("Find(%q): got %s, want %s", name, got, want)
		}
	}
}

// TestReadFaults holds each mistake to a place and a message that says what would do.
func TestReadFaults(t *testing.T) {
	item := func(text string) string { return "show = [{ " + text + " }]" }
	for _, c := range []struct{ text, key, want string }{
		{"", "protocol.p", "want a list of what is shown"},
		{"show = 3", "protocol.p.show", "want a list of what is shown"},
		{"show = []", "protocol.p.show", "found an empty list"},
		{"show = [1]", "protocol.p.show", "found"},
		{item(`image = true`), "protocol.p.show", "found no time, want steps"},
		{item(`for = 1`), "protocol.p.show", "found nothing to show"},
		{item(`for = 1, image = false`), "protocol.p.show", "found nothing to show"},
		{item(`for = 1, steps = "0..2", image = true`), "for", "want one of them"},
		{item(`for = 1, image = true, blank = "grey"`), "blank", "found blank beside image, want one of them"},
		{item(`for = 1, frame = "step", mask = "tiles"`), "mask", "found mask beside image, want one of them"},
		{item(`for = 1, blank = "grey", mask = "tiles"`), "mask", "found mask beside blank, want one of them"},
		{`show = [{ for = "rest", image = true }, { for = 2, blank = "grey" }]`, "for", "found \"rest\", but item 2 comes after it"},
		{item(`for = 0, image = true`), "for", "want a number of steps"},
		{item(`for = -1, image = true`), "for", "want a number of steps"},
		{item(`for = "0ms", image = true`), "for", "want a number of steps"},
		{item(`for = "-4ms", image = true`), "for", "want a number of steps"},
		{item(`for = "long", image = true`), "for", "a key of the protocol"},
		{item(`for = 1.5, image = true`), "for", "found 1.5"},
		{item(`steps = "2..1", image = true`), "steps", "found"},
		{item(`steps = "soon", image = true`), "steps", "found"},
		{item(`steps = "any of 0..2", image = true`), "steps", "want fixed steps"},
		{item(`for = 1, image = 16`), "image", "found \"16\", want true"},
		{item(`for = 1, image = -1`), "image", "want true"},
		{item(`for = 1, image = 1.5`), "image", "want true"},
		{item(`for = 1, image = "first"`), "image", "want true"},
		{item(`for = 1, frame = -1`), "frame", "want \"step\""},
		{item(`for = 1, frame = "next"`), "frame", "want \"step\""},
		{item(`for = 1, frame = "step", every = 0`), "every", "found 0"},
		{item(`for = 1, image = true, every = 2`), "every", "want frame = \"step\" beside it"},
		{item(`for = 1, image = true, tiles = 4`), "tiles", "want mask = \"tiles\" beside it"},
		{item(`for = 1, image = true, fresh = "step", noise = { kind = "gaussian" }`), "fresh", "noise and occluders have keys of their own"},
		{item(`for = 1, blank = "gray"`), "blank", "found"},
		{item(`for = 1, mask = "scrambled"`), "mask", "found"},
		{item(`for = 1, mask = "tiles", tiles = 1`), "tiles", "found 1"},
		{item(`for = 1, mask = "tiles", fresh = "frame"`), "fresh", "found"},
		{item(`for = 1, image = true, contrast = -0.5`), "contrast", "want a number from 0 on"},
		{item(`for = 1, image = true, contrast = "0.1..x"`), "contrast", "want a number from 0 on"},
		{item(`for = 1, image = true, contrast = "nan"`), "contrast", "want a number from 0 on"},
		{item(`for = 1, image = true, scale = 0`), "scale", "want more than 0"},
		{item(`for = 1, image = true, scale = "1..0"`), "scale", "want more than 0"},
		{item(`for = 1, image = true, shift = [1]`), "shift", "found"},
		{item(`for = 1, image = true, shift = [1, 2000]`), "shift", "found 2000"},
		{item(`for = 1, image = true, noise = { kind = "pink" }`), "noise.kind", "found"},
		{item(`for = 1, image = true, noise = { sd = 0.2 }`), "noise", "kind"},
		{item(`for = 1, image = true, noise = { kind = "gaussian", sd = -1 }`), "noise.sd", "found -1"},
		{item(`for = 1, image = true, noise = { kind = "salt_and_pepper", fraction = 1.5 }`), "noise.fraction", "found 1.5"},
		{item(`for = 1, image = true, occlude = { fraction = 0.2 }`), "occlude", "kind"},
		{item(`for = 1, image = true, occlude = { kind = "bubbles", fraction = 2 }`), "occlude.fraction", "found 2"},
		{item(`for = 1, blank = "absent", noise = { kind = "gaussian" }`), "blank", "nothing to add to"},
		{item(`for = 1, image = true, colour = "red"`), "colour", "unknown key"},
		{item(`for = 1, image = true, noise = { kind = "gaussian", mean = 1 }`), "mean", "unknown key"},
		{item(`for = 1, image = true, contrast = []`), "contrast", "found an empty list"},
		{"soa = []\n" + item(`for = "soa", image = true`), "protocol.p.soa", "found an empty list"},
		{"soa = [1, 2, 1]\n" + item(`for = "soa", image = true`), "protocol.p.soa", "twice"},
		{item(`for = 1, image = true, contrast = [0.5, 0.5]`), "contrast", "twice"},
		{"soa = [1, 2]\n" + item(`for = 1, image = true`), "protocol.p.soa", "no item names \"soa\""},
		{"grund = \"grey\"\n" + item(`for = 1, image = true`), "protocol.p.grund", "ground"},
		{"soa = { a = 1 }\n" + item(`for = 1, image = true`), "protocol.p.soa", "unknown key"},
		{"ground = \"red\"\n" + item(`for = 1, image = true`), "protocol.p.ground", "found"},
		{"label = 16\n" + item(`for = 1, image = true`), "protocol.p.label", "found 16"},
		{"soa = [0, 1]\n" + item(`for = "soa", image = true`), "for", "want a number of steps"},
		{"a = [" + strings.Repeat("1, ", 1) + strings.Join(numbers(2, 41), ", ") + "]\nb = [" + strings.Join(numbers(1, 40), ", ") + "]\n" + `show = [{ for = "a", image = true }, { for = "b", blank = "grey" }]`, "protocol.p", "more than 1000 conditions"},
	} {
		_, err := read("[protocol.p]\n" + c.text)
		var f *decode.Fault
		switch {
		case err == nil:
			t.Errorf("%s: read without an error", c.text)
		case !errors.As(err, &f):
			t.Errorf("%s: got %v, which is no *decode.Fault", c.text, err)
		case f.Line < 1 || f.Column < 1 || !strings.Contains(f.Key, c.key) || !strings.Contains(f.Message, c.want):
			t.Errorf("%s: got %q at %q, line %d; want %q at %s", c.text, f.Message, f.Key, f.Line, c.want, c.key)
		}
	}
	for name, want := range map[string]string{`"a b"`: "want a name that a file can have", `"a[b]"`: "want a name", `"a=b"`: "want a name", `"a,b"`: "want a name", `""`: "want a name"} {
		if _, err := read("[protocol." + name + "]\nshow = [{ for = 1, image = true }]"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a protocol called %s: got %v, want %q", name, err, want)
		}
	}
}

// TestReadOrder: protocols and their keys come in the order of the file.
func TestReadOrder(t *testing.T) {
	list, err := read("[protocol.z]\nsoa = [1, 2]\nabout = \"x\"\nshow = [{ for = \"soa\", image = true }]\n[protocol.a]\nshow = [{ for = 1, image = true }]")
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Name != "z" || list[1].Name != "a" {
		t.Errorf("got %s, %s", list[0].Name, list[1].Name)
	}
	var text strings.Builder
	for _, p := range list { // as the resolved file has it
		text.WriteString("[protocol." + p.Name + "]\n")
		for _, kv := range p.Text {
			text.WriteString(kv[0] + " = " + kv[1] + "\n")
		}
	}
	again, err := read(text.String())
	if err != nil || !reflect.DeepEqual(again, list) {
		t.Errorf("read again from what it keeps as text: %v\n%s", err, text.String())
	}
	if keys := list[0].Text; keys[0][0] != "soa" || keys[1][0] != "about" || keys[2][0] != "show" {
		t.Errorf("got the keys %v, want those of the file in its order", keys)
	}
	if none, err := read("format = 2"); none != nil || err != nil {
		t.Errorf("a file without protocols: got %v, %v", none, err)
	}
}

// TestBuiltins: those that travel with the program have an about and conditions, and
// each is found by its name.
func TestBuiltins(t *testing.T) {
	list := protocol.Builtins()
	if len(list) < 5 {
		t.Errorf("there are %d", len(list))
	}
	for _, p := range list {
		if p.About == "" || len(p.Conditions) < 2 {
			t.Errorf("%s: about %q, conditions %s", p.Name, p.About, protocol.Names(p.Conditions))
		}
		if found, ok := protocol.FindBuiltin(p.Name); !ok || found.Name != p.Name {
			t.Errorf("%s is not found", p.Name)
		}
		for _, c := range p.Conditions {
			show := lay(t, []protocol.Condition{c}, protocol.Options{Steps: 30, Frames: 1, Labels: "trial"})
			for step, shown := range show.Screen.Steps {
				if len(shown) == 0 {
					t.Errorf("%s shows nothing at step %d", c.Name, step)
				}
			}
		}
	}
	if _, ok := protocol.FindBuiltin("none of them"); ok {
		t.Error("found one that is not there")
	}
}

// numbers are those from first to last, as text.
func numbers(first, last int) (list []string) {
	for i := first; i <= last; i++ {
		list = append(list, strings.TrimSpace(protocol.Ramp{From: float64(i), To: float64(i)}.String()))
	}
	return list
}
