using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foundation.Client.Agents;

/// <summary>The HTTP server inside an agent. It reads no configuration and touches no signal: the process stays its owner's.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    /// <summary>The most that a delivery may hold: a task's data has at most 1 MiB.</summary>
    public const int BodyBytesMax = 4 * 1024 * 1024;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;
    private volatile AgentEndpoint? _endpoint;

    private AgentServer(WebApplication app) => _app = app;

    public Uri Endpoint { get; private set; } = null!;

    public ILoggerFactory Loggers => _app.Services.GetRequiredService<ILoggerFactory>();

    public static async Task<AgentServer> StartAsync(FoundationAgentBuilder options, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Listen(options.Listen);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        if (options.Loggers is { } loggers)
        {
            builder.Services.AddSingleton(loggers);
        }
        else
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        }

        var server = new AgentServer(builder.Build());
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync(ct);
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Endpoint = options.PublicEndpoint ?? new Uri(new Uri(address), AgentEndpoint.Path);
        return server;
    }

    public void Serve(AgentEndpoint endpoint) => _endpoint = endpoint;

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private Task ServeAsync(HttpContext http)
    {
        if (_endpoint is { } endpoint)
        {
            return endpoint.ServeAsync(http);
        }

        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    // The generic host's default takes Ctrl-C and SIGTERM for itself; an agent that only started must not.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
