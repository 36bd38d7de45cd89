package sets

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// writeClip writes so many frames of a clip.
func writeClip(t *testing.T, folder string, clip, frames int) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for k := range frames {
		if err := writeFrame(filepath.Join(folder, "f"+[]string{"8", "9", "10", "11", "12"}[k]+".png"), clip, k); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMovies: frames are in the order of their numbers, every other one, and are the
// same whether they are kept or decoded when they are read.
func TestMovies(t *testing.T) {
	folder := t.TempDir()
	for i, name := range []string{"train/a/x", "train/b/y", "val/a/z", "test/b/w"} {
		writeClip(t, filepath.Join(folder, name), i, 5)
	}
	m := NewMovies()
	m.Path, m.Frames, m.Stride, m.Size = folder, 3, 2, 7
	d := openKind(t, m).(*movies)
	m.MemoryMiB = 0
	late := openKind(t, m).(*movies)
	about := d.Description()
	if about.Images != [3]int{2, 1, 1} || about.Frames != 3 || about.Shape != [3]int{7, 7, 3} || about.Held != 4*3*7*7*3 || late.Description().Held != 0 {
		t.Fatalf("%v clips of %d frames of %v, held %d and %d", about.Images, about.Frames, about.Shape, about.Held, late.Description().Held)
	}
	p, q, label := make([]float32, 147), make([]float32, 147), make([]float32, 2)
	for frame := range 3 {
		for _, x := range []struct {
			d *movies
			p []float32
		}{{d, p}, {late, q}} {
			if err := x.d.Read(stimuli.Test, 0, frame, x.p); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(p, q) {
			t.Errorf("frame %d is another when it is decoded late", frame)
		}
		// The picture has 9×7 pixels: one column on each side is cut off, nothing is scaled.
		for i := range 49 {
			want := [3]float32{float32(33) / 255, float32(uint8(160*frame)) / 255, float32(4*(i/7*9+i%7+1)) / 255}
			if got := [3]float32(p[3*i:]); got != want {
				t.Fatalf("frame %d, pixel %d is %v, want %v", frame, i, got, want)
			}
		}
		if err := d.Target(stimuli.Test, 0, frame, stimuli.Label, label); err != nil || label[1] != 1 {
			t.Errorf("labels %v, %v, want b", label, err)
		}
	}
	if id, err := d.Factor(stimuli.Test, 0, "id"); id != "test/b/w" || err != nil {
		t.Errorf("id %q, %v", id, err)
	}
}

// TestMoviesLabels: labels.csv gives each frame a label.
func TestMoviesLabels(t *testing.T) {
	folder := t.TempDir()
	for i, name := range []string{"all/x", "all/y", "all/z"} {
		writeClip(t, filepath.Join(folder, name), i, 3)
		table := "label,frame,note\nrun,f8.png,\nrest,f9.png,\"a, b\"\nrun,f10.png,\n"
		if err := os.WriteFile(filepath.Join(folder, name, "labels.csv"), []byte(table), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m := NewMovies()
	m.Path, m.Frames, m.Size, m.Validation, m.Test = folder, 3, 4, 1, 1
	d := openKind(t, m)
	if got := d.Description().Label().Classes; !slices.Equal(got, []string{"rest", "run"}) {
		t.Fatalf("classes %q", got)
	}
	label := make([]float32, 2)
	for frame, want := range []int{1, 0, 1} {
		if err := d.Target(stimuli.Train, 0, frame, stimuli.Label, label); err != nil || label[want] != 1 {
			t.Errorf("frame %d has labels %v, %v", frame, label, err)
		}
	}
	csv := filepath.Join(folder, "all/y/labels.csv")
	for table, want := range map[string]string{
		"":                       "labels.csv: found no header",
		"a,b\n":                  `labels.csv: found the columns ["a" "b"], want frame and label`,
		"frame,label\nf8.png,x":  "labels.csv: found no label of the file f9.png, want a line for every frame that is used; below frame stand the names of files, found is \"f8.png\" first",
		"frame,label\n1,x\n":     "labels.csv: found no label of the file f8.png, want a line for every frame that is used; below frame stand the names of files, found is \"1\" first",
		"frame,label\nf8.png,\n": `labels.csv: found frame "f8.png" with no label, or twice`,
		"frame,label\nf8.png\n":  "labels.csv: record on line 2",
	} {
		if err := os.WriteFile(csv, []byte(table), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := m.Describe(stimuli.Env{})
		checkError(t, err, "path: ", want)
	}
	if err := os.Remove(csv); err != nil {
		t.Fatal(err)
	}
	_, err := m.Describe(stimuli.Env{})
	checkError(t, err, "found a labels.csv in all/x and none in all/y")
}

// TestMoviesRefused: what is wrong with folders and pictures is told.
func TestMoviesRefused(t *testing.T) {
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(bomb.Bytes())
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // width and height, and the checksum of the chunk IHDR
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, c := range map[string]struct {
		change func(m *Movies, clip string) error
		want   []string
	}{
		"no path":   {func(m *Movies, _ string) error { m.Path = ""; return nil }, []string{`path: found "", want a folder`}},
		"few":       {func(m *Movies, _ string) error { m.Frames = 6; return nil }, []string{"path: ", "found 5 pictures and no f13.png nor f7.png, want 6 for 6 frames"}},
		"gap":       {func(m *Movies, clip string) error { return os.Remove(clip + "/f10.png") }, []string{"path: ", "found f9.png, then f11.png, and no f10.png between"}},
		"twice":     {func(m *Movies, clip string) error { return os.WriteFile(clip+"/f10.jpg", nil, 0o666) }, []string{"found f10.jpg and f10.png"}},
		"two names": {func(m *Movies, clip string) error { return os.Rename(clip+"/f12.png", clip+"/g12.png") }, []string{"found f11.png and g12.png, want pictures of one name"}},
		"no class":  {func(m *Movies, clip string) error { return os.RemoveAll(clip) }, []string{`found no folders in it, want one for each clip of the class "a"`}},
		"empty":     {func(m *Movies, clip string) error { return os.WriteFile(clip+"/f10.png", nil, 0o666) }, []string{"path: ", "f10.png: the file is empty"}},
		"suffix":    {func(m *Movies, clip string) error { return os.WriteFile(clip+"/f10.png", []byte("text"), 0o666) }, []string{"f10.png: is neither JPEG, PNG"}},
		"bomb":      {func(m *Movies, clip string) error { return os.WriteFile(clip+"/f10.png", huge, 0o666) }, []string{"path: ", "f10.png: ", "65536"}},
		"case":      {func(m *Movies, clip string) error { return os.Mkdir(m.Path+"/A", 0o777) }, []string{"path: ", "found folders A and a, which differ in case alone"}},
		"newline":   {func(m *Movies, clip string) error { return os.Mkdir(m.Path+"/c\nd", 0o777) }, []string{`found a folder "c\nd", whose name has a control character`}},
		"link":      {func(m *Movies, clip string) error { return os.Symlink(t.TempDir(), m.Path+"/c") }, []string{"/c: found a symbolic link to a folder, want the folder itself"}},
		"folder":    {func(m *Movies, clip string) error { return os.MkdirAll(filepath.Join(m.Path, "train/a/x"), 0o777) }, []string{"found folders train and a"}},
	} {
		folder := t.TempDir()
		for i, clip := range []string{"a/x", "b/y", "b/z"} {
			writeClip(t, filepath.Join(folder, clip), i, 5)
		}
		m := NewMovies()
		m.Path, m.Frames, m.Size, m.Validation, m.Test = folder, 5, 4, 0, 0
		if err := c.change(m, filepath.Join(folder, "a/x")); err != nil {
			t.Fatal(err)
		}
		_, err := m.Open(stimuli.Env{})
		t.Run(name, func(t *testing.T) { checkError(t, err, c.want...) })
	}
}

// TestFrameScale: a picture of 400×300 pixels that is a ramp from left to right is a ramp
// when it is scaled to 13×10 and cut, about the middle.
func TestFrameScale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.png")
	p := image.NewRGBA64(image.Rect(0, 0, 400, 300))
	for i := range 400 * 300 {
		v := uint16(i % 400 * 65535 / 399)
		p.SetRGBA64(i%400, i/400, color.RGBA64{v, v, v, 65535})
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, p); err != nil {
		t.Fatal(err)
	}
	f.Close()
	b := make([]byte, 100)
	if err := readFrame(path, 10, 1, b); err != nil {
		t.Fatal(err)
	}
	for i, v := range b {
		// Column x is the second of 13, of 400/13 columns each; 1.5 is for rounding.
		if want := ((float64(i%10)+1.5)*400/13 - 0.5) / 399 * 255; math.Abs(float64(v)-want) > 1.5 {
			t.Errorf("pixel %d, %d is %d, want %.1f", i/10, i%10, v, want)
		}
	}
}
