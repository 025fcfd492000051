namespace Foundation.Protocols;

/// <summary>"Look at this lane now." Carries no truth: it may be lost, doubled, late or reordered, and rows still decide.</summary>
/// <param name="Shard">The shard of the lane.</param>
/// <param name="Lane">The lane to look at.</param>
/// <param name="At">When to look, Unix milliseconds; in the past is now.</param>
/// <param name="Promptness"><see cref="Protocols.Promptness.Sweep"/> ones are carried only in process.</param>
/// <param name="Key">The row that wants attention, where one does.</param>
/// <param name="Row">That row as committed, to save a read.</param>
public sealed record WakeUp(Shard Shard, string Lane, long At, Promptness Promptness, RowKey? Key = null, Row? Row = null);

/// <summary>Takes wake-ups to where their lane is looked at: a channel, Storage Queues or Service Bus. At least once, any order, may be lost.</summary>
public interface ICarrier
{
    /// <summary>Whether <see cref="Promptness.Sweep"/> wake-ups are carried too (in process), or left to the sweeper.</summary>
    bool CarriesSweeps { get; }

    /// <summary>Hands over; returns when the carrier has them.</summary>
    ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct);
}
