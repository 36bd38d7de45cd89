package sets

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// TestChoice uses some classes in an order of their own, and some images of each, of every
// kind of files: the images are those of the whole set with these classes, the first of
// each class, with their own pixels; no other is used.
func TestChoice(t *testing.T) {
	for _, c := range []struct {
		set     stimuli.Set
		change  func(k stimuli.Kind, limit int, classes []string)
		classes []string
		of      int // images of each class to learn from and for validation, and for the test
		test    int
	}{
		{idxSet, func(k stimuli.Kind, limit int, classes []string) {
			x := k.(*IDX)
			x.Train, x.Test, x.Validation, x.choice = 0, 0, 0, choice{limit, classes}
		}, []string{"coat", "boot"}, 13, 4},
		{npzSet, func(k stimuli.Kind, limit int, classes []string) {
			x := k.(*NPZ)
			x.Train, x.Test, x.Validation, x.choice = 0, 0, 0, choice{limit, classes}
		}, nil, 0, 0},
		{cifar10Set, func(k stimuli.Kind, limit int, classes []string) {
			x := k.(*CIFAR10)
			x.Train, x.Test, x.Validation, x.choice = 0, 0, 0, choice{limit, classes}
		}, []string{"truck", "bird", "cat"}, 10, 2},
		{cifar100Set, func(k stimuli.Kind, limit int, classes []string) {
			x := k.(*CIFAR100)
			x.records = [2]int{40, 20}
			x.Label, x.Train, x.Test, x.Validation, x.choice = "coarse", 0, 0, 0, choice{limit, classes}
		}, []string{"people", "fish"}, 2, 1},
		{moviesSet, func(k stimuli.Kind, limit int, classes []string) {
			x := k.(*Movies)
			x.Train, x.Test, x.Validation, x.choice = 0, 0, 0, choice{limit, classes}
		}, []string{"right", "left"}, 10, 0},
	} {
		t.Run(c.set.Name, func(t *testing.T) {
			folder := t.TempDir()
			kind, err := c.set.Small(folder)
			if err != nil {
				t.Fatal(err)
			}
			if c.set.Name == "cifar100" {
				if err := os.WriteFile(filepath.Join(folder, "cifar", cifar100Files[1]), cifar100Bytes(1, 20), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			env := stimuli.Env{Seed: 3, Folder: folder}
			open := func(limit int, classes []string) stimuli.Data {
				t.Helper()
				c.change(kind, limit, classes)
				about, err := kind.Describe(env)
				if err != nil {
					t.Fatal(err)
				}
				d, err := kind.Open(env)
				if err != nil {
					t.Fatal(err)
				}
				if diff := d.Description().Difference(about); diff != "" {
					t.Error(diff)
				}
				return d
			}
			whole := open(0, nil)
			classes := c.classes
			if classes == nil {
				classes = slices.Clone(whole.Description().Label().Classes[1:])
				slices.Reverse(classes)
			}
			for _, limit := range []int{0, 1, 3} {
				some := open(limit, classes)
				if got := some.Description().Label().Classes; !slices.Equal(got, classes) {
					t.Errorf("got classes %q, want %q", got, classes)
				}
				for _, s := range []stimuli.Split{stimuli.Train, stimuli.Test} {
					var want []string
					seen := map[string]int{}
					for _, image := range contents(t, whole, s) {
						if seen[image.class]++; slices.Contains(classes, image.class) && (limit == 0 || seen[image.class] <= limit) {
							want = append(want, image.class+image.pixels)
						}
					}
					var got []string
					for _, image := range contents(t, some, s) {
						got = append(got, image.class+image.pixels)
					}
					if !slices.Equal(got, want) {
						t.Errorf("limit %d, %v: got %d images, want %d, or others", limit, s, len(got), len(want))
					}
					if all := map[stimuli.Split]int{stimuli.Train: c.of, stimuli.Test: c.test}[s]; limit == 0 && c.of > 0 && len(got) != all*len(classes) {
						t.Errorf("%v: got %d images, want %d of each class", s, len(got), all)
					}
				}
			}
			for wrong, want := range map[string][]string{`found "Zebra"`: {classes[0], "Zebra"}, "twice": {classes[0], classes[0]}, "the one class": classes[:1]} {
				c.change(kind, 0, want)
				_, err := kind.Describe(env)
				checkError(t, err, "classes: ", wrong)
			}
		})
	}
}

type content struct{ class, pixels string }

// contents are the images of a split.
func contents(t *testing.T, d stimuli.Data, s stimuli.Split) (list []content) {
	t.Helper()
	about := d.Description()
	pixels, label := make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2]), make([]float32, len(about.Label().Classes))
	for i := range about.Images[s] {
		class, err := stimuli.Classes(d, s, i, label)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(s, i, 0, pixels); err != nil {
			t.Fatal(err)
		}
		list = append(list, content{about.Label().Classes[class], fmt.Sprint(pixels)})
	}
	return list
}
