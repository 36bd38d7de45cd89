package sets

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
)

// CIFAR10 reads CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test
// images of 32×32 pixels in colour, of ten classes, in the binary layout in
// which it is published. Validation images are cut from the training images.
type CIFAR10 struct {
	Path       string `toml:"path" doc:"folder with data_batch_1.bin … data_batch_5.bin and test_batch.bin, or the one above it"`
	Validation int    `toml:"validation" min:"0" max:"49999" doc:"training images cut off for validation, chosen by the seed"`
	Train      int    `toml:"train" min:"0" max:"50000" doc:"training images used of those left, chosen by the seed; 0 for all"`
	Test       int    `toml:"test" min:"0" max:"10000" doc:"test images used, the first of the file; 0 for all"`
	Download   bool   `toml:"download" doc:"fetch the archive into the cache when path does not hold the data"`
	URL        string `toml:"url" doc:"address of the archive"`
	SHA256     string `toml:"sha256" doc:"checksum of the archive in hexadecimal"`
	choice

	// records is the number of images in a file. The official files have
	// 10,000 and no other number is accepted, as a file of fewer is more
	// likely cut off than meant (Train makes quick runs). Only tests change it.
	records int
}

// NewCIFAR10 returns the settings for all images, 5,000 of them for
// validation, without download.
func NewCIFAR10() *CIFAR10 {
	return &CIFAR10{
		Validation: 5000,
		URL:        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
		SHA256:     "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
		records:    10_000,
	}
}

var _ stimuli.Placed = (*CIFAR10)(nil)

// cifar10Set registers CIFAR10.
var cifar10Set = stimuli.Set{
	Name: "cifar10", About: "CIFAR-10 in its binary layout", Source: "Krizhevsky 2009",
	New: func() stimuli.Kind { return NewCIFAR10() }, Small: smallCIFAR10,
}

// cifarFolder is the folder in the archive, and below the cache.
const cifarFolder = "cifar-10-batches-bin"

var (
	cifarClasses = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

	// cifarFiles holds the training images, and the test images in the last.
	cifarFiles = []string{
		"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin",
		"test_batch.bin",
	}
)

// perFile returns the number of images in a file; a CIFAR10 that was not made
// by NewCIFAR10 has none of its own.
func (c *CIFAR10) perFile() int { return cmp.Or(c.records, 10_000) }

// used returns how many images are used of those to learn from and of those for the test.
func (c *CIFAR10) used() (train, test int) {
	n := len(cifarClasses)
	return c.balanced((len(cifarFiles)-1)*c.perFile(), n), c.balanced(c.perFile(), n)
}

// check reports the first setting that is out of its range.
func (c *CIFAR10) check() error {
	if _, _, err := c.among(cifarClasses); err != nil {
		return err
	}
	train, test := c.used()
	err := cmp.Or(
		stimuli.Within("validation", c.Validation, 0, train-1),
		stimuli.Within("train", c.Train, 0, train-c.Validation),
		stimuli.Within("test", c.Test, 0, test),
	)
	if err != nil {
		return err
	}
	if c.Path == "" && !c.Download {
		return fmt.Errorf("path: found %q, want the folder with %s, or download = true", c.Path, cifarFiles[0])
	}
	if !c.Download {
		return nil
	}
	if !strings.HasPrefix(c.URL, "https://") && !strings.HasPrefix(c.URL, "http://") {
		return fmt.Errorf("url: found %q, want an address that begins with https:// or http://", c.URL)
	}
	if sum, err := hex.DecodeString(c.SHA256); err != nil || len(sum) != 32 {
		return fmt.Errorf("sha256: found %q, want 64 hexadecimal digits", c.SHA256)
	}
	return nil
}

// Describe implements [stimuli.Kind]. It looks at no file.
func (c *CIFAR10) Describe(stimuli.Env) (stimuli.Description, error) {
	if err := c.check(); err != nil {
		return stimuli.Description{}, err
	}
	names, _, _ := c.among(cifarClasses)
	train, test := c.used()
	train, test = cmp.Or(c.Train, train-c.Validation), cmp.Or(c.Test, test)
	shape := [3]int{32, 32, 3}
	return stimuli.Description{
		Shape: shape, Frames: 1, Targets: []stimuli.Target{stimuli.Labels(slices.Clone(names), 1)}, Images: [stimuli.Splits]int{train, c.Validation, test},
		Held: stimuli.Held(len(cifarFiles)*c.perFile(), shape, 1), // the files whole, whichever of their images are used
	}, nil
}

// Open implements [stimuli.Kind]. It looks for the files in Path, then, if Download is
// set, in the folder cifar-10-batches-bin of the cache, and fetches them if
// they are not there either. A file that is missing, cut off or corrupt is an
// error that names it. [stimuli.Data.Hashes] has an entry for each file.
func (c *CIFAR10) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := c.Describe(env)
	if err != nil {
		return nil, err
	}
	folder, err := c.folder(env)
	if err != nil {
		return nil, err
	}
	n := c.perFile()
	m := stimuli.NewMemory(about)
	all := stimuli.Part{Pixels: make([]byte, len(cifarFiles)*n*cifarPixels), Labels: make([]uint16, len(cifarFiles)*n)}
	for k, name := range cifarFiles {
		if err := env.Cancelled(); err != nil {
			return nil, fmt.Errorf("stimuli: cifar10: %s not read: %w", name, err)
		}
		file := stimuli.Part{Pixels: all.Pixels[k*n*cifarPixels:][:n*cifarPixels], Labels: all.Labels[k*n:][:n]}
		hash, err := readCIFARFile(filepath.Join(folder, name), file)
		if err != nil {
			return nil, err
		}
		m.SetHash(name, hash)
	}
	_, numbers, _ := c.among(cifarClasses)
	parts, err := c.parts(env.Seed, all.Labels, len(all.Labels)-n, numbers, about.Images)
	if err != nil {
		return nil, err
	}
	labels := renumbered(all.Labels, numbers)
	for s, order := range parts {
		m.Parts[s] = stimuli.Part{Pixels: all.Pixels, Labels: labels, Order: order}
	}
	return m, nil
}

// folder returns the folder that holds the files, which it fetches if need be.
func (c *CIFAR10) folder(env stimuli.Env) (string, error) {
	if c.Path != "" {
		path := env.Resolve(c.Path)
		for _, folder := range []string{path, filepath.Join(path, cifarFolder)} {
			_, err := os.Stat(filepath.Join(folder, cifarFiles[0]))
			if err == nil {
				return folder, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("stimuli: cifar10: path %s: %w", path, err)
			}
		}
		if !c.Download {
			return "", fmt.Errorf("stimuli: cifar10: path %s: found no %s there nor in %s below it, want the unpacked archive %s, or download = true",
				path, cifarFiles[0], cifarFolder, c.URL)
		}
	}
	if env.Cache == "" {
		return "", errors.New("stimuli: cifar10: download: found no cache folder to download into, want one, or path set to the data")
	}
	if err := c.fetch(env); err != nil {
		return "", err
	}
	return filepath.Join(env.Cache, cifarFolder), nil
}
