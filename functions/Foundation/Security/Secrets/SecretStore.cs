using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Foundation.Security.Secrets;

/// <summary>Secrets of this host, cached: a file is looked at again when its last look is a few seconds old, or by the room's job.</summary>
internal sealed class SecretStore(IOptions<SecurityOptions> options, TimeProvider time, ILogger<SecretStore> logger) : ISecrets
{
    private const int CachedMax = 1_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Cached> _files = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Action<SecretReference>[] _subscribers = [];

    /// <summary>Reads a variable; replaced in tests.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <inheritdoc/>
    public Outcome<SecretValue> Resolve(SecretReference reference)
    {
        // A reference can be made without TryParse: the form is the allow-list, so it is checked where the value is read.
        if (!SecretReference.TryParse(reference.Value, out _))
        {
            return new Problem(SecretErrors.NotAllowed, $"'{Texts.Clip(reference.Value)}' is not {SecretReference.Form}.");
        }

        return reference.Scheme == "env" ? FromVariable(reference.Name) : FromFile(reference);
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<SecretReference> changed)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers, changed];
        }

        return new Subscription(this, changed);
    }

    /// <summary>Looks at every file that was ever resolved and tells of those that changed.</summary>
    internal void LookAgain()
    {
        foreach (var name in _files.Keys)
        {
            Look(new SecretReference("file:" + name));
        }
    }

    private Outcome<SecretValue> FromVariable(string name) => Variable(name) is { Length: > 0 } value
        ? new SecretValue(value)
        : new Problem(SecretErrors.NotFound, $"The variable {name} is not set.");

    private Outcome<SecretValue> FromFile(SecretReference reference) =>
        _files.TryGetValue(reference.Name, out var cached) && time.GetElapsedTime(cached.LookedAt) < LookEvery ? cached.Value : Look(reference);

    private Outcome<SecretValue> Look(SecretReference reference)
    {
        var name = reference.Name;
        var located = SecretFile.Locate(options.Value.SecretsFolder, name);
        var mark = located.Ok ? Mark(located.Value) : default;
        var before = _files.GetValueOrDefault(name);
        if (before is not null && before.Value.Ok && located.Ok && before.Mark == mark)
        {
            _files[name] = before with { LookedAt = time.GetTimestamp() };
            return before.Value;
        }

        var value = located.Problem is { } missing ? (Outcome<SecretValue>)missing : SecretFile.Read(located.Value, name);
        if (value.Problem is { } problem && problem.Detail != before?.Value.Problem?.Detail)
        {
            logger.SecretUnreadable(reference.Value, problem.Detail ?? problem.Error.Title);
        }

        if (_files.Count < CachedMax || before is not null)
        {
            _files[name] = new Cached(value, mark, time.GetTimestamp());
        }

        if (before is not null && !Same(before.Value, value))
        {
            Tell(reference);
        }

        return value;
    }

    // The real path is part of the mark: a mounted secret changes by a link that points elsewhere.
    private static FileMark Mark(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? new FileMark(file, info.Length, info.LastWriteTimeUtc.Ticks) : default;
    }

    private static bool Same(Outcome<SecretValue> one, Outcome<SecretValue> other) =>
        one.Ok == other.Ok && (!one.Ok || one.Value.Equals(other.Value));

    private void Tell(SecretReference reference)
    {
        logger.SecretChanged(reference.Value);
        foreach (var subscriber in _subscribers)
        {
            subscriber(reference);
        }
    }

    private readonly record struct FileMark(string? File, long Length, long WrittenAt);

    private sealed record Cached(Outcome<SecretValue> Value, FileMark Mark, long LookedAt);

    private sealed class Subscription(SecretStore store, Action<SecretReference> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (store._gate)
            {
                store._subscribers = [.. store._subscribers.Where(s => s != changed)];
            }
        }
    }
}
