package sets

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ventral/experiments/stimuli"
)

// Movies reads clips: folders of numbered pictures, each a frame, in folders of their
// classes.
//
//	path/CLASS/CLIP/0001.png …           cut into splits by the seed
//	path/train/CLASS/CLIP/0001.png …     and path/validation or path/val, and path/test
//
// A clip is a sample: its first Frames frames, of every Stride-th picture. Where clips
// have a file labels.csv, with a header and the columns frame, the name of a picture's
// file, and label, each frame has a label of its own, and folders of classes are not needed.
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
	choice
	MemoryMiB int `toml:"memory_mib" min:"0" max:"1000000" doc:"frames are kept in memory where they take at most this much, and decoded whenever they are read where they take more"`
}

var _ stimuli.Peeking = (*Movies)(nil)

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

// Peek implements [stimuli.Peeking].
func (m *Movies) Peek(env stimuli.Env) (stimuli.Data, error) {
	d, err := m.list(env)
	if err != nil {
		return nil, err
	}
	return d, nil
}

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
	if err := d.choose(&order); err != nil {
		return nil, err
	}
	if d.order, err = (cuts{validation: m.Validation, test: m.Test, train: m.Train}).divide(env.Seed, order); err != nil {
		return nil, err
	}
	d.about = stimuli.Description{Shape: [3]int{m.Size, m.Size, m.channels()}, Frames: m.Frames}
	for s := range d.order {
		d.about.Images[s] = len(d.order[s])
	}
	d.about.Targets = []stimuli.Target{stimuli.Labels(d.classes, 1)}
	if all := int64(len(d.clips)) * int64(m.Frames*m.Size*m.Size*m.channels()); all <= int64(m.MemoryMiB)<<20 {
		d.about.Held = all
	}
	return d, nil
}

// choose finds the classes, and leaves the clips that are used. A clip with a label for
// each frame is used where all are of classes that are used, and counts for that of the
// first.
func (d *movies) choose(order *[stimuli.Splits][]place) error {
	var all []string
	for _, c := range d.clips {
		all = append(all, c.labels...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if n := len(all); n > stimuli.MostClasses {
		return fmt.Errorf("path: found %d classes, want %d at most", n, stimuli.MostClasses)
	}
	names, numbers, err := d.among(all)
	if err != nil {
		return err
	}
	d.classes, d.number = names, map[string]int{}
	for k, name := range names {
		d.number[name] = k
	}
	if !d.some() {
		return nil
	}
	number := func(label string) int {
		k, _ := slices.BinarySearch(all, label)
		return numbers[k]
	}
	var clips []clip
	for s := range order {
		list := chosen(&d.choice, order[s], func(at place) int {
			c := &d.clips[at.piece]
			if slices.ContainsFunc(c.labels, func(label string) bool { return number(label) < 0 }) {
				return -1
			}
			return number(c.labels[0])
		})
		for i, at := range list {
			list[i] = place{int32(len(clips)), 0}
			clips = append(clips, d.clips[at.piece])
		}
		order[s] = list
	}
	d.clips = clips
	return nil
}
