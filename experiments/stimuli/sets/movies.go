package sets

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// Movies reads clips: folders of numbered pictures, each a frame, in folders of their
// classes.
//
//	path/CLASS/CLIP/0001.png …           cut into splits by the seed
//	path/train/CLASS/CLIP/0001.png …     and path/validation or path/val, and path/test
//
// A clip is a sample: its first Frames frames, of every Stride-th picture. Where clips
// have a file labels.csv, with a header and the columns frame and label, each frame has
// a label of its own, and folders of classes are not needed.
//
// Pictures are PNG, JPEG, GIF, WebP, BMP or TIFF, in the order of the number that ends
// their names. They are scaled so that the short side is Size, and cut about the middle.
// All are decoded when the data is opened, where they fit into MemoryMiB; otherwise each
// time that one is read.
type Movies struct {
	Path       string  `toml:"path" doc:"folder with a folder for each class, in which each clip is a folder of numbered pictures; or with folders train, validation and test of these"`
	Frames     int     `toml:"frames" min:"1" max:"1000" doc:"frames of a clip that are used, from the first on; longer clips are cut off, shorter ones are an error"`
	Stride     int     `toml:"stride" min:"1" max:"1000" doc:"use every stride-th picture of a clip"`
	Size       int     `toml:"size" min:"4" max:"1024" doc:"height and width of a frame in pixels: pictures are scaled by their short side and cut about the middle"`
	Grey       bool    `toml:"grey" doc:"one channel of luminance instead of three of colour"`
	Validation float64 `toml:"validation" min:"0" doc:"clips cut off for validation where there is no folder of them, chosen by the seed: a number, or below 1 a part of them"`
	Test       float64 `toml:"test" min:"0" doc:"clips cut off for the test where there is no folder of them, chosen by the seed: a number, or below 1 a part of them"`
	Train      int     `toml:"train" min:"0" doc:"training clips used of those left, chosen by the seed; 0 for all"`
	MemoryMiB  int     `toml:"memory_mib" min:"0" max:"1000000" doc:"frames are kept in memory where they take at most this much, and decoded whenever they are read where they take more"`
}

var _ stimuli.Placed = (*Movies)(nil)

// NewMovies returns settings for eight frames of 64 pixels in colour, a tenth of the clips
// for validation and a tenth for the test.
func NewMovies() *Movies {
	return &Movies{Frames: 8, Stride: 1, Size: 64, Validation: 0.1, Test: 0.1, MemoryMiB: 1024}
}

// moviesSet registers Movies.
var moviesSet = stimuli.Set{
	Name: "movies", About: "clips: folders of numbered pictures, with a label a clip or a frame", Source: "image files",
	New: func() stimuli.Kind { return NewMovies() }, Small: smallMovies,
}

// channels is that of a frame.
func (m *Movies) channels() int {
	if m.Grey {
		return 1
	}
	return 3
}

// Describe implements [stimuli.Kind]. It lists the folders, and reads labels.
func (m *Movies) Describe(env stimuli.Env) (stimuli.Description, error) {
	d, err := m.list(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return d.Description(), nil
}

// Content implements [stimuli.Placed].
func (m *Movies) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	d, err := m.list(env)
	if err != nil {
		return nil, nil, err
	}
	plain := *m
	plain.Path, plain.MemoryMiB = "", 0
	hashes, err := d.hash(env)
	return &plain, hashes, err
}

// Open implements [stimuli.Kind].
func (m *Movies) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := m.list(env)
	if err != nil {
		return nil, err
	}
	if d.hashes, err = d.hash(env); err != nil {
		return nil, err
	}
	if d.about.Held > 0 {
		if err := d.decode(env); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// movies is the clips.
type movies struct {
	Movies
	about  stimuli.Description
	clips  []clip
	order  [stimuli.Splits][]place
	hashes map[string]string
	held   [][]byte // of each clip, the pixels of all frames; nil where they are not kept
}

var _ stimuli.Factored = (*movies)(nil)

// list finds the clips and their labels.
func (m *Movies) list(env stimuli.Env) (*movies, error) {
	err := cmp.Or(
		stimuli.Within("frames", m.Frames, 1, 1000),
		stimuli.Within("stride", m.Stride, 1, 1000),
		stimuli.Within("size", m.Size, 4, 1024),
		stimuli.Within("train", m.Train, 0, math.MaxInt32),
		stimuli.Within("memory_mib", m.MemoryMiB, 0, 1_000_000),
	)
	if err == nil && m.Path == "" {
		err = fmt.Errorf("path: found %q, want a folder with a folder for each class", m.Path)
	}
	if err != nil {
		return nil, err
	}
	d := &movies{Movies: *m}
	var order [stimuli.Splits][]place
	if d.clips, order, err = findClips(env.Resolve(m.Path), m.Frames, m.Stride); err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	if d.order, err = (cuts{validation: m.Validation, test: m.Test, train: m.Train}).divide(env.Seed, order); err != nil {
		return nil, err
	}
	d.about = stimuli.Description{Shape: [3]int{m.Size, m.Size, m.channels()}, Frames: m.Frames}
	for s := range d.order {
		d.about.Images[s] = len(d.order[s])
	}
	var classes []string
	for _, c := range d.clips {
		classes = append(classes, c.labels...)
	}
	slices.Sort(classes)
	classes = slices.Compact(classes)
	if n := len(classes); n > stimuli.MostClasses {
		return nil, fmt.Errorf("path: found %d classes, want %d at most", n, stimuli.MostClasses)
	}
	d.about.Targets = []stimuli.Target{stimuli.Labels(classes, 1)}
	if all := int64(len(d.clips)) * int64(m.Frames*m.Size*m.Size*m.channels()); all <= int64(m.MemoryMiB)<<20 {
		d.about.Held = all
	}
	return d, nil
}

// hash returns, for each clip, the SHA-256 of names and contents of its pictures and labels.
func (d *movies) hash(env stimuli.Env) (map[string]string, error) {
	var names []string // below the path
	for _, c := range d.clips {
		for _, file := range c.files() {
			names = append(names, c.id+"/"+filepath.Base(file))
		}
	}
	sums, err := stimuli.Sums(env, env.Resolve(d.Path), names)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	list := map[string]string{}
	for _, c := range d.clips {
		h := sha256.New()
		io.WriteString(h, c.id)
		for range c.files() {
			fmt.Fprintf(h, "\n%q %s", path.Base(names[0]), sums[0])
			names, sums = names[1:], sums[1:]
		}
		list[c.id] = hex.EncodeToString(h.Sum(nil))
	}
	return list, nil
}

// decode decodes all clips, on as many goroutines as there are processors.
func (d *movies) decode(env stimuli.Env) error {
	d.held = make([][]byte, len(d.clips))
	size := d.Size * d.Size * d.channels()
	errs := make([]error, len(d.clips))
	var (
		group sync.WaitGroup
		mu    sync.Mutex // guards next and done, and calls of Report
		next  int
		done  int64
	)
	work := func() {
		for {
			mu.Lock()
			i := next
			next++
			mu.Unlock()
			if i >= len(d.clips) || env.Cancelled() != nil {
				return
			}
			b := make([]byte, size*d.Frames)
			for k, file := range d.clips[i].frames {
				if errs[i] = readFrame(file, d.Size, d.channels(), b[k*size:(k+1)*size]); errs[i] != nil {
					return
				}
			}
			d.held[i] = b
			mu.Lock()
			done++
			env.Report(done, int64(len(d.clips)))
			mu.Unlock()
		}
	}
	for range runtime.GOMAXPROCS(0) {
		group.Go(work)
	}
	group.Wait()
	if err := env.Cancelled(); err != nil {
		return fmt.Errorf("stimuli: movies: %d of %d clips decoded: %w", done, len(d.clips), err)
	}
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("path: %w", err)
		}
	}
	return nil
}

// readFrame decodes a picture, scales its short side to size and writes the square about
// its middle, of one channel or three. Errors name the file.
func readFrame(path string, size, channels int, b []byte) error {
	p, err := picture.Read(path, picture.Limits{})
	if err != nil {
		return err
	}
	p = p.ShortSide(size).Centre(size, size)
	if channels == 1 {
		p = p.Grey()
	} else {
		p = p.Colour()
	}
	copy(b, p.Data)
	return nil
}

// Description implements [stimuli.Data].
func (d *movies) Description() stimuli.Description { return d.about.Clone() }

// Hashes implements [stimuli.Data].
func (d *movies) Hashes() map[string]string { return maps.Clone(d.hashes) }

// Columns implements [stimuli.Factored].
func (d *movies) Columns() []string { return []string{"id", "clip"} }

// Factor implements [stimuli.Factored].
func (d *movies) Factor(s stimuli.Split, image int, column string) (string, error) {
	if err := d.about.InRange(s, image, 0); err != nil {
		return "", err
	}
	c := &d.clips[d.order[s][image].piece]
	switch column {
	case "id":
		return c.id, nil
	case "clip":
		return filepath.Base(c.folder), nil
	}
	return "", fmt.Errorf("found column %q, there are %q", column, d.Columns())
}

// Read implements [stimuli.Data].
func (d *movies) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	size := d.Size * d.Size * d.channels()
	if len(pixels) != size {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	i := d.order[s][image].piece
	var b []byte
	if d.held != nil {
		b = d.held[i][frame*size : (frame+1)*size]
	} else {
		b = make([]byte, size)
		if err := readFrame(d.clips[i].frames[frame], d.Size, d.channels(), b); err != nil {
			return err
		}
	}
	for k, v := range b {
		pixels[k] = stimuli.Unit[v]
	}
	return nil
}

// Target implements [stimuli.Data].
func (d *movies) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	if name != stimuli.Label {
		return fmt.Errorf("found target %q, there is %q alone", name, stimuli.Label)
	}
	classes := d.about.Targets[0].Classes
	if len(values) != len(classes) {
		panic("stimuli: Target: values are not as many as there are classes")
	}
	k, _ := slices.BinarySearch(classes, d.clips[d.order[s][image].piece].labels[frame])
	clear(values)
	values[k] = 1
	return nil
}

// smallMovies writes 20 clips of two classes, each of three pictures of 9×7 pixels.
func smallMovies(folder string) (stimuli.Kind, error) {
	m := NewMovies()
	m.Path, m.Frames, m.Size, m.Validation, m.Test = "clips", 3, 6, 4, 0.2
	for i := range 20 {
		at := filepath.Join(folder, m.Path, []string{"left", "right"}[i%2], fmt.Sprintf("clip%02d", i))
		if err := os.MkdirAll(at, 0o777); err != nil {
			return nil, err
		}
		for frame := range m.Frames {
			if err := writeFrame(filepath.Join(at, fmt.Sprintf("f%03d.png", frame+9)), i, frame); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// writeFrame writes a picture of 9×7 pixels that clip and frame tell apart.
func writeFrame(path string, clip, frame int) error {
	p := image.NewRGBA(image.Rect(0, 0, 9, 7))
	for i := range 9 * 7 {
		p.SetRGBA(i%9, i/9, color.RGBA{uint8(11 * clip), uint8(80 * frame), uint8(4 * i), 255})
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return cmp.Or(png.Encode(f, p), f.Close())
}
