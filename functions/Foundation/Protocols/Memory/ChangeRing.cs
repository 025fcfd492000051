using System.Globalization;
using System.Runtime.CompilerServices;

namespace Foundation.Protocols.Memory;

/// <summary>
/// The last changes of a single-process store, for its watches. It holds keys only: a watcher reads the row when it tells of it,
/// so the ring costs no copy of a state, and what it tells is the newest.
/// </summary>
/// <remarks>
/// A cursor is the incarnation of the ring and a position in it. Positions grow by one per change and never return, so a cursor
/// of another incarnation, or one behind what its own table has lost to overwriting, gives a resync and nothing is missed in silence.
/// </remarks>
public sealed class ChangeRing
{
    /// <summary>How many changes are kept unless told otherwise.</summary>
    public const int DefaultCapacity = 65_536;

    private const int BatchMax = 256;
    private const int ScanMax = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Followed> _tables = new(StringComparer.Ordinal);
    private readonly Slot[] _slots;
    private readonly string _incarnation;
    private long _next = 1;

    /// <summary>An empty ring.</summary>
    /// <param name="random">Names the incarnation.</param>
    /// <param name="capacity">How many changes are kept.</param>
    public ChangeRing(RandomSource random, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _slots = new Slot[capacity];
        _incarnation = (((ulong)random.NextSeed() << 32) | random.NextSeed()).ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a row's newest state, without body.</summary>
    public delegate ValueTask<Row?> Reader(int shard, RowKey key, CancellationToken ct);

    /// <summary>Records that rows changed. Called after the commit is durable.</summary>
    public void Append(Commit commit)
    {
        lock (_gate)
        {
            foreach (var write in commit.Writes)
            {
                Append(commit.Shard.Number, write.Key);
            }
        }
    }

    /// <summary>Records that rows of a shard changed.</summary>
    public void Append(int shard, IReadOnlyList<RowKey> keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
            {
                Append(shard, key);
            }
        }
    }

    /// <summary>Follows a table, as <see cref="IStore.WatchAsync"/> says.</summary>
    public async IAsyncEnumerable<Change> WatchAsync(
        Table table, string? after, Reader read, [EnumeratorCancellation] CancellationToken ct)
    {
        var batch = new List<(long Position, int Shard, RowKey Key)>();
        var position = Start(after);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            batch.Clear();
            var (resync, wait) = Collect(table, ref position, batch);
            if (resync)
            {
                yield return new Change(Cursor(position - 1), ChangeKind.Resync, default, null);
                continue;
            }

            foreach (var (at, shard, key) in batch)
            {
                var row = await read(shard, key, ct);
                yield return new Change(Cursor(at), row is null ? ChangeKind.Deleted : ChangeKind.Updated, key, row);
            }

            if (wait is not null)
            {
                position = await wait.WaitAsync(ct);
            }
        }
    }

    private void Append(int shard, RowKey key)
    {
        var table = Follow(key.Table.Name);
        ref var slot = ref _slots[_next % _slots.Length];
        if (slot.Table is { } overwritten)
        {
            overwritten.Lost = _next - _slots.Length;
        }

        slot = new Slot(table, shard, key);
        table.Waiting?.TrySetResult(_next);
        table.Waiting = null;
        _next++;
    }

    private Followed Follow(string table)
    {
        if (!_tables.TryGetValue(table, out var followed))
        {
            _tables.Add(table, followed = new Followed());
        }

        return followed;
    }

    /// <summary>The first position to tell of; 0 when the cursor cannot be resumed.</summary>
    private long Start(string? after)
    {
        var parts = after?.Split('.');
        return parts is [var incarnation, var position]
            && incarnation == _incarnation
            && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told + 1 : 0;
    }

    private (bool Resync, Task<long>? Wait) Collect(Table table, ref long position, List<(long, int, RowKey)> batch)
    {
        lock (_gate)
        {
            var followed = Follow(table.Name);
            if (position <= followed.Lost || position > _next || position == 0)
            {
                position = _next;
                return (true, null);
            }

            position = Math.Max(position, _next - _slots.Length);
            var end = Math.Min(_next, position + ScanMax);
            var newest = new Dictionary<(int, RowKey), long>();
            for (; position < end && newest.Count < BatchMax; position++)
            {
                var slot = _slots[position % _slots.Length];
                if (slot.Table == followed)
                {
                    newest[(slot.Shard, slot.Key)] = position;
                }
            }

            // Each key once, at its last place, so that cursors grow and the newest state is told once.
            batch.AddRange(newest.OrderBy(static n => n.Value).Select(static n => (n.Value, n.Key.Item1, n.Key.Item2)));
            if (batch.Count > 0 || position < _next)
            {
                return (false, null);
            }

            // The waiter is told the position of the table's next change, so a quiet table never falls behind a busy ring.
            followed.Waiting ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            return (false, followed.Waiting.Task);
        }
    }

    private string Cursor(long position) => string.Create(CultureInfo.InvariantCulture, $"{_incarnation}.{position}");

    private readonly record struct Slot(Followed? Table, int Shard, RowKey Key);

    private sealed class Followed
    {
        /// <summary>The last position of this table that was overwritten.</summary>
        public long Lost { get; set; }

        public TaskCompletionSource<long>? Waiting { get; set; }
    }
}
