package cpu

// raced reports whether the race detector runs, which takes time and memory.
var raced bool

// Raced reports the same to tests outside of the package.
func Raced() bool { return raced }
