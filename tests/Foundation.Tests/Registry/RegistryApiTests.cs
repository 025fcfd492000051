using System.Net;
using System.Text.Json;
using Foundation.Kernel;
using Foundation.Registry;
using Foundation.Tests.Hosting;
using Xunit;
using static Foundation.Tests.Registry.RegistryHost;

namespace Foundation.Tests.Registry;

/// <summary>The registry as agents meet it.</summary>
public class RegistryApiTests
{
    [Fact]
    public async Task Register_WhenNew_Answers201WithTokenAndTerms()
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1, """
            { "endpoint": "http://127.0.0.1:9001/tasks", "format": "jido", "version": "2.1.0", "environment": "production", "zone": "a",
              "capabilities": ["summarize", { "name": "translate", "version": "1.2.0", "parameters": { "languages": ["de"],  "x": 1.0 } }],
              "tags": ["gpu"], "labels": { "team": "red" }, "weight": 2.5, "maxConcurrency": 7 }
            """);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var json = answer.Json;
        Assert.Equal("agents", json.GetProperty("service").GetString());
        Assert.Equal("a1", json.GetProperty("instance").GetString());
        Assert.Equal("up", json.GetProperty("status").GetString());
        Assert.StartsWith("lease_", json.GetProperty("leaseToken").GetString(), StringComparison.Ordinal);
        Assert.Equal("2026-01-31T12:00:30Z", json.GetProperty("leaseExpiresAt").GetString());
        Assert.Equal("10s", json.GetProperty("heartbeatEvery").GetString());
        Assert.Equal(1, json.GetProperty("generation").GetInt64());
        Assert.Equal("jido", json.GetProperty("format").GetString());
        Assert.Equal("summarize", json.GetProperty("capabilities")[0].GetString());
        Assert.Equal("""{ "languages": ["de"],  "x": 1.0 }""", json.GetProperty("capabilities")[1].GetProperty("parameters").GetRawText());

        var read = await host.Client.ReadAsync(A1);
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.False(read.Json.TryGetProperty("leaseToken", out _), "A token is answered to its owner only");
        Assert.Equal(answer.Headers.ETag, read.Headers.ETag);
    }

    [Fact]
    public async Task Register_OnALiveInstance_NeedsTokenOrTakeover()
    {
        await using var host = await RegistryHost.StartAsync();
        var token = await host.RegisterAsync();

        var taken = await host.Client.SendAsync(HttpMethod.Put, A1, Push);
        Assert.Equal((HttpStatusCode.Conflict, "registry.instance-taken"), (taken.Status, taken.Code));

        var renewed = await host.Client.SendAsync(HttpMethod.Put, A1, Push, ("Foundation-Lease", token));
        Assert.Equal(HttpStatusCode.OK, renewed.Status);
        Assert.Equal(token, renewed.Json.GetProperty("leaseToken").GetString());

        var takeover = await host.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push);
        Assert.Equal(HttpStatusCode.OK, takeover.Status);
        Assert.Equal(2, takeover.Json.GetProperty("generation").GetInt64());
        Assert.NotEqual(token, takeover.Json.GetProperty("leaseToken").GetString());

        var lost = await host.BeatAsync(token);
        Assert.Equal((HttpStatusCode.NotFound, "registry.lease-lost"), (lost.Status, lost.Code));
        var removed = await host.Client.SendAsync(HttpMethod.Delete, A1, null, ("Foundation-Lease", token));
        Assert.Equal("registry.lease-lost", removed.Code);
    }

    [Fact]
    public async Task Heartbeat_ExtendsTheLease_TellsTheLoad_AndDrains()
    {
        await using var host = await RegistryHost.StartAsync();
        var token = await host.RegisterAsync();
        host.Time.Advance(TimeSpan.FromSeconds(20));
        var beat = await host.BeatAsync(token, """, "load": { "running": 2, "queued": 1 } """);
        Assert.Equal("2026-01-31T12:00:50Z", beat.Json.GetProperty("leaseExpiresAt").GetString());
        Assert.Equal(2, (await host.Client.ReadAsync(A1)).Json.GetProperty("load").GetProperty("running").GetInt32());

        var draining = await host.BeatAsync(token, """, "status": "draining" """);
        Assert.Equal("draining", draining.Json.GetProperty("status").GetString());
        var pick = await host.Client.PostAsync("/api/instances/pick", """{ "capability": "x" }""");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "registry.no-eligible-instance"), (pick.Status, pick.Code));
        Assert.Contains("registry.draining", pick.Text, StringComparison.Ordinal);

        Assert.Equal("up", (await host.BeatAsync(token, """, "status": "up" """)).Json.GetProperty("status").GetString());
        var types = (await host.Client.ReadAsync(A1 + "/history")).Json.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("type").GetString());
        Assert.Equal(["resumed", "drained", "registered"], types);
    }

    [Fact]
    public async Task Heartbeat_OfAnUnknownInstanceOrWithAnUnknownMember_IsRefused()
    {
        await using var host = await RegistryHost.StartAsync();
        Assert.Equal("registry.lease-lost", (await host.BeatAsync("lease_x")).Code);
        var token = await host.RegisterAsync();
        Assert.Equal(["/stauts api.unknown-member"], (await host.BeatAsync(token, """, "stauts": "up" """)).Faults);
        Assert.Equal(["/load/running api.invalid-value"], (await host.BeatAsync(token, """, "load": { "running": -1 } """)).Faults);
        Assert.Equal(["/status api.invalid-value"], (await host.BeatAsync(token, """, "status": "down" """)).Faults);
    }

    [Fact]
    public async Task Lease_WhenNotHeard_EndsAndFreesTheName()
    {
        await using var host = await RegistryHost.StartAsync();
        var token = await host.RegisterAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.Find("agents", "a1")?.Status == InstanceStatus.Down, "down");

        var read = await host.Client.ReadAsync(A1);
        Assert.Equal("down", read.Json.GetProperty("status").GetString());
        Assert.Equal("registry.lease-expired", read.Json.GetProperty("reason").GetString());
        Assert.Equal("registry.lease-lost", (await host.BeatAsync(token)).Code);

        var next = await host.Client.SendAsync(HttpMethod.Put, A1, Push);
        Assert.Equal(HttpStatusCode.OK, next.Status);
        Assert.Equal(2, next.Json.GetProperty("generation").GetInt64());
        Assert.Equal("up", next.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Lease_WhenItsOwnerComesBackWithItsToken_KeepsTheGeneration()
    {
        await using var host = await RegistryHost.StartAsync();
        var token = await host.RegisterAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.Find("agents", "a1")?.Status == InstanceStatus.Down, "down");
        var back = await host.Client.SendAsync(HttpMethod.Put, A1, Push, ("Foundation-Lease", token));
        Assert.Equal((1, token), (back.Json.GetProperty("generation").GetInt64(), back.Json.GetProperty("leaseToken").GetString()));
    }

    [Fact]
    public async Task Instance_DownForADay_IsForgotten()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync();
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.Find("agents", "a1")?.Status == InstanceStatus.Down, "down");
        await host.AdvanceAsync(TimeSpan.FromHours(24), () => host.Directory.Find("agents", "a1") is null, "forgotten");
        Assert.Equal("registry.not-found", (await host.Client.ReadAsync(A1)).Code);
    }

    [Fact]
    public async Task Lease_None_NeedsNoHeartbeats()
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1, """{ "capabilities": ["x"], "lease": "none" }""");
        Assert.Equal("none", answer.Json.GetProperty("lease").GetString());
        Assert.False(answer.Json.TryGetProperty("leaseExpiresAt", out _));
        Assert.False(answer.Json.TryGetProperty("heartbeatEvery", out _));
        host.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal("up", (await host.Client.ReadAsync(A1)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Remove_ThenRegister_KeepsGenerationsApart()
    {
        await using var host = await RegistryHost.StartAsync();
        var token = await host.RegisterAsync();
        var removed = await host.Client.SendAsync(HttpMethod.Delete, A1, null, ("Foundation-Lease", token));
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.ReadAsync(A1)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.SendAsync(HttpMethod.Delete, A1)).Status);
        Assert.Empty((await host.Client.ReadAsync("/api/instances")).Json.GetProperty("items").EnumerateArray());

        var again = await host.Client.SendAsync(HttpMethod.Put, A1, Push);
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal(2, again.Json.GetProperty("generation").GetInt64());
        Assert.Equal("registry.lease-lost", (await host.BeatAsync(token)).Code);
    }

    [Fact]
    public async Task Register_WithFaults_ReportsAllOfThem()
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1, """
            { "endpoint": "http://agent.example/tasks", "capabilities": ["a", "a", ""], "weight": 0, "maxConcurrency": 0, "tags": [""],
              "labels": { "a:b": "c" }, "lease": "0s", "version": "" }
            """);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(
            [
                "/capabilities/1 api.invalid-value", "/capabilities/2 api.invalid-value", "/labels/a:b api.invalid-value", "/lease api.invalid-value",
                "/maxConcurrency api.invalid-value", "/secret api.missing-member", "/tags/0 api.invalid-value", "/version api.invalid-value",
                "/weight api.invalid-value",
            ],
            answer.Faults);
    }

    [Theory]
    [InlineData("""{ "endpoint": "http://agent.example/tasks" }""", "/secret api.missing-member")]
    [InlineData("""{ "endpoint": "http://10.0.0.1:9000/tasks" }""", "/secret api.missing-member")]
    [InlineData("""{ "endpoint": "ftp://127.0.0.1/tasks" }""", "/endpoint api.invalid-value")]
    [InlineData("""{ "endpoint": "http://user:pw@127.0.0.1/tasks" }""", "/endpoint api.invalid-value")]
    [InlineData("""{ "endpoint": "/tasks" }""", "/endpoint api.invalid-value")]
    [InlineData("""{ "secret": { "$secret": "env:PATH" } }""", "/secret api.invalid-value")]
    [InlineData("""{ "secret": { "$secret": "file:../key" } }""", "/secret api.invalid-value")]
    [InlineData("""{ "secret": "hunter2" }""", "/secret api.invalid-type")]
    [InlineData("""{ "capabilities": [ { "name": "a", "versoin": "1" } ] }""", "/capabilities/0 api.invalid-value")]
    [InlineData("""{ "capabilities": [ 1 ] }""", "/capabilities/0 api.invalid-value")]
    [InlineData("""{ "lease": "soon" }""", "/lease api.invalid-value")]
    [InlineData("""{ "capabilites": [] }""", "/capabilites api.unknown-member")]
    public async Task Register_WithAFault_NamesItsPlace(string body, string fault)
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1, body);
        Assert.Equal([fault], answer.Faults);
        Assert.DoesNotContain("hunter2", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:9001/t")]
    [InlineData("http://127.5.5.5/t")]
    [InlineData("http://[::1]:80/t")]
    public async Task Register_OfALoopbackEndpoint_NeedsNoSecret(string endpoint)
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1, $$"""{ "endpoint": "{{endpoint}}" }""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var remote = await host.Client.SendAsync(
            HttpMethod.Put, "/api/services/agents/instances/a2", """{ "endpoint": "https://agent.example/t", "secret": { "$secret": "env:FOUNDATION_SECRET_AGENT" } }""");
        Assert.Equal("env:FOUNDATION_SECRET_AGENT", remote.Json.GetProperty("secret").GetProperty("$secret").GetString());
    }

    [Theory]
    [InlineData("a.b", "a1")]
    [InlineData("agents", "a:1")]
    [InlineData("Agents", "a1")]
    [InlineData("agents", "-a")]
    public async Task Register_WithADotOrColonInTheName_IsRefused(string service, string instance)
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, $"/api/services/{service}/instances/{instance}", "{}");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "api.invalid"), (answer.Status, answer.Code));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.ReadAsync($"/api/services/{service}/instances/{instance}")).Status);
    }

    [Fact]
    public async Task DryRun_StoresNothing_AndGivesNoToken()
    {
        await using var host = await RegistryHost.StartAsync();
        var answer = await host.Client.SendAsync(HttpMethod.Put, A1 + "?dryRun=true", Push);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.TryGetProperty("leaseToken", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.ReadAsync(A1)).Status);
        await host.RegisterAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.SendAsync(HttpMethod.Delete, A1 + "?dryRun=true")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync(A1)).Status);
    }

    [Fact]
    public async Task Conditions_OfAWrite_AreHeld()
    {
        await using var host = await RegistryHost.StartAsync();
        var first = await host.Client.SendAsync(HttpMethod.Put, A1, Push, ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, first.Status);
        var second = await host.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push, ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.Status);
        var matched = await host.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push, ("If-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, matched.Status);
        var outdated = await host.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push, ("If-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, outdated.Status);
    }

    [Fact]
    public async Task Lists_FilterPageAndCount()
    {
        await using var host = await RegistryHost.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.RegisterAsync($"/api/services/s{i % 2}/instances/i{i}", $$"""
                { "capabilities": ["x", "c{{i}}"], "tags": ["t{{i % 2}}"], "zone": "z{{i}}", "version": "1.{{i}}", "labels": { "n": "{{i}}" } }
                """);
            host.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(["s0/i0", "s0/i2", "s0/i4", "s1/i1", "s1/i3"], await NamesAsync(host, "/api/instances"));
        Assert.Equal(["s1/i3"], await NamesAsync(host, "/api/instances?capability=c3&tag=t1&zone=z3&version=1.3&label=n:3"));
        Assert.Equal(["s0/i4", "s1/i3", "s0/i2", "s1/i1", "s0/i0"], await NamesAsync(host, "/api/instances?sort=-createdAt"));
        Assert.Equal(5, (await host.Client.ReadAsync("/api/instances?capability=x&count=only")).Json.GetProperty("count").GetInt32());
        Assert.Equal(["?capabilty api.unknown-member"], (await host.Client.ReadAsync("/api/instances?capabilty=x")).Faults);

        List<string> paged = [];
        string? cursor = null;
        do
        {
            var page = await host.Client.ReadAsync("/api/instances?limit=2&sort=createdAt" + (cursor is null ? "" : "&cursor=" + cursor));
            paged.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
            cursor = page.Json.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(["s0/i0", "s1/i1", "s0/i2", "s1/i3", "s0/i4"], paged);

        Assert.Equal(["s0", "s1"], await NamesAsync(host, "/api/services"));
        var service = (await host.Client.ReadAsync("/api/services/s0")).Json;
        Assert.Equal(3, service.GetProperty("counts").GetProperty("up").GetInt32());
        Assert.Equal(3, service.GetProperty("instances").GetArrayLength());
        Assert.Equal("registry.not-found", (await host.Client.ReadAsync("/api/services/s9")).Code);
        var registry = (await host.Client.ReadAsync("/api/registry")).Json;
        Assert.Equal(5, registry.GetProperty("sizes").GetProperty("instances").GetInt32());
        Assert.Equal(5, registry.GetProperty("churn").GetProperty("registered").GetInt32());
    }

    [Fact]
    public async Task Pick_TakesTurns_AndSaysWhomItConsidered()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("/api/services/s/instances/a", """{ "capabilities": ["x"], "endpoint": "http://127.0.0.1:1/a" }""");
        await host.RegisterAsync("/api/services/s/instances/b", """{ "capabilities": ["x"] }""");
        var picked = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var answer = await host.Client.PostAsync("/api/instances/pick", """{ "capability": "x" }""");
            picked.Add(answer.Json.GetProperty("instance").GetString()!);
            Assert.Equal(2, answer.Json.GetProperty("candidates").GetArrayLength());
        }

        Assert.Equal(["a", "b", "a", "b"], picked);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.Client.PostAsync("/api/instances/pick", "{}")).Status);
        Assert.Equal(["/affinityKey api.unknown-member"], (await host.Client.PostAsync("/api/instances/pick", """{ "service": "s", "affinityKey": "k" }""")).Faults);
        var none = await host.Client.PostAsync("/api/instances/pick", """{ "capability": "nothing" }""");
        Assert.Equal("registry.no-eligible-instance", none.Code);
    }

    [Fact]
    public async Task Pick_LeastOutstanding_FollowsTheLoad()
    {
        await using var host = await RegistryHost.StartAsync();
        var a = await host.RegisterAsync("/api/services/s/instances/a", """{ "capabilities": ["x"] }""");
        await host.RegisterAsync("/api/services/s/instances/b", """{ "capabilities": ["x"] }""");
        await host.BeatAsync(a, """, "load": { "running": 3 } """, "/api/services/s/instances/a");
        var answer = await host.Client.PostAsync("/api/instances/pick", """{ "service": "s", "strategy": "least-outstanding" }""");
        Assert.Equal("b", answer.Json.GetProperty("instance").GetString());
        Assert.Equal(4, answer.Json.GetProperty("candidates")[1].GetProperty("score").GetDouble());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Instances_InThousands_AreRegisteredFoundAndKept(int shards)
    {
        await using var host = await RegistryHost.StartAsync(shards: shards);
        var service = host.Host.Get<RegistryService>();
        var caller = new Caller("key", "default", new HashSet<string> { "*" });
        for (var i = 0; i < 2_000; i++)
        {
            var registration = new InstanceRegistration { Capabilities = [new Capability("x"), new Capability($"c{i % 10}")], Zone = $"z{i % 4}" };
            var answer = await service.RegisterAsync(caller, $"s{i % 50}", $"i{i}", registration, new RegisterTerms(), TestContext.Current.CancellationToken);
            Assert.True(answer.Ok);
        }

        Assert.Equal(2_000, host.Directory.WithCapability("x").Count);
        Assert.Equal(200, host.Directory.WithCapability("c3").Count);
        Assert.Equal(40, host.Directory.OfService("s7").Count);
        Assert.Equal(100, (await host.Client.ReadAsync("/api/instances?capability=c3&zone=z1&count=only")).Json.GetProperty("count").GetInt32());

        // All of them go silent at once: one look at a lane ends every lease in it.
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.All.All(i => i.Status == InstanceStatus.Down), "all are down");
        Assert.Equal(2_000, (await host.Client.ReadAsync("/api/registry")).Json.GetProperty("churn").GetProperty("expired").GetInt32());
    }

    [Fact]
    public async Task Explain_SaysWhatComesNext()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync();
        var up = (await host.Client.ReadAsync(A1 + "/explain")).Json;
        Assert.True(up.GetProperty("eligible").GetBoolean());
        Assert.Equal("2026-01-31T12:00:30Z", up.GetProperty("nextChangeAt").GetString());
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.Find("agents", "a1")?.Status == InstanceStatus.Down, "down");
        var down = (await host.Client.ReadAsync(A1 + "/explain")).Json;
        Assert.Equal("registry.lease-expired", down.GetProperty("reasons")[0].GetProperty("code").GetString());
    }

    private static async Task<string[]> NamesAsync(RegistryHost host, string path) =>
        [.. (await host.Client.ReadAsync(path)).Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!)];
}
