package check

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"ventral/experiments/readable"
	"ventral/experiments/stimuli"
)

// Print writes the check as tables.
func (c *Check) Print(out io.Writer) {
	name := c.Name
	fmt.Fprintf(out, "%s: steps 0..%d, trained at %s, tested at %s\n\n", name, c.Steps-1, spans(c.TrainSteps), spans(c.TestSteps))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "area\tshape\tkind\tonset\treceptive field of the middle unit (pixels, not cut at the border) by step\n")
	holes := ""
	for _, a := range c.Areas {
		mark := ""
		if a.Holes {
			mark, holes = " *", "* may have holes: what drives the area passes units over, as the notes say\n"
		}
		fmt.Fprintf(w, "%s\t%d×%d×%d\t%s\t%s\t%s%s\n", a.Name, a.Shape[0], a.Shape[1], a.Shape[2], a.Kind, step(a.Onset), fieldText(a.Fields), mark)
	}
	w.Flush()
	fmt.Fprint(out, holes)
	c.printScreen(out)
	fmt.Fprintln(out)
	fmt.Fprint(w, "connection\trole\tkind\tdelay\twindow\tweights over time\tfirst use\tof the image\tfirst changes a readout\tlive transitions\n")
	for _, x := range c.Connections {
		time := x.Time
		if time == "" {
			time = "none"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n", x.Name, x.Role, x.Kind, x.Delay, x.Window, time, step(x.First), step(x.Informed), step(x.Influence), x.Trained)
	}
	w.Flush()
	fmt.Fprintln(out)
	fmt.Fprint(w, "weights of\tvariables\tuses\tparameters\t\n")
	for _, s := range c.Sets {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t\n", s.Name, s.Variables, s.Uses, readable.Grouped(s.Parameters))
	}
	fmt.Fprintf(w, "all in use\t\t\t%s\t\n", readable.Grouped(c.Parameters))
	w.Flush()
	fmt.Fprintf(out, "\nlongest path: %d weight layers (convolutions and dense); %d live transitions\n", c.Longest, c.Transitions)
	fmt.Fprintf(out, "multiply-adds an image: %s to answer, %s to train\n", readable.Short(c.MultiplyAdds), readable.Short(c.TrainingMultiplyAdds))
	fmt.Fprintf(out, "training: %s updates (%d batches an epoch), %d instructions a batch\n", readable.Grouped(c.Updates), c.Batches, c.Instructions)
	if c.MemoryBytes > 0 {
		fmt.Fprintf(out, "memory: %s\n", readable.Bytes(c.MemoryBytes))
	}
	fmt.Fprintf(out, "recordings: %s on disk\n", readable.Bytes(c.Recorded))
	if c.BatchSeconds > 0 {
		fmt.Fprintf(out, "time: %.3g s a batch here, %s for all epochs (validation not counted)\n", c.BatchSeconds, (time.Duration(c.Seconds * float64(time.Second))).Round(time.Second))
	}
	if len(c.Reestimated) > 0 {
		fmt.Fprintf(out, "norms that training never fills, re-estimated for testing: %s\n", strings.Join(c.Reestimated, ", "))
	}
	if c.Glanced > 0 {
		fmt.Fprintf(out, "images: the first %d of each split can be read; the others were not looked at\n", stimuli.Glanced)
	}
	for _, x := range c.Warnings {
		fmt.Fprintf(out, "note: %s\n", x)
	}
}

func step(t int) string {
	if t < 0 {
		return "never"
	}
	return fmt.Sprint(t)
}

// spans writes steps as ranges.
func spans(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d..%d", list[i], list[j]))
		} else {
			parts = append(parts, fmt.Sprint(list[i]))
		}
		i = j + 1
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
