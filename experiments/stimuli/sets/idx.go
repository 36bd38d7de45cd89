package sets

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/arrays"
)

// IDX reads data sets in the format of MNIST (LeCun et al. 1998), in the files in which
// they are published, by gzip or not: MNIST, Fashion-MNIST (Xiao et al. 2017), EMNIST
// (Cohen et al. 2017), KMNIST (Clanuwat et al. 2018). Images are grey, one channel.
// Validation images are cut from the training images.
type IDX struct {
	Path       string   `toml:"path" doc:"folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with .gz or without"`
	Set        string   `toml:"set" doc:"what the names of the files begin with, where a folder holds several sets, such as \"emnist-letters\""`
	Names      string   `toml:"names" oneof:"auto numbers fashion kmnist digits letters balanced" doc:"names of the classes: those of a known set, or the numbers of the labels; auto follows the names of folder and files"`
	ClassNames []string `toml:"class_names" doc:"names of the classes in the order of their labels, instead of names"`
	Transposed string   `toml:"transposed" oneof:"auto yes no" doc:"whether images lie with rows as columns, as those of EMNIST do; auto is yes where files are called emnist"`
	Validation float64  `toml:"validation" min:"0" doc:"training images cut off for validation, chosen by the seed: a number, or below 1 a part of them"`
	Train      int      `toml:"train" min:"0" doc:"training images used of those left, chosen by the seed; 0 for all"`
	Test       int      `toml:"test" min:"0" doc:"test images used, the first of the file; 0 for all"`
	choice
}

var _ stimuli.Peeking = (*IDX)(nil)

// NewIDX returns the settings for all images, a tenth of the training images for
// validation.
func NewIDX() *IDX {
	return &IDX{Names: "auto", Transposed: "auto", Validation: 0.1}
}

// idxSet registers IDX.
var idxSet = stimuli.Set{
	Name: "idx", About: "MNIST, Fashion-MNIST, EMNIST, KMNIST and others in their files", Source: "LeCun et al. 1998",
	New: func() stimuli.Kind { return NewIDX() }, Small: smallIDX,
}

// knownClasses are names of the classes of published sets, in the order of their labels.
var knownClasses = map[string][]string{
	"fashion":  {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
	"kmnist":   {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"},
	"digits":   strings.Split("0123456789", ""),
	"letters":  strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""),
	"balanced": strings.Split("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt", ""),
}

// idxName is a file of a set: what begins its name, the split, and what it holds.
var idxName = regexp.MustCompile(`^(.*?)[-_]?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$`)

// Describe implements [stimuli.Kind]. It reads the labels.
func (x *IDX) Describe(env stimuli.Env) (stimuli.Description, error) {
	r, _, err := x.read(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	defer r.Close()
	return r.Description(), nil
}

// Open implements [stimuli.Kind].
func (x *IDX) Open(env stimuli.Env) (stimuli.Data, error) {
	r, f, err := x.read(env)
	if err != nil {
		return nil, err
	}
	if err = r.load(env); err == nil {
		r.hashes, err = f.hashes(env)
	} else {
		err = fmt.Errorf("path: %w", err)
	}
	return r.opened(err)
}

// Peek implements [stimuli.Peeking].
func (x *IDX) Peek(env stimuli.Env) (stimuli.Data, error) {
	r, _, err := x.read(env)
	return peeked(r, env, err)
}

// Content implements [stimuli.Placed].
func (x *IDX) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	f, err := x.find(env)
	if err != nil {
		return nil, nil, err
	}
	plain := *x
	plain.Path = ""
	hashes, err := f.hashes(env)
	return &plain, hashes, err
}

// idxFiles are the files of a set.
type idxFiles struct {
	folder string
	set    string            // what their names begin with
	names  map[string]string // by "train images", "test labels" and so on
}

// idxRoles are what the files of a set hold, with the names of MNIST's.
var idxRoles = []struct{ role, name string }{
	{"train images", "train-images-idx3-ubyte"}, {"train labels", "train-labels-idx1-ubyte"},
	{"test images", "t10k-images-idx3-ubyte"}, {"test labels", "t10k-labels-idx1-ubyte"},
}

// hashes returns the SHA-256 of each file.
func (f *idxFiles) hashes(env stimuli.Env) (map[string]string, error) {
	return hashesOf(env, f.folder, slices.Sorted(maps.Values(f.names)))
}

// find looks for the files. Of one file with .gz and without, it is that without.
func (x *IDX) find(env stimuli.Env) (*idxFiles, error) {
	if x.Path == "" {
		return nil, fmt.Errorf("path: found %q, want the folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz", x.Path)
	}
	f := &idxFiles{folder: env.Resolve(x.Path)}
	list, err := os.ReadDir(f.folder)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	sets := map[string]map[string]string{}
	for _, entry := range list {
		m := idxName.FindStringSubmatch(entry.Name())
		if m == nil {
			continue
		}
		if sets[m[1]] == nil {
			sets[m[1]] = map[string]string{}
		}
		role := strings.Replace(m[2], "t10k", "test", 1) + " " + m[3]
		switch before := sets[m[1]][role]; before {
		case "":
			sets[m[1]][role] = entry.Name()
		case strings.TrimSuffix(entry.Name(), ".gz"):
		default:
			return nil, fmt.Errorf("path: found %s and %s in %s, want one of them", before, entry.Name(), f.folder)
		}
	}
	names := slices.Sorted(maps.Keys(sets))
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("path: found no train-images-idx3-ubyte in %s, with .gz or without; want the files of MNIST or a set like it", f.folder)
	case x.Set == "" && len(names) > 1:
		return nil, fmt.Errorf("set: found files of %q in %s, want the name of one", names, f.folder)
	case x.Set != "" && sets[x.Set] == nil:
		return nil, fmt.Errorf("set: found %q, there are files of %q in %s", x.Set, names, f.folder)
	}
	f.set = cmp.Or(x.Set, names[0])
	f.names = sets[f.set]
	for _, r := range idxRoles {
		if f.names[r.role] == "" {
			name := strings.TrimPrefix(f.set+"-"+r.name, "-")
			return nil, fmt.Errorf("path: found no %s in %s, nor %s.gz", name, f.folder, name)
		}
	}
	return f, nil
}

// read opens the files and reads the labels.
func (x *IDX) read(env stimuli.Env) (r *rows, f *idxFiles, err error) {
	err = cmp.Or(
		stimuli.OneOf("names", x.Names, "auto", "numbers", "fashion", "kmnist", "digits", "letters", "balanced"),
		distinct(x.ClassNames),
		stimuli.OneOf("transposed", x.Transposed, "auto", "yes", "no"),
		stimuli.Within("train", x.Train, 0, math.MaxInt32),
		stimuli.Within("test", x.Test, 0, math.MaxInt32),
	)
	if err != nil {
		return nil, nil, err
	}
	if f, err = x.find(env); err != nil {
		return nil, nil, err
	}
	list := make([]*arrays.Array, len(idxRoles))
	var opened []*arrays.File
	defer func() {
		if err != nil {
			closeAll(opened)
		}
	}()
	for i, r := range idxRoles {
		file, err := arrays.Open(filepath.Join(f.folder, f.names[r.role]))
		if err != nil {
			return nil, nil, fmt.Errorf("path: %w", err)
		}
		list[i], opened = file.Arrays[0], append(opened, file)
		if axes := len(list[i].Shape); axes != 3-i%2*2 {
			return nil, nil, fmt.Errorf("path: %w", list[i].Fault("found %d axes, want %d", axes, 3-i%2*2))
		}
	}
	transposed := x.Transposed == "yes" || x.Transposed == "auto" && strings.HasPrefix(f.set, "emnist")
	r, err = newRows([]*piece{
		{name: "train", images: list[0], labels: list[1], transposed: transposed},
		{name: "test", images: list[2], labels: list[3], transposed: transposed},
	}, x.classes(f))
	if err != nil {
		return nil, nil, fmt.Errorf("path: %w", err)
	}
	r.files = opened
	given := [][]stimuli.Split{make([]stimuli.Split, list[0].Rows()), slices.Repeat([]stimuli.Split{stimuli.Test}, list[2].Rows())}
	return r, f, r.divide(env.Seed, given, &x.choice, cuts{validation: x.Validation, train: x.Train, first: x.Test})
}

// classes are the names of classes: nil for the numbers of the labels.
func (x *IDX) classes(f *idxFiles) []string {
	if len(x.ClassNames) > 0 {
		return x.ClassNames
	}
	if x.Names != "auto" {
		return knownClasses[x.Names]
	}
	at := strings.ToLower(filepath.Base(x.Path) + " " + f.set)
	for _, name := range slices.Sorted(maps.Keys(knownClasses)) {
		if strings.Contains(at, name) {
			return knownClasses[name]
		}
	}
	return nil
}

// smallIDX writes files of 40 training and 12 test images of 6×5 pixels and three
// classes, the images by gzip.
func smallIDX(folder string) (stimuli.Kind, error) {
	x := NewIDX()
	x.Path, x.Train, x.Test, x.ClassNames = "fashion", 30, 10, []string{"bag", "boot", "coat"}
	path := filepath.Join(folder, x.Path)
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	for i, r := range idxRoles {
		n := []int{40, 40, 12, 12}[i]
		file := idxBytes(r.role, n)
		name := r.name
		if i%2 == 0 {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			if _, err := w.Write(file); err != nil {
				return nil, err
			}
			if err := w.Close(); err != nil {
				return nil, err
			}
			file, name = packed.Bytes(), name+".gz"
		}
		if err := os.WriteFile(filepath.Join(path, name), file, 0o666); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// idxBytes returns a small file of n images or labels. Image i has label i mod 3, and
// bytes that tell image, row and column apart.
func idxBytes(role string, n int) []byte {
	b := []byte{0, 0, 8, 1, 0, 0, 0, byte(n)}
	if strings.HasSuffix(role, "labels") {
		for i := range n {
			b = append(b, byte(i%3))
		}
		return b
	}
	b = []byte{0, 0, 8, 3, 0, 0, 0, byte(n), 0, 0, 0, 6, 0, 0, 0, 5}
	for i := range n {
		for k := range 30 {
			b = append(b, byte(5*i+7*k+len(role)))
		}
	}
	return b
}
