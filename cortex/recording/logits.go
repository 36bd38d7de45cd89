package recording

import (
	"fmt"
	"io"
)

// Logits describes a file of what the readout gave before softmax or sigmoid:
// logits float32 [image, step, class], with NaN before the readout's onset.
type Logits struct {
	Steps   []int
	Onset   int // first step at which the readout sees the image; -1 never
	Classes int

	// LabelAt are the classes that each image is judged by at each step, [image,
	// step], where they differ over steps; nil where an image has one label.
	LabelAt []int
}

// LogitsWriter takes logits batch by batch.
type LogitsWriter struct {
	logits       Logits
	npz          *NPZWriter
	array        *ArrayWriter
	images, done int
	buf          []float32
}

// CreateLogits begins a file. Target is [image, class] of 0 and 1 where an
// image may have several classes, and nil where labels say it all.
func CreateLogits(w io.Writer, l Logits, imageIDs, labels []int, target []float32) (*LogitsWriter, error) {
	if err := checkSteps("logits", l.Steps); err != nil {
		return nil, err
	}
	if l.Classes < 1 {
		return nil, fmt.Errorf("recording: logits of %d classes", l.Classes)
	}
	if target != nil && len(target) != len(imageIDs)*l.Classes {
		return nil, fmt.Errorf("recording: %d targets for %d images of %d classes", len(target), len(imageIDs), l.Classes)
	}
	z := NewNPZWriter(w)
	if err := writeTable(z, l.Steps, imageIDs, labels); err != nil {
		return nil, err
	}
	if err := z.Number("onset", l.Onset); err != nil {
		return nil, err
	}
	if target != nil {
		a, err := z.Array("target", Header{Float32, []int{len(imageIDs), l.Classes}})
		if err != nil {
			return nil, err
		}
		if err := a.Float32s(target); err != nil {
			return nil, err
		}
	}
	if l.LabelAt != nil {
		if len(l.LabelAt) != len(imageIDs)*len(l.Steps) {
			return nil, fmt.Errorf("recording: %d labels for %d images at %d steps", len(l.LabelAt), len(imageIDs), len(l.Steps))
		}
		a, err := z.Array("label_at", Header{Int64, []int{len(imageIDs), len(l.Steps)}})
		if err == nil {
			err = a.Int64s(l.LabelAt)
		}
		if err != nil {
			return nil, err
		}
	}
	a, err := z.Array("logits", Header{Float32, []int{len(imageIDs), len(l.Steps), l.Classes}})
	if err != nil {
		return nil, err
	}
	return &LogitsWriter{logits: l, npz: z, array: a, images: len(imageIDs)}, nil
}

// Append adds images: data is [image, step, class]. Steps before onset are
// written as NaN whatever data holds there.
func (w *LogitsWriter) Append(images int, data []float32) error {
	if want := images * len(w.logits.Steps) * w.logits.Classes; images < 0 || len(data) != want {
		return fmt.Errorf("recording: logits: %d images of %d steps of %d classes need %d numbers, given %d",
			images, len(w.logits.Steps), w.logits.Classes, want, len(data))
	}
	if w.done+images > w.images {
		return fmt.Errorf("recording: logits: %d images more than the %d announced", w.done+images-w.images, w.images)
	}
	w.done += images
	w.buf = append(w.buf[:0], data...)
	blank(w.buf, w.logits.Steps, w.logits.Onset, w.logits.Classes)
	return w.array.Float32s(w.buf)
}

// Close completes the file; missing images are an error.
func (w *LogitsWriter) Close() error {
	if w.done != w.images {
		return fmt.Errorf("recording: logits: %d of %d images were appended", w.done, w.images)
	}
	return w.npz.Close()
}

// LogitsReader reads ranges of images of a logits file.
type LogitsReader struct {
	Logits   Logits
	ImageIDs []int
	Labels   []int
	Multi    bool // targets are in the file
	npz      *NPZReader
}

// OpenLogits reads a logits file's description.
func OpenLogits(r io.ReaderAt, size int64) (*LogitsReader, error) {
	z, err := OpenNPZ(r, size)
	if err != nil {
		return nil, err
	}
	l := &LogitsReader{npz: z, Multi: z.Has("target")}
	if l.Logits.Steps, l.ImageIDs, l.Labels, err = readTable(z); err != nil {
		return nil, err
	}
	if err := checkSteps("logits", l.Logits.Steps); err != nil {
		return nil, err
	}
	if l.Logits.Onset, err = z.Number("onset"); err != nil {
		return nil, err
	}
	h, err := z.Header("logits")
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 3 || h.Type != Float32 || h.Shape[0] != len(l.ImageIDs) || h.Shape[1] != len(l.Logits.Steps) || h.Shape[2] < 1 {
		return nil, fmt.Errorf("recording: logits of %s %v are not float32 [%d images, %d steps, class]", h.Type, h.Shape, len(l.ImageIDs), len(l.Logits.Steps))
	}
	l.Logits.Classes = h.Shape[2]
	if z.Has("label_at") {
		h, err := z.Header("label_at")
		if err == nil && (h.Type != Int64 || len(h.Shape) != 2 || h.Shape[0] != len(l.ImageIDs) || h.Shape[1] != len(l.Logits.Steps)) {
			err = fmt.Errorf("recording: label_at of %s %v is not int64 [%d images, %d steps]", h.Type, h.Shape, len(l.ImageIDs), len(l.Logits.Steps))
		}
		if err == nil {
			l.Logits.LabelAt, err = z.Int64s("label_at")
		}
		if err != nil {
			return nil, err
		}
	}
	if l.Multi {
		h, err := z.Header("target")
		if err != nil {
			return nil, err
		}
		if h.Type != Float32 || len(h.Shape) != 2 || h.Shape[0] != len(l.ImageIDs) || h.Shape[1] != l.Logits.Classes {
			return nil, fmt.Errorf("recording: target of %s %v is not float32 [%d images, %d classes]", h.Type, h.Shape, len(l.ImageIDs), l.Logits.Classes)
		}
	}
	return l, nil
}

// Images returns the number of images.
func (l *LogitsReader) Images() int { return len(l.ImageIDs) }

// PerImage returns steps × classes.
func (l *LogitsReader) PerImage() int { return len(l.Logits.Steps) * l.Logits.Classes }

// Read puts images lo … hi-1 into dst [image, step, class].
func (l *LogitsReader) Read(lo, hi int, dst []float32) error {
	return l.read("logits", lo, hi, l.PerImage(), dst)
}

// LabelAt returns the class that an image is judged by at the k-th step, -1 where it
// has none, or several.
func (l *LogitsReader) LabelAt(image, k int) int {
	if l.Logits.LabelAt != nil {
		return l.Logits.LabelAt[image*len(l.Logits.Steps)+k]
	}
	return l.Labels[image]
}

// Target puts the targets of images lo … hi-1 into dst [image, class]. It is an
// error unless Multi.
func (l *LogitsReader) Target(lo, hi int, dst []float32) error {
	return l.read("target", lo, hi, l.Logits.Classes, dst)
}

func (l *LogitsReader) read(name string, lo, hi, each int, dst []float32) error {
	if lo < 0 || lo > hi || hi > l.Images() || len(dst) != (hi-lo)*each {
		return fmt.Errorf("recording: %s of images %d to %d of %d into room for %d numbers, %d an image", name, lo, hi, l.Images(), len(dst), each)
	}
	return l.npz.Float32s(name, int64(lo)*int64(each), dst)
}
