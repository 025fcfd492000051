namespace Foundation.Embedded.Sqlite;

/// <summary>Something that the writer does inside a group's transaction. Refuses before it writes, or writes all.</summary>
internal abstract class WriterJob
{
    /// <summary>How much it adds to a group.</summary>
    public abstract int Bytes { get; }

    /// <summary>Whether its caller no longer wants it; asked before it begins.</summary>
    public abstract bool Cancelled { get; }

    /// <summary>Makes ready what must not belong to the group (new tables); outside of a transaction.</summary>
    public virtual void Prepare(WriterState state)
    {
    }

    /// <summary>Does it, inside the group's transaction.</summary>
    public abstract void Execute(WriterState state);

    /// <summary>Whether the file holds what it wrote, after a failure hid the outcome; null when that cannot be told.</summary>
    public virtual bool? Verify(WriterState state) => null;

    /// <summary>What the watches are told, once the group is durable.</summary>
    public virtual void Publish(ChangeSink changes)
    {
    }

    /// <summary>Answers its caller: the group is durable.</summary>
    public abstract void Succeed();

    /// <summary>Answers its caller: nothing is durable, or it is not known.</summary>
    public abstract void Fail(Exception error);

    /// <summary>Answers its caller that it was cancelled.</summary>
    public abstract void Cancel();
}

/// <summary>Takes what watches are told.</summary>
internal delegate void ChangeSink(int shard, IReadOnlyList<RowKey> keys);

/// <summary>A job with an answer.</summary>
internal abstract class WriterJob<T>(CancellationToken ct) : WriterJob
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _answer.Task;

    public override bool Cancelled => ct.IsCancellationRequested;

    protected T? Answer { get; set; }

    public override void Succeed() => _answer.TrySetResult(Answer!);

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public override void Cancel() => _answer.TrySetCanceled(ct);
}

/// <summary>A commit of the port.</summary>
internal sealed class CommitJob(Commit commit, CancellationToken ct) : WriterJob<CommitResult>(ct)
{
    private readonly List<RowKey> _keys = new(commit.Writes.Length);
    private long _version;

    public override int Bytes { get; } = Measure(commit);

    /// <summary>Whether it was answered with a conflict.</summary>
    public bool Conflicted => Answer is CommitResult.Conflict;

    public override void Prepare(WriterState state)
    {
        foreach (var write in commit.Writes)
        {
            state.Ensure(write.Key.Table, commit.Shard.Number);
        }
    }

    public override void Execute(WriterState state)
    {
        _version = state.Version + 1;
        if (state.Rows.Apply(commit, _version) is { } key)
        {
            Answer = (CommitResult?)state.Recent.Find(commit) ?? new CommitResult.Conflict(key);
            return;
        }

        state.Applied(commit, _version);
        foreach (var write in commit.Writes)
        {
            _keys.Add(write.Key);
        }

        Answer = new CommitResult.Committed(Protocols.Memory.RecentCommits.Versions(commit.Writes, _version));
    }

    /// <summary>A conflict is not in doubt: another commit of the group may have caused it, so its caller decides again.</summary>
    public override bool? Verify(WriterState state) => _keys.Count == 0 ? null : state.Rows.Contains(commit, _version);

    public override void Publish(ChangeSink changes)
    {
        if (_keys.Count > 0)
        {
            changes(commit.Shard.Number, _keys);
        }
    }

    private static int Measure(Commit commit)
    {
        var bytes = 0;
        foreach (var write in commit.Writes)
        {
            bytes += write switch
            {
                Write.Insert i => i.State.Length + i.Body.Length,
                Write.Replace r => r.State.Length,
                _ => 0,
            };
        }

        return bytes;
    }
}

/// <summary>Deletes the first rows of a range; answers whether there may be more.</summary>
internal sealed class DeleteRangeJob(Shard shard, int table, KeyRange range, CancellationToken ct) : WriterJob<bool>(ct)
{
    private const int RowsMax = 200;
    private List<RowKey> _keys = [];

    public override int Bytes => 0;

    public override void Execute(WriterState state)
    {
        _keys = state.Rows.DeleteSome(table, range, RowsMax);
        state.Deleted(table, _keys);
        Answer = _keys.Count == RowsMax;
    }

    public override void Publish(ChangeSink changes) => changes(shard.Number, _keys);
}

/// <summary>Any other small write: blobs.</summary>
internal sealed class WorkJob<T>(int bytes, Func<WriterState, T> work, CancellationToken ct) : WriterJob<T>(ct)
{
    public override int Bytes => bytes;

    public override void Execute(WriterState state) => Answer = work(state);
}

/// <summary>Brings a failure of another thread to the writer, which alone may close and open the file.</summary>
internal sealed class FailedJob(SqliteFault fault) : WriterJob<bool>(CancellationToken.None)
{
    public override int Bytes => 0;

    public override void Execute(WriterState state) => throw fault;

    /// <summary>Nobody waits for it.</summary>
    public override void Fail(Exception error)
    {
    }
}
