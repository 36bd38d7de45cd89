package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
)

// whole reads a file that make.py wrote.
func whole(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sound returns the names of all files that Decode reads.
func sound(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.*.raw")
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".raw")
	}
	return files
}

// allocated returns the bytes that were allocated since the program began.
func allocated() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// sized returns a file whose head says another size.
func sized(t testing.TB, name string, height, width uint32) []byte {
	b := whole(t, name)
	switch filepath.Ext(name) {
	case ".jpg":
		for _, sof := range []string{"\xff\xc0", "\xff\xc2"} {
			if i := bytes.Index(b, []byte(sof)); i > 0 {
				binary.BigEndian.PutUint16(b[i+5:], uint16(height))
				binary.BigEndian.PutUint16(b[i+7:], uint16(width))
				return b
			}
		}
	case ".png":
		binary.BigEndian.PutUint32(b[16:], width)
		binary.BigEndian.PutUint32(b[20:], height)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	case ".gif":
		binary.LittleEndian.PutUint16(b[6:], uint16(width))
		binary.LittleEndian.PutUint16(b[8:], uint16(height))
		return b
	case ".bmp":
		binary.LittleEndian.PutUint32(b[18:], width)
		binary.LittleEndian.PutUint32(b[22:], height)
		return b
	case ".webp":
		if i := bytes.Index(b, []byte("VP8X")); i > 0 {
			put := func(at int, v uint32) { b[at], b[at+1], b[at+2] = byte(v), byte(v>>8), byte(v>>16) }
			put(i+12, width-1)
			put(i+15, height-1)
			return b
		}
		if i := bytes.Index(b, []byte("VP8L")); i > 0 {
			binary.LittleEndian.PutUint32(b[i+9:], min(width-1, 0x3fff)|min(height-1, 0x3fff)<<14)
			return b
		}
		i := bytes.Index(b, []byte("VP8 "))
		binary.LittleEndian.PutUint16(b[i+14:], uint16(min(width, 0x3fff)))
		binary.LittleEndian.PutUint16(b[i+16:], uint16(min(height, 0x3fff)))
		return b
	case ".tif":
		for tag, v := range map[string]uint32{"\x00\x01": width, "\x01\x01": height} { // 256 and 257 of a little-endian file
			at := int(binary.LittleEndian.Uint32(b[4:])) + 2
			for string(b[at:at+2]) != tag {
				at += 12
			}
			binary.LittleEndian.PutUint16(b[at+2:], 4) // a number of 32 bits
			binary.LittleEndian.PutUint32(b[at+8:], v)
		}
		return b
	}
	t.Fatal(name)
	return nil
}

// A file whose head says more pixels than the limit is refused before they are
// decoded, or even allocated.
func TestBombs(t *testing.T) {
	for _, name := range sound(t) {
		t.Run(name, func(t *testing.T) {
			for _, size := range [][2]uint32{{16000, 16000}, {65535, 65535}, {2000000000, 2000000000}, {1 << 31, 1 << 31}, {0, 0}, {0, 7}, {7, 0}, {16383, 50}} {
				b := sized(t, name, size[0], size[1])
				before := allocated()
				_, err := Decode(b, Limits{})
				if n := allocated() - before; n > 1<<20 {
					t.Errorf("%d×%d: %d bytes are allocated", size[0], size[1], n)
				}
				if err == nil {
					t.Errorf("%d×%d: nothing is said", size[0], size[1])
				} else if size[0] == 16000 && !strings.Contains(err.Error(), "16000×16000 pixels: the limit is 67108864") && filepath.Ext(name) != ".tif" {
					t.Errorf("%d×%d: %v", size[0], size[1], err)
				}
			}
			b := whole(t, name)
			if _, err := Decode(b, Limits{Pixels: 24*33 - 1}); err == nil || !strings.Contains(err.Error(), "pixels: the limit is 791") {
				t.Errorf("one pixel more than the limit: %v", err)
			}
			if _, err := Decode(b, Limits{Pixels: 24 * 33, Bytes: int64(len(b))}); err != nil {
				t.Errorf("as large as the limits: %v", err)
			}
			if _, err := Decode(b, Limits{Bytes: int64(len(b) - 1)}); err == nil || !strings.Contains(err.Error(), "the limit is") {
				t.Errorf("one byte more than the limit: %v", err)
			}
		})
	}
}

// What is allocated for a file whose head says as many pixels as the limit allows,
// while hardly any are in it, is what the comment of DefaultLimits says.
func TestBytesAPixel(t *testing.T) {
	const side = 2048
	for _, name := range sound(t) {
		t.Run(name, func(t *testing.T) {
			b := sized(t, name, side, side)
			before := allocated()
			_, err := Decode(b, Limits{Pixels: side * side})
			n := float64(allocated()-before) / (side * side)
			t.Logf("%.1f bytes a pixel: %v", n, err)
			if n > 32 {
				t.Errorf("%.1f bytes a pixel are allocated (%v)", n, err)
			}
			if err != nil && strings.Contains(err.Error(), "limit") {
				t.Error(err)
			}
		})
	}
}

// What is left of a file that was cut off is an error, unless all pixels are there:
// a second frame, or the data about an image, may be what is missing.
func TestTruncated(t *testing.T) {
	for _, name := range sound(t) {
		t.Run(name, func(t *testing.T) {
			b := whole(t, name)
			want, err := Decode(b, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			good := 0
			for n := range len(b) {
				got, err := Decode(b[:n], Limits{})
				if err == nil {
					good++
					if !slices.Equal(want.Data, got.Data) {
						t.Errorf("%d of %d bytes give other pixels", n, len(b))
					}
				} else if s := err.Error(); s == "" || strings.Contains(s, "\n") || strings.Contains(s, "failed") {
					t.Errorf("%d of %d bytes: %q", n, len(b), s)
				}
			}
			if good > 0 {
				t.Logf("%d of %d lengths are enough", good, len(b))
			}
		})
	}
}

// manyScans returns a progressive JPEG whose last scan is there again and again.
func manyScans(t testing.TB, n int) []byte {
	b := whole(t, "progressive.jpg")
	last, end := bytes.LastIndex(b, []byte{0xff, 0xda}), bytes.LastIndex(b, []byte{0xff, 0xd9})
	n -= bytes.Count(b, []byte{0xff, 0xda})
	return slices.Concat(b[:end], bytes.Repeat(b[last:end], n), b[end:])
}

// As many scans as the limit are decoded, and what is behind the end does not count.
func TestScans(t *testing.T) {
	if n := scans(whole(t, "progressive.jpg")); n != 10 {
		t.Errorf("%d scans, want 10, as Pillow writes them", n)
	}
	film := bytes.Repeat([]byte{0xff, 0xda}, 200)
	if n := scans(append(manyScans(t, maxScans), film...)); n != maxScans {
		t.Errorf("%d scans, want %d", n, maxScans)
	}
	if _, err := Decode(append(whole(t, "420.jpg"), film...), Limits{}); err != nil {
		t.Error(err)
	}
}

func TestWrongContent(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":       {nil, "the file is empty"},
		"text":        {[]byte("cat\n"), `begins with "cat\n"`},
		"magic":       {[]byte("\xff\xd8\xff"), "JPEG is cut off"},
		"CMYK TIFF":   {whole(t, "cmyk.tif"), "TIFF cannot be read: unsupported feature"},
		"animated":    {whole(t, "animated.webp"), "WebP is an animation"},
		"no Adobe":    {bytes.Replace(whole(t, "cmyk.jpg"), []byte("Adobe"), []byte("adobe"), 1), "JPEG cannot be read: unsupported"},
		"long":        {sized(t, "grey.png", 1, 257), "more than 256 times"},
		"many scans":  {manyScans(t, maxScans+1), "JPEG of more than 128 scans"},
		"RIFF":        {[]byte("RIFF\x00\x00\x00\x00WAVEfmt "), "neither JPEG"},
		"BigTIFF":     {[]byte("II+\x00\x08\x00\x00\x00"), "neither JPEG"},
		"GIF, frame":  {sized(t, "grey.gif", 4, 4), "GIF cannot be read"},
		"twice":       {append(whole(t, "rgb.png")[:33], whole(t, "rgb.png")[8:]...), "PNG cannot be read"},
		"zero height": {sized(t, "grey.jpg", 0, 5), "JPEG"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Decode(c.file, Limits{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// A file is what it holds, whatever it is called; and an error names it in one line.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	got, err := Read(put("a.jpg", whole(t, "rgb.png")), Limits{})
	if want := reference(t, "rgb.png"); err != nil || !slices.Equal(got.Data, want.Data) {
		t.Errorf("a PNG called a.jpg: %v", err)
	}
	sparse := put("sparse.png", whole(t, "rgb.png"))
	if err := os.Truncate(sparse, 1<<34); err != nil {
		t.Fatal(err)
	}
	if h, w, err := Size(sparse); h != 24 || w != 33 || err != nil {
		t.Errorf("Size of a file of 16 GiB is %d×%d, %v", h, w, err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"text":   {put("b.png", []byte("cat")), "is neither"},
		"folder": {dir, "is a folder"},
		"none":   {filepath.Join(dir, "none.png"), "no such file"},
		"empty":  {put("c.png", nil), "is empty"},
		"large":  {sparse, "the limit is 268435456"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(c.path, Limits{}); err == nil || !strings.HasPrefix(err.Error(), c.path+": ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Read: %v, want %q", err, c.want)
			}
			if name == "large" {
				return
			}
			if _, _, err := Size(c.path); err == nil || !strings.HasPrefix(err.Error(), c.path+": ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Size: %v, want %q", err, c.want)
			}
		})
	}
}
