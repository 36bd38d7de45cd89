package protocol

import (
	"errors"
	"fmt"
	"strings"
)

// Misfit is a condition that does not fit the steps of a trial: an item asks for more
// than are left, or an image or a mask would never be seen.
type Misfit struct {
	Condition string
	Steps     int    // of the trial
	Why       string // which item asks for what, and what would do
}

// Error names the condition and says why it does not fit.
func (m *Misfit) Error() string { return m.Why }

// fits reports item i of a condition, which asks for n steps from step next on, where the
// trial has fewer. A blank for the rest may have none.
func (c *Condition) fits(i, next, n, steps int) error {
	x, left := &c.Items[i], steps-next
	if x.For.Rest && (left > 0 || x.Blank != "") || !x.For.Rest && n <= left {
		return nil
	}
	asks, least := "is shown for the rest", 1
	if !x.For.Rest {
		asks, least = fmt.Sprintf("asks for %s", counted(n)), n
	}
	text := fmt.Sprintf("item %d of %s %s from step %d on, but the trial has %s", i+1, c.Name, asks, next, counted(steps))
	var want []string
	if left > 0 {
		if next > 0 {
			text += fmt.Sprintf(", of which %d are left", left)
		}
		want = append(want, fmt.Sprintf("at most %d", left), `"rest"`)
	} else {
		want = append(want, "shorter items before it")
	}
	const most = 100_000 // what no trial has
	if least < most {
		want = append(want, fmt.Sprintf("steps = %d", next+least))
	}
	text += "; want " + strings.Join(want, " or ")
	return &Error{c.wrong(i, "for", "").(*Error).Path, &Misfit{c.Name, steps, text}}
}

// counted writes a number of steps.
func counted(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// Fits returns why a condition does not fit a trial of so many steps, nil where it does
// or has another fault, which [New] reports. The error is an [*Error] of a [*Misfit].
func Fits(c *Condition, steps int, msPerStep float64) error {
	_, err := c.lay(steps, msPerStep)
	if errors.As(err, new(*Misfit)) {
		return err
	}
	return nil
}

// Fitting returns those of the conditions that fit a trial, of a protocol that is built
// in and named whole; others are all returned, and [New] reports what does not fit. Left
// says which were left out, and why.
func Fitting(name string, list []Condition, steps int, msPerStep float64) (fit []Condition, left []*Misfit) {
	if !Whole(name, list) {
		return list, nil
	}
	for i := range list {
		var m *Misfit
		if errors.As(Fits(&list[i], steps, msPerStep), &m) {
			left = append(left, m)
			continue
		}
		fit = append(fit, list[i])
	}
	if len(fit) == 0 {
		return list, nil // the first is reported
	}
	return fit, left
}

// Whole reports whether a name means all conditions of a built-in protocol that has
// several. Of these, the ones that do not fit a trial may be left out.
func Whole(name string, list []Condition) bool {
	return len(list) > 1 && list[0].Builtin && !strings.Contains(name, "[")
}

// LeftOut says in a sentence which conditions were left out; "" where none were.
func LeftOut(left []*Misfit) string {
	if len(left) == 0 {
		return ""
	}
	var list []Condition
	for _, m := range left {
		list = append(list, Condition{Name: m.Condition})
	}
	return fmt.Sprintf("left out, since %s not fit the trial: %s; %s", map[bool]string{true: "it does", false: "they do"}[len(left) == 1], Names(list), left[0].Why)
}
