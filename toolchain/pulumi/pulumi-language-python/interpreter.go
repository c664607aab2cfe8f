package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// definition is the YAML file whose `runtime.options` choose the interpreter; error messages name it.
type definition string

const (
	projectFile definition = "Pulumi.yaml"
	pluginFile  definition = "PulumiPlugin.yaml"
	policyFile  definition = "PulumiPolicy.yaml"
)

// interpreter is the Python that a program, plugin or policy pack has asked for.
type interpreter struct {
	toolchain.Toolchain
	source     string // path of the YAML file that asked for it
	virtualenv string // the option as written there; empty when not given
}

// newInterpreter reads the runtime options. Paths in them are relative to the folder of the YAML file as it was named:
// links are not resolved, so a linked project uses the virtual environment beside the link.
func newInterpreter(info *pulumirpc.ProgramInfo, file definition) (*interpreter, error) {
	source := filepath.Join(info.GetRootDirectory(), string(file))
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	for name, value := range info.GetOptions().GetFields() {
		if err := setOption(&options, name, value); err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
	}
	if file == pluginFile && options.Virtualenv == "" && options.Toolchain != toolchain.Uv && options.Toolchain != toolchain.Poetry {
		options.Virtualenv = "venv" // Pulumi's rule: a plugin brings its own environment
	}
	resolved, err := toolchain.ResolveToolchain(options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return &interpreter{Toolchain: resolved, source: source, virtualenv: options.Virtualenv}, nil
}

func setOption(options *toolchain.PythonOptions, name string, value *structpb.Value) error {
	text, isText := value.GetKind().(*structpb.Value_StringValue)
	if !isText {
		return fmt.Errorf("runtime option %q must be text, not %v", name, value.AsInterface())
	}
	switch name {
	case "virtualenv":
		options.Virtualenv = text.StringValue
		return nil
	case "toolchain":
		return setToolchain(options, text.StringValue)
	default:
		return fmt.Errorf("runtime option %q is not supported by this language host; "+
			"it knows virtualenv and toolchain, the official Pulumi CLI knows more", name)
	}
}

func setToolchain(options *toolchain.PythonOptions, name string) error {
	switch strings.ToLower(name) {
	case "auto":
		options.Toolchain = toolchain.Auto
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	default:
		return fmt.Errorf("unknown toolchain %q; write auto, pip, poetry or uv", name)
	}
	return nil
}

// command prepares a Python process after making sure that there is an interpreter to run: what fails here is an error
// message, what fails after the engine has begun to wait for a policy pack is a hang.
func (i *interpreter) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if err := i.checkVirtualenv(); err != nil {
		return nil, err
	}
	cmd, err := i.Toolchain.Command(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.source, err)
	}
	if _, err := exec.LookPath(cmd.Path); err != nil {
		return nil, fmt.Errorf("%s: its Python interpreter cannot be run: %w", i.source, err)
	}
	prepare(cmd)
	return cmd, nil
}

func (i *interpreter) checkVirtualenv() error {
	if i.virtualenv == "" {
		return nil
	}
	path, err := i.VirtualEnvPath(context.Background())
	if err != nil {
		return fmt.Errorf("%s: %w", i.source, err)
	}
	if toolchain.IsVirtualEnv(path) {
		return nil
	}
	problem := "does not exist"
	if _, err := os.Stat(path); err == nil {
		problem = "has no Python in it"
	}
	return fmt.Errorf("%s: virtualenv is %q, but %s %s; create it (`make setup` in a Slipway checkout) or correct the option",
		i.source, i.virtualenv, path, problem)
}
