using System.Collections.Immutable;
using System.Text.Json;
using Foundation.Configuration;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Security;
using Foundation.Tasks;
using Foundation.Tests.Configuration;
using Foundation.Tests.Hosting;
using Foundation.Workers;
using Foundation.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Workflows;

/// <summary>
/// One process of the room on a store that outlives it, without threads or timers: tests pump wake-ups and sweeps. Tasks are
/// <see cref="FakeTasks"/>, whose rows stand in the same store.
/// </summary>
internal sealed class RunWorld : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly PumpedCarrier _carrier = new();
    private readonly LogCollector _logs = new();

    private RunWorld(IStore store, FakeTimeProvider time, ConfigFolder documents, HostProfile profile)
    {
        Time = time;
        var services = new ServiceCollection();
        services.AddLogging(l => l.AddProvider(_logs));
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton(store);
        services.AddSingleton<ICarrier>(_carrier);
        services.AddSingleton<IBlobs, Foundation.Protocols.Memory.MemoryBlobs>();
        services.AddSingleton<FakeTasks>();
        services.AddSingleton<IOwnedTasks>(p => p.GetRequiredService<FakeTasks>());
        services.AddFoundation(profile).AddRoom<FakeTasks>().AddWorkflowsAlone().UseConfigDirectory(documents.Path);
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; }

    public FakeTasks Tasks => Get<FakeTasks>();

    public RunService Runs => Get<RunService>();

    public IReadOnlyList<LogEntry> Logs => _logs.Entries;

    /// <summary>A process that has just started.</summary>
    public static async Task<RunWorld> StartAsync(IStore store, FakeTimeProvider time, ConfigFolder documents, HostProfile? profile = null)
    {
        var world = new RunWorld(store, time, documents, profile ?? HostProfile.Embedded);
        await world.Get<FoundationHost>().StartingAsync(CancellationToken.None);
        return world;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<Outcome<RunStarter.Started>> TryStartRunAsync(string workflow, string? input = null, string? key = null, string tenant = "default")
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        http.SetCaller(CallerOf(tenant));
        var request = new RunRequest { Input = input is null ? default : RawJson.Parse(input), Key = key };
        return await Get<RunStarter>().StartAsync(http, workflow, request, CancellationToken.None);
    }

    public async Task<ResourceId> StartRunAsync(string workflow, string? input = null, string? key = null, string tenant = "default")
    {
        var started = await TryStartRunAsync(workflow, input, key, tenant);
        Assert.True(started.Ok, started.Problem?.Detail);
        return started.Value.Stored.Run.Id;
    }

    public static Caller CallerOf(string tenant) => new("local", tenant, new HashSet<string> { "*" });

    public async Task<WorkflowRun> RunAsync(ResourceId id)
    {
        var found = await Runs.FindAsync(Caller.System, id, CancellationToken.None);
        Assert.True(found is not null, $"There is no run {id}");
        return found.Value.Run;
    }

    public async Task<string> OutputAsync(ResourceId id) =>
        (await Runs.OutputOfAsync((await Runs.FindAsync(Caller.System, id, CancellationToken.None))!.Value, CancellationToken.None)).ToString();

    /// <summary>Brings every wake-up that is due to its room, until there is none.</summary>
    public async Task PumpAsync()
    {
        var waker = Get<Waker>();
        for (var i = 0; _carrier.Take(Time.GetUtcNow()) is { } wakeUp; i++)
        {
            Assert.True(i < 10_000, "Wake-ups never end");
            await waker.TryWakeAsync(wakeUp, CancellationToken.None);
        }
    }

    /// <summary>What a minute does to a process: its sweep, and what that tells of.</summary>
    public async Task SweepAsync()
    {
        Time.Advance(TimeSpan.FromSeconds(61));
        await Get<Sweeper>().SweepAsync(CancellationToken.None);
        await PumpAsync();
    }

    /// <summary>Forgets what was sent and not yet brought: wake-ups may be lost.</summary>
    public void LoseWakeUps() => _carrier.Clear();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class PumpedCarrier : ICarrier
    {
        private readonly List<WakeUp> _sent = [];

        public bool CarriesSweeps => false;

        public ValueTask SendAsync(ReadOnlyMemory<WakeUp> wakeUps, CancellationToken ct)
        {
            _sent.AddRange(wakeUps.ToArray());
            return ValueTask.CompletedTask;
        }

        public WakeUp? Take(DateTimeOffset now)
        {
            var index = _sent.FindIndex(w => w.At <= now.ToUnixTimeMilliseconds());
            if (index < 0)
            {
                return null;
            }

            var wakeUp = _sent[index];
            _sent.RemoveAt(index);
            return wakeUp;
        }

        public void Clear() => _sent.Clear();
    }
}

/// <summary>
/// Durable tasks without agents: a submitted one is a row; told to end, it ends in one commit with the post to its owner. With
/// <see cref="Auto"/> tasks do themselves when woken, as <c>data</c> asks: <c>{ "fail": true }</c> fails, all else is answered.
/// </summary>
internal sealed class FakeTasks(IStore store, Committer committer, IdFactory ids, TimeProvider time) : IRoom, IOwnedTasks
{
    private static readonly Space Space = new("faketasks");
    private static readonly Table Table = new("fake-tasks", Space, KeyForm.Id);
    private const string Todo = "faketasks/todo";

    /// <summary>Tasks do themselves.</summary>
    public bool Auto { get; set; }

    public RoomInfo Info { get; } = new(TaskMail.Room)
    {
        Tables = [Table],
        Lanes = [new LaneFamily(Todo, Promptness.Prompt, LaneForm.EachRow)],
    };

    public void Map(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder routes)
    {
    }

    public ResourceId NewId(string? queue) => ids.Mint("task", StableHash.ShardOf(queue ?? "default"));

    public IReadOnlyList<Fault> Check(TaskRequest request) => request.Queue == "missing" ? [new Fault("/queue", "tasks.unknown-queue", "There is no queue 'missing'.")] : [];

    public async ValueTask<OwnedTask?> FindAsync(ResourceId id, CancellationToken ct) =>
        await store.FindAsync(ShardOf(id), new RowKey(Table, id), ct) is { } row && Read(row) is var task ? new OwnedTask(task.Status, task.Result) : null;

    public ValueTask<TaskExplanation?> ExplainAsync(ResourceId id, CancellationToken ct) => new((TaskExplanation?)null);

    public async ValueTask ReceiveAsync(Post post, CancellationToken ct)
    {
        Assert.True(ids.TryParse(post.To.Subject, "task", out var id), post.To.Subject);
        if (post.To.Verb == TaskMail.Submit)
        {
            var order = JsonSerializer.Deserialize(post.Body.Span, TaskMailJson.Default.TaskOrder)!;
            var task = new FakeTask(order.OwnerSubject, order.Request.Type, AgentTaskStatus.Queued, order.Request.Data, default, 1);
            await committer.CommitAsync(ShardOf(id), [new Write.Insert(new RowKey(Table, id), State(task), default, new Due(Todo, Now, Promptness.Prompt))], ct);
        }
        else if (await store.FindAsync(ShardOf(id), new RowKey(Table, id), ct) is not { } row)
        {
            throw new InvalidOperationException($"{post.To.Subject} is not there yet");
        }
        else if (Read(row).Status == AgentTaskStatus.Queued)
        {
            await CommitAsync(row, Read(row) with { CancelAsked = true }, ct);
        }
    }

    public async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        if (Auto && await store.FindAsync(wakeUp.Shard, wakeUp.Key!.Value, ct) is { } row && Read(row) is { Status: AgentTaskStatus.Queued } task)
        {
            var status = task.Data.ToString().Contains("\"fail\":true", StringComparison.Ordinal) ? AgentTaskStatus.DeadLettered
                : task.CancelAsked ? AgentTaskStatus.Cancelled
                : AgentTaskStatus.Succeeded;
            await CommitAsync(row, task with { Status = status, Result = RawJson.Parse($$"""{"did":"{{task.Type}}","of":{{(task.Data.IsEmpty ? "null" : task.Data.ToString())}}}""") }, ct);
        }
    }

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>Every task there is, by the step that owns it.</summary>
    public async Task<ILookup<string, (ResourceId Id, FakeTask Task)>> AllAsync()
    {
        var all = new List<(ResourceId, FakeTask)>();
        for (var shard = 0; shard < store.Shards; shard++)
        {
            var page = await store.ListAsync(new Shard(Space, shard), new KeyRange(Table), new Listing(1000), CancellationToken.None);
            all.AddRange(page.Items.Select(r => (r.Key.ResourceId, Read(r))));
        }

        return all.ToLookup(t => t.Item2.Owner.Split('/')[1]);
    }

    /// <summary>Ends the only task of a step.</summary>
    public async Task EndAsync(string step, string? result = null, AgentTaskStatus status = AgentTaskStatus.Succeeded)
    {
        var (id, task) = Assert.Single((await AllAsync())[step]);
        var row = (await store.FindAsync(ShardOf(id), new RowKey(Table, id), CancellationToken.None))!;
        await CommitAsync(row, task with { Status = status, Number = task.Number + 1, Result = result is null ? default : RawJson.Parse(result) }, CancellationToken.None);
    }

    /// <summary>Deletes the only task of a step, as retention does.</summary>
    public async Task DeleteAsync(string step)
    {
        var (id, _) = Assert.Single((await AllAsync())[step]);
        var row = (await store.FindAsync(ShardOf(id), new RowKey(Table, id), CancellationToken.None))!;
        await committer.CommitAsync(ShardOf(id), [new Write.Delete(row.Reference)], CancellationToken.None);
    }

    private async ValueTask CommitAsync(Row row, FakeTask task, CancellationToken ct)
    {
        var ended = task.Status != AgentTaskStatus.Queued;
        var id = row.Key.ResourceId.ToText("task");
        var problem = task.Status == AgentTaskStatus.DeadLettered ? new TaskProblem { Code = "agent.broken", Detail = "it broke" } : null;
        var notice = new TaskEndedNotice(id, task.Status, problem, 1, new TaskUsage { InputTokens = 7 });
        ImmutableArray<Post> posts = ended
            ? [new Post(new Address("workflows", TaskPosts.Ended, task.Owner), new PostSource(id, task.Number), JsonSerializer.SerializeToUtf8Bytes(notice, TaskPostsJson.Default.TaskEndedNotice))]
            : [];
        await committer.CommitAsync(ShardOf(row.Key.ResourceId), [new Write.Replace(row.Reference, State(task), ended ? null : row.Due)], posts, ct);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Shard ShardOf(ResourceId id) => new(Space, id.Shard % store.Shards);

    private static byte[] State(FakeTask task) => JsonSerializer.SerializeToUtf8Bytes(task, FakeTaskJson.Default.FakeTask);

    private static FakeTask Read(Row row) => JsonSerializer.Deserialize(row.State.Span, FakeTaskJson.Default.FakeTask)!;
}

internal sealed record FakeTask(string Owner, string Type, AgentTaskStatus Status, RawJson Data, RawJson Result, long Number, bool CancelAsked = false);

[System.Text.Json.Serialization.JsonSerializable(typeof(FakeTask))]
internal sealed partial class FakeTaskJson : System.Text.Json.Serialization.JsonSerializerContext;
