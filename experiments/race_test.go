//go:build race

package experiments_test

func init() { raced = true }
