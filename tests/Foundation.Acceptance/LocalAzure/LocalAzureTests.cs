using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Foundation.Acceptance.LocalAzure;

public sealed class LocalAzureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_StoppedAndStartedAgain_KeepsWhatItStored()
    {
        using var folder = new TemporaryFolder();
        await using (var host = await LocalAzureProcess.StartAsync(folder.Path, "--no-samples"))
        {
            string[] capabilities = ["summarize"];
            var registration = JsonContent.Create(new { endpoint = "http://127.0.0.1:9/tasks", capabilities, lease = "none" });
            var answer = await host.Client.PutAsync("/api/services/summarizer/instances/a1", registration, Ct);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            host.Process.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await host.Process.EndAsync());
        }

        await using var again = await LocalAzureProcess.StartAsync(folder.Path, "--no-samples");
        var instance = await again.Client.GetFromJsonAsync<JsonElement>("/api/services/summarizer/instances/a1", Ct);
        Assert.Equal("summarizer/a1", instance.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Version_PromisesWhatTheAzureHostDoes()
    {
        await using var host = await LocalAzureProcess.StartAsync(":memory:");
        var version = await host.Client.GetFromJsonAsync<JsonElement>("/api/version", Ct);
        Assert.Equal("2m", version.GetProperty("guarantees").GetProperty("timerLateness").GetString());
    }

    [Fact]
    public async Task Azurite_EndsWithAHostThatWasKilled()
    {
        await using var host = await LocalAzureProcess.StartAsync(":memory:", "--no-samples");
        var azurite = Children(host.Process.Id);
        Assert.SkipWhen(azurite.Count == 0, "This system does not tell the children of a process");
        await host.Process.KillAsync();

        using var patience = new CancellationTokenSource(RunningProcess.Patience);
        while (azurite.Any(p => Directory.Exists($"/proc/{p}")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private static List<int> Children(int parent)
    {
        var file = $"/proc/{parent}/task/{parent}/children";
        return File.Exists(file)
            ? [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
            : [];
    }
}
