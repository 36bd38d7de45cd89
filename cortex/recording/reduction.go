package recording

import (
	"fmt"
	"strconv"
	"strings"
)

// Reduction says what of an area's units a recording keeps:
//
//	""              all
//	mean_space      the mean of each channel over y and x
//	channels:0,3    these channels, at every place
//	random:K        K random projections, see [Projection]
//	pca:K           the first K principal components, one basis over all steps, fitted to
//	                training images beforehand
//
// An area that has no more units than K is kept whole.
type Reduction struct {
	Kind     string // "", "mean_space", "channels", "random" or "pca"
	Size     int    // K
	Channels []int
}

// ParseReduction reads a reduction as it is written.
func ParseReduction(text string) (Reduction, error) {
	kind, rest, has := strings.Cut(text, ":")
	r := Reduction{Kind: kind}
	wrong := func() (Reduction, error) {
		return r, fmt.Errorf("found %q, want \"mean_space\", \"channels:0,3\", \"random:512\" or \"pca:50\"", text)
	}
	switch kind {
	case "", "mean_space":
		if has {
			return wrong()
		}
	case "random", "pca":
		n, err := strconv.Atoi(rest)
		if err != nil || n < 1 || n > 65536 {
			return wrong()
		}
		r.Size = n
	case "channels":
		for _, word := range strings.Split(rest, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil || n < 0 {
				return wrong()
			}
			r.Channels = append(r.Channels, n)
		}
	default:
		return wrong()
	}
	return r, nil
}

// String is the reduction as it is written.
func (r Reduction) String() string {
	switch r.Kind {
	case "random", "pca":
		return fmt.Sprintf("%s:%d", r.Kind, r.Size)
	case "channels":
		return "channels:" + strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Channels), " ", ","), "[]")
	}
	return r.Kind
}

// MarshalText and UnmarshalText make a reduction a text of files.
func (r Reduction) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a reduction.
func (r *Reduction) UnmarshalText(b []byte) (err error) {
	*r, err = ParseReduction(string(b))
	return err
}

// Of is the reduction of an area of a shape, none where it has no more units than K.
func (r Reduction) Of(shape [3]int) Reduction {
	units := shape[0] * shape[1] * shape[2]
	if r.Size > 0 && units <= r.Size || r.Kind == "mean_space" && shape[0]*shape[1] == 1 {
		return Reduction{}
	}
	return r
}

// Shape is what is left of y, x, channel. A channel that the area has not is an error.
func (r Reduction) Shape(shape [3]int) ([3]int, error) {
	switch r.Kind {
	case "mean_space":
		return [3]int{1, 1, shape[2]}, nil
	case "channels":
		for _, c := range r.Channels {
			if c >= shape[2] {
				return shape, fmt.Errorf("found channel %d, but the area has the channels 0 to %d", c, shape[2]-1)
			}
		}
		return [3]int{shape[0], shape[1], len(r.Channels)}, nil
	case "random", "pca":
		return [3]int{1, 1, r.Size}, nil
	}
	return shape, nil
}

// Reducer reduces the units of an area of one image at one step.
type Reducer func(units, out []float32)

// Reducer returns what reduces an area of a shape. Of "pca" it needs the basis.
func (r Reduction) Reducer(shape [3]int, basis *Basis) Reducer {
	channels := shape[2]
	switch r.Kind {
	case "mean_space":
		places := shape[0] * shape[1]
		return func(units, out []float32) {
			for c := range channels {
				sum := 0.0
				for p := range places {
					sum += float64(units[p*channels+c])
				}
				out[c] = float32(sum / float64(places))
			}
		}
	case "channels":
		return func(units, out []float32) {
			k := 0
			for p := 0; p < len(units); p += channels {
				for _, c := range r.Channels {
					out[k] = units[p+c]
					k++
				}
			}
		}
	case "random":
		return NewProjection(shape[0]*shape[1]*channels, r.Size).Reduce
	case "pca":
		return basis.Reduce
	}
	return func(units, out []float32) { copy(out, units) }
}
