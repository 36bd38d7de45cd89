package stimuli

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// openSmall opens a few images of every kind.
func openSmall(t *testing.T, name string) Data {
	t.Helper()
	kind, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	env := Env{Seed: 11, Folder: t.TempDir()}
	switch k := kind.(type) {
	case *Digits:
		k.Train, k.Validation, k.Test = 60, 30, 20
	case *CIFAR10:
		writeCIFAR(t, filepath.Join(env.Folder, "cifar"), 20)
		k.records, k.Path, k.Validation, k.Test = 20, "cifar", 30, 15
	default:
		t.Fatalf("kind %s has no small form; add one here", name)
	}
	d, err := kind.Open(env)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestData holds every kind to what Data promises.
func TestData(t *testing.T) {
	for _, name := range Kinds() {
		t.Run(name, func(t *testing.T) {
			d := openSmall(t, name)
			shape, classes := d.Shape(), d.Classes()
			size := shape[0] * shape[1] * shape[2]
			if size <= 0 || len(classes) < 2 || d.Targets() < 1 || d.Targets() > len(classes) {
				t.Fatalf("shape %v, %d classes, %d targets", shape, len(classes), d.Targets())
			}
			for s := Train; s <= Test; s++ {
				if d.Len(s) == 0 {
					t.Errorf("Len(%v) = 0", s)
				}
				for i := range d.Len(s) {
					checkImage(t, d, s, i)
				}
			}
			hashes := d.Hashes()
			if len(hashes) == 0 {
				t.Error("no hashes")
			}
			for of, h := range hashes {
				if len(h) != 64 {
					t.Errorf("hash of %s = %q, want 64 digits", of, h)
				}
			}
			clear(hashes)
			classes[0] = "changed"
			if len(d.Hashes()) == 0 || d.Classes()[0] == "changed" {
				t.Error("a caller can change hashes or classes")
			}
			if again := openSmall(t, name); !reflect.DeepEqual(again.Hashes(), d.Hashes()) {
				t.Errorf("opened twice: hashes %v and %v", d.Hashes(), again.Hashes())
			}
		})
	}
}

// checkImage asks for an image from two goroutines and checks its values.
func checkImage(t *testing.T, d Data, s Split, i int) {
	t.Helper()
	shape := d.Shape()
	var images, labels [2][]float32
	var group sync.WaitGroup
	for k := range images {
		images[k] = slices.Repeat([]float32{-7}, shape[0]*shape[1]*shape[2])
		labels[k] = slices.Repeat([]float32{-7}, len(d.Classes()))
		group.Go(func() { d.Image(s, i, images[k]); d.Label(s, i, labels[k]) })
	}
	group.Wait()
	if !slices.Equal(images[0], images[1]) || !slices.Equal(labels[0], labels[1]) {
		t.Errorf("%v image %d differs when asked for twice", s, i)
	}
	if lo, hi := slices.Min(images[0]), slices.Max(images[0]); lo < 0 || hi > 1 || lo == hi {
		t.Errorf("%v image %d has values %v..%v, want several within 0..1", s, i, lo, hi)
	}
	ones := 0
	for _, v := range labels[0] {
		if v == 1 {
			ones++
		} else if v != 0 {
			t.Errorf("%v label %d has value %v", s, i, v)
		}
	}
	if ones != d.Targets() {
		t.Errorf("%v label %d has %d ones, want %d", s, i, ones, d.Targets())
	}
}

// TestSettings checks what a binder of settings relies on: tags and types of
// fields, and defaults that pass Check but for what a user must give.
func TestSettings(t *testing.T) {
	types := []reflect.Type{
		reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[bool](), reflect.TypeFor[string](),
		reflect.TypeFor[[]string](), reflect.TypeFor[[]int](), reflect.TypeFor[[]float64](),
	}
	structs := map[string]any{"augment": &Augment{}}
	for _, name := range Kinds() {
		kind, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		structs[name] = kind
		if err := kind.Check(); err != nil && !strings.HasPrefix(err.Error(), "path: ") {
			t.Errorf("%s: defaults: %v", name, err)
		}
	}
	for name, settings := range structs {
		typ := reflect.TypeOf(settings).Elem()
		keys := map[string]bool{}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if !f.IsExported() {
				continue
			}
			key, doc := f.Tag.Get("toml"), f.Tag.Get("doc")
			if key == "" || key != strings.ToLower(key) || keys[key] || doc == "" || strings.Contains(doc, "\n") {
				t.Errorf("%s.%s: key %q, doc %q, want a key of its own in small letters and a line of help", name, f.Name, key, doc)
			}
			keys[key] = true
			if !slices.Contains(types, f.Type) {
				t.Errorf("%s.%s has type %v, want one of %v", name, f.Name, f.Type, types)
			}
		}
	}
}

func TestNewUnknown(t *testing.T) {
	_, err := New("mnist")
	if want := `stimuli: kind: found "mnist", want one of cifar10, digits`; err == nil || err.Error() != want {
		t.Errorf("New = %v, want %s", err, want)
	}
}

func TestSplitString(t *testing.T) {
	for s, want := range map[Split]string{Train: "train", Validation: "validation", Test: "test", 5: "Split(5)"} {
		if got := s.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

// TestStreams checks that the streams of one seed begin differently, and that
// their numbers are spread evenly.
func TestStreams(t *testing.T) {
	seen := map[uint64]bool{}
	for use := forTrain; use <= forAugment; use++ {
		for major := range 10 {
			for minor := range 1000 {
				x := newStream(1, use, major, minor).pcg.Uint64()
				if seen[x] {
					t.Fatalf("stream (1, %d, %d, %d) begins like another", use, major, minor)
				}
				seen[x] = true
			}
		}
	}
	const n, bins = 20_000, 16
	var below, uniform [bins]int
	for i := range n {
		s := newStream(2, forTest, 0, i)
		below[s.below(bins)]++
		uniform[int((s.uniform(-3, 5)+3)/8*bins)]++
	}
	// Binomial with n·p = 1250: the standard deviation is 34; 5 are allowed.
	for k := range bins {
		if d := max(below[k]-n/bins, n/bins-below[k], uniform[k]-n/bins, n/bins-uniform[k]); d > 170 {
			t.Errorf("bin %d of %d: below %d, uniform %d of %d, want %d ± 170", k, bins, below[k], uniform[k], n, n/bins)
		}
	}
}
