package analysis

import "slices"

// Chosen picks n places of images to show, of different classes where it can:
// the first image of each class, in the order of the images, then others.
func Chosen(labels []int, n int) []int {
	var list []int
	seen := map[int]bool{}
	for i, l := range labels {
		if len(list) < n && l >= 0 && !seen[l] {
			seen[l] = true
			list = append(list, i)
		}
	}
	for i := range labels {
		if len(list) < n && !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

// balanced picks at most n places of images, as many of each class as can be:
// the first of every class, then the second, and so on. Images of several
// classes, or of none, count as one class. The places are sorted by class, then
// as they were; images without a class come last.
func balanced(labels []int, n int) []int {
	turn, count := make([]int, len(labels)), map[int]int{}
	for i, l := range labels {
		turn[i] = count[l]
		count[l]++
	}
	list := make([]int, len(labels))
	for i := range list {
		list[i] = i
	}
	slices.SortStableFunc(list, func(a, b int) int { return turn[a] - turn[b] })
	list = list[:min(n, len(list))]
	class := func(i int) uint { return uint(labels[i]) } // -1 becomes the largest
	slices.SortFunc(list, func(a, b int) int {
		switch {
		case class(a) < class(b):
			return -1
		case class(a) > class(b):
			return 1
		}
		return a - b
	})
	return list
}
