package protocol

import (
	"ventral/connectivity"
	"ventral/cortex"
)

// check reports an item that says too little, or two things at once.
func (c *Condition) check() error {
	for i := range c.Items {
		x := &c.Items[i]
		if x.Steps != "" {
			if _, err := c.fixed(i); err != nil {
				return err
			}
		}
		var what []string
		if x.Image != NoImage || x.Frame != NoFrame {
			what = append(what, "image")
		}
		if x.Blank != "" {
			what = append(what, "blank")
		}
		if x.Mask != "" {
			what = append(what, "mask")
		}
		switch {
		case len(what) == 0:
			return c.wrong(i, "", "found nothing to show, want image = true, blank = \"grey\" or mask = \"tiles\"")
		case len(what) > 1:
			return c.wrong(i, what[1], "found %s beside %s, want one of them", what[1], what[0])
		case x.Steps == "" && !x.For.given():
			return c.wrong(i, "", "found no time, want steps = \"0..2\", or for = 3, from the end of the item before")
		case x.Steps != "" && x.For.given():
			return c.wrong(i, "for", "found a duration beside steps = %q, want one of them", x.Steps)
		case x.Fresh != "trial" && x.Mask == "":
			return c.wrong(i, "fresh", "found %q, but the item has no mask; noise and occluders have keys of their own, as in noise = { kind = \"gaussian\", fresh = \"step\" }", x.Fresh)
		case x.Tiles != NewItem().Tiles && x.Mask == "":
			return c.wrong(i, "tiles", "found %d, but the item has no mask; want mask = \"tiles\" beside it", x.Tiles)
		case x.Every != 1 && x.Frame == NoFrame:
			return c.wrong(i, "every", "found %d, but no clip goes on; want frame = \"step\" beside it", x.Every)
		case x.Occlude.Kind == "bubbles" && x.Occlude.Fraction > 0 && x.Occlude.Fraction < leastBubbles:
			return c.wrong(i, "occlude", "found the fraction %g of bubbles, want 0, or %g or more", x.Occlude.Fraction, leastBubbles)
		case x.For.Rest && i < len(c.Items)-1:
			return c.wrong(i, "for", "found \"rest\", but item %d comes after it; want a duration", i+2)
		case x.Scale.From == 0 || x.Scale.To == 0:
			return c.wrong(i, "scale", "found %q, want more than 0", x.Scale)
		case x.Blank == "absent" && (x.Noise.Kind != "" || x.Occlude.Kind != ""):
			return c.wrong(i, "blank", "found \"absent\" with noise or occluders, want \"grey\", \"mean\", \"black\" or \"white\": where no input arrives there is nothing to add to")
		}
	}
	return nil
}

// moment is what a condition shows at a step: the k-th of the n steps of an item;
// item is -1 where there is none.
type moment struct{ item, k, n int }

// lay lays the items of a condition out over so many steps.
func (c *Condition) lay(steps int, msPerStep float64) ([]moment, error) {
	out := make([]moment, steps)
	for t := range out {
		out[t].item = -1
	}
	next := 0 // step at which an item with a duration begins
	for i := range c.Items {
		x := &c.Items[i]
		list, err := c.stepsOf(i, next, steps, msPerStep)
		if err != nil {
			return nil, err
		}
		for k, t := range list {
			if j := out[t].item; j >= 0 {
				key := "steps"
				if x.Steps == "" {
					key = "for"
				}
				return nil, c.wrong(i, key, "step %d is shown by item %d already, want each step once", t, j+1)
			}
			out[t] = moment{i, k, len(list)}
		}
		if n := len(list); n > 0 {
			next = list[n-1] + 1
		}
	}
	return out, nil
}

// fixed reads the steps of item i.
func (c *Condition) fixed(i int) (cortex.Steps, error) {
	chosen, err := cortex.ParseSteps(c.Items[i].Steps)
	switch {
	case err != nil:
		return chosen, c.wrong(i, "steps", "%v", err)
	case chosen.Any:
		return chosen, c.wrong(i, "steps", "found %q, want fixed steps", c.Items[i].Steps)
	}
	return chosen, nil
}

// stepsOf returns the steps of item i, of which those with a duration begin at next.
func (c *Condition) stepsOf(i, next, steps int, msPerStep float64) (list []int, err error) {
	x := &c.Items[i]
	if x.Steps != "" {
		chosen, err := c.fixed(i)
		if err != nil {
			return nil, err
		}
		if list, err = chosen.List(steps); err != nil {
			return nil, c.wrong(i, "steps", "%v", err)
		}
		return list, nil
	}
	n := steps - next
	if !x.For.Rest {
		if n, err = x.For.whole(msPerStep); err != nil {
			return nil, c.wrong(i, "for", "%v", err)
		}
	}
	if err := c.fits(i, next, n, steps); err != nil {
		return nil, err
	}
	for t := next; t < next+n; t++ {
		list = append(list, t)
	}
	return list, nil
}

// shown returns the steps at which the items show anything, as text.
func shown(layout []moment) string {
	var list []connectivity.Range
	for t, m := range layout {
		if m.item >= 0 {
			list = append(list, connectivity.Range{From: t, To: t})
		}
	}
	return connectivity.WindowOf(list...).String()
}
