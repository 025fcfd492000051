using System.Runtime.InteropServices;
using Xunit;

namespace Foundation.Acceptance.Embedded;

/// <summary>The data folder as people meet it: restarts, kills, second processes, damaged files.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.Sub("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_MadeOffline_CloseTheDoorAndOpenOtherAddresses()
    {
        var secret = await KeysCommandTests.SecretAsync("--data", Data, "--name", "me", "--role", "admin");
        await using var host = await EmbeddedProcess.StartAsync(["--urls", "http://0.0.0.0:0", "--data", Data]);
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        var (status, keys) = await host.SendAsync(HttpMethod.Get, "/api/keys", key: secret);
        Assert.Equal((200, "offline"), (status, keys.GetProperty("items")[0].GetProperty("createdBy").GetString()));
        Assert.Contains("(a key is needed)", host.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, host.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_WhileAHostHoldsTheFolder_AskThatHost()
    {
        await using var host = await EmbeddedProcess.StartAsync(Data);
        var secret = await KeysCommandTests.SecretAsync("--data", Data, "--name", "me", "--role", "admin");
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/api/keys", key: secret)).Status);

        var (code, text) = await KeysCommandTests.RunAsync("keys", "list", "--data", Data);
        Assert.Equal(1, code);
        Assert.Contains("--key or FOUNDATION_KEY", text, StringComparison.Ordinal);
        Assert.Equal(0, (await KeysCommandTests.RunAsync("keys", "list", "--data", Data, "--key", secret)).Code);
    }

    [Fact]
    public async Task Key_OutlivesAKill()
    {
        string secret;
        await using (var first = await EmbeddedProcess.StartAsync(Data))
        {
            var (status, key) = await first.SendAsync(HttpMethod.Post, "/api/keys", """{ "name": "me", "roles": ["admin"] }""");
            await first.Process.KillAsync();
            Assert.Equal(201, status);
            secret = key.GetProperty("secret").GetString()!;
        }

        await using var second = await EmbeddedProcess.StartAsync(Data);
        Assert.Equal(401, (await second.SendAsync(HttpMethod.Get, "/api/keys")).Status);
        Assert.Equal(200, (await second.SendAsync(HttpMethod.Get, "/api/keys", key: secret)).Status);
    }

    [Fact]
    public async Task SecondHost_OnTheSameFolder_NamesTheFirst()
    {
        await using var first = await EmbeddedProcess.StartAsync(Data);
        await using var second = EmbeddedProcess.Run("--port", "0", "--data", Data);
        Assert.Equal(1, await second.EndAsync());
        Assert.Contains($"in use by process {first.Process.Id}", second.Output, StringComparison.Ordinal);
        StartAndStopTests.AssertOneSentence(second);
        Assert.Equal(200, (await first.SendAsync(HttpMethod.Get, "/api/keys")).Status);
    }

    [Fact]
    public async Task Stop_LeavesOneFile_AndNoLog()
    {
        await using (var host = await EmbeddedProcess.StartAsync(Data))
        {
            Assert.Equal(201, (await host.SendAsync(HttpMethod.Post, "/api/keys", """{ "name": "me", "roles": ["admin"] }""")).Status);
            host.Process.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await host.Process.EndAsync(TimeSpan.FromSeconds(30)));
        }

        // Checkpointed: everything stands in the file itself.
        Assert.Equal(["foundation.db", "foundation.lock"], Directory.EnumerateFiles(Data).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_OnADamagedFile_IsOneSentence()
    {
        Directory.CreateDirectory(Data);
        var noise = new byte[64 * 1024];
        Array.Fill(noise, (byte)0xAB);
        await File.WriteAllBytesAsync(Path.Combine(Data, "foundation.db"), noise, TestContext.Current.CancellationToken);
        await using var process = EmbeddedProcess.Run("--port", "0", "--data", Data);
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains("foundation.db", process.Output, StringComparison.Ordinal);
        StartAndStopTests.AssertOneSentence(process);
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(Data, "foundation.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_WhereAFileStandsInPlaceOfTheFolder_IsOneSentence()
    {
        await File.WriteAllTextAsync(Data, "no folder", TestContext.Current.CancellationToken);
        await using var process = EmbeddedProcess.Run("--port", "0", "--data", Data);
        Assert.Equal(1, await process.EndAsync());
        Assert.Contains(Data, process.Output, StringComparison.Ordinal);
        StartAndStopTests.AssertOneSentence(process);
    }
}
