package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/spec"
)

// newCommand is the verb new.
func newCommand(p *terminal.Printer) *cobra.Command {
	return &cobra.Command{
		Use:               "new NAME",
		Short:             "Print a built-in experiment, to begin your own with",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Builtins),
		RunE: func(_ *cobra.Command, args []string) error {
			b, hint, ok := spec.FindBuiltin(args[0])
			if !ok {
				return exit.Wrongf("no built-in experiment is called %q%s", args[0], hint)
			}
			_, err := fmt.Fprint(p.Out, b.Text)
			return err
		},
	}
}
