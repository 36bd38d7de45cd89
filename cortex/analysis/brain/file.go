package brain

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/recording"
)

// File is an npz file of one of two layouts:
//
//	rdm [subject, time, pair]        dissimilarities of n images, pairs as numpy.triu_indices(n, 1) has them
//	x   [image, repeat, unit, time]  responses; NaN where a repeat is missing
//
// with id [image], whole numbers or texts, and time [time] in milliseconds, rising.
type File struct {
	Path     string
	Name     string    // of the array, "rdm" or "x"
	IDs      []string  // of the images
	Numbered bool      // the ids are numbers
	Times    []float64 // in milliseconds
	Shape    []int     // of the array

	npz *recording.NPZReader
}

// howTo ends messages of arrays of other kinds.
const howTo = `; numpy.savez(file, id=ids.astype("int64"), time=ms.astype("float64"), rdm=numpy.ascontiguousarray(rdm, "float32")) writes what is read, or x= in the place of rdm=, or id=ids.astype("U")`

// Open reads the names, the ids and the times. The file stays in use.
func Open(r io.ReaderAt, size int64, path string) (*File, error) {
	f := &File{Path: path}
	fail := func(format string, args ...any) (*File, error) {
		return nil, fmt.Errorf("file %q: %s", path, strings.TrimPrefix(fmt.Sprintf(format, args...), "recording: "))
	}
	var err error
	if f.npz, err = recording.OpenNPZ(r, size); err != nil {
		return fail("%v%s", err, howTo)
	}
	switch rdm, x := f.npz.Has("rdm"), f.npz.Has("x"); {
	case rdm && x:
		return fail("found both rdm and x, want one of them")
	case rdm:
		f.Name = "rdm"
	case x:
		f.Name = "x"
	default:
		return fail("found the arrays %s, want rdm [subject, time, pair] or x [image, repeat, unit, time]", strings.Join(f.npz.Names(), ", "))
	}
	for _, name := range []string{"id", "time"} {
		if !f.npz.Has(name) {
			return fail("found the arrays %s, want %s, too: %s", strings.Join(f.npz.Names(), ", "), name, map[string]string{"id": "the identity of each image", "time": "milliseconds of each time bin"}[name])
		}
	}
	h, err := f.npz.Header(f.Name)
	if err != nil {
		return fail("%v", err)
	}
	f.Shape = h.Shape
	if strings.HasPrefix(h.Type, "<U") {
		return fail("%s holds texts, want numbers%s", f.Name, howTo)
	}
	if err := f.readIDs(); err != nil {
		return fail("%v", err)
	}
	if err := f.readTimes(); err != nil {
		return fail("%v", err)
	}
	if err := f.checkShape(); err != nil {
		return fail("%v", err)
	}
	return f, nil
}

// mostImages and others bound what a file may hold.
const (
	mostImages = 100_000
	mostTimes  = 10_000
)

func (f *File) readIDs() error {
	h, err := f.npz.Header("id")
	if err != nil {
		return err
	}
	if len(h.Shape) != 1 || h.Shape[0] > mostImages {
		return fmt.Errorf("id has the shape %v, want one number or text for each image, at most %d", h.Shape, mostImages)
	}
	switch {
	case h.Type == recording.Int64:
		list, err := f.npz.Int64s("id")
		if err != nil {
			return err
		}
		f.Numbered = true
		for _, id := range list {
			f.IDs = append(f.IDs, strconv.Itoa(id))
		}
	case strings.HasPrefix(h.Type, "<U"):
		if f.IDs, err = f.npz.Texts("id"); err != nil {
			return err
		}
	default:
		return fmt.Errorf("id holds %s, want whole numbers (int64) or texts%s", h.Type, howTo)
	}
	return nil
}

func (f *File) readTimes() error {
	h, err := f.npz.Header("time")
	if err != nil {
		return err
	}
	if len(h.Shape) != 1 || h.Shape[0] < 1 || h.Shape[0] > mostTimes {
		return fmt.Errorf("time has the shape %v, want milliseconds of each time bin, 1 to %d", h.Shape, mostTimes)
	}
	f.Times = make([]float64, h.Shape[0])
	if err := f.npz.Numbers("time", 0, f.Times); err != nil {
		return err
	}
	for i, v := range f.Times {
		if v-v != 0 || i > 0 && v <= f.Times[i-1] {
			return fmt.Errorf("time: found %v, want milliseconds that rise", f.Times[max(0, i-1):i+1])
		}
	}
	return nil
}

func (f *File) checkShape() error {
	n, t := len(f.IDs), len(f.Times)
	if f.Name == "x" {
		if len(f.Shape) != 4 {
			return fmt.Errorf("x has the shape %v, want 4 axes: image, repeat, unit, time; x[:, None] adds the repeat where there is one", f.Shape)
		}
		if f.Shape[0] != n || f.Shape[3] != t || slices.Contains(f.Shape, 0) {
			return fmt.Errorf("x has the shape %v, want [image, repeat, unit, time] of %d images by id and %d times", f.Shape, n, t)
		}
		return nil
	}
	if len(f.Shape) != 3 {
		return fmt.Errorf("rdm has the shape %v, want 3 axes: subject, time, pair; rdm[..., *numpy.triu_indices(n, 1)] takes the pairs of square matrices", f.Shape)
	}
	if pairs := n * (n - 1) / 2; f.Shape[2] != pairs || f.Shape[1] != t || f.Shape[0] < 1 {
		return fmt.Errorf("rdm has the shape %v, want [subject, time, pair] of %d times and %d pairs of %d images by id", f.Shape, t, pairs, n)
	}
	return nil
}

// Subjects is the number of subjects of dissimilarities.
func (f *File) Subjects() int { return f.Shape[0] }

// RDMs reads the dissimilarities of images, in their order, and gives those of each subject
// and time to use, which may keep them. A number that is not finite is an error.
func (f *File) RDMs(images []int, use func(subject, time int, pairs []float64)) error {
	n := len(f.IDs)
	whole := make([]float64, f.Shape[2])
	for s := range f.Shape[0] {
		for t := range f.Shape[1] {
			if err := f.npz.Numbers("rdm", int64(s*f.Shape[1]+t)*int64(len(whole)), whole); err != nil {
				return fmt.Errorf("file %q: %s", f.Path, strings.TrimPrefix(err.Error(), "recording: "))
			}
			pairs := make([]float64, 0, len(images)*(len(images)-1)/2)
			for a, i := range images {
				for _, j := range images[a+1:] {
					lo, hi := min(i, j), max(i, j)
					v := whole[lo*n-lo*(lo+1)/2-lo-1+hi]
					if v-v != 0 {
						return fmt.Errorf("file %q: rdm: found %v for the images %s and %s of subject %d at %g ms, want a number; leave an image that was not measured out of id", f.Path, v, f.IDs[i], f.IDs[j], s, f.Times[t])
					}
					pairs = append(pairs, v)
				}
			}
			use(s, t, pairs)
		}
	}
	return nil
}

// finite reports whether a number is one.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
