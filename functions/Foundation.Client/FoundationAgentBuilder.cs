using System.Net;
using System.Text.Json;
using Foundation.Client.Agents;
using Foundation.Registry;
using Microsoft.Extensions.Logging;

namespace Foundation.Client;

/// <summary>What an agent can do and how it runs.</summary>
public sealed class FoundationAgentBuilder
{
    private readonly Dictionary<string, AgentHandler> _handlers = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, AgentHandler> Handlers => _handlers;

    /// <summary>The instance's name inside the service. A stable one is taken over at once by a restarted process. Default: machine and process id.</summary>
    public string Instance { get; set; } = DefaultInstance();

    /// <summary>The API key, where the host wants one. Default: the variable <c>FOUNDATION_KEY</c>.</summary>
    public string? Key { get; set; } = Environment.GetEnvironmentVariable("FOUNDATION_KEY");

    /// <summary>Where it listens. Default: a free port on loopback.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>Where the host reaches it, when that is not where it listens (behind a proxy, in a container).</summary>
    public Uri? PublicEndpoint { get; set; }

    /// <summary>How many tasks at once. Default: 4.</summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>How long it may stay unheard. Default: the host's.</summary>
    public TimeSpan? Lease { get; set; }

    /// <summary>The agent's version.</summary>
    public string? Version { get; set; }

    /// <summary>Key-value pairs to select it by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; set; }

    /// <summary>How long the first registration is tried. Default: 2 min.</summary>
    public TimeSpan RegisterWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a stop waits for the handlers; what then still runs is given back, uncounted. Default: 30 s.</summary>
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How payloads and results are read and written. Default: camelCase.</summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where it logs. Default: warnings, to the console.</summary>
    public ILoggerFactory? Loggers { get; set; }

    internal SecretReference? SecretReference { get; private set; }

    internal string? Secret { get; private set; }

    /// <summary>Takes tasks of a type with a handler that answers within a minute: its result answers the push.</summary>
    /// <param name="capability">
    /// What is offered. A task comes here when its type is this word, or ends with it after a dot, or when there is no other handler.
    /// </param>
    /// <param name="handler">Its return value is the task's result; an exception is the attempt's failure.</param>
    public FoundationAgentBuilder Handle<T>(string capability, Func<AssignedTask, Task<T>> handler) => Add(capability, Wrap(handler), answersLater: false);

    /// <summary>As <see cref="Handle{T}(string, Func{AssignedTask, Task{T}})"/>, without a result.</summary>
    public FoundationAgentBuilder Handle(string capability, Func<AssignedTask, Task> handler) => Add(capability, Wrap(handler), answersLater: false);

    /// <summary>As <see cref="Handle{T}(string, Func{AssignedTask, Task{T}})"/>, for work that waits for nothing.</summary>
    public FoundationAgentBuilder Handle<T>(string capability, Func<AssignedTask, T> handler) =>
        Add(capability, Wrap(task => Task.FromResult(handler(task))), answersLater: false);

    /// <summary>
    /// Takes tasks with a handler that needs more than a minute: the push is answered 202, the attempt's lease is kept alive by progress,
    /// and the result is told by the API.
    /// </summary>
    public FoundationAgentBuilder HandleLong<T>(string capability, Func<AssignedTask, Task<T>> handler) => Add(capability, Wrap(handler), answersLater: true);

    /// <summary>As <see cref="HandleLong{T}"/>, without a result.</summary>
    public FoundationAgentBuilder HandleLong(string capability, Func<AssignedTask, Task> handler) => Add(capability, Wrap(handler), answersLater: true);

    /// <summary>
    /// Takes only deliveries that the host signed (Standard Webhooks) with the secret behind a reference, which the host and this process
    /// resolve each for themselves.
    /// </summary>
    /// <param name="reference"><c>env:FOUNDATION_SECRET_…</c>, or <c>file:…</c> with a value given here.</param>
    /// <param name="value">The secret; the variable's value when null.</param>
    public FoundationAgentBuilder SignedWith(string reference, string? value = null)
    {
        SecretReference = Kernel.SecretReference.TryParse(reference, out var parsed)
            ? parsed
            : throw new ArgumentException($"A reference to a secret is {Kernel.SecretReference.Form}.", nameof(reference));
        Secret = value ?? (parsed.Scheme == "env" ? Environment.GetEnvironmentVariable(parsed.Name) : null);
        return Secret is { Length: > 0 } ? this : throw new ArgumentException($"There is no value for {reference} in this process.", nameof(value));
    }

    internal InstanceRegistration ToRegistration(Uri endpoint) => new()
    {
        Endpoint = endpoint.AbsoluteUri,
        Capabilities = [.. _handlers.Keys.Select(name => new Capability(name))],
        Version = Version,
        Labels = Labels,
        MaxConcurrency = MaxConcurrency,
        Lease = Lease is { } lease ? new LeaseTerm(lease) : null,
        Secret = SecretReference,
    };

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        if (_handlers.Count == 0)
        {
            throw new InvalidOperationException("An agent needs at least one handler: a => a.Handle(\"capability\", task => …)");
        }
    }

    private FoundationAgentBuilder Add(string capability, Func<AssignedTask, Task<RawJson>> run, bool answersLater)
    {
        _handlers.Add(capability, new AgentHandler(run, answersLater));
        return this;
    }

    private Func<AssignedTask, Task<RawJson>> Wrap<T>(Func<AssignedTask, Task<T>> handler) => async task =>
    {
        var result = await handler(task);
        return result is RawJson raw ? raw : Payload.Of(result, Json);
    };

    private static Func<AssignedTask, Task<RawJson>> Wrap(Func<AssignedTask, Task> handler) => async task =>
    {
        await handler(task);
        return default;
    };

    private static string DefaultInstance()
    {
        var machine = string.Concat(Environment.MachineName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return $"{(machine.Length is > 0 and <= 100 ? machine : "agent")}-{Environment.ProcessId}";
    }
}
