using System.Net;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Foundation.Tests.Tasks;

/// <summary>The main job over real HTTP on both sides: submit, push, settle.</summary>
public sealed class TaskFlowTests
{
    [Fact]
    public async Task Submit_WithWait_AnswersTheResultByteForByte()
    {
        await using var agent = await PushAgent.StartAsync((http, d) => PushAgent.Json(http, 200, """{ "n": 1.10,  "é":"\u00e9" }"""));
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var answer = await fleet.Http.PostAsync("/api/tasks?wait=10s", """{"type":"test","data":{ "a" : 1.0 }}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("""{ "n": 1.10,  "é":"\u00e9" }""", answer.Text, StringComparison.Ordinal);
        var delivered = Assert.Single(agent.Deliveries);
        Assert.Equal("""{ "a" : 1.0 }""", delivered.Body);
        Assert.Equal(("1.0", "test", 1, "/queues/default"), (delivered.Headers["ce-specversion"], delivered.Type, delivered.Attempt, delivered.Headers["ce-source"]));
        Assert.Equal("svc/a1", answer.Json.GetProperty("instance").GetString());
    }

    [Fact]
    public async Task Submit_BeforeAnyInstance_WarnsWaitsAndIsExplained()
    {
        await using var agent = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();

        var task = await fleet.SubmitAsync("""{"type":"test"}""");
        Assert.Equal("tasks.no-capable-instance", task.GetProperty("warnings")[0].GetProperty("code").GetString());
        var explain = (await fleet.Http.ReadAsync($"/api/tasks/{task.Id()}/explain")).Json;
        Assert.Equal("tasks.no-capable-instance", explain.GetProperty("reasons")[0].GetProperty("code").GetString());

        await fleet.RegisterAsync(agent);
        Assert.Equal("succeeded", (await fleet.UntilStatusAsync(task.Id(), "succeeded")).Status());
    }

    [Fact]
    public async Task Push_Answered202_IsSettledByTheApi_AndTheSameAnswerTwiceIs200()
    {
        await using var agent = await PushAgent.StartAsync((http, _) => { http.Response.StatusCode = 202; return Task.CompletedTask; });
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent, maxConcurrency: 1);
        var first = await fleet.SubmitAsync("""{"type":"test"}""");
        var second = await fleet.SubmitAsync("""{"type":"test"}""");
        await fleet.UntilAsync(first.Id(), t => t.Status() == "running");
        while (agent.Deliveries.IsEmpty) await Task.Yield();
        var token = agent.Deliveries.First().Token;
        await fleet.UntilAsync(first.Id(), _ => fleet.Host.Get<Foundation.Tasks.Dispatch.AttemptRunner>().Pushing == 0);

        Assert.Equal("queued", (await fleet.GetAsync(second.Id())).Status());
        var progress = await fleet.Http.PostAsync($"/api/tasks/{first.Id()}/progress", $$"""{"token":"{{token}}","percent":50,"message":"half"}""");
        Assert.Equal(HttpStatusCode.OK, progress.Status);
        Assert.Equal(50, (await fleet.GetAsync(first.Id())).GetProperty("progress").GetProperty("percent").GetDouble());

        var body = $$$"""{"token":"{{{token}}}","result":{"pages":3}}""";
        var complete = await fleet.Http.PostAsync($"/api/tasks/{first.Id()}/complete", body);
        var again = await fleet.Http.PostAsync($"/api/tasks/{first.Id()}/complete", body);
        var other = await fleet.Http.PostAsync($"/api/tasks/{first.Id()}/complete", $$$"""{"token":"{{{token}}}","result":{"pages":4}}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (complete.Status, again.Status, other.Status));
        Assert.Equal(complete.Text, again.Text);
        Assert.Equal("tasks.settled-differently", other.Code);
        Assert.Equal(3, (await fleet.GetAsync(first.Id())).GetProperty("result").GetProperty("pages").GetInt32());

        // The slot that the settled attempt freed takes the next task.
        await fleet.UntilAsync(second.Id(), t => t.Status() == "running");
    }

    [Fact]
    public async Task Push_ThatFails_IsRetriedByThePolicyAndKeepsItsHistory()
    {
        await using var agent = await PushAgent.StartAsync((http, d) => d.Attempt < 3
            ? PushAgent.Json(http, 500, """{"code":"boom","detail":"try again"}""")
            : PushAgent.Json(http, 200, "1"));
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var task = await fleet.SubmitAsync("""{"type":"test","retry":"fixed(20ms) | take(5)"}""", "?wait=10s");

        Assert.Equal(("succeeded", 3), (task.Status(), task.Attempt()));
        var history = (await fleet.Http.ReadAsync($"/api/tasks/{task.Id()}/history")).Json.GetProperty("items");
        Assert.Equal(["failed", "failed", "succeeded"], history.EnumerateArray().Select(h => h.GetProperty("outcome").GetString()));
        Assert.Equal("boom", history[0].GetProperty("problem").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Push_ThatKeepsFailing_IsDeadLettered_ThenEditedAndReplayed()
    {
        await using var agent = await PushAgent.StartAsync((http, d) => d.Body.Contains("bad", StringComparison.Ordinal)
            ? PushAgent.Json(http, 422, """{"detail":"no"}""")
            : PushAgent.Json(http, 200, "\"fine\""));
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        var task = await fleet.SubmitAsync("""{"type":"test","data":"bad"}""", "?wait=10s");
        Assert.Equal("dead-lettered", task.Status());
        Assert.Equal("client", task.GetProperty("problem").GetProperty("class").GetString());

        var replayed = await fleet.Http.PostAsync($"/api/tasks/{task.Id()}/replay", """{"data":"good"}""");
        Assert.Equal(HttpStatusCode.OK, replayed.Status);
        var done = await fleet.UntilStatusAsync(task.Id(), "succeeded");

        Assert.Equal(2, done.Attempt());
        Assert.Equal("\"good\"", agent.Deliveries.Last().Body);
    }

    [Fact]
    public async Task Push_BusyInstance_IsLeftAloneAndNotCounted()
    {
        var busy = true;
        await using var agent = await PushAgent.StartAsync((http, _) => busy
            ? PushAgent.Json(http, 429, "{}", ("Retry-After", "1"))
            : PushAgent.Json(http, 200, "1"));
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        var task = await fleet.SubmitAsync("""{"type":"test","retry":"fixed(1s) | take(0)"}""");
        await fleet.UntilAsync(task.Id(), t => t.Status() == "queued" && t.Attempt() == 1);

        var explain = (await fleet.Http.ReadAsync($"/api/tasks/{task.Id()}/explain")).Json;
        Assert.Equal("tasks.instances-busy", explain.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.NotEqual(default, explain.GetProperty("nextChangeAt").GetDateTimeOffset());

        busy = false;
        var done = await fleet.UntilStatusAsync(task.Id(), "succeeded");
        Assert.Equal(2, done.Attempt());
        Assert.Equal(2, agent.Deliveries.Count);
    }

    [Fact]
    public async Task Push_ToAnAgentThatIsGone_MovesToAnother()
    {
        await using var dead = await PushAgent.StartAsync();
        await using var alive = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(dead, instance: "a1");
        await fleet.RegisterAsync(alive, instance: "a2");
        await dead.DisposeAsync();

        var tasks = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            tasks.Add((await fleet.SubmitAsync("""{"type":"test"}""")).Id());
        }

        foreach (var id in tasks)
        {
            Assert.Equal("svc/a2", (await fleet.UntilStatusAsync(id, "succeeded")).GetProperty("instance").GetString());
        }
    }

    [Fact]
    public async Task Push_WhoseConnectionBreaks_IsLostAndTakenOverAtOnce()
    {
        await using var agent = await PushAgent.StartAsync((http, d) =>
        {
            if (d.Attempt == 1)
            {
                http.Abort();
                return Task.CompletedTask;
            }

            return PushAgent.Json(http, 200, "1");
        });
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var task = await fleet.SubmitAsync("""{"type":"test"}""", "?wait=10s");

        Assert.Equal(("succeeded", 2), (task.Status(), task.Attempt()));
        var late = await fleet.Http.PostAsync($"/api/tasks/{task.Id()}/complete", $$"""{"token":"{{agent.Deliveries.First().Token}}","result":2}""");
        Assert.Equal("tasks.attempt-superseded", late.Code);
    }

    [Theory]
    [InlineData("garbage", "dead-lettered", "tasks.answer-not-json")]
    [InlineData("endless", "dead-lettered", "tasks.answer-too-large")]
    [InlineData("redirect", "dead-lettered", "tasks.answer-redirect")]
    public async Task Push_AnsweredBadly_EndsWithAClearProblem(string how, string status, string code)
    {
        await using var agent = await PushAgent.StartAsync(async (http, _) =>
        {
            switch (how)
            {
                case "garbage":
                    await http.Response.WriteAsync("<html>", http.RequestAborted);
                    break;
                case "endless":
                    var block = new byte[65536];
                    while (!http.RequestAborted.IsCancellationRequested)
                    {
                        await http.Response.Body.WriteAsync(block, http.RequestAborted);
                    }

                    break;
                case "redirect":
                    http.Response.Redirect("http://169.254.169.254/");
                    break;
            }
        });
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var task = await fleet.SubmitAsync("""{"type":"test","retry":"fixed(1ms) | take(1)"}""", "?wait=10s");

        Assert.Equal(status, task.Status());
        Assert.Equal(code, task.GetProperty("problem").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Cancel_WhileThePushIsOpen_ClosesTheRequest()
    {
        var closed = new TaskCompletionSource();
        await using var agent = await PushAgent.StartAsync(async (http, _) =>
        {
            http.RequestAborted.Register(() => closed.TrySetResult());
            await closed.Task;
        });
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        var task = await fleet.SubmitAsync("""{"type":"test"}""");
        await fleet.UntilStatusAsync(task.Id(), "running");
        while (agent.Deliveries.IsEmpty) await Task.Yield();

        var cancel = await fleet.Http.PostAsync($"/api/tasks/{task.Id()}/cancel", """{"reason":"changed my mind"}""");

        Assert.Equal(HttpStatusCode.OK, cancel.Status);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var ended = await fleet.UntilStatusAsync(task.Id(), "cancelled");
        Assert.Equal("changed my mind", ended.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Cancel_OfA202Attempt_TellsTheAgent()
    {
        await using var agent = await PushAgent.StartAsync((http, d) =>
        {
            http.Response.StatusCode = d.Type == "foundation.task.cancel" ? 200 : 202;
            return Task.CompletedTask;
        });
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        var task = await fleet.SubmitAsync("""{"type":"test"}""");
        await fleet.UntilAsync(task.Id(), t => t.Status() == "running" && fleet.Host.Get<Foundation.Tasks.Dispatch.AttemptRunner>().Pushing == 0);

        await fleet.Http.PostAsync($"/api/tasks/{task.Id()}/cancel", "{}");

        await fleet.UntilStatusAsync(task.Id(), "cancelled");
        Assert.Equal("foundation.task.cancel", agent.Deliveries.Last().Type);
    }

    [Fact]
    public async Task Pause_KeepsTasks_AndResumeLetsThemGo()
    {
        await using var agent = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);
        Assert.Equal(HttpStatusCode.OK, (await fleet.Http.PostAsync("/api/queues/default/pause", """{"reason":"lunch"}""")).Status);

        var task = await fleet.SubmitAsync("""{"type":"test"}""");
        var explain = (await fleet.Http.ReadAsync($"/api/tasks/{task.Id()}/explain")).Json;
        Assert.Equal("queues.paused", explain.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal("/api/queues/default/resume", explain.GetProperty("reasons")[0].GetProperty("fix").GetProperty("path").GetString());
        var queue = (await fleet.Http.ReadAsync("/api/queues/default")).Json;
        Assert.Equal(("paused", 1), (queue.Status(), queue.GetProperty("depths").GetProperty("queued").GetInt32()));

        Assert.Equal(HttpStatusCode.OK, (await fleet.Http.SendAsync(HttpMethod.Post, "/api/queues/default/resume")).Status);
        await fleet.UntilStatusAsync(task.Id(), "succeeded");
    }

    [Fact]
    public async Task Submit_WithDelay_StartsWhenItIsDue()
    {
        await using var agent = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var task = await fleet.SubmitAsync("""{"type":"test","delay":"300ms"}""");
        Assert.Equal("scheduled", task.Status());
        var done = await fleet.UntilStatusAsync(task.Id(), "succeeded");

        Assert.True(done.GetProperty("startedAt").GetDateTimeOffset() - done.GetProperty("createdAt").GetDateTimeOffset() >= TimeSpan.FromMilliseconds(299));
    }

    [Fact]
    public async Task SubmitMany_AnswersEachItemInOrder()
    {
        await using var agent = await PushAgent.StartAsync();
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var items = string.Join(',', Enumerable.Range(0, 120).Select(i => i == 7 ? """{"type":"test","queue":"nope"}""" : $$"""{"type":"test","data":{{i}}}"""));
        var answer = await fleet.Http.PostAsync("/api/tasks/submit", $$"""{"items":[{{items}}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var answers = answer.Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(120, answers.Count);
        Assert.Equal("tasks.unknown-queue", answers[7].GetProperty("code").GetString());
        foreach (var item in answers.Where((_, i) => i != 7))
        {
            await fleet.UntilStatusAsync(item.Id(), "succeeded");
        }

        Assert.Equal(119, agent.Deliveries.Count);
        var list = (await fleet.Http.ReadAsync("/api/tasks?status=succeeded&limit=1000")).Json.GetProperty("items");
        Assert.Equal(119, list.GetArrayLength());
    }

    [Fact]
    public async Task DryRun_ExplainsAndStoresNothing()
    {
        await using var fleet = await Fleet.StartAsync();

        var answer = await fleet.Http.PostAsync("/api/tasks?dryRun=true", """{"type":"test","retry":"exponential(1s, 2) | cap(5s) | take(4)"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["1s", "2s", "4s", "5s"], answer.Json.GetProperty("retryDelays").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal(0, (await fleet.Http.ReadAsync("/api/tasks")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Timeout_OfAHangingAgent_IsAFailureOfClassTimeout()
    {
        await using var agent = await PushAgent.StartAsync((http, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        await using var fleet = await Fleet.StartAsync();
        await fleet.RegisterAsync(agent);

        var task = await fleet.SubmitAsync("""{"type":"test","timeout":"200ms","retry":"fixed(1ms) | take(1)"}""", "?wait=10s");

        Assert.Equal(("dead-lettered", 2), (task.Status(), task.Attempt()));
        Assert.Equal("timeout", task.GetProperty("problem").GetProperty("class").GetString());
    }

    [Fact]
    public async Task Submit_TwiceWithOneIdempotencyKey_IsOneTask()
    {
        await using var fleet = await Fleet.StartAsync();

        var first = await fleet.Http.PostAsync("/api/tasks", """{"type":"test"}""", ("Idempotency-Key", "k1"));
        var again = await fleet.Http.PostAsync("/api/tasks", """{"type":"test"}""", ("Idempotency-Key", "k1"));
        var other = await fleet.Http.PostAsync("/api/tasks", """{"type":"other"}""", ("Idempotency-Key", "k1"));

        Assert.Equal(first.Json.Id(), again.Json.Id());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(1, (await fleet.Http.ReadAsync("/api/tasks")).Json.GetProperty("items").GetArrayLength());
    }
}
