using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tasks;
using Foundation.Tasks.Dispatch;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Foundation.Tests.Tasks;

/// <summary>What survives a process: everything that was accepted.</summary>
public sealed class TaskRecoveryTests
{
    [Fact]
    public async Task Restart_QueuedTasks_AreDeliveredWithoutAnyWakeUp()
    {
        var store = new MemoryStore();
        var ids = new List<string>();
        await using (var before = await Fleet.StartAsync(store))
        {
            for (var i = 0; i < 50; i++)
            {
                ids.Add((await before.SubmitAsync("""{"type":"test"}""")).Id());
            }
        }

        await using var agent = await PushAgent.StartAsync();
        await using var after = await Fleet.StartAsync(store);
        await after.RegisterAsync(agent);

        foreach (var id in ids)
        {
            await after.UntilStatusAsync(id, "succeeded");
        }

        Assert.Equal(50, agent.Deliveries.Select(d => d.Id).Distinct().Count());
        Assert.Equal(50, agent.Deliveries.Count);
    }

    [Fact]
    public async Task Restart_WhileAnAgentHasThePush_LosesTheAttemptAtOnceAndNeverReusesItsNumber()
    {
        var store = new MemoryStore();
        await using var agent = await PushAgent.StartAsync(async (http, d) =>
        {
            if (d.Attempt == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
            }

            await PushAgent.Json(http, 200, "1");
        });
        var dead = await Fleet.StartAsync(store);
        await dead.RegisterAsync(agent);
        var task = await dead.SubmitAsync("""{"type":"test"}""");
        while (agent.Deliveries.IsEmpty) await Task.Yield();

        // The process "dies": nothing of it is stopped in order, its memory is just never asked again.
        await using var after = await Fleet.StartAsync(store);
        var done = await after.UntilStatusAsync(task.Id(), "succeeded");

        Assert.Equal(2, done.Attempt());
        Assert.Equal([1, 2], agent.Deliveries.Select(d => d.Attempt));
        var history = (await after.Http.ReadAsync($"/api/tasks/{task.Id()}/history")).Json.GetProperty("items");
        Assert.Equal("lost", history[0].GetProperty("outcome").GetString());
        await dead.DisposeAsync();
    }

    [Fact]
    public async Task Restart_WhileAnAgentWorksOnA202_LetsItSettle()
    {
        var store = new MemoryStore();
        await using var agent = await PushAgent.StartAsync((http, _) => { http.Response.StatusCode = 202; return Task.CompletedTask; });
        string id;
        await using (var before = await Fleet.StartAsync(store))
        {
            await before.RegisterAsync(agent, maxConcurrency: 1);
            id = (await before.SubmitAsync("""{"type":"test"}""")).Id();
            await before.UntilAsync(id, t => t.Status() == "running" && before.Host.Get<AttemptRunner>().Pushing == 0 && !agent.Deliveries.IsEmpty);
        }

        await using var after = await Fleet.StartAsync(store);
        Assert.Equal("running", (await after.GetAsync(id)).Status());
        var other = await after.SubmitAsync("""{"type":"test"}""");
        Assert.Equal("queued", other.Status());
        var answer = await after.Http.PostAsync($"/api/tasks/{id}/complete", $$"""{"token":"{{agent.Deliveries.First().Token}}","result":1}""");

        Assert.Equal(200, (int)answer.Status);
        await after.UntilStatusAsync(other.Id(), "running");
    }

    [Fact]
    public async Task Takeover_OfAnInstance_LosesTheAttemptsOfItsOldGeneration()
    {
        await using var agent = await PushAgent.StartAsync((http, _) => { http.Response.StatusCode = 202; return Task.CompletedTask; });
        await using var successor = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        var task = await fleet.SubmitAsync("""{"type":"test"}""");
        await fleet.UntilAsync(task.Id(), t => t.Status() == "running" && !agent.Deliveries.IsEmpty && fleet.Host.Get<AttemptRunner>().Pushing == 0);

        await fleet.RegisterAsync(successor, takeover: true);

        var done = await fleet.UntilStatusAsync(task.Id(), "succeeded");
        Assert.Equal(2, done.Attempt());
        var late = await fleet.Http.PostAsync($"/api/tasks/{task.Id()}/complete", $$"""{"token":"{{agent.Deliveries.First().Token}}"}""");
        Assert.Equal("tasks.attempt-superseded", late.Code);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ManyWorkers_OnOneStore_NeverStartATaskTwice(int workers)
    {
        var store = new MemoryStore(16);
        var profile = HostProfile.Azure with { ClockSkew = TimeSpan.Zero };
        await using var agent = await PushAgent.StartAsync();
        var fleets = new List<Fleet>();
        for (var i = 0; i < workers; i++)
        {
            fleets.Add(await Fleet.StartAsync(store, profile));
        }

        await fleets[0].RegisterAsync(agent, maxConcurrency: 8);
        var ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (await fleets[i % workers].SubmitAsync("""{"type":"test"}""")).Id()));
        foreach (var id in ids)
        {
            await fleets[0].UntilAsync(id, t => t.GetProperty("ended").GetBoolean(), sweep: () => fleets[0].Host.Get<Foundation.Workers.Sweeper>().SweepAsync(CancellationToken.None));
        }

        var tasks = await Task.WhenAll(ids.Select(id => fleets[0].GetAsync(id)));
        Assert.All(tasks, t => Assert.Equal("succeeded", t.Status()));
        Assert.Equal(agent.Deliveries.Count, agent.Deliveries.Select(d => $"{d.Id}.{d.Attempt}").Distinct().Count());
        Assert.All(tasks, t => Assert.Equal(t.Attempt(), agent.Deliveries.Count(d => d.Id == t.Id())));
        foreach (var fleet in fleets)
        {
            await fleet.DisposeAsync();
        }
    }
}
