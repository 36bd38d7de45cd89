//go:build race

package command

func init() { raced = true }
