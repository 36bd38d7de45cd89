package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	files "ventral/experiments/stimuli/shelf"
	"ventral/experiments/stimuli/stimulitest"
	"ventral/experiments/trials"
)

// photographs are JPEG files in the layout of ImageNet, read from a pack.
type photographs struct {
	Path  string `toml:"path" doc:"folder of train and val"`
	Size  int    `toml:"size" min:"4" max:"1024" doc:"height and width of an image"`
	Short int    `toml:"short" min:"4" max:"1024" doc:"short side of the pack"`
}

// photographsData is what is read from the pack: of train, then of val. Validation
// images are the last of train.
type photographsData struct {
	*files.Shelf
	photographs
	about  stimuli.Description
	names  []string // below the path
	labels []int
}

func (p *photographs) list(env stimuli.Env) (*photographsData, error) {
	if p.Path == "" {
		return nil, errors.New("path: found \"\", want a folder")
	}
	d := &photographsData{photographs: *p}
	var classes []string
	count := map[string]int{}
	for _, split := range []string{"train", "val"} {
		found, err := filepath.Glob(filepath.Join(env.Resolve(p.Path), split, "*", "*.JPEG"))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("path: found no JPEG files in %s", filepath.Join(env.Resolve(p.Path), split))
		}
		for _, f := range found {
			class := filepath.Base(filepath.Dir(f))
			if !slices.Contains(classes, class) {
				classes = append(classes, class)
			}
			d.names = append(d.names, split+"/"+class+"/"+filepath.Base(f))
			d.labels = append(d.labels, slices.Index(classes, class))
			count[split]++
		}
	}
	validation := count["train"] / 10
	d.about = stimuli.Description{Shape: [3]int{p.Size, p.Size, 3}, Frames: 1, Targets: []stimuli.Target{stimuli.Labels(classes, 1)},
		Images: [3]int{count["train"] - validation, validation, count["val"]}}
	return d, nil
}

func (p *photographs) Describe(env stimuli.Env) (stimuli.Description, error) {
	d, err := p.list(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return d.about, nil
}

func (p *photographs) open(env stimuli.Env, packed bool) (*photographsData, error) {
	d, err := p.list(env)
	if err == nil {
		d.Shelf, err = files.Open(env, files.Files{Of: "photographs", Root: env.Resolve(p.Path), Names: d.names, Short: p.Short}, packed, false)
	}
	return d, err
}

func (p *photographs) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	d, err := p.open(env, false)
	if err != nil {
		return nil, nil, err
	}
	return &photographs{Size: p.Size, Short: p.Short}, d.Hashes(), nil
}

func (p *photographs) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := p.open(env, true)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *photographsData) Description() stimuli.Description {
	about := d.about
	about.Targets = []stimuli.Target{stimuli.Labels(slices.Clone(d.about.Label().Classes), 1)}
	return about
}

func (d *photographsData) Hashes() map[string]string {
	m := map[string]string{}
	for i, sum := range d.Sums() {
		m[d.names[i]] = sum
	}
	return m
}

// at is an image of a split on the shelf.
func (d *photographsData) at(s stimuli.Split, image, frame int) (int, error) {
	if err := d.about.InRange(s, image, frame); err != nil {
		return 0, err
	}
	for _, before := range d.about.Images[:s] {
		image += before
	}
	return image, nil
}

func (d *photographsData) Size(s stimuli.Split, image, frame int) (int, int, error) {
	i, err := d.at(s, image, frame)
	if err != nil {
		return 0, 0, err
	}
	return d.Shelf.Size(i)
}

func (d *photographsData) ReadWindow(s stimuli.Split, image, frame int, w stimuli.Window, pixels []float32) error {
	i, err := d.at(s, image, frame)
	if err != nil {
		return err
	}
	return d.Shelf.ReadWindow(i, w, d.about.Shape, pixels)
}

func (d *photographsData) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	h, w, err := d.Size(s, image, frame)
	if err != nil {
		return err
	}
	return d.ReadWindow(s, image, frame, stimuli.Centre(h, w, d.about.Shape), pixels)
}

func (d *photographsData) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	i, err := d.at(s, image, frame)
	if err == nil && name != stimuli.Label {
		err = fmt.Errorf("found target %q", name)
	}
	if err != nil {
		return err
	}
	clear(values)
	values[d.labels[i]] = 1
	return nil
}

func (d *photographsData) Keep(name string, make func() ([]byte, error)) ([]byte, error) {
	return d.Shelf.Keep(fmt.Sprint(name, d.photographs.Size), make)
}

var (
	_ stimuli.Placed   = (*photographs)(nil)
	_ stimuli.Windowed = (*photographsData)(nil)
	_ stimuli.Keeping  = (*photographsData)(nil)
)

// photographsSet registers photographs.
var photographsSet = stimuli.Set{Name: "photographs", About: "JPEG files in ImageNet's layout", Source: "this test",
	New: func() stimuli.Kind { return &photographs{Size: 32, Short: 40} },
	Small: func(folder string) (stimuli.Kind, error) {
		err := stimulitest.Photographs{Train: 40, Val: 8, Classes: 3, Side: 24, Seed: 9}.Write(filepath.Join(folder, "photos"))
		return &photographs{Path: "photos", Size: 12, Short: 16}, err
	}}

func TestPhotographsConform(t *testing.T) { stimulitest.Conform(t, photographsSet) }

// resident notes the memory of the process at each batch, without that of mapped files.
type resident struct {
	stopper
	kib []int
}

func (g *resident) Train(t run.TrainedBatch) {
	g.stopper.Train(t)
	text, _ := os.ReadFile("/proc/self/status")
	var n int
	if _, after, ok := strings.Cut(string(text), "RssAnon:"); ok {
		fmt.Sscan(after, &n)
	}
	g.kib = append(g.kib, n)
}

// TestPhotographs trains W2 for an epoch on JPEG files in the layout of ImageNet, 100
// classes, which are decoded into a pack: cropped at random, in memory that does not grow,
// interrupted and resumed to the same bits. CORTEX_PHOTOGRAPHS says how many files there
// are; from 10,000 on, less than 2 % of the time may be spent in waiting for images.
func TestPhotographs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains for seconds")
	}
	n := trials.Number(t, "CORTEX_PHOTOGRAPHS", 640)
	stimulitest.Register(t, photographsSet)
	folder := t.TempDir()
	if err := (stimulitest.Photographs{Train: n, Val: max(100, n/50), Classes: 100, Side: 64, Seed: 5}).Write(filepath.Join(folder, "photos")); err != nil {
		t.Fatal(err)
	}
	w2, _, ok := spec.FindBuiltin("W2")
	if !ok {
		t.Fatal("there is no W2")
	}
	text := strings.Replace(w2.Text, "kind = \"cifar10\"\npath = \"cifar-10-batches-bin\"", "kind = \"photographs\"\npath = \"photos\"\nsize = 32\nshort = 40\naugment = \"imagenet\"", 1)
	read := func() *spec.Experiment {
		e, _ := readAll(t, text, spec.Overrides{Folder: folder})
		return e
	}
	o := surroundings(runtime.GOMAXPROCS(0))
	o.Folder, o.Cache, o.Checkpoint = folder, t.TempDir(), -1
	whole := t.TempDir()
	memory := &resident{}
	o.Report = memory
	if err := run.Run(context.Background(), read(), nil, rundir.Folder(whole), o); err != nil {
		t.Fatal(err)
	}
	epochs, err := rundir.ReadMetrics(rundir.Folder(whole))
	if err != nil || len(epochs) != 1 {
		t.Fatal(err)
	}
	share := float64(epochs[0].WaitingSeconds / epochs[0].Seconds)
	t.Logf("%d files: %.0f images/s, waited %.2f %% of the time", n, float64(epochs[0].ImagesPerSecond), 100*share)
	if n >= 10_000 && share > 0.02 {
		t.Errorf("waited %.1f %% of the time for images, want less than 2", 100*share)
	}
	if batches := len(memory.kib); runtime.GOOS == "linux" {
		begun, ended := slices.Max(memory.kib[:max(1, batches/4)]), slices.Max(memory.kib)
		t.Logf("%d batches: %d MiB after a quarter, %d MiB at most", batches, begun>>10, ended>>10)
		if ended > begun+32<<10 {
			t.Errorf("memory grew from %d to %d KiB", begun, ended)
		}
	}

	// Half of it with one thread, the rest with two; the pack is there.
	dir := rundir.Folder(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	o.Threads = 1
	o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == n*9/10/64/2 }, stop: cancel}
	if err := run.Run(ctx, read(), nil, dir, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want cancelled", err)
	}
	o.Threads, o.Report = 2, nil
	if err := run.Resume(context.Background(), dir, o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"weights.safetensors", "logits.npz", "recordings/S1.response.npz", "recordings/stimuli.image.npz", "test.json", "steps.csv"} {
		if a, b := file(t, string(dir), name), file(t, whole, name); !bytes.Equal(a, b) {
			t.Errorf("%s differs from that of a run without a break", name)
		}
	}
	packs, err := pack.List(o.Cache)
	if err != nil || len(packs) != 1 || packs[0].State != pack.Whole {
		t.Errorf("packs %+v, %v", packs, err)
	}
}
