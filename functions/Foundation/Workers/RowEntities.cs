using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>Entities as rows written by compare and swap: the embedded host and the Azure adapters in Kestrel.</summary>
public sealed class RowEntities(IStore store, RoomDirectory directory, CommitIds ids, TimeProvider time, ILogger<RowEntities> logger) : IEntities
{
    private const int TriesMax = 64;
    private static readonly Space Entities = new("entities");

    /// <summary>The table of entity envelopes.</summary>
    public static Table Table { get; } = new("entities", Entities, KeyForm.Text);

    /// <inheritdoc/>
    public async ValueTask SignalAsync(EntityId id, Signal signal, CancellationToken ct)
    {
        var decider = directory.FindEntity(id.Kind) ?? throw new ArgumentException($"No room decides entity kind '{id.Kind}'");
        var (shard, key) = Place(id);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var row = await store.FindAsync(shard, key, ct);
            var before = row?.State ?? default;
            var after = EntityShell.Apply(decider, before, signal, time.GetUtcNow(), out var failure);
            if (failure is not null)
            {
                logger.SignalFailed(id.Kind, id.Key, signal.Source, failure);
            }

            if (after.Equals(before))
            {
                return;
            }

            Write write = row is null ? new Write.Insert(key, after, default, null) : new Write.Replace(row.Reference, after, null);
            if (await store.CommitAsync(new Commit(ids.Next(), shard, [write]), ct) is CommitResult.Committed)
            {
                return;
            }
        }

        throw new StoreUnavailableException($"Entity {id.Kind}/{id.Key} is written by too many at once");
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(EntityId id, CancellationToken ct)
    {
        var (shard, key) = Place(id);
        return await store.FindAsync(shard, key, ct) is { } row ? EntityShell.StateOf(row.State) : (ReadOnlyMemory<byte>?)null;
    }

    private (Shard Shard, RowKey Key) Place(EntityId id)
    {
        var name = $"{id.Kind}/{id.Key}";
        return (new Shard(Entities, (int)(StableHash.Of(name) % (ulong)store.Shards)), new RowKey(Table, name));
    }
}
