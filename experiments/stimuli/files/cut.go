package files

import (
	"fmt"
	"math"
	"slices"

	"ventral/experiments/stimuli"
)

// parts are the images of each split, by their places in the listing, in its order.
type parts [stimuli.Splits][]int32

// cut says which split each entry is of. Entries whose split the files do not tell are
// cut by the seed, alike in every class: first the test, where no entry is of the test,
// then validation, where none is of that.
func (l *listing) cut(x *settings, seed uint64) (p parts, err error) {
	var open []int32
	told := [stimuli.Splits]bool{}
	for i, e := range l.entries {
		if !e.given {
			open = append(open, int32(i))
			continue
		}
		told[e.split] = true
		p[e.split] = append(p[e.split], int32(i))
	}
	if len(open) == 0 && told[stimuli.Train] && !told[stimuli.Validation] {
		open, p[stimuli.Train] = p[stimuli.Train], nil // validation is cut from what is to be learnt from
	}
	sizes := [stimuli.Splits]int{}
	for _, s := range []struct {
		split stimuli.Split
		key   string
		want  float64
	}{{stimuli.Test, "test", x.Test}, {stimuli.Validation, "validation", x.Validation}} {
		if told[s.split] {
			continue
		}
		if sizes[s.split], err = stimuli.Amount(s.key, s.want, len(open)); err != nil {
			return p, err
		}
	}
	if sizes[stimuli.Test]+sizes[stimuli.Validation] > len(open) {
		return p, fmt.Errorf("validation: found %d of the images besides %d for the test, there are %d", sizes[stimuli.Validation], sizes[stimuli.Test], len(open))
	}
	for s, list := range l.share(open, sizes, seed) {
		p[s] = append(p[s], list...)
		slices.Sort(p[s])
	}
	return p, nil
}

// share divides images among the splits: so many for the test and for validation, of
// each class a part that is as even as whole images allow, and the rest to learn from.
func (l *listing) share(open []int32, sizes [stimuli.Splits]int, seed uint64) (p parts) {
	byClass := map[int][]int32{}
	var classes []int
	for _, i := range open {
		c := l.entries[i].class
		if byClass[c] == nil {
			classes = append(classes, c)
		}
		byClass[c] = append(byClass[c], i)
	}
	slices.Sort(classes)
	counts := make([]int, len(classes))
	for k, c := range classes {
		counts[k] = len(byClass[c])
	}
	test := evenly(counts, sizes[stimuli.Test])
	for k := range counts {
		counts[k] -= test[k]
	}
	validation := evenly(counts, sizes[stimuli.Validation])
	for k, c := range classes {
		all := byClass[c]
		cut := stimuli.Cut(seed+uint64(c+1), len(all), test[k], validation[k])
		taken := make([]bool, len(all))
		for s, list := range map[stimuli.Split][]int32{stimuli.Test: cut[0], stimuli.Validation: cut[1]} {
			for _, i := range list {
				taken[i] = true
				p[s] = append(p[s], all[i])
			}
		}
		for i, t := range taken {
			if !t {
				p[stimuli.Train] = append(p[stimuli.Train], all[i])
			}
		}
	}
	return p
}

// evenly divides n in proportion to counts: whole numbers, the largest remainders first.
func evenly(counts []int, n int) []int {
	total := 0
	for _, c := range counts {
		total += c
	}
	out, rest := make([]int, len(counts)), n
	if total == 0 {
		return out
	}
	order, over := make([]int, len(counts)), make([]float64, len(counts))
	for k, c := range counts {
		exact := float64(n) * float64(c) / float64(total)
		out[k] = int(math.Floor(exact))
		rest -= out[k]
		order[k], over[k] = k, exact-float64(out[k])
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case over[a] > over[b]:
			return -1
		case over[a] < over[b]:
			return 1
		}
		return 0
	})
	for _, k := range order[:max(0, min(rest, len(order)))] {
		out[k]++
	}
	return out
}
