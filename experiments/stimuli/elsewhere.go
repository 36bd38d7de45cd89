package stimuli

import (
	"fmt"
	"strings"
)

// Elsewhere is a data set of a kind that this program does not have, of a run
// that another program carried out: what the run's files tell of it. Its images
// have no size, and cannot be opened.
type Elsewhere struct {
	Kind    string
	Targets int
	Images  [splits]int
}

// Check implements [Kind].
func (*Elsewhere) Check() error { return nil }

// Describe implements [Kind]; size and classes are unknown, 0.
func (e *Elsewhere) Describe() Description { return Description{Targets: e.Targets, Images: e.Images} }

// Ready implements [Kind].
func (e *Elsewhere) Ready(Env) error {
	return fmt.Errorf("kind: found %q, which this program does not have, want one of %s", e.Kind, strings.Join(Kinds(), ", "))
}

// Open implements [Kind].
func (e *Elsewhere) Open(env Env) (Data, error) { return nil, e.Ready(env) }

// Check reports what no data set can be: images without pixels or channels, no
// classes, more true classes than there are. The message begins with "kind".
func (d Description) Check() error {
	for _, n := range d.Shape {
		if n < 1 {
			return fmt.Errorf("kind: describes images of %d×%d×%d (height, width, channels), want 1 or more of each", d.Shape[0], d.Shape[1], d.Shape[2])
		}
	}
	if d.Classes < 2 {
		return fmt.Errorf("kind: describes %d classes, want 2 or more", d.Classes)
	}
	if d.Targets < 1 || d.Targets > d.Classes {
		return fmt.Errorf("kind: describes images of which %d classes are true, want 1 to %d", d.Targets, d.Classes)
	}
	for s, n := range d.Images {
		if n < 0 {
			return fmt.Errorf("kind: describes %d %s images, want 0 or more", n, Split(s))
		}
	}
	return nil
}
