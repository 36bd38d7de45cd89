package sets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ventral/experiments/stimuli"
)

// CIFAR100 reads CIFAR-100 (Krizhevsky 2009): 50,000 training and 10,000 test images of
// 32×32 pixels in colour, of 100 classes, five in each of 20 coarse classes, in the
// binary layout in which it is published. Validation images are cut from the training
// images. Both labels are targets, called fine and coarse, and columns; Label says
// which of them answers are judged by.
type CIFAR100 struct {
	Path       string `toml:"path" doc:"folder with train.bin and test.bin, or the one above it"`
	Label      string `toml:"label" oneof:"fine coarse" doc:"which classes are learnt: the 100 fine ones or the 20 coarse ones"`
	Validation int    `toml:"validation" min:"0" max:"49999" doc:"training images cut off for validation, chosen by the seed"`
	Train      int    `toml:"train" min:"0" max:"50000" doc:"training images used of those left, chosen by the seed; 0 for all"`
	Test       int    `toml:"test" min:"0" max:"10000" doc:"test images used, the first of the file; 0 for all"`
	choice

	records [2]int // images in train.bin and test.bin; only tests change it
}

var _ stimuli.Placed = (*CIFAR100)(nil)

// NewCIFAR100 returns the settings for the fine classes of all images, 5,000 of them
// for validation.
func NewCIFAR100() *CIFAR100 {
	return &CIFAR100{Label: "fine", Validation: 5000, records: [2]int{50_000, 10_000}}
}

// cifar100Set registers CIFAR100.
var cifar100Set = stimuli.Set{
	Name: "cifar100", About: "CIFAR-100 in its binary layout, with fine or coarse classes", Source: "Krizhevsky 2009",
	New: func() stimuli.Kind { return NewCIFAR100() }, Small: smallCIFAR100,
}

const cifar100URL = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"

var (
	cifar100Files = [2]string{"train.bin", "test.bin"}

	coarseClasses = strings.Fields(`aquatic_mammals fish flowers food_containers fruit_and_vegetables
		household_electrical_devices household_furniture insects large_carnivores large_man-made_outdoor_things
		large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people
		reptiles small_mammals trees vehicles_1 vehicles_2`)

	fineClasses = strings.Fields(`apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
		bowl boy bridge bus butterfly camel can castle caterpillar cattle
		chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
		dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
		lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
		mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
		plain plate poppy porcupine possum rabbit raccoon ray road rocket
		rose sea seal shark shrew skunk skyscraper snail snake spider
		squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
		train trout tulip turtle wardrobe whale willow_tree wolf woman worm`)
)

// all returns the classes that are learnt, were all used.
func (c *CIFAR100) all() []string {
	if c.Label == "coarse" {
		return coarseClasses
	}
	return fineClasses
}

// used returns how many images are used of those to learn from and of those for the test.
func (c *CIFAR100) used() (train, test int) {
	n := len(c.all())
	return c.balanced(c.records[0], n), c.balanced(c.records[1], n)
}

// check reports the first setting that is out of its range.
func (c *CIFAR100) check() error {
	if err := stimuli.OneOf("label", c.Label, "fine", "coarse"); err != nil {
		return err
	}
	if _, _, err := c.among(c.all()); err != nil {
		return err
	}
	train, test := c.used()
	err := cmp.Or(
		stimuli.Within("validation", c.Validation, 0, train-1),
		stimuli.Within("train", c.Train, 0, train-c.Validation),
		stimuli.Within("test", c.Test, 0, test),
	)
	if err == nil && c.Path == "" {
		err = fmt.Errorf("path: found %q, want the folder with train.bin and test.bin, unpacked from %s", c.Path, cifar100URL)
	}
	return err
}

// Describe implements [stimuli.Kind]. It looks at no file.
func (c *CIFAR100) Describe(stimuli.Env) (stimuli.Description, error) {
	if err := c.check(); err != nil {
		return stimuli.Description{}, err
	}
	fine, coarse := stimuli.Labels(fineClasses, 1), stimuli.Labels(coarseClasses, 1)
	names, _, _ := c.among(c.all())
	label := stimuli.Labels(names, 1)
	train, test := c.used()
	fine.Name, coarse.Name = "fine", "coarse"
	about := stimuli.Description{
		Shape: [3]int{32, 32, 3}, Frames: 1, Targets: []stimuli.Target{label, fine, coarse},
		Images: [stimuli.Splits]int{cmp.Or(c.Train, train-c.Validation), c.Validation, cmp.Or(c.Test, test)},
	}
	about.Held = stimuli.Held(c.records[0]+c.records[1], about.Shape, 2)
	return about.Clone(), nil
}

// folder returns the folder that holds the files.
func (c *CIFAR100) folder(env stimuli.Env) (string, error) {
	path := env.Resolve(c.Path)
	for _, folder := range []string{path, filepath.Join(path, "cifar-100-binary")} {
		_, err := os.Stat(filepath.Join(folder, cifar100Files[0]))
		if err == nil {
			return folder, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("path: %w", err)
		}
	}
	return "", cmp.Or(pickled(path, "train", "cifar-100-python", cifar100URL), fmt.Errorf(
		"path: found no %s in %s nor in cifar-100-binary below it, want those of %s unpacked", cifar100Files[0], path, cifar100URL))
}

// pickled reports files in the layout for Python, which are in a folder or in one below
// it.
func pickled(path, name, below, url string) error {
	for _, folder := range []string{path, filepath.Join(path, below)} {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			return fmt.Errorf("path: found the layout for Python, pickled, in %s, want the binary one, %s; or kind = \"npz\" and in Python "+
				"d = pickle.load(f, encoding=\"bytes\"), numpy.savez(file, images=d[b\"data\"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels=…)", folder, url)
		}
	}
	return nil
}

// Ready reports files that are missing or of the wrong size.
func (c *CIFAR100) Ready(env stimuli.Env) error {
	if err := c.check(); err != nil {
		return err
	}
	folder, err := c.folder(env)
	if err != nil {
		return err
	}
	for k, name := range cifar100Files {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("path: %w", err)
		}
		if want := int64(c.records[k]) * (cifarPixels + 2); info.Size() != want {
			return fmt.Errorf("path: found %d bytes in %s, want %d; the file is cut off or another one", info.Size(), filepath.Join(folder, name), want)
		}
	}
	return nil
}

// Open implements [stimuli.Kind].
func (c *CIFAR100) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := c.Describe(env)
	if err != nil {
		return nil, err
	}
	folder, err := c.folder(env)
	if err != nil {
		return nil, err
	}
	train, test := c.records[0], c.records[1]
	d := &cifar100{Memory: stimuli.NewMemory(about), fine: make([]uint16, train+test), coarse: make([]uint16, train+test), train: train}
	pixels := make([]byte, (train+test)*cifarPixels)
	for k, at := range [][2]int{{0, train}, {train, train + test}} {
		if err := env.Cancelled(); err != nil {
			return nil, fmt.Errorf("stimuli: cifar100: %s not read: %w", cifar100Files[k], err)
		}
		hash, err := hashed(filepath.Join(folder, cifar100Files[k]), func(r io.Reader) error {
			return readRecords(r, pixels[at[0]*cifarPixels:at[1]*cifarPixels],
				labelByte{"coarse label", len(coarseClasses), d.coarse[at[0]:at[1]]}, labelByte{"fine label", len(fineClasses), d.fine[at[0]:at[1]]})
		})
		if err != nil {
			return nil, fmt.Errorf("stimuli: cifar100: %w", err)
		}
		d.SetHash(cifar100Files[k], hash)
	}
	labels := d.fine
	if c.Label == "coarse" {
		labels = d.coarse
	}
	_, numbers, _ := c.among(c.all())
	parts, err := c.parts(env.Seed, labels, train, numbers, about.Images)
	if err != nil {
		return nil, err
	}
	labels = renumbered(labels, numbers)
	for s, order := range parts {
		d.Parts[s] = stimuli.Part{Pixels: pixels, Labels: labels, Order: order}
	}
	return d, nil
}

// Content implements [stimuli.Placed].
func (c *CIFAR100) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	folder, err := c.folder(env)
	if err != nil {
		return nil, nil, err
	}
	plain, hashes := *c, map[string]string{}
	plain.Path = ""
	for _, name := range cifar100Files {
		if hashes[name], err = stimuli.HashOf(filepath.Join(folder, name)); err != nil {
			return nil, nil, fmt.Errorf("path: %w", err)
		}
	}
	return &plain, hashes, nil
}

// smallCIFAR100 writes files of 40 and 15 images.
func smallCIFAR100(folder string) (stimuli.Kind, error) {
	c := NewCIFAR100()
	c.records, c.Path, c.Validation, c.Test = [2]int{40, 15}, "cifar", 10, 12
	path := filepath.Join(folder, c.Path)
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	for k, name := range cifar100Files {
		if err := os.WriteFile(filepath.Join(path, name), cifar100Bytes(k, c.records[k]), 0o666); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// cifar100Bytes returns the small file k: record r has the coarse label r mod 20, the
// fine label 7r mod 100, and pixel bytes that tell file, record, plane and place apart.
func cifar100Bytes(k, records int) []byte {
	var b []byte
	for r := range records {
		b = append(b, byte(r%20), byte(7*r%100))
		for i := range cifarPixels {
			b = append(b, byte(13*k+7*r+i/cifarPlane*50+i%cifarPlane))
		}
	}
	return b
}
