namespace Foundation.Protocols;

/// <summary>Names state that the whole fleet shares.</summary>
/// <param name="Kind">The decider, lower-case letters: <c>registry</c>.</param>
/// <param name="Key">Which one; 1–200 characters.</param>
public readonly record struct EntityId(string Kind, string Key);

/// <summary>What a source tells an entity. Signals of a source may be doubled or reversed; a lower number is ignored.</summary>
/// <param name="Source">A process incarnation.</param>
/// <param name="Number">Grows by one per signal of the source to this entity.</param>
/// <param name="Body">UTF-8 JSON that the decider reads.</param>
public sealed record Signal(string Source, long Number, ReadOnlyMemory<byte> Body);

/// <summary>Fleet-wide state. Embedded: rows written by compare and swap; Azure: durable entities.</summary>
public interface IEntities
{
    /// <summary>Sends a signal. Returning means accepted, not applied.</summary>
    ValueTask SignalAsync(EntityId id, Signal signal, CancellationToken ct);

    /// <summary>The last committed state as the decider wrote it, or null. May lag behind signals.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(EntityId id, CancellationToken ct);
}

/// <summary>The rule of one kind of entity. Pure: no I/O, no clock.</summary>
public interface IEntityDecider
{
    /// <summary>The kind it decides for.</summary>
    string Kind { get; }

    /// <summary>The state after a signal. Sequence numbers are checked before; an exception leaves the state as it was and is recorded.</summary>
    /// <param name="state">UTF-8 JSON, or empty at first.</param>
    /// <param name="signal">What was told.</param>
    /// <param name="now">The host's time.</param>
    ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> state, Signal signal, DateTimeOffset now);
}
