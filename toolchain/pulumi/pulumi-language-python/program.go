package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitMessageShown is what the executor exits with when it has shown the user the error already.
const exitMessageShown = 32

// Run runs a program against the engine's resource monitor until it ends.
func (h *languageHost) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if req.GetAttachDebugger() {
		return nil, errors.New("this language host cannot attach a debugger; use the official Pulumi CLI for that")
	}
	ctx, done := h.children.lifetime(ctx)
	defer done()
	python, err := newInterpreter(req.GetInfo(), projectFile)
	if err != nil {
		return nil, err
	}
	cmd, err := python.command(ctx, append([]string{"-u", h.executor}, h.programArguments(req)...)...)
	if err != nil {
		return nil, err
	}
	config, err := configEnvironment(req.GetConfig(), req.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	cmd.Dir = req.GetPwd()
	cmd.Env = append(cmd.Environ(), config...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return programResult(pinned(cmd.Run))
}

// programArguments is the executor's command line. It ends with the entry point, relative to the program's folder.
func (h *languageHost) programArguments(req *pulumirpc.RunRequest) []string {
	var args []string
	for _, option := range []struct{ name, value string }{
		{"monitor", req.GetMonitorAddress()},
		{"engine", h.engineAddress},
		{"project", req.GetProject()},
		{"root_directory", req.GetInfo().GetRootDirectory()},
		{"stack", req.GetStack()},
		{"pwd", req.GetPwd()},
		{"dry_run", strconv.FormatBool(req.GetDryRun())},
		{"parallel", strconv.Itoa(int(req.GetParallel()))},
		{"tracing", h.tracing},
		{"organization", req.GetOrganization()},
	} {
		if option.value != "" {
			args = append(args, "--"+option.name, option.value)
		}
	}
	entryPoint := req.GetInfo().GetEntryPoint()
	if entryPoint == "" {
		entryPoint = "."
	}
	return append(append(args, entryPoint), req.GetArgs()...)
}

// configEnvironment hands configuration to the SDK, which reads it from these two variables.
func configEnvironment(config map[string]string, secretKeys []string) ([]string, error) {
	var environment []string
	if config != nil {
		document, err := json.Marshal(config)
		if err != nil {
			return nil, fmt.Errorf("encoding the configuration: %w", err)
		}
		environment = append(environment, "PULUMI_CONFIG="+string(document))
	}
	if secretKeys != nil {
		document, err := json.Marshal(secretKeys)
		if err != nil {
			return nil, fmt.Errorf("encoding the names of secret configuration: %w", err)
		}
		environment = append(environment, "PULUMI_CONFIG_SECRET_KEYS="+string(document))
	}
	return environment, nil
}

// programResult tells the engine how a program ended: well, badly with the message shown, or badly without.
func programResult(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitMessageShown:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit) && exit.Exited():
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}, nil
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program was ended by a signal: %v", exit)}, nil
	default:
		return nil, fmt.Errorf("running the Python program: %w", err)
	}
}
