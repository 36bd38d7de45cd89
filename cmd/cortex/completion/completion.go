// Package completion says what a word on the command line may go on to. The shell
// asks for it by cortex __complete.
package completion

import (
	"strings"

	"github.com/spf13/cobra"
)

// A Completion returns what a word that begins as text may go on to.
type Completion = func(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// Flag adds to a flag of a verb what its value may be.
func Flag(cmd *cobra.Command, flag string, f Completion) { cmd.RegisterFlagCompletionFunc(flag, f) }

// SharedFlags adds it to the flags that mean the same for every verb.
func SharedFlags(c *cobra.Command) {
	for flag, f := range map[string]Completion{"set": keys, "tune": keys, "variant": variants, "to": variants, "out": Folders} {
		if c.LocalFlags().Lookup(flag) != nil {
			Flag(c, flag, f)
		}
	}
	for _, sub := range c.Commands() {
		SharedFlags(sub)
	}
}

// None completes nothing.
func None(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return nil, noFiles }

// First completes the first argument only.
func First(f Completion) Completion {
	return func(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		return f(cmd, args, text)
	}
}

// Words completes some words, or a list of them with commas.
func Words(words ...string) Completion { return wordsOf(func() []string { return words }) }

// wordsOf completes words that are found out when they are asked for.
func wordsOf(words func() []string) Completion {
	return func(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
		before := text[:strings.LastIndexByte(text, ',')+1] // of a list
		var list []string
		for _, w := range words() {
			if strings.HasPrefix(before+w, text) {
				list = append(list, before+w)
			}
		}
		return list, noFiles
	}
}
