package sets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/stimuli"
)

// writeArrays writes 12 images of 2×2 pixels and other arrays, uncompressed.
func writeArrays(t *testing.T, texts map[string][]string, others map[string][]int) *NPZ {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := recording.NewNPZWriter(f)
	write := func(name string, h recording.Header, put func(*recording.ArrayWriter) error) {
		t.Helper()
		a, err := z.Array(name, h)
		if err == nil {
			err = put(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	bytes := func(name string, shape ...int) {
		n := 1
		for _, k := range shape {
			n *= k
		}
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(37 * i)
		}
		write(name, recording.Header{Type: recording.Uint8, Shape: shape}, func(a *recording.ArrayWriter) error { return a.Bytes(data) })
	}
	bytes("images", 12, 2, 2)
	for name, list := range texts {
		write(name, recording.Header{Type: recording.TextType(list...), Shape: []int{len(list)}}, func(a *recording.ArrayWriter) error { return a.Texts(list) })
	}
	for name, shape := range others {
		bytes(name, shape...)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	x := NewNPZ()
	x.Path, x.Validation, x.Test = path, 2, 2
	return x
}

// TestTextLabels: blanks around a label are not part of it, and a label without text is
// told rather than made a class.
func TestTextLabels(t *testing.T) {
	labels := slices.Repeat([]string{"cat", "dog ", "dog", "cat"}, 3)
	about, err := writeArrays(t, map[string][]string{"labels": labels}, nil).Describe(stimuli.Env{})
	if got := about.Label().Classes; err != nil || !slices.Equal(got, []string{"cat", "dog"}) {
		t.Errorf("got classes %q, %v", got, err)
	}
	for _, none := range []string{"", " "} {
		labels[6] = none
		_, err = writeArrays(t, map[string][]string{"labels": labels}, nil).Describe(stimuli.Env{})
		checkError(t, err, "path: ", `x.npz: array "labels": element 6: found a label without text`)
	}
}

// TestClassNames: two classes have two names.
func TestClassNames(t *testing.T) {
	for _, names := range [][]string{{"a", "b", "a"}, {"a", ""}} {
		x := npz("plain")
		x.ClassNames = names
		_, err := x.Describe(stimuli.Env{})
		checkError(t, err, "class_names: ", "want another name for each class")
	}
	folder := t.TempDir()
	k, err := smallIDX(folder)
	if err != nil {
		t.Fatal(err)
	}
	k.(*IDX).ClassNames = []string{"bag", "bag", "coat"}
	_, err = k.Describe(stimuli.Env{Folder: folder})
	checkError(t, err, `class_names: found "bag" as name 1`)
}

// TestLeftArrays: arrays that fit no images are told by their names, and those that
// would be taken for labels are refused.
func TestLeftArrays(t *testing.T) {
	labels := slices.Repeat([]string{"cat", "dog"}, 6)
	x := writeArrays(t, map[string][]string{"labels": labels, "side": labels[:11], "keys": {"a", "b"}},
		map[string][]int{"depth": {12, 2, 2}, "pairs": {12, 7}, "train_noise": {12}})
	var notes []string
	d, err := x.Open(stimuli.Env{Note: func(text string) { notes = append(notes, text) }})
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, l := range d.(stimuli.Skipping).Skipped() {
		left = append(left, l.File+" "+l.Reason)
	}
	want := []string{
		`x.npz: array "keys" has the shape [2], there are 12 images`,
		`x.npz: array "pairs" has the shape [12 7], want an element or a map for each image`,
		`x.npz: array "side" has the shape [11], there are 12 images`,
		`x.npz: array "noise" there is no array of images of its split`,
	}
	for i := range want {
		want[i] = strings.Replace(want[i], `"noise" there`, `"train_noise" there`, 1)
	}
	if !slices.Equal(left, want) {
		t.Errorf("got %q, want %q", left, want)
	}
	if len(notes) != len(want) || notes[2] != want[2]+": it is not read" {
		t.Errorf("got notes %q", notes)
	}
	_, err = writeArrays(t, map[string][]string{"labels": labels}, map[string][]int{"label": {12, 2, 2}}).Describe(stimuli.Env{})
	checkError(t, err, "path: ", `array "label": found maps that are called as the classes of images are`)
}

// TestFlippedByte: every byte of an uncompressed file is compared with its checksum when
// the data is opened.
func TestFlippedByte(t *testing.T) {
	x := writeArrays(t, map[string][]string{"labels": slices.Repeat([]string{"cat", "dog"}, 6)}, nil)
	b, err := os.ReadFile(x.Path)
	if err != nil {
		t.Fatal(err)
	}
	openKind(t, x)
	at := strings.Index(string(b), string([]byte{37, 74, 111, 148}))
	if at < 0 {
		t.Fatal("the images are not where they were")
	}
	b[at+2] ^= 4
	if err := os.WriteFile(x.Path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = x.Open(stimuli.Env{})
	checkError(t, err, "path: ", `x.npz: array "images": found bytes of the checksum`)
}
