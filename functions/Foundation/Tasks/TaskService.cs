using System.Collections.Immutable;
using Foundation.Queues;
using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>A task as read: its row and state.</summary>
internal readonly record struct StoredTask(Shard Shard, Row Row, AgentTask Task);

/// <summary>What a command came to.</summary>
/// <param name="Stored">The task after it.</param>
/// <param name="Reply">What is answered.</param>
internal readonly record struct TaskChange(StoredTask Stored, TaskReply Reply);

/// <summary>Loads a task, lets <see cref="TaskDecider"/> decide, commits, and tells who waits. The one way that tasks change.</summary>
internal sealed class TaskService(
    IStore store, Committer committer, IdFactory ids, IQueues queues, IRetryPolicies policies, TaskWaiters waiters, TimeProvider time,
    RandomSource random, HostProfile profile, TasksInstruments instruments)
{
    private const int TriesMax = 16;

    public DateTimeOffset Now => time.GetUtcNow();

    public Shard ShardOf(ResourceId id) => new(TaskTables.Work, id.Shard % store.Shards);

    public bool TryReadId(string? text, out ResourceId id) => ids.TryParse(text, "task", out id);

    /// <summary>Reads a task of a tenant the caller sees, or null.</summary>
    public async ValueTask<StoredTask?> FindAsync(Caller caller, ResourceId id, CancellationToken ct)
    {
        var shard = ShardOf(id);
        var row = await store.FindAsync(shard, TaskRows.Key(id), ct);
        if (row is null)
        {
            return null;
        }

        var task = TaskRows.Read(row);
        return caller.Sees(task.Tenant) ? new StoredTask(shard, row, task) : null;
    }

    /// <summary>Reads, decides and commits until it holds; other writers of the same row make it look again.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">Which task.</param>
    /// <param name="command">What shall happen.</param>
    /// <param name="extra">Rows that belong to the same commit, made from the state after.</param>
    /// <param name="known">The task as the caller knows it, to save a read.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Outcome<TaskChange>> ApplyAsync(
        Caller caller, ResourceId id, TaskCommand command, Func<AgentTask, ImmutableArray<Write>>? extra, StoredTask? known, CancellationToken ct)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if ((known ?? await FindAsync(caller, id, ct)) is not { } stored)
            {
                return new Problem(TaskErrors.NotFound);
            }

            var mayBeOld = known is not null;
            known = null;
            var rules = RulesOf(stored.Task);
            switch (TaskDecider.Decide(stored.Task, command, rules, Now))
            {
                // Only what stands in the row may refuse: what the caller remembers may have been overtaken.
                case TaskDecision.Refused or TaskDecision.Unchanged when mayBeOld:
                    continue;
                case TaskDecision.Refused refused:
                    return new Problem(TaskErrors.Of(refused.Refusal));
                case TaskDecision.Unchanged unchanged:
                    return new TaskChange(stored, unchanged.Reply);
                case TaskDecision.Accepted accepted when await TryCommitAsync(stored, accepted.State, extra, ct) is { } after:
                    return new TaskChange(after, accepted.Reply);
            }
        }

        return new Problem(TaskErrors.Contended) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Stores a new task; answers the one that stands there when the id is already used (a repeat).</summary>
    public async ValueTask<StoredTask> InsertAsync(AgentTask task, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var shard = ShardOf(task.Id);
        var state = TaskRows.State(task);
        var due = TaskDecider.Due(task, profile.ClockSkew);
        var key = TaskRows.Key(task.Id);
        var result = await committer.CommitAsync(shard, [new Write.Insert(key, state, data, due)], TaskPosts.Between(null, task), ct);
        if (result is CommitResult.Committed committed)
        {
            instruments.Submitted(task.Queue);
            return new StoredTask(shard, new Row(key, committed.Versions[0], state, data, due), task);
        }

        var row = await store.FindAsync(shard, key, ct) ?? throw new InvalidOperationException($"{key} conflicts and is not there");
        return new StoredTask(shard, row, TaskRows.Read(row));
    }

    /// <summary>The payload in force: as submitted, or as the latest replay edited it.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> DataOfAsync(StoredTask stored, CancellationToken ct)
    {
        if (stored.Task.DataEdition > 0)
        {
            var edit = await store.FindAsync(stored.Shard, TaskRows.EditKey(stored.Task.Id, stored.Task.DataEdition), ct);
            return edit?.Body ?? throw new InvalidOperationException($"The edited data of {stored.Row.Key} is missing");
        }

        return stored.Row.Body;
    }

    /// <summary>The result of a succeeded task; empty when there is none.</summary>
    public async ValueTask<RawJson> ResultOfAsync(StoredTask stored, CancellationToken ct) =>
        stored.Task.HasResult && await store.FindAsync(stored.Shard, TaskRows.ResultKey(stored.Task.Id), ct) is { } row
            ? RawJson.Trusted(row.Body)
            : default;

    /// <summary>Deletes an ended task with its result and edits.</summary>
    public async ValueTask<bool> DeleteAsync(StoredTask stored, CancellationToken ct)
    {
        ImmutableArray<Write> writes = [new Write.Delete(stored.Row.Reference)];
        if (stored.Task.HasResult && await store.FindAsync(stored.Shard, TaskRows.ResultKey(stored.Task.Id), ct) is { } result)
        {
            writes = writes.Add(new Write.Delete(result.Reference));
        }

        if (await committer.CommitAsync(stored.Shard, writes, ct) is not CommitResult.Committed)
        {
            return false;
        }

        if (stored.Task.DataEdition > 0)
        {
            await store.DeleteRangeAsync(stored.Shard, KeyRange.Prefix(TaskTables.Edits, stored.Task.Id + "/"), ct);
        }

        waiters.Changed(stored.Task.Id);
        return true;
    }

    private async ValueTask<StoredTask?> TryCommitAsync(
        StoredTask before, AgentTask after, Func<AgentTask, ImmutableArray<Write>>? extra, CancellationToken ct)
    {
        var state = TaskRows.State(after);
        var due = TaskDecider.Due(after, profile.ClockSkew);
        ImmutableArray<Write> writes = [new Write.Replace(before.Row.Reference, state, due)];
        if (extra is not null)
        {
            writes = writes.AddRange(extra(after));
        }

        var result = await committer.CommitAsync(before.Shard, writes, TaskPosts.Between(before.Task, after), ct);
        if (result is not CommitResult.Committed committed)
        {
            return null;
        }

        instruments.Changed(before.Task, after);
        waiters.Changed(after.Id);
        return new StoredTask(before.Shard, before.Row with { Version = committed.Versions[0], State = state, Due = due }, after);
    }

    /// <summary>What decisions about a task depend on: its own policy, or its queue's.</summary>
    public TaskRules RulesOf(AgentTask task)
    {
        var queue = queues.Find(task.Queue) ?? queues.Find("default")!;
        var retry = task.Retry is null ? queue.Retry : policies.Find(task.Retry.Delays, task.Retry.Policy) ?? queue.Retry;
        return new TaskRules(retry, random.NextSeed(), queue.DeadLetterAfter, queue.Retention, queue.DeadLetterRetention, profile.ClockSkew);
    }
}
