package dataset

import (
	"fmt"
	"strings"

	"ventral/experiments/readable"
	"ventral/experiments/stimuli"
)

// Preview says which images a sheet shows.
type Preview struct {
	Split   stimuli.Split
	Images  int  // of each class, or of all where classes have no rows of their own; 0 is as many as fit
	Augment bool // as they are in the first epoch of training
}

// classRows is how many classes at most have rows of their own.
const classRows = 12

// Sheet returns some images of a data set: a row for each class, or, of more classes
// than a page has rows, images from all over the split with their classes below.
func (c *Chosen) Sheet(v Preview) (*Sheet, error) {
	d, err := c.Open()
	if err != nil {
		return nil, err
	}
	about := d.Description()
	n, classes := about.Images[v.Split], about.Label().Classes
	if n == 0 {
		return nil, fmt.Errorf("%s: there are no %v images, want another split", c.Name, v.Split)
	}
	s := &Sheet{Title: fmt.Sprintf("%s: %s images", c.Name, strings.Replace(v.Split.String(), "train", "training", 1)), Shape: about.Shape}
	s.Note = fmt.Sprintf("%s images, %d×%d pixels", readable.Grouped(n), about.Shape[0], about.Shape[1])
	if k := len(classes); k > 0 {
		s.Note += fmt.Sprintf(", %s classes", readable.Grouped(k))
	}
	if k := about.Shape[2]; k != 1 && k != 3 {
		s.Note += fmt.Sprintf("; the mean of %d channels", k)
	}
	o := stimuli.LoaderOptions{Batch: 1, Seed: c.Env.Seed}
	if v.Augment {
		o.Augment = c.Stimuli.Augment
		s.Note += "; augmented as in the first epoch"
	}
	if about.Frames > 1 {
		s.Note += "; the first frame of each"
	}
	loader := stimuli.NewLoader(d, v.Split, o)
	if err := loader.Err(); err != nil {
		return nil, err
	}
	picture := func(i int, label string) (Picture, error) {
		p := Picture{label, make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2])}
		return p, loader.Pixels(0, i, 0, p.Pixels)
	}
	if k := len(classes); k > 0 && k <= classRows && about.Label().True == 1 {
		return s, byClass(s, d, v, picture)
	}
	return s, grid(s, d, v, picture)
}

// byClass fills a row for each class with its first images.
func byClass(s *Sheet, d stimuli.Data, v Preview, picture func(int, string) (Picture, error)) error {
	about := d.Description()
	classes := about.Label().Classes
	each := v.Images
	if each == 0 {
		each = 8
	}
	for _, name := range classes {
		s.Rows = append(s.Rows, Row{Label: plain(name)})
	}
	label, full := make([]float32, len(classes)), 0
	for i := 0; i < about.Images[v.Split] && full < len(classes); i++ {
		class, err := stimuli.Classes(d, v.Split, i, label)
		if err != nil {
			return err
		}
		if class < 0 || len(s.Rows[class].Pictures) == each {
			continue
		}
		p, err := picture(i, "")
		if err != nil {
			return err
		}
		if s.Rows[class].Pictures = append(s.Rows[class].Pictures, p); len(s.Rows[class].Pictures) == each {
			full++
		}
	}
	return nil
}

// grid fills rows with images from all over the split, with their classes.
func grid(s *Sheet, d stimuli.Data, v Preview, picture func(int, string) (Picture, error)) error {
	about := d.Description()
	const columns = 8
	n := about.Images[v.Split]
	shown := v.Images
	if shown == 0 {
		shown = 8 * columns
	}
	shown = min(shown, n)
	label := make([]float32, len(about.Label().Classes))
	for k := range shown {
		i, name := k*n/shown, ""
		if about.Labelled() {
			if _, err := stimuli.Classes(d, v.Split, i, label); err != nil {
				return err
			}
			for c, x := range label {
				if x != 0 && name != "" {
					name += ", "
				}
				if x != 0 {
					name += plain(about.Label().Classes[c])
				}
			}
		}
		p, err := picture(i, name)
		if err != nil {
			return err
		}
		if k%columns == 0 {
			s.Rows = append(s.Rows, Row{})
		}
		last := &s.Rows[len(s.Rows)-1]
		last.Pictures = append(last.Pictures, p)
	}
	return nil
}
