package sets

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/arrays"
)

// NPZ reads arrays that Python wrote with numpy: images, their labels, and what else is
// told of them.
//
// Path is a file, or a folder with a file for each split: train.npz, validation.npz or
// val.npz, test.npz. In place of a file there may be a folder of arrays, each in
// a file of its own (images.npy, labels.npy). One file may also hold all splits: by an
// array called split, or by arrays for each split, such as train_images or x_train.
//
// Of an array called as Images says, the axes are image, y, x; or image, y, x, channel;
// or image, frame, y, x, channel. Its elements are uint8, 0 to 255, or floating-point
// numbers, 0 to White. Labels are one for each image, or for each frame: whole numbers
// or text. The array id tells images apart. Any other array with an element an image
// is a column, and one with a map an image (image, y, x; image, y, x, value; or image,
// frame, y, x, value) is a target of that name. Other arrays are not read, and a note
// says which these are.
type NPZ struct {
	Path       string   `toml:"path" doc:"npz file; or folder with train.npz, validation.npz and test.npz; or folder with images.npy and labels.npy, or with folders train, validation, test of these"`
	Images     string   `toml:"images" doc:"name of the array of images; the arrays may have the splits before or behind their names, as train_images or x_train"`
	Labels     string   `toml:"labels" doc:"name of the array of labels; images without can be recorded"`
	ClassNames []string `toml:"class_names" doc:"names of the classes in the order of their labels; those of the labels themselves without"`
	White      float64  `toml:"white" above:"0" doc:"what is white in images of floating-point numbers: 1, or 255"`
	Validation float64  `toml:"validation" min:"0" doc:"images cut off for validation where the files have none, chosen by the seed: a number, or below 1 a part of them"`
	Test       float64  `toml:"test" min:"0" doc:"images cut off for the test where the files have none, chosen by the seed: a number, or below 1 a part of them"`
	Train      int      `toml:"train" min:"0" doc:"training images used of those left, chosen by the seed; 0 for all"`
	choice
}

var _ stimuli.Peeking = (*NPZ)(nil)

// NewNPZ returns the settings for arrays called images and labels, a tenth of them for
// validation and a tenth for the test, where the files do not say which these are.
func NewNPZ() *NPZ {
	return &NPZ{Images: "images", Labels: "labels", White: 1, Validation: 0.1, Test: 0.1}
}

// npzSet registers NPZ.
var npzSet = stimuli.Set{
	Name: "npz", About: "arrays of images and labels from Python, in npz or npy files", Source: "numpy.savez",
	New: func() stimuli.Kind { return NewNPZ() }, Small: smallNPZ,
}

// Describe implements [stimuli.Kind]. It reads the labels.
func (x *NPZ) Describe(env stimuli.Env) (stimuli.Description, error) {
	r, _, err := x.read(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	defer r.Close()
	return r.Description(), nil
}

// Open implements [stimuli.Kind].
func (x *NPZ) Open(env stimuli.Env) (stimuli.Data, error) {
	r, files, err := x.read(env)
	if err != nil {
		return nil, err
	}
	tell(r, env)
	folder, below := namesOf(files)
	if err = sound(env, folder, below); err == nil {
		err = r.load(env)
	}
	if err == nil {
		r.hashes, err = hashesOf(env, folder, below)
	} else {
		err = fmt.Errorf("path: %w", err)
	}
	return r.opened(err)
}

// Peek implements [stimuli.Peeking].
func (x *NPZ) Peek(env stimuli.Env) (stimuli.Data, error) {
	r, _, err := x.read(env)
	return peeked(r, env, err)
}

// sound reports an array whose bytes are not those of its checksum. A file that was
// found sound is not read again.
func sound(env stimuli.Env, folder string, names []string) error {
	_, err := stimuli.FindOut(env, "arrays/sound", folder, names, func(path string) (string, error) {
		f, err := arrays.Open(path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		return "", f.Sound()
	})
	return err
}

// Content implements [stimuli.Placed].
func (x *NPZ) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	files, err := x.find(env)
	if err != nil {
		return nil, nil, err
	}
	plain := *x
	plain.Path = ""
	folder, below := namesOf(files)
	hashes, err := hashesOf(env, folder, below)
	return &plain, hashes, err
}

// source is arrays of one origin: a file, or a folder of npy files.
type source struct {
	name  string // below the path
	paths []string
	split stimuli.Split // -1 where it may hold several
}

// namesOf returns the files of sources, below the folder in which the first lies.
func namesOf(list []source) (folder string, below []string) {
	for _, s := range list {
		for _, path := range s.paths {
			name := s.name
			if filepath.Ext(path) == ".npy" && filepath.Ext(name) != ".npy" {
				name = strings.TrimPrefix(name+"/", "/") + filepath.Base(path)
			}
			folder, below = strings.TrimSuffix(path, filepath.FromSlash(name)), append(below, name)
		}
	}
	return folder, below
}

// hashesOf returns the SHA-256 of files by their names below a folder.
func hashesOf(env stimuli.Env, folder string, names []string) (map[string]string, error) {
	sums, err := stimuli.Sums(env, folder, names)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	list := map[string]string{}
	for i, name := range names {
		list[name] = sums[i]
	}
	return list, nil
}

// find looks for the files.
func (x *NPZ) find(env stimuli.Env) ([]source, error) {
	if x.Path == "" {
		return nil, fmt.Errorf("path: found %q, want an npz file, or a folder with train.npz or images.npy", x.Path)
	}
	path := env.Resolve(x.Path)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("path: %w", err)
	case !info.IsDir() && filepath.Ext(path) != ".npz":
		return nil, fmt.Errorf("path: found %s, want an npz file, or the folder in which npy files lie", path)
	case !info.IsDir():
		return []source{{filepath.Base(path), []string{path}, -1}}, nil
	}
	var list []source
	for _, name := range []string{"train", "validation", "val", "valid", "test"} {
		here := filepath.Join(path, name)
		s, _ := stimuli.SplitOf(name)
		switch _, err := os.Stat(here + ".npz"); {
		case err == nil:
			list = append(list, source{name + ".npz", []string{here + ".npz"}, s})
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("path: %w", err)
		}
		paths, err := filepath.Glob(filepath.Join(here, "*.npy"))
		if err != nil || len(paths) == 0 {
			continue
		}
		list = append(list, source{name, paths, s})
	}
	if len(list) == 0 {
		if paths, _ := filepath.Glob(filepath.Join(path, "*.npy")); len(paths) > 0 {
			return []source{{"", paths, -1}}, nil
		}
		return nil, fmt.Errorf("path: found no train.npz in %s, nor %s.npy, nor folders train and test with %s.npy", path, x.Images, x.Images)
	}
	if list[0].split != stimuli.Train {
		return nil, fmt.Errorf("path: found %s and no train.npz in %s", list[0].name, path)
	}
	for i := 1; i < len(list); i++ {
		if list[i].split == list[i-1].split {
			return nil, fmt.Errorf("path: found %s and %s in %s, want one of them", list[i-1].name, list[i].name, path)
		}
	}
	return list, nil
}

// read opens the files and reads the labels.
func (x *NPZ) read(env stimuli.Env) (r *rows, list []source, err error) {
	if !(x.White > 0) {
		return nil, nil, fmt.Errorf("white: found %v, want a number above 0", x.White)
	}
	if x.Images == "" {
		return nil, nil, fmt.Errorf("images: found %q, want the name of an array", x.Images)
	}
	if err := distinct(x.ClassNames); err != nil {
		return nil, nil, err
	}
	if list, err = x.find(env); err != nil {
		return nil, nil, err
	}
	var pieces []*piece
	var given [][]stimuli.Split
	var opened []*arrays.File
	var left []stimuli.Skipped
	defer func() {
		if err != nil {
			closeAll(opened)
		}
	}()
	for _, s := range list {
		var all []*arrays.Array
		for _, path := range s.paths {
			f, err := arrays.Open(path)
			if err != nil {
				return nil, nil, fmt.Errorf("path: %w", err)
			}
			all, opened = append(all, f.Arrays...), append(opened, f)
		}
		p, g, l, err := x.pieces(s, all)
		if err != nil {
			return nil, nil, fmt.Errorf("path: %w", err)
		}
		pieces, given, left = append(pieces, p...), append(given, g...), append(left, l...)
	}
	r, err = newRows(pieces, x.ClassNames)
	if err != nil {
		return nil, nil, fmt.Errorf("path: %w", err)
	}
	r.files, r.left = opened, left
	return r, list, r.divide(env.Seed, given, &x.choice, cuts{validation: x.Validation, test: x.Test, train: x.Train})
}

// pieces sorts the arrays of a source: all of one name belong together, or those of each
// split. Left are arrays that are not read.
func (x *NPZ) pieces(s source, all []*arrays.Array) (list []*piece, given [][]stimuli.Split, left []stimuli.Skipped, err error) {
	groups := map[stimuli.Split]map[string]*arrays.Array{}
	for _, a := range all {
		name, split := a.Name, stimuli.Split(-1)
		if s.split < 0 && !slices.Contains([]string{x.Images, x.Labels, "id", "split"}, name) {
			if before, rest, ok := strings.Cut(name, "_"); ok {
				if of, known := stimuli.SplitOf(before); known {
					name, split = rest, of
				}
			}
			if k := strings.LastIndex(name, "_"); k >= 0 && split < 0 {
				if of, known := stimuli.SplitOf(name[k+1:]); known {
					name, split = name[:k], of
				}
			}
		}
		if groups[split] == nil {
			groups[split] = map[string]*arrays.Array{}
		}
		groups[split][name] = a
	}
	for _, split := range []stimuli.Split{-1, stimuli.Train, stimuli.Validation, stimuli.Test} {
		g := groups[split]
		if g[x.Images] == nil {
			for _, name := range slices.Sorted(maps.Keys(g)) {
				left = append(left, s.leaves(g[name], "there is no array of images of its split"))
			}
			continue
		}
		p, splits, l, err := x.piece(s, g)
		if err != nil {
			return nil, nil, nil, err
		}
		left = append(left, l...)
		p.name = s.name
		switch {
		case split >= 0:
			p.name, splits = split.String(), slices.Repeat([]stimuli.Split{split}, p.images.Rows())
		case s.split >= 0:
			p.name, splits = s.split.String(), slices.Repeat([]stimuli.Split{s.split}, p.images.Rows())
		case splits == nil:
			splits = make([]stimuli.Split, p.images.Rows())
		}
		list, given = append(list, p), append(given, splits)
	}
	if len(list) > 0 {
		return list, given, left, nil
	}
	var names []string
	for _, a := range all {
		names = append(names, a.Name)
	}
	return nil, nil, nil, fmt.Errorf("%s: found arrays %q, want %q; the keys images and labels say other names", s.paths[0], names, x.Images)
}

// leaves says that an array is not read.
func (s source) leaves(a *arrays.Array, reason string) stimuli.Skipped {
	return stimuli.Skipped{File: fmt.Sprintf("%s: array %q", cmp.Or(s.name, filepath.Base(s.paths[0])), a.Name), Reason: reason}
}

// piece makes arrays of one number of rows a piece of the data.
func (x *NPZ) piece(s source, group map[string]*arrays.Array) (p *piece, splits []stimuli.Split, left []stimuli.Skipped, err error) {
	p = &piece{images: group[x.Images], labels: group[x.Labels], white: x.White,
		columns: map[string]*arrays.Array{}, maps: map[string]*arrays.Array{}}
	n := p.images.Rows()
	for _, name := range slices.Sorted(maps.Keys(group)) {
		a := group[name]
		leave := func(format string, args ...any) { left = append(left, s.leaves(a, fmt.Sprintf(format, args...))) }
		var err error
		switch {
		case name == x.Images || name == x.Labels:
		case name == "split":
			splits, err = splitOf(a, n)
		case len(a.Shape) == 0 || a.Shape[0] != n:
			if leave("has the shape %v, there are %d images", a.Shape, n); name == "id" {
				err = a.Fault("found shape %v, want one for each of %d images", a.Shape, n)
			}
		case len(a.Shape) == 1 || len(a.Shape) == 2 && a.Shape[1] == 1:
			p.columns[name] = a
		case len(a.Shape) >= 3 && len(a.Shape) <= 5 && !a.Text():
			if len(a.Shape) == 5 && (len(p.images.Shape) != 5 || a.Shape[1] != p.images.Shape[1]) {
				err = a.Fault("found maps of %v, the axes of images are %v; want image, y, x, value, or as many frames", a.Shape, p.images.Shape)
			}
			if name == stimuli.Label {
				err = a.Fault("found maps that are called as the classes of images are, want another name")
			}
			p.maps[name] = a
		default:
			leave("has the shape %v, want an element or a map for each image", a.Shape)
		}
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return p, splits, left, nil
}
