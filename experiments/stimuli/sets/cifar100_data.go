package sets

import (
	"fmt"

	"ventral/experiments/stimuli"
)

// cifar100 is the images with both of their labels.
type cifar100 struct {
	*stimuli.Memory
	fine, coarse []uint16 // of the training images, then of the test images
	train        int
}

var _ stimuli.Factored = (*cifar100)(nil)

// Target implements [stimuli.Data].
func (d *cifar100) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if name != "fine" && name != "coarse" {
		return d.Memory.Target(s, image, frame, name, values)
	}
	about := d.Description()
	if err := about.InRange(s, image, frame); err != nil {
		return err
	}
	i := d.Parts[s].Order[image]
	class, n := d.fine[i], len(fineClasses)
	if name == "coarse" {
		class, n = d.coarse[i], len(coarseClasses)
	}
	if len(values) != n {
		panic("stimuli: Target: values are not as many as there are classes")
	}
	clear(values)
	values[class] = 1
	return nil
}

// Columns implements [stimuli.Factored].
func (d *cifar100) Columns() []string { return []string{"id", "fine", "coarse"} }

// Factor implements [stimuli.Factored].
func (d *cifar100) Factor(s stimuli.Split, image int, column string) (string, error) {
	about := d.Description()
	if err := about.InRange(s, image, 0); err != nil {
		return "", err
	}
	i := int(d.Parts[s].Order[image])
	switch column {
	case "id":
		if i < d.train {
			return fmt.Sprintf("train:%d", i), nil
		}
		return fmt.Sprintf("test:%d", i-d.train), nil
	case "fine":
		return fineClasses[d.fine[i]], nil
	case "coarse":
		return coarseClasses[d.coarse[i]], nil
	}
	return "", fmt.Errorf("found column %q, there are %q", column, d.Columns())
}
