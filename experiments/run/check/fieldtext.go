package check

import (
	"fmt"
	"strings"
)

// fewSteps is how many receptive fields are written one by one.
const fewSteps = 16

// fieldText writes receptive fields by step: "·" for none, "unknown" for those
// that are not worked out. Of many steps those that stay the same, or grow by as
// much each step, are a range: "0..2 ·, 3..63 17 to 257 by 4".
func fieldText(fields [][2]int) string {
	if len(fields) <= fewSteps {
		parts := make([]string, len(fields))
		for t, f := range fields {
			parts[t] = pixels(f)
		}
		return strings.Join(parts, " ")
	}
	var parts []string
	for i := 0; i < len(fields); {
		j, by := i, [2]int{}
		if i+1 < len(fields) {
			by = growth(fields[i], fields[i+1])
		}
		for j+1 < len(fields) && fields[j+1] == [2]int{fields[j][0] + by[0], fields[j][1] + by[1]} {
			j++
		}
		if j == i+1 && by != [2]int{} {
			j = i // two are no growth
		}
		at := fmt.Sprint(i)
		if j > i {
			at = fmt.Sprintf("%d..%d", i, j)
		}
		text := pixels(fields[i])
		if j > i && by != [2]int{} {
			text += " to " + pixels(fields[j]) + " by " + side(by)
		}
		parts = append(parts, at+" "+text)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// growth is by how much a field is larger than the one before it; zero where
// there is none, or it is smaller in height or width.
func growth(from, to [2]int) [2]int {
	by := [2]int{to[0] - from[0], to[1] - from[1]}
	if from[0] <= 0 || to[0] <= 0 || by[0] < 0 || by[1] < 0 {
		return [2]int{}
	}
	return by
}

// pixels writes one.
func pixels(f [2]int) string {
	switch {
	case f[0] < 0 && f[1] < 0:
		return "unknown"
	case f[0] == 0:
		return "·"
	}
	return side(f)
}

// side writes height × width, or one number where they are equal.
func side(f [2]int) string {
	if f[0] == f[1] {
		return fmt.Sprint(f[0])
	}
	return fmt.Sprintf("%d×%d", f[0], f[1])
}
