package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/stimulitest"
	"ventral/experiments/trials"
)

// photographs are JPEG files in the layout of ImageNet, read from a pack.
type photographs struct {
	Path  string `toml:"path" doc:"folder of train and val"`
	Size  int    `toml:"size" doc:"height and width of an image"`
	Short int    `toml:"short" doc:"short side of the pack"`
}

// photographsData is the source of the pack, and what is read from it.
type photographsData struct {
	photographs
	root   string
	about  stimuli.Description
	files  []string // of train, then of val
	labels []int
	sums   []string
	pack   *pack.Pack
}

func (p *photographs) list(env stimuli.Env) (*photographsData, error) {
	d := &photographsData{photographs: *p, root: env.Resolve(p.Path)}
	var classes []string
	for s, split := range map[stimuli.Split]string{stimuli.Train: "train", stimuli.Test: "val"} {
		found, err := filepath.Glob(filepath.Join(d.root, split, "*", "*.JPEG"))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("path: found no JPEG files in %s", filepath.Join(d.root, split))
		}
		d.about.Images[s] = len(found)
		d.files = append(d.files, found...)
	}
	slices.Sort(d.files) // train before val
	for _, f := range d.files {
		class := filepath.Base(filepath.Dir(f))
		k := slices.Index(classes, class)
		if k < 0 {
			k = len(classes)
			classes = append(classes, class)
		}
		d.labels = append(d.labels, k)
	}
	d.about.Shape, d.about.Frames, d.about.Targets = [3]int{p.Size, p.Size, 3}, 1, []stimuli.Target{stimuli.Labels(classes, 1)}
	return d, nil
}

func (p *photographs) Describe(env stimuli.Env) (stimuli.Description, error) {
	d, err := p.list(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return d.about, nil
}

func (p *photographs) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	d, err := p.list(env)
	if err == nil {
		err = d.hash()
	}
	if err != nil {
		return nil, nil, err
	}
	return &photographs{Size: p.Size, Short: p.Short}, d.Hashes(), nil
}

func (p *photographs) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := p.list(env)
	if err == nil {
		err = d.hash()
	}
	if err == nil {
		d.pack, err = stimuli.OpenPack(env, d, pack.Options{Of: "photographs", Recipe: fmt.Sprint("short side ", p.Short)})
	}
	return d, err
}

func (d *photographsData) hash() error {
	for _, f := range d.files {
		sum, err := stimuli.HashOf(f)
		if err != nil {
			return err
		}
		d.sums = append(d.sums, sum)
	}
	return nil
}

func (d *photographsData) Len() int { return len(d.files) }
func (d *photographsData) ID(i int) string {
	return strings.TrimPrefix(filepath.ToSlash(d.files[i]), d.root)
}
func (d *photographsData) Sum(i int) string { return d.sums[i] }

func (d *photographsData) Picture(i int) (pack.Picture, error) {
	f, err := os.Open(d.files[i])
	if err != nil {
		return pack.Picture{}, err
	}
	defer f.Close()
	m, err := jpeg.Decode(f)
	if err != nil {
		return pack.Picture{}, err
	}
	height, width := m.Bounds().Dy(), m.Bounds().Dx()
	short := min(height, width)
	height, width = height*d.Short/short, width*d.Short/short
	scaled := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.BiLinear.Scale(scaled, scaled.Bounds(), m, m.Bounds(), draw.Src, nil)
	p := pack.Picture{Height: height, Width: width, Channels: 3, Pixels: make([]byte, 3*height*width)}
	for k := range height * width {
		copy(p.Pixels[3*k:3*k+3], scaled.Pix[4*k:])
	}
	return p, nil
}

// at is an image of a split in the pack.
func (d *photographsData) at(s stimuli.Split, image int) int {
	if s == stimuli.Test {
		return d.about.Images[stimuli.Train] + image
	}
	return image
}

func (d *photographsData) Description() stimuli.Description { return d.about }
func (d *photographsData) Hashes() map[string]string {
	return map[string]string{"files": pack.Hash(d, "")}
}

func (d *photographsData) Size(s stimuli.Split, image, _ int) (int, int, error) {
	h, w, _ := d.pack.Size(d.at(s, image))
	return h, w, nil
}

func (d *photographsData) ReadWindow(s stimuli.Split, image, frame int, w stimuli.Window, pixels []float32) error {
	return d.pack.View(d.at(s, image), func(p pack.Picture) error {
		stimuli.ReadPart(p, w, d.about.Shape, pixels)
		return nil
	})
}

func (d *photographsData) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	h, w, _ := d.pack.Size(d.at(s, image))
	return d.ReadWindow(s, image, frame, stimuli.Centre(h, w, d.about.Shape), pixels)
}

func (d *photographsData) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	clear(values)
	values[d.labels[d.at(s, image)]] = 1
	return nil
}

func (d *photographsData) Keep(name string, make func() ([]byte, error)) ([]byte, error) {
	return d.pack.Keep(fmt.Sprint(name, d.photographs.Size), make)
}

var (
	_ stimuli.Placed   = (*photographs)(nil)
	_ stimuli.Windowed = (*photographsData)(nil)
	_ stimuli.Keeping  = (*photographsData)(nil)
)

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
	stimulitest.Register(t, stimuli.Set{Name: "photographs", About: "JPEG files", Source: "this test",
		New: func() stimuli.Kind { return &photographs{} }, Small: func(string) (stimuli.Kind, error) { return &photographs{}, nil }})
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
	o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == n/64/2 }, stop: cancel}
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
