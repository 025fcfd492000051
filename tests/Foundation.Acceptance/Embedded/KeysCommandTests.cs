using Xunit;

namespace Foundation.Acceptance.Embedded;

public sealed class KeysCommandTests
{
    [Fact]
    public async Task Keys_OfARunningHost_AreMadeListedAndRevoked()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        var url = host.Address.ToString();
        var secret = await SecretAsync("--url", url, "--name", "root", "--role", "admin");
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);

        var (without, refused) = await RunAsync("keys", "list", "--url", url);
        Assert.Equal(1, without);
        Assert.Contains("--key or FOUNDATION_KEY", refused, StringComparison.Ordinal);

        var agent = await SecretAsync("--url", url, "--key", secret, "--name", "agents", "--role", "agent", "--service", "summarizer", "--lifetime", "90d");
        Assert.Equal(403, (await host.SendAsync(HttpMethod.Get, "/api/keys", key: agent)).Status);
        var (_, list) = await RunAsync("keys", "list", "--url", url, "--key", secret);
        Assert.Contains("agents", list, StringComparison.Ordinal);
        var id = list.Split('\n').Single(l => l.Contains("agents", StringComparison.Ordinal)).Split(' ')[0];

        var (code, text) = await RunAsync("keys", "revoke", id, "--url", url, "--key", secret);
        Assert.Equal((0, $"Key {id} (agents) is revoked."), (code, text.Trim()));
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/api/keys", key: agent)).Status);
    }

    [Theory]
    [InlineData("There is no role 'boss'", "create", "--name", "a", "--role", "boss")]
    [InlineData("--lifetime 'long' is not a duration", "create", "--name", "a", "--role", "reader", "--lifetime", "long")]
    [InlineData("Option '--name' is required", "create", "--role", "reader")]
    [InlineData("is not an address such as", "list", "--url", "nonsense")]
    [InlineData("A host in memory keeps no keys", "list", "--data", ":memory:")]
    [InlineData("No host answers at http://127.0.0.1:1/", "list", "--url", "http://127.0.0.1:1")]
    public async Task Keys_WithBadArguments_SaysWhichOne(string sentence, params string[] arguments)
    {
        var (code, text) = await RunAsync(["keys", .. arguments]);
        Assert.Equal(1, code);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_ThatTheHostRefuses_ListEveryFault()
    {
        await using var host = await EmbeddedProcess.StartAsync(":memory:");
        var (code, text) = await RunAsync("keys", "create", "--url", host.Address.ToString(), "--name", "a", "--role", "agent", "--scope", "task:read");
        Assert.Equal(1, code);
        Assert.Contains("scopes/0: 'task:read' names no room.", text, StringComparison.Ordinal);
        Assert.Contains("services: A key with role agent names the services", text, StringComparison.Ordinal);
    }

    internal static async Task<string> SecretAsync(params string[] arguments)
    {
        var (code, text) = await RunAsync(["keys", "create", .. arguments]);
        Assert.True(code == 0, text);
        return text.Split('\n').Select(l => l.Trim()).Single(l => l.StartsWith("fk_", StringComparison.Ordinal));
    }

    internal static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = EmbeddedProcess.Run(arguments);
        return (await process.EndAsync(), process.Output);
    }
}
