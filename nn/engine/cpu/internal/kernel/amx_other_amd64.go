//go:build !linux && !purego

package kernel

// allowTiles: only Linux is known to give tiles to a process that asks.
func allowTiles() bool { return false }
