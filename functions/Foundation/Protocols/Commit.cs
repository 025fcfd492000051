using System.Collections.Immutable;

namespace Foundation.Protocols;

/// <summary>One conditional write. Each names all it replaces, so that no store has to read before it writes.</summary>
public abstract record Write
{
    private Write()
    {
    }

    /// <summary>The row it is about.</summary>
    public abstract RowKey Key { get; }

    /// <summary>Creates a row; conflicts when the key exists.</summary>
    public sealed record Insert(RowKey Target, ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Body, Due? Due) : Write
    {
        /// <inheritdoc/>
        public override RowKey Key => Target;
    }

    /// <summary>
    /// Rewrites state and due; the body stays. Conflicts when the row is absent or the version is not the stored one. A reference
    /// with the right version and another due is a bug of the caller: nothing is written, and the store throws or conflicts.
    /// </summary>
    public sealed record Replace(RowReference Before, ReadOnlyMemory<byte> State, Due? Due) : Write
    {
        /// <inheritdoc/>
        public override RowKey Key => Before.Key;
    }

    /// <summary>Removes a row. Conflicts when it is absent or the version is not the stored one.</summary>
    public sealed record Delete(RowReference Before) : Write
    {
        /// <inheritdoc/>
        public override RowKey Key => Before.Key;
    }
}

/// <summary>
/// The id of a commit, stamped on its rows where a reply can be lost, so that a writer recognises its own work. Zero is no id:
/// such a commit is never recognised.
/// </summary>
public readonly record struct CommitId(UInt128 Value);

/// <summary>An atomic, conditional write of rows of one shard. Posts stand among the writes as rows of <see cref="Space.Posts"/>.</summary>
/// <param name="Id">
/// Unique per attempt to decide. The same commit may be sent twice: at least while the rows that it wrote stand as it wrote them,
/// the second answer is the first one's. One that only deletes leaves nothing to recognise; its repeat may be a conflict.
/// </param>
/// <param name="Shard">All rows belong to it.</param>
/// <param name="Writes">Each key at most once.</param>
public sealed record Commit(CommitId Id, Shard Shard, ImmutableArray<Write> Writes);

/// <summary>What became of a commit.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>It is durable. Versions in the order of the writes (the default for deletes).</summary>
    public sealed record Committed(ImmutableArray<RowVersion> Versions) : CommitResult;

    /// <summary>Nothing was written, because this row was not as named; where several were not, any of them.</summary>
    public sealed record Conflict(RowKey Key) : CommitResult;
}

/// <summary>The bounds of a commit; every store enforces them, so that what runs on one runs on all.</summary>
public static class CommitLimits
{
    /// <summary>
    /// Rows and index entries touched, and <see cref="WatchOperations"/> where a watched table is; Azure's entity group transactions
    /// hold 100.
    /// </summary>
    public const int OperationsMax = 100;

    /// <summary>
    /// What a commit that touches watched tables costs more, however many of their rows: on Azure the head that numbers changes, the
    /// change row, and the old change row that it pushes out.
    /// </summary>
    public const int WatchOperations = 3;

    /// <summary>Bytes of states and bodies in one commit: Azure's 4 MiB of request hold them in base 64, with keys and headers.</summary>
    public const int BytesMax = 2_900_000;

    /// <summary>Bytes of one state.</summary>
    public const int StateBytesMax = 32 * 1024;

    /// <summary>Characters of a lane.</summary>
    public const int LaneCharsMax = 300;

    /// <summary>Characters of a text key.</summary>
    public const int KeyCharsMax = 400;

    /// <summary>Throws <see cref="ArgumentException"/> when a commit is over a bound or malformed: a bug of the caller.</summary>
    public static void Check(Commit commit)
    {
        ArgumentOutOfRangeException.ThrowIfZero(commit.Writes.Length, nameof(commit));
        var bytes = 0L;
        var operations = 0;
        foreach (var write in commit.Writes)
        {
            var key = write.Key;
            if (!ReferenceEquals(key.Table.Space, commit.Shard.Space) && key.Table.Space.Name != commit.Shard.Space.Name)
            {
                throw new ArgumentException($"{key} is not of space {commit.Shard.Space.Name}");
            }

            CheckKey(key);
            var (state, body, count) = Measure(write);
            if (state > StateBytesMax)
            {
                throw new ArgumentException($"The state of {key} has {state} bytes; at most {StateBytesMax} are allowed");
            }

            bytes += state + body;
            operations += count;
        }

        operations += WatchCost(commit);

        if (operations > OperationsMax || bytes > BytesMax)
        {
            throw new ArgumentException(
                $"A commit to {commit.Shard} has {operations} operations and {bytes} bytes; at most {OperationsMax} and {BytesMax}");
        }

        CheckDistinct(commit.Writes);
    }

    private static void CheckKey(RowKey key)
    {
        if (key.Text is null != (key.Table.Keys == KeyForm.Id))
        {
            throw new ArgumentException($"{key} does not have the key form of its table");
        }

        if (key.Text is { } text && !Printable(text, KeyCharsMax))
        {
            throw new ArgumentException($"The key {key} is not 1–{KeyCharsMax} printable ASCII characters");
        }
    }

    private static void CheckDistinct(ImmutableArray<Write> writes)
    {
        for (var i = 1; i < writes.Length; i++)
        {
            var key = writes[i].Key;
            for (var j = 0; j < i; j++)
            {
                if (writes[j].Key.Id == key.Id && writes[j].Key == key)
                {
                    throw new ArgumentException($"A commit writes {key} twice");
                }
            }
        }
    }

    /// <summary>How many operations a commit is.</summary>
    public static int Operations(Commit commit) => commit.Writes.Sum(w => Measure(w).Operations) + WatchCost(commit);

    private static int WatchCost(Commit commit) => commit.Writes.Any(w => w.Key.Table.Watched) ? WatchOperations : 0;

    private static (int State, int Body, int Operations) Measure(Write write) => write switch
    {
        Write.Insert i => (i.State.Length, i.Body.Length, 1 + Entry(i.Due)),
        Write.Replace r => (r.State.Length, 0, 1 + (r.Before.Due == r.Due ? 0 : Entry(r.Before.Due) + Entry(r.Due))),
        Write.Delete d => (0, 0, 1 + Entry(d.Before.Due)),
        _ => throw new ArgumentOutOfRangeException(nameof(write)),
    };

    private static int Entry(Due? due) => due switch
    {
        null => 0,
        { } d when d.At >= 0 && Printable(d.Lane, LaneCharsMax) => 1,
        _ => throw new ArgumentException($"A due of {due.Value.At} in lane '{due.Value.Lane}' is malformed"),
    };

    private static bool Printable(string text, int most) =>
        text.Length is > 0 && text.Length <= most && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
