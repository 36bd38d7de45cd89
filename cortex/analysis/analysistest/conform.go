package analysistest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"ventral/cortex/analysis"
)

// Register adds a kind of analysis for the time of a test.
func Register(t *testing.T, k analysis.Kind) {
	t.Helper()
	t.Cleanup(analysis.Register(k))
}

// Request asks for a kind with its own settings.
func Request(k analysis.Kind) analysis.Request {
	return analysis.Request{Name: k.Name, Kind: k.Name, Settings: k.New()}
}

// Run makes an analysis of Synthetic, whose recorded steps begin at from; one of a kind
// that compares sources of three of them, as conditions.
func Run(q analysis.Request, from int) ([]analysis.Frame, error) {
	if _, ok := q.Settings.(analysis.Joint); !ok {
		return analysis.Run(Synthetic(1, from), []analysis.Request{q})
	}
	g := analysis.Group{Axis: "condition"}
	for i := range 3 {
		g.Members = append(g.Members, analysis.Member{Name: fmt.Sprintf("synthetic[level=%d]", i+1), Source: Synthetic(uint64(i+1), from)})
	}
	frames, err := analysis.RunGroup(g, []analysis.Request{q})
	return slices.Concat(frames...), err
}

// Conform tries a kind of analysis, with its own settings, on Synthetic.
func Conform(t *testing.T, k analysis.Kind) {
	settings(t, k)
	frames, err := Run(Request(k), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) == 0 {
		t.Fatal("no frames")
	}
	for _, f := range frames {
		if f.Name == "" || f.Analysis != "" {
			t.Errorf("a frame is called %q, of analysis %q", f.Name, f.Analysis)
		}
		if !hasNumbers(f) {
			t.Errorf("frame %q has no numbers", f.Name)
		}
		asCSV(t, f)
		beforeOnset(t, f)
	}
	asJSON(t, k, frames)
	missing(t, k)
	fromOnset(t, k)
}

// hasNumbers reports whether a frame has a number besides counts of images.
func hasNumbers(f analysis.Frame) bool {
	var last analysis.Axis
	if len(f.Axes) > 0 {
		last = f.Axes[len(f.Axes)-1]
	}
	for i, v := range f.Data {
		count := last.Name == "statistic" && slices.Contains([]string{"n", "undefined"}, last.At(i%last.Len()))
		if !count && !math.IsNaN(v) {
			return true
		}
	}
	return false
}

// settings wants the tags that make keys of fields.
func settings(t *testing.T, k analysis.Kind) {
	s := reflect.TypeOf(k.New())
	if s.Kind() != reflect.Pointer || s.Elem().Kind() != reflect.Struct {
		t.Fatalf("settings are %v, want a pointer to a struct", s)
	}
	for _, f := range reflect.VisibleFields(s.Elem()) {
		if !f.Anonymous && (f.Tag.Get("toml") == "" || f.Tag.Get("doc") == "") {
			t.Errorf("field %s has no tags toml and doc", f.Name)
		}
	}
	if len(k.New().Needs()) == 0 {
		t.Error("needs no recording")
	}
}

// asJSON wants frames to be the same after writing and reading, and the same
// bytes from every run.
func asJSON(t *testing.T, k analysis.Kind, frames []analysis.Frame) {
	again, err := Run(Request(k), 0)
	if err != nil {
		t.Fatal(err)
	}
	text := func(f []analysis.Frame) string {
		var b bytes.Buffer
		if err := analysis.WriteFrames(&b, f); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := text(frames)
	if text(again) != want {
		t.Error("two runs give other bytes")
	}
	back, err := analysis.ReadFrames(bytes.NewReader([]byte(want)))
	if err != nil {
		t.Fatal(err)
	}
	if text(back) != want {
		t.Error("JSON does not give the frames that were written")
	}
}

// asCSV wants the numbers and the positions of a frame in its CSV.
func asCSV(t *testing.T, f analysis.Frame) {
	var b bytes.Buffer
	if err := f.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(f.Data)+1 {
		t.Fatalf("frame %q: CSV has %d rows for %d numbers", f.Name, len(rows)-1, len(f.Data))
	}
	heads := slices.Clone(rows[0])
	slices.Sort(heads)
	if len(slices.Compact(heads)) != len(f.Axes)+1 {
		t.Errorf("frame %q: columns %q are not told apart", f.Name, rows[0])
	}
	for i, row := range rows[1:] {
		got := math.NaN()
		if last := row[len(row)-1]; last != "" {
			if got, err = strconv.ParseFloat(last, 64); err != nil {
				t.Fatal(err)
			}
		}
		if math.Float64bits(got) != math.Float64bits(f.Data[i]) && !(math.IsNaN(got) && math.IsNaN(f.Data[i])) {
			t.Fatalf("frame %q: row %d has %v, want %v", f.Name, i+1, got, f.Data[i])
		}
		for k, at := range index(f, i) {
			if row[k] != f.Axes[k].At(at) {
				t.Fatalf("frame %q: row %d is at %q, want %q", f.Name, i+1, row[k], f.Axes[k].At(at))
			}
		}
	}
}

// index returns the place of number i on every axis.
func index(f analysis.Frame, i int) []int {
	at := make([]int, len(f.Axes))
	for k := len(f.Axes) - 1; k >= 0; k-- {
		at[k] = i % f.Axes[k].Len()
		i /= f.Axes[k].Len()
	}
	return at
}

// counts are statistics that have a number where there is no response.
var counts = []string{"n", "undefined", "chance"}

// beforeOnset wants no number of an area, or of the readout, before its onset.
func beforeOnset(t *testing.T, f analysis.Frame) {
	an := Synthetic(1, 0).Anatomy()
	for i, v := range f.Data {
		onset, step, counted := an.ReadoutOnset(), math.MaxInt, false
		for k, at := range index(f, i) {
			switch a := f.Axes[k]; a.Name {
			case "area":
				onset = an.Area(a.At(at)).Onset
			case "step":
				step = min(step, int(a.Values[at]))
			case "statistic":
				counted = slices.Contains(counts, a.At(at))
			}
		}
		if step < onset && !counted && !math.IsNaN(v) {
			t.Fatalf("frame %q has %v at step %d, before the onset at %d: %v", f.Name, v, step, onset, index(f, i))
		}
	}
}

// fromOnset wants the same numbers of a recording that begins at onset: what
// precedes it has no part in them.
func fromOnset(t *testing.T, k analysis.Kind) {
	q := Request(k)
	from := 3
	for _, n := range q.Settings.Needs() {
		if n.Of == analysis.Areas {
			q.Areas = []string{"IT"}
		}
	}
	var both [2][]analysis.Frame
	for i, first := range []int{0, from} {
		var err error
		if both[i], err = Run(q, first); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range both[1] {
		whole := both[0][i]
		for at, v := range f.Data {
			j := index(f, at)
			for k, a := range f.Axes {
				if a.Name == "step" {
					j[k] += from
				}
			}
			if s := f.Axes[len(f.Axes)-1]; s.Name == "statistic" && s.At(j[len(j)-1]) == "undefined" {
				continue // a step before the recording is not counted, one before onset may be
			}
			if w := whole.At(j...); math.Float64bits(v) != math.Float64bits(w) && !(math.IsNaN(v) && math.IsNaN(w)) {
				t.Fatalf("frame %q: %v is %v in a recording from step %d, %v in the whole", f.Name, j, v, from, w)
			}
		}
	}
}

// missing wants an error of every recording that the kind needs, where it is not
// there.
func missing(t *testing.T, k analysis.Kind) {
	for _, n := range k.New().Needs() {
		f := Synthetic(1, 0)
		switch n.Of {
		case analysis.Areas:
			f.Remove(traceFile("V4", n.Signal))
		case analysis.Answers:
			f.Remove(logitsFile(n.Split))
		case analysis.Probe:
			f.RemoveProbe(n.Signal)
		case analysis.Images:
			f.Remove("stimuli.image")
		}
		if _, err := analysis.Run(f, []analysis.Request{Request(k)}); err == nil {
			t.Errorf("runs without its need %+v", n)
		} else if _, ok := err.(*analysis.Missing); !ok {
			t.Errorf("without its need %+v: %v, want a *Missing", n, err)
		}
	}
}
