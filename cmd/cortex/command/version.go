package command

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// versionCommand is the verb version.
func versionCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	return p.AsJSON(&cobra.Command{
		Use:   "version",
		Short: "Print the version, and the kernels of this processor",
		Long: `version prints the version of the program, the Go release and platform that it was
built with, and the kernels that run on this processor, the one in use first.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: completion.None,
		RunE: func(*cobra.Command, []string) error {
			if _, err := c.Options(p.Args, ""); err != nil {
				return err
			}
			v := struct {
				Format  int      `json:"format"`
				Version string   `json:"version"`
				Go      string   `json:"go"`
				OS      string   `json:"os"`
				Arch    string   `json:"arch"`
				Kernel  string   `json:"kernel"`  // that is used
				Kernels []string `json:"kernels"` // that the processor has
			}{spec.Format, run.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, cpu.New(c.Engine()).KernelName(), cpu.Kernels()}
			return p.Report(v, func(w io.Writer) {
				fmt.Fprintf(w, "cortex %s, %s, %s/%s, kernel %s (of %s)\n", v.Version, v.Go, v.OS, v.Arch, v.Kernel, strings.Join(v.Kernels, ", "))
			})
		},
	})
}
