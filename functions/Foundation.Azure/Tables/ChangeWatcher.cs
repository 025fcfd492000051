using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Foundation.Azure.Tables;

/// <summary>
/// Follows the change rows of a space's shards. All watches of a process share one look at the heads per interval; only shards whose
/// head moved are read further.
/// </summary>
internal sealed class ChangeWatcher(TableDirectory tables, RowReader toRow, AzureTablesOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Space, HeadReader> _heads = new();

    public async IAsyncEnumerable<Change> WatchAsync(Table table, string? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var heads = _heads.GetOrAdd(table.Space, s => new HeadReader(tables, s, options, time));
        var cursor = ReadCursor(after);
        if (cursor is null)
        {
            cursor = [.. await heads.ReadAsync(TimeSpan.Zero, ct)];
            yield return Resync(cursor);
        }

        var wait = options.WatchEvery;
        while (true)
        {
            var changes = await LookAsync(table, heads, cursor, wait / 2, ct);
            foreach (var change in changes)
            {
                yield return change;
            }

            wait = changes.Count > 0 ? options.WatchEvery : TimeSpan.FromTicks(Math.Min(wait.Ticks * 3 / 2, options.WatchEveryMax.Ticks));
            await Task.Delay(wait, time, ct);
        }
    }

    /// <summary>What is new in all shards. While the service does not answer that is nothing: a watch ends only by cancellation.</summary>
    private async Task<List<Change>> LookAsync(Table table, HeadReader heads, long[] cursor, TimeSpan fresh, CancellationToken ct)
    {
        var changes = new List<Change>();
        try
        {
            var now = await heads.ReadAsync(fresh, ct);
            for (var shard = 0; shard < cursor.Length; shard++)
            {
                if (now[shard] != cursor[shard])
                {
                    changes.AddRange(await ReadShardAsync(table, shard, now[shard], cursor, ct));
                }
            }
        }
        catch (StoreUnavailableException)
        {
            // The shards that were read are told, and the cursor stands before the others.
        }

        return changes;
    }

    /// <summary>The changes of one shard; moves its cursor.</summary>
    private async Task<List<Change>> ReadShardAsync(Table table, int number, long head, long[] cursor, CancellationToken ct)
    {
        var shard = new Shard(table.Space, number);
        var partition = tables.Partition(shard);
        var page = head > cursor[number]
            ? await partition.ReadAsync(EntityKeys.Change(cursor[number] + 1), EntityKeys.Change(head + 1), ChangeEntity.Kept, null, ct)
            : default;
        if (page.Items is null or [] || EntityKeys.ReadChange(page.Items[0].RowKey) != cursor[number] + 1)
        {
            cursor[number] = head;
            return [Resync(cursor)];
        }

        var prefix = EntityKeys.Rows(new KeyRange(table)).From;
        var keys = page.Items
            .SelectMany(ChangeEntity.KeysOf)
            .Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Reverse().Distinct().Reverse()
            .ToList();
        var rows = await Bounded.SelectAsync(keys, options.Parallel, k => partition.FindAsync(k, RowEntity.WithoutBody, ct).AsTask());
        var changes = new List<Change>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            // Only the last one moves the cursor: whoever stops in between sees some of them again, and misses none.
            cursor[number] = i == keys.Count - 1 ? EntityKeys.ReadChange(page.Items[^1].RowKey) : cursor[number];
            var key = EntityKeys.ToKey(table, EntityKeys.ReadRow(keys[i]).Name);
            var row = rows[i] is { } entity ? await toRow(shard, entity, false, ct) : null;
            changes.Add(new Change(Text(cursor), row is null ? ChangeKind.Deleted : ChangeKind.Updated, key, row));
        }

        cursor[number] = EntityKeys.ReadChange(page.Items[^1].RowKey);
        return changes;
    }

    private static Change Resync(long[] cursor) => new(Text(cursor), ChangeKind.Resync, default, null);

    private static string Text(long[] cursor) => string.Join('.', cursor.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Null for one that this watch cannot go on from.</summary>
    private long[]? ReadCursor(string? after)
    {
        var parts = after?.Split('.') ?? [];
        var cursor = new long[options.Shards];
        for (var i = 0; i < cursor.Length; i++)
        {
            if (parts.Length != cursor.Length || !long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out cursor[i]))
            {
                return null;
            }
        }

        return cursor;
    }

    /// <summary>The last change numbers of all shards, read once for all who ask within an interval.</summary>
    private sealed class HeadReader(TableDirectory tables, Space space, AzureTablesOptions options, TimeProvider time)
    {
        private readonly Lock _gate = new();
        private Task<long[]>? _read;
        private long _readAt;

        public Task<long[]> ReadAsync(TimeSpan fresh, CancellationToken ct)
        {
            lock (_gate)
            {
                var underWay = _read is { IsCompleted: false };
                var usable = underWay || (_read is { IsCompletedSuccessfully: true } && time.GetElapsedTime(_readAt) < fresh);
                if (!usable)
                {
                    _readAt = time.GetTimestamp();
                    _read = ReadAsync();
                }

                return _read!.WaitAsync(ct);
            }
        }

        // For all who wait: not cancelled by one of them.
        private async Task<long[]> ReadAsync() =>
            await Bounded.SelectAsync(
                [.. Enumerable.Range(0, options.Shards)], options.Parallel, n => NumberAsync(n, CancellationToken.None));

        private async Task<long> NumberAsync(int shard, CancellationToken ct)
        {
            var head = await tables.Partition(new Shard(space, shard)).FindAsync(EntityKeys.ChangesHead, null, ct);
            return head is null ? 0 : ChangeEntity.NumberOf(head);
        }
    }
}
