package movie

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"slices"

	"ventral/plots/canvas"
)

// Formats are those of movies.
var Formats = []string{"gif", "apng"}

// Bounds of a movie as a file.
const (
	mostPixels = 48 << 20 // of all steps together
	mostDPI    = 150
	leastDPI   = 50
	hundredths = 50 // of a second that a step is shown
)

// Save writes a movie that repeats without end as GIF, or as APNG, which has all colours.
// Equal movies are equal bytes. One whose steps are too many for a file of a bounded size
// is an error.
func (m *Movie) Save(w io.Writer, format string, o Look) error {
	if !m.Maps() || len(m.Panels) == 0 {
		return fmt.Errorf("movie: %q is not of maps", m.Frame)
	}
	frames, err := m.rasters(o)
	if err != nil {
		return err
	}
	switch format {
	case "gif":
		return writeGIF(w, frames)
	case "apng":
		return writeAPNG(w, frames)
	}
	return fmt.Errorf("movie: format %q is not gif or apng", format)
}

// rasters are the steps as pixels, as fine as the bound of all allows.
func (m *Movie) rasters(o Look) (frames []image.Image, err error) {
	size := m.Still(0, o)
	dpi := mostDPI
	for ; dpi > leastDPI; dpi -= 10 {
		if float64(size.Width*size.Height)*float64(dpi*dpi)/72/72*float64(len(m.Steps)) <= mostPixels {
			break
		}
	}
	if float64(size.Width*size.Height)*float64(dpi*dpi)/72/72*float64(len(m.Steps)) > mostPixels {
		return nil, fmt.Errorf("movie: %d steps are too many for a file; want fewer steps, fewer areas, or a smaller width", len(m.Steps))
	}
	for k := range m.Steps {
		f, err := canvas.Raster(m.Still(k, o), dpi)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// writeGIF writes pictures with the 256 colours that are most frequent in all of them.
func writeGIF(w io.Writer, frames []image.Image) error {
	palette := frequent(frames)
	nearest := map[color.RGBA]uint8{}
	g := &gif.GIF{}
	for _, f := range frames {
		b := f.Bounds()
		p := image.NewPaletted(image.Rect(0, 0, b.Dx(), b.Dy()), palette)
		for y := range b.Dy() {
			for x := range b.Dx() {
				c := color.RGBAModel.Convert(f.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
				i, ok := nearest[c]
				if !ok {
					i = uint8(palette.Index(c))
					nearest[c] = i
				}
				p.Pix[y*p.Stride+x] = i
			}
		}
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, hundredths)
	}
	return gif.EncodeAll(w, g)
}

// frequent are 256 colours: a ramp of greys, the colours of the ramps that occur, and those
// that are most frequent besides.
func frequent(frames []image.Image) color.Palette {
	count := map[color.RGBA]int{}
	for _, f := range frames {
		b := f.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				count[color.RGBAModel.Convert(f.At(x, y)).(color.RGBA)]++
			}
		}
	}
	var p color.Palette
	seen := map[color.RGBA]bool{}
	add := func(c color.RGBA) {
		if len(p) < 256 && !seen[c] {
			p, seen[c] = append(p, c), true
		}
	}
	for v := range 16 {
		g := uint8(v * 17)
		add(color.RGBA{g, g, g, 255})
	}
	const parts = 96
	for _, ramp := range []*canvas.Ramp{canvas.Viridis, canvas.BlueRed} {
		top := ramp.Colour(1)
		if count[color.RGBA{top.R, top.G, top.B, 255}] == 0 {
			continue // no colour bar has it
		}
		for v := range parts {
			c := ramp.Colour(float64(v) / (parts - 1))
			add(color.RGBA{c.R, c.G, c.B, 255})
		}
	}
	order := make([]color.RGBA, 0, len(count))
	for c := range count {
		order = append(order, c)
	}
	value := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	slices.SortFunc(order, func(a, b color.RGBA) int { return cmp.Or(count[b]-count[a], value(a)-value(b)) })
	for _, c := range order {
		add(c)
	}
	return p
}

// writeAPNG writes pictures as an animated PNG: that of the first, with the pixels of the
// others in chunks that programs which know PNG alone pass over.
func writeAPNG(w io.Writer, frames []image.Image) error {
	var out bytes.Buffer
	sequence := uint32(0)
	chunk := func(kind string, data []byte) {
		binary.Write(&out, binary.BigEndian, uint32(len(data)))
		body := append([]byte(kind), data...)
		out.Write(body)
		binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	for i, f := range frames {
		var one bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&one, f); err != nil {
			return err
		}
		rest := one.Bytes()
		if i == 0 {
			out.Write(rest[:8])
		}
		for rest = rest[8:]; len(rest) >= 12; {
			n := binary.BigEndian.Uint32(rest)
			kind, data := string(rest[4:8]), rest[8:8+n]
			rest = rest[12+n:]
			switch {
			case kind == "IHDR" && i == 0:
				chunk(kind, data)
				chunk("acTL", binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(frames))), 0))
				fallthrough
			case kind == "IHDR":
				control := binary.BigEndian.AppendUint32(nil, sequence)
				sequence++
				control = append(control, data[:8]...)           // width and height
				control = append(control, make([]byte, 8)...)    // from the upper left corner
				control = append(control, 0, hundredths, 0, 100) // seconds
				chunk("fcTL", append(control, 0, 0))
			case kind == "IDAT" && i == 0:
				chunk(kind, data)
			case kind == "IDAT":
				chunk("fdAT", append(binary.BigEndian.AppendUint32(nil, sequence), data...))
				sequence++
			case i == 0 && kind != "IEND":
				chunk(kind, data)
			}
		}
	}
	chunk("IEND", nil)
	_, err := w.Write(out.Bytes())
	return err
}
