using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Foundation.Acceptance.Embedded;

public sealed class StartAndStopTests
{
    [Fact]
    public async Task Start_SaysWhereThingsAre_AndAnswers()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        var (status, body) = await host.SendAsync(HttpMethod.Get, "/api/keys");
        Assert.Equal((200, 0), (status, body.GetProperty("items").GetArrayLength()));
        Assert.Contains($"  Docs   {host.Address.ToString().TrimEnd('/')}/docs", host.Process.Output, StringComparison.Ordinal);
        Assert.Contains("  Data   in memory", host.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuiltInAgent_IsThere_UnlessItIsNotWanted()
    {
        await using var with = await EmbeddedProcess.StartAsync(":memory:");
        Assert.Equal("up", (await with.SendAsync(HttpMethod.Get, "/api/services/samples/instances/hello")).Body.GetProperty("status").GetString());
        await using var without = await EmbeddedProcess.StartAsync(":memory:", "--no-samples");
        Assert.Equal(404, (await without.SendAsync(HttpMethod.Get, "/api/services/samples/instances/hello")).Status);
        Assert.Equal(404, (await without.SendAsync(HttpMethod.Post, "/samples/hello", "{}")).Status);
    }

    [Fact]
    public async Task Answers_CarryNoServerHeader()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        using var response = await host.Client.GetAsync("/api/keys", TestContext.Current.CancellationToken);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGQUIT)]
    public async Task Signal_StopsCleanly(PosixSignal signal)
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        host.Process.Signal(signal);
        Assert.Equal(0, await host.Process.EndAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task SecondInterrupt_EndsAtOnce()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        // A request whose body never comes is work under way: a stop waits for it.
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, host.Address.Port, TestContext.Current.CancellationToken);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("POST /api/keys HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
            TestContext.Current.CancellationToken);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);

        host.Process.Signal(PosixSignal.SIGINT);
        await Assert.ThrowsAsync<TimeoutException>(() => host.Process.EndAsync(TimeSpan.FromSeconds(1)));
        host.Process.Signal(PosixSignal.SIGINT);
        Assert.Equal(130, await host.Process.EndAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Start_OnATakenPort_NamesTheProcess()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var second = EmbeddedProcess.Run("--port", $"{port}", "--data", ":memory:");
        Assert.Equal(1, await second.EndAsync());
        Assert.Contains($"Port {port} is taken by ", second.Output, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"process {Environment.ProcessId} (", second.Output, StringComparison.Ordinal);
        }

        AssertOneSentence(second);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://127.0.0.1:0;http://192.0.2.1:0")]
    public async Task Start_ForOtherMachinesWithoutKeys_IsRefused(string urls)
    {
        await using var process = EmbeddedProcess.Run("--urls", urls, "--data", ":memory:");
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains("foundation keys create", process.Output, StringComparison.Ordinal);
        AssertOneSentence(process);
    }

    [Fact]
    public async Task Start_ForOtherMachinesWithABootstrapKey_LetsOnlyItIn()
    {
        const string Bootstrap = "bootstrap-0123456789abcdef0123456789abcdef";
        await using var host = await EmbeddedProcess.StartAsync(
            ["--urls", "http://0.0.0.0:0", "--data", ":memory:"], new Dictionary<string, string> { ["FOUNDATION_BOOTSTRAP_KEY"] = Bootstrap });
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys", key: Bootstrap)).Status);
        Assert.DoesNotContain(Bootstrap, host.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'nonsense' is not an address to listen on", "--urls", "nonsense", "--data", ":memory:")]
    [InlineData("Give either --port or --urls", "--urls", "http://127.0.0.1:0", "--port", "1", "--data", ":memory:")]
    [InlineData("--port takes a number from 0 to 65535", "--port", "70000")]
    [InlineData("--config names '/does/not/exist'", "--config", "/does/not/exist", "--data", ":memory:")]
    [InlineData("--secrets names '/does/not/exist'", "--secrets", "/does/not/exist", "--data", ":memory:")]
    [InlineData("--public-url is 'here'", "--public-url", "here", "--data", ":memory:")]
    [InlineData("Unrecognized command or argument '--bogus'", "--bogus")]
    public async Task Start_WithBadArguments_SaysWhichOne(string sentence, params string[] arguments)
    {
        await using var process = EmbeddedProcess.Run(arguments);
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains(sentence, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithFaultsInDocuments_ListsEachWithItsPlace()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Sub("retry-policies"));
        await File.WriteAllTextAsync(folder.Sub("retry-policies/slow.yaml"), "delays: 3\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Sub("retry-policies/odd.yaml"), "delay: fixed(1s)\n", TestContext.Current.CancellationToken);
        await using var process = EmbeddedProcess.Run("--port", "0", "--data", ":memory:", "--config", folder.Path);
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains("retry-policies/slow.yaml#/delays", process.Output, StringComparison.Ordinal);
        Assert.Contains("retry-policies/odd.yaml#/delay", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithDocuments_PutsThemInForce()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Sub("retry-policies"));
        await File.WriteAllTextAsync(folder.Sub("retry-policies/slow.yaml"), "delays: fixed(1m) | take(3)\n", TestContext.Current.CancellationToken);
        await using var host = await EmbeddedProcess.StartAsync(":memory:", "--config", folder.Path);
        var (status, document) = await host.SendAsync(HttpMethod.Get, "/api/config/retry-policies/slow");
        Assert.Equal((200, "fixed(1m) | take(3)"), (status, document.GetProperty("delays").GetString()));
    }

    [Theory]
    [InlineData("FOUNDATION_PORT", "x")]
    [InlineData("FOUNDATION_LOG", "xml")]
    [InlineData("FOUNDATION_NO_SAMPLES", "perhaps")]
    [InlineData("FOUNDATION_BOOTSTRAP_KEY", "short")]
    public async Task Start_WithBadVariable_NamesIt(string name, string value)
    {
        await using var process = RunningProcess.Start(
            EmbeddedProcess.Executable, ["--data", ":memory:", .. name == "FOUNDATION_PORT" ? Array.Empty<string>() : ["--port", "0"]],
            new Dictionary<string, string> { [name] = value });
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains(name == "FOUNDATION_BOOTSTRAP_KEY" ? "BootstrapKey" : name, process.Output, StringComparison.Ordinal);
        AssertOneSentence(process);
    }

    [Fact]
    public async Task Start_WithVariables_ObeysThem()
    {
        await using var host = await EmbeddedProcess.StartAsync(
            [], new Dictionary<string, string> { ["FOUNDATION_PORT"] = "0", ["FOUNDATION_DATA"] = ":memory:", ["FOUNDATION_NO_SAMPLES"] = "1" });
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        Assert.DoesNotContain("curl", host.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonLogs_AreOneObjectPerLine()
    {
        await using var process = EmbeddedProcess.Run("--port", "0", "--data", ":memory:", "--log", "json");
        await process.LineAsync(l => l.Contains("listens on", StringComparison.Ordinal), "the fact that it listens");
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.EndAsync());
        foreach (var line in process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(line).ValueKind);
        }
    }

    [Fact]
    public async Task Version_IsOneLine()
    {
        await using var process = EmbeddedProcess.Run("version");
        Assert.Equal(0, await process.EndAsync());
        Assert.Matches(@"^foundation \d+\.\d+\.\d+", process.Output);
    }

    [Fact]
    public async Task Start_ToFirstAnswer_IsQuick()
    {
        // The floor is a second on an idle machine; a machine that runs the other suites meanwhile gets more.
        var watch = Stopwatch.StartNew();
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    internal static void AssertOneSentence(RunningProcess process)
    {
        // Facts that were logged before the failure stand above it; the failure itself is one line.
        Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => !l.Contains(" info: ", StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", process.Output, StringComparison.Ordinal);
    }
}
