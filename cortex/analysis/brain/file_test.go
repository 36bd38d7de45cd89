package brain

import (
	"archive/zip"
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
)

// array is one of a file.
type array struct {
	name  string
	shape []int
	data  any // []int, []string, []float32, []float64
}

func npz(t *testing.T, arrays ...array) []byte {
	t.Helper()
	var b bytes.Buffer
	z := recording.NewNPZWriter(&b)
	for _, a := range arrays {
		h := recording.Header{Shape: a.shape}
		var err error
		var w *recording.ArrayWriter
		switch v := a.data.(type) {
		case []int:
			h.Type = recording.Int64
			if w, err = z.Array(a.name, h); err == nil {
				err = w.Int64s(v)
			}
		case []string:
			h.Type = recording.TextType(v...)
			if w, err = z.Array(a.name, h); err == nil {
				err = w.Texts(v)
			}
		case []float32:
			h.Type = recording.Float32
			if w, err = z.Array(a.name, h); err == nil {
				err = w.Float32s(v)
			}
		case []float64:
			h.Type = recording.Float64
			if w, err = z.Array(a.name, h); err == nil {
				err = w.Float64s(v)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// foreign is an array of a type that is not read.
func foreign(t *testing.T, typ string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "id.npy", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	text := "{'descr': '" + typ + "', 'fortran_order': False, 'shape': (3,), }"
	text += strings.Repeat(" ", 117-len(text)) + "\n"
	w.Write(append([]byte("\x93NUMPY\x01\x00\x76\x00"), text...))
	w.Write(make([]byte, 3*size))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(b []byte) (*File, error) {
	return Open(bytes.NewReader(b), int64(len(b)), "meg.npz")
}

// Every file that is none of the two layouts has a message that says what was found and
// what would do.
func TestHostileFiles(t *testing.T) {
	ids, ms := array{"id", []int{3}, []int{7, 8, 9}}, array{"time", []int{2}, []float64{0, 10}}
	rdm := array{"rdm", []int{1, 2, 3}, make([]float32, 6)}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no zip":         {[]byte("image,rdm\n"), "not a whole npz file of 10 bytes"},
		"objects":        {foreign(t, "|O", 8), `element type "|O" is not one of <f4 <f8 <i8 |u1 <Un; numpy.savez(file, id=ids.astype("int64")`},
		"bytes":          {foreign(t, "|S4", 4), `element type "|S4" is not one of`},
		"no rdm":         {npz(t, ids, ms), "found the arrays id, time, want rdm [subject, time, pair] or x"},
		"both":           {npz(t, ids, ms, rdm, array{"x", []int{1}, []float32{1}}), "found both rdm and x"},
		"no id":          {npz(t, ms, rdm), "found the arrays time, rdm, want id, too: the identity of each image"},
		"no time":        {npz(t, ids, rdm), "want time, too: milliseconds of each time bin"},
		"ids of floats":  {npz(t, array{"id", []int{3}, []float64{7, 8, 9}}, ms, rdm), "id holds <f8, want whole numbers (int64) or texts"},
		"ids of squares": {npz(t, array{"id", []int{3, 1}, []int{7, 8, 9}}, ms, rdm), "id has the shape [3 1], want one number or text for each image"},
		"rdm of texts":   {npz(t, ids, ms, array{"rdm", []int{1, 2, 3}, make([]string, 6)}), "rdm holds texts, want numbers"},
		"squares":        {npz(t, ids, ms, array{"rdm", []int{1, 2, 3, 3}, make([]float32, 18)}), "rdm has the shape [1 2 3 3], want 3 axes: subject, time, pair; rdm[..., *numpy.triu_indices(n, 1)] takes the pairs"},
		"pairs":          {npz(t, ids, ms, array{"rdm", []int{1, 2, 4}, make([]float32, 8)}), "want [subject, time, pair] of 2 times and 3 pairs of 3 images by id"},
		"no subjects":    {npz(t, ids, ms, array{"rdm", []int{0, 2, 3}, []float32{}}), "rdm has the shape [0 2 3]"},
		"three axes":     {npz(t, ids, ms, array{"x", []int{3, 4, 2}, make([]float32, 24)}), "x has the shape [3 4 2], want 4 axes: image, repeat, unit, time; x[:, None] adds the repeat"},
		"other images":   {npz(t, ids, ms, array{"x", []int{4, 1, 1, 2}, make([]float32, 8)}), "of 3 images by id and 2 times"},
		"no units":       {npz(t, ids, ms, array{"x", []int{3, 1, 0, 2}, []float32{}}), "x has the shape [3 1 0 2]"},
		"no times":       {npz(t, ids, array{"time", []int{0}, []float64{}}, rdm), "time has the shape [0], want milliseconds of each time bin"},
		"times fall":     {npz(t, ids, array{"time", []int{2}, []float64{10, 0}}, rdm), "time: found [10 0], want milliseconds that rise"},
		"times are none": {npz(t, ids, array{"time", []int{2}, []float64{10, math.NaN()}}, rdm), "time: found [10 NaN]"},
	} {
		if _, err := open(c.file); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), `file "meg.npz": `) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	whole := npz(t, ids, ms, rdm)
	for cut := range len(whole) { // never a panic
		if _, err := open(whole[:cut]); err == nil {
			t.Fatalf("%d of %d bytes are a file", cut, len(whole))
		}
	}
	bad := npz(t, ids, ms, array{"rdm", []int{1, 2, 3}, []float32{1, 2, 3, 4, float32(math.NaN()), 6}})
	f, err := open(bad)
	if err != nil {
		t.Fatal(err)
	}
	err = f.RDMs([]int{0, 1, 2}, func(int, int, []float64) {})
	if err == nil || !strings.Contains(err.Error(), "rdm: found NaN for the images 7 and 9 of subject 0 at 10 ms, want a number; leave an image that was not measured out of id") {
		t.Errorf("NaN: %v", err)
	}
	if err := f.RDMs([]int{1, 2}, func(int, int, []float64) {}); err != nil {
		t.Errorf("images without NaN: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, in []byte) { open(in) })
}

func TestJoin(t *testing.T) {
	f := &File{Path: "meg.npz", IDs: []string{"a", "b", "c", "b", "b", "d"}}
	j, err := f.Join([]string{"d", "x", "b", "", "d", "a"}, "file", 3)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(j.File, []int{5, 1, 0}) || !slices.Equal(j.Recording, []int{0, 2, 5}) {
		t.Errorf("got %v and %v", j.File, j.Recording)
	}
	want := "3 images are in both, 1 ids of the file are not in the recording, 2 images of the recording are not in the file, 1 ids are repeated in the file, of which the first counts, 1 ids are of several images of the recording, of which the first counts"
	if j.String() != want {
		t.Errorf("got %s\nwant %s", j, want)
	}
	_, err = f.Join([]string{"1", "2"}, "image_id", 3)
	if err == nil || !strings.Contains(err.Error(), `file "meg.npz": found 0 images by id, want at least 3`) || !strings.Contains(err.Error(), `the file has ids such as "a", image_id such as "1"; id_column names the column of the data set that has the file's texts`) {
		t.Errorf("got %v", err)
	}
}

// Pairs of images in another order are those of the square matrix.
func TestRDMs(t *testing.T) {
	f, err := open(npz(t, array{"id", []int{4}, []int{1, 2, 3, 4}}, array{"time", []int{1}, []float64{0}}, array{"rdm", []int{2, 1, 6}, []float64{12, 13, 14, 23, 24, 34, 112, 113, 114, 123, 124, 134}}))
	if err != nil {
		t.Fatal(err)
	}
	var got [][]float64
	if err := f.RDMs([]int{3, 0, 2}, func(s, _ int, pairs []float64) { got = append(got, pairs) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got[0], []float64{14, 34, 13}) || !slices.Equal(got[1], []float64{114, 134, 113}) {
		t.Errorf("got %v", got)
	}
}

// Two repeats have one division into halves, whose ceiling is 2r/(1+r).
func TestCeilingOfTwoRepeats(t *testing.T) {
	x := []float32{1, 2, 2, 1, 3, 5, 4, 4, 0, 1} // [image, repeat] of one unit at one time
	f, err := open(npz(t, array{"id", []int{5}, []int{1, 2, 3, 4, 5}}, array{"time", []int{1}, []float64{0}}, array{"x", []int{5, 2, 1, 1}, x}))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Responses([]int{0, 1, 2, 3, 4}, 1)
	if err != nil {
		t.Fatal(err)
	}
	// Each image's repeats may come in either order; then r differs. Of the 16 divisions, up
	// to exchange of the halves, the reference has those that numpy.corrcoef gives.
	var all []float64
	for way := range 32 {
		var s pairSums
		for i := range 5 {
			a, b := float64(x[2*i]), float64(x[2*i+1])
			if way>>i&1 == 1 {
				a, b = b, a
			}
			s.add(a, b)
		}
		all = append(all, 2*s.r()/(1+s.r()))
	}
	if got := r.CeilingAt(0); got < slices.Min(all) || got > slices.Max(all) || r.Repeats != 2 {
		t.Errorf("ceiling %v of %d repeats, want one of %v", got, r.Repeats, all)
	}
	if !slices.Equal(r.X, []float32{1.5, 1.5, 4, 4, 0.5}) {
		t.Errorf("means %v", r.X)
	}
}

// The ceiling is the planted reliability of the mean over repeats, 1/(1 + s²/R); repeats
// that are missing are NaN, and units without numbers are left out.
func TestCeiling(t *testing.T) {
	const images, repeats, units, times = 2000, 6, 3, 2
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, images*repeats*units*times)
	for i := range images {
		for u := range units {
			for k := range times {
				signal := r.NormFloat64()
				for p := range repeats {
					v := float32(signal + 2*r.NormFloat64())
					if p == 5 && i%2 == 0 || u == 1 && i == 7 {
						v = float32(math.NaN())
					}
					x[((i*repeats+p)*units+u)*times+k] = v
				}
			}
		}
	}
	ids, all := make([]int, images), make([]int, images)
	for i := range ids {
		ids[i], all[i] = i, i
	}
	f, err := open(npz(t, array{"id", []int{images}, ids}, array{"time", []int{2}, []float64{0, 1}}, array{"x", []int{images, repeats, units, times}, x}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Responses(all, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Units != 2 || got.Left != 1 || got.Repeats != 5 {
		t.Errorf("%d units, %d left out, %d repeats", got.Units, got.Left, got.Repeats)
	}
	// Halves are of 2 of 5 repeats and 3 of 6, as 4 and 6: between 1/(1+4/4) and 1/(1+4/6).
	// The standard error of r over 2,000 images is 0.02.
	for k := range times {
		if c := got.CeilingAt(k); c < 0.48 || c > 0.63 {
			t.Errorf("ceiling %v, want 0.50 to 0.60", c)
		}
	}
	x[5] = float32(math.Inf(1))
	f, _ = open(npz(t, array{"id", []int{images}, ids}, array{"time", []int{2}, []float64{0, 1}}, array{"x", []int{images, repeats, units, times}, x}))
	if _, err := f.Responses(all, 1); err == nil || !strings.Contains(err.Error(), "x: found +Inf for the image 0, repeat 0, unit 2 at 1 ms") {
		t.Errorf("infinite: %v", err)
	}
}
