package linear

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Split is the folds of images, and which of their labels may be exchanged.
type Split struct {
	Fold []int // of each image

	// Within says that labels differ within groups. They are then exchanged within
	// groups, and otherwise between the groups of a fold.
	Within bool

	unit  []int // of each image: what has one label
	block []int // of each unit: what labels are exchanged in
	first []int // of each unit: its first image
}

// NewSplit deals images to k folds, so that all images of a group and all showings of an
// image are in one. IDs and groups are of each image; groups nil are the ids. Groups come
// in an order that the seed draws; where each has one class, class by class, so that
// classes are spread over the folds.
func NewSplit[G cmp.Ordered](l Labels, ids []int, groups []G, k int, seed uint64) Split {
	s := Split{}
	unitOf := numbered(ids)
	groupOf := unitOf
	if groups != nil {
		groupOf = numbered(groups)
	}
	label := func(i int) float64 {
		if l.Classes > 0 {
			return float64(l.Class[i])
		}
		return l.Number[i]
	}
	first := firsts(groupOf)
	for i, g := range groupOf {
		s.Within = s.Within || label(i) != label(first[g])
	}
	random := rand.New(rand.NewPCG(seed, 0xf01d5))
	order := random.Perm(len(first))
	if !s.Within && l.Classes > 0 {
		slices.SortStableFunc(order, func(a, b int) int { return l.Class[first[a]] - l.Class[first[b]] })
	}
	fold := make([]int, len(first))
	for n, g := range order {
		fold[g] = n % k
	}
	s.Fold = make([]int, len(ids))
	for i, g := range groupOf {
		s.Fold[i] = fold[g]
	}
	if s.Within {
		s.unit, s.first = unitOf, firsts(unitOf)
		for _, i := range s.first {
			s.block = append(s.block, groupOf[i])
		}
	} else {
		s.unit, s.first, s.block = groupOf, first, fold
	}
	return s
}

// numbered gives each value its place among the sorted ones.
func numbered[T cmp.Ordered](x []T) []int {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	of := make([]int, len(x))
	for i, v := range x {
		of[i], _ = slices.BinarySearch(sorted, v)
	}
	return of
}

// firsts lists the first place of each number.
func firsts(of []int) []int {
	first := make([]int, slices.Max(of)+1)
	for i := len(of) - 1; i >= 0; i-- {
		first[of[i]] = i
	}
	return first
}

// Draws exchanges labels at random, so many times. Each fold keeps its labels, so that
// draws are as spread over folds as the labels observed.
func (s Split) Draws(l Labels, n int, seed uint64) []Labels {
	random := rand.New(rand.NewPCG(seed, 0xd1a3))
	var blocks [][]int // units of each
	for u, b := range s.block {
		for len(blocks) <= b {
			blocks = append(blocks, nil)
		}
		blocks[b] = append(blocks[b], u)
	}
	draws := make([]Labels, n)
	for k := range draws {
		from := make([]int, len(s.block)) // of each unit: the unit whose label it gets
		for _, units := range blocks {
			mixed := slices.Clone(units)
			random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			for i, u := range units {
				from[u] = mixed[i]
			}
		}
		x := Labels{Classes: l.Classes}
		for _, u := range s.unit {
			i := s.first[from[u]]
			if l.Classes > 0 {
				x.Class = append(x.Class, l.Class[i])
			} else {
				x.Number = append(x.Number, l.Number[i])
			}
		}
		draws[k] = x
	}
	return draws
}
