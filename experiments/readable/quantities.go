// Package readable writes quantities for people.
package readable

import (
	"fmt"
	"math"
)

// Grouped writes a whole number with a comma between groups of three digits.
func Grouped(n int) string {
	s := fmt.Sprint(int(math.Abs(float64(n))))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if n < 0 {
		s = "-" + s
	}
	return s
}

// Short writes a number with three digits and a letter for its size: "7.81 M".
func Short[N int | int64 | float64](n N) string {
	x := float64(n)
	for _, u := range []struct {
		by   float64
		text string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if x >= u.by {
			return fmt.Sprintf("%.3g%s", x/u.by, u.text)
		}
	}
	return fmt.Sprintf("%.3g", x)
}

// Counted writes a number with its noun: "1 run", "2 runs".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Ratio writes how a quantity compares with what it was: "-5.0 %" or "+150.0 %",
// and from three times as much on as a factor, "×3.2" or "×32". It was not 0.
func Ratio(is, was float64) string {
	switch times := is / was; {
	case times >= 10:
		return fmt.Sprintf("×%.0f", times)
	case times >= 3:
		return fmt.Sprintf("×%.1f", times)
	default:
		return fmt.Sprintf("%+.1f %%", 100*(times-1))
	}
}

// Bytes writes a size in the unit that suits it: "1.5 MiB".
func Bytes(n int64) string {
	for _, u := range []struct {
		by   int64
		text string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.by {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.by), u.text)
		}
	}
	return Counted(int(n), "byte")
}
