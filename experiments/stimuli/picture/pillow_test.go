package picture

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reference reads what testdata/make.py says of a file.
func reference(t testing.TB, name string) Pixels {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".raw"))
	if err != nil {
		t.Fatal(err)
	}
	n := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	return Pixels{Height: n(0), Width: n(1), Channels: n(2), Data: b[12:]}
}

// distance returns the largest and the mean difference, and the mean of got-want.
func distance(t testing.TB, got, want Pixels) (most int, mean, bias float64) {
	t.Helper()
	if got.Height != want.Height || got.Width != want.Width || got.Channels != want.Channels || len(got.Data) != len(want.Data) {
		t.Fatalf("%d×%d×%d, want %d×%d×%d", got.Height, got.Width, got.Channels, want.Height, want.Width, want.Channels)
	}
	for i := range got.Data {
		d := int(got.Data[i]) - int(want.Data[i])
		most = max(most, max(d, -d))
		mean += math.Abs(float64(d)) / float64(len(got.Data))
		bias += float64(d) / float64(len(got.Data))
	}
	return most, mean, bias
}

// tolerance is the largest and the mean difference from Pillow, over 256, by file. One
// is what rounding makes. Pillow's decoders of JPEG and WebP smooth colours that
// several pixels share, while Go's repeat them: that shows at the edges of the
// saturated square in the picture, and is why the mean is limited too.
var tolerance = map[string][2]float64{
	"444.jpg":         {3, 0.25},
	"progressive.jpg": {3, 0.25},
	"422.jpg":         {28, 2.5},
	"420.jpg":         {56, 3.5},
	"lossy.webp":      {64, 3.5},
	"lossyalpha.webp": {56, 3.5},
}

func TestPixelsArePillows(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*.raw")
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".raw")
		t.Run(name, func(t *testing.T) {
			got, err := Read(filepath.Join("testdata", name), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			most, mean, bias := distance(t, got, reference(t, name))
			want, ok := tolerance[name]
			if !ok {
				want = [2]float64{1, 0.15}
			}
			if float64(most) > want[0] || mean > want[1] {
				t.Errorf("differs by at most %d, on average %.3f (bias %.3f), want at most %g and %g", most, mean, bias, want[0], want[1])
			}
			h, w, err := Size(filepath.Join("testdata", name))
			if err != nil || h != got.Height || w != got.Width {
				t.Errorf("Size is %d×%d (%v), want %d×%d", h, w, err, got.Height, got.Width)
			}
		})
	}
}
