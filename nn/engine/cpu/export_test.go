package cpu

// raced reports whether the race detector runs, which takes time and memory.
var raced bool

// Raced is raced.
func Raced() bool { return raced }
