using System.Collections.Concurrent;
using Azure;

namespace Foundation.Azure.Tables;

/// <summary>
/// Hands out the next change number of a shard. Numbers are gapless in commit order, because the head is replaced in the same
/// transaction: a clock or a counter of the process would let a watch pass a commit that comes behind its cursor.
/// </summary>
internal sealed class ChangeNumbers(Func<Shard, Partition> partition)
{
    private readonly ConcurrentDictionary<Shard, Line> _lines = new();

    /// <summary>Waits for this process's turn in the shard: its own commits would only defeat one another.</summary>
    public async ValueTask<ChangeTurn> EnterAsync(Shard shard, CancellationToken ct)
    {
        var line = _lines.GetOrAdd(shard, static s => new Line(s));
        await line.Gate.WaitAsync(ct);
        try
        {
            var turn = new ChangeTurn(line);
            if (!line.Known)
            {
                await RefreshAsync(turn, ct);
            }

            return turn;
        }
        catch
        {
            line.Gate.Release();
            throw;
        }
    }

    /// <summary>Reads the head again: another process went first.</summary>
    public async ValueTask RefreshAsync(ChangeTurn turn, CancellationToken ct)
    {
        var line = turn.Line;
        var head = await partition(line.Shard).FindAsync(EntityKeys.ChangesHead, null, ct);
        (line.Known, line.Last, line.Tag) = (true, head is null ? 0 : ChangeEntity.NumberOf(head), head?.ETag);
    }

    internal sealed class Line(Shard shard)
    {
        public Shard Shard { get; } = shard;

        public SemaphoreSlim Gate { get; } = new(1);

        public bool Known { get; set; }

        public long Last { get; set; }

        public ETag? Tag { get; set; }
    }
}

/// <summary>One commit's turn to number its change; disposing lets the next one go.</summary>
internal sealed class ChangeTurn(ChangeNumbers.Line line) : IDisposable
{
    private bool _trimmed = true;

    public ChangeNumbers.Line Line { get; } = line;

    public long Number => Line.Last + 1;

    public ETag? HeadTag => Line.Tag;

    /// <summary>The change that this one pushes out, if it is there.</summary>
    public long? Trims => _trimmed && Number > ChangeEntity.Kept ? Number - ChangeEntity.Kept : null;

    public void Committed(ETag? head) => (Line.Last, Line.Tag, Line.Known) = (Number, head, head is not null);

    public void Forget() => Line.Known = false;

    /// <summary>Somebody removed the change that should be pushed out.</summary>
    public void SkipTrim() => _trimmed = false;

    public void Dispose() => Line.Gate.Release();
}
