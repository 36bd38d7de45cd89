package analysis_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// Every kind does what any analysis must do.
func TestKinds(t *testing.T) {
	for _, k := range analysis.Kinds() {
		t.Run(k.Name, func(t *testing.T) { analysistest.Conform(t, k) })
	}
}

// Every recording is read once, whoever needs it, and one that nobody needs is not.
func TestReadOnce(t *testing.T) {
	f := analysistest.Synthetic(1, 0)
	again := analysis.Request{Name: "more", Kind: "activity", Settings: &analysis.Activity{Threshold: 1}, Areas: []string{"V4"}}
	frames, err := analysis.Run(f, append(analysis.Defaults(), again))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"V1.response", "V4.response", "IT.response", "V1.state", "logits", "stimuli.image"} {
		if f.Opened[name] != 1 {
			t.Errorf("%s was read %d times", name, f.Opened[name])
		}
	}
	var more []string
	for _, x := range frames {
		if x.Analysis != "" {
			more = append(more, x.Analysis+" "+x.Name+" "+x.Label("area"))
		}
	}
	if got := strings.Join(more, ", "); got != "more activity V4, more active units V4" {
		t.Errorf("frames of the analysis with a name of its own: %s", got)
	}
	f = analysistest.Synthetic(1, 0)
	if _, err := analysis.Run(f, []analysis.Request{again}); err != nil || len(f.Opened) != 1 {
		t.Errorf("%v, opened %v", err, f.Opened)
	}
}

// A recording of more numbers than are read at once comes in batches, and gives
// what one batch gives.
func TestBatches(t *testing.T) {
	a := &recording.Anatomy{Format: recording.Format, Steps: 1, Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, 1 << 21}}}}
	f := analysistest.NewFiles(a)
	data := make([]float32, 5<<21)
	for i := range data {
		data[i] = float32(i >> 21) // the number of the image
	}
	f.PutTrace(recording.Trace{Area: "V1", Signal: recording.Response, Steps: []int{0}, Shape: a.Areas[0].Shape}, []int{0, 1, 2, 3, 4}, nil, data)
	k, _ := analysis.Find("activity")
	var sizes []int
	defer analysis.Register(analysis.Kind{Name: "sizes", About: "-", Source: "-", New: func() analysis.Settings { return &sizesOf{&sizes} }})()
	frames, err := analysis.Run(f, []analysis.Request{analysistest.Request(k), {Name: "sizes", Kind: "sizes", Settings: &sizesOf{&sizes}}})
	if err != nil {
		t.Fatal(err)
	}
	if m := frames[0].Column("mean"); len(m) != 1 || m[0] != 2 {
		t.Errorf("mean %v, want 2", m)
	}
	if len(sizes) != 3 || sizes[0] != 2 || sizes[2] != 1 { // 16 MiB are two images of 8 MiB
		t.Errorf("batches of %v images", sizes)
	}
}

// sizesOf notes the sizes of batches.
type sizesOf struct{ list *[]int }

func (s *sizesOf) Needs() []analysis.Need                   { return []analysis.Need{analysis.SignalOf("response")} }
func (s *sizesOf) Start(analysis.Subject) analysis.Analysis { return s }
func (s *sizesOf) Add(b analysis.Batch) error               { *s.list = append(*s.list, b.Images()); return nil }
func (s *sizesOf) Frames() ([]analysis.Frame, error)        { return nil, nil }

// Errors say which analysis, what is missing, and what makes it.
func TestRunErrors(t *testing.T) {
	state, _ := analysis.Find("state_size")
	at := func(areas ...string) analysis.Request {
		q := analysistest.Request(state)
		q.Areas = areas
		return q
	}
	for name, c := range map[string]struct {
		remove string
		change func(*recording.Anatomy)
		ask    []analysis.Request
		want   string
	}{
		"no state": {"V4.state", nil, []analysis.Request{at()},
			`analysis "state_size": the signal "state" of area V4 is not on disk; cortex record RUN --signals state records it`},
		"no state of several": {"V1.state", nil, analysis.Defaults(), "cortex record RUN --signals response,state records it"},
		"no answers":          {"logits", nil, analysis.Defaults(), `analysis "accuracy": the answers of the readout are not on disk`},
		"no pixels":           {"stimuli.image", nil, analysis.Defaults(), `analysis "feature_maps": the pixels of the images shown are not on disk; cortex record RUN`},
		"another area":        {"", nil, []analysis.Request{at("V9")}, `analysis "state_size": no area is called "V9"`},
		"never reached":       {"", func(a *recording.Anatomy) { a.Areas[2].Onset = -1 }, []analysis.Request{at("IT")}, "IT has no activity"},
		"unrecorded":          {"", func(a *recording.Anatomy) { a.Unrecorded = []string{"IT@3", "IT@4"} }, []analysis.Request{at("IT")}, "IT has no activity"},
	} {
		t.Run(name, func(t *testing.T) {
			f := analysistest.Synthetic(1, 0)
			if c.remove != "" {
				f.Remove(c.remove)
			}
			if c.change != nil {
				c.change(f.Anatomy())
			}
			_, err := analysis.Run(f, c.ask)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if c.remove != "" && !errors.Is(err, fs.ErrNotExist) {
				t.Error("not fs.ErrNotExist")
			}
		})
	}
}

// An area that no image reaches has no recording, and is left out where no areas
// are named.
func TestUnreachedArea(t *testing.T) {
	f := analysistest.Synthetic(1, 0)
	f.Remove("IT.state")
	f.Anatomy().Areas[2].Onset = -1
	state, _ := analysis.Find("state_size")
	frames, err := analysis.Run(f, []analysis.Request{analysistest.Request(state)})
	if err != nil || len(frames) != 2 {
		t.Errorf("%d frames, %v; want those of V1 and V4", len(frames), err)
	}
}

func TestRegister(t *testing.T) {
	good := func() analysis.Kind {
		return analysis.Kind{Name: "new_kind", About: "-", Source: "-", New: func() analysis.Settings { return &analysis.StateSize{} }}
	}
	for name, change := range map[string]func(*analysis.Kind){
		"":                                       func(*analysis.Kind) {},
		`"activity" is registered twice`:         func(k *analysis.Kind) { k.Name = "activity" },
		`name "New Kind"`:                        func(k *analysis.Kind) { k.Name = "New Kind" },
		`name ""`:                                func(k *analysis.Kind) { k.Name = "" },
		`"new_kind": want About, Source and New`: func(k *analysis.Kind) { k.Source = "" },
	} {
		func() {
			defer func() {
				said, _ := recover().(string)
				if (name == "") != (said == "") || !strings.Contains(said, name) {
					t.Errorf("panics with %q, want %q", said, name)
				}
			}()
			k := good()
			change(&k)
			analysis.Register(k)()
		}()
	}
	if _, there := analysis.Find("new_kind"); there {
		t.Error("a kind is still there after it was taken out")
	}
}
