package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/reference"
)

// listCommand is the verb list.
func listCommand(p *terminal.Printer) *cobra.Command {
	markdown := false
	cmd := p.AsJSON(&cobra.Command{
		Use:   "list [TOPIC]",
		Short: "List built-in experiments, and every kind with its keys and defaults",
		Long: `list shows what can be written into an experiment file. Topics: experiments, and
the groups of keys (areas, connections, …); without one everything is listed.
cortex list protocols prints the tables of the built-in protocols, too.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completion.First(completion.Topics),
		RunE: func(_ *cobra.Command, args []string) error {
			topic := ""
			if len(args) > 0 {
				topic = args[0]
			}
			r, err := reference.Of(topic)
			if err != nil {
				return exit.Wrong(err)
			}
			if markdown {
				_, err := fmt.Fprint(p.Out, r.Markdown())
				return err
			}
			return p.Report(r, func(w io.Writer) {
				fmt.Fprint(w, r.Text())
				if topic == "protocols" {
					fmt.Fprintf(w, "\n%s", protocol.BuiltinText)
				}
			})
		},
	})
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print Markdown, as docs/reference.md")
	return cmd
}
