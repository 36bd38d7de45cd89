package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) new() *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Print a built-in experiment as the beginning of your own",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			_, text, _, err := source(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.out, text)
			return err
		},
	}
}
