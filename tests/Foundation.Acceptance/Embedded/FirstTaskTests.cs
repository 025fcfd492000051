using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Foundation.Acceptance.Embedded;

/// <summary>What a newcomer does in the first minute, and what must never happen after it.</summary>
public sealed class FirstTaskTests
{
    private const string Hello = """{ "type": "hello", "data": { "name": "Ada" } }""";

    [Fact]
    public async Task LinesToPaste_SubmitAFirstTaskAndSeeItDone()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        await host.Process.LineAsync(l => l.StartsWith("Ctrl-C", StringComparison.Ordinal), "the last line of the start");
        var lines = host.Process.Output.Split('\n').Where(l => l.StartsWith("  curl ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        List<string> answers = [];
        foreach (var line in lines)
        {
            await using var shell = RunningProcess.Start("/bin/sh", ["-c", line.Replace("curl ", "curl -s --max-time 30 ", StringComparison.Ordinal)]);
            Assert.Equal(0, await shell.EndAsync());
            answers.Add(shell.Output);
        }

        Assert.Contains("\"api\":1", answers[0], StringComparison.Ordinal);
        Assert.Contains("\"status\":\"succeeded\"", answers[1], StringComparison.Ordinal);
        Assert.Contains("Hello, you!", answers[1], StringComparison.Ordinal);
        Assert.Contains("\"type\":\"hello\"", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptedTask_SurvivesAKillRightAfterTheAnswer_AndIsDoneLater()
    {
        using var folder = new TemporaryFolder();
        string id;
        await using (var first = await EmbeddedProcess.StartAsync(folder.Path, "--no-samples"))
        {
            var (status, task) = await first.SendAsync(HttpMethod.Post, "/api/tasks", Hello);
            await first.Process.KillAsync();
            Assert.Equal(202, status);
            id = task.GetProperty("id").GetString()!;
        }

        await using var second = await EmbeddedProcess.StartAsync(folder.Path);
        var (_, ended) = await second.SendAsync(HttpMethod.Get, $"/api/tasks/{id}?wait=30s");
        Assert.Equal("succeeded", ended.GetProperty("status").GetString());
        Assert.Equal("Hello, Ada!", ended.GetProperty("result").GetProperty("greeting").GetString());
    }

    [Fact]
    public async Task Stop_WhileSomebodyWaits_AnswersAndEndsWithinSeconds()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:", "--no-samples");
        var waiting = host.SendAsync(HttpMethod.Post, "/api/tasks?wait=60s", Hello);
        while ((await host.SendAsync(HttpMethod.Get, "/api/tasks")).Body.GetProperty("items").GetArrayLength() == 0)
        {
            await Task.Yield();
        }

        var watch = Stopwatch.StartNew();
        host.Process.Signal(PosixSignal.SIGTERM);
        var (status, answer) = await waiting;
        Assert.Equal(0, await host.Process.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        // The task as it stands, or a clear "the host is stopping": never a broken connection.
        Assert.True(status == 202 || answer.GetProperty("code").GetString() == "api.stopping", $"{status} {answer}");
    }

    [Fact]
    public async Task Agents_WithAKeyOfTheirOwn_MayDoTheirWorkAndNothingElse()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        var url = host.Address.ToString();
        var admin = await KeysCommandTests.SecretAsync("--url", url, "--name", "root", "--role", "admin");
        var agent = await KeysCommandTests.SecretAsync("--url", url, "--key", admin, "--name", "a", "--role", "agent", "--service", "mine");
        const string Registration = """{ "capabilities": ["work"] }""";
        Assert.Equal(201, (await host.SendAsync(HttpMethod.Put, "/api/services/mine/instances/one", Registration, agent)).Status);
        Assert.Equal(403, (await host.SendAsync(HttpMethod.Put, "/api/services/other/instances/one", Registration, agent)).Status);
        Assert.Equal(403, (await host.SendAsync(HttpMethod.Post, "/api/tasks", Hello, agent)).Status);
        Assert.Equal(403, (await host.SendAsync(HttpMethod.Post, "/api/queues/default/pause", "{}", agent)).Status);
        Assert.Equal(403, (await host.SendAsync(HttpMethod.Get, "/api/keys", key: agent)).Status);
        // The first task still works with keys: the built-in agent needs none.
        var (status, done) = await host.SendAsync(HttpMethod.Post, "/api/tasks?wait=30s", Hello, admin);
        Assert.Equal((200, "succeeded"), (status, done.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Tenants_SeeTheirOwnTasksOnly()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        var url = host.Address.ToString();
        var admin = await KeysCommandTests.SecretAsync("--url", url, "--name", "root", "--role", "admin");
        var acme = await KeysCommandTests.SecretAsync("--url", url, "--key", admin, "--name", "acme", "--role", "producer", "--tenant", "acme");
        var other = await KeysCommandTests.SecretAsync("--url", url, "--key", admin, "--name", "other", "--role", "producer", "--tenant", "other");
        var (_, task) = await host.SendAsync(HttpMethod.Post, "/api/tasks", Hello, acme);
        var path = "/api/tasks/" + task.GetProperty("id").GetString();
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, path, key: acme)).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, path, key: other)).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, path, key: admin)).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Post, path + "/cancel", "{}", other)).Status);
        Assert.Equal(0, (await host.SendAsync(HttpMethod.Get, "/api/tasks", key: other)).Body.GetProperty("items").GetArrayLength());
    }
}
