package run_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/probe"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// answering is a probe that gives the logits of the images that it is shown at a step
// before the last tested one, also of the same cortex over more steps.
type answering struct {
	Step int `toml:"step" min:"0" doc:"step that is answered"`
}

func (p *answering) Measure(ctx context.Context, s *probe.Subject) ([]analysis.Frame, error) {
	longer, err := s.Longer(s.Graph.Steps + 2)
	if err != nil {
		return nil, err
	}
	var frames []analysis.Frame
	for _, x := range []*probe.Subject{s, longer} {
		src, err := x.Show(3)
		if err != nil {
			return nil, err
		}
		f := analysis.Frame{Name: "logits", Axes: []analysis.Axis{{Name: "image"}, {Name: "class"}}}
		for k := range x.Graph.Classes {
			f.Axes[1].Values = append(f.Axes[1].Values, float64(k))
		}
		err = cortex.Record(x.Graph, x.Engine, x.Variables, x.Norms, src, 3, []int{p.Step}, nil, func(a cortex.Answer) error {
			for i := range a.Images {
				f.Axes[0].Values = append(f.Axes[0].Values, float64(x.IDs[len(f.Axes[0].Values)]))
				for k := range x.Graph.Classes {
					f.Data = append(f.Data, float64(a.Logits[0][i*x.Graph.Classes+k]))
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// logitsReader is an analysis of what the probe gives.
type logitsReader struct{ frames []analysis.Frame }

func (*logitsReader) Needs() []analysis.Need {
	return []analysis.Need{{Of: analysis.Probe, Signal: "answering"}}
}
func (*logitsReader) Start(analysis.Subject) analysis.Analysis { return &logitsReader{} }
func (*logitsReader) Add(analysis.Batch) error                 { return nil }
func (r *logitsReader) AddProbe(_ string, frames []analysis.Frame) error {
	r.frames = frames
	return nil
}
func (r *logitsReader) Frames() ([]analysis.Frame, error) { return r.frames[:1], nil }

// A probe is shown the images of record.split, in a run and in its conditions; what it
// writes is hashed, and analyses have it made.
func TestProbes(t *testing.T) {
	defer probe.Register(probe.Kind{Name: "answering", About: "logits", Source: "own", Images: 8, New: func() probe.Probe { return &answering{Step: 2} }})()
	defer analysis.Register(analysis.Kind{Name: "logits_read", About: "logits", Source: "own", New: func() analysis.Settings { return &logitsReader{} }})()
	e, _ := readAll(t, tiny+"\n[analysis.logits_read]\nkind = \"logits_read\"\n", spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	agrees := func(dir rundir.Folder, images, step int) {
		t.Helper()
		frames, err := analysis.ReadFrames(bytes.NewReader(file(t, string(dir), "probes/answering.json")))
		if err != nil {
			t.Fatal(err)
		}
		steps, z, classes := logitsOf(t, dir)
		for _, f := range frames {
			if n := f.Axes[0].Len(); n != images {
				t.Fatalf("%s: %d images are probed, want %d", dir, n, images)
			}
			for i := range images {
				for k := range classes {
					if got, want := float32(f.At(i, k)), z[i][slices.Index(steps, step)*classes+k]; got != want {
						t.Fatalf("%s: image %d, class %d: %v, want %v as in logits.npz", dir, i, k, got, want)
					}
				}
			}
		}
		if info := infoOf(t, string(dir)); info.Results["probes/answering.json"] == "" {
			t.Errorf("%s: run.json has no SHA-256 of what the probe gave", dir)
		}
		if err := report.Analyse(dir, slices.DeleteFunc(slices.Clone(e.Analyses), func(q analysis.Request) bool { return q.Name != "logits_read" })); err != nil {
			t.Fatal(err)
		}
		if !dir.Has("analyses/logits_read/frames.json") {
			t.Errorf("%s: the analysis of the probe is missing", dir)
		}
	}
	agrees(dir, 8, 2) // which the run made, since the analysis reads it
	ask := func(text string) []probe.Request {
		t.Helper()
		q, err := probe.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return []probe.Request{q}
	}
	before := snapshot(t, string(dir))
	if err := run.Probe(context.Background(), dir, ask("answering step=3 images=5"), plainly(2)); err != nil {
		t.Fatal(err)
	}
	agrees(dir, 5, 3)
	for name, was := range before {
		if strings.HasPrefix(name, "recordings") && !bytes.Equal(file(t, string(dir), name), was) {
			t.Errorf("the probe changed %s", name)
		}
	}
	cut, err := run.Test(context.Background(), dir, run.Condition{Name: "cut", Lesions: []string{"role:lateral"}, Set: []string{"steps=5"}}, plainly(1))
	if err != nil {
		t.Fatal(err)
	}
	if cut.Has("probes") {
		t.Error("a condition that is tested alone was probed")
	}
	if err := run.Probe(context.Background(), cut, ask("answering"), plainly(1)); err != nil {
		t.Fatal(err)
	}
	agrees(cut, 8, 2)

	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := run.Probe(ctx, dir, ask("answering"), plainly(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	agrees(dir, 5, 3) // as it was
	if err := os.Remove(dir.Path("weights.safetensors")); err != nil {
		t.Fatal(err)
	}
	if err := run.Probe(context.Background(), cut, ask("answering"), plainly(1)); err == nil || !strings.Contains(err.Error(), "weights.safetensors") {
		t.Errorf("without weights: %v", err)
	}
}

func TestProbesAskedForWrongly(t *testing.T) {
	defer probe.Register(probe.Kind{Name: "answering", About: "logits", Source: "own", Images: 8, New: func() probe.Probe { return &answering{Step: 2} }})()
	for text, want := range map[string]string{
		"anwsering":          `found "anwsering", want one of `,
		"answering step":     `answering: found "step", want key=value, with one of the keys images, step`,
		"answering step=-1":  `answering: step: found -1, want at least 0`,
		"answering step=x":   `answering: step: found "x", want a whole number`,
		"answering of=1":     `answering: of: unknown key, want one of images, step`,
		"answering images=0": `answering: images: found 0, want at least 1`,
	} {
		_, err := spec.Read("tiny.toml", tiny, spec.Overrides{Set: []string{`record.probe=["` + text + `"]`}})
		if err == nil || !strings.Contains(err.Error(), "record.probe") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: found %v, want %q", text, err, want)
		}
	}
}
