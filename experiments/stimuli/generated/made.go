package generated

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"ventral/experiments/stimuli"
)

// maker makes images one by one. Whatever it is asked depends on its settings, on the
// seed, the split, the image and the frame alone.
type maker interface {
	// draw writes a frame. An error says which setting leaves no room for the image.
	draw(s stimuli.Split, image, frame int, pixels []float32) error

	// answer writes a target of the description.
	answer(s stimuli.Split, image, frame int, target string, values []float32) error

	// factors are what is told of an image, in the order of the names that made has.
	factors(s stimuli.Split, image int) ([]string, error)
}

// made is data whose images are made each time that they are asked for, so that it takes
// no memory.
type made struct {
	maker
	about   stimuli.Description
	columns []string
	hashes  map[string]string
}

var _ stimuli.Factored = (*made)(nil)

// looked is how many images of a split are made to tell it by its hash.
const looked = 16

// newMade returns data of a kind with these columns besides "id". It makes a few images
// of every split: their hash, with that of the settings, tells when a split is another.
func newMade(name string, kind stimuli.Kind, env stimuli.Env, about stimuli.Description, m maker, columns ...string) (*made, error) {
	d := &made{maker: m, about: about, columns: append([]string{"id"}, columns...), hashes: map[string]string{}}
	settings, err := json.Marshal(kind)
	if err != nil {
		return nil, err
	}
	pixels, row := make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2]), make([]byte, 2)
	for s, n := range about.Images {
		if err := env.Cancelled(); err != nil {
			return nil, fmt.Errorf("stimuli: %s: %w", name, err)
		}
		h := sha256.New()
		fmt.Fprintf(h, "%s %s %d %v %d\n", name, settings, env.Seed, stimuli.Split(s), n)
		for i := range min(n, looked) {
			if err := m.draw(stimuli.Split(s), i, 0, pixels); err != nil {
				return nil, err
			}
			for _, v := range pixels {
				v := uint16(math.Round(float64(v) * 4096)) // coarse enough for any processor
				row[0], row[1] = byte(v), byte(v>>8)
				h.Write(row)
			}
			told, err := m.factors(stimuli.Split(s), i)
			if err != nil {
				return nil, err
			}
			io.WriteString(h, fmt.Sprintf("%q", told))
		}
		d.hashes[stimuli.Split(s).String()] = hex.EncodeToString(h.Sum(nil))
	}
	return d, nil
}

// Description implements [stimuli.Data].
func (d *made) Description() stimuli.Description { return d.about.Clone() }

// Hashes implements [stimuli.Data].
func (d *made) Hashes() map[string]string { return maps.Clone(d.hashes) }

// Read implements [stimuli.Data].
func (d *made) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	if shape := d.about.Shape; len(pixels) != shape[0]*shape[1]*shape[2] {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	return d.draw(s, image, frame, pixels)
}

// Target implements [stimuli.Data].
func (d *made) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	for _, t := range d.about.Targets {
		if t.Name != name {
			continue
		}
		if len(values) != t.Shape[0]*t.Shape[1]*t.Shape[2] {
			panic("stimuli: Target: values are not as many as the target has")
		}
		clear(values)
		return d.answer(s, image, frame, name, values)
	}
	return fmt.Errorf("found target %q, there are %d others", name, len(d.about.Targets))
}

// Columns implements [stimuli.Factored].
func (d *made) Columns() []string { return slices.Clone(d.columns) }

// Factor implements [stimuli.Factored].
func (d *made) Factor(s stimuli.Split, image int, column string) (string, error) {
	if err := d.about.InRange(s, image, 0); err != nil {
		return "", err
	}
	k := slices.Index(d.columns, column)
	if k < 0 {
		return "", fmt.Errorf("found column %q, there are %q", column, d.columns)
	}
	if k == 0 {
		return fmt.Sprintf("%v:%d", s, image), nil
	}
	told, err := d.factors(s, image)
	if err != nil {
		return "", err
	}
	return told[k-1], nil
}

// most is how many images of a split a kind makes at most.
const most = 100_000_000

// counts reports numbers of images that are out of range.
func counts(train, validation, test int) error {
	for _, x := range []struct {
		key     string
		n, from int
	}{{"train", train, 1}, {"validation", validation, 0}, {"test", test, 0}} {
		if err := stimuli.Within(x.key, x.n, x.from, most); err != nil {
			return err
		}
	}
	return nil
}

// number writes a number as briefly as it can be read back.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// line lightens the pixels of a square image of one channel that lie within half the
// width of the line from (x0, y0) to (x1, y1), by as much of them as it covers:
//
//	pixel = max(pixel, clamp(width/2 + ½ - distance, 0, 1)·value)
//
// where distances are those from the centre of the pixel, (x+½, y+½).
func line(pixels []float32, size int, x0, y0, x1, y1, width float64, value float32) {
	reach := width/2 + 1
	dx, dy := x1-x0, y1-y0
	square := dx*dx + dy*dy
	for y := max(0, int(min(y0, y1)-reach)); y < min(size, int(max(y0, y1)+reach)+1); y++ {
		for x := max(0, int(min(x0, x1)-reach)); x < min(size, int(max(x0, x1)+reach)+1); x++ {
			px, py := float64(x)+0.5-x0, float64(y)+0.5-y0
			t := 0.0
			if square > 0 {
				t = min(1, max(0, (px*dx+py*dy)/square))
			}
			cover := min(1, max(0, width/2+0.5-math.Hypot(px-t*dx, py-t*dy)))
			pixels[y*size+x] = max(pixels[y*size+x], float32(cover)*value)
		}
	}
}
