// Command pulumi-language-python is the Pulumi language host for Python programs, plugins and policy packs.
//
// It is built from the tagged sdk/v3 module because the host that ships with the official CLI has no tagged module of
// its own. It runs programs; it generates no code: the RPCs for that answer "unimplemented".
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"google.golang.org/grpc"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	if err := serve(); err != nil {
		cmdutil.Exit(err)
	}
}

// serve answers the engine until it hangs up or a signal arrives, and leaves no child behind.
func serve() error {
	executor := flag.String("use-executor", "", "run programs with this script instead of the one beside the host")
	tracing := flag.String("tracing", "", "a Zipkin-compatible endpoint, or file:PATH, for traces")
	flag.Parse()
	logging.InitLogging(false, 0, false)
	cmdutil.InitTracing("pulumi-language-python", "pulumi-language-python", *tracing)

	script, err := findExecutor(*executor)
	if err != nil {
		return err
	}
	host := newLanguageHost(script, flag.Arg(0), *tracing)
	defer host.children.end()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	hungUp := make(chan struct{})
	go waitForHangUp(os.Stdin, func() { close(hungUp) })

	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("starting the language host's server: %w", err)
	}
	fmt.Println(handle.Port)

	select {
	case err = <-handle.Done:
		return err
	case <-ctx.Done():
		return nil
	case <-hungUp:
		host.children.end()
		return endGroup()
	}
}

// endGroup does to the processes that a program has started what a killed engine cannot do any more: the engine gives
// each host a process group of its own and signals it as a whole.
func endGroup() error {
	if syscall.Getpgrp() != os.Getpid() {
		return nil // somebody else's group
	}
	signal.Ignore(syscall.SIGTERM)
	return syscall.Kill(0, syscall.SIGTERM)
}

// findExecutor returns the script that boots a Python program: the one given, else the one beside this executable.
func findExecutor(given string) (string, error) {
	path := given
	if path == "" {
		self, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("finding the language host's own path: %w", err)
		}
		path = filepath.Join(filepath.Dir(self), "pulumi-language-python-exec")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the language host needs %s, which cannot be read (%w); run `make setup` again", path, err)
	}
	return path, nil
}

// waitForHangUp calls stop when the engine's end of the standard-input pipe closes.
//
// The engine keeps that pipe open for as long as it lives, so its end is the one sign of a killed engine that comes at
// once. Any other kind of standard input (a terminal, /dev/null) says nothing about the engine and is left alone.
func waitForHangUp(stdin *os.File, stop func()) {
	info, err := stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		logging.V(5).Infof("reading standard input: %v", err)
	}
	stop()
}
