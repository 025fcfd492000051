extern alias client;

using System.Collections.Concurrent;
using client::Foundation.Client;
using client::Foundation.Retry;
using client::Foundation.Tasks;
using Foundation.Tests.Tasks;
using Xunit;

namespace Foundation.Tests.Client;

/// <summary>An agent made with the client, against a whole host, over HTTP on both sides.</summary>
public sealed class AgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private sealed record Doc(string Text);

    private sealed record Counted(int Words);

    [Fact]
    public async Task TenLines_ReadTheDataAndAnswerTheResult()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a
            .Handle("summarize", async task => { await Task.Yield(); return new { words = task.Data<Doc>().Text.Split().Length }; }));

        var done = await fleet.Client.SubmitAsync("summarize", new Doc("one two three"), Patience, TestContext.Current.CancellationToken);

        Assert.Equal((AgentTaskStatus.Succeeded, "svc/a1"), (done.Status, done.Instance));
        var task = await fleet.Client.GetTaskAsync(done.Id, TestContext.Current.CancellationToken);
        Assert.Equal("""{"words":3}""", task.Result.ToString());
        Assert.Equal(3, client::Foundation.Client.Payload.Read<Counted>(task.Result).Words);
    }

    [Fact]
    public async Task Handle_ATypeWithDots_GoesToTheHandlerOfItsLastWord()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a.Handle("summarize", t => "s:" + t.Type).Handle("count", t => "c:" + t.Type));

        var request = new TaskRequest { Type = "document.count", Target = new TaskTarget { Capability = "count" } };
        var done = await fleet.Client.SubmitAsync(request, Patience, ct: TestContext.Current.CancellationToken);

        Assert.Equal("\"c:document.count\"", done.Result.ToString());
        var stranger = new TaskRequest { Type = "other", Target = new TaskTarget { Service = "svc" } };
        var refused = await fleet.Client.SubmitAsync(stranger, Patience, ct: TestContext.Current.CancellationToken);
        Assert.Equal((AgentTaskStatus.DeadLettered, "agent.no-handler"), (refused.Status, refused.Problem!.Code));
    }

    [Fact]
    public async Task Handler_ThatThrows_FailsWithItsProblem_AndIsRetried()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a
            .Handle("flaky", t => t.Attempt switch
            {
                1 => throw new AgentFailureException("invoice.unreadable", "page 3 is blank") { Class = FailureClass.Server },
                2 => throw new InvalidOperationException("not yet"),
                _ => t.Attempt,
            })
            .Handle("hopeless", new Func<AssignedTask, Task>(_ => throw new AgentFailureException("never", "no") { Retryable = false })));

        var flaky = new TaskRequest { Type = "flaky", Retry = new RetryChoice("fixed(10ms) | take(5)", null) };
        var done = await fleet.Client.SubmitAsync(flaky, Patience, ct: TestContext.Current.CancellationToken);
        var history = await fleet.Client.HistoryAsync(done.Id, TestContext.Current.CancellationToken);

        Assert.Equal(("3", 3), (done.Result.ToString(), done.Attempt));
        Assert.Equal(
            [("invoice.unreadable", "server", "page 3 is blank"), ("agent.invalid-operation", "application", "not yet")],
            history.Where(h => h.Problem is not null).Select(h => (h.Problem!.Code!, h.Problem.Class!, h.Problem.Detail!)));
        var hopeless = await fleet.Client.SubmitAsync(new TaskRequest { Type = "hopeless" }, Patience, ct: TestContext.Current.CancellationToken);
        Assert.Equal((AgentTaskStatus.DeadLettered, 1), (hopeless.Status, hopeless.Attempt));
    }

    [Fact]
    public async Task HandleLong_IsAnswered202_TellsProgressAndUsage_AndCompletes()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var go = new TaskCompletionSource();
        await using var agent = await fleet.AgentAsync(a => a.HandleLong("long", async task =>
        {
            await task.ProgressAsync(50, "half");
            await go.Task.WaitAsync(Patience, TimeProvider.System);
            task.Usage = new TaskUsage { InputTokens = 7 };
            return new { done = true };
        }));

        var submitted = await fleet.Client.SubmitAsync(new TaskRequest { Type = "long" }, ct: TestContext.Current.CancellationToken);
        await fleet.Fleet.UntilAsync(submitted.Id, t => t.TryGetProperty("progress", out var p) && p.GetProperty("message").GetString() == "half");
        await fleet.Fleet.UntilAsync(submitted.Id, _ => fleet.Host.Get<Foundation.Tasks.Dispatch.AttemptRunner>().Pushing == 0);
        go.SetResult();
        var done = await fleet.Client.WaitAsync(submitted.Id, Patience, TestContext.Current.CancellationToken);

        Assert.Equal((AgentTaskStatus.Succeeded, 1, 7), (done.Status, done.Attempt, done.Usage!.InputTokens));
        Assert.Equal("""{"done":true}""", done.Result.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_ReachesTheHandler(bool answersLater)
    {
        await using var fleet = await AgentFleet.StartAsync();
        var stopped = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var agent = await fleet.AgentAsync(a => _ = answersLater ? a.HandleLong("wait", Wait) : a.Handle("wait", Wait));
        var submitted = await fleet.Client.SubmitAsync(new TaskRequest { Type = "wait" }, ct: TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        if (answersLater)
        {
            await fleet.Fleet.UntilAsync(submitted.Id, _ => fleet.Host.Get<Foundation.Tasks.Dispatch.AttemptRunner>().Pushing == 0);
        }

        await fleet.Client.CancelAsync(submitted.Id, "changed my mind", TestContext.Current.CancellationToken);

        await stopped.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        var task = await fleet.Client.WaitAsync(submitted.Id, Patience, TestContext.Current.CancellationToken);
        Assert.Equal((AgentTaskStatus.Cancelled, 1), (task.Status, task.Attempt));

        async Task Wait(AssignedTask t)
        {
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, t.Cancellation);
            }
            finally
            {
                stopped.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Stop_Drains_FinishesWhatRuns_GivesTheRestToOthers_AndLeaves()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var agent = await fleet.AgentAsync(a => a.Handle("work", async _ =>
        {
            begun.TrySetResult();
            await go.Task.WaitAsync(Patience, TimeProvider.System);
            return "first";
        }));
        var running = await fleet.Client.SubmitAsync(new TaskRequest { Type = "work" }, ct: TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        var stopping = agent.StopAsync();
        while ((await fleet.Client.GetServiceAsync("svc", TestContext.Current.CancellationToken)).Instances![0].Status.ToString() != "Draining")
        {
            await Task.Yield();
        }

        var later = await fleet.Client.SubmitAsync(new TaskRequest { Type = "work" }, ct: TestContext.Current.CancellationToken);
        await using var second = await fleet.AgentAsync(a => a.Handle("work", _ => "second"), "a2");
        go.SetResult();
        await stopping;

        var first = await fleet.Client.WaitAsync(running.Id, Patience, TestContext.Current.CancellationToken);
        var other = await fleet.Client.WaitAsync(later.Id, Patience, TestContext.Current.CancellationToken);
        Assert.Equal(("\"first\"", 1, "svc/a1"), (first.Result.ToString(), first.Attempt, first.Instance));
        Assert.Equal(("\"second\"", "svc/a2"), (other.Result.ToString(), other.Instance));
        var left = await fleet.Client.GetServiceAsync("svc", TestContext.Current.CancellationToken);
        Assert.Equal(["svc/a2"], left.Instances!.Select(i => i.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_AfterItsPatience_GivesBackUncounted(bool answersLater)
    {
        await using var fleet = await AgentFleet.StartAsync();
        var begun = new TaskCompletionSource();
        var agent = await fleet.AgentAsync(a =>
        {
            a.DrainWithin = TimeSpan.FromMilliseconds(50);
            _ = answersLater ? a.HandleLong("work", Wait) : a.Handle("work", Wait);
        });
        var once = new TaskRequest { Type = "work", Retry = new RetryChoice("fixed(1s) | take(0)", null) };
        var submitted = await fleet.Client.SubmitAsync(once, ct: TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        if (answersLater)
        {
            await fleet.Fleet.UntilAsync(submitted.Id, _ => fleet.Host.Get<Foundation.Tasks.Dispatch.AttemptRunner>().Pushing == 0);
        }

        await agent.StopAsync();
        await using var second = await fleet.AgentAsync(a => a.Handle("work", _ => "second"), "a2");

        var done = await fleet.Client.WaitAsync(submitted.Id, Patience, TestContext.Current.CancellationToken);
        Assert.Equal((AgentTaskStatus.Succeeded, "svc/a2"), (done.Status, done.Instance));
        var history = await fleet.Client.HistoryAsync(submitted.Id, TestContext.Current.CancellationToken);
        Assert.Equal("returned", history[0].Outcome);

        async Task Wait(AssignedTask t)
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, t.Cancellation);
        }
    }

    [Fact]
    public async Task Restart_UnderTheSameName_TakesOver_AndTheOlderProcessEnds()
    {
        await using var fleet = await AgentFleet.StartAsync();
        await using var old = await fleet.AgentAsync(a => { a.Lease = TimeSpan.FromSeconds(1); a.Handle("work", _ => "old"); });
        var running = old.RunAsync(TestContext.Current.CancellationToken);
        await using var young = await fleet.AgentAsync(a => a.Handle("work", _ => "young"));

        var done = await fleet.Client.SubmitAsync(new TaskRequest { Type = "work" }, Patience, ct: TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<FoundationException>(() => running.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Equal("\"young\"", done.Result.ToString());
        Assert.Equal("registry.instance-taken", refusal.Code);
        Assert.Equal("svc/a1", Assert.Single((await fleet.Client.GetServiceAsync("svc", TestContext.Current.CancellationToken)).Instances!).Name);
    }
}
