using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tests.Configuration;
using Foundation.Workflows;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Workflows;

/// <summary>
/// The process is killed at every single store call of a run, before and after the call takes effect; a new process on the same
/// store, told of nothing, finishes the run by sweeps alone, and no step's task exists twice.
/// </summary>
public sealed class RunCrashTests
{
    private static readonly (string, string) Succeeding = ("workflows/w.yaml", """
        steps:
          top: { task: { type: t, data: "${input}" } }
          left: { needs: [top], task: { type: l, data: "${steps.top.result.did}" } }
          right: { needs: [top], task: { type: r } }
          none: { needs: [top], when: input.no, task: { type: n } }
          end: { needs: [left, right, none], task: { type: e, data: ["${steps.left.result.of}", "${steps.none.status}"] } }
        output: steps.end.result.of
        """);

    private static readonly (string, string) Failing = ("workflows/w.yaml", """
        steps:
          a: { task: { type: a } }
          b: { task: { type: b, data: { "fail": true } } }
          c: { needs: [a, b], task: { type: c } }
        """);

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    public async Task Killed_AtEveryStoreCall_SucceedsExactlyOnce(int shards, bool after)
    {
        using var documents = new ConfigFolder(Succeeding);
        await EveryCallAsync(shards, after, documents, async (world, id, at) =>
        {
            var run = await world.RunAsync(id);
            Assert.True(run.Status == WorkflowRunStatus.Succeeded, $"killed at {at}: {run.Status} {run.Problem}");
            Assert.Equal("""["t","skipped"]""", await world.OutputAsync(id));
            var tasks = await world.Tasks.AllAsync();
            Assert.Equal(["end", "left", "right", "top"], tasks.Select(t => t.Key).Order());
            Assert.All(tasks, t => Assert.True(t.Count() == 1, $"killed at {at}: {t.Key} has {t.Count()} tasks"));
            Assert.Equal(28, run.Usage!.InputTokens);
        });
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(16, true)]
    public async Task Killed_AtEveryStoreCall_FailsAndCancelsExactlyOnce(int shards, bool after)
    {
        using var documents = new ConfigFolder(Failing);
        await EveryCallAsync(shards, after, documents, async (world, id, at) =>
        {
            var run = await world.RunAsync(id);
            Assert.True(run.Status == WorkflowRunStatus.Failed, $"killed at {at}: {run.Status}");
            Assert.Equal(("agent.broken", "b"), (run.Problem!.Code, run.Problem.Step));
            var tasks = await world.Tasks.AllAsync();
            Assert.Equal(["a", "b"], tasks.Select(t => t.Key).Order());
            Assert.All(tasks, t => Assert.True(t.Count() == 1, $"killed at {at}: {t.Key} has {t.Count()} tasks"));
        });
    }

    private static async Task EveryCallAsync(int shards, bool after, ConfigFolder documents, Func<RunWorld, ResourceId, int, Task> check)
    {
        var at = 0;
        bool killed;
        do
        {
            at++;
            var store = new MemoryStore(shards);
            var time = new FakeTimeProvider(RunSamples.Now);
            killed = await LiveAsync(new KilledStore(store, at, after), time, documents);

            // The caller, who heard nothing, asks again where nothing was stored.
            await using var world = await RunWorld.StartAsync(store, time, documents);
            world.Tasks.Auto = true;
            var runs = await world.Get<RunLister>().ListAsync(Caller.System, new RunFilter(), 10, null, true, CancellationToken.None);
            Assert.InRange(runs.Items.Count, 0, 1);
            var id = runs.Items is [var stored] ? stored.Id : await world.StartRunAsync("w", """{"x":1}""", key: "k");
            await FinishAsync(world, id, at);
            await check(world, id, at);
            await NothingIsLeftAsync(store, world, at);
        }
        while (killed);

        Assert.True(at > 20, $"Only {at} calls were seen");
    }

    // True when it was killed before it was through.
    private static async Task<bool> LiveAsync(KilledStore store, FakeTimeProvider time, ConfigFolder documents)
    {
        try
        {
            await using var world = await RunWorld.StartAsync(store, time, documents);
            world.Tasks.Auto = true;
            await world.StartRunAsync("w", """{"x":1}""", key: "k");
            await world.PumpAsync();
        }
        catch (StoreUnavailableException)
        {
            Assert.True(store.Killed);
        }

        return store.Killed;
    }

    private static async Task FinishAsync(RunWorld world, ResourceId run, int at)
    {
        world.LoseWakeUps();
        for (var sweep = 0; sweep < 20; sweep++)
        {
            await world.SweepAsync();
            if ((await world.RunAsync(run)).Ended)
            {
                return;
            }
        }

        throw new TimeoutException($"Killed at {at}: the run never ended; {string.Join('\n', world.Logs)}");
    }

    private static async Task NothingIsLeftAsync(MemoryStore store, RunWorld world, int at)
    {
        await world.SweepAsync();
        await world.SweepAsync();
        for (var number = 0; number < store.Shards; number++)
        {
            foreach (var space in world.Get<Foundation.Workers.RoomDirectory>().Spaces)
            {
                var posts = await store.ListAsync(new Shard(space, number), new KeyRange(space.Posts), new Listing(), default);
                Assert.True(posts.Items.Count == 0, $"killed at {at}: {posts.Items.Count} posts are left in {space}");
            }

            var shard = new Shard(RunTables.Space, number);
            Assert.Empty((await store.ListAsync(shard, new KeyRange(RunTables.Inbox), new Listing(), default)).Items);
            Assert.Empty((await store.ListAsync(shard, new KeyRange(RunTables.Keys), new Listing(), default)).Items);
        }
    }
}

/// <summary>A store whose process dies at a call: the call does or does not take effect, and nothing is heard of it or any later one.</summary>
internal sealed class KilledStore(IStore inner, int at, bool after) : IStore
{
    private int _calls;

    public bool Killed { get; private set; }

    public int Shards => inner.Shards;

    public ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct) => CallAsync(() => inner.FindAsync(shard, key, ct));

    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct) => CallAsync(() => inner.ListAsync(shard, range, listing, ct));

    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct) => CallAsync(() => inner.ListDueAsync(shard, range, listing, ct));

    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct) =>
        CallAsync(() => inner.LanesAsync(shard, prefix, after, limit, ct));

    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct) => CallAsync(() => inner.CountAsync(shard, lanePrefix, atMost, ct));

    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct) => CallAsync(() => inner.CommitAsync(commit, ct));

    public async ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct) => await CallAsync(async () =>
    {
        await inner.DeleteRangeAsync(shard, range, ct);
        return 0;
    });

    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) => inner.WatchAsync(table, after, ct);

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
    {
        if (Killed || (++_calls == at && !after))
        {
            Killed = true;
            throw new StoreUnavailableException("killed");
        }

        var answer = await call();
        if (_calls == at)
        {
            Killed = true;
            throw new StoreUnavailableException("killed after it took effect");
        }

        return answer;
    }
}
