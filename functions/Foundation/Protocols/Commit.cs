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

    /// <summary>Rewrites state and due; the body stays. Conflicts when the version is not the stored one.</summary>
    public sealed record Replace(RowReference Before, ReadOnlyMemory<byte> State, Due? Due) : Write
    {
        /// <inheritdoc/>
        public override RowKey Key => Before.Key;
    }

    /// <summary>Removes a row. Conflicts when the version is not the stored one.</summary>
    public sealed record Delete(RowReference Before) : Write
    {
        /// <inheritdoc/>
        public override RowKey Key => Before.Key;
    }
}

/// <summary>The id of a commit, stamped on its rows where a reply can be lost, so that a writer recognises its own work.</summary>
public readonly record struct CommitId(UInt128 Value);

/// <summary>An atomic, conditional write of rows of one shard. Posts stand among the writes as rows of <see cref="Space.Posts"/>.</summary>
/// <param name="Id">Unique per attempt to decide; the same commit may be sent twice.</param>
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

    /// <summary>Nothing was written, because this row was not as named.</summary>
    public sealed record Conflict(RowKey Key) : CommitResult;
}

/// <summary>The bounds of a commit; every store enforces them, so that what runs on one runs on all.</summary>
public static class CommitLimits
{
    /// <summary>Rows and index entries touched; Azure's entity group transactions hold 100.</summary>
    public const int OperationsMax = 100;

    /// <summary>Bytes of states and bodies in one commit.</summary>
    public const int BytesMax = 3_500_000;

    /// <summary>Bytes of one state.</summary>
    public const int StateBytesMax = 32 * 1024;

    /// <summary>Throws <see cref="ArgumentException"/> when a commit is over a bound or malformed: a bug of the caller.</summary>
    public static void Check(Commit commit)
    {
        ArgumentOutOfRangeException.ThrowIfZero(commit.Writes.Length, nameof(commit));
        var bytes = 0L;
        var operations = 0;
        foreach (var write in commit.Writes)
        {
            if (write.Key.Table.Space != commit.Shard.Space)
            {
                throw new ArgumentException($"{write.Key} is not of space {commit.Shard.Space.Name}");
            }

            var (state, body, count) = Measure(write);
            if (state > StateBytesMax)
            {
                throw new ArgumentException($"The state of {write.Key} has {state} bytes; at most {StateBytesMax} are allowed");
            }

            bytes += state + body;
            operations += count;
        }

        if (operations > OperationsMax || bytes > BytesMax)
        {
            throw new ArgumentException($"A commit to {commit.Shard} has {operations} operations and {bytes} bytes; at most {OperationsMax} and {BytesMax}");
        }
    }

    private static (int State, int Body, int Operations) Measure(Write write) => write switch
    {
        Write.Insert i => (i.State.Length, i.Body.Length, i.Due is null ? 1 : 2),
        Write.Replace r => (r.State.Length, 0, 1 + (SamePlace(r.Before.Due, r.Due) ? 0 : Entries(r.Before.Due) + Entries(r.Due))),
        Write.Delete d => (0, 0, 1 + Entries(d.Before.Due)),
        _ => throw new ArgumentOutOfRangeException(nameof(write)),
    };

    private static int Entries(Due? due) => due is null ? 0 : 1;

    private static bool SamePlace(Due? before, Due? after) => before == after;
}
