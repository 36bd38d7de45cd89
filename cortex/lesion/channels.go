package lesion

import (
	"fmt"
	"strconv"
	"strings"

	"ventral/connectivity"
)

// Channels are some channels of what an area sends, perhaps within a window: "V4#3,17",
// "V4.response#0..7@4..", "V4".
type Channels struct {
	Text   string
	Area   string
	Signal string               // "" is every signal
	Ranges []connectivity.Range // nil is every channel
	Window connectivity.Window
}

// ParseChannels reads channels.
func ParseChannels(text string) (Channels, error) {
	x := Channels{Text: text, Window: connectivity.Always()}
	what, window, windowed := strings.Cut(text, "@")
	if windowed {
		var err error
		if x.Window, err = connectivity.ParseWindow(window); err != nil {
			return x, err
		}
	}
	what, channels, some := strings.Cut(what, "#")
	if some {
		for _, part := range strings.Split(channels, ",") {
			r, err := connectivity.ParseRange(part)
			if err != nil || r.Open {
				return x, fmt.Errorf("found channels %q, want numbers from 0 and ranges with commas, as in \"V4#3,17\" or \"V4#0..7\"", text)
			}
			x.Ranges = append(x.Ranges, r)
		}
	}
	x.Area = what
	if dot := strings.LastIndexByte(what, '.'); dot > 0 {
		x.Area, x.Signal = what[:dot], what[dot+1:]
	}
	if x.Area == "" || strings.Contains(x.Area, "->") || strings.Contains(x.Area, ":") || strings.HasSuffix(what, ".") {
		return x, fmt.Errorf("found channels %q, want those of an area, as in \"V4#3,17\", \"V4.response#0..7\" or \"V4\"", text)
	}
	return x, nil
}

// UnmarshalText reads what ParseChannels reads.
func (x *Channels) UnmarshalText(text []byte) (err error) {
	*x, err = ParseChannels(string(text))
	return err
}

// MarshalText writes the channels as they were read.
func (x Channels) MarshalText() ([]byte, error) { return []byte(x.Text), nil }

// Selects reports whether they are of a signal of an area, whose name may have a point.
func (x *Channels) Selects(area, signal string) bool {
	return x.Area == area && (x.Signal == "" || x.Signal == signal) || x.Signal != "" && x.Area+"."+x.Signal == area
}

// List writes numbers of channels with commas.
func List(channels []int) string {
	var parts []string
	for _, c := range channels {
		parts = append(parts, strconv.Itoa(c))
	}
	return strings.Join(parts, ",")
}

// Others are the channels of so many that are not in a list.
func Others(channels []int, of int) (list []int) {
	in := make([]bool, of)
	for _, c := range channels {
		in[c] = true
	}
	for c, x := range in {
		if !x {
			list = append(list, c)
		}
	}
	return list
}
