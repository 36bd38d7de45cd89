// Command cortex runs, draws and compares recurrent models of the ventral
// stream that are written as TOML experiments.
package main

import (
	"os"

	"ventral/cmd/cortex/command"
)

func main() {
	os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr))
}
