package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/experiments/trials"
)

// What decoding one of these small files may need, with limits of as many pixels.
// A tile of a TIFF may be 1024×1024 pixels of 8 bytes, whatever the picture is, and is
// read into a buffer that doubles as it grows.
const (
	mutatedPixels = 1 << 14
	mutatedBytes  = 32 << 20
	mutatedTime   = 10 * time.Second
)

// TestMutations damages files, as many of each kind as CORTEX_MUTATIONS says: Decode
// gives a picture within its limits or an error in one line, and Size agrees. Neither
// allocates more than mutatedBytes nor takes longer than mutatedTime. CORTEX_SEED
// draws others.
func TestMutations(t *testing.T) {
	count := trials.Number(t, "CORTEX_MUTATIONS", 400)
	seed := uint64(trials.Number(t, "CORTEX_SEED", 1))
	files := map[string][][]byte{}
	for _, name := range sound(t) {
		b := whole(t, name)
		k, err := find(b)
		if err != nil {
			t.Fatal(err)
		}
		files[k.name] = append(files[k.name], b)
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			said := map[string]int{}
			most := int64(0)
			for i := range count {
				b := mutated(r, k.name, files[k.name])
				what, n := tryOne(t, b)
				most = max(most, n)
				said[what]++
				if t.Failed() {
					t.Fatalf("seed %d, mutation %d, which begins with %q", seed, i, b[:min(len(b), 64)])
				}
			}
			if count > 100 && (said["decoded"] == 0 || said["decoded"] == count) {
				t.Errorf("%d of %d are decoded: the damage is too great or too small", said["decoded"], count)
			}
			t.Logf("%d decoded, %d whose decoder panicked, at most %d bytes allocated", said["decoded"], said["panicked"], most)
		})
	}
}

// tryOne returns what became of a file, and how many bytes that took.
func tryOne(t testing.TB, b []byte) (what string, bytes int64) {
	before, began := allocated(), time.Now()
	p, err := Decode(b, Limits{Pixels: mutatedPixels, Bytes: 1 << 20})
	h, w, sizeErr := sizeOf(io.NewSectionReader(strings.NewReader(string(b)), 0, int64(len(b))))
	n := allocated() - before
	if n > mutatedBytes {
		t.Errorf("%d bytes were allocated (%v)", n, err)
	}
	if d := time.Since(began); d > mutatedTime {
		t.Errorf("took %v (%v)", d, err)
	}
	for _, err := range []error{err, sizeErr} {
		if err != nil && (err.Error() == "" || strings.ContainsAny(err.Error(), "\n\r")) {
			t.Errorf("the error is %q", err)
		}
	}
	switch {
	case err != nil && strings.Contains(err.Error(), "its decoder failed"):
		t.Log(err)
		return "panicked", n
	case err != nil:
		return "refused", n
	case p.Height < 1 || p.Width < 1 || p.Height > mutatedPixels/p.Width || p.Channels != 1 && p.Channels != 3 || len(p.Data) != p.Height*p.Width*p.Channels:
		t.Errorf("%d×%d×%d pixels in %d bytes", p.Height, p.Width, p.Channels, len(p.Data))
	case sizeErr != nil || h != p.Height || w != p.Width:
		t.Errorf("Size is %d×%d (%v), want %d×%d", h, w, sizeErr, p.Height, p.Width)
	}
	return "decoded", n
}

// mutated damages one of some files of a kind in one to four places.
func mutated(r *rand.Rand, kind string, files [][]byte) []byte {
	b := bytes.Clone(files[r.IntN(len(files))])
	for range 1 + r.IntN(4) {
		if len(b) < 16 {
			break
		}
		at := r.IntN(len(b))
		if r.IntN(2) == 0 { // where sizes are
			at = r.IntN(min(len(b), 128))
		}
		n := min(1<<r.IntN(8), len(b)-at)
		switch r.IntN(8) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b[at] = []byte{0, 1, 127, 128, 254, 255}[r.IntN(6)]
		case 3: // a number of 16 or 32 bits
			v := []uint32{0, 1, 2, 255, 1 << 15, 1<<16 - 1, 1 << 16, 1 << 24, 1 << 31, 1<<31 - 1, 1<<32 - 1, r.Uint32()}[r.IntN(12)]
			order := []binary.ByteOrder{binary.LittleEndian, binary.BigEndian}[r.IntN(2)]
			if at+4 <= len(b) && r.IntN(2) == 0 {
				order.PutUint32(b[at:], v)
			} else if at+2 <= len(b) {
				order.PutUint16(b[at:], uint16(v))
			}
		case 4:
			b = slices.Delete(b, at, at+n)
		case 5:
			b = slices.Insert(b, at, bytes.Clone(b[at:at+n])...)
		case 6:
			from := files[r.IntN(len(files))]
			copy(b[at:at+n], from[r.IntN(len(from)):])
		case 7:
			b = b[:len(b)-min(n, len(b)-16)]
		}
	}
	if kind == "PNG" && r.IntN(4) > 0 {
		summed(b)
	}
	return b
}

// summed puts the right check sums into the chunks of a PNG: without them little of it
// is looked at.
func summed(b []byte) {
	for at := 8; at+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[at:]))
		if n > len(b)-at-12 {
			return
		}
		binary.BigEndian.PutUint32(b[at+8+n:], crc32.ChecksumIEEE(b[at+4:at+8+n]))
		at += 12 + n
	}
}

// FuzzDecode tries any bytes, under the same limits.
func FuzzDecode(f *testing.F) {
	for _, name := range append(sound(f), "cmyk.tif") {
		f.Add(whole(f, name))
	}
	for _, k := range kinds {
		f.Add([]byte(strings.ReplaceAll(k.magic[0], "?", "\x00")))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if what, _ := tryOne(t, b); what == "panicked" {
			t.Logf("%x", b)
		}
	})
}
