package protocol

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Duration is how long an item is shown: steps, milliseconds, or the rest of the
// trial. The zero Duration is not given.
type Duration struct {
	Steps int
	MS    float64
	Rest  bool
}

func (d Duration) given() bool { return d != Duration{} }

// UnmarshalText reads "4", "40ms" or "rest".
func (d *Duration) UnmarshalText(text []byte) error {
	const want = "want a number of steps, a time such as \"40ms\", a key of the protocol, or \"rest\""
	s := strings.TrimSpace(string(text))
	if s == "rest" {
		*d = Duration{Rest: true}
		return nil
	}
	if ms, ok := strings.CutSuffix(s, "ms"); ok {
		x, err := strconv.ParseFloat(strings.TrimSpace(ms), 64)
		if err != nil || !(x > 0) || math.IsInf(x, 0) {
			return fmt.Errorf("found %q, %s", s, want)
		}
		*d = Duration{MS: x}
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return fmt.Errorf("found %q, %s", s, want)
	}
	*d = Duration{Steps: n}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) {
	switch {
	case d.Rest:
		return []byte("rest"), nil
	case d.MS > 0:
		return []byte(strconv.FormatFloat(d.MS, 'g', -1, 64) + "ms"), nil
	case d.Steps > 0:
		return []byte(strconv.Itoa(d.Steps)), nil
	}
	return nil, nil
}

// whole returns the duration in steps of so many milliseconds, 0 where they are not
// known.
func (d Duration) whole(msPerStep float64) (int, error) {
	if d.MS == 0 {
		return d.Steps, nil
	}
	if msPerStep == 0 {
		return 0, fmt.Errorf("found %gms, but nothing says how long a step is; set ms_per_step", d.MS)
	}
	n := d.MS / msPerStep
	near := math.Max(1, math.Round(n))
	if math.Abs(n-near) > 1e-9*near {
		return 0, fmt.Errorf("found %gms, which is no whole number of steps of %g ms; the nearest is %gms", d.MS, msPerStep, near*msPerStep)
	}
	return int(min(near, 1<<30)), nil
}

// Which is an image of a trial, NoImage where none is named.
type Which int

// NoImage is no image.
const NoImage Which = -1

// UnmarshalText reads a number.
func (w *Which) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > 15 {
		return fmt.Errorf("found %q, want true, or 0 for the image of the trial, 1 to 15 for others", text)
	}
	*w = Which(n)
	return nil
}

// MarshalText writes the number.
func (w Which) MarshalText() ([]byte, error) {
	if w == NoImage {
		return nil, nil
	}
	return []byte(strconv.Itoa(int(w))), nil
}

// Clip says which frame of a clip is shown: a number, NoFrame or NextFrame.
type Clip int

// NoFrame is no frame that is named, and NextFrame goes on by a frame a step.
const (
	NoFrame   Clip = -1
	NextFrame Clip = -2
)

// UnmarshalText reads "step" or a number.
func (c *Clip) UnmarshalText(text []byte) error {
	if string(text) == "step" {
		*c = NextFrame
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 {
		return fmt.Errorf("found %q, want \"step\", or the number of a frame, from 0", text)
	}
	*c = Clip(n)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (c Clip) MarshalText() ([]byte, error) {
	switch c {
	case NoFrame:
		return nil, nil
	case NextFrame:
		return []byte("step"), nil
	}
	return []byte(strconv.Itoa(int(c))), nil
}

// Ramp is a value that goes evenly from the first step of an item to its last.
type Ramp struct{ From, To float64 }

// Fractions says that a number that is not whole will do, too.
func (r *Ramp) Fractions() {}

// UnmarshalText reads "0.5" or "0.1..1".
func (r *Ramp) UnmarshalText(text []byte) error {
	from, to, ramp := strings.Cut(string(text), "..")
	if !ramp {
		to = from
	}
	if strings.HasPrefix(to, ".") && ramp {
		return fmt.Errorf("found %q with three dots, want a number from 0 on, or two with two dots as in \"0.1..1\" or \"0.1..0.5\"", text)
	}
	var err [2]error
	r.From, err[0] = strconv.ParseFloat(strings.TrimSpace(from), 64)
	r.To, err[1] = strconv.ParseFloat(strings.TrimSpace(to), 64)
	for _, x := range []float64{r.From, r.To} {
		if err[0] != nil || err[1] != nil || !(x >= 0) || x > 1024 {
			return fmt.Errorf("found %q, want a number from 0 on, or two as in \"0.1..1\"", text)
		}
	}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (r Ramp) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String returns "0.5" or "0.1..1".
func (r Ramp) String() string {
	from := strconv.FormatFloat(r.From, 'g', -1, 64)
	if r.From == r.To {
		return from
	}
	return from + ".." + strconv.FormatFloat(r.To, 'g', -1, 64)
}

// at returns the value at the k-th of n steps.
func (r Ramp) at(k, n int) float64 {
	if n < 2 || r.From == r.To {
		return r.From
	}
	if k >= n-1 {
		return r.To
	}
	return r.From + float64((r.To-r.From)*float64(k))/float64(n-1)
}
