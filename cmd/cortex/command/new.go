package command

import (
	"fmt"

	"ventral/experiments/spec"

	"github.com/spf13/cobra"
)

func (p *program) new() *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Print a built-in experiment as the beginning of your own",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, hint, ok := spec.FindBuiltin(args[0])
			if !ok {
				return wrongf("no built-in experiment is called %q%s", args[0], hint)
			}
			_, err := fmt.Fprint(p.out, b.Text)
			return err
		},
	}
}
