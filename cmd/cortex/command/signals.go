package command

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// endings are the signals that ask the program to end: Ctrl-C, a scheduler's or
// the system's, and that of a terminal that is gone, unless nohup keeps it away.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// interruptible returns a context that Ctrl-C and a request to end cancel, for
// verbs that then leave things in order. A second one ends the program at once.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, endings()...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// endable returns a context that ends when a user, a scheduler or the system asks
// the process to end. Schedulers ask several times, and a checkpoint must be
// whole, so that only a second Ctrl-C ends the program at once.
func endable(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, append(warnings, endings()...)...)
	context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt) })
	return ctx, stop
}
