package canvas

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Sentences joins sentences of a caption; empty ones are left out.
func Sentences(sentences ...string) string {
	var kept []string
	for _, s := range sentences {
		if s = strings.TrimSpace(s); s != "" {
			if !strings.HasSuffix(s, ".") {
				s += "."
			}
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

// Many prints "1 image" or "12,000 images".
func Many(n float64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Grouped(n) + " " + noun + "s"
}

// Grouped prints a number with a comma between thousands.
func Grouped(n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	whole, rest, dot := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && r != '-' && len(whole) > 4 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if dot {
		b.WriteString("." + rest)
	}
	return b.String()
}

// Ranges prints whole numbers as ranges: 0, 3–5.
func Ranges(s []int) string {
	s = slices.Compact(slices.Sorted(slices.Values(s)))
	var parts []string
	for i := 0; i < len(s); {
		j := i
		for j+1 < len(s) && s[j+1] == s[j]+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, strconv.Itoa(s[i]))
		case j == i+1:
			parts = append(parts, strconv.Itoa(s[i]), strconv.Itoa(s[j]))
		default:
			parts = append(parts, fmt.Sprintf("%d–%d", s[i], s[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// Plural prints "step 3" or "steps 3, 4".
func Plural(noun string, s []int) string {
	if len(s) == 1 {
		return noun + " " + Ranges(s)
	}
	return noun + "s " + Ranges(s)
}

// Number prints a few significant digits.
func Number(v float64) string { return Minus(fmt.Sprintf("%.3g", v)) }

// Upper begins a text with a capital.
func Upper(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}
