using System.Runtime.InteropServices;
using Foundation.Client.Agents;
using Microsoft.Extensions.Logging;

namespace Foundation.Client;

/// <summary>
/// An agent: a process that takes tasks over HTTP. It listens, registers and is heard by itself; at its end it drains, so that nothing
/// it was given is lost or done twice.
/// </summary>
public sealed class FoundationAgent : IAsyncDisposable
{
    private readonly AgentServer _server;
    private readonly AgentRegistration _registration;
    private readonly AttemptTable _attempts;
    private readonly FoundationClient _client;
    private readonly FoundationAgentBuilder _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task? _stopped;

    private FoundationAgent(
        AgentServer server, AgentRegistration registration, AttemptTable attempts, FoundationClient client, FoundationAgentBuilder options, ILogger logger) =>
        (_server, _registration, _attempts, _client, _options, _logger) = (server, registration, attempts, client, options, logger);

    /// <summary>Where the host pushes its tasks.</summary>
    public Uri Endpoint => _registration.Endpoint;

    /// <summary><c>service/instance</c>.</summary>
    public string Name => _registration.Name;

    /// <summary>Handlers at work.</summary>
    public int Running => _attempts.Running;

    /// <summary>A client of the same host, for handlers that submit tasks themselves.</summary>
    public FoundationClient Client => _client;

    /// <summary>Starts an agent; when this returns it is registered and gets tasks.</summary>
    /// <param name="url">The host, for example <c>http://127.0.0.1:7070</c>.</param>
    /// <param name="service">The service that this agent is an instance of.</param>
    /// <param name="configure">Its handlers and options.</param>
    /// <param name="ct">Ends the attempts to register.</param>
    /// <exception cref="FoundationException">The host refuses the registration.</exception>
    /// <exception cref="HttpRequestException">The host could not be reached in time.</exception>
    public static async Task<FoundationAgent> StartAsync(
        string url, string service, Action<FoundationAgentBuilder> configure, CancellationToken ct = default)
    {
        var options = new FoundationAgentBuilder();
        configure(options);
        options.Check();
        var client = new FoundationClient(url, options.Key);
        AgentServer? server = null;
        try
        {
            server = await AgentServer.StartAsync(options, ct);
            var logger = server.Loggers.CreateLogger<FoundationAgent>();
            var attempts = new AttemptTable(client, options, logger);
            server.Serve(new AgentEndpoint(attempts, client, options));
            var registration = new AgentRegistration(client, service, options, server.Endpoint, attempts, logger);
            await registration.BeginAsync(ct);
            return new FoundationAgent(server, registration, attempts, client, options, logger);
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            client.Dispose();
            throw;
        }
    }

    /// <summary>Runs until Ctrl-C, SIGTERM or the token, and then stops.</summary>
    /// <exception cref="FoundationException">Another process took this instance's name, or the host refuses it from now on.</exception>
    public async Task RunAsync(CancellationToken ct = default)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var cancelled = ct.UnsafeRegister(_ => told.TrySetResult(), null);
        var first = await Task.WhenAny(told.Task, _registration.Lost);
        await StopAsync();
        await first;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            told.TrySetResult();
        }
    }

    /// <summary>Drains and ends: takes nothing new, lets the handlers finish, leaves the registry. Repeated calls wait for the first.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stopped ??= StopOnceAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync()
    {
        await _registration.DrainAsync();
        if (!await _attempts.DrainAsync(_options.DrainWithin))
        {
            _logger.DrainedLate(_options.DrainWithin);
        }

        await _registration.DisposeAsync();
        await _server.DisposeAsync();
        _client.Dispose();
    }
}
