package command

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/dataset"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/filelock"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
)

// dataCommand is the verb data.
func dataCommand(p *terminal.Printer) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Look at data sets, and look after decoded images in the cache",
		Long: `data says which kinds of data sets there are, what one holds, and shows its images.
Compressed files are decoded once, into a pack in the cache, which all runs read; pack,
verify and rm make, check and remove packs.

A data set is that of an experiment (a file, the folder of a run, a built-in one), or
a kind with its keys:

  cortex data describe my.toml
  cortex data describe digits --set task=clutter --set digits=4
  cortex data preview my.toml --split test --out sheet.png
  cortex data list`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(c, args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(dataList(p), dataDescribe(p), dataPreview(p), dataPack(p), dataVerify(p), dataRemove(p))
	for _, c := range cmd.Commands() {
		c.Args = wrongArgs(c.Args)
	}
	return cmd
}

// chosen finds a data set, with progress and Ctrl-C.
func chosen(cmd *cobra.Command, p *terminal.Printer, c *flags.Choice, name string) (d *dataset.Chosen, end func(), err error) {
	o, err := c.Options(p.Args, "")
	if err != nil {
		return nil, nil, err
	}
	c.Look = true
	if d, err = dataset.Choose(c, name, o.Cache); err != nil {
		return nil, nil, err
	}
	progress := terminal.NewProgress(p.Notes())
	ctx, stop := interruptible(cmd.Context())
	d.Env.Context, d.Env.Progress = ctx, progress.Work
	d.Env.Note = func(text string) { progress.Note("%s", text) }
	progress.Stage("reading the images of " + name)
	return d, sync.OnceFunc(func() {
		progress.End()
		if ctx.Err() != nil {
			fmt.Fprintln(p.Err, "cortex: interrupted; images that were decoded stay in the cache")
		}
		stop()
	}), nil
}

// dataDescribe is the verb data describe.
func dataDescribe(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var quick bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "describe EXPERIMENT|KIND",
		Short: "Say what a data set holds: images by class and split, sizes, images that are there twice",
		Long: `describe counts images by class and split, and says their sizes, what is told of them,
and which files were skipped. It reads every image, unless --quick is set: for the mean
and standard deviation of the training images, and to find images with the same pixels.
Images of the test split that are training images, too, are leakage: accuracy on them
says nothing about new images.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Images),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, end, err := chosen(cmd, p, &c, args[0])
			if err != nil {
				return err
			}
			defer end()
			s, err := dataset.Look(d, quick)
			if err != nil {
				return err
			}
			end()
			return p.Report(s, s.Print)
		},
	})
	c.AddTo(cmd)
	cmd.Flags().BoolVar(&quick, "quick", false, "leave pixels unread")
	return cmd
}

// dataPreview is the verb data preview.
func dataPreview(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var v dataset.Preview
	var out, split, shown string
	cmd := &cobra.Command{
		Use:   "preview EXPERIMENT|KIND",
		Short: "Draw a sheet of images with their classes",
		Long: `preview draws images of a data set on one sheet: the first of each class in a row, or,
where there are more than twelve classes, images from all over the split with their
classes below. With --protocol NAME it draws trials, a row each: what is on the screen
at each step. A protocol with lists has a row for each condition.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Images),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, known := spec.Splits[split]
			if !known {
				return exit.Wrongf("--split: found %q, want train, validation or test", split)
			}
			if v.Images < 0 || v.Images > 400 {
				return exit.Wrongf("--images: found %d, want 0 to 400", v.Images)
			}
			v.Split = s
			d, end, err := chosen(cmd, p, &c, args[0])
			if err != nil {
				return err
			}
			defer end()
			draw := func() (*dataset.Sheet, error) { return d.Sheet(v) }
			if shown != "" {
				draw = func() (*dataset.Sheet, error) { return d.Trials(v, shown) }
			}
			sheet, err := draw()
			if err != nil {
				return err
			}
			if out == "" {
				out = flags.FolderName(d.Name) + "-" + split + ".png"
			}
			if err := sheet.Save(out); err != nil {
				return exit.Wrongf("--out: %v", err)
			}
			end()
			p.Say(func(w io.Writer) { fmt.Fprintln(w, out) })
			return nil
		},
	}
	c.AddTo(cmd)
	cmd.Flags().StringVar(&split, "split", "train", "train, validation or test")
	cmd.Flags().IntVar(&v.Images, "images", 0, "images of each class, or of all where there are more than twelve (0: as many as a page holds)")
	cmd.Flags().BoolVar(&v.Augment, "augment", false, "augment them as in the first epoch of training")
	cmd.Flags().StringVar(&shown, "protocol", "", "`name` of a protocol of the experiment, or of a built-in one, as \"masking\" or \"masking[soa=2]\"")
	cmd.Flags().StringVar(&out, "out", "", "`file` to draw into (.png, .svg, .pdf); by default NAME-SPLIT.png")
	completion.Flag(cmd, "split", completion.Words("train", "validation", "test"))
	return cmd
}

// dataPack is the verb data pack.
func dataPack(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	cmd := p.AsJSON(&cobra.Command{
		Use:   "pack EXPERIMENT|KIND",
		Short: "Decode the files of a data set into the cache, or make what is damaged there again",
		Long: `pack decodes the files of a data set into the cache. The first run on them does so by
itself. A pack that is there is compared with its hashes, and files that differ are
made again. When it is interrupted, files that are finished stay.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Images),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, end, err := chosen(cmd, p, &c, args[0])
			if err != nil {
				return err
			}
			defer end()
			kind, ok := d.Settings.(stimuli.Packing)
			if !ok {
				return exit.Wrongf("%s: images of kind %q are not packed: they are not compressed files", d.Name, d.Kind)
			}
			if err := stimuli.Ready(d.Settings, d.Env); err != nil {
				return exit.Wrongf("%s: %v", d.Name, spec.Hinted(err))
			}
			x, err := kind.Packed(d.Env, true)
			if err != nil {
				return err
			}
			if x == nil {
				return exit.Wrongf("%s: the settings want no pack (pack = 0), or there is no cache folder", d.Name)
			}
			defer x.Close()
			end()
			status := pack.StatusOf(x.Folder())
			return p.Report(status, func(w io.Writer) { dataset.PrintPack(w, status) })
		},
	})
	c.AddTo(cmd)
	return cmd
}

// dataList is the verb data list.
func dataList(p *terminal.Printer) *cobra.Command {
	return p.AsJSON(&cobra.Command{
		Use:               "list",
		Short:             "List kinds of data sets, and the packs in the cache",
		Args:              cobra.NoArgs,
		ValidArgsFunction: completion.None,
		RunE: func(*cobra.Command, []string) error {
			x, err := dataset.Take()
			if err != nil {
				return err
			}
			return p.Report(x, x.Print)
		},
	})
}

// dataVerify is the verb data verify.
func dataVerify(p *terminal.Printer) *cobra.Command {
	return p.AsJSON(&cobra.Command{
		Use:   "verify [PACK…]",
		Short: "Compare packs in the cache with the hashes that were written with them",
		Long: `verify reads every byte of packs, by default of all, and compares them with the hashes
that were written with them. It ends with status 1 where one is damaged or not whole;
cortex data pack makes it again.`,
		ValidArgsFunction: completePacks,
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := dataset.Packs(args)
			if err != nil {
				return err
			}
			type verified struct {
				pack.Status
				Problems []string `json:"problems"`
			}
			x := struct {
				Format int        `json:"format"`
				Sound  bool       `json:"sound"`
				Packs  []verified `json:"packs"`
			}{rundir.Format, true, []verified{}}
			for _, s := range list {
				problems, err := pack.Verify(s.Folder)
				if errors.Is(err, filelock.ErrBusy) {
					problems, err = []string{"a process builds or removes it"}, nil
				}
				if err != nil {
					return err
				}
				x.Packs = append(x.Packs, verified{s, append([]string{}, problems...)})
				x.Sound = x.Sound && len(problems) == 0
			}
			err = p.Report(x, func(w io.Writer) {
				for _, v := range x.Packs {
					what := "sound"
					if len(v.Problems) > 0 {
						what = strings.Join(v.Problems, "; ")
					}
					fmt.Fprintf(w, "%s (%s): %s\n", dataset.Short(v.Status), v.Of, what)
				}
				if len(x.Packs) == 0 {
					fmt.Fprintln(w, "there are no packs in the cache")
				}
			})
			return errors.Join(err, different(x.Sound))
		},
	})
}

// dataRemove is the verb data rm.
func dataRemove(p *terminal.Printer) *cobra.Command {
	var yes, all bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "rm PACK…|--all",
		Short: "Remove packs from the cache",
		Long: `rm removes packs, which are named by the first letters that cortex data list prints. A
pack that a process reads or builds is refused. On a terminal it asks; elsewhere it
wants --yes. A run that needs a pack decodes the files again.`,
		ValidArgsFunction: completePacks,
		RunE: func(_ *cobra.Command, args []string) error {
			if all != (len(args) == 0) {
				return exit.Wrongf("want the names of packs, or --all; cortex data list names them")
			}
			list, err := dataset.Packs(args)
			if err != nil {
				return err
			}
			w := p.Out
			if p.JSON {
				w = p.Err
			}
			for _, s := range list {
				dataset.PrintPack(w, s)
			}
			if len(list) == 0 {
				fmt.Fprintln(w, "there is nothing to remove")
			}
			if len(list) > 0 && !yes && !confirmed(p, w) {
				return exit.ErrReported
			}
			for _, s := range list {
				err := pack.Remove(s.Folder)
				if errors.Is(err, filelock.ErrBusy) {
					return fmt.Errorf("%s: a process reads or builds it; nothing of it was removed", s.Folder)
				}
				if err != nil {
					return err
				}
			}
			return p.Report(struct {
				Format  int           `json:"format"`
				Removed []pack.Status `json:"removed"`
			}{rundir.Format, append([]pack.Status{}, list...)}, func(w io.Writer) { fmt.Fprintln(w, "removed") })
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&all, "all", false, "all packs")
	return cmd
}

// completePacks completes names of packs.
func completePacks(*cobra.Command, []string, string) (names []string, d cobra.ShellCompDirective) {
	list, _ := dataset.Packs(nil)
	for _, s := range list {
		names = append(names, cobra.CompletionWithDesc(dataset.Short(s), s.Of))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
