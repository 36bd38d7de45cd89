package sets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// movies is the clips.
type movies struct {
	Movies
	about   stimuli.Description
	clips   []clip
	classes []string
	number  map[string]int // of a class by its name
	order   [stimuli.Splits][]place
	hashes  map[string]string
	held    [][]byte // of each clip, the pixels of all frames; nil where they are not kept
}

var _ stimuli.Factored = (*movies)(nil)

// hash returns, for each clip, the SHA-256 of names and contents of its pictures and labels.
func (d *movies) hash(env stimuli.Env) (map[string]string, error) {
	var names []string // below the path
	for _, c := range d.clips {
		for _, file := range c.files() {
			names = append(names, c.id+"/"+filepath.Base(file))
		}
	}
	sums, err := stimuli.Sums(env, env.Resolve(d.Path), names)
	if err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	list := map[string]string{}
	for _, c := range d.clips {
		h := sha256.New()
		io.WriteString(h, c.id)
		for range c.files() {
			fmt.Fprintf(h, "\n%q %s", path.Base(names[0]), sums[0])
			names, sums = names[1:], sums[1:]
		}
		list[c.id] = hex.EncodeToString(h.Sum(nil))
	}
	return list, nil
}

// decode decodes all clips, on as many goroutines as there are processors.
func (d *movies) decode(env stimuli.Env) error {
	d.held = make([][]byte, len(d.clips))
	size := d.Size * d.Size * d.channels()
	errs := make([]error, len(d.clips))
	var (
		group sync.WaitGroup
		mu    sync.Mutex // guards next and done, and calls of Report
		next  int
		done  int64
	)
	work := func() {
		for {
			mu.Lock()
			i := next
			next++
			mu.Unlock()
			if i >= len(d.clips) || env.Cancelled() != nil {
				return
			}
			b := make([]byte, size*d.Frames)
			for k, file := range d.clips[i].frames {
				if errs[i] = readFrame(file, d.Size, d.channels(), b[k*size:(k+1)*size]); errs[i] != nil {
					return
				}
			}
			d.held[i] = b
			mu.Lock()
			done++
			env.Report(done, int64(len(d.clips)))
			mu.Unlock()
		}
	}
	for range runtime.GOMAXPROCS(0) {
		group.Go(work)
	}
	group.Wait()
	if err := env.Cancelled(); err != nil {
		return fmt.Errorf("stimuli: movies: %d of %d clips decoded: %w", done, len(d.clips), err)
	}
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("path: %w", err)
		}
	}
	return nil
}

// readFrame decodes a picture, scales its short side to size and writes the square about
// its middle, of one channel or three. Errors name the file.
func readFrame(path string, size, channels int, b []byte) error {
	p, err := picture.Read(path, picture.Limits{})
	if err != nil {
		return err
	}
	p = p.ShortSide(size).Centre(size, size)
	if channels == 1 {
		p = p.Grey()
	} else {
		p = p.Colour()
	}
	copy(b, p.Data)
	return nil
}

// Description implements [stimuli.Data].
func (d *movies) Description() stimuli.Description { return d.about.Clone() }

// Hashes implements [stimuli.Data].
func (d *movies) Hashes() map[string]string { return maps.Clone(d.hashes) }

// Columns implements [stimuli.Factored].
func (d *movies) Columns() []string { return []string{"id", "clip"} }

// Factor implements [stimuli.Factored].
func (d *movies) Factor(s stimuli.Split, image int, column string) (string, error) {
	if err := d.about.InRange(s, image, 0); err != nil {
		return "", err
	}
	c := &d.clips[d.order[s][image].piece]
	switch column {
	case "id":
		return c.id, nil
	case "clip":
		return filepath.Base(c.folder), nil
	}
	return "", fmt.Errorf("found column %q, there are %q", column, d.Columns())
}

// Read implements [stimuli.Data].
func (d *movies) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	size := d.Size * d.Size * d.channels()
	if len(pixels) != size {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	i := d.order[s][image].piece
	var b []byte
	if d.held != nil {
		b = d.held[i][frame*size : (frame+1)*size]
	} else {
		b = make([]byte, size)
		if err := readFrame(d.clips[i].frames[frame], d.Size, d.channels(), b); err != nil {
			return err
		}
	}
	for k, v := range b {
		pixels[k] = stimuli.Unit[v]
	}
	return nil
}

// Target implements [stimuli.Data].
func (d *movies) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	if name != stimuli.Label {
		return fmt.Errorf("found target %q, there is %q alone", name, stimuli.Label)
	}
	if len(values) != len(d.classes) {
		panic("stimuli: Target: values are not as many as there are classes")
	}
	k := d.number[d.clips[d.order[s][image].piece].labels[frame]]
	clear(values)
	values[k] = 1
	return nil
}
