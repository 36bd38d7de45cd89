package movie

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/gif"
	"image/png"
	"math"
	"strings"
	"testing"

	"ventral/plots/canvas"
)

// small is a movie of two areas over three steps, the first before the onset of IT.
func small() *Movie {
	side := Positions{Axis: "image", Names: []string{"1", "2"}}
	m := &Movie{Frame: "rdm", Title: "Dissimilarity", Steps: []int{2, 3, 4}}
	for _, name := range []string{"IT", "V1"} {
		p := Panel{Area: name, Image: None, Rows: side, Columns: side, Scale: canvas.Scale{Hi: 1}, Data: [][]float64{{0, 0.5, 0.5, 0}, {0, 1, 1, 0}, {0, 0.25, 0.25, math.NaN()}}}
		if name == "IT" {
			p.Data[0] = nil
		}
		m.Panels = append(m.Panels, p)
	}
	return m
}

var look = Look{Style: canvas.Light(), Width: 200, MSPerStep: 10, Image: None}

// A GIF has a picture of each step, which differ, and repeats without end; the colours of
// numbers are those of the scale.
func TestGIF(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := small().Save(w, "gif", look); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two are different")
	}
	g, err := gif.DecodeAll(&a)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 3 || g.LoopCount != 0 {
		t.Fatalf("%d pictures, repeated %d times", len(g.Image), g.LoopCount)
	}
	has := func(k int, v float64) bool {
		want := canvas.Viridis.Colour(v)
		for _, i := range g.Image[k].Pix {
			r, gr, bl, _ := g.Image[k].Palette[i].RGBA()
			near := func(x uint32, y uint8) bool { d := int(x>>8) - int(y); return d*d <= 16 }
			if near(r, want.R) && near(gr, want.G) && near(bl, want.B) {
				return true
			}
		}
		return false
	}
	for k, v := range []float64{0.5, 1, 0.25} {
		if !has(k, v) {
			t.Errorf("picture %d has no colour of %g", k, v)
		}
	}
	if bytes.Equal(g.Image[0].Pix, g.Image[1].Pix) || bytes.Equal(g.Image[1].Pix, g.Image[2].Pix) {
		t.Error("two steps look the same")
	}
}

// An APNG is the PNG of its first step for who knows only that; its chunks are whole and
// count on, as PNG 3 says.
func TestAPNG(t *testing.T) {
	var b bytes.Buffer
	if err := small().Save(&b, "apng", look); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(b.Bytes())); err != nil {
		t.Fatal(err)
	}
	rest := b.Bytes()[8:]
	var kinds []string
	next := uint32(0)
	for len(rest) >= 12 {
		n := binary.BigEndian.Uint32(rest)
		kind, data := string(rest[4:8]), rest[8:8+n]
		if got, want := binary.BigEndian.Uint32(rest[8+n:]), crc32.ChecksumIEEE(rest[4:8+n]); got != want {
			t.Errorf("chunk %s has checksum %x, want %x", kind, got, want)
		}
		if kind == "fcTL" || kind == "fdAT" {
			if got := binary.BigEndian.Uint32(data); got != next {
				t.Errorf("chunk %s is number %d, want %d", kind, got, next)
			}
			next++
		}
		if kind == "acTL" && (binary.BigEndian.Uint32(data) != 3 || binary.BigEndian.Uint32(data[4:]) != 0) {
			t.Errorf("acTL is %v, want 3 pictures without end", data)
		}
		if len(kinds) == 0 || kinds[len(kinds)-1] != kind {
			kinds = append(kinds, kind)
		}
		rest = rest[12+n:]
	}
	if got, want := strings.Join(kinds, " "), "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND"; got != want {
		t.Errorf("chunks %s, want %s", got, want)
	}
}

// A movie that would be too large says so.
func TestTooLarge(t *testing.T) {
	m := small()
	for len(m.Steps) < 5000 {
		m.Steps = append(m.Steps, m.Steps[len(m.Steps)-1]+1)
	}
	for i := range m.Panels {
		for len(m.Panels[i].Data) < len(m.Steps) {
			m.Panels[i].Data = append(m.Panels[i].Data, nil)
		}
	}
	if err := m.Save(&bytes.Buffer{}, "gif", Look{Style: canvas.Light(), Width: 500, Image: None}); err == nil || !strings.Contains(err.Error(), "5000 steps are too many") {
		t.Errorf("got %v", err)
	}
}
