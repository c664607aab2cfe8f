package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"

	sdk "github.com/pulumi/pulumi/sdk/v3"
)

// RunPlugin runs a Python provider or policy pack until it ends, and streams its output to the engine.
func (h *languageHost) RunPlugin(
	req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	if req.GetAttachDebugger() {
		return errors.New("this language host cannot attach a debugger; use the official Pulumi CLI for that")
	}
	ctx, done := h.children.lifetime(server.Context())
	defer done()
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(server, false)
	if err != nil {
		return err
	}
	if apitype.PluginKind(req.GetKind()) == apitype.AnalyzerPlugin {
		err = runPolicyPack(ctx, req, stdout, stderr)
	} else {
		err = runProvider(ctx, req, stdout, stderr)
	}
	if closeErr := closer.Close(); err == nil {
		err = closeErr
	}
	return sendExitCode(server, err)
}

// runProvider runs `python PROGRAM ARGS`; the plugin itself prints the port that it listens on.
func runProvider(ctx context.Context, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	program := req.GetInfo().GetProgramDirectory()
	if _, err := os.Stat(filepath.Join(program, "__main__.py")); err != nil {
		return fmt.Errorf("plugin %s has no __main__.py to run: %w", program, err)
	}
	cmd, err := pluginCommand(ctx, req, pluginFile, append([]string{"-u", program}, req.GetArgs()...)...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return pinned(cmd.Run)
}

// runPolicyPack runs a pack behind the SDK's proxy: a pack takes project, stack and configuration from its environment
// when it starts, while the engine tells them only to a running plugin.
func runPolicyPack(ctx context.Context, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	pack := req.GetInfo().GetProgramDirectory()
	args := append(append([]string{"-u", "-m", "pulumi.policy"}, req.GetArgs()...), pack)
	cmd, err := pluginCommand(ctx, req, policyFile, args...)
	if err != nil {
		return err
	}
	proxy, packOutput, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("starting the policy proxy: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("waiting for the stack's configuration: %w", err)
	}
	config, err := policyEnvironment(stack)
	if err != nil {
		return err
	}
	cmd.Dir = pack
	cmd.Env = append(cmd.Env, config...)
	cmd.Stdout, cmd.Stderr = packOutput, stderr
	return pinned(func() error {
		startErr := cmd.Start()
		// Attach comes even after a failed start: it is what tells the waiting engine that there is no pack. It gets a
		// context without end because it must not return before the process, which ends with ctx, has been reaped.
		return errors.Join(startErr, proxy.Attach(context.WithoutCancel(ctx), cmd))
	})
}

// pluginCommand prepares Python with the environment that the engine gave, inside the plugin's virtual environment.
func pluginCommand(
	ctx context.Context, req *pulumirpc.RunPluginRequest, file definition, args ...string,
) (*exec.Cmd, error) {
	python, err := newInterpreter(req.GetInfo(), file)
	if err != nil {
		return nil, err
	}
	cmd, err := python.command(ctx, args...)
	if err != nil {
		return nil, err
	}
	path, err := python.VirtualEnvPath(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python.source, err)
	}
	cmd.Dir, cmd.Env = req.GetPwd(), req.GetEnv()
	if path != "" {
		cmd.Env = toolchain.ActivateVirtualEnv(cmd.Env, path)
	}
	return cmd, nil
}

// policyEnvironment hands the stack to the policy SDK. There is none when a pack is only asked to describe itself.
func policyEnvironment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	environment, err := configEnvironment(stack.GetConfig(), stack.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	return append(environment,
		"PULUMI_ORGANIZATION="+stack.GetOrganization(),
		"PULUMI_PROJECT="+stack.GetProject(),
		"PULUMI_STACK="+stack.GetStack(),
		fmt.Sprintf("PULUMI_DRY_RUN=%t", stack.GetDryRun()),
	), nil
}

// sendExitCode reports a plugin's exit status as such; any other failure is the call's own error.
func sendExitCode(server pulumirpc.LanguageRuntime_RunPluginServer, err error) error {
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code, err = exit.ExitCode(), nil
	}
	if err != nil {
		return err
	}
	return server.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)},
	})
}
