//go:build !race

package cpu

// borrow is mapPages; tests put others in its place.
var borrow = mapPages
