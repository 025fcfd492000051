extern alias client;

using client::Foundation.Client;
using client::Foundation.Queues;
using client::Foundation.Tasks;
using Xunit;

namespace Foundation.Tests.Client;

/// <summary>The typed client against a whole host.</summary>
public sealed class ClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refusals_CarryCodeAndAllFaults()
    {
        await using var fleet = await AgentFleet.StartAsync();

        var invalid = await Assert.ThrowsAsync<FoundationException>(() => fleet.Client.SubmitAsync(
            new TaskRequest { Type = "", Retry = new RetryChoice("sometimes()", null), Timeout = TimeSpan.Zero }, ct: Ct));
        var missing = await Assert.ThrowsAsync<FoundationException>(() => fleet.Client.GetTaskAsync("task_01JZZZZZZZZZZZZZZZZZZZZZZZ", Ct));

        Assert.Equal(422, invalid.Status);
        Assert.Contains("/type", invalid.Faults.Select(f => f.Path));
        Assert.Contains("/retry", invalid.Faults.Select(f => f.Path));
        Assert.Equal((404, "tasks.not-found"), (missing.Status, missing.Code));
    }

    [Fact]
    public async Task SubmitMany_AnswersTasksAndRefusalsInOrder_AndListsByLabel()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var labels = new Dictionary<string, string> { ["run"] = "r 1&2" };

        var answers = await fleet.Client.SubmitManyAsync(
            [new TaskRequest { Type = "a", Labels = labels }, new TaskRequest { Type = "", Labels = labels }, new TaskRequest { Type = "b", Labels = labels, Data = Payload.Of(1) }], Ct);
        await fleet.Client.SubmitAsync(new TaskRequest { Type = "a" }, ct: Ct);

        Assert.Equal([true, false, true], answers.Select(a => a.Task is not null));
        Assert.Equal(422, answers[1].Refusal!.Status);
        var listed = new List<string>();
        await foreach (var task in fleet.Client.ListTasksAsync(new TaskQuery { Labels = labels }, Ct))
        {
            listed.Add(task.Id);
        }

        Assert.Equal([answers[2].Task!.Id, answers[0].Task!.Id], listed);
    }

    [Fact]
    public async Task AbsentData_IsNotNull()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a.Handle("kind", t => t.RawData.IsEmpty ? "absent" : t.RawData.ToString()));

        var absent = await fleet.Client.SubmitAsync(new TaskRequest { Type = "kind" }, Patience, ct: Ct);
        var nothing = await fleet.Client.SubmitAsync<string?>("kind", null, Patience, Ct);

        Assert.Equal(("\"absent\"", "\"null\""), (absent.Result.ToString(), nothing.Result.ToString()));
    }

    [Fact]
    public async Task SameIdempotencyKey_IsTheSameTask()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var first = await fleet.Client.SubmitAsync(new TaskRequest { Type = "a" }, idempotencyKey: "k1", ct: Ct);
        var again = await fleet.Client.SubmitAsync(new TaskRequest { Type = "a" }, idempotencyKey: "k1", ct: Ct);
        var other = await fleet.Client.SubmitAsync(new TaskRequest { Type = "a" }, ct: Ct);

        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Id, other.Id);
    }

    [Fact]
    public async Task Queues_ArePausedAndResumed_AndATaskExplainsIt()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a.Handle("work", _ => 1));

        var paused = await fleet.Client.PauseQueueAsync("default", "the vendor is down", Ct);
        var task = await fleet.Client.SubmitAsync(new TaskRequest { Type = "work" }, ct: Ct);
        var explained = await fleet.Client.ExplainAsync(task.Id, Ct);
        var resumed = await fleet.Client.ResumeQueueAsync("default", Ct);
        var done = await fleet.Client.WaitAsync(task.Id, Patience, Ct);

        Assert.Equal((QueueStatus.Paused, QueueStatus.Running), (paused.Status, resumed.Status));
        Assert.Equal("queues.paused", explained.Reasons[0].Code);
        Assert.Equal(AgentTaskStatus.Succeeded, done.Status);
    }

    [Fact]
    public async Task DeadLetter_IsReplayedEdited()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a.Handle(
            "work", t => t.Data<string>() == "good" ? 1 : throw new AgentFailureException("bad", "no") { Retryable = false }));
        var dead = await fleet.Client.SubmitAsync("work", "bad", Patience, Ct);

        await fleet.Client.ReplayAsync(dead.Id, new TaskReplayRequest { Data = Payload.Of("good") }, Ct);
        var done = await fleet.Client.WaitAsync(dead.Id, Patience, Ct);

        Assert.Equal((AgentTaskStatus.DeadLettered, AgentTaskStatus.Succeeded, 2), (dead.Status, done.Status, done.Attempt));
        await fleet.Client.DeleteTaskAsync(dead.Id, Ct);
        Assert.Equal(404, (await Assert.ThrowsAsync<FoundationException>(() => fleet.Client.GetTaskAsync(dead.Id, Ct))).Status);
    }

    [Fact]
    public async Task Host_ThatIsNotThereYet_IsWaitedFor()
    {
        using var nobody = new FoundationClient("http://127.0.0.1:1");
        await Assert.ThrowsAsync<HttpRequestException>(() => nobody.GetTaskAsync("task_1", Ct));
        await Assert.ThrowsAsync<HttpRequestException>(() => FoundationAgent.StartAsync("http://127.0.0.1:1", "svc", a =>
        {
            a.RegisterWithin = TimeSpan.FromSeconds(3);
            a.Loggers = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
            a.Handle("x", _ => 1);
        }, Ct));
    }
}
