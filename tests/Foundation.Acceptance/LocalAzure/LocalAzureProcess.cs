using Xunit;

namespace Foundation.Acceptance.LocalAzure;

/// <summary>The core on the Azure adapters in its own process, with an Azurite of its own, on a free port.</summary>
internal sealed class LocalAzureProcess(RunningProcess process, Uri address) : IAsyncDisposable
{
    private static readonly string Executable = Repository.Executable("functions/Foundation.LocalAzure");

    public RunningProcess Process => process;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = address, Timeout = RunningProcess.Patience,
    };

    /// <summary>Starts the host and waits until it listens; skips the test where Azurite cannot run.</summary>
    public static async Task<LocalAzureProcess> StartAsync(string data, params string[] more)
    {
        var process = RunningProcess.Start(Executable, ["--port", "0", "--data", data, .. more]);
        try
        {
            var line = await process.LineAsync(l => l.StartsWith("  API ", StringComparison.Ordinal), "the line with its address");
            return new LocalAzureProcess(process, new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        }
        catch (InvalidOperationException)
        {
            var output = process.Output;
            await process.DisposeAsync();
            string[] missing = ["not installed", "npm could not", "npm did not"];
            Assert.SkipWhen(missing.Any(m => output.Contains(m, StringComparison.Ordinal)), output.Trim());
            throw;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await process.DisposeAsync();
    }
}
