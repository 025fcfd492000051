using Foundation.Embedded.Hosting;
using Foundation.Kernel;
using Foundation.Registry;

namespace Foundation.Embedded.Samples;

/// <summary>Registers the built-in agent once the host listens, keeps it alive, and takes it away at stop.</summary>
internal sealed class HelloAgent(
    RegistryService registry, BoundAddresses bound, TimeProvider time, ILogger<HelloAgent> logger) : BackgroundService, IHostedLifecycleService
{
    public const string Service = "samples";
    public const string Instance = "hello";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);
    private readonly TaskCompletionSource<Uri?> _listening = new();
    private string? _token;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // The agent is called over plain HTTP on this machine; a host that listens only elsewhere has no sample.
        _listening.TrySetResult(bound.Loopback);
        return Task.CompletedTask;
    }

    /// <summary>It leaves before anything else stops, so that nothing more is given to it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _listening.TrySetResult(null);
        if (_token is not { } token)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FarewellPatience);
        try
        {
            await registry.RemoveAsync(Caller.System, Service, Instance, token, dryRun: false, patience.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // Its lease ends by itself.
            logger.HelloNotRemoved(e);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await _listening.Task.WaitAsync(stoppingToken) is not { } url)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = await TryBeHeardAsync(new Uri(url, HelloRoom.Path), stoppingToken);
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async ValueTask<TimeSpan> TryBeHeardAsync(Uri endpoint, CancellationToken ct)
    {
        try
        {
            return await BeHeardAsync(endpoint, ct);
        }
        catch (StoreUnavailableException e)
        {
            logger.HelloNotHeard(e.Message);
            return Again;
        }
    }

    private async ValueTask<TimeSpan> BeHeardAsync(Uri endpoint, CancellationToken ct)
    {
        if (_token is { } token)
        {
            var heard = await registry.HeartbeatAsync(Caller.System, Service, Instance, new Heartbeat { LeaseToken = token }, ct);
            if (heard.Ok)
            {
                return heard.Value.HeartbeatEvery ?? Again;
            }
        }

        // A kill leaves the last registration behind, with the port of then: the same key may take it over.
        var registration = new InstanceRegistration { Endpoint = endpoint.AbsoluteUri, Capabilities = [new Capability("hello")], MaxConcurrency = 8 };
        var answer = await registry.RegisterAsync(Caller.System, Service, Instance, registration, new RegisterTerms(Takeover: true), ct);
        if (answer.Problem is { } problem)
        {
            logger.HelloNotHeard(problem.Detail ?? problem.Error.Title);
            return Again;
        }

        _token = answer.Value.Resource.LeaseToken;
        return answer.Value.Resource.HeartbeatEvery ?? Again;
    }
}

/// <summary>Event ids 1650–1699.</summary>
internal static partial class HelloLog
{
    [LoggerMessage(1650, LogLevel.Warning, "The built-in agent hello could not register: {Reason}")]
    public static partial void HelloNotHeard(this ILogger logger, string reason);

    [LoggerMessage(1651, LogLevel.Warning, "The built-in agent hello could not leave the registry; its lease ends by itself")]
    public static partial void HelloNotRemoved(this ILogger logger, Exception error);
}
