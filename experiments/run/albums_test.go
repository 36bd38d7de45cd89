package run_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"ventral/experiments/stimuli"
)

// albums are PNG files in SPLIT/CLASS/, a data set that only these tests know. Shape
// and classes are those of the files, which are read again whenever an image is
// asked for.
type albums struct {
	Path string `toml:"path" doc:"folder of train, validation and test, each with a folder for every class"`
	Grey bool   `toml:"grey" doc:"the mean of the channels instead of three of them"`
}

var _ stimuli.Placed = (*albums)(nil)

// albumsSet registers albums.
var albumsSet = stimuli.Set{
	Name: "albums", About: "PNG files in class folders", Source: "of this test",
	New:   func() stimuli.Kind { return &albums{} },
	Small: smallAlbums,
}

// listing is what lies below a folder of albums.
type listing struct {
	about  stimuli.Description
	files  [3][]string // below the folder, by split
	labels [3][]int
}

func (a *albums) list(env stimuli.Env) (*listing, error) {
	if a.Path == "" {
		return nil, errors.New("path: found \"\", want the folder of the albums")
	}
	root := env.Resolve(a.Path)
	l := &listing{about: stimuli.Description{Frames: 1}}
	var classes []string
	for s := stimuli.Train; s <= stimuli.Test; s++ {
		entries, err := os.ReadDir(filepath.Join(root, s.String()))
		if err != nil {
			return nil, fmt.Errorf("path: %w", err)
		}
		for _, e := range entries {
			k := slices.Index(classes, e.Name())
			if s == stimuli.Train {
				k = len(classes)
				classes = append(classes, e.Name())
			}
			if k < 0 {
				return nil, fmt.Errorf("path: class %s of %v has no training images in %s", e.Name(), s, root)
			}
			found, err := filepath.Glob(filepath.Join(root, s.String(), e.Name(), "*.png"))
			if err != nil {
				return nil, fmt.Errorf("path: %w", err)
			}
			for _, name := range found {
				rel, err := filepath.Rel(root, name)
				if err != nil {
					return nil, fmt.Errorf("path: %w", err)
				}
				l.files[s], l.labels[s] = append(l.files[s], rel), append(l.labels[s], k)
			}
		}
		l.about.Images[s] = len(l.files[s])
	}
	l.about.Targets = []stimuli.Target{stimuli.Labels(classes, 1)}
	if l.about.Images[stimuli.Train] == 0 {
		return nil, fmt.Errorf("path: found no training images in %s", root)
	}
	first := filepath.Join(root, l.files[stimuli.Train][0])
	f, err := os.Open(first)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	defer f.Close()
	head, err := png.DecodeConfig(f)
	if err != nil {
		return nil, fmt.Errorf("path: %s: %w", first, err)
	}
	l.about.Shape = [3]int{head.Height, head.Width, 3}
	if a.Grey {
		l.about.Shape[2] = 1
	}
	return l, nil
}

func (a *albums) Describe(env stimuli.Env) (stimuli.Description, error) {
	l, err := a.list(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return l.about, nil
}

func (a *albums) Open(env stimuli.Env) (stimuli.Data, error) {
	l, err := a.list(env)
	if err != nil {
		return nil, err
	}
	d := &albumsData{listing: l, root: env.Resolve(a.Path)}
	d.hashes, err = l.hashes(d.root)
	return d, err
}

func (a *albums) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	l, err := a.list(env)
	if err != nil {
		return nil, nil, err
	}
	hashes, err := l.hashes(env.Resolve(a.Path))
	return &albums{Grey: a.Grey}, hashes, err
}

func (l *listing) hashes(root string) (map[string]string, error) {
	hashes := map[string]string{}
	for _, name := range slices.Concat(l.files[:]...) {
		h, err := stimuli.HashOf(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		hashes[filepath.ToSlash(name)] = h
	}
	return hashes, nil
}

// albumsData reads the files of a listing.
type albumsData struct {
	*listing
	root   string
	hashes map[string]string
}

func (d *albumsData) Description() stimuli.Description {
	about := d.about
	label := about.Label()
	about.Targets = []stimuli.Target{stimuli.Labels(slices.Clone(label.Classes), label.True)}
	return about
}

func (d *albumsData) Hashes() map[string]string { return maps.Clone(d.hashes) }

func (d *albumsData) Read(s stimuli.Split, i, frame int, pixels []float32) error {
	if err := d.about.InRange(s, i, frame); err != nil {
		return err
	}
	name := filepath.Join(d.root, d.files[s][i])
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	height, width, channels := d.about.Shape[0], d.about.Shape[1], d.about.Shape[2]
	if b := picture.Bounds(); b.Dy() != height || b.Dx() != width {
		return fmt.Errorf("%s: found %d×%d pixels, want %d×%d", name, b.Dy(), b.Dx(), height, width)
	}
	for y := range height {
		for x := range width {
			r, g, b, _ := picture.At(x, y).RGBA()
			at := pixels[(y*width+x)*channels:][:channels]
			if at[0] = float32(r) / 0xffff; channels == 3 {
				at[1], at[2] = float32(g)/0xffff, float32(b)/0xffff
			} else {
				at[0] = float32(r+g+b) / (3 * 0xffff)
			}
		}
	}
	return nil
}

func (d *albumsData) Target(s stimuli.Split, i, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, i, frame); err != nil {
		return err
	}
	if name != stimuli.Label {
		return fmt.Errorf("found target %q, want %q", name, stimuli.Label)
	}
	clear(values)
	values[d.labels[s][i]] = 1
	return nil
}

// smallAlbums writes pictures of 20 classes, of 16×16 pixels: four of each class to
// learn from, one to validate and one to test.
func smallAlbums(folder string) (stimuli.Kind, error) {
	for s, n := range map[stimuli.Split]int{stimuli.Train: 4, stimuli.Validation: 1, stimuli.Test: 1} {
		for class := range 20 {
			dir := filepath.Join(folder, "album", s.String(), fmt.Sprintf("class%02d", class))
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return nil, err
			}
			for i := range n {
				name := filepath.Join(dir, fmt.Sprintf("%v-%02d-%d.png", s, class, i))
				if err := writePNG(name, 10*class+3*i+int(s)); err != nil {
					return nil, err
				}
			}
		}
	}
	return &albums{Path: "album"}, nil
}

// writePNG writes a picture that number tells from others.
func writePNG(name string, number int) error {
	picture := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for y := range 16 {
		for x := range 16 {
			picture.Set(x, y, color.RGBA{uint8(number + 5*x), uint8(2*number + 9*y), uint8(x*y + 7*number), 255})
		}
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, picture), f.Close())
}
