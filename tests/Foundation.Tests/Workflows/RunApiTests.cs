using System.Net;
using System.Text.Json;
using Foundation.Configuration;
using Foundation.Protocols.Memory;
using Foundation.Security;
using Foundation.Tests.Configuration;
using Foundation.Tests.Hosting;
using Foundation.Tests.Tasks;
using Foundation.Workflows;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Foundation.Tests.Workflows;

/// <summary>Runs over real HTTP on both sides: the rooms of production, and an agent that is pushed its tasks.</summary>
public sealed class RunApiTests : IAsyncLifetime
{
    private const string Line = """
        steps:
          first: { task: { type: one, data: "${input}" } }
          second: { needs: [first], task: { type: two, data: { got: "${steps.first.result}" } } }
        output: steps.second.result
        """;

    private const string Diamond = """
        steps:
          top: { task: { type: one } }
          left: { needs: [top], task: { type: left } }
          right: { needs: [top], task: { type: right } }
          end: { needs: [left, right], task: { type: two, data: ["${steps.left.result.type}", "${steps.right.result.type}"] } }
        output: { sum: "${steps.end.result}" }
        """;

    private readonly ConfigFolder _documents = new(("workflows/line.yaml", Line), ("workflows/diamond.yaml", Diamond));
    private readonly MemoryStore _store = new();
    private PushAgent _agent = null!;
    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await PushAgent.StartAsync(Echo);
        _host = await StartHostAsync();
        var body = JsonSerializer.Serialize(new { endpoint = _agent.Endpoint, capabilities = new[] { "one", "two", "left", "right" }, maxConcurrency = 4, lease = "none" });
        var registered = await _host.Client.SendAsync(HttpMethod.Put, "/api/services/svc/instances/a1", body);
        Assert.Equal(HttpStatusCode.Created, registered.Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _agent.DisposeAsync();
        _documents.Dispose();
    }

    [Fact]
    public async Task Start_WithWait_AnswersTheRunWithItsResults()
    {
        var answer = await StartAsync("line", """{"input":{"n":1.50},"labels":{"team":"a"}}""", "?wait=20s");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var run = answer.Json;
        Assert.Equal(("succeeded", true), (run.Status(), run.GetProperty("ended").GetBoolean()));
        Assert.Equal("""{"type":"two","data":{"got":{"type":"one","data":{"n":1.50}}}}""", run.GetProperty("output").GetRawText());
        Assert.Equal(["first succeeded 1", "second succeeded 1"], Steps(run));
        Assert.Equal("""{"type":"one","data":{"n":1.50}}""", run.GetProperty("steps")[0].GetProperty("result").GetRawText());
        Assert.Equal("""{"n":1.50}""", run.GetProperty("input").GetRawText());
        Assert.Equal(20, run.GetProperty("usage").GetProperty("inputTokens").GetInt64());
        var read = await _host.Client.ReadAsync($"/api/runs/{run.Id()}");
        Assert.Equal(run.GetRawText(), read.Text);
        Assert.Equal($"/api/runs/{run.Id()}", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Diamond_ParallelBranches_Join()
    {
        var both = new CountdownEvent(2);
        _agent.Handler = async (http, d) =>
        {
            // Neither branch answers before both are there: were they one after the other, the test would not end.
            if (d.Type is "left" or "right")
            {
                both.Signal();
                while (!both.IsSet) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, http.RequestAborted);
            }

            await Echo(http, d);
        };

        var run = (await StartAsync("diamond", "", "?wait=20s")).Json;

        Assert.Equal("succeeded", run.Status());
        Assert.Equal("""["left","right"]""", run.GetProperty("output").GetProperty("sum").GetProperty("data").GetRawText());
        var history = (await _host.Client.ReadAsync($"/api/runs/{run.Id()}/history")).Json.GetProperty("items");
        Assert.Equal("run-succeeded", history[history.GetArrayLength() - 1].GetProperty("what").GetString());
    }

    [Fact]
    public async Task Start_WithoutABody_AndWithoutData_DeliversNoBody()
    {
        await StartAsync("diamond", "", "?wait=20s");

        Assert.Equal("", _agent.Deliveries.First(d => d.Type == "one").Body);
    }

    [Fact]
    public async Task Run_SurvivesARestartOfTheHost_BetweenItsSteps()
    {
        _agent.Handler = (http, d) => d.Type == "one" ? Echo(http, d) : PushAgent.Json(http, 503, "{}", ("Retry-After", "1"));
        var id = (await StartAsync("line", """{"input":1}""")).Json.Id();
        await UntilAsync(id, r => r.GetProperty("steps")[0].Status() == "succeeded");
        await _host.DisposeAsync();
        _agent.Handler = Echo;
        _host = await StartHostAsync();

        var run = await UntilAsync(id, r => r.Status() == "succeeded");

        Assert.Equal("""{"type":"two","data":{"got":{"type":"one","data":1}}}""", run.GetProperty("output").GetRawText());
        Assert.Single(_agent.Deliveries.Where(d => d.Type == "one").Select(d => d.Id).Distinct());
        Assert.Single(_agent.Deliveries.Where(d => d.Type == "two").Select(d => d.Id).Distinct());
    }

    [Fact]
    public async Task Failure_OfAStep_FailsTheRunAndIsExplained()
    {
        _agent.Handler = (http, d) => d.Type == "left"
            ? PushAgent.Json(http, 400, """{"code":"agent.no","detail":"I will not","status":400}""")
            : d.Type == "right" ? Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, http.RequestAborted)
            : Echo(http, d);

        var run = (await StartAsync("diamond", "", "?wait=20s")).Json;

        Assert.Equal("failed", run.Status());
        Assert.Equal(["top succeeded 1", "left failed 1", "right cancelled 1", "end cancelled 0"], Steps(run));
        var problem = run.GetProperty("problem");
        Assert.Equal(("left", run.GetProperty("steps")[1].GetProperty("task").GetString()), (problem.GetProperty("step").GetString(), problem.GetProperty("task").GetString()));
        var conflict = await _host.Client.PostAsync($"/api/runs/{run.Id()}/cancel", "");
        Assert.Equal((HttpStatusCode.Conflict, "workflows.run-ended"), (conflict.Status, conflict.Code));
    }

    [Fact]
    public async Task PauseResumeCancel_AndExplain_OverHttp()
    {
        _agent.Handler = (http, d) => d.Type == "one" ? PushAgent.Json(http, 503, "{}", ("Retry-After", "30")) : Echo(http, d);
        var id = (await StartAsync("line", """{"key":"order/7"}""")).Json.Id();
        await UntilAsync(id, r => r.Status() == "running");

        var explain = (await _host.Client.ReadAsync($"/api/runs/{id}/explain")).Json;
        Assert.Equal("workflows.step-running", explain.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal("second", explain.GetProperty("steps")[1].GetProperty("name").GetString());
        Assert.Equal("first", explain.GetProperty("steps")[1].GetProperty("waitsFor")[0].GetString());
        var paused = await _host.Client.PostAsync($"/api/runs/{id}/pause", """{"reason":"lunch"}""");
        Assert.Equal(("paused", "lunch"), (paused.Json.Status(), paused.Json.GetProperty("reason").GetString()));
        Assert.Equal("running", (await _host.Client.SendAsync(HttpMethod.Post, $"/api/runs/{id}/resume")).Json.Status());
        Assert.Equal((HttpStatusCode.OK, id), ((await StartAsync("line", """{"key":"order/7"}""")).Status, (await StartAsync("line", """{"key":"order/7"}""")).Json.Id()));
        Assert.Equal(1, (await _host.Client.ReadAsync("/api/runs?workflow=line&key=order/7&status=running")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await _host.Client.ReadAsync("/api/runs?status=succeeded")).Json.GetProperty("items").GetArrayLength());

        await _host.Client.PostAsync($"/api/runs/{id}/cancel", """{"reason":"no more"}""");
        var cancelled = await UntilAsync(id, r => r.Status() == "cancelled");

        Assert.Equal("no more", cancelled.GetProperty("cancel").GetProperty("reason").GetString());
        Assert.Equal(["first cancelled 0", "second cancelled 0"], Steps(cancelled).Select(s => s[..^1] + "0"));
        Assert.NotEqual(id, (await StartAsync("line", """{"key":"order/7"}""")).Json.Id());
    }

    [Fact]
    public async Task Watch_TellsChanges_AndWaitTellsTheEnd()
    {
        var id = (await StartAsync("line", "")).Json.Id();
        var ended = await _host.Client.ReadAsync($"/api/runs/{id}?wait=20s");
        Assert.Equal("succeeded", ended.Json.Status());
        var watch = await _host.Client.ReadAsync($"/api/runs/{id}?after=&wait=100ms");
        Assert.Equal(0, watch.Json.GetProperty("items").GetArrayLength());
        var again = await _host.Client.ReadAsync($"/api/runs/{id}?after={watch.Json.GetProperty("after").GetString()}&wait=100ms");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.ReadAsync("/api/runs/run_00000000000000000000000000?after=")).Status);
    }

    [Fact]
    public async Task DryRun_ShowsWhatWouldStart_AndStoresNothing()
    {
        var answer = await StartAsync("line", """{"input":[1]}""", "?dryRun=true");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var steps = answer.Json.GetProperty("steps");
        Assert.Equal(("start", "later"), (steps[0].GetProperty("then").GetString(), steps[1].GetProperty("then").GetString()));
        Assert.Equal("""{"type":"one","data":[1]}""", steps[0].GetProperty("task").GetRawText());
        Assert.Equal(1, steps[1].GetProperty("level").GetInt32());
        Assert.Equal(0, (await _host.Client.ReadAsync("/api/runs")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task IdempotencyKey_OfAStart_MeetsTheSameRun()
    {
        var first = await _host.Client.PostAsync("/api/workflows/line/runs", """{"input":1}""", ("Idempotency-Key", "start-1"));
        var second = await _host.Client.PostAsync("/api/workflows/line/runs", """{"input":1}""", ("Idempotency-Key", "start-1"));

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal(first.Json.Id(), second.Json.Id());
        Assert.Equal(1, (await _host.Client.ReadAsync("/api/runs")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task BadRequests_AreRefusedWithTheirPlace()
    {
        var unknown = await StartAsync("lin", "");
        Assert.Equal((HttpStatusCode.NotFound, "workflows.not-found"), (unknown.Status, unknown.Code));
        Assert.Equal(["/budget api.unknown-member"], (await StartAsync("line", """{"budget":{}}""")).Faults);
        Assert.Equal(["/key api.invalid-value"], (await StartAsync("line", """{"key":""}""")).Faults);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.ReadAsync("/api/runs/run_nonsense")).Status);
        Assert.Equal(["?status api.invalid-value"], (await _host.Client.ReadAsync("/api/runs?status=compensated")).Faults);
        Assert.Equal(["/reason api.invalid-value"], (await _host.Client.PostAsync($"/api/runs/x/cancel", $$"""{"reason":"{{new string('x', 501)}}"}""")).Faults);
    }

    [Fact]
    public async Task Document_ThatNamesAnUnknownQueueOrPolicy_StopsTheStart()
    {
        using var documents = new ConfigFolder(("workflows/w.yaml", """
            steps: { a: { task: { type: t, queue: fast, retry: { policy: patient } } } }
            """));

        var refused = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => TestHost.StartAsync(f => f.AddWorkflows().UseConfigDirectory(documents.Path)));

        Assert.Contains("workflows/w.yaml#/steps/a/task/queue", refused.Message, StringComparison.Ordinal);
        Assert.Contains("workflows/w.yaml#/steps/a/task/retry/policy", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflows_AreListedAndShown()
    {
        var list = (await _host.Client.ReadAsync("/api/workflows?limit=1")).Json;
        Assert.Equal("diamond", list.GetProperty("items")[0].GetProperty("name").GetString());
        var next = (await _host.Client.ReadAsync($"/api/workflows?limit=1&cursor={list.GetProperty("next").GetString()}")).Json;
        Assert.Equal("line", next.GetProperty("items")[0].GetProperty("name").GetString());
        var diamond = (await _host.Client.ReadAsync("/api/workflows/diamond")).Json;
        Assert.Equal([0, 1, 1, 2], diamond.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("level").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.ReadAsync("/api/workflows/none")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.ReadAsync("/api/config/workflows/line")).Status);
    }

    private static Task Echo(HttpContext http, Delivered d) =>
        PushAgent.Json(http, 200, $$"""{"type":"{{d.Type}}","data":{{(d.Body.Length == 0 ? "null" : d.Body)}}}""", ("Foundation-Usage", """{"inputTokens":10}"""));

    private static string[] Steps(JsonElement run) =>
        [.. run.GetProperty("steps").EnumerateArray().Select(s => $"{s.GetProperty("name").GetString()} {s.Status()} {s.Attempt()}")];

    private Task<TestHost> StartHostAsync() => TestHost.StartAsync(
        f => f.AddSecurity(o => o.OpenOnLoopback = true).AddWorkflows().UseConfigDirectory(_documents.Path), store: _store);

    private Task<HttpAnswer> StartAsync(string workflow, string body, string query = "") => body.Length == 0
        ? _host.Client.SendAsync(HttpMethod.Post, $"/api/workflows/{workflow}/runs{query}")
        : _host.Client.PostAsync($"/api/workflows/{workflow}/runs{query}", body);

    // In real time and at most twenty seconds.
    private async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        JsonElement last = default;
        while (!patience.IsCancellationRequested)
        {
            last = (await _host.Client.ReadAsync($"/api/runs/{id}")).Json;
            if (wanted(last))
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }

        var explain = await _host.Client.ReadAsync($"/api/runs/{id}/explain");
        throw new TimeoutException($"Run {id} never looked as wanted; last seen: {last}; {explain.Text}; {string.Join('\n', _host.Logs.Entries)}");
    }
}
