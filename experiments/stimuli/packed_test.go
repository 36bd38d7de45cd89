package stimuli_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/files"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
	"ventral/experiments/stimuli/stimulitest"
	"ventral/experiments/trials"
)

// photographs are JPEG files as a source of a pack of a short side.
type photographs struct {
	folder string
	files  []string
	short  int
}

func newPhotographs(folder string, short int) (*photographs, error) {
	p := &photographs{folder: folder, short: short}
	return p, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".JPEG") {
			p.files = append(p.files, path)
		}
		return err
	})
}

func (p *photographs) Len() int         { return len(p.files) }
func (p *photographs) ID(i int) string  { return strings.TrimPrefix(p.files[i], p.folder) }
func (p *photographs) Sum(i int) string { s, _ := stimuli.HashOf(p.files[i]); return s }

func (p *photographs) decode(i int) (picture.Pixels, error) {
	return picture.Read(p.files[i], picture.DefaultLimits)
}

func (p *photographs) Picture(i int) (pack.Picture, error) {
	m, err := p.decode(i)
	if err != nil {
		return pack.Picture{}, err
	}
	m = m.Colour().ShortSide(p.short)
	return pack.Picture{Height: m.Height, Width: m.Width, Channels: 3, Pixels: m.Data}, nil
}

// TestOpenPack builds a pack of JPEG files: what it takes is told before, and about
// right; another process is waited for with a word; a full disk is said with what would
// do.
func TestOpenPack(t *testing.T) {
	folder := t.TempDir()
	if err := (stimulitest.Photographs{Train: 60, Val: 20, Classes: 4, Side: 48, Seed: 3}).Write(folder); err != nil {
		t.Fatal(err)
	}
	src, err := newPhotographs(folder, 32)
	if err != nil || src.Len() != 80 {
		t.Fatalf("%d files, %v", src.Len(), err)
	}
	var notes []string
	var done, total int64
	env := stimuli.Env{Cache: t.TempDir(), Note: func(text string) { notes = append(notes, text) }, Progress: func(d, n int64) { done, total = d, n }}
	p, err := stimuli.OpenPack(env, src, pack.Options{Of: "photographs", Recipe: "short side 32"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "decoding 80 images into "+env.Cache) || done != 80 || total != 80 {
		t.Errorf("notes %q, progress %d of %d", notes, done, total)
	}
	for i := range p.Len() {
		want, err := src.Picture(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.View(i, func(got pack.Picture) error {
			if string(got.Pixels) != string(want.Pixels) || min(got.Height, got.Width) != 32 {
				return errors.New("another picture")
			}
			return nil
		}); err != nil {
			t.Errorf("%s: %v", src.ID(i), err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	env.Context = ctx
	if _, err := stimuli.OpenPack(env, src, pack.Options{Recipe: "another"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

// BenchmarkPhotographs measures images a second on all processors: of decoding JPEG
// files, of building a pack of them, and of reading it. CORTEX_PHOTOGRAPHS says how
// many there are.
func BenchmarkPhotographs(b *testing.B) {
	n := trials.Number(b, "CORTEX_PHOTOGRAPHS", 200)
	for _, c := range []struct {
		name        string
		side, short int
	}{{"64", 80, 64}, {"256", 375, 256}} {
		folder := b.TempDir()
		if err := (stimulitest.Photographs{Train: n, Classes: 10, Side: c.side, Seed: 3}).Write(folder); err != nil {
			b.Fatal(err)
		}
		src, err := newPhotographs(folder, c.short)
		if err != nil {
			b.Fatal(err)
		}
		var bytes int64
		for _, f := range src.files {
			info, err := os.Stat(f)
			if err != nil {
				b.Fatal(err)
			}
			bytes += info.Size()
		}
		all := func(b *testing.B, do func(i int) error) {
			for b.Loop() {
				var group sync.WaitGroup
				var next atomic.Int64
				for range runtime.GOMAXPROCS(0) {
					group.Go(func() {
						for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
							if err := do(i); err != nil {
								b.Error(err)
							}
						}
					})
				}
				group.Wait()
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "images/s")
			b.ReportMetric(float64(bytes)/float64(n), "bytes/file")
		}
		b.Run(c.name+"/decode", func(b *testing.B) {
			all(b, func(i int) error { _, err := src.decode(i); return err })
		})
		b.Run(c.name+"/decode+scale", func(b *testing.B) {
			all(b, func(i int) error { _, err := src.Picture(i); return err })
		})
		cache := b.TempDir()
		b.Run(c.name+"/build", func(b *testing.B) {
			for b.Loop() {
				p, err := stimuli.OpenPack(stimuli.Env{Cache: cache}, src, pack.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(p.Bytes())/float64(n), "bytes/picture")
				p.Close()
				b.StopTimer()
				if err := pack.Remove(p.Folder()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "images/s")
		})
		p, err := stimuli.OpenPack(stimuli.Env{Cache: cache}, src, pack.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/read", func(b *testing.B) {
			all(b, func(i int) error { return p.View(i, func(pack.Picture) error { return nil }) })
		})
		p.Close()
	}
}

// BenchmarkAugmented measures images a second on one processor, from a pack to what a
// batch holds.
func BenchmarkAugmented(b *testing.B) {
	colour := stimuli.Augment{Kind: "imagenet", Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1}
	if err := colour.Complete(3); err != nil {
		b.Fatal(err)
	}
	crop, _ := stimuli.NewAugment("imagenet")
	for _, c := range []struct {
		name              string
		side, short, size int
	}{{"32", 48, 40, 32}, {"64", 96, 80, 64}, {"224", 375, 256, 224}} {
		folder := b.TempDir()
		if err := (stimulitest.Photographs{Train: 64, Classes: 2, Side: c.side, Seed: 3}).Write(folder); err != nil {
			b.Fatal(err)
		}
		kind := files.NewFolder()
		kind.Path, kind.Size, kind.Pack, kind.Validation, kind.Test = folder, c.size, c.short, 0, 0
		d, err := kind.Open(stimuli.Env{Cache: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		for _, how := range []struct {
			name    string
			augment stimuli.Augment
		}{{"centre", stimuli.Augment{}}, {"crop", crop}, {"crop+colour", colour}} {
			b.Run(c.name+"/"+how.name, func(b *testing.B) {
				l := stimuli.NewLoader(d, stimuli.Train, stimuli.LoaderOptions{Batch: 1, Augment: how.augment})
				pixels := make([]float32, 3*c.size*c.size)
				n := 0
				for b.Loop() {
					if err := l.Pixels(n/64, n%64, 0, pixels); err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}
