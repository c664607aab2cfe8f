package main

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// languageHost answers the engine's LanguageRuntime calls. Code generation is left to the embedded server, which
// answers it with "unimplemented".
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	executor      string // script that boots a program
	engineAddress string
	tracing       string
	children      *children
}

func newLanguageHost(executor, engineAddress, tracing string) *languageHost {
	return &languageHost{executor: executor, engineAddress: engineAddress, tracing: tracing, children: newChildren()}
}

// Handshake takes over the address of an engine that attached to a running host.
func (h *languageHost) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engineAddress = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo reports the version of the SDK that the host is made of.
func (h *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// GetRequiredPackages names no package: provider plugins are in PULUMI_HOME already, or are fetched by the engine when
// the program first asks for one.
func (h *languageHost) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// About describes the interpreter to `pulumi about`.
func (h *languageHost) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	python, err := newInterpreter(req.GetInfo(), projectFile)
	if err != nil {
		return nil, err
	}
	if err := python.checkVirtualenv(); err != nil {
		return nil, err
	}
	about, err := python.About(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: asking its Python about itself: %w", python.source, err)
	}
	return &pulumirpc.AboutResponse{Executable: about.PythonExecutable, Version: about.PythonVersion.String()}, nil
}

// InstallDependencies serves `pulumi install`.
func (h *languageHost) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	ctx, done := h.children.lifetime(server.Context())
	defer done()
	file := projectFile
	if req.GetIsPlugin() {
		file = pluginFile
	}
	python, err := newInterpreter(req.GetInfo(), file)
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	err = installInto(ctx, python, req, stdout, stderr)
	if closeErr := closer.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Cancel ends what runs and returns when it has ended.
func (h *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.children.end()
	return &emptypb.Empty{}, nil
}
