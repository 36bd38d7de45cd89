package stimulitest

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// told checks what data tells of its images besides targets: names that no two have
// and that are the same in another folder, and columns.
func told(t *testing.T, o, other opened) {
	d, ok := o.data.(stimuli.Factored)
	if !ok {
		return
	}
	columns := d.Columns()
	if len(columns) == 0 || columns[0] != "id" {
		t.Fatalf("columns are %q, want id first", columns)
	}
	if sorted := slices.Sorted(slices.Values(columns)); len(slices.Compact(sorted)) != len(columns) {
		t.Errorf("columns are %q, want each once", columns)
	}
	names := map[string]bool{}
	for _, s := range splits {
		for i := range o.about.Images[s] {
			for _, c := range columns {
				is, err := d.Factor(s, i, c)
				there, err2 := other.data.(stimuli.Factored).Factor(s, i, c)
				if err != nil || err2 != nil || is != there {
					t.Errorf("%v image %d: %s is %q, and %q in another folder; %v, %v", s, i, c, is, there, err, err2)
				}
				if c == "id" && (is == "" || names[is]) {
					t.Errorf("%v image %d: the name %q is empty, or another image has it", s, i, is)
				}
				if c == "id" {
					names[is] = true
				}
			}
		}
	}
	if _, err := d.Factor(stimuli.Test, 0, "no such column"); err == nil {
		t.Error("a column that is not there is told")
	}
	if _, err := d.Factor(stimuli.Test, o.about.Images[stimuli.Test], "id"); err == nil {
		t.Error("the name of an image that is not there is told")
	}
	columns[0] = "changed"
	if d.Columns()[0] != "id" {
		t.Error("a caller can change the columns")
	}
}

// larger checks images that are larger than the shape of the data: parts of them can
// be read, the whole and a corner, and nothing outside.
func larger(t *testing.T, o opened) {
	d, ok := o.data.(stimuli.Windowed)
	if !ok {
		return
	}
	pixels := numbers(o.about.Shape)
	for _, s := range splits {
		for i := range o.about.Images[s] {
			height, width, err := d.Size(s, i, 0)
			if err != nil || height < 1 || width < 1 {
				t.Fatalf("%v image %d is of %d×%d pixels; %v", s, i, height, width, err)
			}
			for _, w := range []stimuli.Window{{Width: width, Height: height}, {X: width - 1, Y: height - 1, Width: 1, Height: 1}, {X: width / 2, Width: width - width/2, Height: (height + 1) / 2}} {
				copy(pixels, numbers(o.about.Shape))
				if err := d.ReadWindow(s, i, 0, w, pixels); err != nil {
					t.Errorf("%v image %d, %+v: %v", s, i, w, err)
				}
				for k, v := range pixels {
					// A weighted mean of values up to 1 may round up.
					if !(v >= 0 && v <= 1+1e-6) || math.IsNaN(float64(v)) {
						t.Fatalf("%v image %d, %+v: value %d is %v", s, i, w, k, v)
					}
				}
				if w.Width*w.Height == 1 { // one colour all over
					for k := o.about.Shape[2]; k < len(pixels); k++ {
						if d := pixels[k] - pixels[k%o.about.Shape[2]]; d > 1e-6 || d < -1e-6 {
							t.Fatalf("%v image %d: a part of one pixel has several colours", s, i)
						}
					}
				}
			}
			for _, w := range []stimuli.Window{{X: 1, Width: width, Height: height}, {Y: -1, Width: 1, Height: 1}, {Width: 0, Height: 1}, {Width: 1, Height: height + 1}} {
				if err := d.ReadWindow(s, i, 0, w, pixels); err == nil {
					t.Errorf("%v image %d of %d×%d pixels: %+v was read", s, i, height, width, w)
				}
			}
		}
	}
	if _, _, err := d.Size(stimuli.Test, o.about.Images[stimuli.Test], 0); err == nil {
		t.Error("an image that is not there has a size")
	}
}

// cached opens the data with a cache, twice: images and hashes are those of data
// without.
func cached(t *testing.T, o opened) {
	env := o.env
	env.Cache = t.TempDir()
	for range 2 {
		d, err := o.kind.Open(env)
		if err != nil {
			t.Fatal(err)
		}
		with := opened{o.kind, env, d, o.about}
		if !reflect.DeepEqual(d.Hashes(), o.data.Hashes()) {
			t.Errorf("hashes are %v, and %v without a cache", d.Hashes(), o.data.Hashes())
		}
		for _, s := range splits {
			for i := range o.about.Images[s] {
				if !reflect.DeepEqual(look(t, with, s, i, 0), look(t, o, s, i, 0)) {
					t.Errorf("%v image %d is another with a cache", s, i)
				}
				sameParts(t, with, o, s, i)
			}
		}
	}
}

// sameParts compares parts of an image of two data sets.
func sameParts(t *testing.T, a, b opened, s stimuli.Split, i int) {
	x, ok := a.data.(stimuli.Windowed)
	if !ok {
		return
	}
	y := b.data.(stimuli.Windowed)
	height, width, err := x.Size(s, i, 0)
	h, w, err2 := y.Size(s, i, 0)
	if height != h || width != w || err != nil || err2 != nil {
		t.Errorf("%v image %d is of %d×%d pixels with a cache, and of %d×%d without; %v, %v", s, i, height, width, h, w, err, err2)
		return
	}
	part := stimuli.Window{X: width / 3, Y: height / 4, Width: width - width/3, Height: max(1, height/2)}
	p, q := numbers(a.about.Shape), numbers(a.about.Shape)
	if err := errors.Join(x.ReadWindow(s, i, 0, part, p), y.ReadWindow(s, i, 0, part, q)); err != nil || !slices.Equal(p, q) {
		t.Errorf("%v image %d: a part of it is another with a cache; %v", s, i, err)
	}
}
