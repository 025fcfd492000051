using System.Globalization;
using System.Text.Json;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>
/// What happened to a run, committed before anyone is told. A row here is due itself and names its run, so a process that dies right
/// after it costs a sweep, never the fact. Writing one never touches the run's row: a hundred steps may end at once.
/// </summary>
internal sealed class RunInbox(IStore store, Committer committer, IdFactory ids, TimeProvider time)
{
    private const string Steer = "steer";

    /// <summary>A step's task has ended. Told twice it meets its own row, or comes again and is found to be known.</summary>
    public async ValueTask TaskEndedAsync(Post post, CancellationToken ct)
    {
        if (post.To.Subject.Split('/') is not [var runText, var step] || !ids.TryParse(runText, RunRows.Prefix, out var run))
        {
            throw new InvalidOperationException($"Post for '{post.To.Subject}': not a step of a run");
        }

        var row = await store.FindAsync(ShardOf(run), RunRows.Key(run), ct);
        if (row is null || RunRows.Read(row).Ended)
        {
            return;
        }

        var notice = JsonSerializer.Deserialize(post.Body.Span, TaskPostsJson.Default.TaskEndedNotice)!;
        var task = notice.TaskId[(notice.TaskId.IndexOf('_', StringComparison.Ordinal) + 1)..];
        var fact = new RunCommand.TaskEnded(step, task, notice.Status, notice.Attempt, notice.Problem, notice.Usage);
        await PutAsync(run, string.Create(CultureInfo.InvariantCulture, $"task/{task}/{post.From.Number:D10}"), fact, ct);
    }

    /// <summary>Somebody wants it to pause, go on or end. The order is a new id: it grows.</summary>
    public async ValueTask SteerAsync(ResourceId run, Func<string, RunCommand> fact, CancellationToken ct)
    {
        var order = ids.Mint(Steer, run.Shard).ToString();
        await PutAsync(run, $"{Steer}/{order}", fact(order), ct);
    }

    /// <summary>The oldest facts, as they can be deleted, and as commands in the order in which they are decided.</summary>
    public async ValueTask<(IReadOnlyList<Row> Rows, IReadOnlyList<RunCommand> Facts)> ListAsync(ResourceId run, CancellationToken ct)
    {
        var page = await store.ListAsync(ShardOf(run), RunRows.RangeOf(RunTables.Inbox, run), new Listing(WorkflowLimits.InboxPerCommit), ct);
        return (page.Items, InOrder(page.Items.Select(Read)));
    }

    /// <summary>
    /// The order in which facts of one look are decided, whatever order they came in: ends of tasks before wishes, so that a result that
    /// is there wins over a cancel that came beside it.
    /// </summary>
    public static IReadOnlyList<RunCommand> InOrder(IEnumerable<RunCommand> facts) =>
        [.. facts.OrderBy(f => f is RunCommand.TaskEnded ? 0 : f is RunCommand.Cancel ? 2 : 1)
            .ThenBy(f => f is RunCommand.TaskEnded e ? $"{e.Step}/{e.Task}" : Order(f), StringComparer.Ordinal)];

    private static string Order(RunCommand fact) => fact switch
    {
        RunCommand.Pause p => p.Order,
        RunCommand.Resume r => r.Order,
        _ => "",
    };

    private static RunCommand Read(Row row) => JsonSerializer.Deserialize(row.State.Span, RunStateJson.Compact.RunCommand)!;

    private async ValueTask PutAsync(ResourceId run, string name, RunCommand fact, CancellationToken ct)
    {
        var due = new Due(RunLanes.Waiting, time.GetUtcNow().ToUnixTimeMilliseconds(), Promptness.Prompt);
        var state = JsonSerializer.SerializeToUtf8Bytes(fact, RunStateJson.Compact.RunCommand);

        // A conflict is this very fact, told before.
        await committer.CommitAsync(ShardOf(run), [new Write.Insert(RunRows.InboxKey(run, name), state, default, due)], ct);
    }

    private Shard ShardOf(ResourceId id) => new(RunTables.Space, id.Shard % store.Shards);
}
