//go:build race

package cpu

func init() { raced = true }
